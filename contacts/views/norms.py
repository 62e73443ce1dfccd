"""The settings of how long the office allows itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import saved
from accounts.http import administrators_only, done
from contacts.forms.norm import NormForm, WithdrawNormForm
from contacts.models import Norm
from contacts.models.example import examples
from contacts.models.norm import spans


@require_http_methods(["GET", "POST"])
@administrators_only
def norms(request: HttpRequest) -> HttpResponse:
    """Show what holds, held and will hold, and let a new norm begin on a day to come."""
    form = NormForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saved(form):
        return done(request, reverse("settings:norms"), message=_("Opgeslagen"))
    today = timezone.localdate()
    found = spans(Norm.objects.for_list(), today=today)
    context = {
        "section": "norms",
        "form": form,
        "spans": [one for one in found if one.state != "past"],
        "past": [one for one in found if one.state == "past"],
        "examples": _examples(form),
    }
    return render(request, "settings/norms.html", context, status=422 if form.errors else 200)


@require_GET
@administrators_only
def preview(request: HttpRequest) -> HttpResponse:
    """Say what the norm that is being filled in means."""
    return render(request, "settings/_examples.html", {"examples": _examples(NormForm(request.GET))})


@require_POST
@administrators_only
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back a norm that has not begun; one that holds is history and stays."""
    form = WithdrawNormForm(request.POST)
    if not form.is_valid():
        message = _("Deze norm was er niet meer.")
    elif Norm.objects.to_come(today=timezone.localdate()).withdraw(form.cleaned_data["norm"]):
        message = _("De norm gaat niet door.")
    else:
        message = _("Deze norm geldt al en blijft staan.")
    return done(request, reverse("settings:norms"), message=message)


def _examples(form: NormForm) -> list[object]:
    norm = form.proposed() if form.is_bound else form.typed(form["amount"].value(), Norm.Unit.DAYS)
    return list(examples(norm, now=timezone.now())) if norm else []
