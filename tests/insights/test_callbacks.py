"""The board of the team lead."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from callbacks.models import Callback, Cause, Handover
from contacts.models import Access, Contact, Outcome
from insights.lists import Listing
from insights.models import tallying
from insights.views.lists import counted
from tests import make
from tests.insights import rows
from tests.insights.rows import at, callback

URL = reverse("insights:callbacks")
PAGES = [URL, *(reverse("insights:page", args=[by]) for by in ("teams", "topics", "weeks", "people"))]
LIST = reverse("insights:list")
LINK = re.compile(r'href="([^"]*/insights/callbacks/list/\?[^"]*)"[^>]*>(\d+)<')


@pytest.fixture
def afternoon():
    """Have it be so late that three hours ago is today."""
    with time_machine.travel(at("2026-11-24", "15:00")):
        yield


@pytest.fixture
def busy(afternoon, office, parkeren, rachid):
    for hours in (-3, -2, 30):
        make.callback(
            make.contact(make.customer(), outcome=Outcome.CALLBACK), due_at=timezone.now() + timedelta(hours=hours)
        )
    make.callback(
        make.contact(make.customer(), outcome=Outcome.CALLBACK),
        due_at=timezone.now() - timedelta(hours=1),
        assignee=rachid,
    )
    for n in range(30):
        make.contact(outcome=Outcome.ANSWERED if n < 20 else Outcome.TRANSFERRED)


@pytest.fixture
def town(office, parkeren, rachid, voorlijn):
    """Make a season of every sort of callback, the last ones of today."""
    taxes = make.team("Belastingen")
    rows.chance(
        4, [parkeren, taxes, voorlijn], [None, make.topic(team=parkeren)], [rachid, make.user("fatima", teams=[taxes])]
    )
    shift = timezone.now() - at("2027-01-05")
    for row in Callback.objects.all():
        for name in ("requested_at", "due_at", "norm_due_at", "first_attempt_at", "spoken_at", "completed_at",
                     "cancelled_at"):  # fmt: skip
            if getattr(row, name) is not None:
                setattr(row, name, getattr(row, name) + shift)
        row.attempts.update(at=row.first_attempt_at or timezone.now())
        row.save()
    for model, name in ((Contact, "happened_at"), (Handover, "at")):
        for one in model.objects.all():
            model.objects.filter(pk=one.pk).update(**{name: getattr(one, name) + shift})


def test_a_lead_sees_what_is_late_and_can_act(busy, kees, as_user):
    shown = as_user(kees).get(URL).content.decode()
    for words in (
        "Open per afdeling",
        "Parkeren",
        "3 u 00 min",
        "Niet toegewezen",
        "Hoe meten we dit?",
        "59%",
        "21 punten onder de norm",
        "Toon als tabel",
        "Hoe lang open",
        "Geen terugbelverzoeken in deze periode.",
    ):
        assert words in shown, words
    assert "te weinig" in shown  # no callback ended yet
    assert shown.count(">Herinneren<") == 1
    assert shown.count("/assign/") == 2
    assert shown.count("/escalate/") == 3


def test_too_few_say_so(office, kees, as_user):
    shown = as_user(kees).get(URL).content.decode()
    assert "te weinig" in shown
    assert "Niets is te laat." in shown


def test_filters_and_what_cannot_be_read(busy, kees, as_user):
    other = make.team("Belastingen")
    assert "Parkeren</a></th>" not in as_user(kees).get(URL, {"team": str(other.uuid)}).content.decode()
    assert as_user(kees).get(URL, {"period": "52", "channel": "email"}).status_code == 200
    assert "week=2024-W05" in as_user(kees).get(URL, {"period": "week", "week": "2024-W05"}).content.decode()
    for page in PAGES:
        for query in (
            {"period": "x"}, {"team": "\x00"}, {"channel": "fax"}, {"period": "9" * 400}, {"topic": "none"},
            {"period": "week", "week": "9999-W99"}, {"period": ["this", "4"]}, {"team": str(uuid4())},
            {"week": "x" * 1_000_000}, {"topic": "' OR 1=1 --"},
        ):  # fmt: skip
            assert as_user(kees).get(page, query).status_code == 200, (page, str(query)[:80])
        assert as_user(kees).get(f"{page}?team=%ED%A0%80&week=%00&topic=%FF").status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_htmx_gets_the_board_alone(busy, kees, as_user, url):
    assert "<html" not in as_user(kees).get(url, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("url", PAGES)
def test_the_number_of_queries_does_not_grow(town, kees, as_user, url, django_assert_max_num_queries):
    client = as_user(kees)
    client.get(url)
    with django_assert_max_num_queries(24):
        client.get(url)
    tallying.tally(now=timezone.now())
    with django_assert_max_num_queries(30):  # at most two for each fact: what is kept, and the week that is not over
        client.get(url)


def test_only_a_lead(busy, noor, rachid, beheer, kees, as_user):
    files = [reverse("insights:file", args=["teams", "csv"]), reverse("insights:list_file", args=["xlsx"])]
    for url in (*PAGES, *files, f"{LIST}?what=open"):
        for person in (noor, rachid, beheer):
            assert as_user(person).get(url).status_code == 403
        assert as_user(kees).post(url).status_code == 405
    assert as_user(kees).get(reverse("insights:page", args=["everything"])).status_code == 404


def numbers(html):
    """Give every number on a page that has a list of ours, with the words of its address."""
    for url, number in LINK.findall(html):
        yield {name: value[0] for name, value in parse_qs(urlsplit(unescape(url)).query).items()}, int(number)


@pytest.mark.parametrize("query", [{}, {"channel": "email"}])
def test_every_number_is_as_long_as_its_list(town, kees, as_user, query):
    client, seen = as_user(kees), {}
    for page in PAGES:
        html = client.get(page, {"period": "52"} | query).content.decode()
        seen |= {str(sorted(asked.items())): (asked, number) for asked, number in numbers(html)}
    assert len(seen) > 60
    for asked, number in seen.values():
        answer = client.get(LIST, asked)
        listing = answer.context["listing"]
        assert answer.context["count"] == number == listing.count(), asked
        assert len(listing.rows) == min(number, 50), asked


def test_the_open_ones_are_in_the_queue(busy, kees, as_user):
    html = as_user(kees).get(URL).content.decode()
    for what, n in (("view=all&amp;due=late", 3), ("view=all", 4), ("view=unassigned", 3)):
        assert f"/callbacks/?{what}" in html, what
        shown = as_user(kees).get(unescape(f"/callbacks/?{what}")).content.decode()
        assert shown.count('id="callback-') == n, what


def test_a_list_says_why_and_who_looked(office, rachid, kees, as_user):
    now = timezone.now()
    row = callback(now - timedelta(days=9), now - timedelta(days=7))
    anna = make.customer("Anna", "Jansen")
    Contact.objects.filter(pk=row.contact_id).update(customer=anna)
    row.refresh_from_db()
    row.cancel(cause=Cause.WITHDRAWN, reason="Zelf gevonden", by=rachid)
    shown = as_user(kees).get(LIST, {"what": "never_tried"}).content.decode()
    for words in ("Niet geprobeerd", "Vervallen: klant heeft geen vraag meer", "A. Jansen", row.reference):
        assert words in shown, words
    seen = Access.objects.get(action="search")
    assert (seen.user, seen.detail, seen.customer) == (kees, "board never_tried", anna)


def test_who_saw_what_is_late_is_written_down_once(busy, kees, as_user):
    late = Callback.objects.overdue(now=timezone.now())
    for _ in range(2):
        as_user(kees).get(URL)
    seen = Access.objects.filter(user=kees, action="search", detail="board").values_list("customer", flat=True)
    assert sorted(seen) == sorted(late.values_list("contact__customer", flat=True))
    assert len(seen) == 3


def test_what_is_not_a_working_day_old_is_not_said_to_be_of_today(office, kees, as_user):
    with time_machine.travel(at("2026-11-22", "16:00"), tick=False):  # a Sunday
        callback(at("2026-11-20", "17:30"), at("2026-11-24", "10:00"))  # asked on Friday, after closing time
        shown = as_user(kees).get(URL).content.decode()
        assert re.search(r"Minder dan 1 werkdag geleden</th>.*?>1</a>", shown, re.DOTALL)
        assert as_user(kees).get(LIST, {"what": "age_0"}).context["listing"].title == "Minder dan 1 werkdag open"


def test_a_percentage_says_what_is_late_and_still_open(busy, rachid, kees, as_user):
    now = timezone.now()
    for n in range(20):
        row = callback(now - timedelta(days=2), now + timedelta(days=1))
        tried = now - timedelta(days=1)
        spoken = tried if n < 15 else None
        Callback.objects.filter(pk=row.pk).update(completed_at=now, first_attempt_at=tried, spoken_at=spoken)
    answer = as_user(kees).get(URL)
    kpi = next(kpi for kpi in answer.context["kpis"] if kpi["label"] == "Op tijd teruggebeld")
    assert (kpi["value"], kpi["more"]) == ("100%", "eerste poging · gesproken 75%\nnog open: 3 te laat")
    assert answer.content.decode().count("Nog open: 3 te laat</a>") == 1
    Callback.objects.overdue(now=now).update(due_at=now + timedelta(days=1))
    assert "te laat</a>" not in as_user(kees).get(URL).content.decode()


def test_a_list_goes_on(office, kees, as_user):
    now = timezone.now()
    for n in range(70):
        row = callback(now - timedelta(days=2), now - timedelta(days=1))
        Callback.objects.filter(pk=row.pk).update(completed_at=now - timedelta(minutes=n // 7))  # many at one moment
    client = as_user(kees)
    first = client.get(LIST, {"what": "ended"})
    second = client.get(LIST + unescape(re.search(r'href="(\?[^"]*after=[^"]*)"', first.content.decode())[1]))
    shown = [row.reference for answer in (first, second) for row in answer.context["listing"].rows]
    assert len(shown) == len(set(shown)) == 70
    assert first.context["count"] == second.context["count"] == 70


def test_a_list_of_what_is_not_there(office, kees, as_user, parkeren):
    client = as_user(kees)
    for query in (
        {}, {"what": "everything"}, {"what": "ended", "after": "x"}, {"what": "ended", "to": str(parkeren.uuid)},
        {"what": "errors", "to": str(uuid4())}, {"what": "answered", "person": str(kees.uuid)},
        {"what": "ended", "person": str(uuid4())},
    ):  # fmt: skip
        assert client.get(LIST, query).status_code == 404, query
    for query in ({"what": "ended", "team": "none"}, {"what": "open", "topic": "none"}, {"what": "late", "team": "\0"}):
        assert client.get(LIST, query).status_code == 200, query


def test_people_are_those_of_the_own_teams(office, kees, rachid, sam, as_user):
    now = timezone.now()
    for person, team in ((rachid, make.team()), (rachid, make.team("Belastingen")), (sam, make.team("Belastingen"))):
        row = callback(now - timedelta(days=2), now, team=team, assignee=person)
        Callback.objects.filter(pk=row.pk).update(completed_at=now)
    people = reverse("insights:page", args=["people"])
    shown = as_user(kees).get(people)
    lines = {line.label: line.cells[0].value for line in shown.context["table"].lines}
    assert lines["Rachid Yilmaz"] == 1  # what Rachid did for another team is theirs
    assert "Kees de Boer" in lines
    assert "Sam Smit" not in lines
    assert as_user(kees).get(LIST, {"what": "ended", "person": str(rachid.uuid)}).context["count"] == 1
    assert as_user(kees).get(LIST, {"what": "ended", "person": str(sam.uuid)}).status_code == 404
    other = make.user("anouk", Role.TEAM_LEAD, teams=[make.team("Belastingen")], first_name="Anouk", last_name="Mol")
    assert "Rachid Yilmaz" not in as_user(other).get(people).content.decode()
    assert as_user(other).get(LIST, {"what": "ended", "person": str(rachid.uuid)}).status_code == 404
    none = make.user("eva", Role.TEAM_LEAD, first_name="Eva", last_name="Los")
    table = as_user(none).get(people).context["table"]
    assert [line.label for line in table.lines] == ["Eva Los"]
    assert User.objects.count() > 4


def test_a_list_names_the_people_of_the_own_teams(office, kees, rachid, sam, voorlijn, as_user):
    now, taxes = timezone.now(), make.team("Belastingen")
    for person, team in ((rachid, make.team()), (sam, taxes)):
        row = callback(now - timedelta(days=2), now, team=team, assignee=person)
        Callback.objects.filter(pk=row.pk).update(completed_at=now)
        Handover.objects.create(callback=row, kind="forwarded", from_team=team, to_team=voorlijn, by=person, at=now)
        make.contact(by=person, outcome=Outcome.ANSWERED, happened_at=now)
        callback(now, now + timedelta(hours=1), team=team, assignee=person)
    sam.teams.set([taxes])
    client = as_user(kees)
    for what in ("ended", "errors", "answered"):
        rows = client.get(LIST, {"what": what}).context["listing"].rows
        assert sorted(row.person for row in rows) == ["", "R. Yilmaz"], what
        text = client.get(reverse("insights:list_file", args=["csv"]), {"what": what}).content.decode()
        assert "R. Yilmaz" in text
        assert "Smit" not in text
    rows = client.get(LIST, {"what": "open"}).context["listing"].rows
    assert sorted(row.person for row in rows) == ["R. Yilmaz", "S. Smit"]  # as in the queue


def test_compared_with_the_weeks_before(office, rachid, kees, as_user):
    now = timezone.now()
    for weeks, good in ((0, 20), (1, 15)):
        for n in range(20):
            row = callback(now - timedelta(weeks=weeks, hours=2), now + timedelta(days=1))
            when = now - timedelta(weeks=weeks)
            Callback.objects.filter(pk=row.pk).update(completed_at=when, first_attempt_at=when if n < good else None)
    shown = as_user(kees).get(URL, {"period": "this"}).content.decode()
    assert "25 punten hoger dan de week ervoor" in shown
    assert "Binnen de norm" in shown


def test_a_list_is_counted_as_the_board_does(town, kees):
    tallying.tally(now=timezone.now())
    from_page = Listing("tried_late", rows.scope(timezone.now(), "52"))
    assert counted(from_page) == from_page.count() > 0
