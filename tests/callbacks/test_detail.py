from datetime import datetime, time, timedelta

import time_machine
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.worktime import LOCAL
from callbacks.models import Callback, Deadline
from contacts.models import Access, Case
from tests import make

TUESDAY = datetime(2026, 11, 24, 15, 12, tzinfo=LOCAL)


def test_it_shows_all_there_is_and_writes_down_who_looked(callback, rachid, noor, jansen, as_user):
    callback.add(make.contact(jansen, text="Nog niets gehoord"), by=noor, urgent_reason="Boos")
    Case.open(contact=callback.contact, title="Bezwaar", team=callback.team, by=None)
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    for words in (
        "Bezwaar parkeervergunning", "Is het bezwaar binnen?", "Nog niets gehoord", "Belde opnieuw", "Spoed",
        "Anna Jansen", "Bel 06 90 12 34 56", 'href="tel:+31690123456"', "Poging 1 vastleggen", "Logboek",
        "Spoed gegeven door N. Bakker", 'role="img"', "Zaak",
    ):  # fmt: skip
        assert words in shown, words
    seen = Access.objects.get()
    assert (seen.user, seen.customer, seen.detail) == (rachid, jansen, callback.reference)


def test_the_state_alone_holds_nothing_of_the_citizen(callback, rachid, as_user):
    shown = as_user(rachid).get(callback.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "Uiterlijk" in shown
    assert "Jansen" not in shown
    assert "0123456" not in shown
    assert "bezwaar binnen" not in shown
    assert not Access.objects.exists()


def test_a_stranger_sees_nothing(callback, sam, beheer, as_user):
    assert as_user(sam).get(callback.get_absolute_url()).status_code == 404
    assert as_user(beheer).get(callback.get_absolute_url()).status_code == 404


def test_an_anonymous_caller_has_a_page_too(office, noor, as_user):
    made = make.callback(make.contact(outcome="callback"))
    shown = as_user(noor).get(made.get_absolute_url())
    assert shown.status_code == 200
    assert "Onbekende klant" in shown.content.decode()


def test_the_log_has_a_line_for_each_kind(callback, rachid, noor, jansen, as_user):
    callback.claim(by=rachid)
    callback.assign(team=callback.team, assignee=noor, reason="Vrij", by=rachid)
    callback.remind(key="a", by=noor)
    for reminder in callback.reminders.all():
        reminder.attempts = 0
        reminder.send(now=timezone.now())
    callback.attempt(key="a", result="voicemail", by=noor)
    callback.complete(outcome="Opgelost", by=noor)
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    for words in (
        "In behandeling genomen door R. Yilmaz", "Toegewezen aan N. Bakker", "Herinnering gevraagd door N. Bakker",
        "Herinnering aan N. Bakker", "Te laat", "Poging 1: voicemail ingesproken", "Afgerond door N. Bakker",
    ):  # fmt: skip
        assert words in shown, words


def test_the_cost_is_bounded(callback, rachid, noor, jansen, as_user, django_assert_max_num_queries):
    for n in range(5):
        callback.attempt(key=str(n), result="busy", by=rachid)
        callback.add(make.contact(jansen), by=noor)
    client = as_user(rachid)
    client.get(callback.get_absolute_url())
    with django_assert_max_num_queries(14):
        client.get(callback.get_absolute_url())


def test_the_track_counts_working_time(office, jansen):
    with time_machine.travel(datetime(2026, 11, 20, 8, 30, tzinfo=LOCAL), tick=False):
        callback = make.callback(make.contact(jansen, outcome="callback"))
    assert callback.due_at == datetime(2026, 11, 24, 8, 30, tzinfo=LOCAL)  # two working days of 8½ hours
    with time_machine.travel(datetime(2026, 11, 24, 12, 45, tzinfo=LOCAL), tick=False):
        late = Deadline.of(callback, repeats=[], now=timezone.now())
    assert (late.state, late.text, late.due_at, late.now_at) == ("late", "4 u 15 min te laat", "80.0", "80.0")
    assert late.words == "Gemaakt vr 08:30, Uiterlijk di 08:30, Nu di 12:45"
    with time_machine.travel(datetime(2026, 11, 20, 17, 0, tzinfo=LOCAL), tick=False):
        soon = Deadline.of(callback, repeats=[], now=timezone.now())
    assert (soon.state, soon.due_at, soon.now_at, soon.marks[0].label) == ("", "100.0", "50.0", "Nu vr 17:00")


def test_next_moments_are_named_and_checked_against_the_window(callback):
    callback.reachable_from = time(15)
    moments = dict(callback.propose_next(now=TUESDAY))
    assert moments["hour"] == TUESDAY + timedelta(hours=1)
    assert moments["morning"] == datetime(2026, 11, 25, 9, 0, tzinfo=LOCAL)
    assert callback.reachable_at(moments["hour"])
    assert not callback.reachable_at(moments["morning"])
    friday = datetime(2026, 11, 27, 16, 45, tzinfo=LOCAL)
    assert dict(callback.propose_next(now=friday)) == {
        "hour": friday + timedelta(hours=1), "morning": datetime(2026, 11, 30, 9, 0, tzinfo=LOCAL),
    }  # fmt: skip


def test_an_office_that_never_opens_still_shows_the_page(callback, rachid, as_user):
    Callback.objects.update(due_at=timezone.now())
    from accounts.models import OpeningHours

    OpeningHours.objects.all().delete()
    forget_everything()
    assert as_user(rachid).get(callback.get_absolute_url()).status_code == 200
