"""The work queue: what waits for an answer, and which of it is next."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, came_from, done, signed_in
from accounts.paging import place
from contacts.forms.case import BulkForm, FilterForm
from contacts.models import Case, Channel
from contacts.models.queue import PAGE, VIEWS, Queue
from contacts.models.snooze import Suggestion, Unclear, suggestions, understand
from contacts.models.topic import choosable_topics

TABS = 4  # views that stand beside each other; the others are in a menu
ONWARD = {"next": _("Volgende openen"), "stay": _("Hier blijven"), "list": _("Naar de lijst")}
ONWARD_COOKIE = "kcc-onward"
YEAR = 365 * 24 * 60 * 60


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show the cases of one view, the oldest risk first; no case is open beside them."""
    context = beside(request, open_case=request.GET.get("open", ""))
    htmx = getattr(request, "htmx", None)
    rows_alone = "after" in request.GET or (htmx and htmx.target == "cases")
    partial = "contacts/_cases.html" if rows_alone else "contacts/_list.html"
    return answer(request, "contacts/cases.html", partial, context)


@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Open the first case of the view that nobody has in hand; two colleagues never get the same."""
    queue = listed(request)
    found = queue.next()
    if found is None:
        return done(request, address(queue), message=_t("Er is niets meer om op te pakken."))
    return done(request, address(queue, found))


@require_POST
def set_onward(request: HttpRequest) -> HttpResponse:
    """Remember where this colleague goes on after sending or closing."""
    chosen = request.POST.get("onward", "")
    response = done(request, came_from(request, reverse("contacts:cases")))
    if chosen in ONWARD:
        response.set_cookie(
            ONWARD_COOKIE, chosen, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return response


@require_GET
def moments(request: HttpRequest) -> HttpResponse:
    """Give the moment that what was typed means, and the usual ones that hold those words."""
    now, typed = timezone.now(), request.GET.get("q", "")[:80]
    try:
        found = [Suggestion(typed, understand(typed, now=now))]
    except Unclear:
        found = []
    usual = [one for one in suggestions(now=now) if typed.casefold() in one.words.casefold()]
    return render(request, "contacts/_moments.html", {"found": found + usual, "now": now})


def listed(request: HttpRequest) -> Queue:
    """Give the queue that this request shows; of a form, the one beside which the form stood."""
    user = signed_in(request)
    if not user.handles_questions:
        raise PermissionDenied
    if request.method != "GET":
        query = QueryDict(urlsplit(came_from(request, reverse("contacts:cases"))).query[:2000])
        return Queue(user, timezone.now(), **FilterForm(query).filters())
    shown = [int(one) for one in request.GET.getlist("shown")[:20] if one.isdecimal() and len(one) < 4]
    filters, after = FilterForm(request.GET).filters(), place(request.GET.get("after"))
    return Queue(user, timezone.now(), after=after, size=sum(shown) or PAGE, **filters)


def beside(request: HttpRequest, *, open_case: str) -> dict[str, Any]:
    """Give the context of contacts/_list.html: the list with its tabs and filters, and which of its rows is open."""
    queue = listed(request)
    names = list(VIEWS)
    tabs = [*names[: TABS - 1], queue.view if queue.view in names[TABS:] else names[TABS - 1]]
    counts = queue.counts
    return {
        "queue": queue,
        "open_case": open_case,
        "tabs": [_tab(queue, view, counts[view] if view in names[: TABS - 1] else None) for view in tabs],
        "more_views": [_tab(queue, view, counts.get(view)) for view in names if view not in tabs],
        "channels": Channel.choices,
        "topics": choosable_topics(),
        "without": {name: address(queue, **{name: None}) for name in ("channel", "topic", "mailbox")},
        "here": address(queue),
        "query": state(queue),
        "more": address(queue, after=queue.page.next) if queue.page.next else "",
        "bulk_form": BulkForm(user=queue.user),
        "onward": chosen_onward(request),
        "onwards": ONWARD.items(),
    }


def state(queue: Queue, **changes: Any) -> str:
    """Give the view and filters of a list as the query of an address, with changes."""
    kept = {name: getattr(queue, name) for name in ("view", "channel", "topic", "mailbox")} | changes
    return urlencode({name: str(value) for name, value in kept.items() if value})


def address(queue: Queue, case: Case | None = None, **changes: Any) -> str:
    """Give the address of a list, or of a case beside it."""
    path = case.get_absolute_url() if case else reverse("contacts:cases")
    return f"{path}?{state(queue, **changes)}"


def onward(request: HttpRequest, case: Case) -> str:
    """Give where to go after a case is done with: the next one, the list, or the case itself, as the colleague chose.

    The next one is in their hands then.
    """
    queue, chosen = listed(request), chosen_onward(request)
    if chosen == "stay":
        return address(queue, case)
    found = queue.next(besides=case) if chosen == "next" else None
    return address(queue, found)


def chosen_onward(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(ONWARD_COOKIE, "")
    return chosen if chosen in ONWARD else "next"


def _tab(queue: Queue, view: str, count: int | None) -> dict[str, Any]:
    return {
        "url": address(queue, view=view),
        "label": VIEWS[view],
        "count": count,
        "current": view == queue.view,
    }
