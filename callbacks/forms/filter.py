"""Which callbacks a list shows."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callbacks.models.queue import GROUPS, VIEWS

YEARS = (2000, 2199)


class FilterForm(forms.Form):
    """Which callbacks a list shows; what cannot be read is no filter.

    A view may name a stretch of time too, as the board's figures do: late, today, unassigned-late.
    """

    view = forms.ChoiceField(choices=VIEWS.items(), required=False)
    team = forms.UUIDField(required=False)
    topic = forms.UUIDField(required=False)
    person = forms.UUIDField(required=False)
    due = forms.ChoiceField(choices=GROUPS.items(), required=False)
    reachable = forms.ChoiceField(choices=[("now", _("Nu"))], required=False)

    day = forms.DateField(required=False)

    def clean_day(self) -> date | None:
        """Give the day of an agreed moment; none of a year in which nobody agreed anything."""
        day: date | None = self.cleaned_data["day"]
        return day if day and YEARS[0] <= day.year <= YEARS[1] else None

    def filters(self) -> dict[str, Any]:
        self.is_valid()
        view, _dash, due = self.data.get("view", "").rpartition("-")
        named = {"view": view or "all", "due": due} if due in GROUPS and view in {"", *VIEWS} else {}
        return self.cleaned_data | named
