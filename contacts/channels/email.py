"""E-mail as a channel: what arrived becomes a contact with a case, and what was written leaves the house once."""

import logging
import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from accounts.worktime import NeverOpen
from contacts.channels.mail import Mail, Unreadable, parse
from contacts.channels.trouble import Superseded, Unsent
from contacts.models import Address, Case, Channel, Contact, Customer, Inbound, Outgoing
from contacts.models.lease import LAST_ATTEMPT
from contacts.models.norm import NoNorm

log = logging.getLogger(__name__)

OLD = timedelta(days=30)  # a Date header further back is a wrong clock
AHEAD = timedelta(minutes=5)  # clocks differ
SHOWN = 100_000  # characters of a mail that stand in the timeline; the rest is in the original
REFERENCE = re.compile(r"\bZ-\d{4}-\d{1,12}\b", re.IGNORECASE)
BY_HAND = {"reply"}  # kinds of messages that a person wrote


@dataclass(frozen=True)
class Thread:
    """What an arriving mail belongs to, and how that was seen."""

    how: str
    contact: Contact | None = None
    case: Case | None = None


def receive(inbound: Inbound) -> Contact:
    """Give the contact that this mail is: with the customer if sure, in the case of its thread or a new one.

    Whoever calls holds the row. Raises Superseded when it lost it meanwhile.
    """
    try:
        if inbound.attempts >= LAST_ATTEMPT:
            raise Unreadable(_("Het lezen van de e-mail brak steeds af."))
        mail = parse(bytes(inbound.raw))
    except Unreadable as reason:
        return _keep_unread(inbound, str(reason))
    return _take_in(inbound, mail)


@transaction.atomic
def _take_in(inbound: Inbound, mail: Mail) -> Contact:
    sender = Address.normalise(Address.Kind.EMAIL, mail.from_address)
    customer = Customer.objects.recognise(Address.Kind.EMAIL, sender) if sender else None
    thread = _thread(mail, sender or "", customer)
    if customer is None and thread.contact is not None and mail.automatic != Inbound.Automatic.BOUNCE:
        customer = thread.contact.customer
    contact = Contact.register(
        key=f"mail:{inbound.key}",
        channel=Channel.EMAIL,
        by=None,
        customer=customer,
        party=sender or mail.from_address or _envelope_sender(inbound),
        subject=mail.subject,
        text=_shown(mail.text),
        conversation=thread.contact.conversation if thread.contact else None,
        happened_at=_moment(mail.date, inbound.received_at),
    )
    joined = _work(contact, thread, automatic=mail.automatic)
    if not inbound.settle(contact, message_id=mail.message_id, automatic=mail.automatic, joined=joined):
        raise Superseded
    return contact


@transaction.atomic
def _keep_unread(inbound: Inbound, reason: str) -> Contact:
    """Show a mail that cannot be read as a contact that says so; the mail itself is kept as it came."""
    text = _("%(reason)s\n\nDe originele e-mail is bewaard en kan worden gedownload.") % {"reason": reason}
    contact = Contact.register(
        key=f"mail:{inbound.key}",
        channel=Channel.EMAIL,
        by=None,
        party=_envelope_sender(inbound),
        subject=_("E-mail kon niet worden gelezen"),
        text=text,
        readable=False,
        happened_at=inbound.received_at,
    )
    _work(contact, Thread(""), automatic="")
    if not inbound.settle(contact):
        raise Superseded
    return contact


def _work(contact: Contact, thread: Thread, *, automatic: str) -> str:
    """Put a mail where somebody will see it, in the open case of its thread or a new one; say how it was joined.

    What a machine sent never opens or reopens anything where there is a case already.
    """
    if thread.case is not None and (automatic or thread.case.closed_at is None):
        contact.join(thread.case, by=None)
        return thread.how
    team = _team()
    try:
        if team is not None:
            Case.open(contact=contact, title=contact.subject or _("E-mail zonder onderwerp"), team=team, by=None)
    except (NoNorm, NeverOpen) as error:  # the mail stands in the timeline all the same
        log.warning("No case for mail %s: %r", contact.uuid, error)
    return ""


def _thread(mail: Mail, sender: str, customer: Customer | None) -> Thread:
    """Find what this mail answers. Ids and references are no secrets, so the sender must be one who took part."""
    ids = [*mail.in_reply_to, *reversed(mail.references)]
    bounced = mail.automatic == Inbound.Automatic.BOUNCE
    found: dict[str, Contact] = {}
    for message in Outgoing.objects.with_message_ids([*mail.returned, *ids]):
        partner = message.recipient.lower() == sender or bounced
        if message.contact is not None and (partner or _took_part(message.contact, sender, customer)):
            found[message.message_id] = message.contact
    for earlier in Inbound.objects.with_message_ids(ids):
        if earlier.contact is not None and _took_part(earlier.contact, sender, customer):
            found.setdefault(earlier.message_id, earlier.contact)
    for message_id in (*mail.returned, *ids):
        if contact := found.get(message_id):
            return Thread(Inbound.Joined.REFERENCES, contact, contact.case)
    return _by_subject(mail.subject, sender, customer)


def _by_subject(subject: str, sender: str, customer: Customer | None) -> Thread:
    """Find the case whose reference stands in the subject, if the sender has written or spoken in it before."""
    references = [reference.upper() for reference in REFERENCE.findall(subject)[:5]]
    for case in Case.objects.filter(reference__in=references).select_related("customer"):
        contacts = case.contacts.select_related("customer").order_by("-happened_at", "-pk")
        own = contacts.filter(party=sender).first() if sender else None
        if own is None and customer is not None and case.customer_id == customer.pk:
            own = contacts.first()
        if own is not None:
            return Thread(Inbound.Joined.SUBJECT, own, case)
    return Thread("")


def _took_part(contact: Contact, sender: str, customer: Customer | None) -> bool:
    if customer is not None and contact.customer_id is not None:
        return contact.customer_id == customer.pk
    return bool(sender) and contact.party == sender


def _team() -> Team | None:
    """Give the team that gets new mail: the one named in the settings, else the first of the contact centre."""
    teams = Team.objects.filter(closed_at=None)
    named = getattr(settings, "MAIL_TEAM", "")
    return (
        (teams.filter(name=named).first() if named else None)
        or teams.filter(is_kcc=True).order_by("pk").first()
        or teams.first()
    )


def _moment(date: datetime | None, arrived: datetime) -> datetime:
    """Give when a mail was sent, if its clock can be believed, else when it arrived."""
    if date is None or not arrived - OLD <= date <= arrived + AHEAD:
        return arrived
    return min(date, arrived)


def _shown(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return text[:SHOWN] + "\n\n" + _("[Ingekort. Open de originele e-mail voor de rest.]")


def _envelope_sender(inbound: Inbound) -> str:
    return str(inbound.envelope.get("from") or "")


def send(outgoing: Outgoing) -> None:
    """Send one message that this process holds, and mark it sent. Raises Unsent, or Superseded when it lost the row."""
    if outgoing.handed_over_at is not None:
        raise Unsent(uncertain(), again=False)
    try:
        message = _message(outgoing)
        parcel = Parcel.of(message)
    except ValueError as error:  # an address or a header that cannot stand in a mail
        reason = _("Het bericht kan zo niet worden verzonden: %(error)s") % {"error": error}
        raise Unsent(reason, again=False) from error
    connection = get_connection()
    try:
        connection.open()
        if isinstance(connection, EmailBackend) and connection.connection is not None:
            _deliver(outgoing, parcel, connection.connection)
        else:
            _hand_over(outgoing)
            connection.send_messages([message])
        outgoing.finish(now=timezone.now())
    except (smtplib.SMTPException, OSError) as error:
        raise _unsent(outgoing, error) from error
    finally:
        with suppress(smtplib.SMTPException, OSError):  # the message left or not; how they say goodbye changes nothing
            connection.close()


@dataclass(frozen=True)
class Parcel:
    """A message as it goes over the line."""

    sender: str
    recipient: str
    data: bytes

    @classmethod
    def of(cls, message: EmailMessage) -> "Parcel":
        """Give the message ready to go. Raises ValueError when an address or header in it cannot be sent."""
        sender = sanitize_address(parseaddr(message.from_email)[1], "utf-8")
        recipient = sanitize_address(message.to[0], "utf-8")
        return cls(sender, recipient, message.message().as_bytes(linesep="\r\n"))


def _message(outgoing: Outgoing) -> EmailMessage:
    headers = dict(outgoing.headers) | {"Message-ID": outgoing.message_id}
    if outgoing.kind not in BY_HAND:
        headers.setdefault("Auto-Submitted", "auto-generated")
        headers.setdefault("X-Auto-Response-Suppress", "All")
    sender, recipients = settings.DEFAULT_FROM_EMAIL, [outgoing.recipient]
    return EmailMessage(outgoing.subject, outgoing.body, sender, recipients, headers=headers)


def _deliver(outgoing: Outgoing, parcel: Parcel, smtp: smtplib.SMTP) -> None:
    """Go through the steps of SMTP, and note in the database when the step comes from which there is no way back."""
    smtp.ehlo_or_helo_if_needed()
    eight = not parcel.data.isascii() and smtp.has_extn("8bitmime")
    _expect(smtp.mail(parcel.sender, ["body=8bitmime"] if eight else []), 250)
    _expect(smtp.rcpt(parcel.recipient), 250, 251)
    _hand_over(outgoing)
    _expect(smtp.data(parcel.data), 250)


def _expect(reply: tuple[int, bytes], *codes: int) -> None:
    if reply[0] not in codes:
        raise Refused(*reply)


class Refused(smtplib.SMTPResponseException):
    """The mail server answered that it does not take this message."""


def _hand_over(outgoing: Outgoing) -> None:
    if not outgoing.hand_over():
        raise Superseded


def _unsent(outgoing: Outgoing, error: Exception) -> Unsent:
    """Say what an error means: refused for good, to be tried again, or perhaps sent (RFC 1047)."""
    if isinstance(error, (Refused, smtplib.SMTPDataError)):
        outgoing.take_back()  # the server said so itself: it does not have the message
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return Unsent(f"{error.smtp_code} {words}", again=error.smtp_code < 500)
    if outgoing.handed_over_at is not None:
        return Unsent(uncertain(), again=False)
    return Unsent(f"{type(error).__name__}: {error}", again=True)


def uncertain() -> str:
    return _("Verzending onzeker: de verbinding brak af tijdens het overdragen.")
