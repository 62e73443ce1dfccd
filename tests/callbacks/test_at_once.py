"""Two ask at the same moment for a call about the same, each by a door of its own: the citizen waits for one call."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from accounts.models.api_key import ApiKey
from callbacks.models import Callback
from contacts.models import Contact, Customer, Topic
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "06 90123456"


@pytest.fixture
def topic(office: None, parkeren: Team) -> Topic:
    return make.topic(team=parkeren)


def at_once(act: Callable[[], int]) -> list[int]:
    """Give the statuses of two requests begun together, each on a connection of its own."""
    start = Barrier(2)

    def run(_n: int) -> int:
        try:
            start.wait(timeout=60)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, range(2)))


def test_at_the_api(topic: Topic, jansen: Customer, noor: User) -> None:
    _key, secret = ApiKey.issue(name="Telefooncentrale", user=noor)
    body = json.dumps({"number": NUMBER, "question": "Is het binnen?", "topic": str(topic.uuid)})

    def send() -> int:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        return client.post("/api/v1/callbacks/", body, content_type="application/json").status_code

    for round_ in range(1, 4):
        assert at_once(send) == [201, 409]
        assert (Callback.objects.count(), Contact.objects.count()) == (round_, round_)
        Callback.objects.get(completed_at=None).complete(outcome="Gebeld", by=noor)


def test_at_the_desk(topic: Topic, parkeren: Team, jansen: Customer, noor: User) -> None:
    form = {
        "channel": "phone", "text": "Bezwaar", "outcome": "callback", "topic": str(topic.uuid),
        "customer": str(jansen.uuid), "callback-who": f"team:{parkeren.uuid}", "callback-number": NUMBER,
        "callback-reachable": "day", "callback-question": "Is het binnen?",
    }  # fmt: skip

    def save() -> int:
        client = Client()
        client.force_login(noor)
        return client.post(reverse("contacts:register"), form | {"key": str(uuid4())}).status_code

    for _ in range(3):
        statuses = at_once(save)
        callback = Callback.objects.get(completed_at=None)
        assert statuses[0] == 302
        assert callback.repeats.count() == statuses.count(302) - 1  # who came a little later was asked: a second one?
        callback.complete(outcome="Gebeld", by=noor)
