"""Ctrl+K: one field from which everything is reached: what one can do, customers, cases, callbacks and articles.

Asked by POST, because what is typed names citizens. Nothing is typed yet: what one can do and had open last.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import signed_in
from accounts.models import User
from accounts.templatetags.kcc import day, late_by, moment, phone
from callbacks.models import Callback
from contacts import search as searching
from contacts.models import Access, Case, Customer, Draft
from kcc.context import menu
from kcc.section import sections
from knowledge import search as articles

SHORTEST = 3  # characters from which on people and articles are searched
LONGEST = 200
SHOWN = 6  # of each kind
FEW = 3  # customers of whom the open work is shown, too
OF_ONE = {"phone", "email", "bsn"}  # what is typed is of one person: nobody else means a new one
YEARS = 5  # of which a number alone may be a reference
REFERENCE = re.compile(r"^\s*#?\s*(?:([ZT])\s?-?\s?)?(?:(\d{4})\s?-\s?)?(\d{1,12})\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Choice:
    """Something to go to, or (posts) to do; start is where Ctrl+Enter goes instead."""

    label: str
    url: str
    icon: str = ""
    initials: str = ""
    sub: str = ""
    right: Any = ""
    late: bool = False
    keys: str = ""
    start: str = ""
    posts: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    choices: list[Choice]
    note: str = ""


@require_POST
def palette(request: HttpRequest) -> HttpResponse:
    """Give what fits what was typed, in groups: what one can do first, then people, their work, and articles."""
    user = signed_in(request)
    query = request.POST.get("q", "").replace("\0", " ").strip()[:LONGEST]
    groups = [group for group in _groups(request, user, query) if group.choices or group.note]
    count = sum(len(group.choices) for group in groups)
    said = ngettext("%(n)d resultaat", "%(n)d resultaten", count) % {"n": count}
    return render(request, "palette/_choices.html", {"groups": groups, "query": query, "said": said})


def _groups(request: HttpRequest, user: User, query: str) -> Iterator[Group]:
    if not query:
        yield Group(_("Open concepten"), list(_drafts(user)))
        yield Group(_("Laatst bekeken"), [_customer(one) for one in _people(user).recently_seen_by(user)])
        yield Group(_("Acties"), list(_actions(request, user)))
        return
    yield Group(_("Kenmerk"), list(_referred(user, query)))
    words = query.lower().split()
    yield Group(_("Acties"), [one for one in _actions(request, user) if _fits(one.label, words)][:SHOWN])
    if len(query) >= SHORTEST:
        found = searching.find(query, user=user)
        Access.record(by=user, action=Access.Action.SEARCH, detail=found.kind, results=len(found.customers))
        yield from _found(user, found)
        new = list(_nobody(user, found))
        if found.kind in OF_ONE:
            yield from new
        hits = articles.search(query, user=user, limit=SHOWN, meaning=False)
        yield Group(_("Kennisbank"), [_article(hit.article) for hit in hits])
        if found.kind not in OF_ONE:
            yield from new  # a word may be a name, but Enter opens what there is


def _nobody(user: User, found: searching.Found) -> Iterator[Group]:
    """Offer to make a new customer, where nobody was found."""
    if not found.customers and user.works_at_kcc:
        yield Group(_("%(how)s: geen klant gevonden") % {"how": found.label}, [_new_customer()])


def _found(user: User, found: searching.Found) -> Iterator[Group]:
    """Give the customers that were found, with how the question was understood, and the open work of a few of them."""
    shown = found.customers[:SHOWN]
    note = _("Meer dan 200 klanten. Voeg een geboortedatum of postcode toe.") if found.broad else ""
    yield Group(found.label, [_customer(one) for one in shown], note)
    if 0 < len(found.customers) <= FEW:
        cases = Case.objects.visible_to(user).open().of_customers(shown).select_related("customer", "team")
        yield Group(_("Open zaken"), [_case(one) for one in cases[:SHOWN]])
        callbacks = Callback.objects.visible_to(user).open().of_customers(shown).with_details()
        yield Group(_("Open terugbelverzoeken"), [_callback(one) for one in callbacks[:SHOWN]])


def _people(user: User) -> Any:
    return Customer.objects.visible_to(user)


def _referred(user: User, query: str) -> Iterator[Choice]:
    """Give the case and the callback that a reference names, written in full or as its number alone."""
    typed = REFERENCE.match(query)
    if typed is None:
        return
    letter, year, number = typed.groups()
    now = timezone.localdate().year
    years = [year] if year else range(now, now - YEARS, -1)
    letters = [letter.upper()] if letter else ["Z", "T"]
    names = [f"{one}-{written}-{number}" for one in letters for written in years]
    for case in Case.objects.visible_to(user).with_references(names).select_related("customer", "team"):
        yield _case(case)
    for callback in Callback.objects.visible_to(user).with_references(names).with_details():
        yield _callback(callback)


def _actions(request: HttpRequest, user: User) -> Iterator[Choice]:
    """Give what this user can do from anywhere, in the order of how often it is done."""
    if user.works_at_kcc:
        desk = reverse("contacts:desk")
        yield Choice(_("Anoniem contact"), f"{desk}?draft=new", "plus")
        yield Choice(_("Pak volgende uit de werkvoorraad"), reverse("contacts:take_next"), "player-play", posts=True)
        yield Choice(_("Nieuwe klant"), reverse("contacts:create"), "user-plus")
        yield Choice(_("Contacten zonder klant"), reverse("contacts:unmatched"), "user-question")
    for section in menu(request.path, user, Counter()):
        for item in section.items:
            yield Choice(_("Naar %(page)s") % {"page": item.label}, item.url, item.icon, keys=KEYS.get(item.key, ""))
    for part in sections(user) if user.administers else []:
        yield Choice(_("Instellingen: %(part)s") % {"part": part.label}, part.url, part.icon)
    yield Choice(_("Mijn instellingen"), reverse("accounts:settings"), "settings")
    yield Choice(_("Mijn afwezigheid"), reverse("settings:own_absence"), "user-off")
    yield Choice(_("Meldingen"), reverse("accounts:notifications"), "bell")
    yield Choice(_("Uitloggen"), reverse("account_logout"), "logout")


KEYS = {"cases": "Alt W", "callbacks": "Alt B"}


def _fits(label: str, words: Iterable[str]) -> bool:
    said = label.lower()
    return all(word in said for word in words)


def _drafts(user: User) -> Iterator[Choice]:
    if user.works_at_kcc:
        for draft in Draft.objects.of(user)[:SHOWN]:
            name = draft.customer.name if draft.customer else _("Anoniem contact")
            yield Choice(name, draft.url, "pencil", sub=draft.summary[:80], right=moment(draft.updated_at))


def _customer(found: Customer) -> Choice:
    url = reverse("contacts:customer", args=[found.uuid])
    born = f"{found.birth_date:%d-%m-%Y}" if found.birth_date else ""
    last = getattr(found, "last_contact", None)
    return Choice(
        found.name,
        url,
        initials=found.initials,
        sub=" · ".join(part for part in (born, found.address_line) if part),
        right=moment(last) if last else "",
        start=f"{url}?draft=new",
    )


def _case(case: Case) -> Choice:
    name = case.customer.name if case.customer else case.sender
    label = f"{case.reference} {case.title}"
    url = reverse("contacts:case", args=[case.uuid])
    return Choice(label, url, "folder", sub=" · ".join(part for part in (name, case.team.name) if part))


def _callback(callback: Callback) -> Choice:
    late = callback.is_open and callback.due_at < timezone.now()
    who = callback.contact.customer.name if callback.contact.customer else phone(callback.number)
    return Choice(
        f"{callback.reference} {callback.title}",
        callback.get_absolute_url(),
        "phone-outgoing",
        sub=f"{who} · {callback.team.name}",
        right=late_by(callback.due_at) if late else callback.status_label,
        late=late,
    )


def _article(article: Any) -> Choice:
    checked = day(article.checked_at) if article.checked_at else ""
    return Choice(article.title, article.get_absolute_url(), "book", right=checked)


def _new_customer() -> Choice:
    return Choice(_("Nieuwe klant met deze gegevens"), reverse("contacts:create"), "user-plus", posts=True)
