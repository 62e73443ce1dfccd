from django.urls import reverse
from django.utils import timezone

from tests import make


def chief():
    return make.user("chef", "administrator", is_staff=True, is_superuser=True)


def test_callbacks_can_be_looked_at_but_not_changed(callback, as_user):
    client = as_user(chief())
    listing = reverse("admin:callbacks_callback_changelist")
    for query in ({}, {"state": "late"}, {"state": "open"}, {"state": "completed"}, {"q": callback.reference}):
        assert client.get(listing, query).status_code == 200
    assert callback.reference in client.get(listing, {"q": callback.reference}).content.decode()
    shown = client.get(reverse("admin:callbacks_callback_change", args=[callback.pk])).content.decode()
    assert callback.reference in shown
    assert callback.question not in shown
    assert callback.number not in shown
    assert client.post(reverse("admin:callbacks_callback_delete", args=[callback.pk])).status_code == 403


def test_parked_reminders_get_another_chance(callback, as_user):
    row = callback.reminders.get(occurrence="late")
    row.attempts, row.parked_at = 5, timezone.now()
    row.save()
    client, listing = as_user(chief()), reverse("admin:callbacks_reminder_changelist")
    assert "late" in client.get(listing, {"state": "parked"}).content.decode()
    said = client.post(listing, {"action": "send_again", "_selected_action": [row.pk]}, follow=True)
    assert "1 herinnering wordt opnieuw verstuurd." in said.content.decode()
    row.refresh_from_db()
    assert (row.parked_at, row.attempts) == (None, 0)
