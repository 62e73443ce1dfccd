"""What waits for somebody who is away goes to who stands in, else to the team: nothing is due to nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Absence
from accounts.worktime import LOCAL
from callbacks import tasks
from callbacks.models import Addressee, Burden, Callback, Cause, Handover
from tests import make


@pytest.fixture
def emma(parkeren):
    return make.user("emma", "specialist", teams=[parkeren], first_name="Emma", last_name="Vos")


@pytest.fixture
def of_rachid(callback, rachid):
    callback.assign(team=callback.team, assignee=rachid, reason="", by=None)
    callback.claim(by=rachid)
    return callback


def away(user, substitute=None, *, starts=timedelta(hours=-1), ends=None):
    now = timezone.now()
    return Absence.objects.create(
        user=user, substitute=substitute, starts_at=now + starts, ends_at=now + ends if ends else None
    )


def uncovered():
    return list(Callback.objects.uncovered(now=timezone.now()))


def test_it_goes_to_who_stands_in_and_is_told(of_rachid, rachid, emma, kinds):
    away(rachid, emma)
    assert uncovered() == [of_rachid]
    assert Handover.cover(of_rachid, now=timezone.now())
    assert not Handover.cover(Callback.objects.get(), now=timezone.now())
    of_rachid.refresh_from_db()
    assert (of_rachid.assignee, of_rachid.claimed_at, of_rachid.team.name) == (emma, None, "Parkeren")
    row = of_rachid.handovers.last()
    assert (row.kind, row.from_person, row.to_person, row.by) == ("covered", rachid, emma, None)
    assert kinds(of_rachid)[-1] == "callback_covered"
    assert of_rachid.log().first().data["away"] == "R. Yilmaz"
    assert of_rachid.reminders.filter(occurrence__startswith=f"new:{of_rachid.team.pk}:{emma.pk}:").count() == 1
    assert uncovered() == []


def test_without_a_substitute_it_is_the_teams_again(of_rachid, rachid):
    away(rachid)
    assert Handover.cover(of_rachid, now=timezone.now())
    of_rachid.refresh_from_db()
    assert (of_rachid.assignee, of_rachid.status) == (None, "open")
    assert of_rachid.log().first().data["to"] == "Parkeren"


def test_who_left_is_covered_too(of_rachid, rachid):
    stale = Callback.objects.select_related("assignee").get()
    rachid.is_active = False
    rachid.save()
    assert uncovered() == [of_rachid]
    assert Handover.cover(stale, now=timezone.now())
    assert stale.assignee is None


def test_a_substitute_who_is_away_is_replaced_and_a_circle_ends_with_the_team(of_rachid, rachid, emma, parkeren):
    tom = make.user("tom", "specialist", teams=[parkeren])
    away(rachid, emma)
    absence = away(emma, tom)
    assert Handover.cover(of_rachid, now=timezone.now())
    assert of_rachid.assignee == tom
    of_rachid.assign(team=parkeren, assignee=None, reason="", by=None)
    absence.end(now=timezone.now(), by=None)
    away(emma, rachid)
    of_rachid.assign(team=parkeren, assignee=rachid, reason="", by=None)
    assert of_rachid.assignee is None


def test_a_substitute_of_another_department_does_it_there(of_rachid, rachid, sam):
    away(rachid, sam)
    assert Handover.cover(of_rachid, now=timezone.now())
    assert (of_rachid.team.name, of_rachid.assignee) == ("Belastingen", sam)
    assert Callback.objects.visible_to(sam).get() == of_rachid


def test_who_is_there_keeps_it(of_rachid, rachid):
    away(rachid, starts=timedelta(days=-2), ends=timedelta(days=-1))
    away(rachid, starts=timedelta(days=1), ends=timedelta(days=2))
    away(rachid).end(now=timezone.now(), by=None)
    assert uncovered() == []
    assert not Handover.cover(of_rachid, now=timezone.now())
    assert of_rachid.assignee == rachid


def test_what_has_ended_stays_with_who_did_it(of_rachid, rachid):
    of_rachid.cancel(cause=Cause.OTHER, reason="Klaar", by=rachid)
    away(rachid)
    assert uncovered() == []
    assert not Handover.cover(of_rachid, now=timezone.now())


def test_what_a_closed_department_has_goes_to_the_contact_centre(of_rachid, voorlijn, parkeren):
    parkeren.closed_at = timezone.now()
    parkeren.save()
    assert uncovered() == [of_rachid]
    assert Handover.cover(Callback.objects.get(), now=timezone.now())
    assert Callback.objects.get().team == voorlijn
    assert uncovered() == []


def test_who_is_away_is_replaced_at_once_when_it_is_asked_for_or_given(office, callback, rachid, emma, parkeren):
    away(rachid, emma)
    assert make.callback(assignee=rachid).assignee == emma
    callback.assign(team=parkeren, assignee=rachid, reason="", by=None)
    callback.assign(team=parkeren, assignee=rachid, reason="", by=None)
    assert (callback.assignee, callback.handovers.count()) == (emma, 1)
    assert callback.log().first().data["to"] == "E. Vos"


def test_the_absence_begins_and_ends_at_its_minute(of_rachid, rachid, emma):
    """Also in the hour that comes twice: it is a moment, not a time on a clock."""
    starts = datetime(2026, 10, 25, 2, 30, tzinfo=LOCAL)
    ends = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=LOCAL)
    Absence.objects.create(user=rachid, substitute=emma, starts_at=starts, ends_at=ends)
    for moment, is_away in (
        (starts.timestamp() - 1, False),
        (starts.timestamp(), True),
        (ends.timestamp() - 1, True),
        (ends.timestamp(), False),
    ):
        with time_machine.travel(moment, tick=False):
            assert bool(uncovered()) is is_away, moment


def test_how_much_somebody_has_and_until_when_they_are_away(of_rachid, rachid, emma, parkeren):
    make.callback(assignee=rachid).complete(outcome="Gebeld", by=rachid)
    until = away(emma, ends=timedelta(days=2)).ends_at
    assert Addressee.load(parkeren) == Addressee.load([rachid, emma]) == {rachid.pk: 1, emma.pk: 0}
    away(rachid)
    burdens = Addressee.burdens(parkeren, now=timezone.now())
    assert burdens == {rachid.pk: Burden(1, None, True), emma.pk: Burden(0, until, True)}
    assert Addressee.load([]) == {}


def test_who_may_not_see_it_any_more_gives_it_back_to_the_team(of_rachid, rachid, parkeren, noor):
    rachid.teams.set([make.team("Elders")])
    assert uncovered() == [of_rachid]
    assert Handover.cover(of_rachid, now=timezone.now())
    of_rachid.refresh_from_db()
    assert (of_rachid.team, of_rachid.assignee, uncovered()) == (parkeren, None, [])
    rachid.teams.set([parkeren])
    Callback.objects.update(assignee=rachid)
    assert uncovered() == []
    rachid.groups.clear()
    assert uncovered() == [of_rachid]
    Callback.objects.update(assignee=noor)  # of the contact centre, who sees all
    assert uncovered() == []
    assert not Handover.cover(of_rachid, now=timezone.now())
    Callback.objects.update(assignee=make.user("root", "editor", is_superuser=True))
    assert uncovered() == []


def test_it_is_not_given_to_who_may_not_see_it(callback, sam, parkeren):
    callback.assign(team=parkeren, assignee=sam, reason="", by=None)
    assert (callback.team, callback.assignee) == (parkeren, None)
    emma = make.user("emma", "editor", teams=[parkeren])
    rachid = make.user("rachid2", "specialist", teams=[parkeren])
    away(rachid, emma)
    assert make.callback(assignee=rachid).assignee is None


def test_what_cannot_be_handed_on_holds_up_nothing_else(callback, rachid, emma, jansen, parkeren, monkeypatch):
    """A department is gone and there is no contact centre to take what it had."""
    gone = make.team("Weg")
    stuck = [make.callback(make.contact(jansen), team=gone) for _ in range(3)]
    gone.closed_at = timezone.now()
    gone.save()
    moves = make.callback(make.contact(jansen), assignee=rachid)
    away(rachid, emma)
    monkeypatch.setattr(tasks, "BATCH", 2)
    assert tasks.cover() == 1
    moves.refresh_from_db()
    assert (moves.assignee, uncovered()) == (emma, [])
    make.team("Voorlijn", is_kcc=True)
    assert uncovered() == stuck
    assert (tasks.cover(), tasks.cover(), tasks.cover()) == (2, 1, 0)


def test_what_came_back_is_still_back_when_who_took_it_up_is_away(callback, rachid, noor, voorlijn, parkeren):
    Handover.give_back(callback, reason="Niet van ons", by=rachid)
    callback.claim(by=noor)
    back = callback.returned_at
    away(noor)
    assert Handover.cover(callback, now=timezone.now())
    callback.refresh_from_db()
    assert (callback.returned_at, callback.status, callback.team) == (back, "returned", voorlijn)
    assert callback.may_be_assigned_by(noor)
    callback.assign(team=voorlijn, assignee=make.user("lotte", teams=[voorlijn]), reason="", by=None)
    assert callback.returned_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_scans_at_once_one_covers(of_rachid, rachid, emma, kinds):
    away(rachid, emma)

    def cover(_):
        try:
            return Handover.cover(Callback.objects.get(), now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(cover, range(2))) == [False, True]
    assert kinds(of_rachid).count("callback_covered") == 1
    assert of_rachid.handovers.filter(kind="covered").count() == 1
