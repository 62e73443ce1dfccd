"""What happens to mail behind the screens: rows that are due are listed, handed out, and each done on its own.

PostgreSQL holds the work, so a message to a worker is only a hint: it may be lost, come late or come twice.
"""

import logging
import threading
import time
from functools import partial
from typing import Any

from celery import Task, current_app, shared_task
from celery.exceptions import CeleryError
from django.db import transaction
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import KombuError
from redis import RedisError

from contacts.channels import doors
from contacts.channels.trouble import Superseded, Unsent
from contacts.models import Heartbeat, Inbound, LeasedQuerySet, Outgoing

log = logging.getLogger(__name__)

BATCH = 500  # rows handed out per scan; a worker does more than that in the ten seconds to the next
FRESH = 10  # seconds after which a hint is void, because the next scan gives another
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
    """Hand out the mails that arrived and are not yet in a timeline."""
    with Heartbeat.beat("ingest") as now:
        _hand_out(ingest_one, Inbound.objects.due(now=now))


@shared_task
def ingest_one(inbound_id: int) -> None:
    """Put one mail in the timeline, unless somebody else has it or did it."""
    inbound = Inbound.objects.take(inbound_id, now=timezone.now())
    if inbound is None:
        return
    try:
        doors.receive(inbound)
    except Superseded:
        log.info("Mail %s was taken in by somebody else", inbound.pk)
    except Exception as error:  # whatever it was, it may harm this one mail only
        log.exception("Mail %s was not taken in", inbound.pk)
        inbound.fail(error, now=timezone.now())


@shared_task
def send() -> None:
    """Hand out the messages that are to leave the house."""
    with Heartbeat.beat("send") as now:
        _hand_out(send_one, Outgoing.objects.due(now=now))


@shared_task
def send_one(outgoing_id: int) -> None:
    """Send one message, unless somebody else has it; one that may have left already is set aside for a person."""
    outgoing = Outgoing.objects.take(outgoing_id, now=timezone.now())
    if outgoing is None:
        return
    try:
        doors.send(outgoing)
    except Unsent as error:
        log.warning("Message %s was not sent: %s", outgoing.pk, error)
        if error.again:
            outgoing.fail(error, now=timezone.now())
        else:
            outgoing.park(str(error), now=timezone.now())
    except Superseded:
        log.info("Message %s is being sent by somebody else", outgoing.pk)
    except Exception as error:
        log.exception("Message %s was not sent", outgoing.pk)
        outgoing.fail(error, now=timezone.now())


def hurry(task: "Task[[int], None]", pk: int) -> None:
    """Ask a worker to look at this row as soon as the transaction commits; when Redis is away the scan finds it."""
    transaction.on_commit(partial(_hint, task, pk), robust=True)


def _hint(task: "Task[[int], None]", pk: int) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        if _line.connection is None:
            _line.connection = current_app.connection_for_write(transport_options=_patience())
        options: dict[str, Any] = {"connection": _line.connection, "retry": False, "expires": FRESH}
        task.apply_async((pk,), **options)
    except (CeleryError, KombuError, RedisError, OSError) as error:
        _silent_until, _line.connection = time.monotonic() + PAUSE, None
        log.warning("No hint for %s: %s", task.name, type(error).__name__)


def _patience() -> dict[str, Any]:
    return dict(current_app.conf.broker_transport_options) | PATIENCE


def _hand_out(task: "Task[[int], None]", due: LeasedQuerySet[Any]) -> None:
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        task.apply_async((pk,), expires=FRESH)
