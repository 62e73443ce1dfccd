"""Who hears what: whoever must act and is there, and above them who sees to it that somebody does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Absence, Notification, Role
from callbacks import tasks
from callbacks.models import Callback, Cause, Handover, Reminder
from contacts.models import Outcome, Outgoing
from tests import make


def away(person, substitute=None):
    start = timezone.now() - timedelta(hours=1)
    return Absence.objects.create(user=person, starts_at=start, substitute=substitute)


def told(callback, kind):
    """Give who would hear this kind of reminder about the callback, as it is now."""
    fresh = Callback.objects.get(pk=callback.pk)
    row = Reminder(callback=fresh, occurrence=kind)
    return {person.username for person in row.recipients(now=timezone.now())}


@pytest.fixture
def mina(parkeren):
    """The coordinator of Parkeren."""
    made = make.user("mina", Role.SPECIALIST, teams=[parkeren])
    parkeren.coordinator = made
    parkeren.save()
    return made


@pytest.fixture
def held(callback, rachid, mina):
    Callback.objects.filter(pk=callback.pk).update(assignee=rachid)
    return callback


@pytest.mark.parametrize("kind", ["new", "half", "almost:2", "repeat:7", "manual:x"])
def test_the_assignee_hears_what_is_to_be_done(held, kees, kind):
    assert told(held, kind) == {"rachid"}


def test_who_stands_in_hears_it_when_the_assignee_is_away(held, rachid, parkeren):
    piet = make.user("piet", Role.SPECIALIST, teams=[parkeren])
    absence = away(rachid, piet)
    assert told(held, "half") == {"piet"}
    away(piet)
    assert told(held, "half") == {"mina"}
    absence.end(now=timezone.now(), by=None)
    assert told(held, "half") == {"rachid"}


def test_who_is_away_is_passed_over_as_long_as_somebody_is_there(held, rachid, mina, kees, noor):
    away(rachid)
    assert told(held, "almost") == {"mina"}
    away(mina)
    assert told(held, "almost") == {"kees"}  # of the department
    away(kees)
    make.user("lead", Role.TEAM_LEAD)
    assert told(held, "almost") == {"lead"}
    away(make.user("lead2", Role.TEAM_LEAD))
    assert told(held, "almost") == {"lead"}


def test_when_everybody_is_away_it_is_never_nobody(held, rachid, mina):
    away(rachid)
    away(mina)
    assert told(held, "late") == {"rachid"}


def test_the_coordinator_hears_what_is_late_too(held, mina):
    assert told(held, "late") == {"rachid", "mina"}
    away(mina)
    assert told(held, "late") == {"rachid"}


@pytest.mark.parametrize("kind", ["lead", "lead:2", "repeats"])
def test_the_leads_of_the_department_hear_what_is_far_too_late(held, kees, kind):
    make.user("elders", Role.TEAM_LEAD)
    assert told(held, kind) == {"kees"}
    away(kees)
    assert told(held, kind) == {"elders"}


def test_without_leads_who_must_act_hears_it(held):
    assert told(held, "lead") == {"rachid"}


def test_who_asked_and_the_coordinator_hear_that_it_came_back(held, noor, voorlijn, beheer):
    Callback.objects.filter(pk=held.pk).update(requested_by=noor)
    voorlijn.coordinator = beheer
    voorlijn.save()
    Handover.give_back(Callback.objects.get(pk=held.pk), reason="Hoort bij Belastingen", by=None)
    assert told(held, "returned:1") == {"noor", "beheer"}
    away(noor)
    assert told(held, "returned:1") == {"beheer"}


def test_the_repeat_call_that_is_one_too_many_reaches_the_leads_once(held, kees, jansen, kinds):
    held.reminders.all().delete()
    for number in range(4):
        held.add(make.contact(jansen, outcome=Outcome.CALLBACK), by=None)
        assert held.reminders.filter(occurrence="repeats").count() == (number >= 1)
    assert tasks.remind() == 5
    [line] = Notification.objects.filter(recipient=kees)
    assert "De klant belde al vaker opnieuw over" in line.text
    assert kinds(held).count("callback_escalated") == 1


def test_what_reaches_the_leads_is_written_down_and_carries_no_personal_data(held, kees, kinds):
    held.reminders.exclude(occurrence="lead").delete()
    held.reminders.update(next_attempt_at=timezone.now())
    assert tasks.remind() == 1
    [event] = held.log().filter(kind="callback_escalated")
    assert (event.data["to"], event.data["why"]) == ([kees.short_name], "lead")
    assert "Jansen" not in Outgoing.objects.get().subject + Outgoing.objects.get().body


def test_at_night_the_bell_rings_and_the_mail_waits(held, rachid, kees):
    row = held.reminders.get(occurrence="new")
    night = timezone.localtime().replace(hour=23, minute=0) + timedelta(days=2)
    held.reminders.exclude(pk=row.pk).delete()
    [row] = Reminder.objects.with_callbacks().claim(now=night)
    assert row.send(now=night)
    assert Notification.objects.count() == 1
    wait = Outgoing.objects.get().next_attempt_at - night
    assert timedelta(hours=8) <= wait <= timedelta(days=5)


@pytest.mark.parametrize("end", ["complete", "cancel"])
def test_what_ends_in_the_night_sends_no_mail_in_the_morning(held, jansen, rachid, end):
    other = make.callback(make.contact(jansen, outcome=Outcome.CALLBACK), assignee=rachid)
    night = timezone.localtime().replace(hour=23, minute=0) + timedelta(days=2)
    Reminder.objects.exclude(occurrence="new").delete()
    for row in Reminder.objects.with_callbacks().claim(now=night):
        assert row.send(now=night)
    sent = held.reminders.create(occurrence="manual:x", due_at=night)
    gone = Outgoing.write(key=f"{sent.key}:1", kind="reminder", recipient="a@b.nl", subject="x", body="x")
    Outgoing.objects.filter(pk=gone.pk).update(done_at=night, attempts=1)
    if end == "complete":
        held.complete(outcome="Gebeld", by=rachid)
    else:
        held.cancel(cause=Cause.OTHER, reason="Opgelost", by=rachid)
    statuses = {row.key.split(":")[1]: row.status for row in Outgoing.objects.exclude(pk=gone.pk)}
    assert statuses == {
        str(held.reminders.get(occurrence="new").pk): "withdrawn",
        str(other.reminders.get().pk): "waiting",
    }
    gone.refresh_from_db()
    assert gone.status == "sent"


def test_who_may_not_see_it_any_more_is_passed_over(held, rachid, mina, parkeren):
    rachid.teams.set([make.team("Elders")])
    assert told(held, "almost") == {"mina"}
    rachid.teams.set([parkeren])
    assert told(held, "almost") == {"rachid"}
    rachid.groups.clear()
    assert told(held, "almost") == {"mina"}


def test_telling_takes_a_bounded_number_of_questions(held, kees, django_assert_max_num_queries):
    [row] = Reminder.objects.with_callbacks().claim(now=timezone.now(), limit=1)
    with django_assert_max_num_queries(20):
        assert row.send(now=timezone.now())
