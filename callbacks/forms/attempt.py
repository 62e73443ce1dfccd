"""How a try to reach the citizen ended, and what was agreed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phone
from callbacks.models import Result

LONG = 2000
FAR = timedelta(days=90)  # a next attempt later than this is a mistake
TRY_AGAIN = {Result.NO_ANSWER, Result.VOICEMAIL, Result.BUSY}


class AttemptForm(forms.Form):
    """How one try to reach the citizen ended, and when the next one is planned."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label=_("Resultaat"), choices=Result, error_messages={"required": _("Kies hoe de poging afliep.")}
    )
    next = forms.ChoiceField(
        label=_("Volgende poging"),
        required=False,
        choices=[(name, "") for name in ("hour", "afternoon", "morning", "noon", "choose")],
    )
    next_at = forms.DateTimeField(
        label=_("Datum en tijd"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    number = forms.CharField(
        label=_("Het goede nummer"),
        max_length=40,
        required=False,
        help_text=_("Weet je het goede nummer? Vanaf nu bellen we dat."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Notitie"), max_length=LONG, required=False)
    outcome = forms.CharField(
        label=_("Antwoord aan de klant"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    results = Result.choices

    def __init__(self, data: Any = None, *, moments: Mapping[str, datetime], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.moments = moments

    def clean_number(self) -> str:
        """Give the number in E.164; nothing where it was not wrong, whatever stood in the field."""
        typed = self.cleaned_data["number"]
        if not typed or self.data.get("result") != Result.WRONG_NUMBER:
            return ""
        number = phone.normalise(typed)
        if number is None:
            raise ValidationError(_("Dit is geen geldig telefoonnummer. Bijvoorbeeld: 06 12 34 56 78."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("result") == Result.SPOKEN:
            data["note"] = data.get("note") or data.get("outcome", "")
        self._plan(data)
        return data

    def _plan(self, data: dict[str, Any]) -> None:
        """Turn the choice of the next attempt into a moment, or say what is wrong with it."""
        now, chosen = timezone.now(), data.get("next") or ""
        if chosen != "choose":
            data["next_at"] = self.moments.get(chosen)
            if chosen and data["next_at"] is None and data.get("result") in TRY_AGAIN:
                self.add_error("next", _("Dit moment is voorbij of valt buiten de openingstijden. Kies een ander."))
        elif "next_at" in data and not data["next_at"]:
            self.add_error("next_at", _("Kies een datum en tijd voor de volgende poging."))
        elif data.get("next_at") and data["next_at"] <= now:
            self.add_error("next_at", _("Kies een moment dat nog moet komen."))
        elif data.get("next_at") and data["next_at"] > now + FAR:
            self.add_error("next_at", _("Kies een moment binnen 90 dagen."))


class CompleteForm(AttemptForm):
    """What was said to the citizen, with which the callback is closed."""

    result = forms.ChoiceField(choices=Result, required=False)
    outcome = forms.CharField(
        label=_("Antwoord aan de klant"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schrijf wat je met de klant hebt afgesproken.")},
    )

    def _plan(self, data: dict[str, Any]) -> None:
        """Plan nothing: after this there is no next attempt."""
