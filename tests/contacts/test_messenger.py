"""Messenger and Instagram: people known within one account, echoes that are not doubled, messages taken back."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from contacts.channels.networks import terms
from contacts.models import Attachment, Case, Connection, Contact, Direction, Inbound, Outgoing
from contacts.models.lease import LAST_ATTEMPT
from tests import make
from tests.outside import deliveries, graph
from tests.outside.deliveries import echoed, messenger, said
from tests.outside.graph import Graph
from tests.outside.ours import answer, arrive, attempt, work
from tests.outside.server import Reply

LONG_ID = (
    "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDA1ODIyMzA0OTE0OjM0MDI4MjM2Njg0MTcxMDMwMDk0OTEyODE1Njg1MzMyOTU" * 3
)


@pytest.fixture
def network() -> Iterator[Graph]:
    with Graph() as server:
        assert isinstance(server, Graph)
        yield server


@pytest.fixture(params=["messenger", "instagram"])
def page(request: pytest.FixtureRequest, office: None, voorlijn: Any, network: Graph) -> Connection:
    account = deliveries.PAGE_ID if request.param == "messenger" else deliveries.ACCOUNT_ID
    secrets = {"app_secret": deliveries.APP_SECRET, "access_token": graph.TOKEN}
    return make.connection(request.param, external_id=account, base_url=network.url, secrets=secrets)


def delivered(page: Connection, *events: Any) -> dict[str, Any]:
    kind = "page" if page.kind == "messenger" else "instagram"
    return messenger(*events, object=kind, account=page.external_id)


@pytest.fixture
def asked(page: Connection) -> Contact:
    arrive(page, delivered(page, said()))
    return Contact.objects.get()


def test_a_message_becomes_a_contact_with_a_case(page: Connection) -> None:
    arrive(page, delivered(page, said("Wanneer is de markt? 🎉")))
    contact = Contact.objects.get()
    assert (contact.network, contact.party) == (page.kind, f"{page.pk}:24681012")
    assert (contact.text, contact.message.visibility) == ("Wanneer is de markt? 🎉", "direct")
    assert Case.objects.get().connection == page


def test_the_same_number_at_another_page_is_somebody_else(page: Connection, network: Graph) -> None:
    other = make.connection(page.kind, external_id="777", base_url=network.url)
    arrive(page, delivered(page, said(mid="m_1")))
    arrive(other, delivered(other, said(mid="m_2")))
    assert Case.objects.count() == 2
    contact = Contact.objects.get(message__connection=page)
    contact.match(make.customer("Anna", "Jansen"), by=None)
    arrive(other, delivered(other, said(mid="m_3")))
    assert Contact.objects.get(key__endswith="m_3").customer is None
    arrive(page, delivered(page, said(mid="m_4")))
    assert Contact.objects.get(key__endswith="m_4").customer == contact.customer


def test_a_very_long_id_is_known_again(page: Connection) -> None:
    for _ in range(2):
        arrive(page, delivered(page, said(mid=LONG_ID)))
    assert Contact.objects.count() == 1
    deleted = said(mid=LONG_ID, is_deleted=True)
    arrive(page, delivered(page, deleted))
    assert Contact.objects.get().message.deleted_at is not None


def test_a_batch_out_of_order_is_read_in_the_order_of_writing(page: Connection) -> None:
    now = int(time.time() * 1000)
    second, first = (
        said("Twee", mid="m_2") | {"timestamp": now - 1000},
        said("Een", mid="m_1") | {"timestamp": now - 9000},
    )
    arrive(page, delivered(page, second, first, second))
    assert list(Contact.objects.order_by("pk").values_list("text", flat=True)) == ["Een", "Twee"]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"attachments": [{"type": "fallback", "title": "Nieuws", "url": "https://x.nl/"}]}, "[Gedeeld] Nieuws https://x.nl/"),
        ({"attachments": [{"type": "share", "payload": {"url": "https://x.nl/p"}}]}, "[Gedeeld] https://x.nl/p"),
        ({"text": "Mooi", "reply_to": {"story": {"url": "https://x.nl/s", "id": "1"}}}, "[Reactie op ons verhaal] https://x.nl/s\nMooi"),
    ],
)  # fmt: skip
def test_what_is_shared_stands_there_in_words(page: Connection, message: dict[str, Any], text: str) -> None:
    event = said()
    event["message"] = {"mid": "m_9"} | message
    arrive(page, delivered(page, event))
    assert Contact.objects.get().text == text
    assert not Inbound.objects.filter(source="media").exists()


def test_a_button_says_what_stands_on_it(page: Connection) -> None:
    event = said()
    del event["message"]
    arrive(page, delivered(page, event | {"postback": {"mid": "m_5", "title": "Openingstijden", "payload": "HOURS"}}))
    assert Contact.objects.get().text == "Openingstijden"


def test_a_picture_is_copied_at_once(page: Connection, network: Graph) -> None:
    network.add_media("kat.png", b"\x89PNG\r\n\x1a\n kat", "image/png")
    image = {"type": "image", "payload": {"url": f"{network.url}/cdn/kat.png"}}
    arrive(page, delivered(page, said("", attachments=[image, image | {"payload": {"url": "https://127.0.0.1/x"}}])))
    assert Contact.objects.get().text == "[Foto]\n[Foto]"
    for row in Inbound.objects.filter(source="media"):
        work(row)
    assert Attachment.objects.get().name == "kat.png"
    assert "authorization" not in network.asked[0].headers


@pytest.mark.parametrize(
    "event",
    [
        {"reaction": {"mid": "m_1", "action": "react", "emoji": "❤"}},
        {"referral": {"ref": "x"}},
        {"account_linking": {}},
        {"message": {"text": "zonder id"}},
        {"message": []},
        {"delivery": {"mids": "x"}},
        {"read": None},
        {},
    ],
)
def test_what_is_no_message_is_nothing(page: Connection, event: dict[str, Any]) -> None:
    row = arrive(page, delivered(page, {"sender": {"id": "1"}, "recipient": {"id": "2"}} | event))
    assert (row.done_at is not None, Contact.objects.count()) == (True, 0)


def test_an_unsupported_message_is_kept_with_its_original(page: Connection) -> None:
    event = said()
    event["message"] = {"mid": "m_7", "is_unsupported": True}
    arrive(page, delivered(page, event))
    contact = Contact.objects.get()
    assert ("niet ondersteund" in contact.text, "is_unsupported" in contact.message.data["raw"]) == (True, True)


def test_an_edited_message_is_said_again(page: Connection, asked: Contact) -> None:
    edit = {"sender": {"id": "24681012"}, "recipient": {"id": "1"}, "timestamp": int(time.time() * 1000)}
    arrive(
        page, delivered(page, edit | {"message_edit": {"mid": "m_1", "text": "Wanneer is de kermis?", "num_edit": 1}})
    )
    assert Contact.objects.get(text="[Bewerkt] Wanneer is de kermis?").case == asked.case


def test_a_message_taken_back_is_hidden(page: Connection, asked: Contact) -> None:
    arrive(page, delivered(page, said(mid="m_1", is_deleted=True)))
    asked.refresh_from_db()
    assert ("verwijderd" in asked.text, asked.message.deleted_at is not None) == (True, True)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────


def look_up() -> Inbound:
    return work(Inbound.objects.get(source="name"))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"first_name": "Anna", "last_name": "de Vries"}, "Anna de Vries"),
        ({"name": "Anna", "username": "anna1"}, "Anna"),
        ({"username": "anna1"}, "@anna1"),
    ],
)
def test_a_name_is_looked_up_once(page: Connection, network: Graph, told: dict[str, str], name: str) -> None:
    network.people["24681012"] = told
    arrive(page, delivered(page, said(mid="m_1")))
    unnamed = f"{page.get_kind_display()}-gebruiker 1012"
    assert (Contact.objects.get().message.sender_name, Case.objects.get().sender) == (unnamed, unnamed)
    assert look_up().done_at is not None
    assert (Contact.objects.get().message.sender_name, Case.objects.get().sender) == (name, name)
    arrive(page, delivered(page, said(mid="m_2")))
    assert Contact.objects.get(key__endswith="m_2").message.sender_name == name
    assert Inbound.objects.filter(source="name").count() == 1


@pytest.mark.parametrize("fault", [Reply(400, b"{}"), graph.error(graph.EXPIRED, 401), Reply(200, b"[]")])
def test_a_name_that_is_not_told_is_a_number(page: Connection, network: Graph, asked: Contact, fault: Reply) -> None:
    network.fail(fault)
    assert look_up().done_at is not None
    asked.refresh_from_db()
    assert asked.message.sender_name.endswith("-gebruiker 1012")


def test_a_name_that_cannot_be_had_now_comes_later(page: Connection, network: Graph, asked: Contact) -> None:
    network.people["24681012"] = {"name": "Anna"}
    for fault in (Reply(500), Reply(drops=True), Reply(429)):
        network.fail(fault)
        assert look_up().done_at is None
    assert look_up().done_at is not None
    assert Case.objects.get().sender == "Anna"


def test_one_app_delivers_for_both_networks(page: Connection, network: Graph) -> None:
    other = "instagram" if page.kind == "messenger" else "messenger"
    sibling = make.connection(other, external_id="555", base_url=network.url, secrets={"access_token": graph.TOKEN})
    kind = "page" if other == "messenger" else "instagram"
    arrive(page, messenger(said(), object=kind, account="555"))
    contact = Contact.objects.get()
    assert (contact.network, contact.message.connection, contact.party) == (other, sibling, f"{sibling.pk}:24681012")
    assert attempt(answer(contact)).status == "sent"
    assert network.sent[0]["recipient"] == {"id": "24681012"}


def test_a_number_of_a_network_is_shown_to_nobody(page: Connection, asked: Contact, noor: User, as_user: Any) -> None:
    browser = as_user(noor)
    for address in (f"/cases/{asked.case.uuid}/", f"/contacts/{asked.uuid}/", f"/customers/?contact={asked.uuid}"):
        text = browser.get(address).content.decode()
        assert (f"{page.pk}:24681012" in text, "gebruiker 1012" in text or "/contacts/" in address) == (False, True)


# ── echoes ────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_sent_with_another_program_stands_in_the_timeline(page: Connection, asked: Contact) -> None:
    for _ in range(2):
        arrive(page, delivered(page, echoed("Elke donderdag.", mid="m_e")))
    own = Contact.objects.get(direction=Direction.OUTBOUND)
    assert (own.text, own.agent, own.case, own.party) == ("Elke donderdag.", None, asked.case, asked.party)
    case = Case.objects.get()
    assert (case.answered_at, Outgoing.objects.count()) == (None, 0)


def test_an_echo_to_somebody_unknown_opens_no_case(page: Connection) -> None:
    arrive(page, delivered(page, echoed("Welkom", mid="m_e", person="99")))
    assert (Contact.objects.count(), Case.objects.count()) == (1, 0)


def test_our_own_answer_is_not_doubled_by_its_echo(page: Connection, network: Graph, asked: Contact) -> None:
    outgoing = attempt(answer(asked))
    arrive(page, delivered(page, echoed(outgoing.body, mid=outgoing.external_id)))
    assert Contact.objects.filter(direction=Direction.OUTBOUND).count() == 1


def test_an_echo_that_overtakes_our_own_answer_waits(page: Connection, network: Graph, asked: Contact) -> None:
    outgoing = answer(asked)
    held = Outgoing.objects.take(outgoing.pk, now=timezone.now())
    assert held is not None
    held.hand_over()
    row = arrive(page, delivered(page, echoed("Ja, tot\nvijf uur.", mid="m_echo")))
    assert row.done_at is None
    assert Contact.objects.filter(direction=Direction.OUTBOUND).count() == 1
    Outgoing.objects.update(external_id="m_echo", done_at=timezone.now())
    assert work(row).done_at is not None
    assert Contact.objects.filter(direction=Direction.OUTBOUND).count() == 1


def test_an_echo_proves_that_an_uncertain_message_left(page: Connection, network: Graph, asked: Contact) -> None:
    network.fail(Reply(drops=True), afterwards=True)
    outgoing = attempt(answer(asked))
    assert outgoing.status == "uncertain"
    arrive(page, delivered(page, echoed(outgoing.body, mid=network.sent[0]["id"])))
    outgoing.refresh_from_db()
    assert (outgoing.status, outgoing.external_id) == ("sent", network.sent[0]["id"])
    assert Contact.objects.filter(direction=Direction.OUTBOUND).count() == 1


def test_an_echo_that_waited_long_enough_is_believed(page: Connection, asked: Contact) -> None:
    outgoing = answer(asked)
    held = Outgoing.objects.take(outgoing.pk, now=timezone.now())
    assert held is not None
    held.hand_over()
    row = arrive(page, delivered(page, echoed(outgoing.body, mid="m_echo")))
    for _ in range(LAST_ATTEMPT - 1):
        work(row)
    outgoing.refresh_from_db()
    assert (row.done_at is not None, outgoing.status) == (True, "sent")


# ── sending ───────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_leaves_once(page: Connection, network: Graph, asked: Contact) -> None:
    outgoing = attempt(answer(asked, "Elke donderdag."))
    attempt(outgoing)
    assert outgoing.status == "sent"
    (sent,) = network.sent
    assert (sent["recipient"], sent["messaging_type"]) == ({"id": "24681012"}, "RESPONSE")
    assert (sent["message"]["text"], network.asked[-1].path) == ("Elke donderdag.", "/me/messages")
    assert (sent["message"].get("metadata") == str(outgoing.uuid)) == (page.kind == "messenger")


def test_after_a_day_it_says_that_a_person_answers(network: Graph, asked: Contact) -> None:
    Contact.objects.filter(pk=asked.pk).update(happened_at=timezone.now() - timedelta(days=2))
    assert attempt(answer(asked)).status == "sent"
    assert (network.sent[0]["messaging_type"], network.sent[0]["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_after_a_week_nothing_can_be_sent(network: Graph, asked: Contact) -> None:
    case = Case.objects.get()
    assert terms.window(case) == asked.happened_at + timedelta(days=7)
    Contact.objects.filter(pk=asked.pk).update(happened_at=timezone.now() - timedelta(days=7))
    assert (attempt(answer(asked)).status, network.sent) == ("failed", [])
    assert "kon je antwoorden tot" in terms.refusal(case, "Ja")


def test_each_network_has_its_own_length(page: Connection, network: Graph, asked: Contact) -> None:
    longest = {"messenger": 2000, "instagram": 1000}[page.kind]
    case = Case.objects.get()
    found = terms.of(case)
    assert found is not None
    assert found.longest == longest
    assert terms.refusal(case, "x" * longest) == ""
    assert "1 tekens te lang" in terms.refusal(case, "x" * (longest + 1))
    assert attempt(answer(asked, "x" * (longest + 1))).status == "failed"


def test_delivered_and_read_reports(page: Connection, network: Graph, asked: Contact) -> None:
    first, second = attempt(answer(asked, "Een")), attempt(answer(asked, "Twee"))
    now = int(time.time() * 1000) + 1000
    base = {"sender": {"id": "24681012"}, "recipient": {"id": page.external_id}, "timestamp": now}
    arrive(page, delivered(page, base | {"delivery": {"mids": [first.external_id], "watermark": now}}))
    first.refresh_from_db()
    assert first.status == "delivered"
    arrive(page, delivered(page, base | {"read": {"watermark": now}}))
    for outgoing in (first, second):
        outgoing.refresh_from_db()
        assert outgoing.status == "read"


def test_somebody_else_s_reading_says_nothing_of_this_person(page: Connection, network: Graph, asked: Contact) -> None:
    outgoing = attempt(answer(asked))
    event = {"sender": {"id": "5"}, "timestamp": int(time.time() * 1000) + 1000, "read": {"watermark": "x"}}
    arrive(page, delivered(page, event))
    outgoing.refresh_from_db()
    assert outgoing.status == "sent"
