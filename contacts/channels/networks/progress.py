"""How far our own messages came on a network. Reports come late, twice, in any order; they only move forward."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.uuids import as_uuid
from contacts.channels.networks import plain
from contacts.channels.networks.person import scoped
from contacts.channels.networks.post import Post, Progress, short
from contacts.channels.trouble import TooEarly
from contacts.models import Connection, Direction, Message, Outgoing

LATEST = 50  # messages to one person that are looked through


@transaction.atomic
def note(progress: Progress, connection: Connection) -> None:
    """Write down how far a message came; a report about one that is not ours is nothing."""
    at = plain.believable(progress.at, timezone.now())
    for outgoing in _meant(progress, connection, at):
        if progress.state == "failed":
            if outgoing.delivered_at is None and outgoing.read_at is None:
                outgoing.come_back(progress.reason or "failed", at=at)
            continue
        _prove(outgoing, external_id=progress.id, at=at)
        rows = Outgoing.objects.filter(pk=outgoing.pk)
        if progress.state in {"delivered", "read"}:
            rows.update(delivered_at=Coalesce(F("delivered_at"), at), bounced_at=None, bounce="")
        if progress.state == "read":
            rows.update(read_at=Coalesce(F("read_at"), at))


def is_known(post: Post, person: str, connection: Connection, *, final: bool) -> bool:
    """Say whether this message of ours, that the network tells us of, is one we sent ourselves.

    One of which nobody knew whether it left turns out to have. Raises TooEarly when that is being found out right now.
    """
    own = _by_id(post.mark, post.id, connection)
    if own is None:
        own = _unsettled(post, person, connection)
        if own is not None and own.done_at is None and own.parked_at is None and not final:
            raise TooEarly("It is being sent at this moment")
    if own is None:
        return False
    _prove(own, external_id=post.id, at=plain.believable(post.at, timezone.now()))
    return True


def remember(outgoing: Outgoing, external_id: str, *, url: str = "") -> None:
    """Keep under which id the network has a message of ours."""
    if external_id:
        kept = short(external_id)
        Outgoing.objects.filter(pk=outgoing.pk, external_id="").update(external_id=kept)
        Message.objects.filter(contact=outgoing.contact_id, external_id="").update(external_id=kept, url=url[:500])


def _meant(progress: Progress, connection: Connection, at: datetime) -> list[Outgoing]:
    if progress.id or progress.mark:
        found = _by_id(progress.mark, progress.id, connection)
        return [found] if found else []
    unread = _to(scoped(progress.person, connection), connection).filter(done_at__lte=at, read_at=None)
    return list(unread.order_by("-pk")[:LATEST])


def _by_id(mark: str, external_id: str, connection: Connection) -> Outgoing | None:
    rows, uuid = Outgoing.objects.filter(connection=connection), as_uuid(mark)
    found = rows.filter(uuid=uuid).first() if uuid else None
    if found is None and external_id:
        found = rows.filter(external_id=short(external_id)).first()
    return found


def _unsettled(post: Post, person: str, connection: Connection) -> Outgoing | None:
    """Give the message with these words that was handed over, and of which the network's id is not known."""
    rows = _to(person, connection).filter(handed_over_at__isnull=False, external_id="").order_by("-pk")
    return next((row for row in rows[:LATEST] if row.body.split() == post.text.split()), None)


def _to(person: str, connection: Connection) -> models.QuerySet[Outgoing]:
    return Outgoing.objects.filter(
        connection=connection, contact__network=connection.kind, contact__party=person,
        contact__direction=Direction.OUTBOUND,
    )  # fmt: skip


def _prove(outgoing: Outgoing, *, external_id: str, at: datetime) -> None:
    """Note that a message left for certain, whatever was thought of it."""
    rows = Outgoing.objects.filter(pk=outgoing.pk, handed_over_at__isnull=False)
    rows.filter(done_at=None).update(done_at=at, lease_until=None)
    rows.exclude(parked_at=None).update(parked_at=None, last_error="")
    remember(outgoing, external_id)
