"""When mail may leave: not at night, and not on days on which nobody reads it."""

from datetime import UTC, date, datetime, time, timedelta

from accounts.models import office_hours
from accounts.worktime import LOCAL, OfficeHours
from callbacks.models.policy import Policy

DAY = timedelta(days=1)
FAR = 400  # days to look ahead for one on which the office opens


def after_quiet(policy: Policy, now: datetime) -> datetime:
    """Give the moment itself when mail may leave then, else the end of the quiet time, on a day the office opens.

    Days on which the office stays closed are quiet as a whole. Without quiet hours mail leaves at any time.
    """
    if policy.quiet_from is None or policy.quiet_until is None or policy.quiet_from == policy.quiet_until:
        return now
    hours, moment = office_hours(), now
    for _ in range(FAR):
        open_day = _next_working_day(hours, moment)
        if open_day is None:
            return now
        later = _end_of_quiet(policy.quiet_from, policy.quiet_until, open_day)
        if later == moment:
            return moment
        moment = later
    return now


def _end_of_quiet(begins: time, ends: time, moment: datetime) -> datetime:
    """Give when the quiet stretch that holds this moment ends, else the moment.

    It is compared by real time: in one night of the year the clock shows an hour twice, in another it skips one.
    """
    today = moment.astimezone(LOCAL).date()
    for day in (today - DAY, today):
        start = clock_on(day, begins)
        end = clock_on(day if begins < ends else day + DAY, ends)
        if start <= moment < end:
            return end
    return moment


def _next_working_day(hours: OfficeHours, moment: datetime) -> datetime | None:
    """Give the moment itself on a working day, else the midnight that begins the next; None when there never is one."""
    day = moment.astimezone(LOCAL).date()
    if hours.works_on(day):
        return moment
    for _ in range(FAR):
        day += DAY
        if hours.works_on(day):
            return clock_on(day, time.min)
    return None


def clock_on(day: date, clock: time) -> datetime:
    """Give the moment at which the office's clock shows this time on that day, in UTC."""
    return datetime.combine(day, clock, tzinfo=LOCAL).astimezone(UTC)
