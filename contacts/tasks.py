"""What happens to mail behind the screens: rows that are due are listed, handed out, and each done on its own.

PostgreSQL holds the work, so a message to a worker is only a hint: it may be lost, come late or come twice.
"""

import logging
import threading
import time
from functools import cache, partial
from typing import Any

from celery import Task, current_app, shared_task
from celery.exceptions import CeleryError
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import KombuError
from redis import Redis, RedisError

from contacts.channels import clamav, doors
from contacts.channels.networks import poll
from contacts.channels.trouble import Superseded, TooEarly, Unsent
from contacts.models import Attachment, Call, Case, Heartbeat, Inbound, LeasedQuerySet, Outgoing, Presence
from contacts.models import Connection as Network
from contacts.models.lease import clock

log = logging.getLogger(__name__)

BATCH = 500  # rows handed out per scan; a worker does more than that in the ten seconds to the next
LISTED = 100  # arrivals that a worker looks up at a time
TURN = 5.0  # seconds of taking in, before other work in the same queue has its turn
POLLED = 30  # seconds between two times that a network is asked
FRESH = 10  # seconds after which a hint is void, because the next scan gives another
HINTED = "kcc:hinted:"  # in Redis, as long as there is a hint that nobody took yet
PATIENCE: dict[str, Any] = {  # who hints is somebody who just saved something, and must not wait for Redis
    "socket_timeout": 0.3,
    "socket_connect_timeout": 0.3,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
PAUSE = 5.0  # seconds without hints after one failed
_silent_until = 0.0


class _Line(threading.local):
    """The connection of this thread to the broker, kept because making one costs more than the hint."""

    connection: Connection | None = None


_line = _Line()


@shared_task
def ingest() -> None:
    """Have what arrived and is not yet in a timeline taken in, should no hint have done so."""
    with Heartbeat.beat("ingest") as now:
        if Inbound.objects.due(now=now).exists():
            _hint(ingest_due)


@shared_task
def ingest_due() -> None:
    """Take in what is due until nothing is. After a while other work has a turn, and a hint brings somebody back."""
    _take_hint(ingest_due)
    until = time.monotonic() + TURN
    while pks := Inbound.objects.in_turn(now=timezone.now(), limit=LISTED):
        for pk in pks:
            if time.monotonic() > until:
                _hint(ingest_due)
                return
            ingest_one(pk)


def ingest_one(inbound_id: int) -> None:
    """Put one arrival in the timeline, unless somebody else has it or did it."""
    inbound = Inbound.objects.take(inbound_id, now=timezone.now())
    if inbound is None:
        return
    try:
        doors.receive(inbound)
    except Superseded:
        log.info("Mail %s was taken in by somebody else", inbound.pk)
    except TooEarly as early:
        log.info("Delivery %s waits: %s", inbound.pk, early)
        inbound.fail(early, now=timezone.now())
    except Exception as error:  # whatever it was, it may harm this one mail only
        log.exception("Mail %s was not taken in", inbound.pk)
        inbound.fail(error, now=timezone.now())


@shared_task
def alive() -> None:
    """Note that the clock, Redis and a worker work together, for who restarts them when they do not."""
    with Heartbeat.beat("worker"):
        pass


@shared_task
def send() -> None:
    """Hand out the messages that are to leave the house."""
    with Heartbeat.beat("send"):
        _hand_out(send_one, Outgoing.objects.due(now=clock()))


@shared_task
def send_due() -> None:
    """Send what is due in this very process, one after another, for as long as a turn is: nobody else does it now."""
    begun = time.monotonic()
    with Heartbeat.beat("send"):
        for pk in Outgoing.objects.due(now=clock()).values_list("pk", flat=True)[:LISTED]:
            if time.monotonic() - begun > TURN:
                break
            send_one(pk)


@shared_task
def send_one(outgoing_id: int) -> None:
    """Send one message, unless somebody else has it; one that may have left already is set aside for a person."""
    outgoing = Outgoing.objects.take(outgoing_id, now=clock())
    if outgoing is None:
        return
    try:
        doors.send(outgoing)
    except Unsent as error:
        log.warning("Message %s was not sent: %s", outgoing.pk, error)
        if error.again:
            outgoing.fail(error, now=clock(), after=error.after)
        else:
            outgoing.park(str(error), now=clock())
    except Superseded:
        log.info("Message %s is being sent by somebody else", outgoing.pk)
    except Exception as error:
        log.exception("Message %s was not sent", outgoing.pk)
        outgoing.fail(error, now=clock())


@shared_task
def poll_mastodon() -> None:
    """Hand out the accounts on Mastodon that are to be asked what came in."""
    with Heartbeat.beat("poll") as now:
        for pk in Network.objects.awake(now=now).of_kind(Network.Kind.MASTODON).values_list("pk", flat=True):
            poll_mastodon_one.apply_async((pk,), expires=POLLED)


@shared_task
def poll_mastodon_one(connection_id: int) -> None:
    """Ask one account what came in; another that asks at the same moment does nothing."""
    poll.poll(connection_id)


@shared_task
def resume() -> None:
    """Mark the cases unread whose moment has come, each on its own, and forget who went away without a word."""
    with Heartbeat.beat("resume") as now:
        for case in Case.objects.resuming(now=now)[:BATCH]:
            try:
                case.resume()
            except Exception:  # whatever it was, it may keep no other case away
                log.exception("Case %s was not marked unread", case.pk)
        Presence.tidy(now=now)


@shared_task
def end_calls() -> None:
    """End the telephone calls whose end was never told, so that those nobody answered are seen."""
    Call.objects.end_stale(now=timezone.now())


@shared_task
def scan() -> None:
    """Hand out the files that were not yet looked at for viruses, where that is done."""
    if settings.CLAMD:
        for pk in Attachment.objects.unscanned().values_list("pk", flat=True)[:BATCH]:
            scan_one.apply_async((pk,), expires=FRESH)


@shared_task
def scan_one(attachment_id: int) -> None:
    """Have one file looked at; without the scanner nobody gets it, and the next scan tries again."""
    attachment = Attachment.objects.unscanned().filter(pk=attachment_id).first()
    try:
        if attachment is not None:
            clamav.look_at(attachment)
    except clamav.Away as error:
        log.warning("File %s was not looked at for viruses: %s", attachment_id, error)


def hurry(task: "Task[[], None]") -> None:
    """Ask a worker to look what is due as soon as the transaction commits; when Redis is away the scan finds it."""
    transaction.on_commit(partial(_hint, task), robust=True)


def _hint(task: "Task[[], None]") -> None:
    """Hint once, however many ask for it, until a worker took the hint; it looks what is due only after that."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        if not _redis().set(HINTED + task.name, 1, nx=True, ex=FRESH):
            return
        if _line.connection is None:
            _line.connection = current_app.connection_for_write(transport_options=_patience())
        options: dict[str, Any] = {"connection": _line.connection, "retry": False, "expires": FRESH}
        task.apply_async(**options)
    except (CeleryError, KombuError, RedisError, OSError) as error:
        _silent_until, _line.connection = time.monotonic() + PAUSE, None
        log.warning("No hint for %s: %s", task.name, type(error).__name__)


def _take_hint(task: "Task[[], None]") -> None:
    """Let who asks for this task from now on hint again."""
    try:
        _redis().delete(HINTED + task.name)
    except RedisError as error:
        log.warning("The hint for %s stays: %s", task.name, type(error).__name__)


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)


def _patience() -> dict[str, Any]:
    return dict(current_app.conf.broker_transport_options) | PATIENCE


def _hand_out(task: "Task[[int], None]", due: LeasedQuerySet[Any]) -> None:
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        task.apply_async((pk,), expires=FRESH)
