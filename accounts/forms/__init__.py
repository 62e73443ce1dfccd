"""What a colleague sets for themselves, and what those who may set for the office."""

from accounts.forms.absence import AbsenceForm, EndForm, OwnAbsenceForm
from accounts.forms.choice import UuidChoiceField
from accounts.forms.hours import ClosingDayForm, DayForm, WeekForm
from accounts.forms.own import AvailabilityForm, LanguageForm, SettingsForm, ThemeForm
from accounts.forms.stamp import Stamped, saved, stamp_of

__all__ = [
    "AbsenceForm", "AvailabilityForm", "ClosingDayForm", "DayForm", "EndForm", "LanguageForm", "OwnAbsenceForm",
    "SettingsForm", "Stamped", "ThemeForm", "UuidChoiceField", "WeekForm", "saved", "stamp_of",
]  # fmt: skip
