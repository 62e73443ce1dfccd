from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.worktime import LOCAL, NeverOpen, OfficeHours
from callbacks.models.callback import Callback

AFTERNOON = time(16, 30)
BEFORE_CLOSING = timedelta(minutes=30)


@dataclass(frozen=True)
class Proposal:
    """A moment to offer for the next attempt, always in office hours, under a name that is true on the day itself."""

    name: str
    label: str
    at: datetime
    reachable: bool

    @classmethod
    def of(cls, callback: Callback, *, now: datetime) -> "list[Proposal]":
        """Give those there are of: in an hour, this afternoon, and the morning of the next working day."""
        local, hours = now.astimezone(LOCAL), office_hours()
        morning = _morning(hours, local)
        offered = [
            ("hour", _("Over 1 uur"), _in_an_hour(hours, local)),
            ("afternoon", _("Vanmiddag"), _afternoon(hours, local)),
            ("morning", _next_day(local, morning) if morning else "", morning),
        ]
        return [cls(name, label, at, callback.reachable_at(at)) for name, label, at in offered if at]


def _in_an_hour(hours: OfficeHours, local: datetime) -> datetime | None:
    at = local.astimezone(UTC) + timedelta(hours=1)
    return at if hours.is_open(at) else None


def _afternoon(hours: OfficeHours, local: datetime) -> datetime | None:
    """Give half past four, or half an hour before closing where that is earlier, while it is still to come."""
    stretches = hours.intervals(local.date())
    if not stretches:
        return None
    late = local.replace(hour=AFTERNOON.hour, minute=AFTERNOON.minute, second=0, microsecond=0)
    at = min(late, stretches[-1][1].astimezone(LOCAL) - BEFORE_CLOSING)
    return at if at > local and at.hour >= 12 and hours.is_open(at) else None


def _morning(hours: OfficeHours, local: datetime) -> datetime | None:
    """Give nine o'clock on the next working day, or when the office opens where that is later."""
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        opening = hours.next_opening(midnight).astimezone(LOCAL)
        return hours.next_opening(max(opening, opening.replace(hour=9, minute=0))).astimezone(LOCAL)
    except NeverOpen:
        return None


def _next_day(local: datetime, at: datetime) -> str:
    if (at.date() - local.date()).days > 1:
        return _("Volgende werkdag")
    return _("Morgenochtend") if at.hour < 12 else _("Morgen")
