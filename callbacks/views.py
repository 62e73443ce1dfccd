"""The queue of callbacks and one callback: who acts, what was tried, how it ended."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import answer, done, signed_in, wants_part
from accounts.models import Role
from accounts.paging import place
from callbacks.forms import (
    AssignForm,
    AttemptForm,
    BulkForm,
    CallbackPart,
    CancelForm,
    CompleteForm,
    FilterForm,
    PreviewForm,
    RemindForm,
)
from callbacks.models import Addressee, Batch, Callback, Deadline, Ended, Proposal, Queue
from callbacks.models.queue import COUNTED, VIEWS, version
from contacts.models import Access
from contacts.models.topic import choosable_topics


@require_GET
def list_(request: HttpRequest) -> HttpResponse:
    """Show the callbacks of one view, those due first; 304 when nothing happened since the page asked before."""
    user = signed_in(request)
    if not (user.works_at_kcc or user.has_role(Role.SPECIALIST)):
        raise PermissionDenied
    now = timezone.now()
    etag = _etag(request, now)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag, "HX-Reswap": "none"})
    filters = FilterForm(request.GET).filters()
    queue = Queue(user, now, after=place(request.GET.get("after")), **filters)
    context = _around_the_list(queue, filters) | {"queue": queue, "etag": etag, "key": uuid4(), "bulk_form": BulkForm()}
    response = answer(request, "callbacks/list.html", "callbacks/_list.html", context)
    response["ETag"] = etag
    return response


@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """Say when somebody would be called back, while the agent fills in the form."""
    return render(request, "callbacks/_promise.html", {"promise": PreviewForm(request.GET).promise()})


@require_GET
def who(request: HttpRequest) -> HttpResponse:
    """Give the choice of who calls back again, now that the topic implies a team; a person chosen by hand stays."""
    topic = PreviewForm(request.GET).chosen_topic()
    chosen = request.GET.get("callback-who", "")
    keep = {"who": chosen} if chosen.startswith("user:") or topic is None else {}
    part = CallbackPart(user=signed_in(request), topic=topic, initial=keep)
    return render(request, "callbacks/_who_again.html", {"part": part})


@require_GET
def addressees(request: HttpRequest) -> HttpResponse:
    """Give the teams and colleagues whose name holds what was typed."""
    return render(request, "callbacks/_addressees.html", {"found": Addressee.search(request.GET.get("q", "")[:80])})


@require_GET
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one callback with everything that was tried; its state alone when the page asks for that again."""
    return _show(request, _find(request, uuid))


@require_POST
def claim(request: HttpRequest, uuid: UUID) -> HttpResponse:
    callback = _find(request, uuid)
    if not callback.claim(by=signed_in(request)):
        return _conflict(request, callback)
    return done(request, callback.get_absolute_url(), message=_("Je hebt dit verzoek opgepakt"), event="callbacks")


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask to whom a callback goes, and give it to them."""
    callback = _find(request, uuid)
    if not callback.may_be_assigned_by(signed_in(request)):
        raise PermissionDenied
    form = AssignForm(request.POST or None, team=callback.team)
    if request.method != "POST" or not form.is_valid():
        context = {"callback": callback, "form": form, "next": _back(request, callback)}
        status = 422 if request.method == "POST" else 200
        return answer(request, "callbacks/assign.html", "callbacks/_assign.html", context, status=status)
    who, reason = form.cleaned_data["who"], form.cleaned_data["reason"]
    callback.assign(team=who.team, assignee=who.person, reason=reason, by=signed_in(request))
    return done(
        request, _back(request, callback), message=_("Toegewezen aan %(who)s") % {"who": who}, event="callbacks"
    )


@require_POST
def attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    callback = _find(request, uuid)
    form = AttemptForm(request.POST, moments={one.name: one.at for one in Proposal.of(callback, now=timezone.now())})
    if not form.is_valid():
        return _show(request, callback, attempt_form=form, status=422)
    data = form.cleaned_data
    try:
        callback.attempt(
            key=str(data["key"]),
            result=data["result"],
            note=data["note"],
            next_attempt_at=data["next_at"],
            by=signed_in(request),
        )
    except Ended:
        return _conflict(request, callback)
    return done(request, callback.get_absolute_url(), message=_("Poging opgeslagen"), event="callbacks")


@require_POST
def complete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Register the conversation as the last attempt and close the callback with its answer."""
    user, callback = signed_in(request), _find(request, uuid)
    form = CompleteForm(request.POST, moments={})
    if not form.is_valid():
        return _show(request, callback, attempt_form=form, status=422)
    fresh = callback.complete(outcome=form.cleaned_data["outcome"], by=user, key=str(form.cleaned_data["key"]))
    if not fresh and callback.completed_by != user:
        return _conflict(request, callback)
    return done(request, reverse("callbacks:list"), message=_("Terugbelverzoek afgerond"), event="callbacks")


@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    callback = _find(request, uuid)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, callback, cancel_form=form, status=422)
    if not callback.cancel(reason=form.cleaned_data["reason"], by=signed_in(request)) and callback.completed_at:
        return _conflict(request, callback)
    return done(request, callback.get_absolute_url(), message=_("Terugbelverzoek vervallen"), event="callbacks")


@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    callback = _find(request, uuid)
    form = RemindForm(request.POST)
    if not form.is_valid():
        return _show(request, callback, status=422)
    callback.remind(key=str(form.cleaned_data["key"]), by=signed_in(request))
    return done(request, _back(request, callback), message=_("Herinnering verstuurd"), event="callbacks")


@require_POST
@transaction.atomic
def bulk(request: HttpRequest) -> HttpResponse:
    """Assign or remind every callback that was ticked, and say how many could not be."""
    user, form = signed_in(request), BulkForm(request.POST)
    if form.assigns and not user.may_assign:
        raise PermissionDenied
    batch = Batch.take(form.chosen, by=user, assign=form.assigns)
    if not form.is_valid_for(batch.rows):
        context = {"form": form, "rows": batch.rows, "next": _back(request)}
        return answer(request, "callbacks/bulk.html", "callbacks/_bulk.html", context, status=422)
    data = form.cleaned_data
    if form.assigns:
        batch.assign(team=data["who"].team, assignee=data["who"].person, reason=data["reason"], by=user)
    else:
        batch.remind(key=str(data["key"]), by=user)
    return done(request, _back(request), message=_told(data, batch), event="callbacks")


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


def _find(request: HttpRequest, uuid: UUID) -> Callback:
    return get_object_or_404(Callback.objects.visible_to(signed_in(request)).with_details(), uuid=uuid)


def _back(request: HttpRequest, callback: Callback | None = None) -> str:
    """Give the page of ours that the form named, else the callback, else the list."""
    named = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(named, allowed_hosts=None):
        return named
    return callback.get_absolute_url() if callback else reverse("callbacks:list")


def _show(
    request: HttpRequest,
    callback: Callback,
    *,
    attempt_form: AttemptForm | None = None,
    cancel_form: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a callback, its state alone where that is all htmx wants; who sees more than that is written down."""
    part = status == 200 and wants_part(request)
    if not part:
        user, customer_id = signed_in(request), callback.contact.customer_id
        Access.record(by=user, action=Access.Action.VIEW, customer_id=customer_id, detail=callback.reference)
    now = timezone.now()
    repeats = list(callback.repeats.select_related("agent").order_by("-happened_at"))
    proposals = Proposal.of(callback, now=now)
    first = next((one.name for one in proposals if one.reachable), "choose")
    context = {
        "callback": callback,
        "repeats": repeats,
        "deadline": Deadline.of(callback, repeats=repeats, now=now),
        "proposals": proposals,
        "now": now,
        "contacts": callback.contact.customer.contacts.timeline()[:COUNTED].count() if callback.contact.customer else 0,
        "reachable_now": callback.reachable_at(now),
        "attempt_form": attempt_form or AttemptForm(moments={}, initial={"key": uuid4(), "next": first}),
        "cancel_form": cancel_form or CancelForm(),
        "may_assign": callback.may_be_assigned_by(signed_in(request)),
        "key": uuid4(),
    }
    partial = "callbacks/_state.html" if part else "callbacks/detail.html"
    return answer(request, "callbacks/detail.html", partial, context, status=status)


def _conflict(request: HttpRequest, callback: Callback) -> HttpResponse:
    """Say who was first, and give back what was typed."""
    fresh = _find(request, callback.uuid)
    typed = request.POST.get("outcome") or request.POST.get("note") or request.POST.get("reason", "")
    context = {"callback": fresh, "typed": typed}
    return answer(request, "callbacks/conflict.html", "callbacks/_conflict.html", context, status=409)


def _etag(request: HttpRequest, now: datetime) -> str:
    """Give a word that stays the same while the list does: until something happens, or the minute passes."""
    seen = f"{request.user.pk} {get_language()} {request.get_full_path()} {now:%d%H%M} {version()}"
    return f'"{sha256(seen.encode()).hexdigest()[:24]}"'


def _around_the_list(queue: Queue, filters: dict[str, Any]) -> dict[str, Any]:
    """Give the tabs and filters of the list, each as an address that keeps the others."""
    kept = {name: str(value) for name, value in filters.items() if value} | {"view": queue.view}

    def address(**changes: str) -> str:
        return "?" + urlencode({name: value for name, value in (kept | changes).items() if value})

    user = queue.user
    return {
        "tabs": [
            {"url": address(view=view), "label": label, "count": queue.counts.get(view), "current": view == queue.view}
            for view, label in VIEWS.items()
        ],
        "teams": [one.team for one in Addressee.teams() if user.works_at_kcc or one.team.pk in user.team_ids],
        "topics": choosable_topics(),
        "without": {name: address(**{name: ""}) for name in ("team", "topic", "reachable")},
        "clear": address(team="", topic="", reachable=""),
        "more": address(after=queue.page.next) if queue.page.next else "",
        "first": address() if queue.after else "",
    }
