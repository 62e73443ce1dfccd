from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.memory import forget_everything
from accounts.worktime import LOCAL
from callbacks.forms import AttemptForm, CancelForm, CompleteForm, FilterForm, GiveBackForm, MessageForm
from callbacks.models import Attempt, Callback, Ended, Policy, Result
from callbacks.models.tried import day_part
from contacts.models import Contact
from insights.tasks import tally
from tests import make

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


def test_after_three_misses_on_two_parts_of_a_day_another_way_is_asked_for(callback, rachid, as_user):
    for key, hour in (("a", 9), ("b", 11), ("c", 13)):
        assert not callback.missed_all
        with time_machine.travel(TUESDAY.replace(hour=hour)):
            callback.attempt(key=key, result=Result.NO_ANSWER, by=rachid)
        callback._prefetched_objects_cache = {}
    assert callback.missed_all
    shown = " ".join(as_user(rachid).get(callback.get_absolute_url()).content.decode().split())
    assert "Drie pogingen. Stuur de klant een bericht of sluit af." in shown
    assert "Beste Anna Jansen" in shown


@pytest.fixture
def unnoted(office, rachid):
    """Three callbacks as the version before leaves them: only the attempts say that somebody was spoken to."""
    rows = [make.callback() for _ in range(3)]
    for row, results in zip(rows, ((Result.BUSY,), (Result.BUSY, Result.SPOKEN, Result.SPOKEN), ()), strict=True):
        for n, result in enumerate(results):
            with time_machine.travel(timezone.now() - timedelta(minutes=9 - n), tick=False):
                row.attempt(key=f"{n}", result=result, by=rachid)
    rows[2].complete(outcome="Gebeld", by=rachid, key="z")
    Callback.objects.update(spoken_at=None)
    return {row.pk: row.attempts.filter(result=Result.SPOKEN).values_list("at", flat=True).first() for row in rows}


def spoken():
    return dict(Callback.objects.values_list("pk", "spoken_at"))


def test_what_the_version_before_goes_on_writing_is_filled_in_before_it_is_counted(unnoted, django_assert_num_queries):
    tally()
    assert spoken() == unnoted
    with django_assert_num_queries(2):
        assert Attempt.note_spoken(now=timezone.now()) == 0


def test_what_is_long_over_is_not_looked_for_again(unnoted):
    assert Attempt.note_spoken(now=timezone.now() + timedelta(days=8)) == 1


def test_the_upgrade_fills_in_what_was_spoken_piece_by_piece(unnoted, monkeypatch):
    migration = import_module("callbacks.migrations.0003_spoken_at")
    monkeypatch.setattr(migration, "BATCH", 1)
    for _ in range(2):
        migration.fill(apps, connection.schema_editor())
        assert spoken() == unnoted
    assert not migration.Migration.atomic


def test_a_conversation_is_counted_from_the_first(callback, rachid):
    for key, result in (("a", Result.BUSY), ("b", Result.SPOKEN), ("c", Result.SPOKEN)):
        with time_machine.travel(TUESDAY + timedelta(minutes=ord(key)), tick=False):
            callback.attempt(key=key, result=result, by=rachid)
    callback.refresh_from_db()
    assert callback.first_attempt_at == TUESDAY + timedelta(minutes=ord("a"))
    assert callback.spoken_at == TUESDAY + timedelta(minutes=ord("b"))


@pytest.mark.parametrize(
    ("moments", "is_enough"),
    [
        (["24T09:00", "24T10:00", "24T11:59"], False),  # one morning
        (["24T09:00", "24T10:00", "24T12:00"], True),  # noon begins the afternoon
        (["24T12:00", "24T16:59", "25T12:00"], True),  # the afternoon of another day
        (["24T09:00", "24T13:00"], False),
    ],
)
def test_enough_is_three_on_two_parts_of_a_day(callback, moments, is_enough):
    misses = [datetime.fromisoformat(f"2026-11-{moment}").replace(tzinfo=LOCAL) for moment in moments]
    assert callback.is_enough(misses) is is_enough


def test_parts_of_a_day_are_local_also_when_the_clock_changes():
    before = datetime(2026, 10, 25, 0, 30, tzinfo=LOCAL).astimezone(UTC)
    assert day_part(before) == day_part(before + timedelta(hours=11)) == (date(2026, 10, 25), False)
    assert day_part(before + timedelta(hours=12, minutes=30)) == (date(2026, 10, 25), True)
    assert day_part(before - timedelta(minutes=31)) == (date(2026, 10, 24), True)


def test_a_department_may_ask_more_or_less(callback, rachid):
    policy = Policy.objects.create(team=callback.team, max_attempts=1, day_parts=2)
    forget_everything()
    assert not callback.missed_all
    callback.attempt(key="a", result=Result.NO_ANSWER, by=rachid)
    callback._prefetched_objects_cache = {}
    assert callback.missed_all
    policy.max_attempts = 2
    policy.save()
    forget_everything()
    assert not callback.missed_all


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


def test_what_was_typed_wrong_after_the_end_is_given_back_too(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    for verb in ("attempt", "complete", "cancel", "message", "postpone", "give_back"):
        data = {"key": "geen", "note": "Mijn notitie", "text": "Mijn notitie", "reason": "Mijn notitie"}
        answer = as_user(rachid).post(reverse(f"callbacks:{verb}", args=[callback.uuid]), data)
        assert answer.status_code == 409, verb
        assert "Mijn notitie" in answer.content.decode(), verb


def test_a_key_of_another_callback_does_no_harm(callback, late, rachid, as_user):
    data = {"key": str(uuid4()), "result": "busy"}
    for one in (callback, late):
        assert as_user(rachid).post(url(one), data).status_code == 302
    assert (callback.attempts.count(), late.attempts.count()) == (1, 1)
    assert Contact.objects.filter(direction="out").count() == 2


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"key": str(uuid4()), "result": "busy"}).status_code == 404


FIELDS = ["key", "result", "next", "next_at", "note", "outcome", "cause", "reason", "subject", "text", "view", "due"]
WORDS = st.one_of(st.text(max_size=80), st.just("x" * 5000), st.just("choose"), st.just("spoken"), st.uuids().map(str))


@settings(max_examples=80)
@given(data=st.dictionaries(st.sampled_from(FIELDS), WORDS))
def test_no_input_breaks_the_forms(data):
    attempts = AttemptForm(data, moments={}), CompleteForm(data, moments={})
    for form in (*attempts, CancelForm(data), GiveBackForm(data), MessageForm(data)):
        assert isinstance(form.is_valid(), bool)
    assert isinstance(FilterForm(data).filters(), dict)
