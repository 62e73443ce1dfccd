"""Each figure against a count by hand."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from accounts.worktime import LOCAL
from callbacks.models import Callback
from contacts.models import Contact, Outcome
from insights import figures
from insights.charts import bars, chart
from insights.figures import Scope, Share
from tests import make

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def _at_work(office):
    with time_machine.travel(TUESDAY, tick=False):
        yield


def due(moment, **fields):
    made = make.callback(make.contact(outcome=Outcome.CALLBACK), **fields)
    Callback.objects.filter(pk=made.pk).update(due_at=moment, requested_at=moment - timedelta(days=3))
    made.refresh_from_db()
    return made


def question(outcome, *, days=0, **fields):
    return make.contact(outcome=outcome, happened_at=TUESDAY - timedelta(days=days, hours=1), **fields)


def test_what_waits_per_team(parkeren):
    taxes = make.team("Belastingen")
    for hours, team in ((-1, parkeren), (2, parkeren), (30, parkeren), (31, parkeren), (-3, taxes)):
        due(TUESDAY + timedelta(hours=hours), team=team)
    due(TUESDAY - timedelta(hours=5)).complete(outcome="Gebeld", by=None)
    first, second = figures.waiting(Scope(TUESDAY))
    assert (first.team, first.late, first.today, first.on_time, first.open) == ("Parkeren", 1, 1, 2, 4)
    assert (second.team, second.late, second.open) == ("Belastingen", 1, 1)
    assert [row.team for row in figures.waiting(Scope(TUESDAY, team=taxes))] == ["Belastingen"]


def test_what_stands_now_and_a_week_ago(rachid):
    due(TUESDAY - timedelta(hours=1))
    due(TUESDAY - timedelta(hours=2), assignee=rachid)
    due(TUESDAY + timedelta(hours=1)).claim(by=rachid)
    due(TUESDAY + timedelta(hours=2))
    due(TUESDAY + timedelta(days=3))
    old = due(TUESDAY - timedelta(days=8))  # asked eleven days ago, closed yesterday: it waited a week ago
    Callback.objects.filter(pk=old.pk).update(completed_at=TUESDAY - timedelta(days=1))
    older = due(TUESDAY - timedelta(days=9))
    Callback.objects.filter(pk=older.pk).update(completed_at=TUESDAY - timedelta(days=8))
    now = figures.standing(Scope(TUESDAY))
    assert (now.open, now.late, now.late_unassigned, now.today, now.today_claimed, now.week_ago) == (5, 2, 1, 2, 1, 1)


def ended(due_at, *, tried, spoken=None, days=1):
    made = due(due_at)
    with time_machine.travel(tried, tick=False):
        made.attempt(key="first", result="no_answer", by=make.user(f"u{made.pk}"))
    if spoken:
        with time_machine.travel(spoken, tick=False):
            made.attempt(key="second", result="spoken", by=make.user(f"v{made.pk}"))
    Callback.objects.filter(pk=made.pk).update(completed_at=TUESDAY - timedelta(days=days))


def test_promises_kept():
    at = TUESDAY - timedelta(days=5)
    before, after = at - timedelta(hours=1), at + timedelta(hours=1)
    ended(at, tried=before, spoken=before)  # both in time
    ended(at, tried=before, spoken=after)  # tried in time, spoken too late
    ended(at, tried=after, spoken=after)  # both too late
    due(at).cancel(reason="Verhuisd", by=None)  # never tried
    ended(at, tried=before, days=200)  # not in the period
    due(at)  # still open
    tried, spoken = figures.kept(Scope(TUESDAY, weeks=13))
    assert (tried, spoken) == (Share(2, 4), Share(1, 4))
    assert tried.percent is None  # four are too few
    assert Share(18, 20).percent == 90


def test_promises_kept_are_found_by_index():
    ended = Callback.objects.ended_between(TUESDAY - timedelta(days=91), TUESDAY).order_by()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "callback_ended" in ended.explain()


def test_how_the_questions_of_each_week_ended(parkeren):
    for outcome in ("answered", "answered", "consulted", "transferred", "callback", "case", "broken_off"):
        question(outcome)
    question("transferred", days=8)
    question("")  # not finished: no question yet
    question("answered", direction="out")  # our own call
    question("answered", days=100)  # before the period
    question("answered", channel="email", topic=make.topic(team=parkeren))
    before, this = figures.weeks(Scope(TUESDAY, weeks=2))
    assert (before.questions, before.transferred, before.number) == (1, 1, 47)
    assert (this.questions, this.answered, this.transferred, this.callbacks, this.number) == (8, 4, 1, 1, 48)
    assert figures.answered([before, this]) == Share(4, 9)
    assert figures.transferred([before, this]) == Share(2, 9)
    assert figures.weeks(Scope(TUESDAY, weeks=2, channel="email"))[1].questions == 1
    assert figures.weeks(Scope(TUESDAY, weeks=2, team=parkeren))[1].questions == 1
    assert Contact.objects.count() == 12


def test_a_monday_just_after_midnight_is_in_the_new_week():
    make.contact(outcome="answered", happened_at=datetime(2026, 11, 23, 0, 30, tzinfo=LOCAL))
    make.contact(outcome="answered", happened_at=datetime(2026, 11, 22, 23, 30, tzinfo=LOCAL))
    assert [week.questions for week in figures.weeks(Scope(TUESDAY, weeks=2))] == [1, 1]


def test_the_latest_first():
    second, first = due(TUESDAY - timedelta(hours=1)), due(TUESDAY - timedelta(hours=2))
    due(TUESDAY + timedelta(hours=1))
    assert figures.latest(Scope(TUESDAY)) == [first, second]


def test_lines_and_bars_keep_inside_the_drawing():
    weeks = figures.weeks(Scope(TUESDAY, weeks=13))
    empty = chart(weeks, [("1", "Leeg", [None] * 13)], height=222, goal=80)
    assert (empty.lines[0].path, empty.lines[0].last) == ("", None)
    drawn = chart(weeks, [("1", "a", [None, *[50] * 12]), ("2", "b", [52] * 13)], height=196)
    assert drawn.lines[0].path.count("M") == 1
    assert float(drawn.lines[0].text_y) - float(drawn.lines[1].text_y) >= 15
    assert all(12 <= float(y) <= 170 for y, _text_y, _tick in drawn.grid)
    row = figures.Waiting("Parkeren", "", 1, 0, 3)
    assert [bar.key for bar in bars(row, 4)] == ["late", "ontime"]
    assert sum(float(bar.width) for bar in bars(row, 4)) < 99
