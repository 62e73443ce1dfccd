"""Other systems ask for callbacks and try to reach citizens, with the rules of the screens."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.memory import forget_everything
from accounts.models import Team, User
from accounts.models.api_key import ApiKey
from callbacks.models import Attempt, Callback, Cause
from contacts.models import Access, Contact, Customer, Event, Norm, Question
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/callbacks/"


@pytest.fixture
def api(noor: User) -> Client:
    """Another system that works as Noor."""
    _key, secret = ApiKey.issue(name="Telefooncentrale", user=noor)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(client: Client, data: Any, url: str = URL, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(url, json.dumps(data), content_type="application/json", headers=named)


@pytest.fixture
def asked(office: None, parkeren: Team) -> dict[str, Any]:
    return {"number": "06 90123456", "question": "Is het bezwaar binnen?", "team": str(parkeren.uuid)}


def test_a_key_opens_the_door_and_says_who(api: Client, noor: User, callback: Callback) -> None:
    found = api.get(URL).json()
    assert [one["uuid"] for one in found["results"]] == [str(callback.uuid)]
    used = ApiKey.objects.get().used_at
    assert used is not None
    api.get(URL)
    assert ApiKey.objects.get().used_at == used  # not written again within the minute
    assert Access.objects.filter(user=noor, customer=callback.contact.customer, action="search").count() == 2


def test_what_is_wrong_with_a_key_is_not_told(noor: User, client: Client) -> None:
    expired, old = ApiKey.issue(name="oud", user=noor, expires_at=timezone.now() - timedelta(minutes=1))
    revoked, gone = ApiKey.issue(name="weg", user=noor)
    ApiKey.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    left = make.user("weg", is_active=False)
    _key, theirs = ApiKey.issue(name="ander", user=left)
    words = [old, gone, theirs, "kcc_onzin", "", "x" * 5000, "a b", "é\u00ff"]
    answers = [
        client.get(URL, headers={"Authorization": f"Bearer {word}".encode().decode("latin-1")}) for word in words
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="api"'}
    assert client.get(URL).status_code == 401
    assert client.post(URL, "{}", content_type="application/json").status_code == 401
    assert ApiKey.objects.get(pk=expired.pk).used_at is None


def test_a_citizen_is_registered_with_a_callback(
    api: Client, noor: User, jansen: Customer, parkeren: Team, rachid: User, asked: dict[str, Any]
) -> None:
    topic = make.topic(team=parkeren)
    plate = Question.objects.create(topic=topic, label="Kenteken", place="callback", is_required=True)
    forget_everything()
    more = {
        "topic": str(topic.uuid),
        "assignee": str(rachid.uuid),
        "reachable_from": "09:00",
        "reachable_until": "12:00",
        "urgent_reason": "Kind ziek",
        "language": "en",
        "may_leave_voicemail": False,
        "answers": {str(plate.uuid): "AB-12-CD"},
    }
    made = send(api, asked | more)
    assert made.status_code == 201, made.content
    callback = Callback.objects.get()
    assert (callback.contact.customer, callback.contact.topic, callback.requested_by) == (jansen, topic, noor)
    assert (callback.assignee, callback.language, callback.may_leave_voicemail) == (rachid, "en", False)
    assert callback.answers == [["Kenteken", "AB-12-CD"]]
    assert callback.number == "+31690123456"
    shown = made.json()
    assert (shown["reference"], shown["status"], shown["reachable_from"]) == (callback.reference, "open", "09:00:00")
    assert shown["team"] == {"uuid": str(parkeren.uuid), "name": "Parkeren"}
    assert callback.contact.text == "Is het bezwaar binnen?"


def test_the_same_request_twice_is_one(api: Client, asked: dict[str, Any]) -> None:
    first, second = send(api, asked, Idempotency_Key="oproep-7"), send(api, asked, Idempotency_Key="oproep-7")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["uuid"] == second.json()["uuid"]
    assert Contact.objects.count() == Callback.objects.count() == 1
    assert send(api, asked | {"question": "Iets anders"}, Idempotency_Key="oproep-7").status_code == 409
    for wrong in ("", "x" * 101, "é"):
        assert send(api, asked, Idempotency_Key=wrong.encode().decode("latin-1")).status_code == 400


def test_what_waits_already_is_added_to(api: Client, asked: dict[str, Any], jansen: Customer) -> None:
    first = send(api, asked).json()
    again = send(api, asked)
    assert (again.status_code, again.json()["open"]) == (409, first["uuid"])
    added = send(api, asked | {"add_to": first["uuid"], "urgent_reason": "Belt weer"}, Idempotency_Key="a")
    assert (added.status_code, added.json()["uuid"]) == (201, first["uuid"])
    assert (
        send(api, asked | {"add_to": first["uuid"], "urgent_reason": "Belt weer"}, Idempotency_Key="a").status_code
        == 200
    )
    callback = Callback.objects.get()
    assert (callback.repeats.count(), callback.urgent_reason) == (1, "Belt weer")
    assert send(api, asked | {"second": True}).status_code == 201
    stranger = asked | {"number": "06 99999999", "add_to": first["uuid"]}
    assert "add_to" in send(api, stranger).json()


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"number": "geen"}, "number"),
        ({"number": None}, "number"),
        ({"number": "x" * 5000}, "number"),
        ({"question": ""}, "question"),
        ({"question": "a\0b"}, "question"),
        ({"question": ["a"]}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({"team": "x"}, "team"),
        ({"team": str(uuid4())}, "team"),
        ({"team": None}, "team"),
        ({"topic": str(uuid4())}, "topic"),
        ({"customer": str(uuid4())}, "customer"),
        ({"assignee": str(uuid4())}, "assignee"),
        ({"reachable_from": "25:00"}, "reachable_from"),
        ({"reachable_from": "12:00", "reachable_until": "09:00"}, "reachable_until"),
        ({"language": "xx"}, "language"),
        ({"channel": "fax"}, "channel"),
        ({"answers": []}, "answers"),
        ({"answers": {"x": "y"}}, "answers"),
        ({"answers": {"x": {}}}, "answers"),
        ({"add_to": str(uuid4())}, "add_to"),
        ({"is_staff": True}, "is_staff"),
        ({"status": "completed"}, "status"),
        ({"due_at": "2030-01-01T00:00:00Z"}, "due_at"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    api: Client, asked: dict[str, Any], changes: dict[str, Any], at: str
) -> None:
    answer = send(api, asked | changes)
    assert answer.status_code == 400, answer.content
    assert at in answer.json()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"number": ', "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"question": "\\ud800"}', "application/json", 400),
        (b'{"channel": "\\ud800"}', "application/json", 400),
        (b'{"\\udfff": [{"a": 1}]}', "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'{"number": ' + b"9" * 6000 + b"}", "application/json", 400),
        (b'"' + b"x" * 2_000_000 + b'"', "application/json", 413),
        (b"number=1", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "text/xml", 415),
    ],
)
def test_no_body_breaks_it(api: Client, office: None, body: bytes, kind: str, status: int) -> None:
    assert api.post(URL, body, content_type=kind).status_code == status
    assert not Contact.objects.exists()


def test_an_office_without_norm_says_so(api: Client, asked: dict[str, Any]) -> None:
    Norm.objects.all().delete()
    assert send(api, asked).status_code == 400
    assert not Contact.objects.exists()


def test_the_list_is_chosen_from_and_goes_on(api: Client, office: None, parkeren: Team, kees: User) -> None:
    made = [make.callback(make.contact(make.customer("A", str(n)))) for n in range(5)]
    made[0].complete(outcome="Gebeld", by=kees)
    made[1].cancel(cause=Cause.OTHER, reason="Dubbel", by=kees)
    Callback.objects.filter(pk=made[2].pk).update(
        requested_at=timezone.now() - timedelta(days=9), due_at=timezone.now()
    )
    other = make.callback(make.contact(make.customer("B", "C")), team=make.team("Belastingen"))

    def shown(**query: Any) -> list[str]:
        return [one["uuid"] for one in api.get(URL, query).json()["results"]]

    assert shown(state="completed") == [str(made[0].uuid)]
    assert shown(state="cancelled") == [str(made[1].uuid)]
    assert shown(state="late") == [str(made[2].uuid)]
    assert len(shown(state="open")) == 4
    assert str(other.uuid) not in shown(team=str(parkeren.uuid))
    assert shown(updated_since=(timezone.now() + timedelta(minutes=1)).isoformat()) == []
    assert len(shown(updated_since=(timezone.now() - timedelta(minutes=1)).isoformat())) == 6
    pages, cursor = [], ""
    while cursor is not None:
        page = api.get(URL, {"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        pages.append([one["uuid"] for one in page["results"]])
        cursor = page["next"]
    assert [len(one) for one in pages] == [4, 2]
    assert len({uuid for one in pages for uuid in one}) == 6


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=-1", "limit=1000000000000", "limit=tien", "cursor=x", "cursor=%00", "state=weg",
        "team=x", "team=00000000-0000-0000-0000-000000000000", "updated_since=gisteren", "naam=x",
        "state=open&state=late",
        "updated_since=9999999-01-01", "updated_since=0001-01-01", "updated_since=9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused(api: Client, office: None, query: str) -> None:
    assert api.get(f"{URL}?{query}").status_code == 400


def test_a_list_takes_as_many_questions_however_long(
    api: Client, office: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(8):
        make.callback(make.contact(make.customer("A", str(n)))).repeats.add(make.contact())
    api.get(URL)
    with django_assert_max_num_queries(8):
        assert len(api.get(URL).json()["results"]) == 8


def test_one_is_seen_by_who_may(api: Client, callback: Callback, as_user: Callable[[User], Client], sam: User) -> None:
    answer = api.get(f"{URL}{callback.uuid}/")
    assert answer.json()["question"] == callback.question
    assert Access.objects.filter(customer=callback.contact.customer, action="view").count() == 1
    assert as_user(sam).get(f"{URL}{callback.uuid}/").status_code == 404
    assert as_user(sam).get(URL).json()["results"] == []
    for path in (f"{URL}{uuid4()}/", f"{URL}geen/", f"{URL}{callback.pk}/"):
        assert api.get(path).status_code == 404
    assert api.get(URL, headers={"Accept": "text/xml"}).status_code == 406
    for method in (api.put, api.patch, api.delete):
        assert method(f"{URL}{callback.uuid}/", "{}", content_type="application/json").status_code == 405


def test_a_specialist_does_not_register(as_user: Callable[[User], Client], rachid: User, asked: dict[str, Any]) -> None:
    assert send(as_user(rachid), asked).status_code == 403


def test_a_try_is_registered_once(api: Client, noor: User, callback: Callback) -> None:
    url, later = f"{URL}{callback.uuid}/attempts/", timezone.now() + timedelta(days=1)
    tried = {"result": "no_answer", "note": "Geen voicemail", "next_attempt_at": later.isoformat()}
    for _ in range(2):
        assert send(api, tried, url, Idempotency_Key="een").status_code == 201
    attempt = Attempt.objects.get()
    assert (attempt.result, attempt.by, attempt.callback.next_attempt_at) == ("no_answer", noor, later)
    for wrong in (
        {"result": "gelukt"},
        {},
        {"result": "spoken", "next_attempt_at": later.isoformat()},
        {"result": "busy", "next_attempt_at": "2020-01-01T00:00:00Z"},
        {"result": "busy", "next_attempt_at": "9999-01-01T00:00:00Z"},
        {"result": "busy", "at": "nu"},
    ):
        assert send(api, wrong, url).status_code == 400, wrong
    callback.cancel(cause=Cause.OTHER, reason="Weg", by=noor)
    assert send(api, {"result": "busy"}, url).status_code == 409
    assert send(api, tried, url, Idempotency_Key="een").status_code == 201  # it was registered, and still is


def test_a_try_that_got_no_answer_is_sent_again(api: Client, callback: Callback) -> None:
    url, seen = f"{URL}{callback.uuid}/attempts/", api.get(f"{URL}{callback.uuid}/")["ETag"]
    for _ in range(2):
        assert send(api, {"result": "busy"}, url, Idempotency_Key="een", If_Match=seen).status_code == 201
    assert send(api, {"result": "busy"}, url, Idempotency_Key="twee", If_Match=seen).status_code == 412
    for other in ({"result": "voicemail"}, {"result": "busy", "note": "Later weer"}):
        assert send(api, other, url, Idempotency_Key="een").status_code == 409
    assert Attempt.objects.get().result == "busy"


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_next_try_off_the_calendar_is_refused(api: Client, callback: Callback, moment: str) -> None:
    answer = send(api, {"result": "busy", "next_attempt_at": moment}, f"{URL}{callback.uuid}/attempts/")
    assert (answer.status_code, list(answer.json())) == (400, ["next_attempt_at"])


def test_what_changed_is_found_by_an_index(api: Client) -> None:
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Event._meta.db_table)
    assert (indexes["event_at"]["type"], indexes["event_at"]["columns"]) == ("brin", ["at"])


def test_it_is_completed_on_what_was_seen(api: Client, rachid: User, callback: Callback) -> None:
    url = f"{URL}{callback.uuid}/complete/"
    seen = api.get(f"{URL}{callback.uuid}/")["ETag"]
    assert send(api, {"result": "busy"}, f"{URL}{callback.uuid}/attempts/", If_Match=seen).status_code == 201
    assert send(api, {"outcome": "Geregeld"}, url, If_Match=seen).status_code == 412
    assert send(api, {"outcome": ""}, url).status_code == 400
    fresh = api.get(f"{URL}{callback.uuid}/")["ETag"]
    done = send(api, {"outcome": "Geregeld"}, url, If_Match=fresh)
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    assert [one["result"] for one in done.json()["attempts"]] == ["busy", "spoken"]
    assert send(api, {"outcome": "Geregeld"}, url, If_Match=fresh).status_code == 200  # the same once more
    assert send(api, {"outcome": "Anders"}, url).status_code == 409


def test_a_strangers_is_not_tried(as_user: Callable[[User], Client], sam: User, callback: Callback) -> None:
    for path, data in (("attempts", {"result": "busy"}), ("complete", {"outcome": "x"})):
        assert send(as_user(sam), data, f"{URL}{callback.uuid}/{path}/").status_code == 404
    assert not Attempt.objects.exists()


def test_the_questions_of_a_topic(api: Client, parkeren: Team) -> None:
    topic = make.topic(team=parkeren)
    Question.objects.create(topic=topic, label="Welke straat?", place="web")
    plate = Question.objects.create(topic=topic, label="Kenteken", place="both", kind="choice", choices="A\nB")
    forget_everything()
    found = api.get(f"{URL}questions/", {"topic": str(topic.uuid)}).json()["results"]
    assert found == [
        {"uuid": str(plate.uuid), "question": "Kenteken", "kind": "choice", "choices": ["A", "B"], "required": False}
    ]
    assert api.get(f"{URL}questions/?topic=x").status_code == 400


def test_who_tries_keys_waits_and_others_do_not(api: Client, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.api.WrongKeys.rate", "3/min")
    monkeypatch.setattr("accounts.api.WrongKeys.cache", LocMemCache(str(uuid4()), {}))
    wrong = {"Authorization": "Bearer kcc_geraden"}
    for _ in range(4):
        assert api.get(URL).status_code == 200  # what is right is not counted
    answers = [client.get(URL, headers=wrong) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert int(answers[3]["Retry-After"]) > 0
    assert api.get(URL).status_code == 429
    assert api.get(URL, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_who_asks_too_fast_waits(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.api.Throttle.rate", "2/min")
    monkeypatch.setattr("accounts.api.Throttle.cache", LocMemCache(str(uuid4()), {}))
    answers = [api.get(URL) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
