"""Where the settings of the office begin, and which of them a colleague may open."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import signed_in
from accounts.models import User


@dataclass(frozen=True)
class Section:
    """One part of the settings, as the menu beside them names it."""

    key: str
    label: str
    icon: str
    url: str


def sections(user: User) -> list[Section]:
    """Give the parts of the settings of the office that this colleague may open."""
    absence = Section("absence", _("Afwezigheid"), "user-off", reverse("settings:absence"))
    if not user.administers:
        return [absence]
    return [
        Section("norms", _("Servicenormen"), "target", reverse("settings:norms")),
        Section("policy", _("Terugbelbeleid"), "phone-call", reverse("settings:policy")),
        Section("editorial", _("Redactie"), "book", reverse("settings:editorial")),
        Section("hours", _("Openingstijden"), "clock", reverse("settings:hours")),
        Section("questions", _("Vragensets"), "list-check", reverse("settings:questions")),
        Section("teams", _("Afdelingen"), "users-group", reverse("settings:teams")),
        absence,
    ]


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Go to the first part that this colleague may open."""
    user = signed_in(request)
    if not User.objects.looked_after_by(user).exists() and not user.administers:
        raise PermissionDenied
    return HttpResponseRedirect(sections(user)[0].url)
