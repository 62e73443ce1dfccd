"""The queue: who sees what, in which order, at a cost that does not grow."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.worktime import LOCAL
from callbacks.models import Callback, Queue
from contacts.models import Contact, Outcome
from tests import make

URL = reverse("callbacks:list")
TUESDAY = datetime(2026, 11, 24, 10, 42, tzinfo=LOCAL)


@pytest.fixture
def at_work(office):
    forget_everything()
    with time_machine.travel(TUESDAY, tick=False):
        yield
    forget_everything()


def due(moment, **fields):
    made = make.callback(make.contact(make.customer("Fatima", "el Amrani"), outcome=Outcome.CALLBACK), **fields)
    Callback.objects.filter(pk=made.pk).update(due_at=moment, requested_at=moment - timedelta(days=2))
    return made


def test_groups_by_when_they_are_due(at_work, noor):
    for hours in (-2, -1, 3, 24, 72):
        due(TUESDAY + timedelta(hours=hours))
    queue = Queue(noor, timezone.now(), view="all")
    assert [(group.name, len(group.rows), group.count) for group in queue.groups] == [
        ("late", 2, 2), ("today", 1, 1), ("tomorrow", 1, 1), ("later", 1, 1),
    ]  # fmt: skip
    assert queue.groups[0].note == "oudste 2 u 00 min"
    assert queue.groups[2].note == "woensdag 25 november"
    assert queue.total == 5


def test_the_page_shows_what_is_needed_to_call(at_work, noor, rachid, as_user):
    late = due(TUESDAY - timedelta(minutes=28), assignee=rachid, urgent_reason="Haast")
    late.attempt(key="a", result="busy", by=rachid)
    shown = as_user(noor).get(URL, {"view": "all"}).content.decode()
    for words in (
        "Mijn afdeling",
        "28 min te laat",
        "F. el Amrani",
        "Nu bereikbaar",
        "R. Yilmaz",
        "1 van 3",
        "10:42 in gesprek",
        "Spoed",
    ):
        assert words in shown, words
    assert f'href="{late.get_absolute_url()}#poging"' in shown


def test_views_and_filters(at_work, noor, rachid, parkeren, as_user):
    other, topic = make.team("Belastingen"), make.topic()
    mine = due(TUESDAY + timedelta(hours=1), assignee=noor)
    free = due(TUESDAY + timedelta(hours=2), reachable_from=time(15))
    taxes = due(TUESDAY + timedelta(hours=3), team=other)
    type(taxes.contact).objects.filter(pk=taxes.contact_id).update(topic=topic)
    done = due(TUESDAY)
    done.complete(outcome="Gebeld", by=rachid)

    def found(user, **query):
        queue = as_user(user).get(URL, query).context["queue"]
        return set(queue.page.rows)

    assert found(noor) == found(noor, view="mine") == {mine}
    assert found(noor, view="all") == {mine, free, taxes}
    assert found(noor, view="unassigned") == {free, taxes}
    assert found(noor, view="completed") == {done}
    assert found(noor, view="all", team=str(other.uuid)) == {taxes}
    assert found(noor, view="all", topic=str(topic.uuid)) == {taxes}
    assert found(noor, view="all", reachable="now") == {mine, taxes}
    assert found(rachid) == found(rachid, view="team") == {mine, free}
    assert found(rachid, view="all", team=str(other.uuid)) == set()


def test_what_cannot_be_read_is_no_filter(at_work, noor, as_user):
    due(TUESDAY)
    for query in (
        {"view": "weg"},
        {"team": "x"},
        {"topic": "\x00"},
        {"reachable": "ooit"},
        {"view": "all", "team": "9" * 500},
    ):
        assert as_user(noor).get(URL, query).status_code == 200
    assert as_user(noor).get(URL, {"after": "onzin"}).status_code == 404


def test_pages_go_on_where_the_last_one_ended(at_work, noor, as_user):
    made = [due(TUESDAY + timedelta(minutes=n // 2)) for n in range(60)]
    for view in ("all", "completed"):
        first = as_user(noor).get(URL, {"view": view}).context
        second = as_user(noor).get(URL + first["more"]).context
        rows = [*first["queue"].page.rows, *second["queue"].page.rows]
        assert sorted(row.pk for row in rows) == [row.pk for row in made]
        assert (len(first["queue"].page.rows), second["more"]) == (50, "")
        for row in made:
            row.complete(outcome="Gebeld", by=None)


def test_counts_stop_at_a_hundred(at_work, noor, as_user):
    template = due(TUESDAY + timedelta(hours=1))
    contacts = [Contact(key=f"x:{n}", channel="phone", happened_at=TUESDAY) for n in range(120)]
    Callback.objects.bulk_create(
        Callback(
            reference=f"X-{n}", contact=contact, team=template.team, number="+31690123456", question="?",
            requested_at=TUESDAY - timedelta(days=1), due_at=TUESDAY + timedelta(hours=1), term="2 werkdagen",
        )
        for n, contact in enumerate(Contact.objects.bulk_create(contacts))
    )  # fmt: skip
    assert "99+" in as_user(noor).get(URL, {"view": "all"}).content.decode()


@pytest.mark.parametrize("view", ["all", "completed"])
def test_the_number_of_queries_does_not_grow(at_work, noor, rachid, as_user, view, django_assert_max_num_queries):
    client = as_user(noor)

    def queries():
        with django_assert_max_num_queries(20) as seen:
            client.get(URL, {"view": view})
        return len(seen)

    def more(n):
        for _ in range(n):
            one = due(TUESDAY + timedelta(hours=1), assignee=rachid)
            one.attempt(key="a", result="busy", by=rachid)
            one.add(make.contact(one.contact.customer), by=noor)
            if view == "completed":
                one.complete(outcome="Gebeld", by=rachid)

    more(2)
    queries()  # opening hours and topics are remembered from now on
    few = queries()
    more(10)
    assert queries() == few


def test_nothing_new_is_304_until_something_happens(at_work, noor, rachid, as_user):
    made, client = due(TUESDAY), as_user(noor)
    etag = client.get(URL, {"view": "all"}).headers["ETag"]
    same = client.get(URL, {"view": "all"}, headers={"If-None-Match": etag, "HX-Request": "true"})
    assert (same.status_code, same.headers["HX-Reswap"]) == (304, "none")
    assert client.get(URL, {"view": "mine"}, headers={"If-None-Match": etag}).status_code == 200
    made.claim(by=rachid)
    assert client.get(URL, {"view": "all"}, headers={"If-None-Match": etag}).status_code == 200


def test_htmx_gets_the_list_alone(at_work, noor, as_user):
    due(TUESDAY)
    shown = as_user(noor).get(URL, {"view": "all"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in shown
    assert 'id="callbacks"' in shown


def test_empty_says_so(at_work, noor, as_user):
    assert "Geen open terugbelverzoeken. Mooi." in as_user(noor).get(URL).content.decode()
    assert "met deze filters" in as_user(noor).get(URL, {"reachable": "now"}).content.decode()


def test_who_has_nothing_to_do_with_callbacks_is_refused(at_work, beheer, as_user):
    assert as_user(beheer).get(URL).status_code == 403
