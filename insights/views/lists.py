"""The list behind a number: which citizens were called back in time, which not, and why."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.http import answer, leads_only, signed_in
from accounts.models import Team, User
from accounts.paging import place
from contacts.models import Access
from insights.board import Board
from insights.forms import Chosen, figure
from insights.lists import PAGE, Listing
from insights.models import ERRORS, PROMISES
from insights.models.facts import FACT_OF
from insights.scope import Scope
from insights.sums import Where, add_up, total
from insights.views.asked import asked_rows


@require_GET
@leads_only
def list_(request: HttpRequest) -> HttpResponse:
    """Show the rows behind one figure, fifty at a time; who looked is written down."""
    listing, extra = asked_list(request)
    scope = listing.scope
    query = {"what": listing.what} | scope.query | extra
    context = {
        "listing": listing,
        "scope": scope,
        "count": counted(listing),
        "narrowed": narrowed(listing),
        "more": f"?{urlencode(query | {'after': listing.next})}" if listing.next else "",
        "first": f"?{urlencode(query)}" if listing.after else "",
        "back": reverse("insights:callbacks") + (f"?{urlencode(scope.query)}" if scope.query else ""),
        "files": [
            {"url": f"{reverse('insights:list_file', args=[kind])}?{urlencode(query)}", "label": kind.upper()}
            for kind in ("xlsx", "csv")
        ],
    }
    seen = {row.customer_id for row in listing.rows if row.customer_id}
    Access.record_all(
        by=signed_in(request), action=Access.Action.SEARCH, customer_ids=sorted(seen), detail=f"board {listing.what}"
    )
    return answer(request, "insights/list.html", "insights/_list.html", context)


def asked_list(request: HttpRequest, *, size: int = 0) -> tuple[Listing, dict[str, str]]:
    """Give the list an address asks for, and the words of the address that are not those of a board.

    Raises Http404 for a figure that is not counted, and for figures of a person of somebody else's team.
    """
    what = figure(request.GET)
    if what is None:
        raise Http404
    scope, chosen = asked_rows(request)
    fact = FACT_OF.get(what)
    if (chosen.to and fact is not ERRORS) or (chosen.person and fact not in (None, PROMISES)):
        raise Http404
    user = signed_in(request)
    more = _to(chosen) | _person(user, scope, chosen)
    extra = {name: str(uuid) for name, uuid in (("to", chosen.to), ("person", chosen.person)) if uuid}
    after = None if size else place(request.GET.get("after"))
    return Listing(what, scope, user.team_ids, more=more, after=after, size=size or PAGE), extra


def counted(listing: Listing) -> int:
    """Give how many rows the whole list has: the very figure on the board."""
    if listing.is_open:
        return listing.count()
    fact, scope = FACT_OF[listing.what], listing.scope
    where = scope.where | listing.more
    rows = add_up(fact, scope.period.weeks, where=where, known=scope.known)
    return total(rows.values())[listing.what]


def narrowed(listing: Listing) -> list[str]:
    """Give in words what the list was narrowed to."""
    scope = listing.scope
    words = [scope.team.name] if scope.team else []
    words += [str(scope.topic)] if scope.topic else []
    words += [str(scope.channel_label)] if scope.channel else []
    return words


def _to(chosen: Chosen) -> Where:
    if chosen.to is None:
        return {}
    team = Team.objects.filter(uuid=chosen.to).first()
    if team is None:
        raise Http404
    return {"to_team_id": team.pk}


def _person(user: User, scope: Scope, chosen: Chosen) -> Where:
    """Keep the rows of one person in the own teams; somebody else's people are not there."""
    if chosen.person is None:
        return {}
    person = _one_of(Board(scope, user).people, chosen.person)
    if person is None:
        raise Http404
    teams = list(user.team_ids)
    if scope.team is not None:
        teams = [pk for pk in teams if pk == scope.team.pk]
    return {"person_id": person.pk, "team_id": teams}


def _one_of(people: list[User], uuid: UUID) -> User | None:
    return next((person for person in people if person.uuid == uuid), None)
