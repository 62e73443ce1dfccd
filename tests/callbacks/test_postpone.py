"""The citizen agreed to be called later: the new moment counts for who calls, the norm's own moment for the figures."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.worktime import LOCAL
from callbacks.forms import PostponeForm
from callbacks.models import Callback, Deadline, Policy, Postponement, Proposal
from contacts.models import Outcome
from tests import make

TUESDAY = datetime(2026, 11, 24, 12, 57, tzinfo=LOCAL)
THURSDAY = datetime(2026, 11, 26, 10, 45, tzinfo=LOCAL)


@pytest.fixture
def late(office, parkeren, jansen):
    """A callback that should have been done at a quarter to eleven, and it is Tuesday, three to one."""
    with time_machine.travel(TUESDAY, tick=False):
        yield make.callback(make.contact(jansen, outcome=Outcome.CALLBACK), due_at=TUESDAY.replace(hour=10, minute=45))


def url(callback):
    return reverse("callbacks:postpone", args=[callback.uuid])


def typed(until=THURSDAY, **fields):
    return {"until": until.isoformat(), "reason": "Is donderdag thuis."} | fields


def test_the_screen_agrees_once_and_shows_both_moments(late, rachid, as_user, kinds):
    client, due_at = as_user(rachid), late.due_at
    for _ in range(2):
        assert client.post(url(late), typed()).headers["Location"] == late.get_absolute_url()
    late.refresh_from_db()
    assert (late.due_at, late.norm_due_at, late.status) == (THURSDAY, due_at, "waiting")
    assert Postponement.objects.count() == 1
    assert kinds(late)[-1] == "callback_postponed"
    shown = client.get(late.get_absolute_url()).content.decode()
    assert "Wacht op klant" in shown
    assert "Uitgesteld tot <b>do 26 nov 10:45</b>, afgesproken met de klant" in shown
    assert "Norm: di 24 nov 10:45, 2 u 12 min te laat" in shown
    assert "Is donderdag thuis." in shown


def test_the_track_shows_the_norm_and_the_agreement(late, rachid):
    Postponement.agree(late, until=THURSDAY, reason="Thuis", by=rachid)
    now = timezone.now()
    waits = Deadline.of(late, repeats=[], now=now)
    assert (waits.state, waits.due_at, waits.now_label) == ("", "100.0", "Uitgesteld tot do 10:45")
    assert float(waits.used) < float(waits.over) < 100  # on time, then late by the norm, then still to come
    assert waits.norm_is_late
    assert [mark.late for mark in waits.marks] == [True, True]  # the norm's moment, and now
    assert waits.words == "Gemaakt di 09:45, Uitgesteld tot do 10:45, Norm di 10:45"
    after = Deadline.of(late, repeats=[], now=THURSDAY + timedelta(hours=1))
    assert (after.state, after.text, after.over) == ("late", "1 u 00 min te laat", "100.0")


def test_before_the_norm_nothing_is_late(late, rachid):
    Callback.objects.filter(pk=late.pk).update(due_at=TUESDAY + timedelta(hours=1))
    late.refresh_from_db()
    Postponement.agree(late, until=THURSDAY, reason="Thuis", by=rachid)
    waits = Deadline.of(late, repeats=[], now=timezone.now())
    assert (waits.norm, waits.norm_is_late, waits.over) == ("di 24 nov 13:57", False, "")


def test_the_moments_on_offer_are_later_than_what_was_promised(late, office):
    labels = [(one.label, f"{one.at.astimezone(LOCAL):%d-%m %H:%M}") for one in Proposal.later(late, now=TUESDAY)]
    assert labels == [
        ("Vanmiddag", "24-11 16:30"), ("Morgenochtend", "25-11 09:00"), ("Morgenmiddag", "25-11 14:00"),
    ]  # fmt: skip
    late.due_at = THURSDAY
    labels = [(one.label, f"{one.at.astimezone(LOCAL):%d-%m %H:%M}") for one in Proposal.later(late, now=TUESDAY)]
    assert labels == [
        ("Donderdagmiddag", "26-11 16:30"), ("Vrijdagochtend", "27-11 09:00"), ("Vrijdagmiddag", "27-11 14:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"until": ""}, "Kies wanneer we uiterlijk bellen"),
        ({"until": "choose"}, "Kies een datum en tijd"),
        ({"until": "choose", "until_at": "onzin"}, "geldige datum"),
        ({"until": "choose", "until_at": "2020-01-01T10:00"}, "nog moet komen"),
        ({"until": "choose", "until_at": "9999-12-31T10:00"}, "binnen 90 dagen"),
        ({"until": "2026-99-99T10:00:00+01:00"}, "Kies een datum en tijd"),
        ({"until": "2026-11-26T10:45"}, "Kies een datum en tijd"),  # without a zone it is no moment
        ({"until": "\x00"}, ""),
        ({"until": "x" * 5000}, ""),
        ({"reason": ""}, "Schrijf wat je met de klant hebt afgesproken"),
        ({"reason": "x" * 201}, ""),
        ({"reason": "a\x00b"}, ""),
    ],
)
def test_wrong_input_keeps_the_text(late, rachid, as_user, data, words):
    answer = as_user(rachid).post(url(late), typed() | data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    kept = data.get("reason", "Is donderdag thuis.")[:9].replace("\x00", "")
    assert kept in answer.content.decode().replace("\x00", "")
    late.refresh_from_db()
    assert late.norm_due_at is None


def test_earlier_than_promised_is_no_putting_off(callback):
    now = timezone.now()
    form = PostponeForm(typed(callback.due_at), callback=callback, now=now)
    assert "We bellen al uiterlijk" in form.errors["until"][0]


def test_what_a_colleague_closed_is_a_conflict_and_the_text_is_kept(late, rachid, noor, as_user):
    late.complete(outcome="Gebeld", by=noor)
    answer = as_user(rachid).post(url(late), typed())
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Is donderdag thuis." in answer.content.decode()


def test_a_get_a_stranger_and_who_has_no_role_are_refused(late, rachid, sam, beheer, as_user):
    assert as_user(rachid).get(url(late)).status_code == 405
    for stranger in (sam, beheer):
        assert as_user(stranger).post(url(late), typed()).status_code == 404


def test_a_try_is_proposed_on_another_part_of_a_day_while_the_policy_asks(late):
    def proposed():
        found = Proposal.first(Proposal.of(late, now=TUESDAY), callback=late)
        return found and found.label

    assert proposed() == "Morgenochtend"
    Policy.objects.create(team=None, max_attempts=2, day_parts=1)
    make.forget_everything()
    assert proposed() == "Over 1 uur"
