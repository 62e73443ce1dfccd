"""The made-up exchange tells what a real one would, by the same way in."""

import json

import pytest
from django.urls import reverse

from contacts.models import Access, Call
from tests import make
from tests.contacts.calls import exchange

__all__ = ["exchange"]


@pytest.fixture
def client(as_user, beheer):
    return as_user(beheer)


@pytest.fixture
def noor(noor):
    noor.extension = "201"
    noor.save()
    return noor


def press(client, exchange, action, **fields):
    typed = {"connection": str(exchange.row.uuid), "number": "06 90123456", "queue": "Parkeren", "action": action}
    answer = client.post(reverse("contacts:simulator"), typed | fields)
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer.url)


def test_a_call_from_ring_to_end(exchange, client, noor):
    agent = {"agent": str(noor.uuid)}
    page = press(client, exchange, "new", **agent)
    call = Call.objects.get()
    assert (call.number, call.queue, call.called) == ("+31690123456", "Parkeren", [noor.pk])
    told = page.context["told"][0]
    assert json.loads(told["sent"])["callId"] == call.external_id
    assert told["answer"] == "200 {}"
    press(client, exchange, "answer", **agent)
    press(client, exchange, "hangup", **agent)
    call.refresh_from_db()
    assert (call.agent, call.is_missed, call.ended_at is not None) == (noor, False, True)


@pytest.mark.parametrize(
    ("action", "events", "calls", "missed"),
    [("missed", 2, 1, True), ("double", 4, 1, False), ("disorder", 3, 1, False)],
)
def test_what_goes_wrong_in_real_life(exchange, client, noor, action, events, calls, missed):
    page = press(client, exchange, action, agent=str(noor.uuid))
    assert len(page.context["told"]) == events
    assert Call.objects.count() == calls
    assert Call.objects.get().is_missed == missed


def test_missed_is_the_call_that_rings(exchange, client, noor):
    agent = {"agent": str(noor.uuid)}
    press(client, exchange, "new", **agent)
    press(client, exchange, "missed", **agent)
    assert Call.objects.get().is_missed
    press(client, exchange, "missed")  # nothing rings: a new one
    press(client, exchange, "new")
    press(client, exchange, "answer", **agent)
    press(client, exchange, "missed")  # what was answered goes on
    calls = Call.objects.order_by("pk")
    assert [(call.is_missed, call.ended_at is None) for call in calls] == [
        (True, False),
        (True, False),
        (False, True),
        (True, False),
    ]


def test_a_transfer(exchange, client, noor):
    kees = make.user("kees", extension="202")
    press(client, exchange, "new")
    press(client, exchange, "answer", agent=str(noor.uuid))
    press(client, exchange, "transfer", agent=str(kees.uuid))
    first, second = Call.objects.order_by("pk")
    assert (second.original, second.called, first.ended_at is not None) == (first, [kees.pk], True)


def test_an_exchange_that_refuses_says_so(exchange, client):
    exchange.row.allowed_addresses = "192.0.2.7"
    exchange.row.save()
    page = press(client, exchange, "new")
    assert page.context["told"][0]["answer"] == "401 not authorised"
    assert Call.objects.count() == 0


def test_it_is_for_administrators_and_in_the_demo_for_all(exchange, client, as_user, noor, jansen, settings):
    url = reverse("contacts:simulator")
    settings.DEMO = False
    assert as_user(noor).get(url).status_code == 403
    assert client.get(url).context["offered"] == []
    settings.DEMO = True
    assert as_user(noor).get(url).context["offered"] == [("+31690123456", jansen)]
    assert Access.objects.get(user=noor).detail == "simulator"
    assert client.get(url).context["offered"] == []  # an administrator sees no citizens


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "dance"},
        {"connection": "x"},
        {"agent": "x"},
        {"number": "1" * 100},
        {"queue": "\0"},
        {"action": "\0"},
    ],
)
def test_bad_input_is_422(exchange, client, fields):
    typed = {"connection": str(exchange.row.uuid), "number": "06 90123456", "action": "new"} | fields
    assert client.post(reverse("contacts:simulator"), typed).status_code == 422


def test_without_an_exchange_it_says_what_to_do(client):
    assert "nog geen telefooncentrale" in client.get(reverse("contacts:simulator")).content.decode()
