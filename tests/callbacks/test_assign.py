from uuid import uuid4

from django.urls import reverse

from callbacks.models import Callback
from tests import make


def url(callback):
    return reverse("callbacks:assign", args=[callback.uuid])


def test_it_goes_to_somebody_who_is_told_and_the_promise_stays(callback, rachid, noor, kinds):
    due_at = callback.due_at
    callback.assign(team=callback.team, assignee=rachid, reason="", by=noor)
    callback.assign(team=callback.team, assignee=rachid, reason="", by=noor)
    callback.refresh_from_db()
    assert (callback.assignee, callback.claimed_at, callback.due_at) == (rachid, None, due_at)
    assert kinds(callback) == ["callback_requested", "callback_assigned"]
    told = callback.reminders.get(occurrence__startswith="new:")
    assert told.recipients() == [rachid]
    assert "Nieuw terugbelverzoek" in told.text


def test_what_has_ended_stays_where_it_is(callback, rachid):
    callback.complete(outcome="Gebeld", by=rachid)
    other = make.team("Belastingen")
    Callback.objects.get().assign(team=other, assignee=None, reason="fout", by=rachid)
    assert Callback.objects.get().team == callback.team


def test_the_screen_assigns_and_goes_back_where_it_came_from(callback, rachid, noor, as_user):
    client = as_user(noor)
    assert "Afdeling of medewerker" in client.get(url(callback)).content.decode()
    answer = client.post(url(callback), {"who": f"user:{rachid.uuid}", "next": "/callbacks/?view=all"})
    assert answer.headers["Location"] == "/callbacks/?view=all"
    callback.refresh_from_db()
    assert callback.assignee == rachid


def test_a_foreign_address_is_not_followed(callback, rachid, noor, as_user):
    answer = as_user(noor).post(url(callback), {"who": f"user:{rachid.uuid}", "next": "https://elders.voorbeeld.nl/"})
    assert answer.headers["Location"] == callback.get_absolute_url()


def test_another_department_needs_a_reason(callback, rachid, as_user):
    other, client = make.team("Belastingen"), as_user(rachid)
    answer = client.post(url(callback), {"who": f"team:{other.uuid}"})
    assert answer.status_code == 422
    assert "Schrijf waarom" in answer.content.decode()
    assert client.post(url(callback), {"who": f"team:{other.uuid}", "reason": "Gaat over WOZ"}).status_code == 302
    callback.refresh_from_db()
    assert callback.team == other
    assert callback.log().first().data["reason"] == "Gaat over WOZ"
    assert client.get(callback.get_absolute_url()).status_code == 404  # it is no longer theirs to see


def test_wrong_input_is_said_and_a_stranger_refused(callback, noor, sam, as_user):
    for who in ("", "team:x", f"team:{uuid4()}", "\x00", "x" * 5000):
        assert as_user(noor).post(url(callback), {"who": who, "reason": "y" * 300}).status_code == 422
    assert as_user(sam).get(url(callback)).status_code == 404
    assert as_user(sam).post(url(callback), {"who": f"team:{callback.team.uuid}"}).status_code == 404
