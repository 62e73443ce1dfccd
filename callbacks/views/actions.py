"""What is done to one callback."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import answer, done, signed_in
from accounts.worktime import NeverOpen
from callbacks.forms import (
    AssignForm,
    AttemptForm,
    CancelForm,
    CompleteForm,
    GiveBackForm,
    MessageForm,
    PostponeForm,
    RemindForm,
)
from callbacks.models import Callback, Cause, Ended, Handover, Postponement, Proposal
from callbacks.models.letter import write_instead
from callbacks.views.detail import back, conflict, find, here, show
from callbacks.views.listed import address, listed, state
from contacts.models.norm import NoNorm
from contacts.models.sla import near


@require_POST
def claim(request: HttpRequest, uuid: UUID) -> HttpResponse:
    callback = find(request, uuid)
    if not callback.claim(by=signed_in(request)):
        return conflict(request, callback)
    return done(request, here(request, callback), message=_("Je hebt dit verzoek opgepakt"), event="callbacks")


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask to whom a callback goes, and give it to them."""
    callback = find(request, uuid)
    if not callback.may_be_assigned_by(signed_in(request)):
        raise PermissionDenied
    form = AssignForm(request.POST or None, team=callback.team, held_by=callback.assignee)
    if request.method != "POST" or not form.is_valid():
        context = {"callback": callback, "form": form, "next": back(request, callback)}
        context |= {"returned": Handover.last_return(callback), "list_query": state(listed(request))}
        status = 422 if request.method == "POST" else 200
        return answer(request, "callbacks/assign.html", "callbacks/_assign.html", context, status=status)
    who, reason = form.cleaned_data["who"], form.cleaned_data["reason"]
    callback.assign(team=who.team, assignee=who.person, reason=reason, by=signed_in(request))
    if not callback.is_open:
        return conflict(request, callback)
    return done(request, back(request, callback), message=_("Toegewezen aan %(who)s") % {"who": who}, event="callbacks")


@require_POST
@transaction.atomic
def attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down how a try to call ended; where the number was wrong, with the right one."""
    user, callback = signed_in(request), find(request, uuid)
    form = AttemptForm(request.POST, moments={one.name: one.at for one in Proposal.of(callback, now=timezone.now())})
    if not form.is_valid():
        return show(request, callback, wrong=form, status=422)
    data = form.cleaned_data
    try:
        callback.attempt(
            key=str(data["key"]),
            result=data["result"],
            note=data["note"],
            next_attempt_at=data["next_at"],
            by=user,
        )
        corrected = bool(data["number"]) and callback.correct_number(number=data["number"], by=user)
    except Ended:
        return conflict(request, callback)
    said = _("Poging en nieuw nummer opgeslagen") if corrected else _("Poging opgeslagen")
    return done(request, here(request, callback), message=said, event="callbacks")


@require_POST
def complete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Register the conversation as the last attempt and close the callback with its answer."""
    user, callback = signed_in(request), find(request, uuid)
    form = CompleteForm(request.POST, moments={})
    if not form.is_valid():
        return show(request, callback, wrong=form, status=422)
    fresh = callback.complete(outcome=form.cleaned_data["outcome"], by=user, key=str(form.cleaned_data["key"]))
    if not fresh and callback.completed_by != user:
        return conflict(request, callback)
    return done(request, onward(request, callback), message=_("Terugbelverzoek afgerond"), event="callbacks")


@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a callback without a conversation."""
    user, callback = signed_in(request), find(request, uuid)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return show(request, callback, wrong=form, status=422)
    cause, reason = Cause(form.cleaned_data["cause"]), form.cleaned_data["reason"]
    if not callback.cancel(cause=cause, reason=reason, by=user) and callback.completed_at:
        return conflict(request, callback)
    return done(request, onward(request, callback), message=_("Terugbelverzoek vervallen"), event="callbacks")


@require_POST
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write to a citizen who could not be reached, and end the callback with that."""
    user, callback = signed_in(request), find(request, uuid)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show(request, callback, wrong=form, status=422)
    data = form.cleaned_data
    try:
        ended = write_instead(callback, subject=data["subject"], text=data["text"], key=str(data["key"]), by=user)
    except (NoNorm, NeverOpen):
        form.add_error(None, _("Er zijn nog geen norm en openingstijden. Vraag het de beheerder."))
        return show(request, find(request, uuid), wrong=form, status=422)
    if not ended:
        return conflict(request, callback)
    return done(
        request, onward(request, callback), message=_("Bericht verstuurd, verzoek afgesloten"), event="callbacks"
    )


@require_POST
def postpone(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Promise to call later, because the citizen agreed to that."""
    callback = find(request, uuid)
    form = PostponeForm(request.POST, callback=callback, now=timezone.now())
    if not callback.is_open:
        return conflict(request, callback)
    if not form.is_valid():
        return show(request, callback, wrong=form, status=422)
    until, reason = form.cleaned_data["until_at"], form.cleaned_data["reason"]
    try:
        agreed = Postponement.agree(callback, until=until, reason=reason, by=signed_in(request))
    except Ended:
        return conflict(request, callback)
    if not agreed:
        form.add_error("until_at", _("Kies een moment dat nog moet komen."))
        return show(request, callback, wrong=form, status=422)
    said = pgettext("terugbelverzoek", "Uitgesteld tot %(moment)s") % {"moment": near(until, timezone.now())}
    return done(request, here(request, callback), message=said, event="callbacks")


@require_POST
def give_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a callback that belongs elsewhere back to the contact centre."""
    callback = find(request, uuid)
    if not callback.is_open:
        return conflict(request, callback)
    if callback.returned_at is None and not callback.may_be_given_back_by(signed_in(request)):
        raise PermissionDenied
    form = GiveBackForm(request.POST)
    if not form.is_valid():
        return show(request, callback, wrong=form, status=422)
    try:
        returned = Handover.give_back(callback, reason=form.cleaned_data["reason"], by=signed_in(request))
    except Ended:
        return conflict(request, callback)
    if not returned:
        form.add_error("reason", _("Er is geen afdeling van het KCC. Vraag het de beheerder."))
        return show(request, callback, wrong=form, status=422)
    return done(request, here(request, callback), message=_("Terug naar het KCC"), event="callbacks")


@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    callback = find(request, uuid)
    form = RemindForm(request.POST)
    if not form.is_valid():
        return show(request, callback, status=422)
    if not callback.is_open:
        return conflict(request, callback)
    callback.remind(key=str(form.cleaned_data["key"]), by=signed_in(request))
    return done(request, back(request, callback), message=_("Herinnering verstuurd"), event="callbacks")


def onward(request: HttpRequest, callback: Callback) -> str:
    """Give where to go after a callback is done with: the next one in the list it was opened from, else that list."""
    queue = listed(request)
    return address(queue, queue.beside(callback).next if queue else None)
