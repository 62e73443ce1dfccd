"""A department gives back to the contact centre what does not belong there."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from callbacks.models import Callback, Ended, Handover
from contacts.models import Outcome
from tests import make


def test_it_is_back_where_it_was_asked_and_who_asked_hears_it(office, noor, rachid, voorlijn, kinds):
    callback = make.callback(by=noor, assignee=rachid)
    callback.claim(by=rachid)
    due_at = callback.due_at
    assert Handover.give_back(callback, reason="Hoort bij Belastingen", by=rachid)
    callback.refresh_from_db()
    assert (callback.team, callback.assignee, callback.claimed_at) == (voorlijn, None, None)
    assert callback.returned_at is not None
    assert (callback.status, callback.status_label, callback.due_at) == ("returned", "Terug bij KCC", due_at)
    row = callback.handovers.get()
    assert (row.kind, row.from_team.name, row.from_person, row.to_team, row.to_person) == (
        "returned", "Parkeren", rachid, voorlijn, None,
    )  # fmt: skip
    assert (row.reason, row.by) == ("Hoort bij Belastingen", rachid)
    assert callback.reminders.filter(occurrence__startswith="returned:").count() == 1
    assert kinds(callback) == ["callback_requested", "callback_claimed", "callback_returned"]


def test_a_second_time_changes_nothing(callback, rachid, voorlijn, kinds):
    for _ in range(2):
        assert Handover.give_back(Callback.objects.get(), reason="Niet van ons", by=rachid)
    assert callback.handovers.count() == 1
    assert kinds(callback) == ["callback_requested", "callback_returned"]


def test_a_contact_of_a_team_of_the_contact_centre_goes_back_there(office, jansen, rachid, voorlijn):
    balie = make.team("Balie", is_kcc=True)
    asked = make.contact(jansen, outcome=Outcome.CALLBACK, topic=make.topic("paspoort", team=balie))
    callback = make.callback(asked)
    assert Handover.give_back(callback, reason="Aan de balie", by=rachid)
    assert callback.team == balie


def test_a_closed_team_gets_nothing_and_without_a_contact_centre_it_stays(callback, rachid, voorlijn):
    voorlijn.closed_at = timezone.now()
    voorlijn.save()
    assert not Handover.give_back(callback, reason="?", by=rachid)
    assert (callback.team.name, callback.returned_at, callback.handovers.count()) == ("Parkeren", None, 0)


def test_what_the_contact_centre_has_cannot_go_back_to_it(office, noor, voorlijn):
    callback = make.callback(team=voorlijn)
    assert not Handover.give_back(callback, reason="?", by=noor)
    assert (callback.returned_at, callback.handovers.count()) == (None, 0)


def test_what_has_ended_does_not_go_back(callback, rachid, voorlijn):
    stale = Callback.objects.get()
    callback.complete(outcome="Gebeld", by=rachid)
    with pytest.raises(Ended):
        Handover.give_back(stale, reason="?", by=rachid)
    assert not Handover.objects.exists()


def test_sent_on_it_is_no_longer_back_and_the_way_can_be_read(callback, rachid, noor, voorlijn):
    taxes = make.team("Belastingen")
    Handover.give_back(callback, reason="Gaat over de aanslag", by=rachid)
    callback.assign(team=taxes, assignee=None, reason="Van Parkeren terug", by=noor)
    callback.refresh_from_db()
    assert (callback.team, callback.returned_at, callback.status) == (taxes, None, "open")
    way = [(row.kind, row.from_team.name, row.to_team.name) for row in callback.handovers.all()]
    assert way == [("returned", "Parkeren", "Voorlijn"), ("forwarded", "Voorlijn", "Belastingen")]


def test_kept_by_the_team_it_came_back_to_it_is_no_longer_back(callback, rachid, kees, voorlijn):
    Handover.give_back(callback, reason="Niet van ons", by=rachid)
    callback.assign(team=voorlijn, assignee=None, reason="Doen wij", by=kees)
    callback.refresh_from_db()
    assert (callback.returned_at, callback.status) == (None, "open")


def test_taken_up_at_the_contact_centre_it_is_in_hand(callback, rachid, noor, voorlijn):
    Handover.give_back(callback, reason="Niet van ons", by=rachid)
    assert callback.claim(by=noor)
    assert callback.status == "claimed"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_it_back_at_once_it_goes_once(callback, rachid, kees, kinds):
    def give_back(user):
        try:
            return Handover.give_back(Callback.objects.get(), reason="Niet van ons", by=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(give_back, [rachid, kees])) == [True, True]
    assert callback.handovers.count() == 1
    assert callback.reminders.filter(occurrence__startswith="returned:").count() == 1
    assert kinds(callback) == ["callback_requested", "callback_returned"]
