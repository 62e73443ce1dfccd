from callbacks.models import Callback
from tests import make


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


def test_the_same_contact_is_added_once_and_shown_with_the_question(callback, jansen, noor, as_user):
    again = make.contact(jansen, text="Wanneer hoor ik iets?")
    for _ in range(2):
        assert callback.add(again, by=noor)
    assert callback.repeats.count() == 1
    assert "Wanneer hoor ik iets?" in as_user(noor).get(callback.get_absolute_url()).content.decode()
