"""The callback that is asked for from a contact that is there already."""

from typing import Any

from accounts import phone
from accounts.models import User
from callbacks.forms.part import LONG, CallbackPart
from contacts.models import Channel, Contact


class ContactPart(CallbackPart):
    """The same as on the desk, about a contact that was written down before: a letter in a case, or an earlier call."""

    form_id = "terugbellen"
    topic_id = ""  # what it is about stands with the contact
    note_id = ""

    @classmethod
    def about(cls, contact: Contact, *, user: User, data: Any = None) -> "ContactPart":
        """Give the form with what the contact tells: whom, which number, and what was asked."""
        text = " ".join(contact.text.split())
        known = {"number": _number(contact), "question": text if len(text) <= LONG else text[: LONG - 1] + "…"}
        initial = {name: value for name, value in known.items() if value}
        return cls(data, user=user, customer=contact.customer, topic=contact.topic, initial=initial)


def _number(contact: Contact) -> str:
    """Give the number that this contact names, as people read it; nothing when it names none."""
    message = getattr(contact, "message", None)
    said = (message.data.get("phone") if message else "") or (contact.party if contact.channel == Channel.PHONE else "")
    number = phone.normalise(said) if isinstance(said, str) else None
    return phone.display(number) if number else ""
