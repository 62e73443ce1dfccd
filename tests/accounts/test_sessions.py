"""When a session ends, and what open pages are told of it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def told(client: Client) -> int:
    page = client.get(reverse("accounts:settings")).content.decode()
    found = re.search(r'<kcc-session expires="(\d+)"', page)
    assert found is not None
    return int(found[1])


def test_pages_are_told_when_the_row_ends(as_user: Callable[[User], Client], noor: User) -> None:
    client, begun = as_user(noor), timezone.now()
    ends = Session.objects.get().expire_date.timestamp()
    assert ends - begun.timestamp() == pytest.approx(settings.SESSION_COOKIE_AGE, abs=60)
    with time_machine.travel(begun + timedelta(hours=9, minutes=57)):
        assert told(client) == pytest.approx(ends, abs=2)
        assert client.get(reverse("accounts:resume")).json()["expires"] == pytest.approx(ends, abs=2)
        answer = client.post(reverse("accounts:extend"))
        later = Session.objects.get().expire_date.timestamp()
        assert later - ends == pytest.approx(timedelta(hours=9, minutes=57).total_seconds(), abs=60)
        assert int(answer["X-Session-Expires"]) == pytest.approx(later, abs=2)
        assert told(client) == pytest.approx(later, abs=2)
    with time_machine.travel(begun + timedelta(hours=20)):
        assert client.get(reverse("accounts:settings")).status_code == 302


def test_a_session_from_before_this_was_kept_goes_on(as_user: Callable[[User], Client], noor: User) -> None:
    client = as_user(noor)
    row = Session.objects.get()
    known = {key: value for key, value in row.get_decoded().items() if key != "_ends"}
    row.session_data = SessionStore().encode(known)
    row.save()
    assert told(client) > timezone.now().timestamp()
