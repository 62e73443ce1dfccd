"""A department: who coordinates, how it is reached, and whether it may end."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped, UuidChoiceField
from accounts.models import Team, User

FIELDS = ["name", "email", "is_kcc", "coordinator", "signature", "queues"]


class CoordinatorField(UuidChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class TeamForm(Stamped, forms.ModelForm):
    """What an administrator sets about a department."""

    coordinator = CoordinatorField(
        User.objects.none(), required=False, label=_("Coördinator"),
        empty_label=_("Niemand"), help_text=_("Krijgt bericht als een terugbelverzoek te laat is."),
        error_messages={"invalid_choice": _("Kies een medewerker uit de lijst.")},
    )  # fmt: skip

    class Meta:
        model = Team
        fields = FIELDS
        help_texts = {
            "queues": _("Van de telefooncentrale, met komma's ertussen."),
            "signature": _("Onder elke e-mail van deze afdeling. Mag {medewerker} bevatten."),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"name": {"unique": _("Er is al een afdeling met deze naam.")}}

    def __init__(self, data: Any = None, *, instance: Team | None = None) -> None:
        super().__init__(data, instance=instance)
        field = self.fields["coordinator"]
        assert isinstance(field, forms.ModelChoiceField)
        chosen = instance.coordinator if instance is not None else None
        everybody = User.objects.filter(Q(is_active=True) | Q(pk=chosen.pk if chosen else None))
        field.queryset = everybody.order_by("last_name", "first_name", "pk")
        if chosen is not None:
            self.initial["coordinator"] = chosen.uuid

    def known(self) -> Any:
        return list(Team.objects.filter(pk=self.instance.pk).values(*FIELDS)) if self.instance.pk else []

    def clean_signature(self) -> str:
        text: str = self.cleaned_data["signature"]
        if len(text) > 2000:
            raise forms.ValidationError(_("Gebruik hooguit 2000 tekens."))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_stamp()
        return data
