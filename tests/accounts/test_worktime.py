"""Working time, proven against the law's holidays and counted by hand around the edges."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.worktime import LOCAL, NeverOpen, OfficeHours, public_holidays

HOLIDAYS = Path(__file__).parent.parent / "data" / "feestdagen-atw-2024-2032.csv"
OFFICE = OfficeHours({day: ((time(8, 30), time(17)),) for day in range(5)})
AROUND_THE_CLOCK = OfficeHours({day: ((time(0), time(23, 59, 59)),) for day in range(7)})


def at(text: str) -> datetime:
    """Read a local moment: 2026-11-24 10:45."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize("year", range(2024, 2033))
def test_holidays_are_those_of_the_algemene_termijnenwet(year: int) -> None:
    with HOLIDAYS.open() as file:
        expected = {
            date.fromisoformat(row["datum"]) for row in csv.DictReader(file) if row["datum"].startswith(str(year))
        }
    sundays = public_holidays(year) - expected
    assert public_holidays(year) - sundays == expected
    assert len(sundays) == 2  # Easter and Whit Sunday, which the law need not name
    assert all(day.weekday() == 6 for day in sundays)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-24 10:45", 2, "2026-11-26 10:45"),  # the mock-up's promise
        ("2026-11-20 16:00", 2, "2026-11-24 16:00"),  # over a weekend
        ("2026-11-21 11:00", 2, "2026-11-25 08:30"),  # on Saturday: counts from Monday's opening
        ("2026-11-23 20:00", 1, "2026-11-25 08:30"),  # after closing: counts from the next opening
        ("2026-12-24 10:00", 1, "2026-12-28 10:00"),  # Christmas and a weekend in between
        ("2026-05-04 09:00", 1, "2026-05-06 09:00"),  # 5 May counts as a holiday every year
        ("2027-03-25 12:00", 1, "2027-03-30 12:00"),  # Good Friday to Easter Monday, and the clocks go forward
        ("2026-11-24 17:00", 1, "2026-11-26 08:30"),  # at closing time the office is closed
    ],
)
def test_add_days(start: str, days: int, due: str) -> None:
    assert OFFICE.add_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-20 16:00", 240, "2026-11-23 11:30"),
        ("2026-11-20 16:00", 60, "2026-11-20 17:00"),  # ends at closing time, not at the next opening
        ("2026-11-20 16:00", 61, "2026-11-23 08:31"),
        ("2026-11-22 03:00", 30, "2026-11-23 09:00"),
        ("2026-11-24 07:00", 0, "2026-11-24 08:30"),
    ],
)
def test_add_minutes(start: str, minutes: int, due: str) -> None:
    assert OFFICE.add_minutes(at(start), minutes) == at(due)


def test_own_closing_days_do_not_count() -> None:
    closed = OfficeHours(OFFICE.week, frozenset({date(2026, 11, 25)}))
    assert closed.add_days(at("2026-11-24 10:45"), 2) == at("2026-11-27 10:45")
    assert closed.minutes_between(at("2026-11-24 16:00"), at("2026-11-26 09:30")) == 120


def test_two_stretches_a_day() -> None:
    office = OfficeHours({0: ((time(13), time(17)), (time(9), time(12)))})
    assert office.add_minutes(at("2026-11-23 11:30"), 60) == at("2026-11-23 13:30")
    assert office.minutes_between(at("2026-11-23 11:30"), at("2026-11-23 13:30")) == 60
    assert office.add_days(at("2026-11-23 11:30"), 1) == at("2026-11-30 11:30")


def test_stretches_that_overlap_count_once() -> None:
    morning, noon, within = (time(9), time(12)), (time(11), time(13)), (time(11, 30), time(11, 45))
    office = OfficeHours({0: (morning, noon, within, (time(13), time(14)))})
    (only,) = office.intervals(date(2026, 11, 23))
    assert only == (at("2026-11-23 09:00"), at("2026-11-23 14:00"))
    assert office.minutes_between(at("2026-11-23 00:00"), at("2026-11-23 23:00")) == 5 * 60
    assert office.add_minutes(at("2026-11-23 09:00"), 240) == at("2026-11-23 13:00")


def test_a_target_after_closing_becomes_closing_time() -> None:
    late_night = OfficeHours({3: ((time(8, 30), time(20)),), 4: ((time(8, 30), time(17)),)})
    assert late_night.add_days(at("2026-11-26 19:00"), 1) == at("2026-11-27 17:00")


def test_the_night_the_clocks_go_forward_has_23_hours() -> None:
    start, end = at("2026-03-29 00:00"), at("2026-03-29 23:59:59")
    assert AROUND_THE_CLOCK.minutes_between(start, end) == pytest.approx(23 * 60, abs=0.1)


def test_the_night_the_clocks_go_back_has_25_hours() -> None:
    start, end = at("2027-10-31 00:00"), at("2027-10-31 23:59:59")
    assert AROUND_THE_CLOCK.minutes_between(start, end) == pytest.approx(25 * 60, abs=0.1)


@pytest.mark.parametrize(
    ("friday", "minutes"),
    [("2027-10-29 16:00", 60 + 90), ("2026-10-23 16:00", 60 + 90), ("2024-03-29 16:00", 0)],  # the last: Easter
)
def test_a_weekend_with_a_change_of_clocks_changes_no_term(friday: str, minutes: int) -> None:
    monday = at(friday) + timedelta(days=2, hours=18)
    assert monday.utcoffset() != at(friday).utcoffset()
    assert OFFICE.minutes_between(at(friday), monday) == minutes


def test_an_office_that_never_opens_has_no_terms() -> None:
    with pytest.raises(NeverOpen):
        OfficeHours({}).add_minutes(at("2026-11-24 10:00"), 1)
    with pytest.raises(NeverOpen):
        OfficeHours({}).add_days(at("2026-11-24 10:00"), 1)


moments = st.integers(0, 8 * 365 * 24 * 60).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(start=moments, minutes=st.integers(0, 5000))
@settings(max_examples=60)
def test_what_is_added_can_be_counted_back(start: datetime, minutes: int) -> None:
    end = OFFICE.add_minutes(start, minutes)
    assert OFFICE.minutes_between(start, end) == pytest.approx(minutes)


@given(start=moments, days=st.integers(0, 30))
@settings(max_examples=60)
def test_a_term_ends_while_the_office_is_open(start: datetime, days: int) -> None:
    due = OFFICE.add_days(start, days)
    day = due.astimezone(LOCAL).date()
    assert OFFICE.works_on(day)
    assert any(opens <= due <= closes for opens, closes in OFFICE.intervals(day))


@given(start=moments, days=st.integers(1, 10))
@settings(max_examples=40)
def test_a_later_start_is_never_due_earlier(start: datetime, days: int) -> None:
    assert OFFICE.add_days(start, days) <= OFFICE.add_days(start + timedelta(minutes=37), days)
