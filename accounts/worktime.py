"""Working time: minutes and days that count only while the office is open.

Every moment that comes in or goes out is timezone-aware; what comes out is UTC. A working day is a day with
opening hours that is no holiday: the Algemene termijnenwet, article 3 (5 May every year, Good Friday too), plus the
office's own closing days. Opening hours are local clock time, so a summer-time night shortens or lengthens nothing
that counts unless the office is open during it, and then by the real hour.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LOCAL = ZoneInfo("Europe/Amsterdam")
HORIZON_DAYS = 3660  # how far to look for an opening before deciding that there is none


class NeverOpen(Exception):
    """The opening hours hold no minute within ten years, so no term can end."""


@cache
def holiday_names(year: int) -> Mapping[dt.date, str]:
    """Give the public holidays of a year in order, with their Dutch names."""
    named = holidays.country_holidays("NL", years=year, categories=("public", "optional"), language="nl")
    return dict(sorted(named.items()))


@cache
def public_holidays(year: int) -> frozenset[dt.date]:
    """Give the holidays of a year: Algemene termijnenwet, article 3, lid 1 and 2 (not the days by decree of lid 3).

    Easter and Whit Sunday are among them: the law need not name them, being Sundays, and no office opens on them.
    """
    return frozenset(holiday_names(year))


Stretch = tuple[dt.time, dt.time]
Interval = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class OfficeHours:
    """When the office is open: stretches per weekday (Monday is 0) in local time, and days it is closed besides."""

    week: Mapping[int, tuple[Stretch, ...]]
    closed: frozenset[dt.date] = field(default_factory=frozenset)
    zone: ZoneInfo = LOCAL

    def works_on(self, day: dt.date) -> bool:
        """Say whether the office opens at all on that day."""
        return bool(self.week.get(day.weekday())) and day not in self.closed and day not in public_holidays(day.year)

    def intervals(self, day: dt.date) -> list[Interval]:
        """Give the open stretches of one local day, in UTC, in order, none over another; empty when closed."""
        if not self.works_on(day):
            return []
        found: list[Interval] = []
        for opens, closes in sorted(self.week[day.weekday()]):
            start, end = self._utc(day, opens), self._utc(day, closes)
            if found and start <= found[-1][1]:
                start, last = found.pop()
                end = max(end, last)
            found.append((start, end))
        return found

    def is_open(self, moment: dt.datetime) -> bool:
        moment = moment.astimezone(dt.UTC)
        day = moment.astimezone(self.zone).date()
        return any(start <= moment < end for start, end in self.intervals(day))

    def next_opening(self, moment: dt.datetime) -> dt.datetime:
        """Give the moment itself while the office is open, else the next time it opens. Raises NeverOpen."""
        moment = moment.astimezone(dt.UTC)
        for start, end in self._from(moment):
            if end > moment:
                return max(start, moment)
        raise NeverOpen

    def minutes_between(self, start: dt.datetime, end: dt.datetime) -> float:
        """Give the working minutes from start to end; negative when end lies before start."""
        # In UTC from here on: Python subtracts moments of one zone by their clocks, and loses the summer-time hour.
        start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        if end < start:
            return -self.minutes_between(end, start)
        total = dt.timedelta()
        last = end.astimezone(self.zone).date()
        day = start.astimezone(self.zone).date()
        while day <= last:
            for opens, closes in self.intervals(day):
                total += max(min(closes, end) - max(opens, start), dt.timedelta())
            day += dt.timedelta(days=1)
        return total.total_seconds() / 60

    def add_minutes(self, start: dt.datetime, minutes: float) -> dt.datetime:
        """Give the moment at which that many working minutes have passed since start. Raises NeverOpen.

        A term that ends exactly at closing time ends there, not at the next opening.
        """
        start = start.astimezone(dt.UTC)
        left = dt.timedelta(minutes=minutes)
        for opens, closes in self._from(start):
            begin = max(opens, start)
            if closes <= begin:
                continue
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        raise NeverOpen

    def add_days(self, start: dt.datetime, days: int) -> dt.datetime:
        """Give the same time of day that many working days on, moved into that day's opening hours. Raises NeverOpen.

        What comes in while the office is closed counts from the next opening.
        """
        begin = self.next_opening(start).astimezone(self.zone)
        day = begin.date()
        for _ in range(days):
            day = self._next(day, self.works_on)
        target = self._utc(day, begin.time().replace(tzinfo=None))
        intervals = self.intervals(day)
        for opens, closes in intervals:
            if target <= closes:
                return max(opens, target)
        return intervals[-1][1]

    def _utc(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=self.zone).astimezone(dt.UTC)

    def _from(self, moment: dt.datetime) -> Iterator[Interval]:
        day = moment.astimezone(self.zone).date()
        for _ in range(HORIZON_DAYS):
            yield from self.intervals(day)
            day += dt.timedelta(days=1)

    def _next(self, day: dt.date, fits: Callable[[dt.date], bool]) -> dt.date:
        for _ in range(HORIZON_DAYS):
            day += dt.timedelta(days=1)
            if fits(day):
                return day
        raise NeverOpen
