"""Networks as a channel: what was delivered becomes contacts with a case, each message once, whatever its order.

A delivery may hold many messages of many people. Each is a transaction of its own, safe to repeat; the delivery is done
when all of them are.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import locks
from contacts.channels.networks import mastodon, media, messenger, names, plain, progress, webhook, whatsapp
from contacts.channels.networks.person import Person
from contacts.channels.networks.post import Gone, Happening, Post, Progress, short
from contacts.channels.trouble import Superseded, TooEarly
from contacts.models import Connection, Contact, Direction, Inbound, Message
from contacts.models.lease import LAST_ATTEMPT

log = logging.getLogger(__name__)

Reader = Callable[[dict[str, Any], Connection], Iterator[Happening]]
READERS: dict[str, Reader] = {
    Connection.Kind.MASTODON: mastodon.read,
    Connection.Kind.WHATSAPP: whatsapp.read,
    Connection.Kind.MESSENGER: messenger.read,
    Connection.Kind.INSTAGRAM: messenger.read,
    Connection.Kind.WEBHOOK: webhook.read,
}
OBJECTS = {"page": "messenger", "instagram": "instagram", "whatsapp_business_account": "whatsapp"}
FILES = 20  # of one message that are fetched
SHOWN = 20_000  # characters of a message that stand in the timeline; the rest is in the original


def receive(inbound: Inbound) -> Contact | None:
    """Give the contact that this delivery became, when it became one. Raises Superseded, TooEarly."""
    final = inbound.attempts >= LAST_ATTEMPT
    try:
        happenings = _read(inbound)
    except plain.Unreadable as reason:
        return _keep_unread(inbound, str(reason))
    contacts, trouble = _take_all(happenings, inbound, final=final)
    if trouble is not None and final:
        return _keep_unread(inbound, _("Het verwerken van dit bericht mislukte steeds."))
    if trouble is not None:
        raise trouble
    if inbound.connection is not None:
        inbound.connection.heard()
    only = contacts[0] if len(contacts) == 1 and len(happenings) == 1 else None
    done = inbound.settle(only) if only else inbound.finish(now=timezone.now())
    if not done:
        raise Superseded
    return only


def _take_all(
    happenings: list[tuple[Happening, Connection]], inbound: Inbound, *, final: bool
) -> tuple[list[Contact], Exception | None]:
    """Give the contacts that came of it, and what went wrong with one of them: the others need not suffer from it."""
    contacts: list[Contact] = []
    trouble: Exception | None = None
    for happening, connection in happenings:
        try:
            contact = _take(happening, connection, inbound, final=final)
        except (InterfaceError, OperationalError):  # the database is away: nothing else will do either
            raise
        except Exception as error:  # whatever it was, it may harm this one message only
            log.info("A message of delivery %s was not taken in: %s", inbound.pk, type(error).__name__)
            trouble = trouble if trouble is not None and not isinstance(trouble, TooEarly) else error
        else:
            contacts += [contact] if contact is not None else []
    return contacts, trouble


def _read(inbound: Inbound) -> list[tuple[Happening, Connection]]:
    """Give what happened and to which account of ours, in the order in which it did. Raises Unreadable."""
    receiver = inbound.connection
    if receiver is None:
        raise plain.Unreadable(_("De koppeling waarover dit kwam, bestaat niet meer."))
    found = plain.parse(bytes(inbound.raw))
    kind = OBJECTS.get(plain.line(found.get("object"), most=40), "") if receiver.kind in OBJECTS.values() else ""
    happenings = READERS[kind or receiver.kind](found, receiver)
    arrived = inbound.received_at
    ordered = sorted(happenings, key=lambda one: (one.at or arrived).timestamp())
    return [(one, _account(kind or receiver.kind, one.account, receiver)) for one in ordered]


def _account(kind: str, account: str, receiver: Connection) -> Connection:
    """Give the connection of this account: one app of Meta delivers for several accounts at one address."""
    if not account or (kind, account) == (receiver.kind, receiver.external_id):
        return receiver
    return Connection.objects.with_account(kind, account) or receiver


def _take(happening: Happening, connection: Connection, inbound: Inbound, *, final: bool) -> Contact | None:
    """Do one thing that happened. Raises TooEarly, unless it is final."""
    if isinstance(happening, Post):
        return _post(happening, connection, inbound, final=final)
    if isinstance(happening, Progress):
        progress.note(happening, connection)
    elif not _gone(happening, connection, inbound) and not final:
        raise TooEarly("The message that was taken back did not come yet")
    return None


@transaction.atomic
def _post(post: Post, connection: Connection, inbound: Inbound, *, final: bool) -> Contact | None:
    """Give the contact of a message; None when it is one of ours that we know. Raises TooEarly."""
    person = Person(post, connection)
    locks.wait(f"{connection.pk}:{person.name}")  # of one person one message at a time, or two would open two cases
    if post.ours and progress.is_known(post, person.name, connection, final=final):
        return None
    contact = Contact.register(
        key=person.key,
        channel=post.channel,
        network=person.network,
        by=None,
        direction=Direction.OUTBOUND if post.ours else Direction.INBOUND,
        customer=person.customer,
        party=person.name,
        topic=connection.topic,
        subject=post.subject,
        text=_shown(post.text),
        readable=post.readable,
        conversation=person.conversation,
        happened_at=plain.believable(post.at, inbound.received_at),
    )
    if contact.is_new:
        _keep(post, person, contact, connection)
        person.put_to_work(contact)
    return contact


def _keep(post: Post, person: Person, contact: Contact, connection: Connection) -> None:
    """Keep what a message has besides its words, and have fetched what is still to be: its files, and who wrote it."""
    Message.objects.create(
        contact=contact,
        connection=connection,
        sender_name=person.shown,
        html=post.html[:200_000],
        external_id=short(post.id),
        url=post.url if post.url.startswith(("https://", "http://")) else "",
        visibility=post.visibility,
        reply_to=[[post.name, post.email]] if post.email else [],
        data={"raw": post.raw, "person": post.person, "answers": post.answers[:200], "files": len(post.files)},
    )
    for number, file in enumerate(post.files[:FILES]):
        media.ask_for(file, contact, connection, number)
    if not post.ours and not post.name:
        names.ask_for(connection, contact.party)


@transaction.atomic
def _gone(gone: Gone, connection: Connection, inbound: Inbound) -> bool:
    """Hide a message that was taken back; say False when we do not have it."""
    message = Message.objects.filter(connection=connection, external_id=short(gone.id)).exclude(external_id="").first()
    if message is not None:
        message.take_back(at=plain.believable(gone.at, inbound.received_at))
    return message is not None


@transaction.atomic
def _keep_unread(inbound: Inbound, reason: str) -> Contact:
    """Show a delivery that cannot be read as a contact that says so; it is kept as it came."""
    connection = inbound.connection
    contact = Contact.register(
        key=f"unread:{inbound.key}"[:200],
        channel="social",
        network=connection.kind if connection and connection.kind in READERS else "",
        by=None,
        subject=_("Bericht kon niet worden gelezen"),
        text=_("%(reason)s\n\nHet originele bericht is bewaard en kan worden gedownload.") % {"reason": reason},
        readable=False,
        happened_at=inbound.received_at,
    )
    if contact.is_new:
        Message.objects.create(contact=contact, connection=connection)
        Person.unknown(connection).put_to_work(contact)
    if not inbound.settle(contact, is_unreadable=True):
        raise Superseded
    return contact


def _shown(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return text[:SHOWN] + "\n\n" + _("[Ingekort. Open het originele bericht voor de rest.]")
