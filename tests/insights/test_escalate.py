"""From the board a late callback goes to whoever leads the department, at once."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, Role
from callbacks.models import Reminder
from callbacks.tasks import remind
from contacts.models import Event
from tests import make


def url(callback):
    return reverse("insights:escalate", args=[callback.uuid])


def late():
    row = make.callback(due_at=timezone.now() - timedelta(hours=1))
    Reminder.objects.all().delete()
    return row


def test_the_leads_of_the_team_and_its_coordinator_hear_it_once(office, parkeren, rachid, kees, as_user):
    lead = make.user("anouk", Role.TEAM_LEAD, teams=[parkeren])
    elsewhere = make.user("eva", Role.TEAM_LEAD, teams=[make.team("Belastingen")])
    parkeren.coordinator = rachid
    parkeren.save()
    row, key = late(), str(uuid4())
    back = reverse("insights:callbacks")
    for _twice in range(2):
        answer = as_user(kees).post(url(row), {"key": key, "next": back})
        assert (answer.status_code, answer.headers["Location"]) == (302, back)
    assert Event.objects.get(kind="callback_escalated").by == kees
    remind()
    told = set(Notification.objects.values_list("recipient__username", "kind"))
    assert told == {("anouk", "escalated"), ("rachid", "escalated")}  # kees, a lead too, asked for it
    assert (lead.is_active, elsewhere.is_active) == (True, True)
    assert row.reference in Notification.objects.filter(recipient=lead).get().text


def test_who_asked_hears_it_only_when_there_is_nobody_else(office, parkeren, rachid, kees, as_user):
    for told in ({"rachid"}, {"kees"}):
        row = late()
        as_user(kees).post(url(row), {"key": str(uuid4())})
        remind()
        assert set(Notification.objects.values_list("recipient__username", flat=True)) == told
        Notification.objects.all().delete()
        rachid.teams.clear()


def test_not_what_has_ended_and_nothing_that_is_no_key(office, kees, rachid, as_user):
    row = late()
    assert as_user(kees).post(url(row), {"key": "x"}).status_code == 302
    row.complete(outcome="Gebeld", by=rachid, key="a")
    assert as_user(kees).post(url(row), {"key": str(uuid4()), "next": "https://elders.voorbeeld.nl/"}).headers[
        "Location"
    ] == reverse("insights:callbacks")
    assert not Event.objects.filter(kind="callback_escalated").exists()


def test_only_a_lead_and_only_by_post(office, noor, rachid, kees, as_user):
    row = late()
    for person in (noor, rachid):
        assert as_user(person).post(url(row), {"key": str(uuid4())}).status_code == 403
    assert as_user(kees).get(url(row)).status_code == 405
    assert as_user(kees).post(reverse("insights:escalate", args=[uuid4()]), {"key": str(uuid4())}).status_code == 404
