"""What the telephone shows one colleague now: who calls, and the call they are in."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Right
from django.http import HttpRequest
from django.utils import timezone

from accounts.http import signed_in
from accounts.models import User
from contacts.models import Access, Address, Call, Contact, Customer
from contacts.models.address import HINT_DIGITS

SHOWN = 5  # calls, of those that ring at the same time
MATCHES = 5  # customers, of those that share a number
MOST = 200  # addresses looked at
SEEN = "screenpop"  # what the access log calls a caller's card
OPENED = "call"  # in the session: the call of which this user opened the card
ON_SCREEN = re.compile(r"/customers/([0-9a-f-]{36})/")


@dataclass
class Caller:
    """Who may be calling: customers with this number, else those of whom it could be."""

    call: Call
    customers: list[Customer] = field(default_factory=list)
    perhaps: list[Customer] = field(default_factory=list)
    original: Call | None = None
    taken: bool = False  # a colleague said they pick it up

    @property
    def customer(self) -> Customer | None:
        return self.customers[0] if len(self.customers) == 1 else None


@dataclass
class Telephone:
    """The cards and the bar that the pages of one user show."""

    ringing: list[Caller] = field(default_factory=list)
    gone: list[Call] = field(default_factory=list)
    current: Call | None = None
    here: str = "/"  # the page that shows it
    adds: bool = False  # to note the number of the current call with the customer on the screen
    on_screen: Customer | None = None

    @property
    def at_desk(self) -> bool:
        """Say whether the page has the form on which the call is written down."""
        return self.here.split("?")[0] == "/" or self.on_screen is not None

    @property
    def speaking(self) -> bool:
        return self.current is not None and self.current.ended_at is None


def of(request: HttpRequest, *, part: bool = False) -> Telephone:
    """Give what the telephone shows on this page, and write down whose cards were seen.

    A part that an open page asks for also says which calls were gone a moment ago.
    """
    user, now = signed_in(request), timezone.now()
    if not answers(user):
        return Telephone()
    current = Call.objects.at_desk_of(user, now=now)
    shown = Telephone(current=current, here=_where(request))
    calls = _ringing(user, shown, now=now)
    if current is not None:
        shown.on_screen = _customer_on_screen(request, user)
        shown.adds = user.works_at_kcc and bool(shown.on_screen and current.number) and current.customer is None
        if not user.works_at_kcc and current.customer is not None:  # a call may come to who may not see the customer
            current.customer = Customer.objects.visible_to(user).with_uuid(str(current.customer.uuid))
        if shown.speaking and current.direction == "in" and not _is_open(request, current, shown.on_screen):
            calls.insert(0, current)
    shown.ringing = _callers(calls, user)
    for caller in shown.ringing:
        caller.taken = caller.call.agent_id not in (None, user.pk)
    if part and user.away_since is None:
        gone = Call.objects.meant_for(user).just_gone(now=now).select_related("agent")
        shown.gone = [call for call in gone[:SHOWN] if call.agent_id != user.pk or call.is_missed]
    _record(shown.ringing, user)
    return shown


def answers(user: User) -> bool:
    """Say whether calls may ring for this user at all."""
    return user.handles_questions


def opened(request: HttpRequest, call: Call) -> None:
    """Remember that this user has the card of this call open, so that it is not offered again."""
    request.session[OPENED] = str(call.uuid)


def some_numbers(user: User, *, limit: int) -> list[tuple[str, Customer]]:
    """Give numbers of customers this user may see, to try a call with."""
    phones = Address.objects.filter(kind=Address.Kind.PHONE, customer__in=Customer.objects.visible_to(user))
    return [(one.value, one.customer) for one in phones.select_related("customer").order_by("customer_id")[:limit]]


def _ringing(user: User, shown: Telephone, *, now: datetime) -> list[Call]:
    """Give the calls to show: none to who is away, to who speaks only those by name."""
    if user.away_since is not None:
        return []
    calls = Call.objects.ringing_for(user, now=now)
    if shown.speaking:
        calls = calls.for_person(user)
    if shown.current is not None:
        calls = calls.exclude(pk=shown.current.pk)
    found = list(calls.select_related("agent", "team")[:SHOWN])
    # What rings for this person alone comes first, what a colleague picks up comes last.
    return sorted(found, key=lambda call: (call.agent_id not in (None, user.pk), user.pk not in call.called))


def _is_open(request: HttpRequest, call: Call, on_screen: Customer | None) -> bool:
    """Say whether the page shows what belongs to this call already, or did."""
    known = on_screen is not None and on_screen.pk == call.customer_id
    return known or request.session.get(OPENED) == str(call.uuid) or str(call.uuid) in _where(request)


def _where(request: HttpRequest) -> str:
    """Give the address of the page on the screen: of a part, the page that asks for it."""
    htmx = getattr(request, "htmx", None)
    return (htmx.current_url_abs_path if htmx else None) or request.get_full_path()


def _customer_on_screen(request: HttpRequest, user: User) -> Customer | None:
    found = ON_SCREEN.search(_where(request))
    return Customer.objects.visible_to(user).with_uuid(found[1]) if found else None


def _callers(calls: list[Call], user: User) -> list[Caller]:
    """Give who may be calling, in a fixed number of queries."""
    if not calls:
        return []
    exact = _owners({call.number for call in calls if call.number}, tails=False)
    rest = {call.number for call in calls if call.number and call.number not in exact}
    alike = _owners(rest, tails=True)
    ids = {pk for pks in (*exact.values(), *alike.values()) for pk in pks}
    ids |= {call.customer_id for call in calls if call.customer_id}
    people = _people(ids, user)
    callers = []
    for call in calls:
        sure = [call.customer_id] if call.customer_id else exact.get(call.number, [])
        maybe = [] if sure else alike.get(call.number, [])
        callers.append(
            Caller(
                call,
                [people[pk] for pk in sure if pk in people][:MATCHES],
                [people[pk] for pk in maybe if pk in people][:MATCHES],
            )
        )
    _add_originals(callers)
    return callers


def _owners(numbers: set[str], *, tails: bool) -> dict[str, list[int]]:
    """Give by number the customers who have it, or have one that ends in the same nine digits."""
    if not numbers:
        return {}
    found: dict[str, list[int]] = defaultdict(list)
    phones = Address.objects.filter(kind=Address.Kind.PHONE)
    if tails:
        ends = {one[-HINT_DIGITS:] for one in numbers if len(one) > HINT_DIGITS}
        phones = phones.alias(tail=Right("value", HINT_DIGITS)).filter(tail__in=ends)
    else:
        phones = phones.filter(value__in=numbers)
    rows = list(phones.order_by("customer_id").values_list("value", "customer_id")[:MOST])
    for number in sorted(numbers):
        end = number[-HINT_DIGITS:]
        for value, customer_id in rows:
            if value == number or (tails and value[-HINT_DIGITS:] == end):
                found[number].append(customer_id)
    return {number: list(dict.fromkeys(pks))[:MATCHES] for number, pks in found.items()}


def _people(ids: Iterable[int], user: User) -> dict[int, Customer]:
    """Give these customers with what an agent wants to know before saying good morning."""
    said = Contact.objects.filter(customer=OuterRef("pk"), reached=True).order_by("-happened_at", "-pk").values("pk")
    rows = Customer.objects.visible_to(user).filter(pk__in=ids).with_what_waits().annotate(last_pk=Subquery(said[:1]))
    people: dict[int, Customer] = {one.pk: one for one in rows}
    latest = {one.last_pk for one in people.values()}  # type: ignore[attr-defined]
    last = {one.customer_id: one for one in Contact.objects.filter(pk__in=latest - {None}).select_related("topic")}
    for pk, one in people.items():
        one.last_said = last.get(pk)  # type: ignore[attr-defined]
    return people


def _add_originals(callers: list[Caller]) -> None:
    """Tell of transferred calls who had them before, and what was said."""
    ids = {caller.call.original_id for caller in callers} - {""}
    if not ids:
        return
    rows = Call.objects.filter(external_id__in=ids).select_related("agent", "contact")
    before = {(call.connection_id, call.external_id): call for call in rows}
    for caller in callers:
        caller.original = before.get((caller.call.connection_id, caller.call.original_id))


def _record(callers: list[Caller], user: User) -> None:
    """Write down whose card was seen, once for each call."""
    seen = {(caller.call, one.pk) for caller in callers for one in (*caller.customers, *caller.perhaps)}
    if not seen:
        return
    since = min(call.began_at for call, _pk in seen)
    rows = Access.objects.filter(user=user, at__gte=since, action=Access.Action.SEARCH, detail__startswith=SEEN)
    known = set(rows.values_list("detail", "customer"))
    fresh = {(f"{SEEN} {call.uuid}", pk) for call, pk in seen} - known
    Access.objects.bulk_create(
        Access(user=user, customer_id=pk, action=Access.Action.SEARCH, detail=detail, results=1)
        for detail, pk in sorted(fresh)
    )
