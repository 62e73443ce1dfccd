"""The work queue: who sees what, in which order, with which words, and which case is next."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.worktime import LOCAL
from contacts.models import Case, Connection, Presence
from contacts.models.case_selection import ROUND
from contacts.models.queue import VIEWS, Queue
from contacts.models.sla import Sla, age
from tests import make

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=LOCAL)  # a Tuesday, the office is open until 17:00
LIST = "contacts:cases"


def shown(user, view="team", now=None, **filters):
    return [case.title for case in Queue(user, now or timezone.now(), view=view, **filters).page.rows]


def test_the_oldest_risk_comes_first_and_what_was_answered_last(noor, jansen, office):
    now = timezone.now()
    for title, hours in [("later", 30), ("late", -2), ("now", 1)]:
        make.case(jansen, title=title, due_at=now + timedelta(hours=hours))
    make.case(jansen, title="answered", due_at=now - timedelta(days=9), answered_at=now + timedelta(minutes=1))
    assert shown(noor) == ["late", "now", "later"]
    assert shown(noor, "all") == ["late", "now", "later", "answered"]


def test_a_new_message_brings_a_case_back(noor, jansen, office):
    due = timezone.now() - timedelta(days=3)
    case = make.case(jansen, due_at=due)
    case.read()
    case.answered(at=timezone.now())
    assert shown(noor) == []
    case.heard(make.contact(jansen, channel="email", case=case))
    assert shown(noor, "unread") == ["Kapotte lamp"]
    assert Case.objects.get().due_at > due


def test_each_view_shows_its_own(noor, lotte, rachid, jansen, office):
    soon, past = timezone.now() + timedelta(hours=2), timezone.now() - timedelta(hours=2)
    parkeren = make.team("Parkeren")
    make.case(jansen, title="unread")
    make.case(jansen, title="mine", assignee=noor, read_at=past)
    make.case(jansen, title="held", held_by=noor, held_until=soon, read_at=past)
    make.case(jansen, title="of lotte", assignee=lotte, read_at=past)
    make.case(jansen, title="snoozed", snoozed_until=soon, read_at=past)
    make.case(jansen, title="back", snoozed_until=past, read_at=past - timedelta(hours=1))
    make.case(jansen, title="waiting", waiting_until=soon, read_at=past)
    make.case(jansen, title="consulted", consulted_at=past, consulted_team=parkeren, read_at=past)
    make.case(jansen, title="elsewhere", team=parkeren, read_at=past)
    make.case(jansen, title="closed", closed_at=past)
    make.case(jansen, title="spam", closed_at=past, spam_at=past)
    every = {view: set(shown(noor, view)) for view in VIEWS}
    assert every == {
        "unread": {"unread", "back"},
        "mine": {"mine", "held"},
        "team": {"unread", "mine", "held", "of lotte", "back"},
        "waiting": {"waiting"},
        "snoozed": {"snoozed"},
        "consulted": {"consulted"},
        "all": {"unread", "mine", "held", "of lotte", "snoozed", "back", "waiting", "consulted", "elsewhere"},
        "closed": {"closed"},
        "spam": {"spam"},
    }
    counts = Queue(noor, timezone.now()).counts
    assert counts == {view: len(every[view]) for view in counts}
    assert set(shown(rachid)) == {"elsewhere", "consulted"}
    assert set(shown(rachid, "all")) == {"elsewhere", "consulted"}
    assert shown(lotte, "mine") == ["of lotte"]


def test_only_who_works_with_customers_sees_a_queue(as_user, noor, rachid, beheer, db):
    assert as_user(noor).get(reverse(LIST)).status_code == 200
    assert as_user(rachid).get(reverse(LIST)).status_code == 200
    for other in (beheer, make.user("marit", Role.EDITOR), make.user("petra", Role.PRIVACY_OFFICER)):
        assert as_user(other).get(reverse(LIST)).status_code == 403


def test_filters(noor, jansen, office, as_user):
    topic, box = make.topic(), make.mailbox(team=make.team("Voorlijn", is_kcc=True))
    make.case(jansen, title="mail", topic=topic, mailbox=box)
    make.case(None, title="post", channel="social", network="instagram")
    assert shown(noor, channel="social") == ["post"]
    assert shown(noor, topic=topic.uuid) == ["mail"]
    assert shown(noor, mailbox=box.uuid) == ["mail"]
    client = as_user(noor)
    text = client.get(reverse(LIST), {"view": "team", "channel": "social"}).content.decode()
    assert "Toon alle kanalen" in text
    assert "kcc-filter is-set" in text
    assert "Geen berichten met deze filters." in client.get(reverse(LIST), {"channel": "web"}).content.decode()


STRANGE = [
    "view=niets", "view=", "channel=fax", "topic=x", "mailbox=\0", "view=team&view=mine", "shown=-1", "shown=99999",
    "shown=٣", "open=x", "open=" + "y" * 5000, "topic=00000000-0000-0000-0000-000000000000",
    "channel=" + "e" * 100_000, "%ED%A0%80=1&view=%00",
]  # fmt: skip


@pytest.mark.parametrize("query", STRANGE)
def test_what_is_no_filter_is_none(noor, jansen, office, as_user, query):
    make.case(jansen)
    assert as_user(noor).get(f"{reverse(LIST)}?{query}").status_code == 200


def test_a_place_that_is_none_is_not_found(noor, as_user):
    assert as_user(noor).get(reverse(LIST), {"after": "nergens"}).status_code == 404


def test_the_list_goes_on_and_never_asks_more(noor, jansen, office, as_user, django_assert_max_num_queries):
    client = as_user(noor)
    make.case(jansen)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(14) as few:
        client.get(reverse(LIST))
    for number in range(60):
        case = make.case(jansen, title=f"Zaak {number}", assignee=noor)
        Presence.see(case, by=noor)
    with django_assert_max_num_queries(len(few)):
        first = client.get(reverse(LIST))
    assert len(first.context["queue"].page.rows) == 50
    with django_assert_max_num_queries(len(few)):
        rest = client.get(first.context["more"])
    assert len(rest.context["queue"].page.rows) == 11
    both = [*first.context["queue"].page.rows, *rest.context["queue"].page.rows]
    assert len({case.pk for case in both}) == 61
    assert [case.due_at for case in both] == sorted(case.due_at for case in both)
    again = client.get(reverse(LIST), {"shown": ["50", "11"]}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="cases")
    assert len(again.context["queue"].page.rows) == 61  # as much as was on the screen


def test_what_has_ended_goes_on_by_when_it_ended(noor, jansen, office, as_user):
    now = timezone.now()
    for number in range(55):
        make.case(jansen, title=str(number), closed_at=now - timedelta(minutes=number))
    client = as_user(noor)
    first = client.get(reverse(LIST), {"view": "closed"})
    rest = client.get(first.context["more"])
    both = [*first.context["queue"].page.rows, *rest.context["queue"].page.rows]
    assert [case.title for case in both] == [str(number) for number in range(55)]


def test_htmx_gets_the_list_or_the_rows_alone(noor, jansen, office, as_user):
    make.case(jansen)
    client = as_user(noor)
    part = client.get(reverse(LIST), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert 'id="werkvoorraad"' in part
    rows = client.get(reverse(LIST), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="cases").content.decode()
    assert 'id="werkvoorraad"' not in rows
    assert 'id="cases"' in rows
    assert 'hx-swap-oob="morph"' in rows  # the counts on the tabs come along


def test_a_case_stands_beside_the_list_it_was_opened_from(noor, jansen, office, as_user):
    case = make.case(jansen, assignee=noor)
    make.case(jansen, title="Andere lamp")
    client = as_user(noor)
    page = client.get(case.get_absolute_url() + "?view=mine")
    assert [one.title for one in page.context["queue"].page.rows] == ["Kapotte lamp"]
    assert f'id="case-{case.uuid}" aria-current="true"' in page.content.decode()
    part = client.get(case.get_absolute_url() + "?view=mine", HTTP_HX_REQUEST="true").content.decode()
    assert 'id="bericht"' in part
    assert 'id="werkvoorraad"' not in part


class Rows(HTMLParser):
    """Reads the roles of a table, to see that rows hold only cells."""

    def __init__(self):
        super().__init__()
        self.roles = []

    def handle_starttag(self, tag, attrs):
        if role := dict(attrs).get("role"):
            self.roles.append(role)


def test_the_list_is_a_table_to_a_screen_reader(noor, jansen, office, as_user):
    make.case(jansen)
    parser = Rows()
    parser.feed(as_user(noor).get(reverse(LIST), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="cases").content.decode())
    assert parser.roles[:3] == ["table", "rowgroup", "row"]
    assert parser.roles[-7:] == ["rowgroup", "row", "cell", "rowheader", "cell", "cell", "cell"]


@pytest.mark.parametrize(
    ("due", "state", "text"),
    [
        ("2026-08-24 08:37", "late", "Te laat sinds 24 aug"),
        ("2026-11-20 08:37", "late", "2 werkdagen te laat"),
        ("2026-11-24 08:37", "late", "2 u 05 min te laat"),
        ("2026-11-24 11:30", "warn", "Nog 48 min"),
        ("2026-11-24 12:02", "warn", "Nog 1 u 20 min"),
        ("2026-11-24 12:42", "", "Nog 2 u"),
        ("2026-11-24 16:50", "", "Nog 6 u"),
        ("2026-11-25 11:00", "", "wo 11:00"),
        ("2026-12-03 11:00", "", "3 dec"),
        ("2027-02-03 11:00", "", "3 feb 2027"),
    ],
)
def test_how_long_there_is_still(jansen, office, due, state, text):
    due_at = datetime.fromisoformat(due).replace(tzinfo=LOCAL)
    sla = Sla.of(make.case(jansen, due_at=due_at), now=NOW)
    assert (sla.state, sla.text) == (state, text)


def test_time_left_is_working_time(jansen, office):
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=LOCAL)
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=LOCAL)
    assert Sla.due(monday, now=friday).text == "Nog 1 u 00 min"
    assert Sla.due(monday, now=friday).until(monday, now=friday) == "Nog 1 u 00 min, tot ma 09:00"
    assert (
        Sla.due(monday + timedelta(days=2), now=friday).until(monday + timedelta(days=2), now=friday) == "Tot wo 09:00"
    )


def test_other_states_say_so_instead(jansen, office):
    def text(**fields):
        with time_machine.travel(NOW, tick=False):
            return Sla.of(make.case(jansen, **fields), now=NOW).text

    assert text(answered_at=NOW + timedelta(minutes=1)) == "Beantwoord"
    assert text(snoozed_until=NOW + timedelta(hours=3)) == "tot 13:42"
    assert text(waiting_until=NOW + timedelta(days=2)) == "tot do 10:42"
    assert text(answered_at=NOW + timedelta(minutes=1), waiting_until=NOW - timedelta(hours=1)) == "Geen reactie"
    assert [age(NOW - timedelta(minutes=n), NOW) for n in (0, 38, 300, 1500)] == ["0 min", "38 min", "5 u", "1 d"]


def test_an_empty_queue_says_when_the_mailboxes_were_looked_into(noor, office, as_user):
    make.mailbox(team=make.team("Voorlijn", is_kcc=True), last_ok_at=timezone.now())
    text = as_user(noor).get(reverse(LIST)).content.decode()
    assert "Alles is beantwoord." in text
    assert "gemeente@duinmeer.voorbeeld.nl gecontroleerd" in text


def test_what_cannot_be_reached_stands_above_the_list(noor, office, as_user):
    make.mailbox(team=make.team("Voorlijn", is_kcc=True), failing_since=timezone.now())
    Connection.objects.create(kind="mastodon", name="Mastodon gemeente", failing_since=timezone.now())
    text = as_user(noor).get(reverse(LIST)).content.decode()
    assert "Mailbox gemeente@duinmeer.voorbeeld.nl is sinds" in text
    assert "Mastodon gemeente is sinds" in text


def test_next_is_the_first_that_nobody_has(noor, lotte, jansen, office, as_user):
    now = timezone.now()
    make.case(jansen, title="held", due_at=now, held_by=lotte, held_until=now + timedelta(minutes=9))
    make.case(jansen, title="given", due_at=now, assignee=lotte)
    free = make.case(jansen, title="free", due_at=now + timedelta(hours=1))
    make.case(jansen, title="later", due_at=now + timedelta(hours=2))
    client = as_user(noor)
    answer = client.post(reverse("contacts:take_next"), HTTP_REFERER="http://testserver/cases/?view=team&channel=email")
    assert answer.headers["Location"] == f"{free.get_absolute_url()}?view=team&channel=email"
    assert Case.objects.get(title="free").holder == noor
    assert Queue(noor, timezone.now()).next().title == "later"  # what one has open is not next
    assert Queue(noor, timezone.now()).next() is None
    answer = client.post(reverse("contacts:take_next"), HTTP_REFERER="http://testserver/cases/?view=snoozed")
    assert "Er is niets meer om op te pakken." in client.get(answer.headers["Location"]).content.decode()
    assert client.get(reverse("contacts:take_next")).status_code == 405


def test_next_goes_on_past_what_was_left_unanswered(noor, lotte, jansen, office):
    now = timezone.now()
    for hours, title in enumerate("ABC"):
        make.case(jansen, title=title, due_at=now + timedelta(hours=hours))

    def next_after(case):
        found = Queue(noor, timezone.now()).next()
        if case is not None:
            case.release(by=noor)  # as the page does that goes
        return found

    first = next_after(None)
    second = next_after(first)
    third = next_after(second)
    assert [first.title, second.title, third.title] == ["A", "B", "C"]
    again = next_after(third)
    assert again.title == "A"  # all were seen: the longest ago is next
    again.release(by=noor)
    assert Queue(lotte, timezone.now()).next().title == "A"  # another begins at the oldest risk


def test_what_was_passed_over_comes_back_by_itself_or_when_the_customer_writes(noor, jansen, office):
    now = timezone.now()
    for hours, title in enumerate("AB"):
        make.case(jansen, title=title, due_at=now + timedelta(hours=hours))

    def pass_over():
        found = Queue(noor, timezone.now()).next()
        found.release(by=noor)
        return found

    assert pass_over().title == "A"
    Case.objects.filter(title="A").update(held_until=timezone.now() - ROUND)
    first = pass_over()
    assert first.title == "A"
    first.heard(make.contact(jansen, channel="email", case=first))
    assert pass_over().title == "A"
    assert pass_over().title == "B"


@pytest.mark.django_db(transaction=True)
def test_two_never_get_the_same_next(noor, jansen, office, voorlijn):
    cases = [make.case(jansen, title=str(number)) for number in range(12)]
    people = [make.user(f"agent{number}", teams=[voorlijn]) for number in range(4)]
    begin = threading.Barrier(4)

    def work(user):
        try:
            begin.wait()
            taken = []
            while (found := Queue(user, timezone.now()).next()) is not None:
                taken.append(found.pk)
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for found in pool.map(work, people) for pk in found]
    assert sorted(taken) == sorted(case.pk for case in cases)


def test_where_to_go_on_is_remembered(noor, jansen, office, as_user):
    first, second = make.case(jansen, title="een"), make.case(jansen, title="twee")
    client = as_user(noor)

    def close(case):
        return client.post(reverse("contacts:close", args=[case.uuid]), {"result": "Gedaan"}).headers["Location"]

    assert close(first) == f"{second.get_absolute_url()}?view=team"  # the next, unless another was chosen
    client.post(reverse("contacts:set_onward"), {"onward": "stay"})
    assert close(second).startswith(second.get_absolute_url())
    client.post(reverse("contacts:set_onward"), {"onward": "list"})
    assert close(make.case(jansen)) == "/cases/?view=team"
    client.post(reverse("contacts:set_onward"), {"onward": "\0"})
    assert close(make.case(jansen)) == "/cases/?view=team"


ELSEWHERE = [
    "https://elders.voorbeeld.nl/cases/?view=spam", "javascript:alert(1)", "http://testserver/cases/?" + "x" * 9000,
    "\x7f", "http://[",
]  # fmt: skip


@pytest.mark.parametrize("referer", ELSEWHERE)
def test_a_strange_page_before_harms_nothing(noor, jansen, office, as_user, referer):
    make.case(jansen)
    answer = as_user(noor).post(reverse("contacts:take_next"), HTTP_REFERER=referer)
    assert answer.headers["Location"].startswith(Case.objects.get().get_absolute_url())


def test_the_menu_counts_what_waits_for_me(noor, rachid, jansen, office, as_user):
    make.case(jansen)
    make.case(jansen, team=make.team("Parkeren"))
    make.case(jansen, answered_at=timezone.now() + timedelta(hours=1))

    def count(user):
        items = [item for section in as_user(user).get(reverse(LIST)).context["nav"] for item in section.items]
        return next(item.count for item in items if item.key == "cases")

    assert count(noor) == 1
    assert count(rachid) == 1
