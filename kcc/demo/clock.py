"""Moments for the demo: in the ninety days behind us, in the rhythm of an office, seen from any hour of the week."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from accounts.worktime import LOCAL, OfficeHours

DAYS = 90
STARTED_AT, ENDS_AT = 0.55, 1.75  # the office takes its teams in one by one, so each week is busier than the one before
WEEKDAYS = {
    "office": (1.3, 1.05, 1.0, 1.0, 0.85, 0.0, 0.0),
    "home": (1.2, 1.0, 1.0, 0.95, 0.85, 0.25, 0.3),
}
# How busy each hour is, from the first hour named on.
HOURS = {
    "phone": (8, (0.8, 1.4, 1.5, 1.2, 0.8, 1.0, 1.1, 1.0, 0.8)),
    "desk": (9, (1.2, 1.3, 1.2, 0.9, 1.0, 1.1, 1.0, 0.5)),
    "chat": (9, (0.8, 1.0, 1.1, 1.2, 1.0, 1.0, 0.9, 0.6)),
    "email": (7, (0.5, 0.9, 1.2, 1.2, 1.0, 0.7, 0.8, 0.9, 0.9, 0.8, 0.6, 0.5, 0.9, 1.1, 0.9, 0.5)),
    "web": (7, (0.4, 0.7, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.7, 0.7, 1.1, 1.3, 1.1, 0.6)),
    "social": (8, (0.8, 0.9, 1.0, 1.0, 1.1, 0.8, 0.8, 0.9, 1.0, 1.0, 0.9, 1.1, 1.2, 1.0)),
}
IN_OFFICE = {"phone", "desk", "chat"}


class Clock:
    """What time it is, and how to find another time from there; every moment is UTC."""

    def __init__(self, now: datetime, hours: OfficeHours) -> None:
        self.now = now.astimezone(UTC).replace(second=0, microsecond=0)
        self.hours = hours
        today = self.now.astimezone(LOCAL).date()
        self._days = [today - timedelta(days=ago) for ago in range(DAYS, -1, -1)]
        self._weights = {place: [self._weight(place, day) for day in self._days] for place in WEEKDAYS}

    def _weight(self, place: str, day: date) -> float:
        if place == "office" and not self.hours.works_on(day):
            return 0.0
        growth = STARTED_AT + (ENDS_AT - STARTED_AT) * self._days.index(day) / DAYS
        return WEEKDAYS[place][day.weekday()] * growth

    def progress(self, moment: datetime) -> float:
        """Give how far through the ninety days a moment is: 0.0 to 1.0."""
        return 1 - min(max((self.now - moment) / timedelta(days=DAYS), 0.0), 1.0)

    def moment(self, rng: Random, channel: str, *, before: datetime | None = None) -> datetime:
        """Give a moment at which a citizen may have come by this channel, some minutes before now or before that."""
        limit = min(before or self.now, self.now) - timedelta(minutes=25)
        place = "office" if channel in IN_OFFICE else "home"
        first, weights = HOURS[channel]
        while True:
            day = rng.choices(self._days, self._weights[place])[0]
            hour = first + rng.choices(range(len(weights)), weights)[0]
            moment = at(day, time(hour, rng.randrange(60), rng.randrange(60)))
            if moment <= limit and (place == "home" or self.hours.is_open(moment)):
                return moment

    def back(self, minutes: float, *, start: datetime | None = None) -> datetime:
        """Give the moment that lies that many working minutes before start, or before now."""
        left = timedelta(minutes=minutes)
        end = start or self.now
        day = end.astimezone(LOCAL).date()
        while True:
            for opens, closes in reversed(self.hours.intervals(day)):
                closes = min(closes, end)
                if closes - opens >= left:
                    return closes - left
                left -= max(closes - opens, timedelta())
            day -= timedelta(days=1)

    def days_before(self, moment: datetime, days: int) -> datetime:
        """Give the same time of day that many working days earlier: what OfficeHours.add_days undoes."""
        local = moment.astimezone(LOCAL)
        return at(self.working_day(local.date(), -days), local.time())

    def working_day(self, day: date, steps: int) -> date:
        """Give the working day that many working days after a day, or before it."""
        direction = timedelta(days=1 if steps > 0 else -1)
        for _ in range(abs(steps)):
            day += direction
            while not self.hours.works_on(day):
                day += direction
        return day

    def today(self) -> tuple[datetime, datetime]:
        """Give from when to when "today" is: what is left of the working day, or the next one when little is left."""
        start = self.hours.next_opening(self.now)
        end = self._closing(start)
        if end - start < timedelta(hours=1):
            start = self.hours.next_opening(end)
            end = self._closing(start)
        return start, end

    def _closing(self, moment: datetime) -> datetime:
        return self.hours.intervals(moment.astimezone(LOCAL).date())[-1][1]

    def between(self, rng: Random, start: datetime, end: datetime) -> datetime:
        """Give a working moment from start to end, each minute as likely as the other; start when there is none."""
        minutes = int(self.hours.minutes_between(start, end))
        return self.hours.add_minutes(start, rng.uniform(0.5, minutes)) if minutes > 0 else start


def at(day: date, clock: time) -> datetime:
    """Give a local time of day in UTC, by the minute's second."""
    return datetime.combine(day, clock.replace(microsecond=0), tzinfo=LOCAL).astimezone(UTC)
