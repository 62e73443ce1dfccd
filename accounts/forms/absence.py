"""From when until when a colleague is away, and who stands in; never why."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms.choice import UuidChoiceField
from accounts.models import Absence, Overlap, User
from accounts.models.absence import share_a_team
from accounts.widgets import Hinted, LongSelect

YEARS_AHEAD = 3


class PersonField(UuidChoiceField):
    """One colleague out of some, known by uuid; the list says in which departments they work."""

    widget = LongSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(User.objects.none(), **options)

    def label_from_instance(self, obj: Any) -> str:
        return Hinted(obj.name, ", ".join(team.name for team in obj.teams.all()))


def moment_field(label: Any, hint: Any) -> forms.DateTimeField:
    """Give a field for a day and time, in local time, which may be left empty."""
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Dit is geen datum met een tijd. Bijvoorbeeld 24-11-2026 9:00.")},
    )


class OwnAbsenceForm(forms.Form):
    """When somebody is away; empty moments are now, and until further notice."""

    starts_at = moment_field(_("Afwezig vanaf"), _("Leeg: per direct."))
    ends_at = moment_field(_("Afwezig tot"), _("Leeg: tot je terug bent."))
    substitute = PersonField(
        label=_("Vervanger"),
        required=False,
        empty_label=_("Geen: terug naar de afdeling"),
        error_messages={"invalid_choice": _("Deze collega werkt niet bij dezelfde afdeling.")},
    )

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        self.by = by
        self._person("substitute").queryset = User.objects.beside(self.people)

    def _person(self, name: str) -> PersonField:
        field = self.fields[name]
        assert isinstance(field, PersonField)
        return field

    @cached_property
    def people(self) -> "QuerySet[User]":
        """Give whose absence this form can write down."""
        return User.objects.filter(pk=self.by.pk)

    @property
    def who(self) -> User | None:
        """Give who will be away, None while nobody was chosen."""
        return self.by

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def clean_starts_at(self) -> datetime:
        start: datetime = self.cleaned_data["starts_at"] or self.now
        return self._within_reach(start)

    def clean_ends_at(self) -> datetime | None:
        end: datetime | None = self.cleaned_data["ends_at"]
        return self._within_reach(end) if end else None

    def _within_reach(self, moment: datetime) -> datetime:
        today = timezone.localdate(self.now)
        if moment.year < today.year or (moment.year <= today.year + 1 and timezone.localdate(moment) < today):
            raise forms.ValidationError(_t("Dit ligt in het verleden."))
        if moment.year > today.year + YEARS_AHEAD:
            raise forms.ValidationError(_t("Kies een dag binnen %(n)d jaar."), params={"n": YEARS_AHEAD})
        return moment

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        start, end, substitute = data.get("starts_at"), data.get("ends_at"), data.get("substitute")
        if start and end and end <= max(start, self.now):
            self.add_error("ends_at", _("De einddatum moet na de begindatum liggen, en na nu."))
        if substitute is not None and self.who is not None:
            if substitute == self.who:
                self.add_error("substitute", _("Kies een ander als vervanger."))
            elif not share_a_team(substitute, self.who):
                self.add_error("substitute", _("Deze collega werkt niet bij dezelfde afdeling."))
        if not self.errors and self.who is not None:
            self.refuse(Absence.objects.of(self.who).over(data["starts_at"], data["ends_at"]).first())
        return data

    def refuse(self, already: Absence | None) -> None:
        """Say which absence stands in the way, if one does."""
        if already is not None:
            self.add_error(None, clash(already))

    def save(self) -> Absence | None:
        """Write it down; None when somebody else did so a moment ago, and then the form says it."""
        data = self.cleaned_data
        assert self.who is not None
        try:
            return Absence.plan(
                user=self.who,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                substitute=data["substitute"],
                by=self.by,
            )
        except Overlap as overlap:
            self.refuse(overlap.already)
            return None


class AbsenceForm(OwnAbsenceForm):
    """The absence of a colleague of the own teams, written down by who looks after them."""

    user = PersonField(
        label=_("Medewerker"),
        empty_label=_("Kies een medewerker"),
        error_messages={"invalid_choice": _("Kies een medewerker uit de lijst.")},
    )
    field_order = ["user", "starts_at", "ends_at", "substitute"]

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data, by=by)
        named = self.people.prefetch_related("teams").order_by("last_name", "first_name", "pk")
        self._person("user").queryset = named
        self.fields["ends_at"].help_text = _("Leeg: einde nog onbekend.")

    @cached_property
    def people(self) -> "QuerySet[User]":
        return User.objects.looked_after_by(self.by)

    @property
    def who(self) -> User | None:
        person: User | None = getattr(self, "cleaned_data", {}).get("user")  # nobody before the form was sent
        return person


class EndForm(forms.Form):
    """Which absence is over or will not be, out of those this colleague may end."""

    absence = forms.ModelChoiceField(queryset=Absence.objects.none())

    def __init__(self, data: Any, *, by: User) -> None:
        super().__init__(data)
        field = self.fields["absence"]
        assert isinstance(field, forms.ModelChoiceField)
        mine = User.objects.filter(pk=by.pk) | User.objects.looked_after_by(by)
        field.queryset = Absence.objects.of_people(mine).select_related("user")


def clash(already: Absence) -> str:
    """Say from when until when somebody is away already."""
    until = words(already.ends_at) if already.ends_at else _t("onbekend")
    return _t("Er staat al afwezigheid van %(start)s tot %(end)s. Beëindig die eerst of kies andere momenten.") % {
        "start": words(already.starts_at),
        "end": until,
    }


def words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y H:i")
