"""Any other system: its messages in our own shape; and whatever anybody signs, nothing is lost and nothing breaks."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contacts.channels.networks import hook as door
from contacts.channels.networks import terms
from contacts.models import Case, Connection, Contact, Customer, Direction, Inbound
from contacts.models.recipients import who_gets_the_answer
from tests import make
from tests.outside import deliveries
from tests.outside.deliveries import message
from tests.outside.ours import arrive, work


@pytest.fixture
def chat(office: None, voorlijn: Any) -> Connection:
    return make.connection("webhook", name="Chat op de site", secrets={"signing": [deliveries.SIGNING]})


def test_a_message_becomes_a_contact_with_a_case(chat: Connection) -> None:
    arrive(chat, message("Mijn container is niet geleegd.", subject="Afval", url="https://chat.voorbeeld.nl/1"))
    contact = Contact.objects.get()
    assert (contact.channel, contact.text, contact.subject) == ("chat", "Mijn container is niet geleegd.", "Afval")
    assert (contact.message.sender_name, contact.message.url) == ("Piet Bakker", "https://chat.voorbeeld.nl/1")
    case = Case.objects.get()
    assert (case.title, case.channel, case.sender) == ("Afval", "chat", "Piet Bakker")


def test_the_department_and_topic_of_the_connection_get_it(chat: Connection) -> None:
    topic = make.topic("afval", team=make.team("Afval"))
    Connection.objects.update(topic=topic)
    arrive(chat, message())
    case = Case.objects.get()
    assert (case.topic, case.team.name) == (topic, "Afval")
    Connection.objects.update(team=make.team("Webcare"))
    arrive(chat, message(id="c-2", sender={"id": "x"}))
    assert Case.objects.latest("pk").team.name == "Webcare"


@pytest.mark.parametrize(
    ("given", "kept"), [("web", "web"), ("post", "post"), ("social", "social"), ("phone", "social"), (7, "social")]
)
def test_its_channel_is_one_that_is_written(chat: Connection, given: Any, kept: str) -> None:
    arrive(chat, message(channel=given))
    assert Contact.objects.get().channel == kept


def test_a_conversation_of_theirs_is_one_of_ours(chat: Connection) -> None:
    arrive(chat, message("Een", id="1", conversation="t-1"))
    arrive(chat, message("Twee", id="2", conversation="t-1", sender={"id": "iemand anders"}))
    arrive(chat, message("Drie", id="3", conversation="t-2"))
    arrive(chat, message("Ons antwoord", id="4", conversation="t-1", direction="out"))
    by_case = {case.pk: set(case.contacts.values_list("text", flat=True)) for case in Case.objects.all()}
    assert sorted(map(sorted, by_case.values())) == [["Drie"], ["Een", "Ons antwoord", "Twee"]]
    assert Contact.objects.get(text="Ons antwoord").direction == Direction.OUTBOUND


@pytest.mark.parametrize("sender", [{"phone": "06-90123456"}, {"email": "A.Jansen@voorbeeld.nl"}])
def test_a_known_address_is_that_customer(chat: Connection, jansen: Customer, sender: dict[str, str]) -> None:
    arrive(chat, message(sender=sender))
    assert Contact.objects.get().customer == jansen


def test_html_becomes_text(chat: Connection) -> None:
    arrive(chat, message("", html="<p>Een<br>twee</p><script>x</script>"))
    assert Contact.objects.get().text == "Een\ntwee"


def test_a_message_can_be_taken_back(chat: Connection) -> None:
    arrive(chat, message())
    arrive(chat, {"type": "message.deleted", "data": {"id": "c-1"}})
    assert "verwijderd" in Contact.objects.get().text


def test_a_type_we_do_not_know_is_kept_and_nothing_more(chat: Connection) -> None:
    row = arrive(chat, {"type": "invoice.paid", "data": {"id": "1"}})
    assert (row.done_at is not None, row.is_unreadable, Contact.objects.count()) == (True, False, 0)


@pytest.mark.parametrize("data", [{}, {"id": "1"}, {"text": "x"}, {"id": "", "text": "x"}, {"id": "1", "text": []}])
def test_a_message_without_words_or_id_is_shown_as_unreadable(chat: Connection, data: dict[str, Any]) -> None:
    row = arrive(chat, {"type": "message.created", "data": data})
    assert (row.is_unreadable, Contact.objects.get().readable) == (True, False)
    assert Case.objects.count() == 1


def test_a_megabyte_of_text_is_cut_in_the_timeline_only(chat: Connection) -> None:
    row = arrive(chat, message("x" * 200_000, subject="s" * 5000, sender={"id": "i" * 5000, "name": "n" * 5000}))
    contact = Contact.objects.get()
    assert (len(contact.text) < 21_000, len(bytes(row.raw)) > 200_000) == (True, True)
    assert (len(contact.subject), len(contact.message.sender_name)) == (200, 200)


def test_it_is_answered_by_mail(chat: Connection) -> None:
    arrive(chat, message(sender={"id": "klant-77", "name": "Piet Bakker", "email": "piet@voorbeeld.nl"}))
    case, contact = Case.objects.get(), Contact.objects.get()
    assert (case.connection, terms.of(case), terms.refusal(case, "x" * 9999)) == (None, None, "")
    assert who_gets_the_answer(contact, everybody=False) == ([("Piet Bakker", "piet@voorbeeld.nl")], [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "object", "entry", "id", "changes", "field", "value", "metadata", "messages", "statuses", "contacts",
        "from", "type", "text", "body", "timestamp", "messaging", "sender", "recipient", "message", "mid",
        "attachments", "payload", "url", "data", "channel", "html", "status", "account", "acct", "content",
        "is_deleted", "is_echo", "read", "delivery", "wa_id", "profile", "name", "image", "context", "errors",
        "media_attachments", "watermark", "mids", "revoke",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    ["page", "instagram", "whatsapp_business_account", "message.created", "mention", "text", "image", "1"]
)
SHAPED = st.recursive(
    WORDS | st.text(max_size=8) | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)


def mutated(found: Any, draw: Any) -> Any:
    """Give a documented delivery in which some things are something else."""
    if draw(st.integers(0, 11)) == 0:
        return draw(JSON)
    if isinstance(found, dict):
        return {name: mutated(value, draw) for name, value in found.items() if draw(st.integers(0, 15))}
    if isinstance(found, list):
        return [mutated(value, draw) for value in found] * draw(st.integers(0, 2))
    return found


DOCUMENTED = {
    "whatsapp": deliveries.whatsapp(
        deliveries.whatsapp_text(context={"id": "wamid.0"}),
        {"from": "1", "id": "2", "type": "image", "timestamp": "3", "image": {"id": "4", "caption": "é"}},
        {"from": "1", "id": "5", "type": "location", "location": {"latitude": 1, "longitude": 2}},
        {"from": "1", "id": "6", "type": "revoke", "revoke": {"original_message_id": "2"}},
        statuses=[deliveries.status("wamid.1", "failed", errors=[{"code": 1, "error_data": {"details": "x"}}])],
    ),
    "messenger": deliveries.messenger(
        deliveries.said(attachments=[{"type": "image", "payload": {"url": "https://x.nl/"}}]),
        deliveries.echoed("Ja", mid="m_9", metadata="x"),
        {"sender": {"id": "1"}, "read": {"watermark": 1}, "timestamp": 2},
        {"sender": {"id": "1"}, "delivery": {"mids": ["m_9"]}, "timestamp": 2},
    ),
    "webhook": message(html="<p>x</p>", attachments=[{"url": "https://x.nl/a.png"}], conversation="t"),
}


@st.composite
def payloads(draw: Any) -> tuple[str, bytes]:
    kind = draw(st.sampled_from([*DOCUMENTED, "instagram", "mastodon"]))
    shape = draw(st.integers(0, 3))
    if shape == 0:
        return kind, draw(st.binary(min_size=1, max_size=200))
    if shape < 3:
        found = draw(SHAPED if shape == 1 else JSON)
    else:
        found = mutated(DOCUMENTED.get(kind, DOCUMENTED["messenger"]), draw)
    return kind, json.dumps(found, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@settings(max_examples=150)
@given(payload=payloads())
@example(payload=("webhook", json.dumps(message("\ud800\0 half", id="\0")).encode()))
@example(payload=("whatsapp", b'{"entry":' + b"[" * 5000))
@example(payload=("webhook", b'{"type":"message.created","data":{"id":' + b"9" * 5000 + b',"text":"x"}}'))
@example(payload=("webhook", json.dumps(message("x", attachments=[{"url": "http://[::1"}])).encode()))
def test_whatever_is_signed_is_taken_in_and_never_breaks(
    office: None, voorlijn: Any, payload: tuple[str, bytes]
) -> None:
    kind, raw = payload
    door.pace.forget()
    secrets = {"app_secret": deliveries.APP_SECRET, "signing": [deliveries.SIGNING], "access_token": "x"}
    Inbound.objects.all().delete()
    connection = make.connection(kind, secrets=secrets, base_url="http://127.0.0.1:1")
    if kind == "mastodon":
        row = arrive(connection, raw)
    else:
        headers = sign(kind, raw)
        response = Client().post(f"/hooks/{connection.uuid}/", raw, content_type="application/json", headers=headers)
        assert response.status_code in {200, 202}
        row = work(Inbound.objects.get())
    assert bytes(row.raw) == raw
    waits = row.last_error.startswith("TooEarly")
    assert (row.done_at is not None) or waits, row.last_error
    assert row.parked_at is None
    for file in Inbound.objects.filter(source="media"):
        work(file)
        assert file.done_at is not None or file.last_error.startswith("TooEarly")


def sign(kind: str, raw: bytes) -> dict[str, str]:
    if kind == "webhook":
        return deliveries.standard(raw)[1]
    return deliveries.signed(raw)
