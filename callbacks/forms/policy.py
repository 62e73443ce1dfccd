"""How a department calls back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Stamped
from accounts.models import Team
from callbacks.models import Policy

FIELDS = [
    "max_attempts", "day_parts", "first_percent", "second_percent", "lead_percent", "lead_repeats", "digest_at",
    "quiet_from", "quiet_until",
]  # fmt: skip
CLOCK = {"type": "time"}


class PolicyForm(Stamped, forms.ModelForm):
    """The policy of one department, or of all that have none of their own; what is empty does not happen."""

    class Meta:
        model = Policy
        fields = FIELDS
        widgets = {
            name: forms.TimeInput(attrs=CLOCK, format="%H:%M") for name in ("digest_at", "quiet_from", "quiet_until")
        }
        labels = {
            "max_attempts": _("Aantal pogingen"),
            "day_parts": _("Op hoeveel dagdelen"),
            "first_percent": _("Eerste herinnering (% van de termijn)"),
            "second_percent": _("Tweede herinnering (% van de termijn)"),
            "lead_percent": _("Teamleider (% van de termijn)"),
            "lead_repeats": _("Teamleider, als de klant zo vaak opnieuw belt"),
            "digest_at": _("Dagelijks overzicht om"),
            "quiet_from": _("Geen e-mail vanaf"),
            "quiet_until": _("Geen e-mail tot"),
        }
        help_texts = {
            "max_attempts": _("Daarna kies je: bericht sturen of sluiten."),
            "day_parts": _("Ochtend en middag van een dag zijn twee dagdelen."),
            "first_percent": _("Aan de behandelaar, anders de afdeling. Leeg: niet."),
            "second_percent": _("Aan de behandelaar, anders de afdeling. Leeg: niet."),
            "lead_percent": _("100 is het einde van de termijn. Leeg: niet."),
            "lead_repeats": _("Leeg: niet."),
            "digest_at": _("Per e-mail, op werkdagen. Leeg: niet."),
            "quiet_from": _("Ook niet op dagen dat het kantoor gesloten is. De bel in het scherm gaat altijd door."),
            "quiet_until": _("Wat wacht, gaat dan alsnog."),
        }

    def __init__(self, data: Any = None, *, team: Team | None, instance: Policy | None) -> None:
        self.own = instance
        super().__init__(data, instance=instance if instance is not None else Policy(team=team))
        if instance is None and team is not None:  # begin with what holds for the department now
            now = Policy.of(team)
            self.initial.update({name: getattr(now, name) for name in FIELDS})
        for name in ("first_percent", "second_percent"):
            self.fields[name].widget.attrs["min"] = 1
        self.fields["lead_repeats"].widget.attrs["max"] = 99

    def known(self) -> Any:
        return list(Policy.objects.filter(team=self.instance.team_id).values(*FIELDS))

    @property
    def is_sound(self) -> bool:
        """Say whether what was filled in is a policy, also when somebody else changed it meanwhile."""
        return self.is_valid() or (self.is_stale and sum(map(len, self.errors.values())) == 1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_stamp()
        for name in ("first_percent", "second_percent"):
            if data.get(name) == 0:
                self.add_error(name, _("Kies 1 tot en met 99, of laat dit leeg."))
        repeats = data.get("lead_repeats")
        if repeats and repeats > 99:
            self.add_error("lead_repeats", _("Kies hooguit 99."))
        attempts, parts = data.get("max_attempts"), data.get("day_parts")
        if attempts and parts and parts > attempts:
            self.add_error("day_parts", _("Dit kan niet meer zijn dan het aantal pogingen."))
        quiet = [data.get(name) for name in ("quiet_from", "quiet_until")]
        if not self.errors and (quiet[0] is None) != (quiet[1] is None):
            self.add_error("quiet_until" if quiet[1] is None else "quiet_from", _("Vul beide tijden in, of geen."))
        elif quiet[0] is not None and quiet[0] == quiet[1]:
            self.add_error("quiet_until", _("Kies een andere tijd dan het begin."))
        return data
