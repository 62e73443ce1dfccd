"""When the office is open: the week, and the days on which it is closed besides."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms.stamp import Stamped
from accounts.models import ClosingDay, OpeningHours, hours_with
from accounts.worktime import OfficeHours, Stretch, public_holidays

SLOTS = 6  # stretches in a day, at most
YEARS_AHEAD = 5


@dataclass(frozen=True)
class Day:
    """The row of one weekday: its name, and a pair of fields for each stretch."""

    label: str
    slots: list[tuple[BoundField, BoundField]]
    errors: list[str]
    is_open: bool


class WeekForm(Stamped):
    """All opening hours at once. A day shows its stretches and room for one more; an empty day is closed."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for weekday in OpeningHours.Weekday:
            stretches = self.week_now.get(weekday, [])
            filled = max((slot for slot in range(SLOTS) if self._typed(weekday, slot)), default=-1)
            for slot in range(min(SLOTS, max(2, len(stretches) + 1, filled + 1))):
                known = stretches[slot] if slot < len(stretches) else ("", "")
                self._add(weekday, slot, known)

    @cached_property
    def week_now(self) -> dict[int, list[Stretch]]:
        return OpeningHours.week()

    def known(self) -> Any:
        return sorted(self.week_now.items())

    def _typed(self, weekday: int, slot: int) -> bool:
        return bool(self.is_bound and any(self.data.get(name) for name in names(weekday, slot)))

    def _add(self, weekday: int, slot: int, known: tuple[Any, Any]) -> None:
        day = OpeningHours.Weekday(weekday).label
        words = _t("%(day)s open vanaf, tijdvak %(n)d"), _t("%(day)s open tot, tijdvak %(n)d")
        for name, label, value in zip(names(weekday, slot), words, known, strict=True):
            self.fields[name] = forms.TimeField(
                label=(label % {"day": day, "n": slot + 1}).capitalize(),
                required=False,
                initial=value,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                error_messages={"invalid": _("Vul een tijd in, bijvoorbeeld 8:30.")},
            )

    @property
    def days(self) -> list[Day]:
        """Give the rows of the form, Monday first."""
        found = []
        for weekday in OpeningHours.Weekday:
            slots = [names(weekday, slot) for slot in range(SLOTS) if names(weekday, slot)[0] in self.fields]
            pairs = [(self[opens], self[closes]) for opens, closes in slots]
            errors = [str(error) for pair in pairs for field in pair for error in field.errors]
            is_open = any(field.value() for pair in pairs for field in pair)
            found.append(Day(str(OpeningHours.Weekday(weekday).label), pairs, errors, is_open))
        return found

    def clean(self) -> dict[str, Any]:
        for weekday in OpeningHours.Weekday:
            self._clean_day(weekday)
        if not self.errors and not any(self.week().values()):
            self.add_error(
                None, _("Het kantoor is nooit open. Dan kan er geen termijn aflopen: vul minstens een dag in.")
            )
        self.check_stamp()
        return self.cleaned_data

    def _clean_day(self, weekday: int) -> None:
        last: dt.time | None = None
        for opens, closes, name in sorted(self._stretches(weekday)):
            if opens >= closes:
                self.add_error(name, _("De sluitingstijd moet na de openingstijd liggen."))
            elif last is not None and opens < last:
                self.add_error(name, _("Dit tijdvak overlapt een ander tijdvak van deze dag."))
            last = max(last, closes) if last else closes
        for slot in range(SLOTS):
            first, second = names(weekday, slot)
            if first in self.cleaned_data and second in self.cleaned_data:
                begins, ends = self.cleaned_data[first], self.cleaned_data[second]
                if (begins is None) != (ends is None):
                    self.add_error(second if ends is None else first, _("Vul beide tijden in."))

    def _stretches(self, weekday: int) -> list[tuple[dt.time, dt.time, str]]:
        pairs = [names(weekday, slot) for slot in range(SLOTS)]
        found = [(self.cleaned_data.get(opens), self.cleaned_data.get(closes), closes) for opens, closes in pairs]
        return [(opens, closes, name) for opens, closes, name in found if opens is not None and closes is not None]

    def week(self) -> dict[int, list[Stretch]]:
        """Give what was filled in: the stretches of each weekday, in order."""
        days = {int(day): sorted((one[0], one[1]) for one in self._stretches(day)) for day in OpeningHours.Weekday}
        return {day: stretches for day, stretches in days.items() if stretches}

    def hours(self) -> OfficeHours | None:
        """Give the office hours as they would be, None while something is wrong with what was filled in."""
        return hours_with(self.week()) if self.is_valid() else None

    def save(self) -> None:
        OpeningHours.set_week(self.week())


def names(weekday: int, slot: int) -> tuple[str, str]:
    """Give the names of the two fields of a stretch."""
    return f"day{weekday}-{slot}-opens", f"day{weekday}-{slot}-closes"


class ClosingDayForm(forms.ModelForm):
    """A day to come on which this office is closed."""

    class Meta:
        model = ClosingDay
        fields = ["day", "name"]
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        error_messages = {"day": {"unique": _("Deze dag staat er al.")}}
        labels = {"name": _("Waarom")}

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        today = timezone.localdate()
        if day < today:
            raise ValidationError(_("Deze dag ligt in het verleden."))
        if day.year > today.year + YEARS_AHEAD:
            raise ValidationError(_("Kies een dag binnen %(n)d jaar."), params={"n": YEARS_AHEAD})
        if day in public_holidays(day.year):
            raise ValidationError(_("Dit is al een feestdag: dan is het kantoor gesloten."))
        return day


class DayForm(forms.Form):
    """Which closing day is meant."""

    day = forms.DateField()

    def closed(self, hours: OfficeHours) -> tuple[OfficeHours | None, dt.date | None]:
        """Give these hours without that day, and the day; nothing while it is no day of the next years."""
        day = self.cleaned_data["day"] if self.is_valid() else None
        today = timezone.localdate()
        if day is None or not today <= day <= today + dt.timedelta(days=366 * YEARS_AHEAD):
            return None, None
        return replace(hours, closed=hours.closed | {day}), day
