"""Messages that leave by a network: each once, within its terms, and honest about what nobody can know.

`handed_over_at` is committed when the connection stands and before the message goes over it, as with mail. Mastodon
knows an Idempotency-Key for an hour, so there a message of which nobody knows whether it left is simply sent again; for
the others it is set aside, and what they report later may still prove that it left.
"""

from datetime import datetime
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.channels import line
from contacts.channels.networks import graph, mastodon, messenger, plain, progress, terms, whatsapp
from contacts.channels.smtp import uncertain
from contacts.channels.trouble import Superseded, Unsent
from contacts.models import Connection, Outgoing
from contacts.models.lease import clock


def send(outgoing: Outgoing) -> None:
    """Send one message that this process holds, and mark it sent. Raises Unsent, or Superseded when it lost the row."""
    connection, now = outgoing.connection, timezone.now()
    if connection is None:
        raise Unsent(_("De koppeling bestaat niet meer."), again=False)
    if outgoing.handed_over_at is not None and not _repeatable(outgoing, connection, now):
        raise Unsent(uncertain(), again=False)
    _check(outgoing, connection, now)
    was_handed_over = outgoing.handed_over_at is not None
    try:
        external_id, url = _exchange(outgoing, connection, now)
    except line.Unreachable as error:
        connection.failed(error)
        raise Unsent(str(error), again=True) from error
    except line.BrokenOff as error:
        connection.failed(error)
        raise Unsent(uncertain(), again=connection.kind == Connection.Kind.MASTODON) from error
    except Unsent:
        if not was_handed_over:
            outgoing.take_back()  # the network said so itself: it does not have the message
        raise
    outgoing.finish(now=clock())
    progress.remember(outgoing, external_id, url=url)


def _repeatable(outgoing: Outgoing, connection: Connection, now: datetime) -> bool:
    """Say whether the network will know this message again if it had it already."""
    began = outgoing.handed_over_at or now
    return connection.kind == Connection.Kind.MASTODON and now - began < mastodon.REPEATABLE


def _check(outgoing: Outgoing, connection: Connection, now: datetime) -> None:
    """Hold a message to the terms of the network. Raises Unsent."""
    if connection.resting_until is not None and connection.resting_until > now:
        reason = _("Het netwerk vraagt ons te wachten.")
        raise Unsent(reason, again=True, after=connection.resting_until - now)
    allowed = terms.to(connection, outgoing.recipient, now=now)
    reason = allowed.refusal or terms.too_long(connection, outgoing.body, outgoing.recipient)
    if not reason and outgoing.contact is not None and outgoing.contact.attachments.exists():
        reason = _("Bestanden kun je over deze koppeling niet versturen.")
    if reason:
        raise Unsent(reason, again=False)


def _exchange(outgoing: Outgoing, connection: Connection, now: datetime) -> tuple[str, str]:
    """Give under which id and address the network has the message now. Raises Unsent, Unreachable, BrokenOff."""
    ready = partial(_hand_over, outgoing)
    if connection.kind == Connection.Kind.MASTODON:
        found = mastodon.send(outgoing, connection, ready)
        return plain.line(found.get("id"), most=100), plain.line(found.get("url"), most=500)
    latest = terms.last_heard(connection, outgoing.recipient)
    heard, known_as = (latest.happened_at, latest.message.data.get("person", "")) if latest else (now, "")
    if connection.kind == Connection.Kind.WHATSAPP:
        found = graph.post(connection, whatsapp.request(outgoing, connection, known_as=known_as), ready)
        return whatsapp.external_id(found), ""
    asked = messenger.request(outgoing, connection, known_as=known_as, heard=heard, now=now)
    return messenger.external_id(graph.post(connection, asked, ready)), ""


def _hand_over(outgoing: Outgoing) -> None:
    """Commit that the message is about to leave; the first time counts. Raises Superseded."""
    if outgoing.handed_over_at is None and not outgoing.hand_over():
        raise Superseded
