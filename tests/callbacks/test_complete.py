from uuid import uuid4

from django.urls import reverse

from callbacks.models import Callback, Result


def url(callback):
    return reverse("callbacks:complete", args=[callback.uuid])


def test_it_closes_once_with_the_conversation_as_last_attempt(callback, rachid, noor, kinds):
    assert callback.complete(outcome="Bevestiging gestuurd", by=rachid, key="a")
    assert not Callback.objects.get().complete(outcome="Anders", by=noor, key="b")
    done = Callback.objects.get()
    assert (done.outcome, done.completed_by, done.status, done.assignee) == (
        "Bevestiging gestuurd",
        rachid,
        "completed",
        rachid,
    )
    assert [attempt.result for attempt in done.attempts.all()] == [Result.SPOKEN]
    assert done.attempts.get().contact.text == "Bevestiging gestuurd"
    assert kinds(done) == ["callback_requested", "callback_attempted", "callback_completed"]


def test_it_can_be_closed_without_a_call(callback):
    assert callback.complete(outcome="Per mail beantwoord", by=None)
    assert not callback.attempts.exists()


def test_the_screen_closes_and_a_double_click_changes_nothing(callback, rachid, as_user):
    data = {"key": str(uuid4()), "result": "spoken", "outcome": "Bezwaar is binnen"}
    for _ in range(2):
        assert as_user(rachid).post(url(callback), data).headers["Location"] == reverse("callbacks:list")
    callback.refresh_from_db()
    assert (callback.outcome, callback.attempts.count()) == ("Bezwaar is binnen", 1)
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    assert "Bezwaar is binnen" in shown
    assert "<span>Afgerond door R. Yilmaz, <time" in shown  # one piece of text, with one space


def test_an_answer_is_needed(callback, rachid, as_user):
    answer = as_user(rachid).post(url(callback), {"key": str(uuid4()), "result": "spoken", "outcome": " "})
    assert answer.status_code == 422
    assert "Schrijf wat je" in answer.content.decode()
    assert as_user(rachid).post(url(callback), {"key": str(uuid4()), "outcome": "x" * 2001}).status_code == 422


def test_two_who_close_are_told_and_no_text_is_lost(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    answer = as_user(rachid).post(url(callback), {"key": str(uuid4()), "outcome": "Ook gebeld"})
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Ook gebeld" in answer.content.decode()
    assert not callback.attempts.exists()


def test_a_get_and_a_stranger_are_refused(callback, rachid, sam, as_user):
    assert as_user(rachid).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"key": str(uuid4()), "outcome": "x"}).status_code == 404
