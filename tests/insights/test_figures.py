"""Each figure against a count by hand."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from accounts.models import ClosingDay, office_hours
from accounts.worktime import LOCAL
from callbacks.models import Callback, Handover, Postponement
from contacts.models import Contact, Merge
from insights import figures
from insights.charts import bars, chart
from insights.figures import Figures, Share
from insights.scope import Period, Scope, iso, of_iso
from insights.sums import total
from tests import make
from tests.insights.rows import at, callback, tried

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def _at_work(office):
    with time_machine.travel(TUESDAY, tick=False):
        yield


def scope(name="13", week="", **fields):
    return Scope(TUESDAY, Period.of(name, week, now=TUESDAY), **fields)


def standing():
    return figures.standing(scope(), figures.waiting(scope()))


def ages():
    return total(row.ages for row in figures.waiting(scope()))


def due(moment, **fields):
    return callback(moment - timedelta(days=3), moment, **fields)


def question(outcome, *, days=0, **fields):
    return make.contact(outcome=outcome, happened_at=TUESDAY - timedelta(days=days, hours=1), **fields)


def test_what_waits_per_team(parkeren, rachid):
    taxes = make.team("Belastingen")
    for hours, team in ((-1, parkeren), (2, parkeren), (30, parkeren), (31, parkeren), (-3, taxes)):
        due(TUESDAY + timedelta(hours=hours), team=team, assignee=rachid if hours == 2 else None)
    due(TUESDAY - timedelta(hours=5)).complete(outcome="Gebeld", by=None)
    first, second = figures.waiting(scope())
    assert (first.team, first.late, first.today, first.on_time, first.open) == ("Parkeren", 1, 1, 2, 4)
    assert first.unassigned == 3
    assert (second.team, second.late, second.open) == ("Belastingen", 1, 1)
    assert [row.team for row in figures.waiting(scope(team=taxes))] == ["Belastingen"]


def test_late_is_by_the_moment_agreed_and_the_norm_is_not(rachid):
    row = due(TUESDAY - timedelta(hours=1))
    assert standing().late == 1
    Postponement.agree(row, until=TUESDAY + timedelta(days=1), reason="Zelf gevraagd", by=rachid)
    assert standing().late == 0
    row.complete(outcome="Gebeld", by=rachid, key="a")
    found = Figures(scope()).promises
    assert (found["ended"], found["tried_in_norm"], found["tried_late"]) == (1, 0, 1)
    assert (found["postponed"], found["late_postponed"]) == (1, 1)


def test_what_stands_now_and_a_week_ago(rachid):
    due(TUESDAY - timedelta(hours=1))
    due(TUESDAY - timedelta(hours=2), assignee=rachid)
    due(TUESDAY + timedelta(hours=1)).claim(by=rachid)
    due(TUESDAY + timedelta(hours=2))
    due(TUESDAY + timedelta(days=3))
    old = due(TUESDAY - timedelta(days=8))  # asked eleven days ago, closed yesterday: it waited a week ago
    Callback.objects.filter(pk=old.pk).update(completed_at=TUESDAY - timedelta(days=1))
    still = due(TUESDAY - timedelta(days=9))  # and so did this one, and it still does
    older = due(TUESDAY - timedelta(days=9))
    Callback.objects.filter(pk=older.pk).update(completed_at=TUESDAY - timedelta(days=8))
    now = standing()
    assert (now.open, now.late, now.late_unassigned, now.today, now.today_claimed, now.week_ago) == (6, 3, 2, 2, 1, 2)
    assert (now.unassigned, now.unassigned_since) == (4, still.requested_at)


@pytest.mark.parametrize(
    ("asked", "age"),
    [
        (at("2026-11-24", "08:31"), "age_0"),
        (at("2026-11-23", "17:00"), "age_0"),  # at closing time: it counts from the next opening
        (at("2026-11-23", "16:59"), "age_1"),
        (at("2026-11-21", "12:00"), "age_1"),  # on Saturday: from Monday
        (at("2026-11-20", "17:01"), "age_1"),
        (at("2026-11-20", "16:59"), "age_2"),
        (at("2026-11-19", "10:00"), "age_3"),
        (at("2026-11-17", "10:00"), "age_3"),
        (at("2026-11-16", "17:00"), "age_3"),
        (at("2026-11-16", "16:59"), "age_6"),
        (at("2025-11-16", "16:59"), "age_6"),
    ],
)
def test_how_old_it_is_in_working_days(asked, age):
    callback(asked, TUESDAY + timedelta(days=1))
    assert {name for name, n in ages().items() if n} == {age}


def test_a_day_the_office_was_closed_makes_nothing_older():
    ClosingDay.objects.create(day=date(2026, 11, 23), name="Verhuizing")
    callback(at("2026-11-20", "16:00"), TUESDAY + timedelta(days=1))
    assert ages()["age_1"] == 1
    with time_machine.travel(at("2026-11-22"), tick=False):  # on Sunday the last working day was Friday
        stretches = figures.stretches_of_age(office_hours(), at("2026-11-22"))
        assert stretches["age_0"][0] == at("2026-11-19", "17:00")


def test_promises_kept(rachid):
    moment = TUESDAY - timedelta(days=5)
    before, after = moment - timedelta(hours=1), moment + timedelta(seconds=1)

    def ended(first="", spoken=None, *, days=1, cause=""):
        row = due(moment, cancel_cause=cause)
        if first:
            tried(row, first, "no_answer", rachid)
        if spoken:
            tried(row, spoken, "spoken", rachid)
        moment_of = "cancelled_at" if cause else "completed_at"
        Callback.objects.filter(pk=row.pk).update(**{moment_of: TUESDAY - timedelta(days=days)})
        return row

    ended(before, before)  # both in time
    ended(moment, after)  # tried on the very moment, spoken a second too late
    ended(after, after)  # both too late
    ended(cause="unreachable")  # never tried
    ended(before, days=200)  # not in the period
    due(moment)  # still open
    found = Figures(scope()).promises
    expected = {
        "ended": 4, "tried_in_norm": 2, "tried_late": 1, "never_tried": 1, "spoken_in_norm": 1, "spoken_late": 2,
        "never_spoken": 1, "cause_unreachable": 1, "cancelled": 1, "completed": 3,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert (found["attempts"], found["attempts_until_spoken"], found["spoken"]) == (6, 6, 3)
    assert Share(found["tried_in_norm"], found["ended"]).percent is None  # four are too few
    assert Share(18, 20).percent == 90
    assert [Share(n, 40).percent for n in (1, 3, 39)] == [3, 8, 98]  # halves go up


def test_without_customer_or_topic_and_after_a_merge_it_is_the_same(rachid, kees):
    anna, double = make.customer("Anna", "Jansen"), make.customer("A.", "Jansen")
    for customer in (None, double):
        row = callback(TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1))
        Contact.objects.filter(pk=row.contact_id).update(customer=customer)
        row.refresh_from_db()
        row.complete(outcome="Gebeld", by=rachid, key="a")
    Merge.merge(kept=anna, gone=double, theirs=set(), reason="Dezelfde", by=kees)
    found = Figures(scope("this"))
    assert found.promises["tried_in_norm"] == 2
    assert found.promises_by_topic[None]["ended"] == 2
    assert found.questions["callbacks"] == 2  # asked this week; the calls back themselves are no questions


def test_what_came_to_the_wrong_team(parkeren, voorlijn, rachid, kees):
    taxes = make.team("Belastingen")
    topic = make.topic(team=parkeren)
    row = due(TUESDAY + timedelta(days=1), topic=topic)
    Handover.give_back(row, reason="Niet voor ons", by=rachid)
    row.assign(team=taxes, assignee=None, reason="Hoort daar", by=kees)
    row.assign(team=taxes, assignee=make.user("sam", teams=[taxes]), reason="", by=kees)  # within the team: no error
    errors = {key: dict(figures) for key, figures in Figures(scope("this")).errors.items()}
    assert {key: +value for key, value in Figures(scope("this")).errors.items()} == {
        (parkeren.pk, voorlijn.pk, topic.pk): {"errors": 1, "returned": 1},
        (voorlijn.pk, taxes.pk, topic.pk): {"errors": 1, "forwarded": 1},
    }, errors
    assert len(Figures(scope("this", team=parkeren)).errors) == 1


def test_how_the_questions_of_each_week_ended(parkeren):
    for outcome in ("answered", "answered", "consulted", "transferred", "callback", "case", "broken_off"):
        question(outcome)
    question("transferred", days=8)
    question("")  # not finished: no question yet
    question("answered", direction="out")  # our own call
    question("answered", days=100)  # before the period
    question("answered", channel="email", topic=make.topic(team=parkeren))
    found = Figures(scope())
    *_, before, this = found.weeks
    assert len(found.weeks) == 13
    assert (before.questions["questions"], before.questions["transferred"], before.number) == (1, 1, 47)
    shown = (this.questions[name] for name in ("questions", "answered", "transferred", "callbacks"))
    assert (*shown, this.number) == (8, 4, 1, 1, 48)
    assert found.questions["questions"] == 9
    assert found.questions_before["questions"] == 1
    assert Figures(scope(channel="email")).questions["questions"] == 1
    assert Figures(scope(team=parkeren)).questions["questions"] == 1
    assert found.questions_by_topic[None]["callbacks"] == 1
    assert Contact.objects.count() == 12


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (datetime(2026, 11, 23, 0, 30, tzinfo=LOCAL), "2026-W48"),
        (datetime(2026, 11, 22, 23, 59, 59, tzinfo=LOCAL), "2026-W47"),
        (datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=LOCAL), "2026-W43"),  # twice half past two in that night
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=LOCAL), "2026-W43"),
        (datetime(2026, 10, 26, 0, 0, tzinfo=LOCAL), "2026-W44"),
        (datetime(2026, 3, 29, 23, 30, tzinfo=LOCAL), "2026-W13"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=LOCAL), "2026-W01"),
        (datetime(2025, 12, 28, 23, 59, tzinfo=LOCAL), "2025-W52"),
    ],
)
def test_a_week_is_local(moment, week):
    make.contact(outcome="answered", happened_at=moment)
    monday = of_iso(week)
    assert monday is not None
    for day in (monday, monday - timedelta(weeks=1), monday + timedelta(weeks=1)):
        if day < TUESDAY.date():  # a week to come is shown as this one
            assert Figures(scope("week", iso(day))).questions["questions"] == (day == monday), day


def test_the_periods():
    assert [scope(name).period.first for name in ("this", "last", "4")] == [
        date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 2),
    ]  # fmt: skip
    assert [len(scope(name).period.weeks) for name in ("this", "last", "4", "13", "52", "x")] == [1, 1, 4, 13, 52, 13]
    assert scope("4").period.before == [date(2026, 10, 5) + timedelta(weeks=n) for n in range(4)]
    assert scope("week", "2020-W53").period.first == date(2020, 12, 28)
    assert scope("week", "2027-W10").period.first == date(2026, 11, 23)  # not yet: this week
    for nonsense in ("2021-W53x", "2021-W00", "2021-W54", "\0", "W1"):
        assert scope("week", nonsense).period.first == date(2026, 11, 16)
    assert len(scope("last").period.trend) == 13


def test_what_ended_is_found_by_index(parkeren):
    days = [TUESDAY - timedelta(days=day) for day in range(3000)]
    contacts = Contact.objects.bulk_create(Contact(key=f"day:{day}", channel="phone", happened_at=day) for day in days)
    rows = [
        Callback(contact=contact, reference=f"T-{number}", team=parkeren, number="+31690123456", requested_at=day,
                 due_at=day, completed_at=day)
        for number, (contact, day) in enumerate(zip(contacts, days, strict=True))
    ]  # fmt: skip
    Callback.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE callbacks_callback, contacts_contact")
        ended = Callback.objects.ended_between(TUESDAY - timedelta(days=91), TUESDAY).order_by()
        assert "callback_ended" in ended.explain()
        from_rows, values = figures.PROMISES.between([(TUESDAY - timedelta(days=91), TUESDAY)])
        cursor.execute(f"EXPLAIN {from_rows}", values)
        assert "callback_ended" in str(cursor.fetchall())


def test_the_latest_first():
    second, first = due(TUESDAY - timedelta(hours=1)), due(TUESDAY - timedelta(hours=2))
    due(TUESDAY + timedelta(hours=1))
    assert figures.latest(scope()) == [first, second]


def test_lines_and_bars_keep_inside_the_drawing():
    weeks = Figures(scope()).weeks
    empty = chart(weeks, [("1", "Leeg", [None] * 13)], height=222, goal=80)
    assert (empty.lines[0].path, empty.lines[0].last) == ("", None)
    drawn = chart(weeks, [("1", "a", [None, *[50] * 12]), ("2", "b", [52] * 13)], height=196)
    assert drawn.lines[0].path.count("M") == 1
    assert float(drawn.lines[0].text_y) - float(drawn.lines[1].text_y) >= 15
    assert all(12 <= float(y) <= 170 for y, _text_y, _tick in drawn.grid)
    row = figures.Waiting("Parkeren", "", 1, 0, 3)
    assert [bar.key for bar in bars(row, 4)] == ["late", "ontime"]
    assert sum(float(bar.width) for bar in bars(row, 4)) < 99
