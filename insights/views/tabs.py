"""The boards somebody may see, as tabs of one page."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from insights.scope import Scope

KNOWLEDGE = "knowledge"
SHARED = ("period", "week")  # what every board can be narrowed to


def tabs(user: User, scope: Scope, current: str) -> list[dict[str, Any]]:
    """Give the tabs with the filters that all boards have; the callbacks are for who leads a team."""
    shared = {name: value for name, value in scope.query.items() if name in SHARED}
    on_knowledge = current == KNOWLEDGE
    labels = {
        "": _("Terugbelverzoeken"),
        "teams": _("Per afdeling"),
        "topics": _("Per onderwerp"),
        "weeks": _("Per week"),
        "people": _("Per medewerker"),
    }
    found = []
    for name, label in labels.items() if user.leads else ():
        url = reverse("insights:page", args=[name]) if name else reverse("insights:callbacks")
        kept = shared if on_knowledge else scope.query
        found.append({"url": _with(url, kept), "label": label, "current": name == current})
    url = _with(reverse("insights:knowledge"), scope.query if on_knowledge else shared)
    return [*found, {"url": url, "label": _("Kennisbank"), "current": on_knowledge}]


def _with(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url
