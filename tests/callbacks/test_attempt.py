from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.worktime import LOCAL
from callbacks.forms import AttemptForm, CompleteForm
from callbacks.models import Ended, Result
from contacts.models import Contact

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=LOCAL)


def url(callback):
    return reverse("callbacks:attempt", args=[callback.uuid])


def test_a_miss_is_a_fact_with_a_time_and_a_result(callback, rachid, kinds):
    later = timezone.now() + timedelta(hours=1)
    contact = callback.attempt(
        key="a", result=Result.NO_ANSWER, by=rachid, note="Lang laten gaan", next_attempt_at=later
    )
    callback.refresh_from_db()
    assert (callback.assignee, callback.status, callback.next_attempt_at) == (rachid, "claimed", later)
    assert callback.first_attempt_at is not None
    assert (contact.direction, contact.reached, contact.customer) == ("out", False, callback.contact.customer)
    assert contact not in callback.contact.customer.contacts.timeline()
    assert callback.log().first().data["n"] == 1
    assert kinds(callback) == ["callback_requested", "callback_attempted"]


def test_a_conversation_stands_in_the_timeline(callback, rachid):
    contact = callback.attempt(key="a", result=Result.SPOKEN, by=rachid, note="Uitgelegd")
    assert contact in callback.contact.customer.contacts.timeline()


def test_the_same_key_is_one_attempt(callback, rachid):
    assert callback.attempt(key="a", result="busy", by=rachid) == callback.attempt(key="a", result="busy", by=rachid)
    assert callback.attempts.count() == 1


def test_after_three_misses_another_way_is_asked_for(callback, rachid, as_user):
    for key in "abc":
        assert not callback.missed_all
        callback.attempt(key=key, result=Result.NO_ANSWER, by=rachid)
        callback._prefetched_objects_cache = {}
    assert callback.missed_all
    assert (
        "Drie pogingen. Stuur de klant een bericht of laat het verzoek vervallen."
        in as_user(rachid).get(callback.get_absolute_url()).content.decode()
    )


def test_what_has_ended_is_not_tried(callback, rachid):
    callback.complete(outcome="Gebeld", by=None)
    with pytest.raises(Ended):
        callback.attempt(key="a", result=Result.BUSY, by=rachid)


@time_machine.travel(TUESDAY)
def test_the_screen_saves_one_attempt_and_plans_the_next(callback, rachid, as_user):
    data = {"key": str(uuid4()), "result": "no_answer", "next": "hour", "note": "40 seconden"}
    for _ in range(2):
        assert as_user(rachid).post(url(callback), data).headers["Location"] == callback.get_absolute_url()
    callback.refresh_from_db()
    assert callback.attempts.count() == 1
    assert abs(callback.next_attempt_at - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1)
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    assert "1 van 3" in shown
    assert "40 seconden" in shown
    assert "Poging 1: geen gehoor" in shown


def test_a_moment_of_ones_own(callback, rachid, as_user):
    data = {"key": str(uuid4()), "result": "busy", "next": "choose"}
    client, now = as_user(rachid), timezone.localtime()
    for wrong, words in (
        ("", "Kies een datum en tijd"),
        ("0001-01-01T00:00", "nog moet komen"),
        ("2020-01-01T10:00", "nog moet komen"),
        (f"{now + timedelta(days=91):%Y-%m-%dT%H:%M}", "binnen 90 dagen"),
        ("9999-12-31T23:59", "binnen 90 dagen"),
    ):
        refused = client.post(url(callback), data | {"next_at": wrong})
        assert refused.status_code == 422, wrong
        assert words in refused.content.decode(), wrong
    assert (
        client.post(url(callback), data | {"next_at": f"{now + timedelta(days=89):%Y-%m-%dT%H:%M}"}).status_code == 302
    )


def test_a_moment_that_went_by_while_the_page_was_open_is_said(callback, rachid, as_user):
    data = {"key": str(uuid4()), "result": "busy", "next": "hour", "note": "Blijft staan"}
    with time_machine.travel(TUESDAY.replace(hour=16, minute=1)):
        refused = as_user(rachid).post(url(callback), data)
    assert refused.status_code == 422
    assert "buiten de openingstijden" in refused.content.decode()
    assert not callback.attempts.exists()
    with time_machine.travel(TUESDAY.replace(hour=16, minute=2)):
        assert as_user(rachid).post(url(callback), data | {"result": "spoken"}).status_code == 302


def test_wrong_input_keeps_the_text(callback, rachid, as_user):
    for wrong in ({"key": "geen"}, {"result": "weg"}, {"note": "x" * 2001}, {"next": "ooit"}, {"note": "a\x00b"}):
        data = {"key": str(uuid4()), "result": "busy", "note": "Blijft staan"} | wrong
        answer = as_user(rachid).post(url(callback), data)
        assert answer.status_code == 422, wrong
        assert data["note"][:12].replace("\x00", "") in answer.content.decode().replace("\x00", "")
    assert not callback.attempts.exists()


def test_somebody_else_closed_it_and_the_note_is_given_back(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    answer = as_user(rachid).post(url(callback), {"key": str(uuid4()), "result": "busy", "note": "Mijn notitie"})
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Mijn notitie" in answer.content.decode()


def test_a_key_of_another_callback_does_no_harm(callback, late, rachid, as_user):
    data = {"key": str(uuid4()), "result": "busy"}
    for one in (callback, late):
        assert as_user(rachid).post(url(one), data).status_code == 302
    assert (callback.attempts.count(), late.attempts.count()) == (1, 1)
    assert Contact.objects.filter(direction="out").count() == 2


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"key": str(uuid4()), "result": "busy"}).status_code == 404


WORDS = st.one_of(st.text(max_size=80), st.just("x" * 5000), st.just("choose"), st.just("spoken"), st.uuids().map(str))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.sampled_from(["key", "result", "next", "next_at", "note", "outcome"]), WORDS))
def test_no_input_breaks_the_forms(data):
    for form in (AttemptForm(data, moments={}), CompleteForm(data, moments={})):
        assert isinstance(form.is_valid(), bool)
