"""The public form on the municipality's website: what a citizen sent becomes a contact with a case, at once."""

import hashlib
import json
import logging
from dataclasses import dataclass, field
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import phone
from accounts.models import Team
from accounts.worktime import NeverOpen
from contacts.channels import upload
from contacts.channels.arrival import default_team
from contacts.models import Address, Case, Channel, Contact, Customer, Message, Topic
from contacts.models.norm import NoNorm

log = logging.getLogger(__name__)

TITLE = 80  # characters of the question that stand for it in a list
SHARED = 50  # customers with the same address that are looked at


@dataclass(frozen=True)
class Sent:
    """What somebody filled in, checked; the files are still to be looked at."""

    uuid: UUID
    topic: Topic
    name: str
    email: str
    phone: str
    message: str
    answers: list[tuple[str, str]]
    files: list[UploadedFile] = field(default_factory=list)
    is_trap: bool = False

    @property
    def key(self) -> str:
        """Give what is the same when this form comes twice as it is, and not when something was changed in between."""
        files = [(file.name, file.size) for file in self.files]
        said = [str(self.topic.uuid), self.name, self.email, self.phone, self.message, self.answers, files]
        return f"web:{self.uuid}:{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]}"


@transaction.atomic
def receive(sent: Sent) -> Contact:
    """Give the contact that this form became; the same form twice is one contact.

    What a machine seems to have filled in is kept too, as spam, where a colleague can see it. Raises upload.Unwanted
    for a file that may not come in, and then nothing is kept.
    """
    customer = recognised(email=sent.email, phone=sent.phone)
    contact = Contact.register(
        key=sent.key,
        channel=Channel.WEB,
        by=None,
        customer=customer,
        party=sent.email or sent.phone,
        topic=sent.topic,
        subject=sent.topic.public_name or sent.topic.name,
        text=_text(sent),
    )
    if not contact.is_new:
        return contact
    Message.objects.create(
        contact=contact,
        sender_name=sent.name[:200],
        reply_to=[[sent.name, sent.email]] if sent.email else [],
        data={"phone": sent.phone, "answers": sent.answers},
    )
    used = 0
    for number, file in enumerate(sent.files, 1):
        used += upload.take_in(file, number=number, used=used, contact=contact).size
    _open(contact, sent)
    return contact


def _open(contact: Contact, sent: Sent) -> None:
    team: Team | None = sent.topic.team or default_team()
    if team is None:
        return
    words = " ".join(sent.message.split())
    title = f"{contact.subject}: {words[:TITLE]}{'…' if len(words) > TITLE else ''}"
    try:
        case = Case.open(contact=contact, title=title, team=team, by=None, sender=sent.name)
    except (NoNorm, NeverOpen) as error:  # it stands in the timeline all the same
        log.warning("No case for web form %s: %r", contact.uuid, error)
        return
    if sent.is_trap:
        case.spam(by=None)


def recognised(*, email: str, phone: str) -> Customer | None:
    """Give the one customer to whom everything belongs that we know of these; None when they point at two."""
    given = ((Address.Kind.EMAIL, email), (Address.Kind.PHONE, phone))
    owners = [set(Customer.objects.with_address(kind, value)[:SHARED]) for kind, value in given if value]
    known = [people for people in owners if people]
    found = set.intersection(*known) if known else set()
    return found.pop() if len(found) == 1 else None


def _text(sent: Sent) -> str:
    lines = [sent.message]
    if sent.answers:
        lines += ["", *(f"{question} {answer}" for question, answer in sent.answers)]
    if sent.phone:
        lines += ["", _("Telefoon: %(number)s") % {"number": phone.display(sent.phone)}]
    return "\n".join(lines)
