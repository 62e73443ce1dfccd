"""What a department should not have got goes back to the contact centre, which sees why and sends it on."""

import pytest
from django.urls import reverse

from callbacks.models import Callback, Handover
from tests import make

URL = reverse("callbacks:list")


@pytest.fixture
def returned(callback, rachid, voorlijn):
    Handover.give_back(callback, reason="Gaat over de aanslag.", by=rachid)
    return Callback.objects.get()


def url(callback):
    return reverse("callbacks:give_back", args=[callback.uuid])


def test_the_screen_gives_back_once_and_goes_on_to_the_list(callback, rachid, voorlijn, as_user, kinds):
    client = as_user(rachid)
    assert client.post(url(callback), {"reason": "Gaat over WOZ."}).headers["Location"] == URL
    callback.refresh_from_db()
    assert (callback.team, callback.assignee, callback.status) == (voorlijn, None, "returned")
    assert kinds(callback)[-1] == "callback_returned"
    assert client.get(callback.get_absolute_url()).status_code == 404  # it is no longer theirs to see
    again = client.get(callback.get_absolute_url(), headers={"HX-Request": "true"})  # as the open page asks
    assert "Dit verzoek ligt nu bij een andere afdeling." in again.content.decode()
    assert callback.title not in again.content.decode()
    assert "hx-get" not in again.content.decode()
    assert client.post(url(callback), {"reason": "Nog eens"}).status_code == 404
    assert Handover.objects.count() == 1


def test_the_contact_centre_sees_from_where_and_why_and_sends_it_on(returned, noor, rachid, parkeren, as_user):
    client = as_user(noor)
    shown = client.get(returned.get_absolute_url()).content.decode()
    for words in ("Terug bij KCC", "Terug van Parkeren", "door R. Yilmaz", "Gaat over de aanslag.", "Overdragen"):
        assert words in shown, words
    assert "Terug naar KCC" not in shown
    listed = client.get(URL, {"view": "returned"})
    assert listed.context["queue"].page.rows == [returned]
    assert "Terug bij KCC" in listed.content.decode()
    taxes = make.team("Belastingen")
    to = {"who": f"team:{taxes.uuid}", "reason": "Aanslag"}
    assert client.post(reverse("callbacks:assign", args=[returned.uuid]), to).status_code == 302  # an agent may, now
    returned.refresh_from_db()
    assert (returned.team, returned.returned_at, returned.status) == (taxes, None, "open")
    assert "view=returned" not in client.get(URL, {"view": "all"}).content.decode()  # nothing is there any more
    assert client.get(reverse("callbacks:assign", args=[returned.uuid])).status_code == 403


def test_a_specialist_has_no_view_of_what_came_back(callback, rachid, as_user):
    queue = as_user(rachid).get(URL, {"view": "returned"}).context["queue"]
    assert queue.view == "team"
    assert "asked" not in queue.views


def test_a_reason_is_needed_and_kept(callback, rachid, voorlijn, as_user):
    for reason in ("", "x" * 201, "a\x00b", "\u200b"):
        answer = as_user(rachid).post(url(callback), {"reason": reason})
        assert answer.status_code == 422
        assert reason[:100].replace("\x00", "") in answer.content.decode().replace("\x00", "")
    assert not Handover.objects.exists()


def test_an_agent_gives_back_what_they_hold_alone(callback, noor, as_user):
    assert as_user(noor).post(url(callback), {"reason": "Hoort hier niet"}).status_code == 403
    callback.claim(by=noor)
    assert as_user(noor).post(url(callback), {"reason": "Hoort hier niet"}).status_code == 302
    callback.refresh_from_db()
    assert callback.status == "returned"


def test_what_is_at_the_contact_centre_cannot_go_back_there(office, jansen, noor, kees, voorlijn, as_user):
    ours = make.callback(make.contact(jansen, outcome="callback"), team=voorlijn)
    assert as_user(kees).post(url(ours), {"reason": "x"}).status_code == 403
    assert (
        reverse("callbacks:give_back", args=[ours.uuid])
        not in as_user(kees).get(ours.get_absolute_url()).content.decode()
    )


def test_without_a_contact_centre_it_stays_and_that_is_said(callback, rachid, as_user):
    answer = as_user(rachid).post(url(callback), {"reason": "Gaat over WOZ."})
    assert answer.status_code == 422
    assert "Er is geen afdeling van het KCC" in answer.content.decode()
    assert "Gaat over WOZ." in answer.content.decode()


def test_what_a_colleague_closed_is_a_conflict_and_the_text_is_kept(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    answer = as_user(rachid).post(url(callback), {"reason": "Mijn reden"})
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Mijn reden" in answer.content.decode()


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, beheer, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    for stranger in (sam, beheer):
        assert as_user(stranger).post(url(callback), {"reason": "x"}).status_code == 404
