"""A mail as this house sees it: at which of our addresses it came in, who sent it, and what that is worth."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.memory import remembered
from accounts.models import Team, User, open_teams
from contacts.channels.reading import address
from contacts.channels.reading.mail import Mail
from contacts.models import Address, Customer, Inbound, Mailbox
from contacts.models.mailbox import by_address, open_mailboxes, without_label
from contacts.models.recipients import is_ours as comes_in

BEGINNING = 90_000  # characters that are shown of a mail that is too large to keep
OLD = timedelta(days=30)  # a Date header further back is a wrong clock
AHEAD = timedelta(minutes=5)  # clocks differ
FORWARDED = re.compile(r"\s*(?:fwd?|fw|wg|tr|doorst|doorgestuurd)\s*:", re.IGNORECASE)
WRITER = re.compile(r"^[>\s*]*(?:van|from|von|de|afzender)\s*\*?\s*:\s*(.{3,500})$", re.IGNORECASE | re.MULTILINE)
UNDOTTED = {"gmail.com", "googlemail.com"}  # where a dot in a name makes no difference
BOUNCE, RECEIPT = Inbound.Automatic.BOUNCE, Inbound.Automatic.RECEIPT


@dataclass(frozen=True)
class Arrival:
    """A mail that came in, with what we know about it."""

    inbound: Inbound
    mail: Mail

    @cached_property
    def recipients(self) -> list[str]:
        """Give the addresses it came to, in lower case: where it was delivered, and then whom it was written to."""
        envelope = self.inbound.envelope.get("to")
        named = [one for _name, one in (*self.mail.to, *self.mail.cc)]
        found = [*self.mail.delivered_to, *(envelope if isinstance(envelope, list) else []), *named]
        return list(dict.fromkeys(str(one).lower() for one in found))

    @cached_property
    def mailbox(self) -> Mailbox | None:
        """Give the mailbox this came in at: where it lay, or the first of ours among its recipients.

        One account may hold the mail of several mailboxes; those that are not fetched by themselves then count.
        """
        boxes = by_address()
        named = [boxes[one] for one in map(without_label, self.recipients) if one in boxes]
        lay = next((box for box in open_mailboxes() if box.pk == self.inbound.mailbox_id), None)
        if lay is None or lay in named:
            return lay or next(iter(named), None)
        return next((box for box in named if not box.host), lay)

    @cached_property
    def team(self) -> Team | None:
        return self.mailbox.team if self.mailbox else default_team()

    @cached_property
    def author(self) -> tuple[str, str]:
        """Give name and address of the one who wrote it: in a mail from a web form that is who an answer goes to."""
        form = self.mailbox is not None and self.mailbox.reply_to_is_sender
        if form and self.mail.reply_to and not is_ours(self.mail.reply_to[0][1]):
            return self.mail.reply_to[0]
        return self.mail.sender_name, self.mail.from_address

    @cached_property
    def colleague(self) -> User | None:
        """Give the colleague whose address this came from, which by itself proves nothing."""
        return colleagues().get(self.mail.from_address.lower())

    @cached_property
    def original(self) -> tuple[str, str] | None:
        """Give name and address of the citizen whose mail a colleague forwards, as far as that can be seen in it."""
        if self.colleague is None or not FORWARDED.match(self.mail.subject):
            return None
        for found in WRITER.finditer(f"{self.mail.text}\n{self.mail.quoted}"[:20_000]):
            for name, one in address.addresses(found[1].encode()):
                if not is_ours(one) and one.lower() not in colleagues():
                    return name, one
        return None

    @cached_property
    def sender(self) -> str:
        """Give the address of whom this is from, in the form in which it is found; empty when it is none."""
        return Address.normalise(Address.Kind.EMAIL, (self.original or self.author)[1]) or ""

    @cached_property
    def sender_name(self) -> str:
        return (self.original or self.author)[0]

    @property
    def party(self) -> str:
        """Give what to call the other side when nobody is recognised."""
        return self.sender or self.author[1] or envelope_sender(self.inbound)

    @cached_property
    def customer(self) -> Customer | None:
        if not self.sender or self.automatic == BOUNCE:
            return None
        return Customer.objects.recognise(Address.Kind.EMAIL, self.sender)

    @property
    def automatic(self) -> str:
        """Give what kind of machine made it, or nothing when a person wrote it."""
        return str(RECEIPT) if self.mail.kind == "receipt" else self.mail.automatic

    @property
    def is_looped(self) -> bool:
        """Say whether this says to be a mail of ours that came back to us: a copy to one of our own addresses."""
        return settings.MAIL_DOMAIN in self.mail.loops and is_ours(self.mail.from_address)

    @cached_property
    def authentication(self) -> dict[str, str]:
        """Give what our own mail server found of the sender: {"dmarc": "pass"}; what others wrote does not count."""
        found: dict[str, str] = {}
        for server, method, result in self.mail.authentication:
            if server in settings.MAIL_AUTHSERV:
                found.setdefault(method, result)
        return found

    @property
    def is_proven(self) -> bool:
        """Say whether our own mail server proved that this came from the domain it says it is from."""
        return self.authentication.get("dmarc") == "pass"

    @cached_property
    def moment(self) -> datetime:
        """Give when it was sent, if the clock of the sender can be believed, else when it arrived."""
        date, arrived = self.mail.date, self.inbound.received_at
        if date is None or not arrived - OLD <= date <= arrived + AHEAD:
            return arrived
        return min(date, arrived)

    @cached_property
    def references(self) -> list[str]:
        """Give the Message-IDs of what it answers, the newest first."""
        return list(dict.fromkeys((*self.mail.in_reply_to, *reversed(self.mail.references), *self.mail.returned)))

    @property
    def root(self) -> str:
        """Give what the mails of one thread have in common, or else what is in this mail only."""
        first = (*self.mail.references, *self.mail.in_reply_to, self.mail.message_id, self.inbound.key)
        return next(one for one in first if one)

    @property
    def key(self) -> str:
        """Give what is the same when this same mail came in by way of another mailbox, and never of another mail."""
        told = self.mail.content_digest and (self.mail.message_id or self.mail.date)
        return f"mail:{self.mail.content_digest if told else self.inbound.key}"


def family(one: str) -> str:
    """Give what the spellings of one person's address have in common."""
    local, at, domain = without_label(one).rpartition("@")
    return f"{local.replace('.', '')}@gmail.com" if domain in UNDOTTED else f"{local}{at}{domain}"


def is_ours(one: str) -> bool:
    """Say whether mail to this address comes in here, so that nobody else writes from it."""
    return comes_in(one) or comes_in(without_label(one))


def envelope_sender(inbound: Inbound) -> str:
    return str(inbound.envelope.get("from") or "").strip("<>")


def default_team() -> Team | None:
    """Give the team for mail to no mailbox: the one named in the settings, else the first of the contact centre."""
    teams = sorted(open_teams(), key=lambda team: (team.name != settings.MAIL_TEAM, not team.is_kcc, team.pk))
    return next(iter(teams), None)


@remembered
def colleagues() -> dict[str, User]:
    """Give who works here by their e-mail address; an address that two share is nobody's."""
    found: dict[str, User | None] = {}
    for user in User.objects.filter(is_active=True).exclude(email=""):
        found[user.email.lower()] = None if user.email.lower() in found else user
    return {one: user for one, user in found.items() if user is not None}


def too_long(text: str, most: int) -> str:
    """Give a text as far as it can be kept, and say so when that is not all of it."""
    return text if len(text) <= most else text[:most] + "\n\n" + _("[Ingekort. Open de originele e-mail voor de rest.]")


def beginning(mail: Mail, *, of: int, is_here: bool = False) -> Mail:
    """Give a mail of that many bytes of which only the beginning was read, without the file it breaks off in.

    `is_here` says that we keep all of it; if not, it lies where it was fetched.
    """
    said = _("[Ingekort. Deze e-mail is te groot (%(size)d MB): alleen het begin staat hier. ")
    whole = _("Het geheel ligt in de mailbox, in de map voor verwerkte post.]")
    whole = _("Open de originele e-mail voor de rest.]") if is_here else whole
    text = f"{mail.text[:BEGINNING]}\n\n{said % {'size': of // 1024 // 1024}}{whole}".strip()
    return replace(mail, text=text, attachments=mail.attachments[:-1])
