from django.urls import reverse

from callbacks.models import Callback, Cause


def url(callback):
    return reverse("callbacks:cancel", args=[callback.uuid])


def test_it_ends_once_with_the_reason(callback, rachid, kinds):
    assert callback.cancel(cause=Cause.OTHER, reason="Klant is verhuisd", by=rachid)
    assert not Callback.objects.get().cancel(cause=Cause.OTHER, reason="Anders", by=rachid)
    assert Callback.objects.get().cancel_reason == "Klant is verhuisd"
    assert not Callback.objects.get().complete(outcome="x", by=rachid)
    assert kinds(callback) == ["callback_requested", "callback_cancelled"]


def test_the_screen_ends_it_and_again_changes_nothing(callback, rachid, as_user):
    for _ in range(2):
        told = {"cause": "duplicate", "reason": "Ook al via T-2026-1"}
        assert as_user(rachid).post(url(callback), told).status_code == 302
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    assert "Dubbel: Ook al via T-2026-1" in shown
    assert Callback.objects.get().cancel_cause == Cause.DUPLICATE


def test_a_cause_and_a_reason_are_needed(callback, rachid, as_user):
    for reason in ("", "x" * 201, "a\x00b", " \u200b "):
        assert as_user(rachid).post(url(callback), {"cause": "other", "reason": reason}).status_code == 422
    for cause in ("", "weg", "\x00", "x" * 5000):
        answer = as_user(rachid).post(url(callback), {"cause": cause, "reason": "Blijft staan"})
        assert answer.status_code == 422
        assert "Blijft staan" in answer.content.decode()
    assert Callback.objects.get().is_open


def test_what_a_colleague_closed_is_a_conflict(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    answer = as_user(rachid).post(url(callback), {"cause": "other", "reason": "Mijn reden"})
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Mijn reden" in answer.content.decode()


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"cause": "other", "reason": "x"}).status_code == 404
