"""A letter of ours: answering a case, writing to a customer first, and taking it back before it left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from contacts.models.attachment import Attachment
from contacts.models.case import Case
from contacts.models.contact import Channel, Contact, Direction, Outcome
from contacts.models.customer import Customer
from contacts.models.draft import Draft
from contacts.models.mailbox import Mailbox
from contacts.models.message import Message
from contacts.models.outgoing import UNDO, Outgoing
from contacts.models.quotation import TOKEN, forwarded, quoted, signature, subject_of
from contacts.models.recipients import People, as_header, as_typed
from contacts.models.token import reply_address

CHAIN = 30  # Message-IDs of a conversation that a letter names, the first one and the latest


class Manner(models.TextChoices):
    """What a letter does with the message it is about."""

    REPLY = "reply", _("Beantwoorden")
    REPLY_ALL = "reply_all", _("Allen beantwoorden")
    FORWARD = "forward", _("Doorsturen")
    NEW = "new", _("Nieuw bericht")


@dataclass(frozen=True)
class Letter:
    """What a colleague wrote, to whom, and from when it may leave the house."""

    text: str
    to: People = field(default_factory=list)
    cc: People = field(default_factory=list)
    bcc: People = field(default_factory=list)
    subject: str = ""
    mailbox: Mailbox | None = None
    manner: str = Manner.REPLY
    about: Contact | None = None  # the message that is answered or forwarded
    quotes: bool = True
    along: Sequence[Attachment] = ()  # files of that message that go along
    not_before: datetime | None = None

    @property
    def earlier(self) -> str:
        """Give what stands below the words: the message this is about, if it is to go along."""
        if self.about is None or not (self.quotes or self.manner == Manner.FORWARD):
            return ""
        return forwarded(self.about) if self.manner == Manner.FORWARD else quoted(self.about)


class AlreadySent(Exception):
    """Something else was sent under the key of this letter, or it was taken back meanwhile."""


@transaction.atomic
def answer(
    case: Case, letter: Letter, *, key: str, by: User, draft: Draft | None = None, close: bool = False
) -> Contact:
    """Give the contact that this letter in a case became; it leaves in ten seconds, once for each recipient.

    The same key is one letter, however often it is pressed. Raises AlreadySent when the key stands for another.
    """
    contact = _register(letter, key=key, by=by, customer=case.customer, case=case)
    if contact.is_new:
        message = _write(contact, case, letter, by=by, draft=draft)
        before = _values(case)
        _conclude(contact, case, by=by, close=close)
        after = _values(case)
        message.data["before"] = {name: value for name, value in before.items() if value != after[name]}
        message.save(update_fields=["data"])
    return contact


@transaction.atomic
def write_first(
    customer: Customer, letter: Letter, *, team: Team, key: str, by: User, draft: Draft | None, close: bool = False
) -> Contact:
    """Give the contact that a letter to a customer became, in a case of its own.

    Raises AlreadySent, NoNorm, NeverOpen.
    """
    contact = _register(letter, key=key, by=by, customer=customer, case=None)
    if contact.is_new:
        case = Case.open(contact=contact, title=letter.subject, team=team, by=by, mailbox=letter.mailbox)
        began = contact.happened_at
        Case.objects.filter(pk=case.pk).update(opened_at=began, read_at=began, last_inbound_at=None)
        case.refresh_from_db()
        contact.subject = subject_of(letter.subject, prefix="", case=case)
        contact.save(update_fields=["subject"])
        _write(contact, case, letter, by=by, draft=draft)
        _conclude(contact, case, by=by, close=close)
    return contact


def _register(letter: Letter, *, key: str, by: User, customer: Customer | None, case: Case | None) -> Contact:
    about, on_network = letter.about, case is not None and case.connection is not None
    contact = Contact.register(
        key=key,
        channel=case.channel if case and on_network else Channel.EMAIL,
        network=case.network if case and on_network else "",
        by=by,
        direction=Direction.OUTBOUND,
        customer=customer,
        party=letter.to[0][1] if letter.to else "",
        topic=case.topic if case else None,
        subject=letter.subject,
        text=letter.text,
        outcome=Outcome.ANSWERED,
        case=case,
        conversation=about.conversation if about and letter.manner != Manner.FORWARD else None,
    )
    if not contact.is_new and (contact.text != letter.text or not contact.reached):
        raise AlreadySent
    return contact


def _write(contact: Contact, case: Case, letter: Letter, *, by: User, draft: Draft | None) -> Message:
    """Write down what goes along with the words, and a row to send for each who gets it."""
    ending = "" if case.connection else signature(case.team, by)
    earlier = "" if case.connection else letter.earlier
    about = getattr(letter.about, "message", None)
    message = Message.objects.create(
        contact=contact,
        mailbox=letter.mailbox,
        connection=case.connection,
        sender_name=letter.mailbox.name if letter.mailbox else "",
        to=letter.to,
        cc=letter.cc,
        bcc=letter.bcc,
        quoted=earlier,
        message_id=make_msgid(domain=settings.MAIL_DOMAIN),
        references=[] if letter.manner == Manner.FORWARD else _chain(letter.about),
        visibility=about.visibility if about else "",
        data={
            "manner": letter.manner,
            "about": str(letter.about.uuid) if letter.about else "",
            "quotes": letter.quotes,
            "signature": ending,
        },
    )
    if draft is not None:
        Attachment.objects.filter(draft=draft, contact=None).update(contact=contact, draft=None)
        draft.delete()
    for attachment in letter.along:
        attachment.copy_to(contact)
    body = "\n\n".join(part for part in (letter.text, ending, earlier) if part)
    _send(contact, case, letter, message, body=body)
    return message


def _send(contact: Contact, case: Case, letter: Letter, message: Message, *, body: str) -> None:
    shared: dict[str, Any] = {
        "kind": "reply",
        "contact": contact,
        "subject": contact.subject,
        "body": body,
        "message_id": message.message_id,
        "not_before": letter.not_before or timezone.now() + UNDO,
    }
    if case.connection is not None:
        about = letter.about.message.external_id if letter.about and hasattr(letter.about, "message") else ""
        headers = {"in_reply_to": about, "visibility": message.visibility}
        key = f"{contact.uuid}:{case.connection.kind}"
        Outgoing.write(key=key, recipient=contact.party, connection=case.connection, headers=headers, **shared)
        return
    address = letter.mailbox.address if letter.mailbox else settings.DEFAULT_FROM_EMAIL
    headers = {
        "To": as_header(letter.to),
        "Cc": as_header(letter.cc),
        "Reply-To": reply_address(case.pk, address),
        "In-Reply-To": message.references[-1] if message.references else "",
        "References": " ".join(message.references),
    }
    headers = {name: value for name, value in headers.items() if value}
    groups = {Outgoing.Role.TO: letter.to, Outgoing.Role.CC: letter.cc, Outgoing.Role.BCC: letter.bcc}
    for role, group in groups.items():
        for _name, recipient in group:
            key = f"{contact.uuid}:{recipient}"[:200]
            Outgoing.write(key=key, recipient=recipient, role=role, mailbox=letter.mailbox, headers=headers, **shared)


def _conclude(contact: Contact, case: Case, *, by: User, close: bool) -> None:
    """Note in the case that it was answered, and close it when that was all."""
    case.answered(at=contact.happened_at)
    case.track("case_answered", by=by, contact=str(contact.uuid))
    if close:
        case.close(result=_t("Beantwoord"), by=by)


def _chain(about: Contact | None) -> list[str]:
    """Give the Message-IDs of the conversation so far, that of the message answered last (RFC 5322, 3.6.4)."""
    if about is None:
        return []
    message = getattr(about, "message", None)
    last = message.message_id if message else ""
    if not last and (arrival := about.arrivals.exclude(message_id="").only("message_id").first()):
        last = arrival.message_id
    ids = list(dict.fromkeys([*(message.references if message else []), last]))
    ids = [one for one in ids if one and len(one) <= 255]
    return ids if len(ids) <= CHAIN else [ids[0], *ids[1 - CHAIN :]]


@transaction.atomic
def withdraw(contact: Contact, *, by: User) -> Draft | None:
    """Take a letter back that nobody began to send: all of it, for everybody, and give it as the draft it was.

    None when a part of it is already on its way, or it was taken back before.
    """
    rows = list(Outgoing.objects.select_for_update().filter(contact=contact))
    if not rows or not all(row.withdraw() for row in rows):
        transaction.set_rollback(True)
        return None
    Contact.objects.filter(pk=contact.pk).update(reached=False)
    contact.track("answer_withdrawn", by=by)
    case, message = contact.case, contact.message
    before = message.data.get("before")
    if case is not None and before is None:
        _forget(contact, case)
        case = None
    elif case is not None:
        _restore(contact, case, before, by=by)
    return _redraft(contact, message, case, by=by)


def _forget(contact: Contact, case: Case) -> None:
    """Take away the case that was opened for a letter that never left."""
    Contact.objects.filter(case=case, pk=contact.pk).update(case=None)
    contact.case = None
    if not Contact.objects.filter(case=case).exists():
        case.hint()
        case.delete()


def _values(case: Case) -> dict[str, Any]:
    """Give the fields of a case as they can be kept and put back."""
    row: dict[str, Any] = dict(Case.objects.filter(pk=case.pk).values().get())
    row.pop("uuid")
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _restore(contact: Contact, case: Case, before: dict[str, Any], *, by: User) -> None:
    """Put the case back as it was before the letter, unless it was answered again since."""
    known = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if known.answered_at != contact.happened_at:
        return
    if "closed_at" in before and known.closed_at is not None:
        closed_along = Contact.objects.filter(case=case, closed_at=known.closed_at).exclude(pk=contact.pk)
        closed_along.update(closed_at=None, outcome="")
        known.track("case_reopened", by=by)  # its contacts are questions again
    fields: dict[str, Any] = {name: Case._meta.get_field(name) for name in before}
    values = {name: fields[name].to_python(value) for name, value in before.items()}
    Case.objects.filter(pk=case.pk).update(**values)
    known.hint()


def _redraft(contact: Contact, message: Message, case: Case | None, *, by: User) -> Draft:
    """Give the letter as a draft again, before what was typed in that place meanwhile."""
    typed = {
        "manner": message.data.get("manner", Manner.REPLY),
        "about": message.data.get("about", ""),
        "mailbox": str(message.mailbox.uuid) if message.mailbox else "",
        "to": as_typed(message.to),
        "cc": as_typed(message.cc),
        "bcc": as_typed(message.bcc),
        "subject": contact.subject if case else TOKEN.sub("", contact.subject),
        "text": contact.text,
    }
    data = {name: [value] for name, value in typed.items()}
    data["quotes"] = ["on"] if message.data.get("quotes") else []
    draft = Draft.objects.letter_to(user=by, case=case, customer=contact.customer)
    if draft is None:
        draft = Draft(user=by, case=case, customer=contact.customer)
    elif draft.discarded_at is None and (newer := "".join(draft.data.get("text", [])).strip()):
        data["text"] = [f"{contact.text}\n\n{newer}"]
    draft.data, draft.updated_at, draft.discarded_at = data, timezone.now(), None
    draft.save()
    Attachment.objects.filter(contact=contact).update(contact=None, draft=draft)
    return draft
