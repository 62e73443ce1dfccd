"""The queue: who sees what, in which order, at a cost that does not grow."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.models import Absence, ClosingDay, Role
from accounts.worktime import LOCAL
from callbacks.forms import FilterForm
from callbacks.models import Callback, Handover, Postponement, Queue
from contacts.models import Access, Contact, Message, Outcome
from tests import make

URL = reverse("callbacks:list")
TUESDAY = datetime(2026, 11, 24, 10, 42, tzinfo=LOCAL)


@pytest.fixture
def at_work(office):
    forget_everything()
    with time_machine.travel(TUESDAY, tick=False):
        yield
    forget_everything()


def due(moment, contact=None, **fields):
    contact = contact or make.contact(make.customer("Fatima", "el Amrani"), outcome=Outcome.CALLBACK)
    made = make.callback(contact, **fields)
    Callback.objects.filter(pk=made.pk).update(due_at=moment, requested_at=moment - timedelta(days=2))
    made.refresh_from_db()
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


def test_what_is_due_on_one_day(at_work, noor, as_user):
    midnight = TUESDAY.replace(hour=0, minute=0) + timedelta(days=2)
    for moment in (midnight - timedelta(minutes=1), midnight, midnight + timedelta(hours=23, minutes=59)):
        due(moment)
    due(midnight + timedelta(days=1))
    answer = as_user(noor).get(URL, {"view": "all", "day": "2026-11-26"})
    queue = answer.context["queue"]
    assert [row.due_at for row in queue.page.rows] == [midnight, midnight + timedelta(hours=23, minutes=59)]
    assert (queue.total, queue.title) == (2, "Alle, gefilterd")
    shown = " ".join(answer.content.decode().split())
    assert '<b>do 26 nov</b><input type="hidden" name="day" value="2026-11-26"><a href="?view=all"' in shown
    assert "?view=mine&amp;day=2026-11-26" in shown
    for wrong in ("", "x", "\0", "0001-01-01", "9999-12-31", "2026-02-30", "9" * 100_000):
        assert Queue(noor, timezone.now(), **FilterForm({"view": "all", "day": wrong}).filters()).total == 4


def test_on_a_closing_day_there_is_no_working_time_left(at_work, noor, as_user):
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=LOCAL), tick=False):  # a Sunday
        due(datetime(2026, 11, 30, 10, tzinfo=LOCAL))
        ClosingDay.objects.create(day=date(2026, 11, 30), name="Verhuizing")
        forget_everything()
        shown = as_user(noor).get(URL, {"view": "all"}).content.decode()
        assert '<span class="kcc-l2">sluitingsdag</span>' in shown
        assert "0 min werktijd" not in shown


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
    assert f'href="{late.get_absolute_url()}?view=all#bellen"' in shown


def test_mine_is_what_i_have_to_do_and_not_what_i_asked_for(at_work, noor, rachid, as_user):
    asked = due(TUESDAY + timedelta(hours=1), by=noor, assignee=rachid)
    taken = due(TUESDAY + timedelta(hours=2))
    taken.claim(by=noor)
    shown = {view: as_user(noor).get(URL, {"view": view}).context["queue"].page.rows for view in ("mine", "asked")}
    assert shown == {"mine": [taken], "asked": [asked]}


def test_nobody_is_reachable_now_while_the_office_is_closed(at_work, noor, as_user):
    one = due(TUESDAY + timedelta(days=9))
    assert one.reachable_at(TUESDAY)
    for moment in (TUESDAY.replace(hour=21), TUESDAY - timedelta(days=2)):
        with time_machine.travel(moment, tick=False):
            client = as_user(noor)
            listed = client.get(URL, {"view": "all"})
            assert "Nu bereikbaar" not in listed.content.decode()
            assert "Het kantoor is dicht" in client.get(one.get_absolute_url()).content.decode()
            assert not client.get(URL, {"view": "all", "reachable": "now"}).context["queue"].page.rows


def test_the_name_that_was_given_on_the_website_is_shown_as_such(at_work, noor, as_user):
    one = due(TUESDAY + timedelta(hours=1), contact=make.contact(outcome=Outcome.CALLBACK))
    assert "Onbekende klant" in as_user(noor).get(URL, {"view": "all"}).content.decode()
    Message.objects.create(contact=one.contact, sender_name="Ilse <b>Vos")
    for page in (f"{URL}?view=all", one.get_absolute_url()):
        shown = as_user(noor).get(page).content.decode()
        assert "Ilse &lt;b&gt;Vos (opgegeven naam)" in shown
        assert "Onbekende klant" not in shown


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

    assert found(noor, view="mine") == {mine}
    assert found(noor) == found(noor, view="asked") == set()
    assert found(noor, view="all") == {mine, free, taxes}
    assert found(noor, view="unassigned") == {free, taxes}
    assert found(noor, view="completed") == {done}
    assert found(noor, view="all", team=str(other.uuid)) == {taxes}
    assert found(noor, view="all", topic=str(topic.uuid)) == {taxes}
    assert found(noor, view="all", reachable="now") == {mine, taxes}
    assert found(rachid) == found(rachid, view="team") == {mine, free}
    assert found(rachid, view="all", team=str(other.uuid)) == set()


def test_what_i_asked_for_with_what_ended_this_week(at_work, noor, rachid, as_user):
    asked = due(TUESDAY + timedelta(hours=1), by=noor, assignee=rachid)
    late = due(TUESDAY - timedelta(hours=1), by=noor)
    lately, before = due(TUESDAY, by=noor), due(TUESDAY, by=noor)
    due(TUESDAY, assignee=noor)
    for one, days in ((lately, 6), (before, 8)):
        one.complete(outcome="Besluit volgt vrijdag.", by=rachid)
        Callback.objects.filter(pk=one.pk).update(completed_at=TUESDAY - timedelta(days=days))
    answer = as_user(noor).get(URL, {"view": "asked"})
    queue = answer.context["queue"]
    assert queue.page.rows == [late, asked]
    assert queue.ended_lately == [lately]
    for words in ("Mijn uitgezette verzoeken", "Besluit volgt vrijdag.", "laatste 7 dagen"):
        assert words in answer.content.decode(), words
    assert as_user(noor).get(URL, {"view": "asked", "due": "late"}).context["queue"].ended_lately == []
    asked.complete(outcome="Gebeld", by=rachid)
    late.complete(outcome="Gebeld", by=rachid)
    assert "Besluit volgt vrijdag." in as_user(noor).get(URL, {"view": "asked"}).content.decode()  # nothing is open


def test_the_words_of_the_board_lead_to_their_lists(at_work, noor, rachid, as_user):
    late = due(TUESDAY - timedelta(hours=1), assignee=rachid)
    free = due(TUESDAY - timedelta(hours=2))
    today, later = due(TUESDAY + timedelta(hours=1)), due(TUESDAY + timedelta(days=9))

    def found(**query):
        return as_user(noor).get(URL, query).context["queue"].page.rows

    assert found(view="late") == found(view="all", due="late") == [free, late]
    assert found(view="today") == [today]
    assert found(view="unassigned-late") == found(view="unassigned", due="late") == [free]
    assert found(view="unassigned") == [free, today, later]
    assert found(view="all", due="later") == [later]
    assert found(view="all", due="ooit") == [free, late, today, later]


def test_who_leads_filters_by_person(at_work, kees, noor, rachid, as_user):
    his = due(TUESDAY, assignee=rachid)
    free = due(TUESDAY + timedelta(hours=1))
    seen = as_user(kees).get(URL, {"view": "all", "person": str(rachid.uuid)})
    assert seen.context["queue"].page.rows == [his]
    assert "Rachid Yilmaz" in seen.content.decode()
    seen = as_user(noor).get(URL, {"view": "all", "person": str(rachid.uuid)})
    assert seen.context["queue"].page.rows == [his, free]  # an agent has no such filter
    assert "Rachid Yilmaz" not in seen.content.decode()


def test_repeats_postponements_and_absence_are_seen(at_work, noor, rachid, as_user):
    again = due(TUESDAY - timedelta(hours=1), assignee=rachid)
    for _ in range(2):
        again.add(make.contact(again.contact.customer), by=noor)
    Postponement.agree(again, until=TUESDAY + timedelta(days=2), reason="Later", by=noor)
    Absence.objects.create(user=rachid, starts_at=TUESDAY - timedelta(days=1), ends_at=TUESDAY + timedelta(days=2))
    shown = as_user(noor).get(URL, {"view": "all"}).content.decode()
    for words in ("3x gebeld", "Uitgesteld", "Norm: di 24 nov 09:42", "afwezig tot do 26 nov"):
        assert words in shown, words


def test_before_and_after_one_in_the_list(at_work, noor, rachid, as_user, django_assert_max_num_queries):
    first, second, third = (due(TUESDAY + timedelta(hours=n // 2), assignee=rachid) for n in range(3))
    away = due(TUESDAY + timedelta(minutes=1))
    queue = Queue(rachid, timezone.now(), view="mine")
    with django_assert_max_num_queries(4):
        beside = queue.beside(second)
    assert (beside.previous, beside.next, beside.place, beside.total) == (first, third, 2, 3)
    assert (queue.beside(first).previous, queue.beside(third).next) == (None, None)
    assert queue.beside(away).place is None  # not in this list, but between two of it
    assert queue.beside(away).next == third
    for one in (first, second, third):
        one.complete(outcome="Gebeld", by=rachid)
    ended = Queue(rachid, timezone.now(), view="completed")
    beside = ended.beside(second)
    assert [beside.previous, beside.next] == [third, first]  # newest first


def test_a_page_knows_the_list_it_came_from(at_work, rachid, as_user):
    first, second = (due(TUESDAY + timedelta(hours=n), assignee=rachid) for n in range(2))
    client = as_user(rachid)
    assert f'href="{first.get_absolute_url()}?view=mine' in client.get(URL, {"view": "mine"}).content.decode()
    shown = client.get(first.get_absolute_url() + "?view=mine&due=today").content.decode()
    assert f'href="{second.get_absolute_url()}?view=mine&amp;due=today"' in shown
    assert f'href="{URL}?view=mine&amp;due=today"' in shown
    assert "Mijn, vandaag" in shown
    tried = {"key": str(uuid4()), "result": "busy", "next": "morning"}
    address = reverse("callbacks:attempt", args=[first.uuid]) + "?view=mine"
    assert client.post(address, tried).headers["Location"] == first.get_absolute_url() + "?view=mine"
    done = {"key": str(uuid4()), "outcome": "Gesproken"}
    address = reverse("callbacks:complete", args=[first.uuid]) + "?view=mine"
    assert client.post(address, done).headers["Location"] == second.get_absolute_url() + "?view=mine"
    address = reverse("callbacks:complete", args=[second.uuid]) + "?view=mine"
    assert client.post(address, done).headers["Location"] == URL + "?view=mine"
    alone = client.get(first.get_absolute_url()).content.decode()
    assert 'next-callback" aria-label' not in alone


def test_what_cannot_be_read_is_no_filter(at_work, noor, as_user):
    due(TUESDAY)
    for query in (
        {"view": "weg"},
        {"team": "x"},
        {"topic": "\x00"},
        {"reachable": "ooit"},
        {"due": "\x00"},
        {"person": "x"},
        {"view": "-late"},
        {"view": "weg-late"},
        {"view": "late-"},
        {"view": "x" * 5000 + "-today"},
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


@pytest.mark.parametrize("view", ["all", "completed", "asked", "returned", "unassigned-late"])
def test_the_number_of_queries_does_not_grow(at_work, noor, rachid, as_user, view, django_assert_max_num_queries):
    client = as_user(noor)

    def queries():
        with django_assert_max_num_queries(20) as seen:
            client.get(URL, {"view": view})
        return len(seen)

    def more(n):
        for _ in range(n):
            one = due(TUESDAY + timedelta(hours=1), assignee=rachid, by=noor)
            one.attempt(key="a", result="busy", by=rachid)
            one.add(make.contact(one.contact.customer), by=noor)
            if view == "completed":
                one.complete(outcome="Gebeld", by=rachid)

    more(2)
    queries()  # opening hours and topics are remembered from now on
    few = queries()
    more(10)
    queries()  # whose data were seen is written down, once
    assert queries() == few


def test_whose_data_stood_in_the_list_is_written_down_once(at_work, noor, as_user):
    first = due(TUESDAY + timedelta(hours=1))
    due(TUESDAY + timedelta(hours=2), contact=make.contact(outcome=Outcome.CALLBACK))  # of nobody known
    client, mine = as_user(noor), Access.objects.filter(user=noor, action="search", detail="callbacks")
    shown = client.get(URL, {"view": "all"})
    assert [one.customer for one in mine.all()] == [first.contact.customer]
    again = client.get(URL, {"view": "all"}, headers={"If-None-Match": shown["ETag"]})
    assert (again.status_code, mine.count()) == (304, 1)
    second = due(TUESDAY + timedelta(hours=3))
    client.get(URL, {"view": "all"}, headers={"HX-Request": "true"})  # it renews itself
    assert {one.customer for one in mine.all()} == {first.contact.customer, second.contact.customer}
    assert mine.count() == 2
    as_user(make.user("else", Role.AGENT)).get(URL, {"view": "all"})
    assert Access.objects.count() == 4
    mine.update(at=TUESDAY - timedelta(hours=13))
    client.get(URL, {"view": "all"})
    assert mine.count() == 4


def test_nothing_new_is_304_until_something_happens(at_work, noor, rachid, as_user):
    made, client = due(TUESDAY), as_user(noor)
    etag = client.get(URL, {"view": "all"}).headers["ETag"]
    same = client.get(URL, {"view": "all"}, headers={"If-None-Match": etag, "HX-Request": "true"})
    assert (same.status_code, same.headers["HX-Reswap"]) == (304, "none")
    assert client.get(URL, {"view": "mine"}, headers={"If-None-Match": etag}).status_code == 200
    changes = [
        lambda: made.claim(by=rachid),
        lambda: Postponement.agree(made, until=TUESDAY + timedelta(days=1), reason="Later", by=rachid),
        lambda: made.assign(team=made.team, assignee=noor, reason="Ruil", by=rachid),
        lambda: [Absence.objects.create(user=noor), Handover.cover(made, now=timezone.now())][1],
        lambda: Handover.give_back(made, reason="Hoort hier niet", by=rachid),
    ]
    for change in changes:
        assert change() is not False
        answer = client.get(URL, {"view": "all"}, headers={"If-None-Match": etag})
        assert answer.status_code == 200
        etag = answer.headers["ETag"]
        assert client.get(URL, {"view": "all"}, headers={"If-None-Match": etag}).status_code == 304


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
