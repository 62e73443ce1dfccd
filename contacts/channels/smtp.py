"""E-mail that leaves the house: each recipient once, and honest about what nobody can know (RFC 1047)."""

import smtplib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message as Mail
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

from contacts.channels.trouble import Superseded, Unsent
from contacts.models import Attachment, Outgoing
from contacts.models.lease import clock

BY_HAND = {"reply"}  # kinds of messages that a person wrote
FROM_NOBODY = {"acknowledgement"}  # kinds to which no machine may answer: MAIL FROM:<> (RFC 3834)
LOOP = "X-KCC-Loop"


def send(outgoing: Outgoing) -> None:
    """Send one message that this process holds, and mark it sent. Raises Unsent, or Superseded when it lost the row."""
    if outgoing.handed_over_at is not None:
        raise Unsent(uncertain(), again=False)
    try:
        letter = compose(outgoing)
        parcel = Parcel.of(letter, sender="" if outgoing.kind in FROM_NOBODY else letter.from_email)
    except (ValueError, FileNotFoundError) as error:  # an address, a header or a file that cannot stand in a mail
        reason = _("Het bericht kan zo niet worden verzonden: %(error)s") % {"error": error}
        raise Unsent(reason, again=False) from error
    connection = get_connection()
    try:
        connection.open()
        if isinstance(connection, EmailBackend) and connection.connection is not None:
            _deliver(outgoing, parcel, connection.connection)
        else:
            _hand_over(outgoing)
            connection.send_messages([letter])
        outgoing.finish(now=clock())
    except (smtplib.SMTPException, OSError) as error:
        raise _unsent(outgoing, error) from error
    finally:
        with suppress(smtplib.SMTPException, OSError):  # the message left or not; how they say goodbye changes nothing
            connection.close()


class Letter(EmailMessage):
    """A mail for one person that names everybody else it is openly sent to."""

    named_in_cc = ""

    def message(self) -> Mail:
        mail = super().message()
        if self.named_in_cc:
            mail["Cc"] = self.named_in_cc
        return mail


def compose(outgoing: Outgoing) -> Letter:
    """Give the mail of this row, with the files that go with it. Raises Unsent, ValueError, FileNotFoundError."""
    headers = dict(outgoing.headers) | {"Message-ID": outgoing.message_id}
    headers.setdefault(LOOP, settings.MAIL_DOMAIN)
    if outgoing.kind not in BY_HAND:
        headers.setdefault("Auto-Submitted", "auto-generated")
        headers.setdefault("X-Auto-Response-Suppress", "All")
    reply_to, cc = headers.pop("Reply-To", ""), headers.pop("Cc", "")
    letter = Letter(outgoing.subject, outgoing.body, _sender(outgoing), [outgoing.recipient], headers=headers)
    letter.reply_to = [reply_to] if reply_to else []
    letter.named_in_cc = cc
    for attachment in _files(outgoing):
        with attachment.read() as file:
            letter.attach(attachment.name, file.read(), attachment.content_type)
    return letter


def _sender(outgoing: Outgoing) -> str:
    mailbox = outgoing.mailbox
    return formataddr((mailbox.name, mailbox.address)) if mailbox else settings.DEFAULT_FROM_EMAIL


def _files(outgoing: Outgoing) -> Iterator[Attachment]:
    """Give the files that a colleague sends along; none that was not looked at where files are looked at."""
    if outgoing.contact is None or outgoing.kind not in BY_HAND:
        return
    for attachment in outgoing.contact.attachments.order_by("pk"):
        if attachment.is_quarantined:
            raise Unsent(_("De bijlage %(name)s bevat een virus.") % {"name": attachment.name}, again=False)
        if attachment.waits_for_scan:
            raise Unsent(_("De bijlage %(name)s is nog niet gecontroleerd.") % {"name": attachment.name}, again=True)
        yield attachment


@dataclass(frozen=True)
class Parcel:
    """A message as it goes over the line."""

    sender: str
    recipient: str
    data: bytes = field(repr=False)

    @classmethod
    def of(cls, letter: EmailMessage, *, sender: str) -> "Parcel":
        """Give the message ready to go. Raises ValueError when an address or header in it cannot be sent."""
        envelope = sanitize_address(parseaddr(sender)[1], "utf-8") if sender else ""
        recipient = sanitize_address(letter.to[0], "utf-8")
        return cls(envelope, recipient, letter.message().as_bytes(linesep="\r\n"))


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
