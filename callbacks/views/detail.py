"""One callback: who acts, what was tried, how it ended."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import answer, back_to, signed_in, wants_part
from accounts.models import office_hours
from callbacks.forms import AttemptForm, CancelForm, CompleteForm, GiveBackForm, MessageForm, PostponeForm
from callbacks.models import Callback, Cause, Deadline, Handover, Proposal
from callbacks.models.letter import address_of, beginning
from callbacks.models.queue import COUNTED
from callbacks.views.listed import address, listed, state
from contacts.models import Access

FORMS = {
    AttemptForm: "attempt_form",
    CompleteForm: "attempt_form",
    PostponeForm: "postpone_form",
    GiveBackForm: "give_back_form",
    CancelForm: "cancel_form",
    MessageForm: "message_form",
}
TYPED = ("outcome", "number", "note", "reason", "subject", "text")


@require_GET
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one callback with everything that was tried; its state alone when the page asks for that again.

    A page that was opened before it went elsewhere is told so, and where to go on.
    """
    if wants_part(request) and not Callback.objects.visible_to(signed_in(request)).chosen([uuid]).exists():
        return render(request, "callbacks/_gone.html", {"url": address(listed(request))})
    return show(request, find(request, uuid))


def find(request: HttpRequest, uuid: UUID) -> Callback:
    return get_object_or_404(Callback.objects.visible_to(signed_in(request)).with_details(), uuid=uuid)


def here(request: HttpRequest, callback: Callback) -> str:
    """Give the page of this callback, as it was opened; the list when it is no longer theirs to see."""
    visible = Callback.objects.visible_to(signed_in(request)).chosen([callback.uuid]).exists()
    return address(listed(request), callback if visible else None)


def back(request: HttpRequest, callback: Callback | None = None) -> str:
    """Give the page of ours that the form named, else the callback, else the list."""
    named = back_to(request, "")
    if named and (callback is None or not named.startswith(callback.get_absolute_url())):
        return named
    return here(request, callback) if callback else address(None)


def show(
    request: HttpRequest, callback: Callback, *, wrong: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """Show a callback, its state alone where that is all htmx wants; who sees more than that is written down.

    What was typed wrong stands in its form, among the others; what has ended has no forms, so there it is a conflict.
    """
    if wrong is not None and not callback.is_open:
        return conflict(request, callback)
    now = timezone.now()
    context = _state(callback, now=now)
    if status == 200 and wants_part(request):
        return answer(request, "callbacks/detail.html", "callbacks/_state.html", context)
    user, customer = signed_in(request), callback.contact.customer
    Access.record(
        by=user, action=Access.Action.VIEW, customer_id=callback.contact.customer_id, detail=callback.reference
    )
    queue = listed(request)
    context |= _forms(callback, wrong, now=now) | {
        "contacts": customer.contacts.timeline()[:COUNTED].count() if customer else 0,
        "reachable_now": callback.reachable_at(now),
        "office_open": office_hours().is_open(now),
        "may_assign": callback.may_be_assigned_by(user),
        "may_give_back": callback.may_be_given_back_by(user),
        "returned": Handover.last_return(callback),
        "queue": queue,
        "list_query": state(queue),
        "list_url": address(queue),
        "beside": queue.beside(callback) if queue else None,
        "key": uuid4(),
    }
    return answer(request, "callbacks/detail.html", "callbacks/detail.html", context, status=status)


def _state(callback: Callback, *, now: datetime) -> dict[str, Any]:
    """Give what the part that refreshes itself shows."""
    repeats = list(callback.repeats.select_related("agent").order_by("-happened_at"))
    deadline = Deadline.of(callback, repeats=repeats, now=now)
    return {"callback": callback, "repeats": repeats, "deadline": deadline, "now": now}


def _forms(callback: Callback, wrong: forms.Form | None, *, now: datetime) -> dict[str, Any]:
    """Give the forms of the page, among them the one that was filled in wrong."""
    if not callback.is_open:
        return {}
    proposals = Proposal.of(callback, now=now)
    first = Proposal.first(proposals, callback=callback)
    missed, to = callback.missed_all, address_of(callback)
    begin = {"key": uuid4(), "next": first.name if first else "choose"}
    empty: list[forms.Form] = [
        AttemptForm(moments={}, initial=begin),
        PostponeForm(callback=callback, now=now),
        GiveBackForm(),
        CancelForm(initial={"cause": Cause.UNREACHABLE} if missed else {}),
    ]
    if missed and to:
        letter = beginning(callback, tries=callback.counted)
        empty.append(MessageForm(initial=letter | {"key": uuid4()}))
    by_name = {FORMS[type(one)]: one for one in [*empty, *([wrong] if wrong else [])]}
    asked = FORMS[type(wrong)] if wrong else ""
    return by_name | {"proposals": proposals, "missed_all": missed, "address": to, "wrong": asked}


def conflict(request: HttpRequest, callback: Callback) -> HttpResponse:
    """Say who was first, and give back what was typed."""
    fresh = find(request, callback.uuid)
    typed = "\n\n".join(text for name in TYPED if (text := request.POST.get(name, "").strip()))
    context = {"callback": fresh, "typed": typed, "url": address(listed(request), fresh)}
    return answer(request, "callbacks/conflict.html", "callbacks/_conflict.html", context, status=409)
