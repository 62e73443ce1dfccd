"""What a mail goes on with: the case it answers, and never the case of somebody else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Team, User
from contacts.models import Case, Contact, Customer, Direction, Event, Message, Outgoing
from contacts.models.mailbox import Mailbox
from contacts.models.token import reply_address
from tests import make
from tests.letters import arrive, take_in, write

pytestmark = pytest.mark.usefixtures("office", "voorlijn")
OURS = "gemeente@duinmeer.voorbeeld.nl"


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


def answer(case: Case, to: str = "a.jansen@voorbeeld.nl", *, cc: str = "", by: User | None = None) -> Contact:
    """Answer a case, as the editor does."""
    contact = make.contact(channel="email", direction=Direction.OUTBOUND, party=to, case=case, by=by)
    contact.conversation = case.contacts.order_by("pk").first().conversation
    contact.save(update_fields=["conversation"])
    ours = Outgoing.write(key=f"r:{contact.pk}", kind="reply", recipient=to, subject="Re", body="x", contact=contact)
    Message.objects.create(
        contact=contact, to=[["", to]], cc=[["", cc]] if cc else [], message_id=ours.message_id, references=[]
    )
    case.answered(at=timezone.now())
    return contact


# ── 1. Our own token ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered_To", "X_Original_To"])
def test_an_answer_to_our_reply_address_joins_its_case(header: str) -> None:
    first = arrive(write())
    reply = take_in(write("Iets heel anders", text="Nog iets.", **{header: f"<{reply_address(first.case_id, OURS)}>"}))
    assert (reply.contact.case, reply.joined) == (first.case, "token")
    assert reply.contact.conversation == first.conversation


def test_the_envelope_counts_too() -> None:
    first = arrive(write())
    token = reply_address(first.case_id, OURS)
    assert arrive(write("Bcc", text="x"), envelope={"from": "", "to": [token.upper()]}).case == first.case


def test_the_token_proves_the_case_but_a_stranger_is_to_be_confirmed() -> None:
    first = arrive(write())
    token = reply_address(first.case_id, OURS)
    own = arrive(write("Re", text="Ik zelf.", To=token))
    assert "case_stranger" not in kinds(own.case)
    other = arrive(write("Re", sender="Broer <broer@elders.nl>", text="Namens haar.", To=token))
    assert (other.case, other.customer) == (first.case, None)
    assert Event.objects.get(case=first.case, kind="case_stranger").data["sender"] == "broer@elders.nl"
    again = arrive(write("Re", sender="broer@elders.nl", text="Nog iets.", To=token))
    assert again.case == first.case
    assert kinds(first.case).count("case_stranger") == 1, "who wrote in it once takes part"


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token.replace("-", "-a", 1),
        lambda token: token.replace(token.split("-")[1][:3], "aaa"),
        lambda token: token.replace("+", "+1", 1),
        lambda token: token.split("-")[0] + "@duinmeer.voorbeeld.nl",
    ],
    ids=["longer", "another signature", "another case", "no signature"],
)
def test_a_forged_token_opens_nothing(forge: Any) -> None:
    first = arrive(write())
    forged = forge(reply_address(first.case_id, OURS))
    reply = arrive(write("Re: Vraag", sender="dief@elders.nl", text="Stuur mij alles.", To=forged))
    assert reply.case != first.case


def test_the_conversation_is_that_of_what_is_answered() -> None:
    first = arrive(write(Message_ID="<een@v.nl>"))
    other = arrive(write("Ook dit", text="b", sender="a.jansen@voorbeeld.nl", Message_ID="<twee@v.nl>"))
    other.join(first.case, by=None)
    token = reply_address(first.case_id, OURS)
    reply = arrive(write("Re", text="c", To=token, In_Reply_To="<een@v.nl>"))
    assert reply.conversation == first.conversation != other.conversation


# ── 2. What it answers ────────────────────────────────────────────────────────────────────────────


def test_in_reply_to_goes_before_references_and_the_newest_of_those_first() -> None:
    cases = [arrive(write(f"Vraag {n}", text=f"{n}", Message_ID=f"<{n}@v.nl>")).case for n in range(3)]
    reply = arrive(write("Re", text="r", In_Reply_To="<1@v.nl>", References="<0@v.nl> <2@v.nl>"))
    assert reply.case == cases[1]
    reply = arrive(write("Re", text="s", In_Reply_To="<onbekend@v.nl>", References="<0@v.nl> <2@v.nl>"))
    assert reply.case == cases[2]


def test_a_reply_joins_although_what_it_answers_never_came_to_us() -> None:
    first = arrive(write("Re: Overleg", References="<nooit@v.nl> <weg@v.nl>", Message_ID="<b@v.nl>"))
    second = arrive(write("Re: Overleg", text="Nog iets", In_Reply_To="<weg@v.nl>", Message_ID="<c@v.nl>"))
    assert (second.case, second.conversation) == (first.case, first.conversation)
    stranger = arrive(write("Re: Overleg", sender="x@elders.nl", text="Ik ook", References="<nooit@v.nl>"))
    assert stranger.case != first.case


def test_an_answer_that_came_before_what_it_answers_is_found() -> None:
    reply = arrive(write("Re: Vraag", text="later", In_Reply_To="<eerst@v.nl>", Message_ID="<later@v.nl>"))
    parent = arrive(write("Vraag", text="eerst", Message_ID="<eerst@v.nl>"))
    assert (parent.case, parent.conversation) == (reply.case, reply.conversation)


def test_who_got_a_copy_may_answer() -> None:
    first = arrive(write(Message_ID="<een@v.nl>", Cc="Bram <bram@elders.nl>"))
    ours = answer(first.case, cc="advocaat@kantoor.voorbeeld.nl")
    bram = arrive(write("Re", sender="bram@elders.nl", text="a", In_Reply_To="<een@v.nl>"))
    lawyer = arrive(write("Re", sender="advocaat@kantoor.voorbeeld.nl", text="b", In_Reply_To=ours.message.message_id))
    assert bram.case == lawyer.case == first.case
    assert (bram.customer, lawyer.customer) == (None, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.jansen@voorbeeld.nl", "A.Jansen+gemeente@voorbeeld.nl"),
        ("anna.jansen@gmail.com", "annajansen@googlemail.com"),
    ],
)
def test_one_mailbox_has_several_spellings(one: str, other: str) -> None:
    first = arrive(write(sender=one, Message_ID="<een@v.nl>"))
    assert arrive(write("Re", sender=other, text="b", In_Reply_To="<een@v.nl>")).case == first.case


def test_a_customer_may_go_on_from_another_address(jansen: Customer) -> None:
    jansen.add_address("email", "anna@werk.voorbeeld.nl")
    first = arrive(write(Message_ID="<een@v.nl>"))
    reply = arrive(write("Re", sender="anna@werk.voorbeeld.nl", text="b", In_Reply_To="<een@v.nl>"))
    assert (reply.case, reply.customer) == (first.case, jansen)


def test_a_stranger_with_a_stolen_id_gets_a_case_apart_that_says_so(jansen: Customer) -> None:
    first = arrive(write(Message_ID="<een@v.nl>"))
    ours = answer(first.case)
    stolen = [
        {"In_Reply_To": "<een@v.nl>"},
        {"References": f"<een@v.nl> {ours.message.message_id}"},
        {"In_Reply_To": ours.message.message_id},
        {"Message_ID": "<een@v.nl>"},
    ]
    for number, headers in enumerate(stolen):
        theft = arrive(write("Re: Vraag", sender=f"dief{number}@elders.nl", text="x", **headers))
        assert theft.case != first.case
        assert theft.conversation not in {first.conversation, ours.conversation}
        assert theft.customer is None
        named = Event.objects.filter(case=theft.case, kind="case_named").first()
        assert (named is not None) == ("Message_ID" not in headers)
    first.case.refresh_from_db()
    assert first.case.answered_at is not None
    assert first.case.contacts.count() == 2


def test_nobody_writes_from_our_own_address() -> None:
    make.mailbox(OURS)
    first = arrive(write(To=OURS, Message_ID="<een@v.nl>"))
    forged = arrive(write("Re", sender=OURS, text="b", In_Reply_To="<een@v.nl>"))
    assert forged.case != first.case


# ── 3. The subject ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("subject", ["Over [{}]", "Zaak {}: nog iets", "RE: re: {}"])
def test_the_reference_in_a_subject_joins_who_took_part(subject: str) -> None:
    first = arrive(write())
    reply = take_in(write(subject.format(first.case.reference), text="b"))
    assert (reply.contact.case, reply.joined) == (first.case, "subject")
    stranger = arrive(write(subject.format(first.case.reference), sender="x@elders.nl", text="c"))
    assert stranger.case != first.case
    assert "case_named" in kinds(stranger.case)


def test_the_same_subject_alone_joins_nothing() -> None:
    first = arrive(write("Re: Parkeervergunning"))
    assert arrive(write("Re: Parkeervergunning", text="Iets anders")).case != first.case


# ── Merged and closed cases ───────────────────────────────────────────────────────────────────────


def test_what_answers_a_merged_case_joins_where_that_went() -> None:
    first, second = arrive(write(Message_ID="<een@v.nl>")), arrive(write("Twee", text="b", Message_ID="<twee@v.nl>"))
    token = reply_address(first.case_id, OURS)
    Case.objects.filter(reference=first.case.reference).update(merged_into=second.case, closed_at=timezone.now())
    assert arrive(write("Re", text="c", To=token)).case == second.case
    assert arrive(write("Re", text="d", In_Reply_To="<een@v.nl>")).case == second.case
    assert arrive(write(f"Re {first.case.reference}", text="e")).case == second.case


def closed(box: Mailbox, *, days: int = 0) -> Contact:
    """Give a mail whose case was closed so many days ago."""
    first = arrive(write(To=box.address, Message_ID="<een@v.nl>"))
    first.case.close(result="Beantwoord", by=None)
    Case.objects.filter(reference=first.case.reference).update(closed_at=timezone.now() - timedelta(days=days))
    return first


@pytest.mark.parametrize(
    ("rule", "days", "reopens"),
    [("reopen", 900, True), ("new", 0, False), ("new_after", 13, True), ("new_after", 15, False)],
)
def test_the_mailbox_says_what_follows_a_closed_case(rule: str, days: int, reopens: bool) -> None:
    box = make.mailbox(follow_up=rule, follow_up_days=14)
    first = closed(box, days=days)
    reply = arrive(write("Re", text="b", To=box.address, In_Reply_To="<een@v.nl>"))
    first.case.refresh_from_db()
    assert (reply.case == first.case) == reopens == (first.case.closed_at is None)
    assert reply.conversation == first.conversation
    if reopens:
        assert "case_reopened" in kinds(first.case)
        assert first.case.read_at is None
    else:
        follows = Event.objects.get(case=reply.case, kind="case_follows")
        assert follows.data == {"reference": first.case.reference, "case": str(first.case.uuid)}


def test_what_follows_a_closed_case_is_one_new_case_however_often_they_write() -> None:
    box = make.mailbox(follow_up="new")
    closed(box)
    second = arrive(write("Re", text="b", To=box.address, In_Reply_To="<een@v.nl>"))
    third = arrive(write("Re", text="c", To=box.address, In_Reply_To="<een@v.nl>"))
    assert third.case == second.case


def test_spam_is_not_reopened_by_its_sender() -> None:
    box = make.mailbox(follow_up="reopen")
    first = closed(box)
    Case.objects.filter(reference=first.case.reference).update(spam_at=timezone.now())
    assert arrive(write("Re", text="b", To=box.address, In_Reply_To="<een@v.nl>")).case != first.case


# ── What it does to the case ──────────────────────────────────────────────────────────────────────


def test_an_answer_of_the_customer_puts_the_case_back_among_the_work() -> None:
    first = arrive(write(Message_ID="<een@v.nl>"))
    answer(first.case)
    Case.objects.update(read_at=timezone.now(), waiting_until=timezone.now() + timedelta(days=7))
    arrive(write("Re", text="En hoe dan?", In_Reply_To="<een@v.nl>"))
    case = Case.objects.get()
    assert (case.read_at, case.waiting_until, case.snippet) == (None, None, "En hoe dan?")


def test_the_customer_of_a_thread_is_not_that_of_whoever_writes_in_it(voorlijn: Team, jansen: Customer) -> None:
    first = arrive(write(Message_ID="<een@v.nl>", Cc="bram@elders.nl"))
    assert first.customer == jansen
    assert arrive(write("Re", sender="bram@elders.nl", text="b", In_Reply_To="<een@v.nl>")).customer is None


# ── What an agent reads of it ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("contact_maybe_double", {"contact": str(uuid4())}, "Mogelijk dubbel"),
        ("contact_copied", {"mailbox": "twee@duinmeer.nl"}, "Kwam ook binnen op twee@duinmeer.nl"),
        ("contact_forwarded", {}, "oorspronkelijke afzender"),
        ("contact_unproven", {"name": "Noor Bakker"}, "zegt Noor Bakker te zijn"),
        ("case_stranger", {"sender": "<b>x@v.nl", "contact": ""}, "&lt;b&gt;x@v.nl deed nog niet mee"),
        ("case_named", {"reference": "Z-2026-1", "case": str(uuid4())}, "Verwijst naar zaak Z-2026-1"),
        ("case_follows", {"reference": "Z-2026-1", "case": str(uuid4())}, "gesloten zaak Z-2026-1"),
        ("case_flooded", {}, "Te veel gelijke berichten"),
        ("case_acknowledged", {"recipient": "a@v.nl"}, "gestuurd aan a@v.nl"),
        ("message_delayed", {"recipient": "a@v.nl", "reason": "4.4.1 later"}, "4.4.1 later"),
    ],
)
def test_each_of_these_is_told_in_the_log(kind: str, data: dict[str, str], words: str) -> None:
    event = Event(kind=kind, data=data, at=timezone.now())
    assert words in render_to_string(event.template, {"event": event})
