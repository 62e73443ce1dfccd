"""Mastodon: nothing skipped and nothing twice, safe text, answers as private as the question, and its limits obeyed."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts.models import Notification, User
from contacts import tasks
from contacts.channels import line
from contacts.channels.networks import mastodon, terms
from contacts.channels.networks.poll import poll
from contacts.models import Attachment, Case, Connection, Contact, Customer, Heartbeat, Inbound, Outgoing
from tests import make
from tests.outside.mastodon import TOKEN, Mastodon
from tests.outside.ours import answer, attempt, work
from tests.outside.server import Reply


@pytest.fixture
def network() -> Iterator[Mastodon]:
    with Mastodon() as server:
        assert isinstance(server, Mastodon)
        yield server


@pytest.fixture
def account(office: None, voorlijn: Any, network: Mastodon) -> Connection:
    return make.connection("mastodon", base_url=network.url, secrets={"access_token": TOKEN})


def ask(account: Connection) -> int:
    """Ask once, and process what came in."""
    count = poll(account.pk)
    for row in Inbound.objects.filter(done_at=None).order_by("pk"):
        work(row)
    account.refresh_from_db()
    return count


@pytest.fixture
def asked(account: Connection, network: Mastodon) -> Contact:
    network.mention()
    ask(account)
    return Contact.objects.get()


def test_a_mention_becomes_a_contact_with_a_case(account: Connection, network: Mastodon) -> None:
    found = network.mention(
        '<p><span class="h-card"><a href="https://x/@duinmeer">@<span>duinmeer</span></a></span> Hoi</p>'
    )
    assert ask(account) == 1
    contact = Contact.objects.get()
    assert (contact.network, contact.party, contact.text) == ("mastodon", "anna@elders.voorbeeld", "@duinmeer Hoi")
    message = contact.message
    assert (message.external_id, message.url) == (found["status"]["id"], found["status"]["url"])
    assert (message.sender_name, message.visibility) == ("Anna de Vries", "public")
    assert Case.objects.get().connection == account
    assert (ask(account), Contact.objects.count()) == (0, 1)


def test_nothing_is_skipped_and_nothing_comes_twice(account: Connection, network: Mastodon) -> None:
    network.mention()
    ask(account)
    for n in range(170):  # three pages
        network.mention(f"<p>Nummer {n}</p>", acct=f"burger{n}@elders.voorbeeld")
    assert poll(account.pk) == 170
    assert Inbound.objects.count() == 171
    assert poll(account.pk) == 0
    pages = [
        one.query["min_id"] for one in network.asked if one.path == "/api/v1/notifications" and "min_id" in one.query
    ]
    assert len(set(map(tuple, pages))) == 4
    account.refresh_from_db()
    assert account.cursor == network.notifications[-1]["id"]


def test_a_server_that_dies_between_pages_costs_nothing(account: Connection, network: Mastodon) -> None:
    network.mention()
    ask(account)
    for n in range(100):
        network.mention(f"<p>Nummer {n}</p>")
    real = network.answer

    def second_page_fails(asked: Any) -> Reply:
        if len(network.asked) > before + 1:
            return Reply(drops=True)
        return real(asked)

    before = len(network.asked)
    network.answer = second_page_fails  # type: ignore[method-assign]
    poll(account.pk)
    assert Inbound.objects.count() == 81
    network.answer = real  # type: ignore[method-assign]
    assert poll(account.pk) == 20
    assert Inbound.objects.count() == 101


def test_the_first_time_the_last_day_comes_in(account: Connection, network: Mastodon) -> None:
    network.mention("<p>Oud</p>", ago=timedelta(days=3))
    network.mention("<p>Vandaag</p>", ago=timedelta(hours=2))
    assert ask(account) == 1
    assert Contact.objects.get().text == "Vandaag"
    assert account.character_limit == 500


def test_without_any_mention_the_first_one_is_not_missed(account: Connection, network: Mastodon) -> None:
    assert ask(account) == 0
    network.mention("<p>Eerste</p>", ago=timedelta(hours=30))
    assert ask(account) == 1


def test_what_others_wrote_is_only_text(account: Connection, network: Mastodon) -> None:
    evil = '<script>alert(1)</script> <a href="javascript:x">hier</a><br>en daar&nbsp;\u0000</p><img src=x onerror=x>'
    network.mention(f"<p>Kijk{evil}")
    ask(account)
    assert Contact.objects.get().text == "Kijk hier\nen daar"


def test_a_warning_comes_first_and_no_words_are_words_too(account: Connection, network: Mastodon) -> None:
    network.mention("<p>Boos</p>", spoiler_text="Politiek")
    network.mention("")
    ask(account)
    assert set(Contact.objects.values_list("text", flat=True)) == {"Politiek\n\nBoos", "[Leeg bericht]"}


def test_who_is_on_our_server_has_a_full_name(account: Connection, network: Mastodon) -> None:
    network.mention(acct="Bob")
    ask(account)
    assert Contact.objects.get().party == "bob@127.0.0.1"


def test_a_known_name_is_that_customer(account: Connection, network: Mastodon, jansen: Customer) -> None:
    jansen.add_address("social", "@Anna@elders.voorbeeld", network="mastodon")
    network.mention()
    ask(account)
    assert Contact.objects.get().customer == jansen


def test_the_same_name_on_another_network_is_not(account: Connection, network: Mastodon, jansen: Customer) -> None:
    jansen.add_address("social", "anna@elders.voorbeeld", network="x")
    network.mention()
    ask(account)
    assert Contact.objects.get().customer is None


def test_an_answer_to_ours_goes_on_in_its_conversation(account: Connection, network: Mastodon, asked: Contact) -> None:
    outgoing = attempt(answer(asked))
    Case.objects.get().close(result="Klaar", by=None)
    network.mention("<p>Dank</p>", in_reply_to_id=outgoing.external_id)
    ask(account)
    thanks = Contact.objects.get(text="Dank")
    assert thanks.conversation == asked.conversation
    assert thanks.case != asked.case


def test_a_bystander_begins_a_conversation_of_their_own(account: Connection, network: Mastodon, asked: Contact) -> None:
    network.mention("<p>Ik ook!</p>", acct="bob@x.voorbeeld", in_reply_to_id=asked.message.external_id)
    ask(account)
    other = Contact.objects.get(text="Ik ook!")
    assert other.conversation != asked.conversation
    assert other.case != asked.case


def test_pictures_come_along(account: Connection, network: Mastodon) -> None:
    media = [{"id": "1", "type": "image", "url": f"{network.url}/media/gat.png", "description": "Gat in de weg"}]
    network.mention("", media_attachments=[*media, {"type": "unknown", "url": "x"}, "x"])
    network.statuses["gat.png"] = {}
    poll(account.pk)
    work(Inbound.objects.get())
    network.fail(Reply(200, b"\x89PNG\r\n\x1a\n gat", {"Content-Type": "image/png"}))
    work(Inbound.objects.get(source="media"))
    assert Attachment.objects.get().name == "Gat in de weg.png"
    assert Contact.objects.get().text == "[Foto]"


# ── faults ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [Reply(500), Reply(drops=True), Reply(200, b"[{", {}), Reply(200, b"[]", {}, cut=1), Reply(200, b'{"error": "x"}')],
)
def test_a_fault_of_the_server_costs_nothing(account: Connection, network: Mastodon, fault: Reply) -> None:
    network.mention()
    ask(account)
    network.mention("<p>Nog een</p>")
    network.fail(fault)
    ask(account)
    ask(account)
    assert Contact.objects.filter(text="Nog een").count() == 1


def test_a_limit_is_obeyed(account: Connection, network: Mastodon) -> None:
    network.mention()
    ask(account)
    network.remaining = 0
    ask(account)
    assert account.resting_until is not None
    assert timedelta(minutes=2) < account.resting_until - timezone.now() < timedelta(minutes=4)
    before = len(network.asked)
    network.remaining = 300
    assert (ask(account), len(network.asked)) == (0, before)
    Connection.objects.update(resting_until=timezone.now())
    network.mention("<p>Weer</p>")
    assert ask(account) == 1


def test_just_before_the_limit_we_wait_ourselves(account: Connection, network: Mastodon) -> None:
    network.remaining = 3
    ask(account)
    assert account.resting_until is not None


def test_an_expired_token_is_told_at_once_and_not_hammered(
    account: Connection, network: Mastodon, beheer: User
) -> None:
    account.set_secrets(access_token="verlopen")
    account.save()
    ask(account)
    assert (account.failing_since is not None, account.resting_until is not None) == (True, True)
    assert "access token is invalid" in account.last_error
    assert Notification.objects.get().recipient == beheer
    count = len(network.asked)
    ask(account)
    assert (len(network.asked), Notification.objects.count()) == (count, 1)


def test_a_server_that_is_away_for_long_is_told(account: Connection, network: Mastodon, beheer: User) -> None:
    Connection.objects.update(base_url="http://127.0.0.1:1")
    ask(account)
    assert not Notification.objects.exists()
    Connection.objects.update(failing_since=timezone.now() - timedelta(minutes=6))
    ask(account)
    assert "Gemeente op mastodon" in Notification.objects.get().text


def test_two_who_ask_at_once_ask_once(account: Connection, network: Mastodon, transactional_db: None) -> None:
    network.mention()
    threads = [threading.Thread(target=_poll_and_close, args=[account.pk]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Inbound.objects.count() == 1


def _poll_and_close(pk: int) -> None:
    try:
        poll(pk)
    finally:
        database.close()


def test_the_clock_asks_every_open_account_that_is_awake(account: Connection, monkeypatch: Any) -> None:
    make.connection("mastodon", base_url="https://x.nl", resting_until=timezone.now() + timedelta(minutes=1))
    make.connection("mastodon", base_url="https://x.nl", closed_at=timezone.now())
    make.connection("whatsapp")
    handed: list[int] = []
    monkeypatch.setattr(tasks.poll_mastodon_one, "apply_async", lambda args, **options: handed.append(*args))
    tasks.poll_mastodon()
    assert handed == [account.pk]
    assert Heartbeat.objects.get(name="poll").last_ok is not None


def test_a_message_that_is_gone_is_hidden(account: Connection, network: Mastodon, asked: Contact) -> None:
    ask(account)
    asked.refresh_from_db()
    assert asked.message.deleted_at is None
    Contact.objects.update(registered_at=timezone.now() - timedelta(hours=2))
    ask(account)
    looked = len(network.asked)
    ask(account)
    assert len(network.asked) == looked + 1  # not looked up again within the hour
    del network.statuses[asked.message.external_id]
    for message in [Contact.objects.get().message]:
        message.data["looked_at"] = (timezone.now() - timedelta(hours=2)).isoformat()
        message.save()
    ask(account)
    asked.refresh_from_db()
    assert ("verwijderd" in asked.text, "vuil" in asked.message.data["taken_back"]["text"]) == (True, True)


# ── answering ─────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_addressed_and_as_private_as_the_question(network: Mastodon, asked: Contact) -> None:
    outgoing = attempt(answer(asked, "Op dinsdag."))
    assert outgoing.status == "sent"
    form, headers = network.asked[-1].form, network.asked[-1].headers
    assert form == {
        "status": "@anna@elders.voorbeeld Op dinsdag.",
        "visibility": "public",
        "language": "nl",
        "in_reply_to_id": asked.message.external_id,
    }
    assert headers["idempotency-key"] == str(outgoing.uuid)
    assert outgoing.contact.message.external_id == outgoing.external_id
    assert outgoing.contact.message.url.startswith(network.url)


@pytest.mark.parametrize(
    ("theirs", "ours", "sent"),
    [
        ("public", "", "public"),
        ("unlisted", "public", "unlisted"),
        ("private", "public", "private"),
        ("direct", "public", "direct"),
        ("public", "direct", "direct"),
        ("iets", "", "direct"),
        ("iets", "public", "direct"),
    ],
)
def test_an_answer_is_never_more_public_than_the_question(
    account: Connection, network: Mastodon, theirs: str, ours: str, sent: str
) -> None:
    network.mention(visibility=theirs)
    ask(account)
    outgoing = answer(Contact.objects.get())
    Outgoing.objects.update(headers=outgoing.headers | {"visibility": ours})
    attempt(outgoing)
    assert network.asked[-1].form["visibility"] == sent


def test_a_name_that_stands_there_already_is_not_said_twice() -> None:
    assert mastodon.addressed("@Anna@x.nl Hoi", "anna@x.nl") == "@Anna@x.nl Hoi"
    assert mastodon.addressed("@anna@x.nlweg Hoi", "anna@x.nl") == "@anna@x.nl @anna@x.nlweg Hoi"
    assert mastodon.addressed("", "anna@x.nl") == "@anna@x.nl "


def test_length_counts_as_the_server_counts(account: Connection, asked: Contact) -> None:
    assert mastodon.length("@anna@elders.voorbeeld hoi") == len("@anna hoi")
    assert mastodon.length("https://duinmeer.nl/" + "x" * 400) == 23
    case = Case.objects.get()
    assert terms.refusal(case, "x" * 494) == ""
    assert "1 tekens te lang" in terms.refusal(case, "x" * 495)


@pytest.mark.parametrize("fault", [Reply(drops=True), Reply(cut=10), Reply(504, b"<html>")])
def test_after_an_unknown_outcome_the_same_message_is_sent_again(
    network: Mastodon, asked: Contact, fault: Reply
) -> None:
    network.fail(fault, afterwards=True)
    outgoing = attempt(answer(asked))
    assert (outgoing.status, len(network.by_key)) == ("delayed", 1)
    assert attempt(outgoing).status == "sent"
    assert len(network.by_key) == 1
    assert outgoing.external_id == next(iter(network.by_key.values()))


def test_after_an_hour_the_server_knows_no_longer_and_a_person_decides(network: Mastodon, asked: Contact) -> None:
    network.fail(Reply(drops=True), afterwards=True)
    outgoing = attempt(answer(asked))
    Outgoing.objects.update(handed_over_at=timezone.now() - timedelta(minutes=56))
    attempt(outgoing)
    assert (outgoing.status, len(network.by_key)) == ("uncertain", 1)


def test_a_limit_on_sending_is_obeyed(account: Connection, network: Mastodon, asked: Contact) -> None:
    network.remaining = 0
    first, second = answer(asked, "Een"), answer(asked, "Twee")
    attempt(first)
    assert (first.status, first.handed_over_at) == ("delayed", None)
    assert first.next_attempt_at > timezone.now() + timedelta(minutes=2)
    before = len(network.asked)
    attempt(second)
    assert (second.status, len(network.asked)) == ("delayed", before)


def test_a_refusal_is_shown_in_the_servers_words(network: Mastodon, asked: Contact) -> None:
    network.fail(Reply.of({"error": "Validation failed: Text can't be blank"}, 422))
    outgoing = attempt(answer(asked))
    assert (outgoing.status, "Text can't be blank" in outgoing.last_error) == ("failed", True)


def test_an_answer_to_what_is_gone_is_not_sent_to_nobody(network: Mastodon, asked: Contact) -> None:
    del network.statuses[asked.message.external_id]
    outgoing = attempt(answer(asked))
    assert (outgoing.status, "bestaat niet meer" in outgoing.last_error) == ("failed", True)
    asked.refresh_from_db()
    assert asked.message.deleted_at is not None


def test_an_expired_token_keeps_the_answer(
    account: Connection, network: Mastodon, asked: Contact, beheer: User
) -> None:
    account.set_secrets(access_token="verlopen")
    account.save()
    outgoing = attempt(answer(asked))
    assert (outgoing.status, Notification.objects.count()) == ("delayed", 1)
    account.set_secrets(access_token=TOKEN)
    account.save()
    assert attempt(outgoing).status == "sent"


def test_a_server_that_says_nothing_is_not_waited_for(
    network: Mastodon, asked: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.fail(Reply(hangs=True))
    with monkeypatch.context() as hurried:
        hurried.setitem(line.ask.__kwdefaults__, "seconds", 0.3)
        outgoing = attempt(answer(asked))
    assert outgoing.status == "delayed"
    assert attempt(outgoing).status == "sent"


def test_colleagues_hear_who_can_read_along(account: Connection, network: Mastodon) -> None:
    network.mention(visibility="direct")
    ask(account)
    found = terms.of(Case.objects.get())
    assert found is not None
    assert (found.is_public, "Niet vertrouwelijk" in found.notice, found.until) == (False, True, None)
