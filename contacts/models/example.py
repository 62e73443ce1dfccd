"""What a norm means in practice: when something would be done that comes in at a telling moment."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.worktime import LOCAL, NeverOpen, OfficeHours
from contacts.models.norm import Norm

FRIDAY, AFTERNOON = 4, time(16)
AHEAD = 120  # days in which to look for a day that is closed besides


@dataclass(frozen=True)
class Example:
    """A moment at which something comes in, and until when the norm gives; no moment when the office never opens."""

    label: str
    start: datetime
    due: datetime | None


def examples(norm: Norm, *, now: datetime, hours: OfficeHours | None = None) -> list[Example]:
    """Give what this norm means for now, for Friday afternoon and for the day before the office is closed."""
    hours = hours or office_hours()
    return [Example(label, start, due(norm, start, hours)) for label, start in telling_moments(hours, now=now)]


def due(norm: Norm, start: datetime, hours: OfficeHours) -> datetime | None:
    """Give when something that came in then is due, None when it never would be."""
    try:
        return norm.due(start, hours=hours)
    except (NeverOpen, OverflowError):
        return None


def telling_moments(hours: OfficeHours, *, now: datetime, closing: date | None = None) -> list[tuple[str, datetime]]:
    """Give the moments at which people see what a norm does, each with why; closing is the day it is about, if any."""
    today = now.astimezone(LOCAL).date()
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)
    found = [(_("Nu"), now), (_("Vrijdagmiddag"), _afternoon(friday))]
    eve = working_day_before(hours, closing) if closing else eve_of_closing(hours, today=today)
    if eve and eve > today and eve != friday:
        found.append((_("Dag voor een sluiting"), _afternoon(eve)))
    return found


def eve_of_closing(hours: OfficeHours, *, today: date) -> date | None:
    """Give the last working day before the office is closed next on a day of the week on which it is open."""
    days = (today + timedelta(days=ahead) for ahead in range(1, AHEAD))
    closed = next((one for one in days if hours.week.get(one.weekday()) and not hours.works_on(one)), None)
    return working_day_before(hours, closed) if closed else None


def working_day_before(hours: OfficeHours, day: date) -> date | None:
    """Give the last day before this one on which the office is open."""
    days = (day - timedelta(days=back) for back in range(1, AHEAD))
    return next((one for one in days if hours.works_on(one)), None)


def _afternoon(day: date) -> datetime:
    return datetime.combine(day, AFTERNOON, tzinfo=LOCAL)
