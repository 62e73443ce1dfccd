"""Planning: when each reminder of a promise is due, by the policy of the department, once a term."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.worktime import LOCAL
from callbacks.models import Callback, Policy, Postponement, Reminder
from contacts.models import Outcome
from tests import make


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL)


def policy(team=None, **fields) -> Policy:
    made = Policy.objects.create(team=team, **fields)
    forget_everything()
    return made


def promised(jansen, start: datetime, due_at: datetime, **fields) -> Callback:
    """Make a callback that was asked for and is due at these moments."""
    made = make.callback(make.contact(jansen, outcome=Outcome.CALLBACK), **fields)
    Callback.objects.filter(pk=made.pk).update(requested_at=start, due_at=due_at)
    made.refresh_from_db()
    made.reminders.all().delete()
    made.plan_reminders()
    return made


def moments(callback) -> dict[str, datetime]:
    return {row.occurrence: row.next_attempt_at.astimezone(LOCAL) for row in callback.reminders.all()}


def test_a_promise_is_reminded_in_percents_of_its_working_time(office, parkeren, jansen):
    monday = promised(jansen, local(2026, 11, 23, 8, 30), local(2026, 11, 24, 17))
    assert moments(monday) == {
        "new": local(2026, 11, 23, 8, 30),
        "half": local(2026, 11, 23, 17),
        "almost": local(2026, 11, 24, 15, 18),
        "late": local(2026, 11, 24, 17),
        "lead": local(2026, 11, 25, 17),
    }


def test_a_policy_of_the_department_wins_and_what_it_leaves_out_is_not_planned(office, parkeren, jansen):
    policy(first_percent=10)
    policy(parkeren, first_percent=None, second_percent=80, lead_percent=None)
    found = promised(jansen, local(2026, 11, 23, 8, 30), local(2026, 11, 23, 17))
    assert set(moments(found)) == {"new", "almost", "late"}
    assert moments(found)["almost"] == local(2026, 11, 23, 15, 18)


def test_a_policy_that_changes_later_and_a_move_to_another_department_move_nothing(office, parkeren, jansen, sam):
    policy(parkeren)
    found = promised(jansen, local(2026, 11, 23, 8, 30), local(2026, 11, 24, 17))
    before = moments(found)
    Policy.objects.update(first_percent=20, second_percent=30, lead_percent=400)
    forget_everything()
    found.plan_reminders()
    found.assign(team=sam.teams.get(), assignee=None, reason="", by=None)
    after = moments(found)
    assert {name: after[name] for name in before} == before


def test_a_term_without_working_time_is_measured_by_the_clock(office, parkeren, jansen):
    found = promised(jansen, local(2026, 11, 21, 10), local(2026, 11, 22, 10))  # a weekend
    assert moments(found)["half"] == local(2026, 11, 21, 22)
    assert moments(found)["lead"] == local(2026, 11, 22, 22)


@pytest.mark.parametrize(
    ("start", "due_at", "half"),
    [
        (local(2027, 3, 25, 16), local(2027, 3, 30, 9, 30), local(2027, 3, 25, 17)),  # it is Easter
        (local(2027, 10, 29, 16), local(2027, 11, 1, 9, 30), local(2027, 10, 29, 17)),
    ],
)
def test_a_night_in_which_the_clock_is_moved_counts_no_minute(office, parkeren, jansen, start, due_at, half):
    found = promised(jansen, start, due_at)
    assert moments(found)["half"] == half
    assert moments(found)["late"] == due_at


@pytest.mark.parametrize(
    ("day", "hours"),
    [((2027, 3, 28), 23), ((2027, 10, 31), 25)],
)
def test_an_office_that_never_closes_counts_the_real_hours_of_that_night(parkeren, jansen, day, hours):
    make.office()
    from_midnight = local(*day)
    to_midnight = local(*day) + timedelta(days=1)
    found = promised(jansen, from_midnight, to_midnight)  # a Sunday: measured by the clock, which is real time
    assert to_midnight.astimezone(UTC) - from_midnight.astimezone(UTC) == timedelta(hours=hours)
    assert moments(found)["half"].astimezone(UTC) == from_midnight.astimezone(UTC) + timedelta(hours=hours) / 2


def test_after_a_postponement_each_is_due_once_in_the_new_term(callback, rachid):
    callback.reminders.filter(occurrence__in=["new", "half"]).update(done_at=timezone.now())
    until = callback.due_at + timedelta(days=7)
    assert Postponement.agree(callback, until=until, reason="Volgende week", by=rachid)
    assert set(moments(callback)) == {"new", "half", "half:2", "almost:2", "late:2", "lead:2"}
    assert moments(callback)["late:2"] == until
    assert Postponement.agree(callback, until=until + timedelta(days=1), reason="Nog een dag", by=rachid)
    assert set(moments(callback)) == {"new", "half", "half:3", "almost:3", "late:3", "lead:3"}
    callback.plan_reminders()
    assert callback.reminders.count() == 6


def test_who_is_telling_it_while_it_is_postponed_tells_nothing(callback, rachid):
    callback.reminders.exclude(occurrence="late").delete()
    callback.reminders.update(next_attempt_at=timezone.now())
    [held] = Reminder.objects.claim(now=timezone.now())
    assert Postponement.agree(callback, until=callback.due_at + timedelta(days=7), reason="Later", by=rachid)
    assert not held.send(now=timezone.now())
    assert not rachid.notifications.exists()
    assert callback.reminders.get(occurrence="late:2").done_at is None


def test_planning_takes_two_questions(callback, django_assert_num_queries):
    callback.reminders.all().delete()
    with django_assert_num_queries(2):
        callback.plan_reminders()
