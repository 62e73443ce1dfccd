from uuid import uuid4

from django.urls import reverse

from callbacks.models import Callback
from tests import make


def url(callback):
    return reverse("callbacks:add", args=[callback.uuid])


def test_a_repeat_call_counts_once_and_alerts_who_must_act(callback, jansen, noor, kinds):
    again = make.contact(jansen)
    assert callback.add(again, by=noor, urgent_reason="Derde keer")
    assert callback.add(again, by=noor)
    assert Callback.objects.for_list().get().calls == 2
    assert callback.reminders.filter(occurrence=f"repeat:{again.pk}").count() == 1
    assert kinds(callback) == ["callback_requested", "callback_repeated"]


def test_nothing_is_added_to_what_has_ended(callback, jansen, noor):
    Callback.objects.get().complete(outcome="Gebeld", by=noor)
    assert not callback.add(make.contact(jansen), by=noor)
    assert not callback.repeats.exists()


def test_the_screen_adds_a_contact_of_the_same_citizen(callback, jansen, noor, as_user):
    again = make.contact(jansen, text="Wanneer hoor ik iets?")
    for _ in range(2):
        assert as_user(noor).post(url(callback), {"contact": str(again.uuid)}).status_code == 302
    assert "Wanneer hoor ik iets?" in as_user(noor).get(callback.get_absolute_url()).content.decode()
    assert callback.repeats.count() == 1


def test_a_contact_of_somebody_else_is_refused(callback, noor, as_user):
    other = make.contact(make.customer("Piet", "Visser"))
    assert as_user(noor).post(url(callback), {"contact": str(other.uuid)}).status_code == 404
    assert as_user(noor).post(url(callback), {"contact": str(uuid4())}).status_code == 404
    assert as_user(noor).post(url(callback), {"contact": "geen"}).status_code == 422
    assert as_user(noor).post(url(callback), {"contact": str(callback.contact.uuid)}).status_code == 404


def test_ended_meanwhile_a_get_and_a_stranger(callback, jansen, noor, sam, as_user):
    again = make.contact(jansen)
    callback.complete(outcome="Gebeld", by=noor)
    assert as_user(noor).post(url(callback), {"contact": str(again.uuid)}).status_code == 409
    assert as_user(noor).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"contact": str(again.uuid)}).status_code == 404
