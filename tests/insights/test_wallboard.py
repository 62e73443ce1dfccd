"""The screen on the wall: figures of now and today, no person, an address that can be taken back."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Absence, Role, Team, User
from accounts.worktime import LOCAL
from callbacks.models import Callback
from contacts.models import Call, Connection, Customer, Outcome
from insights.models import Wallboard
from insights.wall import Portion, Wall
from knowledge.models import Bulletin
from tests import make

pytestmark = pytest.mark.usefixtures("office")
NOON = datetime(2026, 11, 24, 12, tzinfo=LOCAL)


@pytest.fixture
def exchange() -> Connection:
    return make.connection(Connection.Kind.CTI)


def call(exchange: Connection, n: int, *, began: datetime, **fields: object) -> Call:
    return Call.objects.create(connection=exchange, external_id=str(n), number=f"+3169{n:07}", began_at=began, **fields)


def test_who_waits_and_how_long(voorlijn: Team, parkeren: Team, exchange: Connection) -> None:
    call(exchange, 1, began=NOON - timedelta(minutes=4), team=voorlijn)
    call(exchange, 2, began=NOON - timedelta(seconds=20))  # to no queue: the contact centre's
    call(exchange, 3, began=NOON - timedelta(minutes=9), team=parkeren)
    call(exchange, 4, began=NOON - timedelta(minutes=1), team=voorlijn, answered_at=NOON)
    wall = Wall(voorlijn, NOON)
    assert (wall.waiting, wall.longest, wall.is_too_long, wall.is_busy) == (2, "04:00", True, True)
    assert (Wall(parkeren, NOON).waiting, Wall(parkeren, NOON).longest) == (1, "09:00")
    quiet = Wall(voorlijn, NOON + timedelta(days=1))
    assert (quiet.waiting, quiet.longest, quiet.is_too_long, quiet.is_busy) == (0, "00:00", False, False)


def test_the_callbacks_of_the_office_and_of_a_department(
    voorlijn: Team, parkeren: Team, jansen: Customer, noor: User
) -> None:
    def due(moment: datetime, team: Team, **fields: object) -> Callback:
        asked = make.contact(jansen, outcome=Outcome.CALLBACK)
        made = make.callback(asked, due_at=moment, team=team)
        Callback.objects.filter(pk=made.pk).update(**fields)
        return made

    due(NOON - timedelta(minutes=1), parkeren)
    due(NOON - timedelta(days=2), voorlijn, assignee=noor)
    due(NOON + timedelta(minutes=1), parkeren, claimed_at=NOON)
    due(NOON.replace(hour=23, minute=59), voorlijn)
    due(NOON + timedelta(days=1), parkeren)
    due(NOON - timedelta(days=1), parkeren, completed_at=NOON)
    assert Wall(voorlijn, NOON).callbacks == {"late": 2, "late_unassigned": 1, "today": 2, "today_claimed": 1}
    assert Wall(parkeren, NOON).callbacks == {"late": 1, "late_unassigned": 1, "today": 1, "today_claimed": 1}


def test_today_ends_at_midnight_also_when_the_clock_changes(voorlijn: Team, jansen: Customer) -> None:
    night = datetime(2027, 3, 28, 0, 30, tzinfo=LOCAL)  # the day of 23 hours
    asked = make.contact(jansen, outcome=Outcome.CALLBACK)
    make.callback(asked, due_at=datetime(2027, 3, 29, 0, 30, tzinfo=LOCAL), team=voorlijn)
    assert Wall(voorlijn, night).callbacks["today"] == 0


def test_a_seat_is_counted_once(voorlijn: Team, exchange: Connection, noor: User) -> None:
    def person(name: str, **fields: object) -> User:
        return make.user(name, Role.AGENT, teams=[voorlijn], last_login=NOON - timedelta(hours=2), **fields)

    User.objects.filter(pk=noor.pk).update(last_login=NOON - timedelta(days=1))  # was here yesterday
    free, busy, after = person("vrij"), person("druk"), person("nawerk")
    person("pauze", away_as="break", away_since=NOON)
    person("naarhuis", away_as="off", away_since=NOON)
    person("weg", is_active=False)
    Absence.objects.create(user=person("ziek"), starts_at=NOON - timedelta(hours=1))
    for n, (who, fields) in enumerate(
        [
            (busy, {}),
            (busy, {"ended_at": NOON - timedelta(minutes=5)}),
            (after, {"ended_at": NOON - timedelta(minutes=1)}),
        ]
    ):
        call(
            exchange, n, began=NOON - timedelta(minutes=9), agent=who, answered_at=NOON - timedelta(minutes=8), **fields
        )
    seats = Wall(voorlijn, NOON).seats
    assert (seats.available, seats.calling, seats.writing, seats.resting, seats.total) == (1, 1, 1, 1, 4)
    assert seats.blocks == ["free", "busy", "busy", "away"]
    assert free.is_active


def test_the_part_answered_at_once_and_the_part_picked_up_in_time(
    voorlijn: Team, parkeren: Team, jansen: Customer, exchange: Connection
) -> None:
    for outcome in ["answered", "consulted", "answered", "callback", "transferred"]:
        make.contact(jansen, outcome=outcome, happened_at=NOON - timedelta(hours=1))
    make.contact(jansen, outcome="", happened_at=NOON - timedelta(hours=1))  # not closed yet
    make.contact(jansen, outcome="answered", happened_at=NOON - timedelta(days=1))
    make.contact(jansen, outcome="answered", direction="out", happened_at=NOON - timedelta(hours=1))
    assert Wall(voorlijn, NOON).answered == Portion(3, 5, 80)
    assert Wall(parkeren, NOON).answered.whole == 0
    began = NOON - timedelta(hours=2)
    for n, seconds in enumerate([5, 29, 30, 31]):
        call(exchange, n, began=began, team=voorlijn, answered_at=began + timedelta(seconds=seconds))
    call(exchange, 11, began=began, team=voorlijn, ended_at=began + timedelta(seconds=40))  # gave up waiting
    call(exchange, 12, began=began, team=voorlijn, ended_at=began + timedelta(seconds=3))  # dialled wrong
    call(exchange, 13, began=NOON - timedelta(seconds=50), team=voorlijn)  # still rings
    call(exchange, 14, began=began, team=voorlijn, direction="out", answered_at=began)
    found = Wall(voorlijn, NOON).picked_up
    assert (found.part, found.whole, found.percent, found.short) == (3, 5, 60, 20)


def test_too_little_says_no_percentage() -> None:
    assert (Portion(4, 4, 80).percent, Portion(4, 4, 80).short) == (None, 0)
    assert (Portion(4, 5, 80).percent, Portion(4, 5, 80).short) == (80, 0)


def test_who_has_the_address_sees_figures_and_no_person(voorlijn: Team, jansen: Customer, noor: User) -> None:
    asked = make.contact(jansen, outcome=Outcome.CALLBACK)
    make.callback(asked, due_at=timezone.now() - timedelta(hours=1), team=voorlijn)
    _board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=noor)
    response = Client().get(reverse("wallboard", args=[token]))
    text = response.content.decode()
    assert response.status_code == 200
    assert "Te laat" in text
    for person in (jansen.last_name, noor.last_name, asked.text):
        assert not person or person not in text
    assert token not in str(Wallboard.objects.values())


def test_the_number_of_queries_does_not_grow(
    voorlijn: Team, jansen: Customer, django_assert_max_num_queries: object
) -> None:
    _board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=None)
    for _ in range(12):
        make.callback(make.contact(jansen, outcome=Outcome.CALLBACK), team=voorlijn)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        Client().get(reverse("wallboard", args=[token]))


@pytest.mark.parametrize("token", ["x", "a" * 200, "%00", "é"])
def test_another_address_shows_nothing(voorlijn: Team, token: str) -> None:
    never = Client().get(f"/wallboard/{token}/", headers={"HX-Request": "true"})
    assert (never.status_code, never.has_header("HX-Refresh")) == (404, False)


def test_an_address_that_was_taken_back_shows_nothing(voorlijn: Team, as_user, kees: User) -> None:
    board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=kees)
    client = as_user(kees)
    for _ in range(2):
        assert client.post(reverse("insights:revoke_wallboard", args=[board.uuid])).status_code == 302
    gone = Client().get(reverse("wallboard", args=[token]))
    assert (gone.status_code, gone.has_header("HX-Refresh")) == (404, False)
    text = gone.content.decode()
    assert "Dit wallboard is ingetrokken." in text
    assert "Voorlijn" not in text
    for asks in ("hx-get", "kcc-live", "<script"):
        assert asks not in text
    hangs = Client().get(reverse("wallboard", args=[token]), headers={"HX-Request": "true"})
    assert (hangs.status_code, hangs["HX-Refresh"], hangs.content) == (404, "true", b"")


def test_a_lead_hangs_one_and_sees_its_address_once(voorlijn: Team, as_user, kees: User) -> None:
    client, page = as_user(kees), reverse("insights:wallboards")
    assert client.post(page, {"team": voorlijn.uuid, "name": "Zaal 2"}).status_code == 302
    first, second = client.get(page).content.decode(), client.get(page).content.decode()
    assert "/wallboard/" in first
    assert "/wallboard/" not in second
    assert "Zaal 2" in second
    assert f"<td>{date_format(timezone.localdate(), 'j b Y')}, K. de Boer</td>" in second
    address = first.split('id="adres">')[1].split("<")[0]
    assert Client().get(address[address.index("/wallboard/") :]).status_code == 200


@pytest.mark.parametrize("data", [{}, {"team": "x", "name": "a"}, {"team": "", "name": "a\0b"}, {"name": "x" * 900}])
def test_bad_input_keeps_the_page(as_user, kees: User, data: dict[str, str]) -> None:
    assert as_user(kees).post(reverse("insights:wallboards"), data).status_code == 422
    assert not Wallboard.objects.exists()


def test_only_leads_hang_wallboards(as_user, noor: User, voorlijn: Team) -> None:
    board, _token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=None)
    assert as_user(noor).get(reverse("insights:wallboards")).status_code == 403
    assert as_user(noor).post(reverse("insights:revoke_wallboard", args=[board.uuid])).status_code == 403
    assert as_user(noor).get(reverse("insights:revoke_wallboard", args=[board.uuid])).status_code == 405


def test_the_foot_tells_of_a_disruption_first_and_else_of_the_last_news(voorlijn: Team, parkeren: Team) -> None:
    def written(title: str, **fields: object) -> Bulletin:
        began = timezone.now() - timedelta(hours=1)
        return Bulletin.write(key=uuid4(), title=title, by=None, **({"starts_at": began} | fields))

    def shown(team: Team) -> Bulletin | None:
        return Wall(team, timezone.now()).news

    assert shown(voorlijn) is None
    written("Oud", starts_at=timezone.now() - timedelta(days=20))
    assert shown(voorlijn) is None
    news = written("Balie Noord is dicht")
    ours = written("Parkeerautomaat", kind="disruption", teams=[parkeren], starts_at=timezone.now() - timedelta(days=2))
    assert (shown(voorlijn), shown(parkeren)) == (news, ours)
    _board, token = Wallboard.hang(team=parkeren, name="Hal", by=None)
    text = Client().get(reverse("wallboard", args=[token])).content.decode()
    assert ("Parkeerautomaat" in text, "Balie Noord" in text) == (True, False)
    ours.end()
    assert shown(parkeren) == news


def test_the_foot_shows_what_matters_most_and_how_many_more_there_are(voorlijn: Team) -> None:
    now = timezone.now()
    for n, important in ((3, False), (2, True), (1, False)):
        Bulletin.write(
            key=uuid4(), title=f"Storing {n}", kind="disruption", important=important, by=None,
            starts_at=now - timedelta(hours=n),
        )  # fmt: skip
    wall = Wall(voorlijn, timezone.now())
    assert (str(wall.news), wall.more_disruptions) == ("Storing 2", 2)
    _board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=None)
    assert "en nog 2 storingen" in Client().get(reverse("wallboard", args=[token])).content.decode()
    Bulletin.objects.get(title="Storing 1").end()
    assert "en nog 1 storing<" in Client().get(reverse("wallboard", args=[token])).content.decode()
