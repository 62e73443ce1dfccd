"""Who writes on a network: as whom we know them, in which conversation, and in whose queue their message comes."""

import hashlib
import logging
from functools import cached_property
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.worktime import NeverOpen
from contacts.channels.networks import names
from contacts.channels.networks.post import Post, short
from contacts.models import Address, Case, Connection, Contact, Customer, Direction, Message
from contacts.models.message import title_of
from contacts.models.norm import NoNorm

log = logging.getLogger(__name__)


class Person:
    """The one a message is with, on one connection."""

    def __init__(self, post: Post, connection: Connection) -> None:
        self.post, self.connection = post, connection

    @classmethod
    def unknown(cls, connection: Connection | None) -> "Person":
        """Give nobody in particular: of a message that could not be read."""
        return cls(Post(id="", person="", text=""), connection or Connection())

    @property
    def name(self) -> str:
        """Give the one form under which this person is found again on this network."""
        return scoped(self.post.person, self.connection) if self.post.is_scoped else plainly(self.post.person)

    @property
    def network(self) -> str:
        return (self.post.network or self.connection.kind)[:9]

    @property
    def key(self) -> str:
        """Give the key of this message's contact: the same message is one, however often it is delivered."""
        key = f"{self.connection.kind}:{self.connection.pk}:{self.post.id}"
        return key if len(key) <= 200 else hashlib.sha256(key.encode()).hexdigest()

    @cached_property
    def latest(self) -> Contact | None:
        """Give the last contact with this person here, preferably one in a case that is still open."""
        if not self.post.person:
            return None
        rows = Contact.objects.filter(network=self.network, party=self.name, message__connection=self.connection)
        rows = rows.select_related("case__merged_into", "customer", "message").order_by("-happened_at", "-pk")
        return rows.filter(case__closed_at=None, case__isnull=False).first() or rows.first()

    @cached_property
    def answered(self) -> Contact | None:
        """Give the contact that this message answers or goes on with, if it is one with this same person.

        Who writes under what somebody else wrote begins a conversation of their own.
        """
        rows = Message.objects.filter(connection=self.connection, external_id=short(self.post.answers))
        found = rows.exclude(external_id="").select_related("contact__case__merged_into").first()
        return found.contact if found and found.contact.party == self.name else None

    @cached_property
    def case(self) -> Case | None:
        """Give the open case that this message belongs to."""
        contact = self.latest
        if self.post.thread:  # the sender's system says itself what belongs together
            contact = Contact.objects.filter(conversation=self._thread, case__isnull=False).order_by("-pk").first()
        case = contact.case.survivor if contact and contact.case else None
        return case if case is not None and case.closed_at is None else None

    @property
    def _thread(self) -> UUID:
        return uuid5(self.connection.uuid, self.post.thread)

    @property
    def conversation(self) -> UUID | None:
        """Give the conversation this goes on with: as long as its case is open, or what it answers; else a new one."""
        if self.post.thread:
            return self._thread
        if self.answered is not None:
            return self.answered.conversation
        return self.latest.conversation if self.latest and self.case is not None else None

    @property
    def shown(self) -> str:
        """Give how the writer is called: as the network says, as it said before, or by the network and a number."""
        if self.post.ours:
            return ""
        before = getattr(self.latest, "message", None) if self.latest else None
        if self.post.name or self.connection.kind not in names.FIELDS:
            return self.post.name
        earlier = before.sender_name if before and self.latest and self.latest.direction == Direction.INBOUND else ""
        return earlier or names.fallback(self.connection, self.name)

    @cached_property
    def customer(self) -> Customer | None:
        """Give the one customer this surely is: known by this name, or by the number that the network proves."""
        alias = scoped(self.post.alias, self.connection) if self.post.alias else ""
        found = self._by_name(self.name) or (self._by_name(alias) if alias else None)
        for kind, value in ((Address.Kind.PHONE, self.post.phone), (Address.Kind.EMAIL, self.post.email)):
            address = Address.normalise(kind, value) if value and found is None else None
            found = Customer.objects.recognise(kind, address) if address else found
        if found is not None and alias:
            found.add_address(Address.Kind.SOCIAL, alias, network=self.network)
        return found

    def _by_name(self, name: str) -> Customer | None:
        return Customer.objects.recognise(Address.Kind.SOCIAL, name, network=self.network)

    def put_to_work(self, contact: Contact) -> None:
        """Put a message before somebody: in the open case of this person, or a new one; what we sent opens none."""
        shown = self.shown or contact.party
        try:
            with transaction.atomic():
                if self.case is not None:
                    contact.join(self.case, by=None)
                    if not self.post.ours:
                        self.case.heard(contact, sender=shown)
                elif not self.post.ours:
                    self._open(contact, shown)
        except (NoNorm, NeverOpen) as error:  # it stands in the timeline all the same
            log.warning("No case for message %s: %r", contact.uuid, error)

    def _open(self, contact: Contact, shown: str) -> None:
        team = self.connection.department
        if team is None:
            log.warning("No team for message %s", contact.uuid)
            return
        connection = self.connection if self.connection.pk and self.connection.can_answer else None
        title = contact.subject or title_of(contact.text) or _("Bericht")
        Case.open(contact=contact, title=title, team=team, by=None, sender=shown, connection=connection)


def plainly(name: str) -> str:
    """Give the one form of a name that the whole network knows."""
    return Address.normalise(Address.Kind.SOCIAL, name) or "onbekend"


def scoped(name: str, connection: Connection) -> str:
    """Give the one form of a name that only this account of ours knows."""
    return plainly(f"{connection.pk}:{name}")
