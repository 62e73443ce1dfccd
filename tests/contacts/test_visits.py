from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from contacts.models import Channel, Contact
from tests import make

URL = "/visits/"
SignIn = Callable[[User], Client]


def filled(**changes: str) -> dict[str, str]:
    values = {"key": str(uuid4()), "outcome": "answered", "by_appointment": "1", "waited_minutes": "5"}
    return values | {"topic": str(make.topic().uuid)} | changes


def test_a_visit_is_saved_in_a_few_taps(noor: User, as_user: SignIn) -> None:
    client, typed = as_user(noor), filled()
    assert client.post(URL, typed).status_code == 302
    client.post(URL, typed)
    visit = Contact.objects.get()
    assert (visit.channel, visit.agent, visit.outcome, visit.topic) == ("desk", noor, "answered", make.topic())
    assert (visit.by_appointment, visit.waited_seconds) == (True, 300)
    assert visit.closed_at is not None
    assert "Bezwaar parkeervergunning" in client.get(URL).content.decode()


def test_another_topic_is_looked_up(noor: User, as_user: SignIn) -> None:
    other = make.topic("laadpaal")
    as_user(noor).post(URL, filled(other=str(other.uuid)))
    assert Contact.objects.get().topic == other


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": ""},
        {"topic": "x"},
        {"outcome": "case"},
        {"waited_minutes": "-1"},
        {"waited_minutes": "9" * 30},
        {"key": "x"},
        {"text": "BSN 111222333"},
        {"text": "a\0b"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(noor: User, as_user: SignIn, changes: dict[str, str]) -> None:
    assert as_user(noor).post(URL, filled(**changes)).status_code == 422
    assert not Contact.objects.exists()


def test_only_the_contact_centre_registers_visits(rachid: User, as_user: SignIn) -> None:
    assert as_user(rachid).get(URL).status_code == 403


def test_the_page_costs_the_same_however_many_visits(
    noor: User, as_user: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make.contact(channel=Channel.DESK, by=noor, topic=make.topic(f"onderwerp {number}"))
    client = as_user(noor)
    with django_assert_max_num_queries(10):
        assert client.get(URL).status_code == 200
