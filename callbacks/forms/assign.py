"""To whom callbacks go, one or many that were ticked."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, Team, User
from accounts.models.absence import stands_in
from accounts.uuids import as_uuid
from callbacks.models import Addressee, Burden, Callback
from callbacks.who import AddresseeField, away_words

MOST = 50  # as many as a page of the list holds


def there(who: Addressee | None) -> Addressee | None:
    """Give who was chosen, when they are there to do it; of who is away the error names who stands in."""
    now = timezone.now()
    away = Absence.objects.now(now=now).of(who.person).first() if who and who.person else None
    if away is None or who is None or who.person is None:
        return who
    named = {"who": who.person.short_name, "away": away_words(Burden(0, away.ends_at, is_away=True))}
    acting = stands_in(who.person, now=now)
    if acting is None:
        raise ValidationError(_("%(who)s is %(away)s. Kies een ander, of de afdeling."), params=named)
    named["acting"] = acting.short_name
    raise ValidationError(_("%(who)s is %(away)s. Kies %(acting)s, de vervanger."), params=named)


class AssignForm(forms.Form):
    """To whom a callback goes; taking it from somebody, or to another team, needs a reason."""

    who = AddresseeField(label=_("Afdeling of medewerker"))
    reason = forms.CharField(label=_("Reden"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, team: Team | None = None, held_by: User | None = None, **kwargs: Any
    ) -> None:
        """Take the department that has it, and who in it."""
        super().__init__(data, **kwargs)
        self.team, self.held_by = team, held_by
        who = self.fields["who"]
        assert isinstance(who, AddresseeField)
        who.offer(team, chosen=lambda: self["who"].value(), blank=_("Kies een afdeling of medewerker"))

    def clean_who(self) -> Addressee | None:
        return there(self.cleaned_data["who"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        who = data.get("who")
        if who is None or data.get("reason") or "reason" in self.errors:
            return data
        if self.team and who.team != self.team:
            self.add_error("reason", _("Schrijf waarom een andere afdeling dit moet oppakken."))
        elif self.held_by and who.person != self.held_by:
            self.add_error("reason", _("Schrijf waarom je dit verzoek overdraagt."))
        return data


class BulkForm(forms.Form):
    """What to do with the callbacks that were ticked in the list."""

    action = forms.ChoiceField(choices=[("assign", _("Toewijzen")), ("remind", _("Herinneren"))])
    key = forms.UUIDField()
    who = AddresseeField(label=_("Afdeling of medewerker"), required=False)
    reason = forms.CharField(label=_("Reden"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, near: Team | None = None, **kwargs: Any) -> None:
        """Take the department of which the people are on offer, if the list shows one."""
        super().__init__(data, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, AddresseeField)
        who.offer(near, chosen=lambda: self["who"].value(), blank=_("Kies een afdeling of medewerker"))

    def clean_who(self) -> Addressee | None:
        return there(self.cleaned_data["who"])

    @property
    def assigns(self) -> bool:
        return bool(self.data.get("action") == "assign")

    @property
    def chosen(self) -> list[UUID]:
        """Give the uuids that were ticked, at most as many as a page holds."""
        ticked = self.data.getlist("chosen") if isinstance(self.data, QueryDict) else []
        return list(dict.fromkeys(uuid for text in ticked if (uuid := as_uuid(text))))[:MOST]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.chosen:
            raise ValidationError(_("Kies eerst een of meer verzoeken."))
        if data.get("action") == "assign" and "who" in data and not data["who"]:
            self.add_error("who", _("Kies aan wie je toewijst."))
        return data

    def is_valid_for(self, rows: list[Callback]) -> bool:
        """Say whether this can be done to these rows; the reason is needed when one of them leaves its team."""
        who = self.cleaned_data.get("who") if self.is_valid() else None
        if who and not self.cleaned_data["reason"] and any(row.team_id != who.team.pk for row in rows):
            self.add_error("reason", _("Schrijf waarom een andere afdeling dit moet oppakken."))
        return self.is_valid()
