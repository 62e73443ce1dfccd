"""A norm from a date on."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import UuidChoiceField
from accounts.models import Team, office_hours
from accounts.widgets import LongSelect
from contacts.models import Norm, Topic
from contacts.models.example import due

MOST = {Norm.Unit.DAYS: 250, Norm.Unit.HOURS: 2000}  # about a year
YEARS_AHEAD = 5


class NormForm(forms.ModelForm):
    """How long the office allows itself, for everybody, for a department or for a topic, from a day on."""

    team = UuidChoiceField(
        Team.objects.none(), required=False, label=_("Afdeling"),
        empty_label=_("Alle afdelingen"), error_messages={"invalid_choice": _("Kies een afdeling uit de lijst.")},
    )  # fmt: skip
    topic = UuidChoiceField(
        Topic.objects.none(), required=False, label=_("Onderwerp"),
        empty_label=_("Alle onderwerpen"), widget=LongSelect,
        error_messages={"invalid_choice": _("Kies een onderwerp uit de lijst.")},
    )  # fmt: skip
    amount = forms.IntegerField(
        label=_("Aantal"), min_value=1, initial=2,
        error_messages={"min_value": _("Een norm is minstens 1."), "invalid": _("Vul een heel getal in.")},
    )  # fmt: skip

    class Meta:
        model = Norm
        fields = ["kind", "team", "topic", "amount", "unit", "starts_on"]
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {"kind": _("Voor"), "unit": _("Eenheid"), "starts_on": _("Geldt vanaf")}

    def __init__(self, data: Any = None) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        super().__init__(data, initial={"starts_on": tomorrow, "kind": Norm.Kind.CALLBACK})
        for name, rows in (("team", Team.objects.filter(closed_at=None)), ("topic", Topic.objects.choosable())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day.year > timezone.localdate().year + YEARS_AHEAD:
            raise ValidationError(_("Kies een dag binnen %(n)d jaar."), params={"n": YEARS_AHEAD})
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, unit = data.get("amount"), data.get("unit")
        if amount and unit and amount > MOST[Norm.Unit(unit)]:
            self.add_error("amount", _("Dat is langer dan een jaar. Kies een kortere norm."))
        elif amount and unit and due(self.typed(amount, unit), timezone.now(), office_hours()) is None:
            self.add_error(None, _("Het kantoor is nooit open: stel eerst de openingstijden in."))
        return data

    @staticmethod
    def typed(amount: int, unit: str) -> Norm:
        return Norm(amount=amount, unit=unit)

    def proposed(self) -> Norm | None:
        """Give the term that was filled in, None while that is not one."""
        self.is_valid()
        amount, unit = self.cleaned_data.get("amount"), self.cleaned_data.get("unit")
        return self.typed(amount, unit) if amount and unit else None


class WithdrawNormForm(forms.Form):
    """Which norm that has not begun is taken back."""

    norm = forms.ModelChoiceField(queryset=Norm.objects.none())

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["norm"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Norm.objects.all()
