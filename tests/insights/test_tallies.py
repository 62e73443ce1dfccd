"""The tallies say what the rows say: counted by hand, in the database, and kept per week."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from callbacks.models import Callback, Handover
from contacts.models import Contact, Event, Heartbeat
from insights.models import ERRORS, PROMISES, QUESTIONS, ErrorTally, QuestionTally, Tally, Watermark, Week, tallying
from insights.models.week import touched
from insights.sums import Known, add_up
from insights.tasks import tally as task
from tests import make
from tests.insights import rows
from tests.insights.rows import along, at

NOW = at("2027-01-12")
NOTHING = Known(frozenset(), {})


@pytest.fixture(autouse=True)
def _at_work(office):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(parkeren, rachid):
    """Fill weeks around both summer-time nights and the turn of a year of 53 weeks."""
    taxes = make.team("Belastingen")
    topics = [None, make.topic(team=parkeren), make.topic("ozb", theme="Belasting", team=taxes)]
    rows.chance(1, [parkeren, taxes], topics, [rachid, make.user("fatima", teams=[parkeren])])
    return topics


def weeks_of(*counted):
    return sorted({key[0] for found in counted for key in found})


def assert_same(known):
    """Hold every fact against the count by hand, along every way it is shown."""
    promises, questions, errors = rows.promises(), rows.questions(), rows.errors()
    weeks = weeks_of(promises, questions, errors)
    for by, places in (
        (("week", "team_id"), (0, 1)),
        (("week", "team_id", "channel"), (0, 1, 2)),
        (("topic_id",), (3,)),
        (("week", "topic_id"), (0, 3)),
        (("person_id",), (4,)),
        (("topic_id", "person_id"), (3, 4)),
    ):
        found = add_up(PROMISES, weeks, by=by, known=known)
        if by == ("person_id",):
            found[(None,)] = along(promises, 4)[(None,)]  # what nobody held is not in the tallies
        assert {key: +row for key, row in found.items()} == along(promises, *places), by
    for by, places in ((("week", "team_id"), (0, 1)), (("topic_id",), (3,)), (("channel",), (2,))):
        found = add_up(QUESTIONS, weeks, by=by, known=known)
        assert {key: +row for key, row in found.items()} == along(questions, *places), by
    for by, places in ((("week", "team_id"), (0, 1)), (("team_id", "to_team_id", "topic_id"), (1, 2, 4))):
        found = add_up(ERRORS, weeks, by=by, known=known)
        assert {key: +row for key, row in found.items()} == along(errors, *places), by


def known_now():
    return Known.load(weeks_of(rows.promises(), rows.questions(), rows.errors()), now=timezone.now())


def test_the_rows_themselves(town):
    assert_same(NOTHING)


def test_kept_is_counted(parkeren, rachid):
    other = make.team("Belastingen")
    rows.chance(2, [parkeren, other], [None, make.topic(team=parkeren)], [rachid], size=60)
    assert tallying.tally(now=NOW, seconds=60) == Week.objects.count() > 40
    known = known_now()
    assert {date(2026, 12, 28), date(2026, 10, 19), date(2026, 3, 23)} <= known.weeks
    assert_same(known)


def test_a_filter_leaves_the_same(town, parkeren):
    tallying.tally(now=NOW, seconds=60)
    weeks = weeks_of(rows.promises())
    for where in ({"team_id": parkeren.pk}, {"channel": "email"}, {"topic_id": town[1].pk}, {"topic_id": None}):
        kept = add_up(PROMISES, weeks, by=("week",), where=where, known=known_now())
        assert kept == add_up(PROMISES, weeks, by=("week",), where=where, known=NOTHING)
        assert kept


def test_what_changes_later_is_right_at_once_and_kept_again_by_the_task(town, kees, rachid):
    tallying.tally(now=NOW, seconds=60)
    old = Contact.objects.filter(callbacks__completed_at__isnull=False, topic=town[1]).first()
    assert old.correct(text="Anders", topic=town[2], outcome="callback", reason="Vergissing", by=kees)
    last_week = Callback.objects.open().filter(requested_at__lt=NOW - timedelta(days=8)).first()
    last_week.contact.correct(text="Anders", topic=None, outcome="answered", reason="Vergissing", by=kees)
    last_week.complete(outcome="Gebeld", by=rachid, key="a")
    Handover.give_back(Callback.objects.open().first(), reason="Niet voor ons", by=rachid)
    changed = known_now()
    assert rows.week(old.callbacks.get().ended_at) in changed.changed["promises"]
    assert_same(changed)
    later = NOW + timedelta(minutes=1)
    assert 1 <= tallying.tally(now=later, seconds=60) < 8  # only the weeks that changed
    assert not any(known_now().changed.values())
    assert_same(known_now())
    call_command("check_tallies")


def test_a_week_that_ends_is_counted_and_its_late_comers_too(parkeren, rachid):
    with time_machine.travel(at("2026-11-29", "23:58"), tick=False):
        row = rows.callback(at("2026-11-27"), at("2026-11-30"), team=parkeren)
        spare = row.contact.track("contact_registered", by=None)
        row.complete(outcome="Gebeld", by=rachid, key="a")
        Event.objects.filter(pk=spare.pk).delete()  # a number that somebody else took, and did not commit yet
        assert tallying.tally(now=timezone.now(), seconds=60) == 0  # this week is not over, and none was before it
    with time_machine.travel(at("2026-11-30", "00:01"), tick=False):
        tallying.tally(now=timezone.now(), seconds=60)
        assert Tally.objects.get(dimension="all").completed == 1
        # Somebody whose transaction began before and ends after: its event is older than what was looked at.
        late = rows.callback(at("2026-11-26"), at("2026-11-27"), team=parkeren)
        Callback.objects.filter(pk=late.pk).update(completed_at=at("2026-11-29", "23:59"))
        Event.objects.filter(contact=late.contact).delete()
        Event.objects.create(pk=spare.pk, contact=late.contact, kind="callback_completed", at=timezone.now())
        assert Watermark.objects.get().counted > spare.pk
        tallying.tally(now=timezone.now(), seconds=60)
        assert Tally.objects.get(dimension="all").completed == 1
    with time_machine.travel(at("2026-11-30", "00:07"), tick=False):
        tallying.tally(now=timezone.now(), seconds=60)
        assert Tally.objects.get(dimension="all").completed == 2


def test_twice_is_once(town):
    tallying.tally(now=NOW, seconds=60)
    before = list(Tally.objects.order_by("pk").values_list("ended", flat=True))
    for week in Week.objects.values_list("monday", flat=True):
        Week.count(week)
    assert sum(Tally.objects.values_list("ended", flat=True)) == sum(before)
    assert_same(known_now())


def test_it_works_in_pieces(town):
    assert tallying.tally(now=NOW, seconds=-1) == 0
    assert_same(known_now())
    first = Week.missing(now=NOW)[0]
    assert first == date(2027, 1, 4)  # the last week that is over
    Week.count(first)
    Week.count(Week.missing(now=NOW)[3])
    assert_same(known_now())


def test_the_commands_fill_and_prove(town, capsys):
    call_command("tally")
    call_command("check_tallies")
    assert " 0 differences" in capsys.readouterr().out
    one = Tally.objects.filter(dimension="all").order_by("pk").first()
    Tally.objects.filter(pk=one.pk).update(ended=one.ended + 1)
    QuestionTally.objects.filter(dimension="topic").first().delete()
    ErrorTally.objects.order_by("pk").first().delete()
    with pytest.raises(SystemExit) as told:
        call_command("check_tallies")
    out = capsys.readouterr().out
    assert told.value.code == 1
    assert f"{one.week} promises all" in out
    assert "questions topic" in out
    assert "errors all" in out
    call_command("tally", "--all")
    call_command("check_tallies")


def test_the_task_beats(town):
    assert task() > 0
    assert Heartbeat.objects.get(name="tally").last_ok
    assert task() == 0


def test_an_event_of_a_case_touches_its_contacts(kees, parkeren):
    case = make.case(team=parkeren)
    mark = Event.objects.order_by("-pk").first().pk
    Contact.objects.filter(case=case).update(happened_at=at("2026-06-03"))
    case.close(result="Klaar", by=kees)
    assert touched(mark)["questions"] == {date(2026, 6, 1)}


def test_no_contacts_at_all(office):
    assert tallying.tally(now=NOW, seconds=60) == 0
    assert add_up(PROMISES, [date(2026, 1, 5)], known=NOTHING)[()]["ended"] == 0
