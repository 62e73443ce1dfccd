"""What the board is asked to show."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Channel

PERIODS = {"4": _("4 weken"), "13": _("13 weken"), "52": _("52 weken")}


class BoardForm(forms.Form):
    """Period, team and channel; what cannot be read is no filter."""

    period = forms.ChoiceField(choices=PERIODS.items(), required=False)
    team = forms.UUIDField(required=False)
    channel = forms.ChoiceField(choices=Channel, required=False)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data
        return {"weeks": int(data.get("period") or 13), "team": data.get("team"), "channel": data.get("channel") or ""}
