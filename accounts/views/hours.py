"""The settings of when the office is open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import ClosingDayForm, DayForm, WeekForm, saved
from accounts.http import administrators_only, done
from accounts.models import ClosingDay, office_hours
from accounts.worktime import holiday_names

PAST = 20  # closing days behind us that are still shown


@require_http_methods(["GET", "POST"])
@administrators_only
def hours(request: HttpRequest) -> HttpResponse:
    """Show and set the opening hours of the week."""
    form = WeekForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saved(form):
        return done(request, reverse("settings:hours"), message=_("Opgeslagen"))
    return _page(request, week=form)


@require_GET
@administrators_only
def preview(request: HttpRequest) -> HttpResponse:
    """Say what the opening hours that are filled in would mean, before they are saved."""
    context: dict[str, Any] = {"proposed": WeekForm(request.GET).hours(), "hours": office_hours()}
    return render(request, "settings/_hours_effect.html", context)


@require_GET
@administrators_only
def preview_day(request: HttpRequest) -> HttpResponse:
    """Say what closing on a day would mean, before it is saved."""
    proposed, closing = DayForm(request.GET).closed(office_hours())
    context = {"proposed": proposed, "closing": closing, "hours": office_hours()}
    return render(request, "settings/_hours_effect.html", context)


@require_POST
@administrators_only
def add_day(request: HttpRequest) -> HttpResponse:
    """Close the office on a day to come."""
    form = ClosingDayForm(request.POST)
    if not (form.is_valid() and saved(form)):
        return _page(request, day=form)
    office_hours.forget()
    return done(request, reverse("settings:hours"), message=_("Opgeslagen"))


@require_POST
@administrators_only
def remove_day(request: HttpRequest) -> HttpResponse:
    """Let the office be open on a day after all; what is behind us stays as it was."""
    form, today = DayForm(request.POST), timezone.localdate()
    gone = form.is_valid() and ClosingDay.objects.to_come(today=today).on(form.cleaned_data["day"]).withdraw()
    message = _("De sluitingsdag is verwijderd.") if gone else _("Deze sluitingsdag was er niet meer.")
    return done(request, reverse("settings:hours"), message=message)


def _page(request: HttpRequest, *, week: WeekForm | None = None, day: ClosingDayForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    shown = week or WeekForm()
    context: dict[str, Any] = {
        "section": "hours",
        "form": shown,
        "day_form": day or ClosingDayForm(),
        "closing_days": ClosingDay.objects.to_come(today=today),
        "past_days": ClosingDay.objects.past(today=today)[:PAST],
        "holidays": [(year, holiday_names(year)) for year in (today.year, today.year + 1)],
        "today": today,
        "hours": office_hours(),
        "proposed": None,
    }
    return render(request, "settings/hours.html", context, status=shown.status if week else 422 if day else 200)
