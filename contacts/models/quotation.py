"""What stands around the words of an answer: its subject, the signature, and the message it answers."""

import re

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Team, User
from contacts.models.case import Case
from contacts.models.contact import Contact, Direction
from contacts.models.recipients import as_typed, people
from contacts.models.reply_template import fill

LONGEST = 20_000  # characters of an earlier message that go along
SUBJECT = 200
PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|fw|aw|wg|antw|betr|tr|doorst)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
TOKEN = re.compile(r"\s*\[Z-\d{4}-\d{1,12}\]", re.IGNORECASE)


def subject_of(title: str, *, prefix: str, case: Case | None) -> str:
    """Give the subject of an answer: one prefix, and the reference by which a reply is recognised."""
    bare = PREFIX.sub("", TOKEN.sub("", title)).strip() or _("uw bericht")
    token = f" [{case.reference}]" if case else ""
    return f"{prefix} {bare}".strip()[: SUBJECT - len(token)] + token


def signature(team: Team, by: User) -> str:
    """Give how the letters of a team end, with the name of who writes."""
    with translation.override(settings.LANGUAGE_CODE):
        text = team.signature.strip() or _("Met vriendelijke groet,\n\n{medewerker}\ngemeente {gemeente}")
        return fill(text, {"medewerker": by.name, "afdeling": team.name, "gemeente": settings.MUNICIPALITY})


def quoted(contact: Contact) -> str:
    """Give the message that an answer is to, as it stands below the answer."""
    lines = _whole(contact).splitlines()
    text = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    with translation.override(settings.LANGUAGE_CODE):
        told = {"moment": _moment(contact), "name": _writer(contact)}
        return _("Op %(moment)s schreef %(name)s:") % told + "\n" + text


def forwarded(contact: Contact) -> str:
    """Give a message with its headers, as it stands below the words that forward it."""
    message = getattr(contact, "message", None)
    with translation.override(settings.LANGUAGE_CODE):
        heads = [
            (_("Van"), _writer(contact)),
            (_("Datum"), _moment(contact)),
            (_("Aan"), as_typed(people(message.to)) if message else ""),
            (_("Cc"), as_typed(people(message.cc)) if message else ""),
            (_("Onderwerp"), contact.subject),
        ]
        lines = [f"{name}: {value}" for name, value in heads if value]
        return "\n".join([_("---------- Doorgestuurd bericht ----------"), *lines, "", _whole(contact)])


def _whole(contact: Contact) -> str:
    message = getattr(contact, "message", None)
    earlier = message.quoted if message else ""
    text = f"{contact.text}\n\n{earlier}".strip() if earlier else contact.text.strip()
    return text if len(text) <= LONGEST else text[:LONGEST] + "\n[…]"


def _writer(contact: Contact) -> str:
    message = getattr(contact, "message", None)
    if contact.direction == Direction.OUTBOUND and contact.agent is not None:
        return contact.agent.name
    name = (message.sender_name if message else "") or (contact.customer.name if contact.customer else "")
    return f"{name} <{contact.party}>".strip() if contact.party else name


def _moment(contact: Contact) -> str:
    return date_format(timezone.localtime(contact.happened_at), "D j b Y H:i")
