"""Finding a customer from whatever the citizen gives: a name, a number, an address, a reference.

One field for all of it: the kind of question is recognised and named. Each search takes at most three queries, and
costs the same among a million customers as among a thousand, because every one of them walks an index and stops.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import phone
from accounts.models import User
from contacts.models import Address, Case, Contact, Customer
from contacts.models.customer import CustomerQuerySet, Fold, split_postcode

SHOWN = 20
BROAD = 200  # more than this many people of the name: ask for a birth date or postcode
INFIXES = {
    "van", "de", "der", "den", "ter", "ten", "te", "het", "t", "s", "in", "op", "aan", "bij", "onder", "over",
    "la", "le", "du", "des", "di", "da", "dos", "del", "von", "zu", "el", "al", "ben", "bin", "ait", "oude",
}  # fmt: skip
PLAIN = {"Lu", "Ll", "Lt", "Lo", "Nd", "Mn", "Mc"}  # Unicode categories of letters, digits and their marks
REFERENCE = re.compile(r"^\s*#?\s*([ZT])-?\s?(\d{4})-?\s?(\d{1,12})\s*$", re.IGNORECASE)
BIRTH = re.compile(r"^(.*?)\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\s*$")


@dataclass(frozen=True)
class Found:
    """What a search found: its kind in words, at most 20 customers, if there were many more, if it was a guess."""

    kind: str
    label: str
    customers: list[Customer]
    broad: bool = False
    guessed: bool = False
    case: Case | None = None

    @property
    def sure(self) -> bool:
        """Say whether one customer was found by something that is theirs alone, so that nothing is left to choose."""
        return (
            len(self.customers) == 1
            and not self.guessed
            and self.case is None
            and self.kind not in {"name", "postcode"}
        )


def find(query: str, *, user: User) -> Found:
    """Give the customers this user may see that fit what was typed, best first."""
    text = query.replace("\0", " ").strip()
    customers = Customer.objects.visible_to(user)
    digits = re.sub(r"\D", "", text)
    if not text:
        return Found("none", "", [])
    if reference := REFERENCE.match(text):
        return _by_reference(customers, "-".join(part.upper() for part in reference.groups()), user)
    if "@" in text:
        found = _beginning(customers, Address.Kind.EMAIL, text.lower())
        return Found("email", _("Zoek op e-mailadres"), _shown(found))
    if place := split_postcode(text):
        return _by_postcode(customers, place)
    if BIRTH.match(text) and not re.search(r"[^\W\d_]", text):
        return _by_name(customers, text)
    if len(digits) >= 5 and not re.search(r"[^\W\d_]", text):
        return _by_number(customers, text, digits, user)
    return _by_name(customers, text)


def _shown(found: CustomerQuerySet) -> list[Customer]:
    """Give the rows of a result with what tells people apart: last contact and open callbacks."""
    return details(found.order_by("pk").values_list("pk", flat=True).distinct()[: SHOWN + 1])[:SHOWN]


def details(pks: Iterable[int]) -> list[Customer]:
    """Give these customers with addresses, last contact and number of open callbacks, in two queries."""
    chosen = list(pks)
    last = Contact.objects.filter(customer=OuterRef("pk")).order_by("-happened_at").values("happened_at")[:1]
    waiting = (
        Contact.objects.filter(customer=OuterRef("pk"), callbacks__completed_at=None, callbacks__cancelled_at=None)
        .filter(callbacks__isnull=False)
        .order_by()
        .values("customer")
        .annotate(n=Count("callbacks"))
        .values("n")
    )
    rows = Customer.objects.filter(pk__in=chosen).annotate(
        last_contact=Subquery(last), open_callbacks=Coalesce(Subquery(waiting), Value(0))
    )
    by_pk = {customer.pk: customer for customer in rows.prefetch_related("addresses")}
    return [by_pk[pk] for pk in chosen if pk in by_pk]


def _by_reference(customers: CustomerQuerySet, reference: str, user: User) -> Found:
    case = Case.objects.visible_to(user).filter(reference=reference).first()
    owns = Q(cases__reference=reference) if reference.startswith("Z") else Q(contacts__callbacks__reference=reference)
    return Found("reference", _("Zoek op kenmerk"), _shown(customers.filter(owns)), case=case)


def _by_postcode(customers: CustomerQuerySet, place: tuple[str, int | None, str]) -> Found:
    postcode, number, suffix = place
    found = customers.filter(postcode=postcode)
    if number is not None:
        found = found.filter(house_number=number)
    if suffix:
        found = found.filter(house_suffix__iexact=suffix)
    return Found("postcode", _("Zoek op postcode en huisnummer"), _shown(found))


def _by_number(customers: CustomerQuerySet, text: str, digits: str, user: User) -> Found:
    if text.isdigit() and len(digits) == 8 and (found := _shown(customers.filter(kvk_number=digits))):
        return Found("kvk", _("Zoek op KvK-nummer"), found)
    if len(digits) == 9 and not text.startswith(("0", "+")) and user.has_perm("contacts.reveal_bsn"):
        return Found("bsn", _("Zoek op BSN"), _shown(customers.by_bsn(digits)))
    label = _("Zoek op telefoonnummer")
    e164 = phone.normalise(text)
    exact = Q(addresses__kind=Address.Kind.PHONE)
    if e164 and (found := _shown(customers.filter(exact, addresses__value=e164))):
        return Found("phone", label, found)
    if found := _shown(_beginning(customers, Address.Kind.PHONE, _begin(digits, text))):
        return Found("phone", label, found)
    similar = Address.objects.with_phone_like(digits).values("customer") if len(digits) >= 9 else []
    return Found("phone", label, _shown(customers.filter(pk__in=similar)) if similar else [], guessed=True)


def _beginning(customers: CustomerQuerySet, kind: str, begin: str) -> CustomerQuerySet:
    """Give the customers with an address that begins so; of very many some, because more must be typed anyway."""
    rows = Address.objects.filter(kind=kind, value__startswith=begin).order_by()
    return customers.filter(pk__in=rows.values("customer")[:BROAD])


def _begin(digits: str, text: str) -> str:
    """Give the beginning of an E.164 number from the beginning of one as people write it."""
    if text.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+31{digits.removeprefix('0')}"


def _by_name(customers: CustomerQuerySet, text: str) -> Found:
    label = _("Zoek op naam")
    born = None
    if dated := BIRTH.match(text):
        text, *numbers = dated.groups()
        born = _date(*map(int, numbers))
        customers = customers.filter(birth_date=born) if born else customers.none()
        label = _("Zoek op naam en geboortedatum")
    words = _words(text)[:8]
    significant = [word for word in words if word not in INFIXES] or words
    if not significant:
        return Found("name", label, _shown(customers) if born else [])
    terms = [[word] for word in significant]
    rows = _named(customers, terms)
    guessed = False
    if not rows:
        guessed = True
        rows = _named(customers, _similar(significant), exact=True)
    wanted = set(significant)
    rows.sort(key=lambda row: (row[1].lower() not in wanted, row[1].lower(), row[2].lower(), row[0]))
    return Found("name", label, details([row[0] for row in rows[:SHOWN]]), len(rows) > BROAD, guessed and bool(rows))


def _words(text: str) -> list[str]:
    """Give the words of a name in small letters: runs of plain letters and digits, safe in an expression."""
    plain = (letter if unicodedata.category(letter) in PLAIN else " " for letter in unicodedata.normalize("NFKC", text))
    return [word for word in "".join(plain).lower().split() if any(map(str.isalnum, word))]


def _named(customers: CustomerQuerySet, terms: list[list[str]], *, exact: bool = False) -> list[tuple[int, str, str]]:
    """Give (id, last name, first name) of at most 201 people in whose name every term begins a word, in any order."""
    if not all(terms):
        return []
    ending = "" if exact else ":*"
    expression = " & ".join("(" + " | ".join(f"'{word}'{ending}" for word in term) + ")" for term in terms)
    query = SearchQuery(Fold(Value(expression)), config="simple", search_type="raw")
    found = customers.filter(name_vector=query).order_by().values_list("pk", "last_name", "first_name")
    return list(found[: BROAD + 1])


def _similar(words: list[str]) -> list[list[str]]:
    """Give for each word the words from people's names that look most like it: for typing errors."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT typed.place, known.word FROM unnest(%s::text[]) WITH ORDINALITY AS typed (word, place)
            CROSS JOIN LATERAL (
                SELECT word FROM contacts_nameword WHERE word %% kcc_fold(typed.word)
                ORDER BY similarity(word, kcc_fold(typed.word)) DESC, word LIMIT 4
            ) AS known ORDER BY 1
            """,
            [words],
        )
        found: list[list[str]] = [[] for _word in words]
        for place, word in cursor.fetchall():
            found[place - 1].append(word)
    return found


def _date(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
