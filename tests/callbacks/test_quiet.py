"""Quiet hours: mail waits for the morning of a day the office opens, also in the nights the clock is moved."""

from datetime import UTC, date, datetime, time

import pytest

from accounts.models import ClosingDay, OpeningHours
from accounts.worktime import LOCAL
from callbacks.models import Policy
from callbacks.models.quiet import after_quiet
from tests import make

NIGHT = (time(18), time(7, 30))


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (local(2026, 11, 24, 10), local(2026, 11, 24, 10)),
        (local(2026, 11, 24, 17, 59), local(2026, 11, 24, 17, 59)),
        (local(2026, 11, 24, 18), local(2026, 11, 25, 7, 30)),
        (local(2026, 11, 25, 3), local(2026, 11, 25, 7, 30)),
        (local(2026, 11, 25, 7, 30), local(2026, 11, 25, 7, 30)),
        (local(2026, 11, 27, 20), local(2026, 11, 30, 7, 30)),  # a Friday
        (local(2026, 11, 28, 12), local(2026, 11, 30, 7, 30)),  # a Saturday
        (local(2026, 12, 24, 18), local(2026, 12, 28, 7, 30)),  # Christmas
        (local(2027, 3, 27, 23), local(2027, 3, 30, 7, 30)),  # Easter, and the clock goes forward
        (local(2027, 3, 28, 3, 30), local(2027, 3, 30, 7, 30)),
        (local(2027, 10, 29, 18), local(2027, 11, 1, 7, 30)),  # the clock goes back
        (local(2027, 10, 31, 2, 30), local(2027, 11, 1, 7, 30)),
        (local(2027, 10, 31, 2, 30, fold=1), local(2027, 11, 1, 7, 30)),
    ],
)
def test_mail_waits_for_the_morning_of_a_working_day(office: None, now: datetime, leaves: datetime) -> None:
    assert after_quiet(Policy(quiet_from=NIGHT[0], quiet_until=NIGHT[1]), now) == leaves


@pytest.mark.parametrize(
    ("until", "now", "leaves"),
    [
        (time(2, 30), local(2027, 10, 31, 0, 30), local(2027, 10, 31, 2, 30)),  # the first half past two
        (time(2, 30), local(2027, 10, 31, 2, 15, fold=1), local(2027, 10, 31, 2, 15, fold=1)),  # it was over
        (time(3, 30), local(2027, 10, 31, 2, 45, fold=1), local(2027, 10, 31, 3, 30)),
        (time(2, 30), local(2026, 3, 29, 0, 30), local(2026, 3, 29, 3, 30)),  # a half past two that never came
    ],
)
def test_the_night_itself_is_measured_by_real_time(office: None, until: time, now: datetime, leaves: datetime) -> None:
    OpeningHours.objects.create(weekday=6, opens=time(0), closes=time(23))
    assert after_quiet(Policy(quiet_from=time(22), quiet_until=until), now) == leaves


def test_a_stretch_within_a_day_and_an_own_closing_day(office: None) -> None:
    ClosingDay.objects.create(day=date(2026, 11, 25), name="Studiedag")
    lunch = Policy(quiet_from=time(12), quiet_until=time(13))
    assert after_quiet(lunch, local(2026, 11, 24, 12, 30)) == local(2026, 11, 24, 13)
    assert after_quiet(lunch, local(2026, 11, 25, 10)) == local(2026, 11, 26)


def test_without_quiet_hours_or_without_an_office_mail_leaves_at_once(db: None) -> None:
    now = local(2026, 11, 28, 3)
    assert after_quiet(Policy(quiet_from=NIGHT[0], quiet_until=NIGHT[1]), now) == now  # the office never opens
    make.office()
    assert after_quiet(Policy(quiet_from=None), now) == now
    assert after_quiet(Policy(quiet_until=None), now) == now
    assert after_quiet(Policy(quiet_from=time(8), quiet_until=time(8)), now) == now
