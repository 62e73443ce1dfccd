"""The settings of how departments call back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import administrators_only, done
from accounts.models import Team
from callbacks.forms.policy import PolicyForm
from callbacks.models import Policy
from callbacks.models.outlook import Outlook


@require_http_methods(["GET", "POST"])
@administrators_only
def policy(request: HttpRequest, uuid: str | None = None) -> HttpResponse:
    """Show and change how one department calls back, or all that have no policy of their own."""
    team = get_object_or_404(Team, uuid=uuid) if uuid else None
    own = Policy.objects.for_team(team)
    form = PolicyForm(request.POST if request.method == "POST" else None, team=team, instance=own)
    if request.method == "POST" and form.is_valid():
        Policy.objects.keep(form.save(commit=False))
        return done(request, _address(team), message=_("Opgeslagen"))
    context = {
        "section": "policy",
        "form": form,
        "team": team,
        "own": own,
        "here": _address(team),
        "teams": Policy.objects.teams(),
        "outlook": _outlook(form, team),
    }
    return render(request, "settings/policy.html", context, status=form.status)


@require_GET
@administrators_only
def preview(request: HttpRequest, uuid: str | None = None) -> HttpResponse:
    """Say when who would hear what, with the policy that is being filled in."""
    team = get_object_or_404(Team, uuid=uuid) if uuid else None
    form = PolicyForm(request.GET, team=team, instance=Policy.objects.for_team(team))
    return render(request, "settings/_outlook.html", {"outlook": _outlook(form, team)})


@require_POST
@administrators_only
def follow(request: HttpRequest, uuid: str) -> HttpResponse:
    """Let a department follow the policy of the office again."""
    team = get_object_or_404(Team, uuid=uuid)
    Policy.objects.drop(team)
    return done(request, _address(team), message=_("Deze afdeling volgt weer het beleid van alle afdelingen."))


def _outlook(form: PolicyForm, team: Team | None) -> Outlook | None:
    if form.is_bound and not form.is_sound:
        return None
    values = form.cleaned_data if form.is_bound else form.initial
    return Outlook.of(Policy(**{name: values.get(name) for name in form.Meta.fields}), team, now=timezone.now())


def _address(team: Team | None) -> str:
    return reverse("settings:policy_of", args=[team.uuid]) if team else reverse("settings:policy")
