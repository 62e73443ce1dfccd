"""The public form with which a citizen asks to be called: a contact and a callback, in one transaction."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Team
from callbacks.models import Callback
from callbacks.models.confirmation import confirm
from callbacks.models.slot import Slot
from callbacks.models.waiting import hold
from contacts.channels import web
from contacts.models import Address, Channel, Contact, Customer, Message, Outcome, Topic


@dataclass(frozen=True)
class Asked:
    """What somebody filled in, checked."""

    uuid: UUID
    topic: Topic
    team: Team
    due_at: datetime  # what the page promises, whatever waited already
    name: str
    phone: str
    email: str
    question: str
    answers: list[tuple[str, str]]
    slot: Slot | None
    language: str
    is_trap: bool = False

    @property
    def key(self) -> str:
        """Give what is the same when this form comes twice as it is, and not when something was changed in between."""
        said = [str(self.topic.uuid), self.name, self.phone, self.email, self.question, self.answers, str(self.slot)]
        return f"callback-form:{self.uuid}:{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]}"


@transaction.atomic
def receive(asked: Asked) -> Contact:
    """Give the contact that this form became; the same form twice is one contact.

    Who waits already for a call about the same, on this number, gets no second callback: the first is told so. What a
    machine seems to have filled in becomes no callback, and is kept where a colleague can see it.
    Raises NoNorm, NeverOpen.
    """
    if asked.is_trap:
        return web.receive(_as_question(asked))
    contact = _register(asked)
    if not contact.is_new:
        return contact
    hold(asked.phone, asked.topic)
    waiting = Callback.objects.waiting_for(customer=None, number=asked.phone).about(asked.topic).due_first().first()
    if waiting and waiting.add(contact, by=None):
        callback = waiting
        callback.renew(due_at=asked.due_at, slot=asked.slot, by=None)
    else:
        callback = _request(asked, contact)
    if asked.email:
        confirm(
            callback, to=asked.email, by=None, contact=contact, due_at=asked.due_at, named=_is_of(asked.email, callback)
        )
    return contact


def _register(asked: Asked) -> Contact:
    with translation.override(settings.LANGUAGE_CODE):  # kept for whoever reads it here
        title = _("Terugbelverzoek: %(topic)s") % {"topic": asked.topic.public_name or asked.topic.name}
    contact = Contact.register(
        key=asked.key,
        channel=Channel.WEB,
        by=None,
        customer=_recognised(asked),
        party=asked.phone,
        topic=asked.topic,
        subject=title,
        text=asked.question,
        outcome=Outcome.CALLBACK,
    )
    if contact.is_new:
        Message.objects.create(
            contact=contact,
            sender_name=asked.name[:200],
            reply_to=[[asked.name, asked.email]] if asked.email else [],
            data={"phone": asked.phone, "answers": asked.answers},
        )
    return contact


def _request(asked: Asked, contact: Contact) -> Callback:
    slot, answers = asked.slot, list(asked.answers)
    with translation.override(settings.LANGUAGE_CODE):
        if slot:
            answers.insert(0, slot.answer)
        answers.insert(0, (_("Naam"), asked.name))
    return Callback.request(
        contact=contact,
        team=asked.team,
        number=asked.phone,
        question=asked.question,
        reachable_from=slot.clock_start if slot else None,
        reachable_until=slot.clock_end if slot else None,
        next_attempt_at=slot.start if slot else None,
        language=asked.language,
        answers=answers,
        by=None,
    )


def _recognised(asked: Asked) -> Customer | None:
    """Give the customer whose number this surely is: we call that number, whatever address stands beside it."""
    found = Customer.objects.recognise(Address.Kind.PHONE, asked.phone)
    return found if found == web.recognised(email=asked.email, phone=asked.phone) else None


def _is_of(email: str, callback: Callback) -> bool:
    """Say whether this address is known to be that of the customer who waits: only then is more said to it."""
    found = Customer.objects.recognise(Address.Kind.EMAIL, email)
    return found is not None and found == callback.contact.customer


def _as_question(asked: Asked) -> web.Sent:
    return web.Sent(
        uuid=asked.uuid,
        topic=asked.topic,
        name=asked.name,
        email=asked.email,
        phone=asked.phone,
        message=asked.question,
        answers=asked.answers,
        is_trap=True,
    )
