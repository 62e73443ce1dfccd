"""The overview of the day: once, to whom it concerns, on working days, when there is something to say."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.memory import forget_everything
from accounts.models import Absence, Notification, Role
from accounts.worktime import LOCAL
from callbacks import tasks
from callbacks.models import Callback, Cause, Digest, Policy
from contacts.models import Heartbeat, Outcome, Outgoing
from tests import make

TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=LOCAL)


def callback(person=None, due_at=TUESDAY, **fields):
    """Make a callback that is due at that moment."""
    made = make.callback(make.contact(outcome=Outcome.CALLBACK), **fields)
    asked = min(made.requested_at, due_at - timedelta(days=1))
    Callback.objects.filter(pk=made.pk).update(assignee=person, due_at=due_at, requested_at=asked)
    return made


def scan(*moments):
    """Do what the scan does at each of these moments."""
    for moment in moments:
        Digest.plan(now=moment)
        for row in Digest.objects.claim(now=moment):
            row.send(now=moment)


def from_before(moment, *moments):
    scan(moment - timedelta(hours=1), moment - timedelta(seconds=5), moment, *moments)


def test_each_hears_once_how_much_is_late_and_due_today(office, parkeren, rachid, noor):
    for due_at in (-30, -2, 3, 5, 24):
        callback(rachid, TUESDAY + timedelta(hours=due_at))
    scan(TUESDAY - timedelta(hours=1))
    assert not Notification.objects.exists()
    scan(*[TUESDAY + timedelta(seconds=10 * turn) for turn in range(4)], TUESDAY + timedelta(hours=3))
    [line] = Notification.objects.all()
    assert (line.recipient, line.text) == (rachid, "Terugbelverzoeken: 2 te laat, 2 vandaag")
    assert (line.kind, line.url) == ("digest", "/callbacks/?view=mine")
    mail = Outgoing.objects.get()
    assert (mail.recipient, mail.subject) == (rachid.email, line.text)
    assert "/callbacks/?view=mine" in mail.body


def test_the_coordinator_hears_of_the_whole_department(office, parkeren, rachid, kees):
    parkeren.coordinator = kees
    parkeren.save()
    callback(rachid)
    callback(None, TUESDAY + timedelta(hours=1))
    from_before(TUESDAY)
    lines = dict(Notification.objects.values_list("recipient__username", "text"))
    assert lines == {
        "rachid": "Terugbelverzoeken: 0 te laat, 1 vandaag",
        "kees": "Terugbelverzoeken: 0 te laat, 2 vandaag",
    }
    assert kees.notifications.get().url == "/callbacks/?view=team"


def test_nothing_is_said_when_there_is_nothing_or_nobody_to_hear_it(office, parkeren, rachid, sam):
    callback(rachid, TUESDAY + timedelta(days=2))
    callback(sam)
    Absence.objects.create(user=sam, starts_at=TUESDAY - timedelta(days=1))
    callback(make.user("weg", Role.SPECIALIST, is_active=False))
    from_before(TUESDAY)
    assert not Digest.objects.exists()
    late = callback(rachid)
    Digest.plan(now=TUESDAY + timedelta(days=1))
    late.cancel(cause=Cause.OTHER, reason="Opgelost", by=None)
    scan(TUESDAY + timedelta(days=1))
    assert not Notification.objects.filter(text__contains="0 te laat, 0 vandaag").exists()


def test_what_comes_later_on_the_day_has_no_overview(office, parkeren, rachid):
    from_before(TUESDAY)
    callback(rachid, TUESDAY + timedelta(hours=2))
    scan(TUESDAY + timedelta(hours=1))
    assert not Digest.objects.exists()


def test_a_day_on_which_the_office_is_closed_has_none(office, parkeren, rachid):
    sunday = TUESDAY - timedelta(days=2)
    callback(rachid, sunday)
    from_before(sunday)
    assert not Digest.objects.exists()


def test_what_was_missed_is_caught_up_with_on_the_same_day_only(office, parkeren, rachid):
    callback(rachid)
    scan(TUESDAY - timedelta(hours=1), TUESDAY + timedelta(hours=5))
    assert Notification.objects.count() == 1
    tomorrow, after = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
    Digest.plan(now=tomorrow)  # and everything dies before it is sent
    scan(after)
    assert list(Notification.objects.values_list("key", flat=True)) == [
        f"digest:{TUESDAY.date()}",
        f"digest:{after.date()}",
    ]


def test_each_department_has_its_moment_and_some_have_none(office, parkeren, rachid, sam):
    for team, at in ((parkeren, None), (sam.teams.get(), TUESDAY.replace(hour=10, minute=0).time())):
        Policy.objects.create(team=team, digest_at=at)
    forget_everything()
    callback(rachid)
    callback(sam, team=sam.teams.get())
    from_before(TUESDAY, TUESDAY + timedelta(minutes=89))
    assert not Digest.objects.exists()
    scan(TUESDAY + timedelta(minutes=90))
    assert Digest.objects.get().recipient == sam


def test_a_zombie_says_nothing(office, parkeren, rachid):
    callback(rachid)
    Digest.plan(now=TUESDAY - timedelta(hours=1))
    Digest.plan(now=TUESDAY)
    [zombie] = Digest.objects.claim(now=TUESDAY)
    later = TUESDAY + timedelta(minutes=1)
    scan(later)
    assert not zombie.send(now=later)
    assert Notification.objects.count() == 1


def test_the_task_plans_and_sends(office, parkeren, rachid):
    moment = timezone.now()
    Digest.objects.create(recipient=rachid, day=moment.astimezone(LOCAL).date())
    callback(rachid, moment - timedelta(hours=1))
    assert tasks.digest() == 1
    assert Notification.objects.get().text == "Terugbelverzoeken: 1 te laat, 0 vandaag"
    assert tasks.digest() == 0
    assert Heartbeat.objects.get(name="digest").last_ok is not None
