"""Keys for other systems, as the administrator makes and ends them: the key is seen once, its hash never."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, ApiKey, Role
from accounts.models.api_key import PREFIX, hashed
from tests import make

ADD, LIST = "admin:accounts_apikey_add", "admin:accounts_apikey_changelist"


def issue(client, user, **fields):
    return client.post(
        reverse(ADD), {"name": "Zaaksysteem", "user": user.pk, "expires_at_0": "", "expires_at_1": ""} | fields
    )


def test_a_key_is_shown_once(as_user, beheer, noor):
    client = as_user(beheer)
    said = issue(client, noor)
    assert said.status_code == 200
    secret, row = said.context["secret"], ApiKey.objects.get()
    assert secret.startswith(PREFIX)
    assert secret in said.content.decode()
    assert (row.digest, row.user, row.name) == (hashed(secret), noor, "Zaaksysteem")
    change = reverse("admin:accounts_apikey_change", args=[row.pk])
    for page in (reverse(LIST), change, change.replace("change", "history"), reverse("admin:index")):
        text = client.get(page).content.decode()
        assert secret not in text
        assert row.digest not in text


def test_a_key_is_changed_in_name_only(as_user, beheer, noor, kees):
    client = as_user(beheer)
    issue(client, noor)
    row = ApiKey.objects.get()
    sent = {"name": "Ander systeem", "user": kees.pk, "digest": "x", "revoked_at_0": "", "expires_at_0": "2020-01-01"}
    client.post(reverse("admin:accounts_apikey_change", args=[row.pk]), sent)
    after = ApiKey.objects.get()
    assert (after.name, after.user, after.digest, after.expires_at) == ("Ander systeem", noor, row.digest, None)


def test_a_key_is_revoked_and_not_deleted(as_user, beheer, noor):
    client = as_user(beheer)
    issue(client, noor)
    row = ApiKey.objects.get()
    chosen = {"action": "revoke", "_selected_action": [row.pk]}
    assert "1 sleutel ingetrokken." in client.post(reverse(LIST), chosen, follow=True).content.decode()
    assert not ApiKey.objects.valid(now=timezone.now()).exists()
    assert client.post(reverse("admin:accounts_apikey_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_nobody_gets_a_key_that_may_do_more_than_they_may_give(as_user, beheer, noor):
    root = make.user("root", Role.AGENT, is_staff=True, is_superuser=True)
    noor.is_active = False
    noor.save()
    for person in (root, noor):
        assert "adminform" in issue(as_user(beheer), person).context
    assert not ApiKey.objects.exists()
    assert issue(as_user(root), root).status_code == 200


@pytest.mark.parametrize("day", ["2020-01-01", "0001-01-01", "31-02-2027", "99999-01-01", "\0"])
def test_an_end_that_makes_no_sense_is_refused(as_user, beheer, noor, day):
    assert "adminform" in issue(as_user(beheer), noor, expires_at_0=day, expires_at_1="00:00").context
    assert not ApiKey.objects.exists()


def test_only_an_administrator_keeps_keys(as_user, noor, db):
    editor = make.user("els", Role.EDITOR, is_staff=True)
    assert as_user(editor).get(reverse(LIST)).status_code == 403
    assert as_user(noor).get(reverse(LIST)).status_code == 302


def test_absences_in_the_admin(as_user, beheer, rachid, kees, sam):
    client, now = as_user(beheer), timezone.localtime()
    row = Absence.plan(user=rachid, starts_at=now, ends_at=None, substitute=kees, by=kees)
    assert client.get(reverse("admin:accounts_absence_changelist")).status_code == 200
    assert client.post(reverse("admin:accounts_absence_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    add, day = reverse("admin:accounts_absence_add"), now + timedelta(days=1)
    sent = {"user": rachid.pk, "starts_at_0": f"{day:%d-%m-%Y}", "starts_at_1": "09:00",
            "ends_at_0": "", "ends_at_1": "", "substitute": ""}  # fmt: skip
    assert "al afwezigheid ingevoerd" in client.post(add, sent).content.decode()
    client.post(reverse("admin:accounts_absence_changelist"), {"action": "end", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.ended_at is not None
    assert "niet bij dezelfde afdeling" in client.post(add, sent | {"substitute": sam.pk}).content.decode()
    assert client.post(add, sent).status_code == 302
    assert Absence.objects.latest("pk").by == beheer
