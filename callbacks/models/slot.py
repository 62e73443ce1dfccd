"""The moments from which a citizen chooses when to be called: pieces of the office's opening hours, within the norm."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.worktime import LOCAL

LENGTH = timedelta(hours=2)
SHORTEST = timedelta(hours=1)  # what is left of a day is a slot of its own from here on
QUARTER = timedelta(minutes=15)
DAYS = 14  # as far ahead as anybody chooses


@dataclass(frozen=True)
class Slot:
    """One such moment, in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def offered(cls, *, due_at: datetime, now: datetime) -> "list[Slot]":
        """Give those from tomorrow on that end before something is due; what is left of today when there are none."""
        today = now.astimezone(LOCAL).date()
        last = min(due_at.astimezone(LOCAL).date(), today + timedelta(days=DAYS))
        later: list[Slot] = []
        for n in range(1, (last - today).days + 1):
            later += cls._of_day(today + timedelta(days=n), begin=now, end=due_at)
        return later or cls._of_day(today, begin=now, end=due_at)

    @classmethod
    def _of_day(cls, day: date, *, begin: datetime, end: datetime) -> "list[Slot]":
        found: list[Slot] = []
        for opens, closes in office_hours().intervals(day):
            start, stop = max(opens, _quarter(begin)), min(closes, end.astimezone(UTC))
            if stop - start >= SHORTEST:
                found += cls._pieces(start, stop)
        return found

    @classmethod
    def _pieces(cls, start: datetime, stop: datetime) -> "list[Slot]":
        """Give a stretch of opening hours in pieces; a last one that is too short belongs to the one before."""
        found: list[Slot] = []
        while stop - start >= SHORTEST:
            end = min(start + LENGTH, stop)
            end = stop if stop - end < SHORTEST else end
            found.append(cls(start, end))
            start = end
        return found

    @property
    def value(self) -> str:
        return f"{self.start:%Y%m%dT%H%M}"

    @property
    def day(self) -> str:
        """Give the day in words: dinsdag 24 november."""
        return date_format(self.start.astimezone(LOCAL), "l j F")

    @property
    def hours(self) -> str:
        """Give the times by the clock on the wall: 10:30 – 12:30."""
        return f"{self.clock_start:%H:%M} – {self.clock_end:%H:%M}"

    @property
    def clock_start(self) -> time:
        return self.start.astimezone(LOCAL).time()

    @property
    def clock_end(self) -> time:
        return self.end.astimezone(LOCAL).time()

    @property
    def answer(self) -> tuple[str, str]:
        """Give the question to which this is the answer, and the answer."""
        return _("Gewenst moment"), str(self)

    def __str__(self) -> str:
        return f"{self.day}, {self.hours}"


def _quarter(moment: datetime) -> datetime:
    """Give the first quarter of an hour from this moment on, in UTC."""
    moment = moment.astimezone(UTC)
    over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + QUARTER if over else moment
