"""The queue of callbacks, and what is done to many at once."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, done, only, signed_in
from accounts.models import open_teams
from accounts.paging import place
from callbacks.forms import (
    BulkForm,
    FilterForm,
)
from callbacks.models import Batch, Queue
from callbacks.models.queue import GROUPS, VIEWS, version
from callbacks.views.detail import back
from callbacks.views.listed import state
from contacts.models import Access
from contacts.models.topic import choosable_topics

FILTERS = ("team", "topic", "person", "due", "reachable", "day")


@only(lambda user: user.handles_questions)
@require_GET
def list_(request: HttpRequest) -> HttpResponse:
    """Show the callbacks of one view, those due first; 304 when nothing happened since the page asked before."""
    user, now = signed_in(request), timezone.now()
    etag = _etag(request, now)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag, "HX-Reswap": "none"})
    queue = Queue(user, now, after=place(request.GET.get("after")), **FilterForm(request.GET).filters())
    near = next((team for team in open_teams() if team.uuid == queue.team), None)
    context = _around_the_list(queue) | {"queue": queue, "etag": etag, "key": uuid4(), "bulk_form": BulkForm(near=near)}
    response = answer(request, "callbacks/list.html", "callbacks/_list.html", context)
    seen = [row.contact.customer_id for row in (*queue.page.rows, *queue.ended_lately)]
    Access.record_once(by=user, action=Access.Action.SEARCH, customer_ids=seen, detail="callbacks")
    response["ETag"] = etag
    return response


@require_POST
@transaction.atomic
def bulk(request: HttpRequest) -> HttpResponse:
    """Assign or remind every callback that was ticked, and say how many could not be."""
    user, form = signed_in(request), BulkForm(request.POST)
    if form.assigns and not user.may_assign:
        raise PermissionDenied
    batch = Batch.take(form.chosen, by=user, assign=form.assigns)
    if not form.is_valid_for(batch.rows):
        context = {"form": form, "rows": batch.rows, "next": back(request)}
        return answer(request, "callbacks/bulk.html", "callbacks/_bulk.html", context, status=422)
    data = form.cleaned_data
    if form.assigns:
        batch.assign(team=data["who"].team, assignee=data["who"].person, reason=data["reason"], by=user)
    else:
        batch.remind(key=str(data["key"]), by=user)
    return done(request, back(request), message=_told(data, batch), event="callbacks")


def _told(data: dict[str, Any], batch: Batch) -> str:
    """Say for how many it was done, and for how many it was not."""
    n, left = len(batch.rows), batch.skipped
    if data["action"] == "remind":
        done_for = ngettext("%(n)d herinnering verstuurd", "%(n)d herinneringen verstuurd", n)
    else:
        done_for = ngettext("%(n)d verzoek toegewezen aan %(who)s", "%(n)d verzoeken toegewezen aan %(who)s", n)
    passed_over = ngettext(
        "%(n)d verzoek overgeslagen: het is intussen afgerond of je mag het niet wijzigen",
        "%(n)d verzoeken overgeslagen: ze zijn intussen afgerond of je mag ze niet wijzigen",
        left,
    )
    said = [done_for % {"n": n, "who": data["who"]}] if n or not left else []
    return ". ".join([*said, passed_over % {"n": left}] if left else said)


def _etag(request: HttpRequest, now: datetime) -> str:
    """Give a word that stays the same while the list does: until something happens, or the minute passes."""
    seen = f"{request.user.pk} {get_language()} {request.get_full_path()} {now:%d%H%M} {version()}"
    return f'"{sha256(seen.encode()).hexdigest()[:24]}"'


def _around_the_list(queue: Queue) -> dict[str, Any]:
    """Give the tabs and filters of the list, each as an address that keeps the others."""

    def to(**changes: Any) -> str:
        return "?" + state(queue, **changes)

    user, none = queue.user, dict.fromkeys(FILTERS)
    return {
        "list_query": state(queue),
        "tabs": [
            {"url": to(view=view), "label": VIEWS[view], "count": queue.counts.get(view), "current": view == queue.view}
            for view in queue.views
        ],
        "teams": [(team.uuid, team.name) for team in open_teams() if user.works_at_kcc or team.pk in user.team_ids],
        "topics": choosable_topics(),
        "people": [(person.uuid, person.name) for person in queue.people],
        "dues": GROUPS.items(),
        "reachables": [("now", _("Nu"))],
        "without": {name: to(**{name: None}) for name in FILTERS},
        "clear": to(**none),
        "more": to(after=queue.page.next) if queue.page.next else "",
        "first": to() if queue.after else "",
    }
