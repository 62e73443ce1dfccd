from datetime import datetime, time
from uuid import uuid4

import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.models import OpeningHours
from accounts.worktime import LOCAL
from callbacks.models import Callback, Deadline, Proposal
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


def test_what_was_asked_besides_and_how_to_speak_are_shown(callback, rachid, as_user):
    callback.answers, callback.language, callback.may_leave_voicemail = [["Kenteken", "AB-123-C"]], "Engels", False
    callback.save()
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    for words in ("Kenteken", "AB-123-C", "Spreekt Engels", "Geen voicemail", "De klant wil geen voicemail."):
        assert words in shown, words


def test_a_reminder_of_what_ended_is_a_conflict(callback, rachid, noor, as_user):
    callback.complete(outcome="Gebeld", by=noor)
    answer = as_user(rachid).post(reverse("callbacks:remind", args=[callback.uuid]), {"key": str(uuid4())})
    assert answer.status_code == 409


def test_the_state_alone_holds_nothing_of_the_citizen(callback, rachid, as_user):
    shown = as_user(rachid).get(callback.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "Uiterlijk" in shown
    assert "Jansen" not in shown
    assert "0123456" not in shown
    assert "bezwaar binnen" not in shown
    assert not Access.objects.exists()


def test_every_way_to_the_whole_page_is_written_down(callback, rachid, jansen, as_user):
    client, seen = as_user(rachid), Access.objects.filter(user=rachid, customer=jansen, detail=callback.reference)
    for n, verb in enumerate(["attempt", "complete", "cancel", "remind"], 1):
        shown = client.post(reverse(f"callbacks:{verb}", args=[callback.uuid]))
        assert (shown.status_code, "Anna Jansen" in shown.content.decode()) == (422, True), verb
        assert seen.count() == n, verb
    asked = {"HX-Request": "true"}
    for n, more in enumerate([{"HX-History-Restore-Request": "true"}, {"HX-Boosted": "true"}], 5):
        shown = client.get(callback.get_absolute_url(), headers=asked | more)
        assert "Anna Jansen" in shown.content.decode()
        assert seen.count() == n, more
    shown = client.post(reverse("callbacks:cancel", args=[callback.uuid]), headers=asked)
    assert "Anna Jansen" in shown.content.decode()
    assert seen.count() == 7


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
    with django_assert_max_num_queries(22):
        client.get(callback.get_absolute_url() + "?view=team")


def test_the_track_counts_working_time(office, jansen):
    with time_machine.travel(datetime(2026, 11, 20, 8, 30, tzinfo=LOCAL), tick=False):
        callback = make.callback(make.contact(jansen, outcome="callback"))
    assert callback.due_at == datetime(2026, 11, 24, 8, 30, tzinfo=LOCAL)  # two working days of 8½ hours
    with time_machine.travel(datetime(2026, 11, 24, 12, 45, tzinfo=LOCAL), tick=False):
        late = Deadline.of(callback, repeats=[], now=timezone.now())
    assert (late.state, late.text, late.due_at, late.used, late.over) == (
        "late",
        "4 u 15 min te laat",
        "80.0",
        "80.0",
        "100.0",
    )
    assert late.words == "Gemaakt vr 08:30, Uiterlijk di 08:30, Nu di 12:45"
    with time_machine.travel(datetime(2026, 11, 20, 17, 0, tzinfo=LOCAL), tick=False):
        soon = Deadline.of(callback, repeats=[], now=timezone.now())
    assert (soon.state, soon.due_at, soon.used, soon.over, soon.marks[0].label) == (
        "",
        "100.0",
        "50.0",
        "",
        "Nu vr 17:00",
    )


def offered(callback, *clock):
    year, month, day, hour, minute = clock
    moments = Proposal.of(callback, now=datetime(year, month, day, hour, minute, tzinfo=LOCAL))
    return [(one.label, f"{one.at.astimezone(LOCAL):%d-%m %H:%M}") for one in moments]


def test_next_moments_are_in_office_hours_and_named_truthfully(callback):
    assert offered(callback, 2026, 11, 24, 15, 12) == [
        ("Over 1 uur", "24-11 16:12"), ("Morgenochtend", "25-11 09:00"), ("Morgenmiddag", "25-11 14:00"),
    ]  # fmt: skip
    assert offered(callback, 2026, 11, 24, 9, 30) == [
        ("Over 1 uur", "24-11 10:30"), ("Vanmiddag", "24-11 16:30"), ("Morgenochtend", "25-11 09:00"),
    ]  # fmt: skip
    assert offered(callback, 2026, 11, 24, 16, 5) == [
        ("Vanmiddag", "24-11 16:30"), ("Morgenochtend", "25-11 09:00"), ("Morgenmiddag", "25-11 14:00"),
    ]  # fmt: skip
    monday = [("Maandagochtend", "30-11 09:00"), ("Maandagmiddag", "30-11 14:00")]
    assert offered(callback, 2026, 11, 27, 16, 45) == monday  # a Friday
    assert offered(callback, 2026, 11, 28, 11, 0) == monday
    assert offered(callback, 2026, 11, 29, 23, 30)[0] == ("Morgenochtend", "30-11 09:00")
    assert offered(callback, 2026, 12, 24, 10, 0)[-1] == ("Maandagochtend", "28-12 09:00")  # Christmas on a Friday


def test_an_office_that_closes_early_or_opens_late_is_asked(callback):
    OpeningHours.objects.update(opens=time(13), closes=time(16))
    forget_everything()
    assert offered(callback, 2026, 11, 24, 13, 10) == [
        ("Over 1 uur", "24-11 14:10"), ("Morgenmiddag", "25-11 13:00"),
    ]  # fmt: skip


def test_next_moments_are_checked_against_the_window(callback, rachid, as_user):
    callback.reachable_from = time(15)
    callback.save()
    assert [one.reachable for one in Proposal.of(callback, now=TUESDAY)] == [True, False, True]
    with time_machine.travel(datetime(2026, 11, 27, 16, 45, tzinfo=LOCAL)):
        shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    assert "Maandagochtend" in shown
    assert "ma 09:00, niet bereikbaar" in shown
    assert "ma 30 nov 15:00" in shown  # the afternoon, from when the citizen can be reached
    assert "Over 1 uur" not in shown


def test_an_office_that_never_opens_still_shows_the_page(callback, rachid, as_user):
    Callback.objects.update(due_at=timezone.now())
    OpeningHours.objects.all().delete()
    forget_everything()
    assert as_user(rachid).get(callback.get_absolute_url()).status_code == 200
