"""The number was wrong: from then on the right one is called, and what was tried on the other counts no more."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.memory import forget_everything
from callbacks.models import Callback, Ended, Policy, Result
from callbacks.models.cause import Cause
from callbacks.models.letter import beginning

RIGHT = "+31698765432"


@pytest.fixture
def once(callback, parkeren):
    """One miss is enough."""
    Policy.objects.keep(Policy(team=parkeren, max_attempts=1, day_parts=1))
    forget_everything()
    return callback


def tried(callback, number, result="wrong_number"):
    url = reverse("callbacks:attempt", args=[callback.uuid])
    return url, {"key": str(uuid4()), "result": result, "number": number, "next": "", "note": "Een bakker nam op"}


def test_the_right_number_is_called_from_now_on(callback, rachid, kinds):
    assert callback.correct_number(number=RIGHT, by=rachid)
    assert not callback.correct_number(number=RIGHT, by=rachid)
    fresh = Callback.objects.get()
    assert fresh.number == RIGHT
    assert kinds(callback) == ["callback_requested", "callback_number"]
    assert RIGHT not in str(callback.log().first().data)


def test_what_has_ended_keeps_its_number(callback, rachid):
    callback.cancel(cause=Cause.UNREACHABLE, reason="Verhuisd", by=rachid)
    with pytest.raises(Ended):
        callback.correct_number(number=RIGHT, by=rachid)
    assert Callback.objects.get().number != RIGHT


def test_tries_on_the_wrong_number_count_no_more(once, rachid):
    once.attempt(key="a", result=Result.NO_ANSWER, by=rachid)
    once.attempt(key="b", result=Result.WRONG_NUMBER, by=rachid)
    assert (once.missed_all, once.counted, once.tries) == (True, 2, 2)
    once.correct_number(number=RIGHT, by=rachid)
    assert (once.missed_all, once.counted, once.tries) == (False, 0, 2)
    once.attempt(key="c", result=Result.NO_ANSWER, by=rachid)
    assert (once.missed_all, once.counted, once.tries) == (True, 1, 3)


def test_it_is_filled_in_with_the_attempt(once, rachid, as_user):
    url, data = tried(once, "06 98 76 54 32")
    page = as_user(rachid)
    for _ in range(2):
        assert page.post(url, data).status_code == 302
    fresh = Callback.objects.get()
    assert (fresh.number, fresh.tries, fresh.missed_all) == (RIGHT, 1, False)
    assert once.log().filter(kind="callback_number").count() == 1
    shown = page.get(once.get_absolute_url()).content.decode()
    assert f'href="tel:{RIGHT}"' in shown
    assert "Telefoonnummer verbeterd" in shown
    assert "0 van 1" in shown


def test_without_the_right_number_it_is_a_miss_and_the_letter_says_why(once, rachid, as_user):
    assert as_user(rachid).post(*tried(once, "")).status_code == 302
    fresh = Callback.objects.get()
    assert fresh.missed_all
    text = beginning(fresh, tries=fresh.counted)["text"]
    assert "Het telefoonnummer dat wij van u hebben, klopt niet." in text
    assert "keer" not in text


@pytest.mark.parametrize("typed", ["12", "geen idee", "\0", "9" * 41])
def test_what_is_no_number_is_refused_and_kept(callback, rachid, as_user, typed):
    answer = as_user(rachid).post(*tried(callback, typed))
    assert answer.status_code == 422
    assert "Een bakker nam op" in answer.content.decode()
    assert not callback.attempts.exists()


def test_a_number_left_in_a_hidden_field_changes_nothing(callback, rachid, as_user):
    before = callback.number
    url, data = tried(callback, "niet af", result="spoken")
    assert as_user(rachid).post(url, data).status_code == 302
    assert Callback.objects.get().number == before


def test_a_stranger_changes_no_number(callback, sam, as_user):
    assert as_user(sam).post(*tried(callback, "06 98 76 54 32")).status_code == 404
    assert Callback.objects.get().number != RIGHT
