"""Who is away, and who does their work meanwhile."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import AbsenceForm, EndForm, OwnAbsenceForm
from accounts.http import done, signed_in, wants_part
from accounts.models import Absence, User

ROWS = 200


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Let a colleague say when they are away, and see it."""
    user = signed_in(request)
    form = OwnAbsenceForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid() and form.save():
        return done(request, reverse("settings:own_absence"), message=_("Opgeslagen"))
    return _own_page(request, form, user)


@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """Let who looks after people write down that one of them is away, and see who is."""
    user = _looks_after(request)
    form = AbsenceForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid() and form.save():
        return done(request, reverse("settings:absence"), message=_("Opgeslagen"))
    return _colleagues_page(request, form, user)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Say where the open callbacks of somebody would go, before the absence is saved; by POST, for it is personal."""
    user = signed_in(request)
    of_others = "user" in request.POST
    form = AbsenceForm(request.POST, by=_looks_after(request)) if of_others else OwnAbsenceForm(request.POST, by=user)
    form.is_valid()
    if wants_part(request):
        return render(request, "settings/_absence_effect.html", {"form": form})
    return _colleagues_page(request, form, user) if of_others else _own_page(request, form, user)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Let a colleague be back, or not go at all."""
    user, now = signed_in(request), timezone.now()
    form = EndForm(request.POST, by=user)
    if not form.is_valid():
        raise Http404
    row: Absence = form.cleaned_data["absence"]
    message = _("De afwezigheid van %(name)s was al voorbij.")
    if not row.is_over(now=now):
        begun = row.has_begun(now=now)
        message = _("%(name)s is er weer.") if begun else _("De afwezigheid van %(name)s gaat niet door.")
        row.end(now=now, by=user)
    here = "settings:own_absence" if row.user == user else "settings:absence"
    return done(request, reverse(here), message=message % {"name": row.user.name})


@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Let a colleague be back who signs in while away."""
    user = signed_in(request)
    for row in Absence.objects.of(user).now(now=timezone.now()):
        row.end(now=timezone.now(), by=user)
    return done(request, user.start_url, message=_("Welkom terug. Nieuwe terugbelverzoeken komen weer bij jou."))


def _looks_after(request: HttpRequest) -> User:
    user = signed_in(request)
    if not User.objects.looked_after_by(user).exists():
        raise PermissionDenied
    return user


def _own_page(request: HttpRequest, form: OwnAbsenceForm, user: User) -> HttpResponse:
    context = {
        "form": form,
        "rows": Absence.objects.of(user).to_come(now=timezone.now())[:ROWS],
        "others": User.objects.looked_after_by(user).exists(),
        "now": timezone.now(),
    }
    return render(request, "accounts/absence.html", context, status=422 if form.errors else 200)


def _colleagues_page(request: HttpRequest, form: OwnAbsenceForm, user: User) -> HttpResponse:
    now = timezone.now()
    rows = Absence.objects.of_people(User.objects.looked_after_by(user)).to_come(now=now)[:ROWS]
    context = {
        "section": "absence",
        "form": form,
        "away": [row for row in rows if row.has_begun(now=now)],
        "to_come": [row for row in rows if not row.has_begun(now=now)],
    }
    return render(request, "settings/absence.html", context, status=422 if form.errors else 200)
