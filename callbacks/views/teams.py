"""The settings of departments; here, for a department that still has callbacks cannot be closed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import saved
from accounts.http import administrators_only, done
from accounts.models import Team, open_teams
from callbacks.forms.team import TeamForm
from callbacks.models.department import Unfinished, close, departments, reopen


@require_GET
@administrators_only
def teams(request: HttpRequest) -> HttpResponse:
    """Show the departments, with who coordinates and what waits there."""
    return render(request, "settings/teams.html", {"section": "teams", "teams": departments()})


@require_http_methods(["GET", "POST"])
@administrators_only
def create(request: HttpRequest) -> HttpResponse:
    """Make a new department."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@administrators_only
def team(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show one department and change it."""
    return _edit(request, get_object_or_404(Team.objects.select_related("coordinator"), uuid=uuid))


@require_POST
@administrators_only
def end(request: HttpRequest, uuid: str) -> HttpResponse:
    """Close a department, or open one again; one with open work stays."""
    row = get_object_or_404(Team, uuid=uuid)
    if row.closed_at is not None:
        reopen(row)
        return done(request, reverse("settings:teams"), message=_("De afdeling is weer open."))
    try:
        close(row)
    except Unfinished as work:
        return _page(request, TeamForm(instance=row), row, work=work, status=409)
    return done(request, reverse("settings:teams"), message=_("De afdeling is opgeheven."))


def _edit(request: HttpRequest, row: Team | None) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid() and saved(form):
        open_teams.forget()
        return done(request, reverse("settings:teams"), message=_("Opgeslagen"))
    return _page(request, form, row, status=form.status)


def _page(
    request: HttpRequest, form: TeamForm, row: Team | None, *, status: int, work: Unfinished | None = None
) -> HttpResponse:
    context = {"section": "teams", "form": form, "row": row, "work": work}
    return render(request, "settings/team.html", context, status=status)
