from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from callbacks.models import Callback
from tests import make


def url(callback):
    return reverse("callbacks:claim", args=[callback.uuid])


def test_who_claims_acts(callback, rachid, kinds):
    assert callback.claim(by=rachid)
    assert callback.claim(by=rachid)
    assert (callback.assignee, callback.status) == (rachid, "claimed")
    assert kinds(callback) == ["callback_requested", "callback_claimed"]


def test_nobody_claims_what_a_colleague_has_or_what_has_ended(callback, rachid, noor):
    callback.claim(by=rachid)
    assert not Callback.objects.get().claim(by=noor)
    callback.complete(outcome="Gebeld", by=rachid)
    assert not Callback.objects.get().claim(by=noor)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_race_one_wins(callback, rachid, noor):
    def claim(user):
        try:
            return Callback.objects.get(pk=callback.pk).claim(by=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, [rachid, noor])) == [False, True]


def test_the_screen_claims_once(callback, rachid, as_user):
    client = as_user(rachid)
    for _ in range(2):
        assert client.post(url(callback)).headers["Location"] == callback.get_absolute_url()
    callback.refresh_from_db()
    assert callback.assignee == rachid


def test_the_second_is_told_who_was_first(callback, rachid, noor, as_user):
    callback.claim(by=noor)
    answer = as_user(rachid).post(url(callback))
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen opgepakt" in answer.content.decode()


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback)).status_code == 404
    assert as_user(make.user("anders", "editor")).post(url(callback)).status_code == 404
