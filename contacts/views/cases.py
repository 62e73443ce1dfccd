"""One case beside the list: who has it in hand, what was written in it, and the forms for what can be done with it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, done, signed_in, wants_part
from contacts.forms.case import (
    ActionForm,
    AssignForm,
    CloseForm,
    ConsultForm,
    LinkForm,
    MergeForm,
    SnoozeForm,
    TopicForm,
    TransferForm,
    WaitForm,
)
from contacts.models import Access, Case, Presence
from contacts.models.queue import channel_name
from contacts.models.sla import Sla
from contacts.views.queue import address, beside, listed, state
from contacts.views.replies import editor
from contacts.views.thread import thread

FORMS: dict[str, type[ActionForm]] = {
    "transfer": TransferForm,
    "assign": AssignForm,
    "topic": TopicForm,
    "snooze": SnoozeForm,
    "wait": WaitForm,
    "consult": ConsultForm,
    "merge": MergeForm,
    "link": LinkForm,
    "close": CloseForm,
}
LOG = 40  # lines of the log that are shown
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@require_GET
def case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one case and take it in hand, if it is this colleague's work and nobody else has it.

    One that was merged leads to where it went.
    """
    found, user = find(request, uuid), signed_in(request)
    if found.merged_into is not None:
        return HttpResponseRedirect(address(listed(request), found.survivor))
    if found.closed_at is None and found.is_for(user):
        found.claim(by=user)
        found.read()
    return show(request, found)


@require_GET
def case_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the head of a case again: who is at it and how long there is still to answer."""
    found = find(request, uuid)
    return render(request, "contacts/_case_head.html", head(request, found))


@require_POST
def presence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hear of a page that this colleague is looking, typing, idle, or gone; the answer says when that was heard."""
    user = signed_in(request)
    found = get_object_or_404(Case.objects.visible_to(user), uuid=uuid)
    told, page = request.POST.get("state", ""), request.POST.get("page", "").replace("\0", "")[:20]
    if told == "left":
        Presence.leave(found, by=user, seen_at=_moment(request.POST.get("seen", "")), page=page)
        return HttpResponse(status=204)
    if told not in Presence.State:
        return HttpResponse(status=422)
    seen = Presence.see(found, by=user, state=told, page=page)
    if told != Presence.State.IDLE:
        found.extend(by=user)
    return HttpResponse(status=204, headers={"X-Seen": _micros(seen)})


@require_POST
def take_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a case out of the hands of a colleague, who hears of it."""
    found = find(request, uuid)
    if not found.take_over(by=signed_in(request)):
        return conflict(request, found)
    return done(request, address(listed(request), found), message=_("Je hebt dit bericht overgenomen"))


def find(request: HttpRequest, uuid: UUID) -> Case:
    """Give the case that this colleague may see, with everything its page shows."""
    return get_object_or_404(Case.objects.visible_to(signed_in(request)).with_details(), uuid=uuid)


def show(
    request: HttpRequest, found: Case, *, wrong: ActionForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """Show a case with its thread and editor, beside the list unless htmx asked for the case alone.

    A form that was filled in wrong stands open.
    """
    user = signed_in(request)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.customer_id, detail=found.reference)
    offered = FORMS if found.closed_at is None else {"link": LinkForm}
    forms = {name: form(case=found, user=user) for name, form in offered.items() if type(wrong) is not form}
    context = head(request, found) | {"forms": forms, "wrong": wrong, **more}
    context |= {
        "seen": _micros(Presence.see(found, by=user)),
        "log": found.events.select_related("by").order_by("-at")[:LOG],
    }
    context |= thread(request, found) | editor(request, found)
    if not wants_part(request):
        context |= beside(request, open_case=str(found.uuid))
    return answer(request, "contacts/case.html", "contacts/_case.html", context, status=status)


def conflict(request: HttpRequest, found: Case, *, typed: str = "") -> HttpResponse:
    """Say what happened to a case meanwhile, and give back what was typed."""
    return show(request, find(request, found.uuid), status=409, conflict=True, typed=typed)


def head(request: HttpRequest, found: Case) -> dict[str, Any]:
    """Give the context of contacts/_case_head.html."""
    user, now = signed_in(request), timezone.now()
    sla = Sla.of(found, now=now)
    others = Presence.objects.now(now).filter(case=found).exclude(user=user)
    received = found.contacts.filter(direction="in").order_by("-happened_at", "-pk")
    return {
        "case": found,
        "channel_name": channel_name(found),
        "now": now,
        "sla": sla,
        "until": sla.until(found.due_at, now=now),
        "holder": found.holder,
        "is_own": found.is_for(user),
        "others": [one for one in others if one.user != found.holder or one.is_typing],
        "last": received.exclude(message__automatic__gt="").first() or received.first(),
        "alike": Case.objects.visible_to(user).alike(found).order_by("opened_at").first(),
        "merged": list(found.merged.all()[:5]),
        "query": state(listed(request)),
    }


def _micros(moment: datetime) -> str:
    return str((moment - BEGIN) // timedelta(microseconds=1))


def _moment(text: str) -> datetime:
    """Give the moment that an answer named in X-Seen; long ago when it is none."""
    try:
        return BEGIN + timedelta(microseconds=int(text[:20]))
    except (ValueError, OverflowError):
        return BEGIN
