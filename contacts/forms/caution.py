"""What somebody should look at before a letter leaves: forgotten files, new addresses, and what happened meanwhile."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from stdnum.nl import bsn as bsn_checks

from accounts.models import User
from accounts.paging import encode, place
from contacts.forms.customer import DIGITS
from contacts.models import Address, Case, Contact, Customer, Direction
from contacts.models.answer import Letter
from contacts.models.recipients import Person, is_ours
from contacts.models.reply_template import unfilled

MENTIONED = re.compile(
    r"\b(?:bijlagen?|bijgevoegde?|bijgesloten|ingesloten|meegestuurde?|attach(?:ed|ment|ments)|enclosed)\b",
    re.IGNORECASE,
)
LOOKED_AT = 50  # contacts of a case whose people are known


@dataclass(frozen=True)
class Caution:
    """One line of the block above the buttons; `code` tells whether it was seen before."""

    code: str
    text: str
    icon: str = "alert-triangle"
    detail: str = ""
    message: Contact | None = None  # to look at first
    address: str = ""  # that may be taken away
    wants_file: bool = False


def cautions(
    letter: Letter, *, case: Case | None, customer: Customer | None, seen: str, files: int, by: User
) -> list[Caution]:
    """Give what to look at before this letter leaves; with files attached to it, and the thread seen as far as that."""
    found = list(_meanwhile(case, seen, by=by)) if case else []
    if MENTIONED.search(letter.text) and not files and not letter.along:
        told = _("Je noemt een bijlage, maar er is geen bestand toegevoegd.")
        found.append(Caution("attachment", told, icon="paperclip", wants_file=True))
    for _name, address in unknown(letter, case=case, customer=customer):
        told = _("%(address)s is nieuw voor deze klant.") % {"address": address}
        found.append(Caution(f"new:{address}", told, address=address))
    if any(bsn_checks.is_valid(digits) for digits in DIGITS.findall(letter.text)):
        found.append(Caution("bsn", _("Er staat een BSN in de tekst. Een BSN hoort niet in een e-mail.")))
    if words := unfilled(letter.text):
        found.append(Caution("unfilled", _("Nog niet ingevuld: %(words)s.") % {"words": ", ".join(words[:5])}))
    return found


def mark(case: Case | None) -> str:
    """Give the place in the thread up to which somebody who opens it now has seen everything."""
    last = Contact.objects.filter(case=case).order_by("-pk").values_list("pk", flat=True).first() if case else 0
    return encode(timezone.now(), last or 0)


def unknown(letter: Letter, *, case: Case | None, customer: Customer | None) -> list[Person]:
    """Give who gets this letter without ever having had to do with this customer or this case."""
    everybody = [*letter.to, *letter.cc, *letter.bcc]
    if not everybody or (case is not None and case.connection_id is not None):
        return []
    known = set(_people_of(case)) if case else set()
    if customer is not None:
        known |= set(customer.addresses.filter(kind=Address.Kind.EMAIL).values_list("value", flat=True))
    return [person for person in everybody if person[1] not in known and not is_ours(person[1])]


def _people_of(case: Case) -> Iterable[str]:
    """Give the addresses of who wrote in this case, and of whom they wrote to."""
    rows = Contact.objects.filter(case=case, reached=True).order_by("-pk")
    columns = ("party", "message__to", "message__cc", "message__reply_to")
    for party, *groups in rows.values_list(*columns)[:LOOKED_AT]:
        yield party.lower()
        for group in groups:
            yield from (str(address).lower() for _name, address in group or [])


def _meanwhile(case: Case, seen: str, *, by: User) -> Iterable[Caution]:
    """Give what was written in this case since somebody began to answer: by the customer, and by a colleague."""
    try:
        known = place(seen)
    except Http404:
        known = None
    if known is None:
        return
    rows = Contact.objects.filter(case=case, pk__gt=known[1], reached=True).select_related("agent", "message")
    for contact in rows.order_by("pk")[:5]:
        told = {"time": date_format(timezone.localtime(contact.registered_at), "H:i")}
        colleague = contact.agent if contact.agent != by else None
        if contact.direction == Direction.INBOUND and not _is_automatic(contact):
            text = _("Om %(time)s kwam een nieuw bericht binnen:") % told
            detail = " ".join(contact.text[:400].split())[:160]
            yield Caution(f"newer:{contact.pk}", text, icon="mail", detail=detail, message=contact)
        elif contact.direction == Direction.OUTBOUND and colleague is not None:
            text = _("%(name)s heeft om %(time)s geantwoord.") % (told | {"name": colleague.short_name})
            yield Caution(f"answered:{contact.pk}", text, icon="user", message=contact)


def _is_automatic(contact: Contact) -> bool:
    message = getattr(contact, "message", None)
    return bool(message and message.automatic)
