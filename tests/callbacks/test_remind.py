"""Reminding: by hand, and the scan that finds what is due."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from callbacks import tasks
from callbacks.models import Callback, Reminder
from contacts.models import Heartbeat, Outcome, Outgoing
from contacts.models.lease import LAST_ATTEMPT, LEASE
from tests import make


def url(callback):
    return reverse("callbacks:remind", args=[callback.uuid])


def only_new(callback):
    """Leave one reminder that is due."""
    callback.reminders.exclude(occurrence="new").delete()
    return callback.reminders.get()


def test_by_hand_it_is_one_row_for_one_key(callback, noor, kinds):
    for key in ("a", "a", "b"):
        callback.remind(key=key, by=noor)
    assert callback.reminders.filter(occurrence__startswith="manual:").count() == 2
    assert kinds(callback) == ["callback_requested", "callback_reminded", "callback_reminded"]


def test_what_has_ended_is_not_reminded(callback, noor):
    callback.complete(outcome="Gebeld", by=noor)
    callback.remind(key="a", by=noor)
    assert not callback.reminders.filter(occurrence__startswith="manual:").exists()


def test_the_screen_reminds_once_and_goes_back(callback, noor, as_user):
    data = {"key": str(uuid4()), "next": "/callbacks/?view=all"}
    for _ in range(2):
        assert as_user(noor).post(url(callback), data).headers["Location"] == "/callbacks/?view=all"
    assert callback.reminders.filter(occurrence__startswith="manual:").count() == 1


def test_a_wrong_key_a_get_and_a_stranger_are_refused(callback, noor, sam, as_user):
    assert as_user(noor).post(url(callback), {"key": "x"}).status_code == 422
    assert as_user(noor).get(url(callback)).status_code == 405
    assert as_user(sam).post(url(callback), {"key": str(uuid4())}).status_code == 404


def test_the_scan_tells_the_assignee_in_bell_and_mail(callback, rachid):
    callback.assign(team=callback.team, assignee=rachid, reason="", by=None)
    assert tasks.remind() == 2
    bell = Notification.objects.filter(recipient=rachid)
    assert bell.count() == 2
    assert bell.first().url == callback.get_absolute_url()
    mail = Outgoing.objects.first()
    assert mail.recipient == rachid.email
    assert callback.reference in mail.subject
    assert "Jansen" not in mail.subject + mail.body
    assert tasks.remind() == 0
    assert Heartbeat.objects.get(name="remind").last_ok is not None


def test_nobody_assigned_means_the_coordinator_or_else_the_team(callback, rachid, kees):
    reminder = only_new(callback)
    assert set(reminder.recipients(now=timezone.now())) == {rachid, kees}
    callback.team.coordinator = kees
    callback.team.save()
    assert Reminder.objects.get().recipients(now=timezone.now()) == [kees]
    kees.is_active = False
    kees.save()
    assert Reminder.objects.get().recipients(now=timezone.now()) == [rachid]


def test_a_team_without_people_means_the_team_leads(callback):
    reminder, kees = only_new(callback), make.user("kees", "team lead")
    make.user("weg", "team lead", is_active=False)
    assert reminder.recipients(now=timezone.now()) == [kees]
    assert tasks.remind() == 1
    assert Notification.objects.get().recipient == kees


def test_with_nobody_at_all_it_waits_for_somebody_and_is_seen(callback):
    reminder = only_new(callback)
    for _ in range(LAST_ATTEMPT + 1):
        Reminder.objects.update(next_attempt_at=timezone.now())
        assert tasks.remind() == 0
    reminder.refresh_from_db()
    assert (reminder.done_at, reminder.last_error) == (None, "niemand om te herinneren")
    assert (reminder.parked_at, reminder.attempts, reminder.lease_until) == (None, 0, None)
    assert timedelta(minutes=4) < reminder.next_attempt_at - timezone.now() <= timedelta(minutes=5)
    assert Reminder.objects.oldest_untold(now=timezone.now()) == reminder.due_at
    assert not Outgoing.objects.exists()
    make.user("kees", "team lead")  # appointed a minute later
    Reminder.objects.update(next_attempt_at=timezone.now())
    assert tasks.remind() == 1
    assert Notification.objects.get().recipient.username == "kees"
    assert Reminder.objects.oldest_untold(now=timezone.now()) is None


def test_an_assignee_who_left_holds_nothing_up(callback, rachid, kees):
    callback.assign(team=callback.team, assignee=rachid, reason="", by=None)
    rachid.is_active = False
    rachid.save()
    assert Reminder.objects.first().recipients(now=timezone.now()) == [kees]


def test_what_is_late_is_told_to_the_coordinator_too_and_logged(late, rachid, kees):
    Callback.objects.filter(pk=late.pk).update(assignee=rachid)
    late.team.coordinator = kees
    late.team.save()
    late.reminders.filter(occurrence="late").update(next_attempt_at=timezone.now())
    late.reminders.exclude(occurrence="late").delete()
    assert tasks.remind() == 1
    assert set(Notification.objects.values_list("recipient", flat=True)) == {rachid.pk, kees.pk}
    assert late.log().first().kind == "callback_late"


def test_a_failing_row_harms_itself_alone(office, jansen, rachid, monkeypatch, caplog):
    rows = [only_new(make.callback(make.contact(jansen, outcome=Outcome.CALLBACK))) for _ in range(3)]
    bad, send = rows[1], Reminder.send

    def sometimes(self, *, now):
        if self.pk == bad.pk:
            raise RuntimeError("stuk")
        return send(self, now=now)

    monkeypatch.setattr(Reminder, "send", sometimes)
    assert tasks.remind() == 2
    bad.refresh_from_db()
    assert (bad.done_at, bad.attempts, bad.lease_until) == (None, 1, None)
    assert "stuk" in bad.last_error
    assert bad.next_attempt_at > timezone.now()
    assert f"Reminder {bad.pk}" in caplog.text
    for _ in range(5):
        Reminder.objects.filter(pk=bad.pk).update(next_attempt_at=timezone.now())
        tasks.remind()
    bad.refresh_from_db()
    assert bad.parked_at is not None


def test_a_row_that_takes_the_process_down_each_time_is_set_aside_and_harms_no_other(callback, rachid):
    for occurrence in ("killer", "good"):
        callback.reminders.create(occurrence=f"manual:{occurrence}", due_at=timezone.now())
    callback.reminders.exclude(occurrence__startswith="manual:").delete()
    now = timezone.now()
    tries = []
    for _ in range(LAST_ATTEMPT):
        tries += Reminder.objects.claim(now=now, limit=1)  # and the process dies
        now += LEASE + timedelta(seconds=1)
    assert [row.occurrence for row in tries] == ["manual:killer"] * LAST_ATTEMPT
    [other] = Reminder.objects.claim(now=now, limit=1)
    assert (other.occurrence, other.attempts) == ("manual:good", 1)
    killer = Reminder.objects.get(occurrence="manual:killer")
    assert (killer.parked_at, killer.lease_until) == (now, None)
    assert killer.last_error == "De verwerking brak steeds af."
    assert not tries[-1].finish(now=now)  # should it wake up after all


def test_the_scan_takes_one_row_at_a_time(office, jansen, rachid, monkeypatch):
    for _ in range(3):
        only_new(make.callback(make.contact(jansen, outcome=Outcome.CALLBACK)))
    held, send = [], Reminder.send

    def note(self, *, now):
        held.append(Reminder.objects.filter(lease_until__gt=now).count())
        return send(self, now=now)

    monkeypatch.setattr(Reminder, "send", note)
    assert tasks.remind() == 3
    assert held == [1, 1, 1]


@pytest.mark.parametrize("error", [OperationalError("weg"), InterfaceError("weg")])
def test_a_database_that_is_gone_is_asked_nothing_more(callback, rachid, monkeypatch, caplog, error):
    row = only_new(callback)

    def gone(self, *, now):
        raise error

    monkeypatch.setattr(Reminder, "send", gone)
    assert tasks.remind() == 0
    row.refresh_from_db()
    assert "weg" in row.last_error  # that row's own fault: the connection still works
    row.attempts, row.last_error, row.next_attempt_at = 0, "", timezone.now()
    row.save()
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(type(error)), CaptureQueriesContext(connection) as asked:
        tasks.remind()
    assert not [query for query in asked if "last_error" in query["sql"] and query["sql"].startswith("UPDATE")]
    row.refresh_from_db()
    assert (row.attempts, row.last_error) == (1, "")
    assert row.lease_until > timezone.now()  # it is due again when that has passed
    assert f"Reminder {row.pk} was not looked after" in caplog.text


def test_many_rows_are_sent_in_one_scan(office, jansen, rachid):
    for _ in range(25):
        only_new(make.callback(make.contact(jansen, outcome=Outcome.CALLBACK)))
    assert tasks.remind() == 25


def test_what_ended_meanwhile_is_not_told(callback, rachid):
    only_new(callback)
    callback.complete(outcome="Gebeld", by=rachid)
    assert tasks.remind() == 1
    assert not Notification.objects.exists()


def test_what_ended_since_the_row_was_taken_is_not_told(callback, rachid):
    only_new(callback)
    [row] = Reminder.objects.with_callbacks().claim(now=timezone.now())
    Callback.objects.get().complete(outcome="Gebeld", by=rachid)
    assert row.send(now=timezone.now())
    assert not Notification.objects.exists()
    assert not Outgoing.objects.exists()


def test_a_dead_worker_loses_its_lease_and_a_zombie_sends_nothing(callback, rachid):
    only_new(callback)
    now = timezone.now()
    [zombie] = Reminder.objects.claim(now=now)
    assert tasks.remind() == 0  # held
    Reminder.objects.update(lease_until=now - timedelta(seconds=1))
    assert tasks.remind() == 1
    assert not zombie.send(now=timezone.now())
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_scans_at_once_send_each_reminder_once(office, jansen, parkeren):
    make.user("rachid", "specialist", teams=[parkeren])
    for _ in range(30):
        only_new(make.callback(make.contact(jansen, outcome=Outcome.CALLBACK)))
    start = Barrier(2)

    def scan(_):
        try:
            start.wait()
            return tasks.remind()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(scan, range(2))) == 30
    assert Notification.objects.count() == 30
    assert Outgoing.objects.count() == 30
    assert set(Reminder.objects.values_list("attempts", flat=True)) == {1}
