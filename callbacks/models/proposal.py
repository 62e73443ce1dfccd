from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.worktime import LOCAL, NeverOpen, OfficeHours
from callbacks.models.callback import Callback
from callbacks.models.result import Result

LATE_IN_THE_DAY, AFTER_LUNCH, NINE = time(16, 30), time(14), time(9)
BEFORE_CLOSING = timedelta(minutes=30)
OFFERED = 3
NOON = 12

Moment = tuple[str, datetime | None]


@dataclass(frozen=True)
class Proposal:
    """A moment to offer, always in office hours, under a name that is true on the day itself."""

    name: str
    label: str
    at: datetime
    reachable: bool
    is_elsewhen: bool = False  # on a part of a day on which nobody tried yet

    @classmethod
    def of(cls, callback: Callback, *, now: datetime) -> "list[Proposal]":
        """Give when to try again after a miss now: in an hour or later today, and on the next working day.

        At most three; of two in the same afternoon the first.
        """
        local, hours = now.astimezone(LOCAL), office_hours()
        soon = _in_an_hour(hours, local)
        late = None if soon and _part(soon) == _part(local.replace(hour=NOON)) else _afternoon(hours, local)
        moments = [("hour", soon), ("afternoon", late), *_next_day(hours, local)]
        tried = [attempt.at for attempt in callback.attempts.all() if attempt.result != Result.SPOKEN]
        return _named(callback, moments, now=now, tried=[*tried, now])

    @classmethod
    def later(cls, callback: Callback, *, now: datetime) -> "list[Proposal]":
        """Give until when a citizen may agree to wait: after what was promised, or after now if that is past."""
        start, hours = max(now, callback.due_at).astimezone(LOCAL), office_hours()
        return _named(callback, [("afternoon", _afternoon(hours, start)), *_next_day(hours, start)], now=now)

    @staticmethod
    def first(proposals: "list[Proposal]", *, callback: Callback) -> "Proposal | None":
        """Give which to propose: when the citizen can be reached, on another part of a day if the policy asks."""
        reachable = [one for one in proposals if one.reachable]
        elsewhen = [one for one in reachable if one.is_elsewhen]
        asked = min(callback.policy.day_parts, callback.policy.max_attempts) > 1
        return next(iter(elsewhen if asked and elsewhen else reachable), None)


def _named(
    callback: Callback, moments: list[Moment], *, now: datetime, tried: Iterable[datetime] = ()
) -> list[Proposal]:
    parts = {_part(one) for one in tried}
    found: dict[datetime, Proposal] = {}
    for name, moment in moments:
        at = _in_reach(callback, moment) if moment else None
        if at is not None and at not in found:
            label = _("Over 1 uur") if name == "hour" else _day_and_part(at, now)
            found[at] = Proposal(name, label, at, callback.reachable_at(at), _part(at) not in parts)
    return list(found.values())[:OFFERED]


def _in_reach(callback: Callback, at: datetime) -> datetime:
    """Give this moment, or later in the same part of the day if only then the citizen can be reached."""
    start, local = callback.reachable_from, at.astimezone(LOCAL)
    if start is None or local.time() >= start:
        return at
    moved = _clock(local, start)
    return moved if _part(moved) == _part(local) and office_hours().is_open(moved) else at


def _part(moment: datetime) -> tuple[object, bool]:
    local = moment.astimezone(LOCAL)
    return local.date(), local.hour >= NOON


def _in_an_hour(hours: OfficeHours, local: datetime) -> datetime | None:
    at = local.astimezone(UTC) + timedelta(hours=1)
    return at if hours.is_open(at) else None


def _afternoon(hours: OfficeHours, local: datetime) -> datetime | None:
    """Give half past four, or half an hour before closing where that is earlier, while it is still to come."""
    stretches = hours.intervals(local.date())
    if not stretches:
        return None
    at = min(_clock(local, LATE_IN_THE_DAY), stretches[-1][1].astimezone(LOCAL) - BEFORE_CLOSING)
    return at if at > local and at.hour >= NOON and hours.is_open(at) else None


def _next_day(hours: OfficeHours, local: datetime) -> list[Moment]:
    """Give nine and two o'clock on the next working day; when the office opens later, that."""
    try:
        opening = hours.next_opening(_clock(local + timedelta(days=1), time())).astimezone(LOCAL)
        morning = hours.next_opening(max(opening, _clock(opening, NINE))).astimezone(LOCAL)
    except NeverOpen:
        return []
    noon = _clock(morning, AFTER_LUNCH)
    elsewhen = _part(noon) != _part(morning) and hours.is_open(noon)
    return [("morning", morning), ("noon", noon if elsewhen else None)]


def _clock(local: datetime, clock: time) -> datetime:
    return local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def _day_and_part(at: datetime, now: datetime) -> str:
    """Give the name of a part of a day, seen from now: Vanmiddag, Morgenochtend, Maandagmiddag."""
    local = at.astimezone(LOCAL)
    days = (local.date() - now.astimezone(LOCAL).date()).days
    if days == 0:
        return _("Vanochtend") if local.hour < NOON else _("Vanmiddag")
    if days == 1:
        return _("Morgenochtend") if local.hour < NOON else _("Morgenmiddag")
    day = date_format(local, "l").capitalize()
    return (_("%(day)sochtend") if local.hour < NOON else _("%(day)smiddag")) % {"day": day}
