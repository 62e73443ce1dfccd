"""What an editor says when an article is published, given back, or put away."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

AHEAD = timedelta(days=366)


class PublishForm(forms.Form):
    """When readers see a version, and whether colleagues are told."""

    NOW, LATER = "now", "later"
    SMALL, BIG = "small", "big"

    change = forms.ChoiceField(
        choices=[(SMALL, _("Kleine wijziging")), (BIG, _("Belangrijk, melden in Wat is nieuw"))],
        initial=SMALL, widget=forms.RadioSelect, label=_("Wat voor wijziging is het?"),
    )  # fmt: skip
    summary = forms.CharField(
        max_length=300, required=False, label=_("Wat is er veranderd?"),
        help_text=_("Verplicht bij een belangrijke wijziging: collega’s lezen dit in Wat is nieuw."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    when = forms.ChoiceField(
        choices=[(NOW, _("Nu")), (LATER, _("Op een later moment"))], initial=NOW, widget=forms.RadioSelect,
        label=_("Wanneer?"),
    )  # fmt: skip
    moment = forms.DateTimeField(
        required=False, label=_("Datum en tijd"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        now = timezone.now()
        data["summary"] = " ".join(data.get("summary", "").split())
        if data.get("change") == self.BIG and not data["summary"] and "summary" not in self.errors:
            self.add_error("summary", _("Schrijf in een zin wat er veranderd is."))
        if data.get("when") == self.LATER and "moment" not in self.errors:
            moment = data.get("moment")
            if moment is None:
                self.add_error("moment", _("Kies een datum en tijd."))
            elif not now < moment <= now + AHEAD:
                self.add_error("moment", ValidationError(_("Kies een moment dat nog komt, binnen een jaar.")))
        return data

    @property
    def announced(self) -> bool:
        """Say whether colleagues read in Wat is nieuw that it changed."""
        return bool(self.cleaned_data["change"] == self.BIG)


class SeenForm(forms.Form):
    """Which words stood on the page of a colleague who does something with them: the stamp of a version."""

    seen = forms.CharField(max_length=80, widget=forms.HiddenInput)


class SendBackForm(forms.Form):
    """What still has to change before a version can be approved."""

    remark = forms.CharField(
        max_length=2000, label=_("Wat moet er nog anders?"), widget=forms.Textarea(attrs={"rows": 3})
    )
