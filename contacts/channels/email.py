"""E-mail that comes in: each mail becomes a contact, once, in the case of its thread or a new one; none is lost.

Who may go on with what stands in thread, whether a machine wrote it in arrival, and what leaves the house in smtp.
"""

import logging
import re
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.worktime import NeverOpen
from contacts import files
from contacts.channels import flood, report, thread
from contacts.channels.acknowledge import acknowledge
from contacts.channels.arrival import Arrival, beginning, default_team, envelope_sender, is_ours
from contacts.channels.reading import reader
from contacts.channels.reading.mail import SIZE, Mail, Unreadable
from contacts.channels.thread import Thread
from contacts.channels.trouble import Superseded
from contacts.models import Attachment, Case, Channel, Contact, Customer, Direction, Inbound, Message
from contacts.models.lease import LAST_ATTEMPT
from contacts.models.mailbox import by_address, without_label
from contacts.models.norm import NoNorm

log = logging.getLogger(__name__)

SHOWN = 100_000  # characters of a mail that stand in the timeline; the rest is in the original
READ = 2 * 1024 * 1024  # bytes of a mail that is too large to read whole
KEPT = 2_000_000  # of what it quotes, and of its HTML
HEADER = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
TWINS = 3  # other mails with the same Message-ID that are named
WITHOUT_WORK = {Inbound.Automatic.AUTO_REPLY, Inbound.Automatic.RECEIPT, Inbound.Automatic.BOUNCE}


def receive(inbound: Inbound) -> Contact:
    """Give the contact that this mail is: with the customer if sure, in the case of its thread or a new one.

    Whoever calls holds the row. Raises Superseded when it lost it meanwhile.
    """
    try:
        mail = read(inbound)
    except Unreadable as reason:
        return keep_unread(inbound, str(reason))
    return take_in(inbound, mail)


def read(inbound: Inbound) -> Mail:
    """Give what stands in this mail. Raises Unreadable, also when reading it took down every process that tried."""
    if inbound.attempts >= LAST_ATTEMPT:
        raise Unreadable(_("Het lezen van de e-mail brak steeds af."))
    raw = bytes(inbound.raw)
    if inbound.source == "smtp" and inbound.envelope.get("from") in {"", "<>"} and HEADER.match(raw):
        raw = b"Return-Path: <>\r\n" + raw  # as who delivers must write above it (RFC 5321, 4.4): a machine sent this
    if len(raw) > SIZE:  # what is said in it comes first
        return beginning(reader.read(raw[:READ]), of=len(raw), is_here=True)
    mail = reader.read(raw)
    return beginning(mail, of=int(inbound.envelope["cut"])) if "cut" in inbound.envelope else mail


def take_in(inbound: Inbound, mail: Mail) -> Contact:
    """Give the contact that this mail became, with its files on disk before it is committed. Raises Superseded."""
    for file in mail.attachments:
        files.keep(file.content)
    with transaction.atomic():
        return _Intake(Arrival(inbound, mail)).contact()


@transaction.atomic
def keep_unread(inbound: Inbound, reason: str) -> Contact:
    """Show a mail that cannot be read as a contact that says so; the mail itself is kept as it came."""
    text = _("%(reason)s\n\nDe originele e-mail is bewaard en kan worden gedownload.") % {"reason": reason}
    to = inbound.envelope.get("to")
    boxes = [by_address().get(without_label(str(one))) for one in (to if isinstance(to, list) else [])]
    mailbox = next((box for box in boxes if box), inbound.mailbox)
    contact = Contact.register(
        key=f"mail:{inbound.key}",
        channel=Channel.EMAIL,
        by=None,
        party=envelope_sender(inbound),
        topic=mailbox.topic if mailbox else None,
        subject=_("E-mail kon niet worden gelezen"),
        text=text,
        readable=False,
        happened_at=inbound.received_at,
    )
    team = mailbox.team if mailbox else default_team()
    try:
        if team is not None:
            Case.open(contact=contact, title=contact.subject, team=team, by=None, mailbox=mailbox)
    except (NoNorm, NeverOpen) as error:
        log.warning("No case for mail %s: %r", contact.uuid, error)
    if not inbound.settle(contact, is_unreadable=True, mailbox=mailbox):
        raise Superseded
    return contact


class _Intake:
    """Takes in one mail that was read, in the transaction of whoever asks."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival, self.mail = arrival, arrival.mail
        thread.hold(arrival)
        self.reported = report.about(arrival)
        self.thread = self._thread()
        self.case, self.reopens = thread.goes_on(self.thread, arrival.mailbox, as_it_is=self.changes_nothing)

    def contact(self) -> Contact:
        """Give the contact, made or found: by whatever way the same mail came, it is one."""
        if self.thread.own is not None and self.arrival.is_looped:
            return self._repeat(Contact.objects.select_related("case").get(pk=self.thread.own))
        contact = self._register()
        if not contact.is_new:
            return self._repeat(contact)
        self._keep(contact)
        self._tell(contact)
        report.take_note(self.arrival, self.reported)
        if self.writer is not None:
            self._answered(self.writer, contact)
        elif self.case is not None:
            self._join(self.case, contact)
        elif self.is_work:
            self._open(contact)
        joined = self.thread.how if contact.case is not None or self.reported else ""
        self._settle(contact, joined=joined)
        return contact

    # ── Whose it is ───────────────────────────────────────────────────────────────────────────────

    def _thread(self) -> Thread:
        """Find what this goes on with; a report of a machine goes with the message that it is about."""
        if report.tells(self.arrival):
            contact = next((message.contact for message in self.reported if message.contact is not None), None)
            case = contact.case.survivor if contact is not None and contact.case is not None else None
            return Thread(Inbound.Joined.REFERENCES if self.reported else "", contact, case)
        return thread.find(self.arrival)

    @property
    def is_work(self) -> bool:
        """Say whether something new that this is must be looked at by somebody: a web form is a machine too."""
        return self.arrival.automatic not in WITHOUT_WORK or self.mail.kind == "generated"

    @property
    def changes_nothing(self) -> bool:
        """Say whether a machine wrote this, so that its case stays as it is; through a mailing list people write."""
        return self.arrival.automatic != "" and not self.mail.list_id

    @property
    def label(self) -> str:
        """Give as what kind of machine's mail this is shown, or nothing when an agent reads it as any other."""
        by_people = self.mail.list_id if self.case is not None else self.mail.kind == "generated"
        return "" if by_people else self.arrival.automatic

    @property
    def writer(self) -> User | None:
        """Give the colleague who writes in a case from the own mail program, if our mail server proved who it is."""
        arrival = self.arrival
        answers = self.case is not None and arrival.original is None and not self.changes_nothing
        return arrival.colleague if answers and arrival.is_proven else None

    @property
    def outsiders(self) -> list[str]:
        """Give who else got it: neither we nor a colleague."""
        named = [one for _name, one in (*self.mail.to, *self.mail.cc)]
        own = self.arrival.mail.from_address.lower()
        return [one for one in named if not is_ours(one) and one.lower() != own]

    @property
    def customer(self) -> Customer | None:
        """Give whose timeline this stands in: the sender's, as far as that is sure."""
        if self.arrival.customer is not None or report.tells(self.arrival):
            return self.arrival.customer
        if self.writer is not None:
            return self.case.customer if self.case else None
        earlier = self.thread.contact
        same = earlier is not None and bool(self.arrival.sender) and earlier.party == self.arrival.sender
        return earlier.customer if earlier is not None and same else None

    # ── What is kept ──────────────────────────────────────────────────────────────────────────────

    def _register(self) -> Contact:
        arrival, sent = self.arrival, self.writer is not None and bool(self.outsiders)
        topic = arrival.mailbox.topic if arrival.mailbox and self.case is None else self.case and self.case.topic
        return Contact.register(
            key=arrival.key,
            channel=Channel.EMAIL,
            direction=Direction.OUTBOUND if sent else Direction.INBOUND,
            by=self.writer,
            customer=self.customer,
            party=self.outsiders[0] if sent else arrival.party,
            topic=topic or None,
            subject=self.mail.subject,
            text=_cut(self.mail.text, SHOWN),
            case=self.case,
            conversation=self.thread.contact.conversation if self.thread.contact else None,
            happened_at=arrival.moment,
        )

    def _keep(self, contact: Contact) -> None:
        """Keep what a mail has besides its text, and its files."""
        arrival, mail = self.arrival, self.mail
        facts = {"poses_as": mail.poses_as, "kind": mail.kind, "security": mail.security, "list_id": mail.list_id}
        facts |= self.warnings
        Message.objects.create(
            contact=contact,
            mailbox=arrival.mailbox,
            sender_name=arrival.sender_name[:200],
            to=mail.to,
            cc=mail.cc,
            reply_to=[] if arrival.original else mail.reply_to,
            quoted=mail.quoted[:KEPT],
            html=mail.html[:KEPT],
            message_id=mail.message_id[:255],
            references=list(dict.fromkeys((*mail.references, *mail.in_reply_to))),
            automatic=self.label,
            authentication=arrival.authentication,
            is_repaired=mail.repaired,
            data={name: value for name, value in facts.items() if value},
        )
        Attachment.objects.bulk_create(
            Attachment(
                contact=contact,
                name=file.name[:200],
                declared_type=file.content_type[:150],
                content_type=(file.sniffed or file.content_type)[:150],
                size=file.size,
                sha256=file.sha256,
                content_id=file.content_id[:250],
                is_inline=file.inline,
            )
            for file in mail.attachments
        )

    def _settle(self, contact: Contact, **found: Any) -> None:
        values = {
            "message_id": self.mail.message_id[:255],
            "content_digest": self.mail.content_digest,
            "automatic": self.arrival.automatic,
            "mailbox": self.arrival.mailbox,
        }
        if not self.arrival.inbound.settle(contact, **values, **found):
            raise Superseded

    def _repeat(self, contact: Contact) -> Contact:
        """Keep that the same mail came in by another way too: it stands in the timeline once."""
        arrival = self.arrival
        first = contact.arrivals.exclude(pk=arrival.inbound.pk).defer("raw").order_by("pk").first()
        if arrival.mailbox is not None and (first is None or first.mailbox_id != arrival.mailbox.pk):
            contact.track("contact_copied", by=None, mailbox=arrival.mailbox.address)
        self._settle(contact, duplicate_of=first, joined=first.joined if first else "")
        return contact

    # ── What comes of it ──────────────────────────────────────────────────────────────────────────

    @property
    def warnings(self) -> dict[str, Any]:
        """Give what an agent must know before believing or answering this; its thread shows it."""
        arrival, refused = self.arrival, self.thread.refused
        colleague = arrival.colleague.name if arrival.colleague is not None else ""
        forwarded, named = arrival.original is not None, refused is not None and self.case is None
        unproven = not forwarded and not arrival.is_proven and bool(self.case or refused)
        return {
            "stranger": self.thread.is_stranger,
            "named": [refused.reference, str(refused.uuid)] if named and refused else [],
            "twins": [str(twin.uuid) for twin in self.twins],
            "forwarded_by": colleague if forwarded else "",
            "unproven": colleague if unproven else "",
        }

    @cached_property
    def twins(self) -> list[Contact]:
        """Give the contacts of other mails with the same Message-ID."""
        pks = self.thread.twins[:TWINS]
        return list(Contact.objects.filter(pk__in=pks).select_related("message").defer("text")) if pks else []

    def _tell(self, contact: Contact) -> None:
        """Write the same down in the logs."""
        for twin in self.twins:
            contact.track("contact_maybe_double", by=None, contact=str(twin.uuid))
            twin.track("contact_maybe_double", by=None, contact=str(contact.uuid))
            if message := getattr(twin, "message", None):
                message.data["twins"] = [*message.data.get("twins", []), str(contact.uuid)][:TWINS]
                message.save(update_fields=["data"])
        warnings = self.warnings
        if warnings["forwarded_by"]:
            contact.track("contact_forwarded", by=self.arrival.colleague)
        if warnings["unproven"]:
            contact.track("contact_unproven", by=None, name=warnings["unproven"])

    def _join(self, case: Case, contact: Contact) -> None:
        """Go on with a case; what a machine sent changes nothing in it."""
        contact.track("case_joined", by=None, reference=case.reference)
        if self.changes_nothing:
            case.hint()
            return
        if self.reopens:
            case.reopen(by=None)
        if self.thread.is_stranger:
            case.track("case_stranger", by=None, sender=self.arrival.party, contact=str(contact.uuid))
        self._heard(case, contact)

    def _heard(self, case: Case, contact: Contact) -> None:
        try:
            case.heard(contact, sender=self.arrival.sender_name or self.arrival.party)
        except (NoNorm, NeverOpen) as error:
            log.warning("Case %s has no norm: %r", case.reference, error)
            Case.objects.filter(pk=case.pk).update(read_at=None)

    def _answered(self, colleague: User, contact: Contact) -> None:
        """Note that a colleague wrote to the customer, or told us something, from the own mail program."""
        case = self.case
        if case is None:
            return
        contact.track("case_joined", by=colleague, reference=case.reference)
        if contact.direction == Direction.OUTBOUND:
            case.answered(at=contact.registered_at)
            case.track("case_answered", by=colleague, contact=str(contact.uuid))
        else:
            Case.objects.filter(pk=case.pk).update(read_at=None)
            case.hint()

    def _open(self, contact: Contact) -> None:
        """Open a case for something new, unless that would be one too many of the same."""
        arrival = self.arrival
        flooded = flood.case_for(arrival)
        if flooded is not None:
            contact.join(flooded, by=None)
            self._heard(flooded, contact)
            flood.warn(flooded)
            return
        title, sender = contact.subject or _("E-mail zonder onderwerp"), arrival.sender_name or arrival.party
        try:
            if arrival.team is None:
                return
            case = Case.open(
                contact=contact, title=title, team=arrival.team, by=None, sender=sender, mailbox=arrival.mailbox
            )
        except (NoNorm, NeverOpen) as error:  # the mail stands in the timeline all the same
            log.warning("No case for mail %s: %r", contact.uuid, error)
            return
        if self.thread.case is not None:
            case.track("case_follows", by=None, reference=self.thread.case.reference, case=str(self.thread.case.uuid))
        elif self.thread.refused is not None:
            named = self.thread.refused
            case.track("case_named", by=None, reference=named.reference, case=str(named.uuid))
        acknowledge(arrival, contact, case)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most] + "\n\n" + _("[Ingekort. Open de originele e-mail voor de rest.]")
