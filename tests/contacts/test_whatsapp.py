"""WhatsApp: every message once, in its case, whatever the order; answers within a day, and what became of them."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts.models import Notification, User
from contacts.channels import line
from contacts.channels.networks import terms
from contacts.forms.caution import mark
from contacts.models import Attachment, Case, Connection, Contact, Customer, Direction, Inbound, Outgoing
from tests import make
from tests.outside import deliveries, graph
from tests.outside.deliveries import status, whatsapp_text
from tests.outside.graph import Graph
from tests.outside.ours import answer, arrive, attempt, work
from tests.outside.server import Reply


@pytest.fixture
def network() -> Iterator[Graph]:
    with Graph() as server:
        assert isinstance(server, Graph)
        yield server


@pytest.fixture
def whatsapp(office: None, voorlijn: Any, network: Graph) -> Connection:
    secrets = {"app_secret": deliveries.APP_SECRET, "access_token": graph.TOKEN}
    return make.connection("whatsapp", external_id=deliveries.PHONE_ID, base_url=network.url, secrets=secrets)


@pytest.fixture
def asked(whatsapp: Connection) -> Contact:
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text()))
    return Contact.objects.get()


def test_a_message_becomes_a_contact_with_a_case(whatsapp: Connection) -> None:
    row = arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Is het zwembad open? 😀")))
    contact = Contact.objects.get()
    assert (contact.channel, contact.network, contact.party) == ("social", "whatsapp", "+31690123456")
    assert (contact.text, contact.message.sender_name) == ("Is het zwembad open? 😀", "Anna Jansen")
    assert (contact.message.external_id, contact.message.connection) == ("wamid.A1", whatsapp)
    assert (row.contact, row.done_at is not None) == (contact, True)
    case = Case.objects.get()
    assert (contact.case, case.connection, case.network) == (case, whatsapp, "whatsapp")
    assert (case.title, case.sender) == ("Is het zwembad open? 😀", "Anna Jansen")


def test_the_same_message_is_one_however_it_is_delivered(whatsapp: Connection) -> None:
    one, two = whatsapp_text("Eén", id="wamid.1"), whatsapp_text("Twee", id="wamid.2")
    arrive(whatsapp, deliveries.whatsapp(one))
    arrive(whatsapp, deliveries.whatsapp(two, one, two))
    arrive(whatsapp, deliveries.whatsapp(one, two))
    assert sorted(Contact.objects.values_list("text", flat=True)) == ["Eén", "Twee"]
    assert Case.objects.count() == 1


def test_several_people_in_one_delivery_have_a_case_each(whatsapp: Connection) -> None:
    other = whatsapp_text("Ik ook", id="wamid.2") | {"from": "31698765432"}
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text(), other))
    assert Case.objects.count() == 2
    assert set(Contact.objects.values_list("party", flat=True)) == {"+31690123456", "+31698765432"}


def test_what_comes_next_goes_on_in_the_open_case(whatsapp: Connection, asked: Contact) -> None:
    case = Case.objects.get()
    case.close(result="Klaar", by=None)
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Nog iets", id="wamid.2")))
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("En dit", id="wamid.3")))
    fresh = Case.objects.open().get()
    assert fresh != case
    assert set(fresh.contacts.values_list("text", flat=True)) == {"Nog iets", "En dit"}
    assert fresh.contacts.values("conversation").distinct().count() == 1
    assert fresh.contacts.first().conversation != asked.conversation


def test_a_merged_case_takes_what_comes_next(whatsapp: Connection, asked: Contact) -> None:
    target = Case.open(contact=make.contact(outcome=""), title="Zwembad", team=make.team(), by=None)
    Case.objects.filter(contacts=asked).update(merged_into=target, closed_at=timezone.now())
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Nog iets", id="wamid.2")))
    assert Contact.objects.get(text="Nog iets").case == target


def test_the_order_of_writing_counts_and_arrival_is_kept(whatsapp: Connection) -> None:
    now = int(time.time())
    late = whatsapp_text("Eerst", id="wamid.1", timestamp=str(now - 600))
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Daarna", id="wamid.2", timestamp=str(now - 60))))
    arrive(whatsapp, deliveries.whatsapp(late))
    assert list(Contact.objects.timeline().values_list("text", flat=True)) == ["Daarna", "Eerst"]
    assert Contact.objects.get(text="Eerst").happened_at == datetime.fromtimestamp(now - 600, UTC)


@pytest.mark.parametrize("timestamp", ["", "nu", "99999999999999999999", "-1", None, [], "0", "4102444800", True])
def test_a_clock_that_cannot_be_right_is_not_believed(whatsapp: Connection, timestamp: Any) -> None:
    row = arrive(whatsapp, deliveries.whatsapp(whatsapp_text(timestamp=timestamp)))
    assert Contact.objects.get().happened_at == row.received_at


def test_a_known_telephone_number_is_that_customer(whatsapp: Connection, jansen: Customer) -> None:
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text()))
    assert Contact.objects.get().customer == jansen
    assert Case.objects.get().customer == jansen


def test_a_number_of_two_customers_is_a_guess_and_not_made(whatsapp: Connection, jansen: Customer) -> None:
    make.customer("Bob", "Jansen", phone="06 90123456")
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text()))
    assert Contact.objects.get().customer is None


def test_who_was_matched_by_hand_is_known_the_next_time(whatsapp: Connection, asked: Contact, noor: User) -> None:
    other = make.customer("Karel", "Vos")
    assert asked.match(other, by=noor)
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Nog iets", id="wamid.2")))
    assert Contact.objects.get(text="Nog iets").customer == other


def test_who_goes_by_a_user_name_has_no_number(whatsapp: Connection, jansen: Customer) -> None:
    both = whatsapp_text("Met nummer", id="wamid.1", from_user_id="NL.13491208655302741918")
    arrive(whatsapp, deliveries.whatsapp(both))
    alone = whatsapp_text("Zonder nummer", id="wamid.2", from_user_id="NL.13491208655302741918")
    del alone["from"]
    people = [{"profile": {"name": "Anna", "username": "anna"}, "user_id": "NL.13491208655302741918"}]
    arrive(whatsapp, deliveries.whatsapp(contacts=people, messages=[alone]))
    contact = Contact.objects.get(text="Zonder nummer")
    assert (contact.customer, contact.party) == (jansen, f"{whatsapp.pk}:nl.13491208655302741918")
    assert contact.message.sender_name == "Anna"


def test_who_goes_by_a_user_name_is_answered_by_it(whatsapp: Connection, network: Graph) -> None:
    second = make.connection("whatsapp", external_id="999", base_url=network.url, secrets={"access_token": graph.TOKEN})
    message = whatsapp_text(from_user_id="NL.ENT.13491208655302741918")
    del message["from"]
    arrive(whatsapp, deliveries.whatsapp(messages=[message], metadata={"phone_number_id": "999"}))
    contact = Contact.objects.get()
    assert (contact.message.connection, contact.party) == (second, f"{second.pk}:nl.ent.13491208655302741918")
    assert attempt(answer(contact)).status == "sent"
    assert network.sent[0]["recipient"] == "NL.ENT.13491208655302741918"
    assert "to" not in network.sent[0]


def test_one_message_that_cannot_be_taken_in_harms_only_itself(whatsapp: Connection) -> None:
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE contacts_contact ADD CONSTRAINT fault CHECK (text <> 'kapot') NOT VALID")
    texts = [whatsapp_text(text, id=f"wamid.{text}") for text in ("een", "kapot", "twee")]
    row = arrive(whatsapp, deliveries.whatsapp(*texts))
    assert (row.done_at, Contact.objects.count()) == (None, 2)
    for _ in range(4):
        work(row)
    assert (row.done_at is not None, row.is_unreadable) == (True, True)
    assert set(Contact.objects.filter(readable=True).values_list("text", flat=True)) == {"een", "twee"}
    assert Contact.objects.get(readable=False).case is not None


KINDS = [
    ({"type": "button", "button": {"text": "Ja", "payload": "x"}}, "Ja"),
    (
        {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Ja"}}},
        "Ja",
    ),
    (
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"title": "Afval", "description": "Glas"}},
        },
        "Afval: Glas",
    ),
    (
        {"type": "location", "location": {"latitude": 52.5, "longitude": 4.25, "name": "Plein", "address": "Markt 1"}},
        "[Locatie] Plein, Markt 1, 52.500000, 4.250000",
    ),
    ({"type": "location", "location": {"latitude": "x"}}, "[Locatie] ?"),
    (
        {
            "type": "contacts",
            "contacts": [{"name": {"formatted_name": "Bob"}, "phones": [{"phone": "+31 6 98765432", "type": "CELL"}]}],
        },
        "[Contactgegevens] Bob, +31 6 98765432",
    ),
    (
        {
            "type": "edit",
            "edit": {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "Nu"}}},
        },
        "[Bewerkt] Nu",
    ),
]


@pytest.mark.parametrize(("fields", "text"), KINDS)
def test_kinds_of_messages_in_words(whatsapp: Connection, fields: dict[str, Any], text: str) -> None:
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text() | fields))
    contact = Contact.objects.get()
    assert (contact.text, contact.readable) == (text, True)


@pytest.mark.parametrize("kind", ["unsupported", "contacts", "order", "iets_nieuws", "", "text"])
def test_a_kind_we_do_not_know_is_kept_with_its_original(whatsapp: Connection, kind: str) -> None:
    message = {"from": "31690123456", "id": "wamid.9", "timestamp": str(int(time.time())), "type": kind, "x": "\0é"}
    arrive(whatsapp, deliveries.whatsapp(message | {"errors": [{"code": 131051, "title": "Unsupported"}]}))
    contact = Contact.objects.get()
    assert ("niet ondersteund" in contact.text, contact.readable) == (True, False)
    assert json.loads(contact.message.data["raw"])["errors"][0]["code"] == 131051
    assert contact.case is not None


def test_reactions_and_news_of_the_system_are_no_messages(whatsapp: Connection) -> None:
    reaction = whatsapp_text() | {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}
    row = arrive(whatsapp, deliveries.whatsapp(reaction, whatsapp_text() | {"type": "system", "system": {}}))
    assert (row.done_at is not None, Contact.objects.count()) == (True, 0)
    row = arrive(whatsapp, {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "x"}]}]})
    assert row.done_at is not None


@pytest.mark.parametrize("raw", [b"geen json", b"[]", b"", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 9999 + b"}"])
def test_what_cannot_be_read_is_shown_as_such(whatsapp: Connection, raw: bytes) -> None:
    row = arrive(whatsapp, raw)
    contact = Contact.objects.get()
    assert (row.is_unreadable, row.contact, contact.readable) == (True, contact, False)
    assert Case.objects.get().connection == whatsapp
    work(row)
    assert Contact.objects.count() == 1


def test_a_message_that_is_taken_back_is_hidden_and_its_words_are_kept(whatsapp: Connection, asked: Contact) -> None:
    gone = whatsapp_text(id="wamid.X", type="revoke", revoke={"original_message_id": "wamid.A1"})
    for _ in range(2):
        arrive(whatsapp, deliveries.whatsapp(gone))
    asked.refresh_from_db()
    assert "verwijderd" in asked.text
    assert asked.message.deleted_at is not None
    assert asked.message.data["taken_back"]["text"] == "Is het zwembad open?"
    assert "zwembad" not in Case.objects.get().snippet
    assert asked.events.filter(kind="message_taken_back").count() == 1


def test_taking_back_may_come_before_the_message(whatsapp: Connection) -> None:
    gone = whatsapp_text(id="wamid.X", type="revoke", revoke={"original_message_id": "wamid.A1"})
    row = arrive(whatsapp, deliveries.whatsapp(gone, whatsapp_text("Iets anders", id="wamid.B")))
    assert (row.done_at, Contact.objects.count()) == (None, 1)
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text()))
    assert work(row).done_at is not None
    assert Contact.objects.get(key__endswith="wamid.A1").message.deleted_at is not None


def test_taking_back_what_never_came_ends_after_the_last_attempt(whatsapp: Connection) -> None:
    gone = whatsapp_text(id="wamid.X", type="revoke", revoke={"original_message_id": "wamid.A1"})
    row = arrive(whatsapp, deliveries.whatsapp(gone))
    for _ in range(4):
        work(row)
    assert (row.done_at is not None, row.parked_at) == (True, None)


def test_one_app_delivers_for_two_numbers(whatsapp: Connection, network: Graph) -> None:
    second = make.connection("whatsapp", external_id="999", base_url=network.url)
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text(), metadata={"phone_number_id": "999"}))
    assert Contact.objects.get().message.connection == second


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def photo(**fields: Any) -> dict[str, Any]:
    image = {"mime_type": "image/jpeg", "sha256": "x", "id": "2754859441498128"} | fields
    return {"from": "31690123456", "id": "wamid.F", "timestamp": str(int(time.time())), "type": "image", "image": image}


def fetch() -> Inbound:
    row = Inbound.objects.get(source="media")
    return work(row)


def test_the_message_is_shown_first_and_its_file_follows(whatsapp: Connection, network: Graph, settings: Any) -> None:
    network.add_media("2754859441498128", b"\xff\xd8\xff\xe0 foto", "image/jpeg")
    arrive(whatsapp, deliveries.whatsapp(photo(caption="Kapotte lantaarn")))
    contact = Contact.objects.get()
    assert (contact.text, Attachment.objects.count()) == ("Kapotte lantaarn", 0)
    assert fetch().done_at is not None
    file = Attachment.objects.get()
    assert (file.contact, file.name, file.content_type) == (contact, "foto.jpg", "image/jpeg")
    assert (file.read().read(), file.size) == (b"\xff\xd8\xff\xe0 foto", 9)
    assert {one.headers["authorization"] for one in network.asked} == {f"Bearer {graph.TOKEN}"}


@pytest.mark.parametrize(
    "fault", [Reply(500), Reply(429), Reply(drops=True), graph.error(graph.EXPIRED, 401), Reply(200, b"{", cut=0)]
)
def test_a_file_that_cannot_be_had_now_comes_later(whatsapp: Connection, network: Graph, fault: Reply) -> None:
    network.add_media("2754859441498128", b"\xff\xd8\xff foto", "image/jpeg")
    network.fail(fault)
    arrive(whatsapp, deliveries.whatsapp(photo()))
    assert fetch().done_at is None
    assert Contact.objects.get().text == "[Foto]"
    if fault.status != 200 or fault.drops:
        assert fetch().done_at is not None
        assert Attachment.objects.count() == 1


def test_half_a_file_is_no_file(whatsapp: Connection, network: Graph) -> None:
    network.add_media("2754859441498128", b"\xff\xd8\xff" + b"x" * 5000, "image/jpeg")
    arrive(whatsapp, deliveries.whatsapp(photo()))
    network.fail(Reply.of({"url": f"{network.url}/download/2754859441498128"}))
    network.fail(Reply(cut=100), afterwards=True)
    assert (fetch().done_at, Attachment.objects.count()) == (None, 0)
    assert (fetch().done_at is not None, Attachment.objects.get().size) == (True, 5003)


def test_a_file_that_is_not_there_is_said_to_be_lost(whatsapp: Connection, network: Graph) -> None:
    arrive(whatsapp, deliveries.whatsapp(photo()))
    assert fetch().done_at is not None
    assert Contact.objects.get().events.filter(kind="file_lost").count() == 1


def test_a_file_that_never_comes_is_said_to_be_lost(whatsapp: Connection, network: Graph) -> None:
    arrive(whatsapp, deliveries.whatsapp(photo()))
    for _ in range(5):
        network.fail(Reply(500))
        fetch()
    row = Inbound.objects.get(source="media")
    assert (row.done_at is not None, row.parked_at) == (True, None)
    assert Contact.objects.get().events.filter(kind="file_lost").count() == 1


def test_a_file_is_followed_within_its_own_host_only(whatsapp: Connection, network: Graph) -> None:
    network.add_media("2754859441498128", b"\xff\xd8\xff foto", "image/jpeg")
    for onward in ("/download/2754859441498128", "http://localhost:1/x"):
        arrive(whatsapp, deliveries.whatsapp(photo() | {"id": f"wamid.{onward}"}))
        network.fail(Reply.of({"url": f"{network.url}/elders"}))
        network.fail(Reply(302, b"", {"Location": onward}))
        work(Inbound.objects.filter(source="media").latest("pk"))
    assert Attachment.objects.count() == 1
    assert Contact.objects.latest("pk").events.filter(kind="file_lost").exists()


def test_a_file_that_is_too_large_is_not_taken(whatsapp: Connection, network: Graph, settings: Any) -> None:
    settings.UPLOAD_LARGEST = 1000
    network.add_media("2754859441498128", b"x" * 1001, "image/jpeg")
    arrive(whatsapp, deliveries.whatsapp(photo()))
    assert (fetch().done_at is not None, Attachment.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "https://10.0.0.1/x", "https://localhost/x", "file:///etc/passwd", "x", None],
)
def test_our_own_walls_are_not_asked_for_a_file(whatsapp: Connection, network: Graph, url: Any) -> None:
    arrive(whatsapp, deliveries.whatsapp(photo()))
    network.fail(Reply.of({"url": url}))
    fetch()
    assert not Attachment.objects.exists()
    assert len(network.asked) == 1


# ── sending ───────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_leaves_once(network: Graph, asked: Contact) -> None:
    outgoing = attempt(answer(asked))
    attempt(outgoing)
    assert outgoing.status == "sent"
    assert [one["to"] for one in network.sent] == ["31690123456"]
    sent = network.sent[0]
    assert (sent["messaging_product"], sent["type"], sent["text"]["body"]) == ("whatsapp", "text", "Ja, tot vijf uur.")
    assert network.asked[-1].path == f"/{deliveries.PHONE_ID}/messages"
    assert outgoing.external_id == sent["id"] == outgoing.contact.message.external_id


def test_what_became_of_it_only_moves_forward(whatsapp: Connection, network: Graph, asked: Contact) -> None:
    outgoing = attempt(answer(asked))
    seen = int(time.time())
    for state in ("read", "sent", "delivered", "read", "failed", "deleted", "iets"):
        arrive(whatsapp, deliveries.whatsapp(statuses=[status(outgoing.external_id, state, at=seen)]))
    outgoing.refresh_from_db()
    assert outgoing.status == "read"
    assert outgoing.read_at == outgoing.delivered_at == datetime.fromtimestamp(seen, UTC)
    arrive(whatsapp, deliveries.whatsapp(statuses=[status("wamid.van-een-ander", "read")]))


def test_what_did_not_arrive_is_shown_with_the_networks_words(
    whatsapp: Connection, network: Graph, asked: Contact
) -> None:
    outgoing = attempt(answer(asked))
    error = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "Receiver is incapable."}}
    arrive(whatsapp, deliveries.whatsapp(statuses=[status(outgoing.external_id, "failed", errors=[error])]))
    outgoing.refresh_from_db()
    assert (outgoing.status, outgoing.bounce) == ("bounced", "131026 Receiver is incapable.")
    assert Case.objects.get().read_at is None


def test_a_line_that_breaks_leaves_it_uncertain_until_the_network_reports(
    whatsapp: Connection, network: Graph, asked: Contact
) -> None:
    network.fail(Reply(drops=True), afterwards=True)
    outgoing = attempt(answer(asked))
    assert (outgoing.status, "onzeker" in outgoing.last_error) == ("uncertain", True)
    attempt(outgoing)
    assert len(network.sent) == 1
    report = status(network.sent[0]["id"], "delivered", biz_opaque_callback_data=str(outgoing.uuid))
    arrive(whatsapp, deliveries.whatsapp(statuses=[report]))
    outgoing.refresh_from_db()
    assert (outgoing.status, outgoing.external_id) == ("delivered", network.sent[0]["id"])


def test_a_network_that_says_nothing_leaves_it_uncertain(
    whatsapp: Connection, network: Graph, asked: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(line.ask.__kwdefaults__, "seconds", 0.3)
    network.fail(Reply(hangs=True))
    assert attempt(answer(asked)).status == "uncertain"


def test_half_an_answer_is_a_message_that_was_taken(whatsapp: Connection, network: Graph, asked: Contact) -> None:
    network.fail(Reply(cut=10), afterwards=True)
    outgoing = attempt(answer(asked))
    assert (outgoing.status, outgoing.external_id) == ("sent", "")
    report = status(network.sent[0]["id"], "read", biz_opaque_callback_data=str(outgoing.uuid))
    arrive(whatsapp, deliveries.whatsapp(statuses=[report]))
    outgoing.refresh_from_db()
    assert (outgoing.status, outgoing.external_id) == ("read", network.sent[0]["id"])


def test_a_process_that_died_while_handing_over_leaves_it_uncertain(network: Graph, asked: Contact) -> None:
    outgoing = answer(asked)
    held = Outgoing.objects.take(outgoing.pk, now=timezone.now())
    assert held is not None
    held.hand_over()
    Outgoing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert (attempt(outgoing).status, network.sent) == ("uncertain", [])


def test_nobody_home_is_tried_again(whatsapp: Connection, asked: Contact) -> None:
    Connection.objects.update(base_url="http://127.0.0.1:1")
    outgoing = attempt(answer(asked))
    assert (outgoing.status, outgoing.handed_over_at) == ("delayed", None)
    whatsapp.refresh_from_db()
    assert whatsapp.failing_since is not None


def test_too_fast_waits_as_long_as_it_is_asked_to(network: Graph, asked: Contact) -> None:
    network.fail(graph.error(graph.TOO_MANY, 429, **{"Retry-After": "900"}))
    outgoing = attempt(answer(asked))
    assert (outgoing.status, outgoing.handed_over_at, "130429" in outgoing.last_error) == ("delayed", None, True)
    assert outgoing.next_attempt_at > timezone.now() + timedelta(minutes=10)
    assert attempt(outgoing).status == "sent"


@pytest.mark.parametrize(
    "fault", [graph.error(graph.TRANSIENT), graph.error(graph.TRANSIENT, 500), Reply(503, b"<html>")]
)
def test_a_fault_of_theirs_is_tried_again(network: Graph, asked: Contact, fault: Reply) -> None:
    network.fail(fault)
    outgoing = attempt(answer(asked))
    assert (outgoing.status, outgoing.handed_over_at) == ("delayed", None)
    assert attempt(outgoing).status == "sent"


@pytest.mark.parametrize("code", [502, 504])
def test_a_proxy_that_lost_the_answer_leaves_it_uncertain(network: Graph, asked: Contact, code: int) -> None:
    network.fail(Reply(code, b"<html>Bad Gateway</html>"))
    assert attempt(answer(asked)).status == "uncertain"


def test_a_refusal_is_shown_in_the_networks_words(network: Graph, asked: Contact) -> None:
    network.fail(graph.error(graph.WINDOW_CLOSED))
    outgoing = attempt(answer(asked))
    assert (outgoing.status, outgoing.handed_over_at) == ("failed", None)
    assert "More than 24 hours have passed." in outgoing.last_error


def test_an_expired_token_is_told_to_administrators_once_and_never_shown(
    whatsapp: Connection, network: Graph, asked: Contact, beheer: User
) -> None:
    outgoing = answer(asked)
    for _ in range(2):
        network.fail(graph.error(graph.EXPIRED, 401))
        attempt(outgoing)
    assert (outgoing.status, graph.TOKEN in outgoing.last_error) == ("delayed", False)
    whatsapp.refresh_from_db()
    assert whatsapp.failing_since is not None
    assert graph.TOKEN not in whatsapp.last_error
    assert Notification.objects.get().recipient == beheer
    assert attempt(outgoing).status == "sent"
    assert not Connection.objects.failing().exists()


def test_a_day_after_the_last_message_nothing_can_be_sent(network: Graph, asked: Contact) -> None:
    outgoing, case = answer(asked), Case.objects.get()
    until = terms.window(case)
    assert until == asked.happened_at + timedelta(hours=24)
    assert terms.refusal(case, "Kort", now=until - timedelta(seconds=1)) == ""
    assert "kon je antwoorden tot" in terms.refusal(case, "Kort", now=until)
    Contact.objects.filter(pk=asked.pk).update(happened_at=timezone.now() - timedelta(hours=24))
    attempt(outgoing)
    assert (outgoing.status, network.sent) == ("failed", [])
    assert "kon je antwoorden tot" in outgoing.last_error


def test_a_new_message_opens_the_window_again(whatsapp: Connection, network: Graph, asked: Contact) -> None:
    Contact.objects.filter(pk=asked.pk).update(happened_at=timezone.now() - timedelta(hours=30))
    outgoing = answer(asked)
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Hallo?", id="wamid.2")))
    assert attempt(outgoing).status == "sent"


def test_a_text_that_is_too_long_is_refused_with_how_much(network: Graph, asked: Contact) -> None:
    case = Case.objects.get()
    assert terms.refusal(case, "x" * 4096) == ""
    assert "3 tekens te lang" in terms.refusal(case, "x" * 4099)
    assert attempt(answer(asked, "x" * 4097)).status == "failed"
    assert network.sent == []


def test_nobody_is_written_to_first(whatsapp: Connection, asked: Contact) -> None:
    assert terms.to(whatsapp, "+31611111111", now=timezone.now()).refusal


def test_what_was_sent_with_a_telephone_stands_in_the_timeline(whatsapp: Connection, asked: Contact) -> None:
    echo: dict[str, Any] = {
        "from": "31880001234",
        "to": "31690123456",
        "id": "wamid.E",
        "timestamp": str(int(time.time())),
    }
    echo |= {"type": "text", "text": {"body": "Tot vijf uur."}}
    arrive(whatsapp, deliveries.whatsapp(message_echoes=[echo]))
    own = Contact.objects.get(direction=Direction.OUTBOUND)
    assert (own.party, own.agent, own.case, own.conversation) == (asked.party, None, asked.case, asked.conversation)


# ── on the screen ─────────────────────────────────────────────────────────────────────────────────


def test_a_colleague_answers_from_the_case(
    whatsapp: Connection, network: Graph, asked: Contact, noor: User, as_user: Any
) -> None:
    case, browser, key = Case.objects.get(), as_user(noor), uuid4()
    assert "Antwoorden kan tot" in browser.get(f"/cases/{case.uuid}/").content.decode()
    form = {"case": case.uuid, "key": key, "manner": "reply", "text": "Ja, tot vijf uur.", "seen": mark(case)}
    response = browser.post(f"/answers/{key}/send/", form)
    assert response.status_code == 302, response.content.decode()
    outgoing = attempt(Outgoing.objects.get())
    assert (outgoing.status, outgoing.recipient) == ("sent", "+31690123456")
    assert network.sent[0]["text"]["body"] == "Ja, tot vijf uur."
    arrive(whatsapp, deliveries.whatsapp(statuses=[status(outgoing.external_id, "delivered")]))
    assert Contact.objects.filter(direction=Direction.OUTBOUND).get().agent == noor


def test_after_the_window_the_form_says_so_and_keeps_the_text(asked: Contact, noor: User, as_user: Any) -> None:
    Contact.objects.filter(pk=asked.pk).update(happened_at=timezone.now() - timedelta(hours=25))
    case, browser, key = Case.objects.get(), as_user(noor), uuid4()
    assert "Antwoorden kan hier niet meer" in browser.get(f"/cases/{case.uuid}/").content.decode()
    form = {"case": case.uuid, "key": key, "manner": "reply", "text": "Ja, tot vijf uur.", "seen": mark(case)}
    response = browser.post(f"/answers/{key}/send/", form)
    text = response.content.decode()
    assert (response.status_code, "kon je antwoorden tot" in text, "Ja, tot vijf uur." in text) == (422, True, True)
    assert not Outgoing.objects.exists()


def test_the_original_is_what_this_person_sent_and_nobody_else(whatsapp: Connection, noor: User, as_user: Any) -> None:
    other = whatsapp_text("Van een ander", id="wamid.2") | {"from": "31698765432"}
    arrive(whatsapp, deliveries.whatsapp(whatsapp_text("Van mij"), other))
    contact = Contact.objects.get(text="Van mij")
    response = as_user(noor).get(f"/contacts/{contact.uuid}/raw/")
    assert (b"Van mij" in response.content, b"Van een ander" in response.content) == (True, False)
    assert response["Content-Disposition"].endswith('.json"')


def test_what_was_taken_back_is_nowhere_to_be_seen(
    whatsapp: Connection, network: Graph, noor: User, as_user: Any
) -> None:
    network.add_media("2754859441498128", b"\xff\xd8\xff\xe0 foto", "image/jpeg")
    arrive(whatsapp, deliveries.whatsapp(photo(caption="Een geheimpje")))
    fetch()
    contact, browser = Contact.objects.get(), as_user(noor)
    file = Attachment.objects.get()
    pages = [f"/cases/{contact.case.uuid}/", f"/contacts/{contact.uuid}/", "/cases/", f"/attachments/{file.uuid}/"]
    assert "Een geheimpje" in browser.get(pages[0]).content.decode()
    gone = whatsapp_text(id="wamid.X", type="revoke", revoke={"original_message_id": "wamid.F"})
    arrive(whatsapp, deliveries.whatsapp(gone))
    for page in pages:
        text = browser.get(page).content.decode()
        assert ("Een geheimpje" in text, "foto.jpg" in text) == (False, False), page
    assert browser.get(f"/contacts/{contact.uuid}/raw/").status_code == 404
