"""What is done with one case: a form whose fields are the action's arguments, and the action."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import done, signed_in
from contacts.forms.case import (
    ActionForm,
    AssignForm,
    CloseForm,
    ConsultForm,
    LinkForm,
    NoteForm,
    PriorityForm,
    SnoozeForm,
    TopicForm,
    TransferForm,
    WaitForm,
)
from contacts.models import Case
from contacts.models.sla import near
from contacts.models.undo import Undo
from contacts.views.cases import conflict, find, show
from contacts.views.queue import address, listed, onward
from contacts.views.undo import remember

Data = dict[str, Any]


@require_POST
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close a case with what came of it."""
    by = signed_in(request)
    return _act(
        request, uuid, CloseForm, lambda case, data: case.close(result=data["result"], by=by),
        said=lambda data: _("Zaak gesloten"), leaves=True,
    )  # fmt: skip


@require_POST
def assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a case to a colleague, or back to the team."""
    by = signed_in(request)

    def said(data: Data) -> str:
        who = data["who"]
        return _("Toegewezen aan %(who)s") % {"who": who} if who else _("Teruggegeven aan de afdeling")

    return _act(request, uuid, AssignForm, lambda case, data: case.assign(to=data["who"], by=by), said=said)


@require_POST
def choose_topic(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what a case is about."""
    by = signed_in(request)
    return _act(
        request, uuid, TopicForm, lambda case, data: case.choose_topic(data["topic"], by=by),
        said=lambda data: _("Onderwerp gekozen: %(topic)s") % {"topic": data["topic"].name},
    )  # fmt: skip


@require_POST
def transfer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a case through to another team, with a note."""
    by = signed_in(request)
    return _act(
        request, uuid, TransferForm, lambda case, data: case.transfer(team=data["team"], note=data["note"], by=by),
        said=lambda data: _("Doorgezet naar %(team)s") % {"team": data["team"]}, leaves=True,
    )  # fmt: skip


@require_POST
def consult(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a department about a case that stays here."""
    by = signed_in(request)

    def ask(case: Case, data: Data) -> bool:
        if not case.consult(team=data["team"], by=by):
            return False
        case.note(data["note"], by=by)
        return True

    def said(data: Data) -> str:
        return _("Gevraagd aan %(team)s") % {"team": data["team"]}

    return _act(request, uuid, ConsultForm, ask, said=said, leaves=True)


@require_POST
def snooze(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a case off until a moment in words."""
    by = signed_in(request)
    return _act(
        request, uuid, SnoozeForm,
        lambda case, data: case.snooze(until=data["when"], reason=data["reason"], by=by),
        said=lambda data: _("Uitgesteld tot %(moment)s") % {"moment": near(data["when"], timezone.now())}, leaves=True,
    )  # fmt: skip


@require_POST
def wait(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Wait for the customer until a moment in words."""
    by = signed_in(request)
    return _act(
        request, uuid, WaitForm, lambda case, data: case.wait(until=data["when"], by=by),
        said=lambda data: _("Wacht op de klant tot %(moment)s") % {"moment": near(data["when"], timezone.now())},
        leaves=True,
    )  # fmt: skip


@require_POST
def link(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Point to the case in the office's case system."""
    by = signed_in(request)

    def point(case: Case, data: Data) -> bool:
        case.link(url=data["url"], number=data["number"], by=by)
        return True

    return _act(request, uuid, LinkForm, point, said=lambda data: _("Gekoppeld aan zaak %(number)s") % data)


@require_POST
def prioritise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found, form = find(request, uuid), PriorityForm(request.POST)
    if not form.is_valid():
        return show(request, found, status=422)
    priority = form.cleaned_data["priority"]
    words = _("Prioriteit hoog") if priority else _("Prioriteit normaal")
    return _done(request, found, lambda: found.prioritise(priority, by=signed_in(request)), words)


@require_POST
def spam(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = find(request, uuid)
    return _done(request, found, lambda: found.spam(by=signed_in(request)), _("Gemarkeerd als spam"), leaves=True)


@require_POST
def no_spam(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = find(request, uuid)
    return _done(request, found, lambda: found.no_spam(by=signed_in(request)), _("Geen spam"))


@require_POST
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = find(request, uuid)
    return _done(request, found, lambda: found.reopen(by=signed_in(request)), _("Zaak heropend"))


@require_POST
def case_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write what colleagues should know; an open or closed case takes it alike, so no note is ever refused."""
    found, user = find(request, uuid), signed_in(request)
    form = NoteForm(request.POST, case=found, user=user)
    if not form.is_valid():
        return show(request, found, status=422, note_form=form)
    found.note(form.cleaned_data["text"], by=user)
    return done(request, address(listed(request), found), message=_("Notitie bewaard"))


@require_GET
def mentionable(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the colleagues who may see this case and whose name holds what was typed, for mentioning them."""
    found = find(request, uuid)
    context = {"found": found.found_colleagues(request.GET.get("q", "")[:80])}
    return render(request, "contacts/_mentionable.html", context)


def _act(
    request: HttpRequest,
    uuid: UUID,
    form_class: type[ActionForm],
    act: Callable[[Case, Data], bool],
    *,
    said: Callable[[Data], str],
    leaves: bool = False,
) -> HttpResponse:
    """Check the form and do this with the case; a wrong form comes back, and so does what a colleague made idle."""
    found = find(request, uuid)
    form = form_class(request.POST, case=found, user=signed_in(request))
    if form.is_stale:
        return conflict(request, found, typed=form.words)
    if not form.is_valid():
        return show(request, found, wrong=form, status=422)
    data = form.cleaned_data
    return _done(request, found, lambda: act(found, data), said(data), leaves=leaves, typed=form.words)


def _done(
    request: HttpRequest, case: Case, act: Callable[[], bool], said: str, *, leaves: bool = False, typed: str = ""
) -> HttpResponse:
    """Do this with a case and say so, with a way to undo it; a case that leaves the list makes room for the next."""
    with Undo.watch([case]) as undo:
        fresh = act()
    if not fresh:
        return conflict(request, case, typed=typed)
    url = onward(request, case) if leaves else address(listed(request), case)
    return done(request, url, message=said, undo=remember(request, undo))
