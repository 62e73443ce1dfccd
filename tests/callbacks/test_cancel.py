from django.urls import reverse

from callbacks.models import Callback


def url(callback):
    return reverse("callbacks:cancel", args=[callback.uuid])


def test_it_ends_once_with_the_reason(callback, rachid, kinds):
    assert callback.cancel(reason="Klant is verhuisd", by=rachid)
    assert not Callback.objects.get().cancel(reason="Anders", by=rachid)
    assert Callback.objects.get().cancel_reason == "Klant is verhuisd"
    assert not Callback.objects.get().complete(outcome="x", by=rachid)
    assert kinds(callback) == ["callback_requested", "callback_cancelled"]


def test_the_screen_ends_it_and_again_changes_nothing(callback, rachid, as_user):
    for _ in range(2):
        assert as_user(rachid).post(url(callback), {"reason": "Dubbel verzoek"}).status_code == 302
    assert "Dubbel verzoek" in as_user(rachid).get(callback.get_absolute_url()).content.decode()


def test_a_reason_is_needed(callback, rachid, as_user):
    for reason in ("", "x" * 201, "a\x00b"):
        assert as_user(rachid).post(url(callback), {"reason": reason}).status_code == 422
    assert Callback.objects.get().is_open


def test_what_a_colleague_closed_is_a_conflict(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    assert as_user(rachid).post(url(callback), {"reason": "Vervalt"}).status_code == 409


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"reason": "x"}).status_code == 404
