"""What a telephone exchange pushes becomes calls: in either format, in any order, as often as it likes."""

import json
from datetime import timedelta
from itertools import permutations
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import push
from accounts.models import Role, User
from contacts.channels import phone
from contacts.models import Call, Connection
from contacts.models.customer import CustomerQuerySet
from contacts.tasks import end_calls
from kcc.gunicorn import Log
from tests import make
from tests.contacts.calls import NUMBER, Exchange, exchange, told

__all__ = ["exchange"]

EVENTS = {
    "newCall": told("newCall", queue="Parkeren", user="Noor Bakker"),
    "answer": told("answer", answeringNumber="201"),
    "hangup": told("hangup", cause="normalClearing"),
}


@pytest.fixture(autouse=True)
def _fresh_pace():
    phone.pace.forget()


@pytest.fixture
def noor(noor):
    noor.extension = "201"
    noor.save()
    return noor


def facts(call):
    return (call.number, call.queue, call.agent, call.answered_at is not None, call.ended_at is not None, call.called)


@pytest.mark.parametrize("way", ["form", "multipart", "json"])
def test_a_call_is_told_from_ring_to_end(exchange, noor, jansen, way):
    for event in EVENTS.values():
        answer = exchange.push(event, way=way)
        assert (answer.status_code, answer.json()) == (200, {})
    call = Call.objects.get()
    assert facts(call) == (NUMBER, "Parkeren", noor, True, True, [noor.pk])
    assert (call.customer, call.sent, call.dialled, call.cause) == (jansen, "31690123456", "14023", "normalClearing")


def test_the_address_works_without_its_last_slash(exchange):
    assert Client().post(f"/api/v1/cti/{exchange.row.token}", EVENTS["newCall"]).status_code == 200
    assert Call.objects.count() == 1


@pytest.mark.parametrize("order", list(permutations(EVENTS)), ids="-".join)
def test_any_order_ends_the_same(exchange, noor, jansen, order):
    for name in order:
        assert exchange.push(EVENTS[name]).status_code == 200
    assert facts(Call.objects.get()) == (NUMBER, "Parkeren", noor, True, True, [noor.pk])


@pytest.mark.parametrize("name", EVENTS)
def test_a_repeated_event_changes_nothing(exchange, noor, name):
    for event in EVENTS.values():
        exchange.push(event)
    before = Call.objects.values().get()
    for _again in range(2):
        exchange.push(EVENTS[name])
    assert Call.objects.values().get() == before


def test_without_an_answer_event_the_cause_says_that_they_spoke(exchange, noor):
    exchange.push(EVENTS["newCall"])
    exchange.push(told("hangup", cause="normalClearing", answeringNumber="201"))
    call = Call.objects.get()
    assert (call.agent, call.is_missed, call.talked) == (noor, False, None)


@pytest.mark.parametrize("cause", ["cancel", "noAnswer", "busy", "congestion", "notFound", "", "somethingNew"])
def test_a_call_nobody_answered_is_missed(exchange, cause):
    exchange.push(EVENTS["newCall"])
    exchange.push(told("hangup", cause=cause))
    assert list(Call.objects.missed(now=timezone.now())) == [Call.objects.get()]


def test_one_telephone_of_several_that_stops_ringing_ends_nothing(exchange, noor):
    exchange.push(told("newCall", user=["Noor Bakker", "Kees de Boer"]))
    exchange.push(EVENTS["answer"])
    exchange.push(told("hangup", cause="cancel"))
    assert Call.objects.get().ended_at is None
    exchange.push(told("hangup", cause="cancel", answeringNumber="201"))
    assert Call.objects.get().ended_at is not None


def test_a_second_telephone_may_answer_after_the_first_stopped(exchange, noor):
    exchange.push(EVENTS["newCall"])
    exchange.push(told("hangup", cause="noAnswer"))
    exchange.push(EVENTS["answer"])
    call = Call.objects.get()
    assert (call.agent, call.answered_at is not None, call.ended_at) == (noor, True, None)


def test_a_call_without_an_end_is_over_after_four_hours(exchange, noor):
    exchange.push(EVENTS["newCall"])
    exchange.push(told("newCall", callId="spoken"))
    exchange.push(told("answer", callId="spoken", answeringNumber="201"))
    Call.objects.update(began_at=timezone.now() - timedelta(hours=5))
    end_calls()
    lost, spoken = Call.objects.order_by("pk")
    assert (lost.is_missed, lost.cause, spoken.talked) == (True, "lost", None)
    assert exchange.push(told("hangup", cause="normalClearing")).status_code == 200  # it comes after all
    assert Call.objects.get(pk=lost.pk).cause == "normalClearing"


def test_a_transferred_call_goes_on_from_the_one_before(exchange, noor, jansen):
    kees = make.user("kees", extension="202")
    exchange.push(EVENTS["newCall"])
    exchange.push(EVENTS["answer"])
    onward = told("newCall", callId="2", origCallId="1", user="kees") | {"from": "201"}
    exchange.push(onward)
    exchange.push(told("hangup", cause="forwarded"))
    exchange.push(told("answer", callId="2", answeringNumber="202"))
    first, second = Call.objects.order_by("pk")
    assert (second.number, second.customer, second.agent, second.original) == (NUMBER, jansen, kees, first)
    assert first.ended_at is not None
    assert second.handled_at is None
    contact = make.contact(jansen, by=noor)
    first.register(contact, by=noor)
    assert Call.objects.get(pk=second.pk).conversation == contact.conversation


@pytest.mark.parametrize("onward_first", [True, False])
def test_a_call_that_went_elsewhere_was_not_missed(exchange, jansen, onward_first):
    events = [told("newCall"), told("newCall", callId="2", origCallId="1") | {"from": "anonymous"}]
    for event in reversed(events) if onward_first else events:
        exchange.push(event)
    exchange.push(told("hangup", cause="cancel"))
    exchange.push(told("hangup", callId="2", cause="cancel"))
    missed = Call.objects.missed(now=timezone.now())
    assert [(call.external_id, call.number, call.customer) for call in missed] == [("2", NUMBER, jansen)]


@pytest.mark.parametrize(
    ("sent", "number", "shown"),
    [
        ("31690123456", "+31690123456", "06 90 12 34 56"),
        ("0690123456", "+31690123456", "06 90 12 34 56"),
        ("0031690123456", "+31690123456", "06 90 12 34 56"),
        ("+31 (0)6 90123456", "+31690123456", "06 90 12 34 56"),
        ("sip:+31690123456@pbx", "+31690123456", "06 90 12 34 56"),
        ("4915112345678", "+4915112345678", "+49 1511 2345678"),
        ("14023", "+3114023", "14 023"),
        ("088 555 01 40", "+31885550140", "088 555 0140"),
        ("0800-1234", "+318001234", "0800 1234"),
        ("0900 1884", "+319001884", "0900 1884"),
        ("anonymous", "", ""),
        ("", "", ""),
        ("anonymous@anonymous.invalid", "", ""),
        ("112", "", "112"),
    ],
)
def test_numbers_are_understood_as_they_come(exchange, sent, number, shown):
    exchange.push(told("newCall") | {"from": sent})
    call = Call.objects.get()
    assert (call.number, call.shown_number) == (number, shown)


def test_a_colleague_who_calls_a_colleague_is_no_business_of_a_citizen(exchange, noor):
    exchange.push(told("newCall", user="Noor Bakker") | {"from": "214", "to": "201"})
    assert not Call.objects.meant_for(noor).ringing(now=timezone.now())
    exchange.push(told("hangup", cause="noAnswer"))
    assert not Call.objects.missed(now=timezone.now())


def test_a_call_out_belongs_to_who_dialled(exchange, noor, jansen):
    out = {"direction": "out", "from": "201", "to": "0690123456", "user": "Noor Bakker"}
    exchange.push(told("newCall") | out)
    call = Call.objects.get()
    assert (call.agent, call.number, call.customer, call.dialled) == (noor, NUMBER, jansen, "201")
    exchange.push(told("answer") | out | {"answeringNumber": "0690123456"})
    exchange.push(told("hangup", cause="normalClearing") | out)
    call.refresh_from_db()
    assert (call.agent, call.is_missed, call.talked is not None) == (noor, False, True)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_speaking_with_a_number_settles_what_it_missed(exchange, noor, direction):
    for place in range(2):
        exchange.push(told("newCall", callId=f"missed-{place}"))
        exchange.push(told("hangup", callId=f"missed-{place}", cause="cancel"))
    ends = {"direction": direction} | ({"from": "201", "to": "31690123456"} if direction == "out" else {})
    exchange.push(told("newCall", callId="later") | ends)
    assert Call.objects.missed(now=timezone.now()).count() == 2
    exchange.push(told("answer", callId="later", answeringNumber="201", user="Noor Bakker") | ends)
    assert Call.objects.missed(now=timezone.now()).count() == 0
    assert set(Call.objects.exclude(external_id="later").values_list("handled_by", flat=True)) == {noor.pk}


@pytest.mark.parametrize("answering", ["201", "noor", "NOOR", "Noor Bakker", "+31235550201", "uuid"])
def test_who_answers_is_known_by_telephone_login_id_or_name(exchange, noor, answering):
    if answering.startswith("+"):
        User.objects.filter(pk=noor.pk).update(extension="023 555 0201".replace(" ", ""))
    exchange.push(told("newCall"))
    exchange.push(told("answer", answeringNumber=str(noor.uuid) if answering == "uuid" else answering))
    assert Call.objects.get().agent == noor


def test_an_answer_without_a_number_is_of_the_only_one_who_was_called(exchange, noor):
    exchange.push(EVENTS["newCall"])
    exchange.push(told("answer"))
    assert Call.objects.get().agent == noor


def test_two_people_with_one_telephone_are_not_guessed_at(exchange, noor):
    make.user("sanne", extension="201")
    exchange.push(told("newCall"))
    exchange.push(EVENTS["answer"])
    call = Call.objects.get()
    assert (call.agent, call.answered_at is not None) == (None, True)


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"direction": "sideways"}, 422, "invalid direction"),
        ({"direction": None}, 422, "invalid direction"),
        ({"event": "dtmf"}, 422, "invalid event"),
        ({"event": None}, 422, "invalid event"),
        ({"callId": ""}, 422, "invalid callId"),
        ({"callId": None}, 422, "invalid callId"),
        ({"callId": "1" * 201}, 422, "invalid callId"),
    ],
)
@pytest.mark.parametrize("way", ["form", "json"])
def test_what_cannot_be_understood_is_said_in_a_word(exchange, change, status, error, way):
    event = {name: value for name, value in (told("newCall") | change).items() if value is not None}
    answer = exchange.push(event, way=way)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1, 2]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"\xff\xfe{", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"event": {"a": 1}}', "application/json", 422),
        (b"", "application/json", 422),
        (b"", "application/x-www-form-urlencoded", 422),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 422),
        (b"no boundary", "multipart/form-data", 400),
        (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded", 400),
        (b" " * (64 * 1024 + 1), "application/json", 413),
        (b"a=" + b"x" * 1_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_bad_body_is_refused_in_json(exchange, body, kind, status):
    answer = Client().post(exchange.url, body, content_type=kind)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_unknown_and_repeated_fields_do_no_harm(exchange, noor):
    event = EVENTS["newCall"] | {"xcid": "abc", "diversion": "31201234567", "future": {"deep": [1]}}
    assert exchange.push(event | {"callId": ["0", 1], "from": 31690123456}, way="json").status_code == 200
    call = Call.objects.get()
    assert (call.external_id, call.number) == ("1", NUMBER)
    odd = told("newCall", callId="\ud800x\0", queue="\0" * 9 + "Q" * 500, user=["\ud800", "x" * 900] * 40)
    assert exchange.push(odd, way="json").status_code == 200
    assert Call.objects.get(external_id="x").queue == "Q" * 100


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_only_post(exchange, method):
    answer = getattr(Client(), method)(exchange.url)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_whoever_is_unknown_gets_the_same_answer(exchange):
    closed = Connection.objects.create(kind="cti", name="Oud", closed_at=timezone.now())
    hook = Connection.objects.create(kind="webhook", name="Anders")
    exchange.row.allowed_addresses = "10.1.2.0/24\n192.0.2.7"
    exchange.row.save()
    tokens = ["wrong", "\0", "é" * 900, closed.token, hook.token, exchange.row.token]
    answers = [Client().post(f"/api/v1/cti/{token}/", EVENTS["newCall"]) for token in tokens]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, b'{"error": "not authorised"}')}
    assert Call.objects.count() == 0
    assert Client(REMOTE_ADDR="192.0.2.7").post(exchange.url, EVENTS["newCall"]).status_code == 200


def test_the_secret_address_is_in_no_log(exchange, caplog):
    exchange.push(told("dtmf"))
    Client().post("/api/v1/cti/almost-right/", EVENTS["newCall"])
    assert "Refused" in caplog.text
    assert exchange.row.token not in caplog.text
    assert "almost-right" not in caplog.text


def test_the_secret_address_is_in_no_log_of_a_failure(exchange, caplog, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(phone, "write", fail)
    client = Client(raise_request_exception=False)
    assert client.post(exchange.url, EVENTS["newCall"]).status_code == 500
    assert "broken" in caplog.text
    assert exchange.row.token not in "".join(str(vars(record)) for record in caplog.records)


def test_the_web_server_writes_no_secret_address():
    log, response = Log(Config()), SimpleNamespace(status="200 OK", sent=2, headers=[])
    asked = SimpleNamespace(headers=[])
    environ = {"REQUEST_METHOD": "POST", "RAW_URI": "/api/v1/cti/secret/", "SERVER_PROTOCOL": "HTTP/1.1"}
    shown = [
        log.atoms(response, asked, environ | {"PATH_INFO": path}, timedelta())["U"]
        for path in ("/api/v1/cti/secret/", "/calls/")
    ]
    assert shown == ["/api/v1/cti/", "/calls/"]


def test_a_new_address_ends_the_old_one(exchange):
    old = exchange.url
    exchange.row.new_secret()
    assert Client().post(old, EVENTS["newCall"]).status_code == 401
    assert exchange.push(EVENTS["newCall"]).status_code == 200


def test_a_flood_is_held_back(exchange, monkeypatch):
    monkeypatch.setattr(phone.pace, "burst", 3)
    monkeypatch.setattr(phone.pace, "rate", 0.001)
    answers = [exchange.push(told("newCall", callId=str(n))) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "1"
    assert Call.objects.count() == 3


def test_no_database_is_503_and_nothing_is_lost_silently(exchange, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(phone, "write", fail)
    answer = exchange.push(EVENTS["newCall"])
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_it_needs_no_session_and_few_questions(exchange, noor, jansen, django_assert_max_num_queries):
    exchange.push(EVENTS["newCall"])
    with django_assert_max_num_queries(22):
        exchange.push(told("newCall", callId="2", queue="Parkeren", user=["Noor Bakker"] * 30))
    assert not Client().post(exchange.url, EVENTS["newCall"]).cookies


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", [("answer", "answer"), ("newCall", "newCall"), ("answer", "hangup")])
def test_of_events_at_the_same_moment_none_is_lost(pair):
    people = [make.user("noor", extension="201"), make.user("kees", extension="202")]
    exchange = Exchange.make()
    if "newCall" not in pair:
        exchange.push(told("newCall"))
    start, answers = Barrier(2), []

    def push(event, number):
        start.wait()
        try:
            answers.append(exchange.push(told(event, answeringNumber=number, cause="normalClearing")).status_code)
        finally:
            connections.close_all()

    threads = [Thread(target=push, args=(event, str(201 + place))) for place, event in enumerate(pair)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    call = Call.objects.get()
    assert answers == [200, 200]
    if "answer" in pair:
        assert call.agent in people
        assert call.answered_at is not None
    assert (call.ended_at is not None) == ("hangup" in pair)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_one_takes_it():
    noor, kees = make.user("noor"), make.user("kees")
    exchange = Exchange.make()
    exchange.push(told("newCall"))
    start, taken = Barrier(2), []

    def take(user):
        call = Call.objects.get()
        start.wait()
        try:
            taken.append(call.take(by=user))
        finally:
            connection.close()

    threads = [Thread(target=take, args=(user,)) for user in (noor, kees)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_what_a_colleague_says_during_an_event_is_not_written_over(monkeypatch):
    noor, exchange = make.user("noor"), Exchange.make()
    call = exchange.ring()
    begun, taken, recognise = Barrier(2), [], CustomerQuerySet.recognise

    def slow(self, kind, value):  # the event has its call in hand now
        begun.wait()
        return recognise(self, kind, value)

    def take():
        begun.wait()
        try:
            taken.append(call.take(by=noor))
        finally:
            connection.close()

    monkeypatch.setattr(CustomerQuerySet, "recognise", slow)
    other = Thread(target=take)
    other.start()
    assert exchange.push(told("newCall", queue="Parkeren")).status_code == 200
    other.join()
    assert taken == [True]
    assert Call.objects.get().agent == noor


TEXT = st.text(max_size=30) | st.sampled_from(
    ["newCall", "answer", "hangup", "in", "out", "1", "2", "201", "0690123456", "anonymous", "cancel", "normalClearing"]
)
FIELDS = [
    "event",
    "direction",
    "callId",
    "from",
    "to",
    "user",
    "user[]",
    "queue",
    "answeringNumber",
    "cause",
    "origCallId",
]


class AnyEvent(TestCase):
    """Whatever is pushed, the answer is one of those that are documented."""

    def setUp(self):
        self.row = Connection.objects.create(kind="cti", name="Centrale")
        make.user("noor", Role.AGENT, extension="201")

    @settings(max_examples=80)
    @given(st.dictionaries(st.sampled_from(FIELDS), TEXT | st.lists(TEXT, max_size=3) | st.integers() | st.none()))
    def test_never_an_error(self, fields):
        phone.pace.forget()
        event = {"event": "newCall", "direction": "in", "callId": "1", "from": "1", "to": "2"} | fields
        answer = Client().post(f"/api/v1/cti/{self.row.token}/", json.dumps(event), content_type="application/json")
        assert answer.status_code in (200, 422)


def test_only_those_it_concerns_hear_of_it(exchange, voorlijn, noor, monkeypatch, django_capture_on_commit_callbacks):
    heard = []
    monkeypatch.setattr(push, "_publish", lambda event, channels: heard.append((event, channels)))
    voorlijn.queues = "Parkeren"
    voorlijn.save()

    def channels(event):
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert exchange.push(event).status_code == 200
        return {channel for name, found in heard if name == "call" for channel in found}

    assert channels(told("newCall")) == {"kcc"}
    assert channels(told("newCall", callId="2", queue="Parkeren")) == {f"team:{voorlijn.pk}"}
    assert channels(told("newCall", callId="3", user="noor")) == {f"user:{noor.pk}"}
    moved = told("newCall", callId="3", queue="Parkeren")
    assert channels(moved) == {f"user:{noor.pk}", f"team:{voorlijn.pk}"}
    assert channels(told("answer", answeringNumber="201")) == {"kcc", f"user:{noor.pk}"}
