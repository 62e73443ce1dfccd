"""Mail that arrives: shown to the right team once, in the case it belongs to, and never lost."""

import hashlib
import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Team
from contacts import tasks
from contacts.channels import email
from contacts.management.commands import receive_mail as receive_mail_command
from contacts.models import Attachment, Case, Channel, Contact, Customer, Inbound, Norm, Outgoing
from contacts.models.inbound import fingerprint
from contacts.models.lease import LAST_ATTEMPT
from contacts.models.token import reply_address
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.letters import CORPUS, arrive, letter, write


def nested(depth: int) -> bytes:
    levels = (f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(depth))
    return ("From: a@voorbeeld.nl\n" + "".join(levels) + "\nhoi\n").encode()


# ── Where it goes ─────────────────────────────────────────────────────────────────────────────────


def test_a_mail_becomes_a_contact_of_its_customer_with_a_case_for_the_front_office(
    office: None, voorlijn: Team, jansen: Customer
) -> None:
    contact = arrive(write("Oud papier", Date="Mon, 16 Nov 2026 10:12:00 +0100"))
    assert (contact.customer, contact.channel, contact.party) == (jansen, Channel.EMAIL, "a.jansen@voorbeeld.nl")
    assert (contact.subject, contact.text, contact.readable) == ("Oud papier", "Wanneer komt u?", True)
    assert contact.closed_at is None
    assert (contact.case.title, contact.case.team, contact.case.customer) == ("Oud papier", voorlijn, jansen)


def test_nobody_is_guessed(office: None, voorlijn: Team, jansen: Customer) -> None:
    make.customer("Bram", "Jansen", email="a.jansen@voorbeeld.nl")
    assert arrive(write()).customer is None
    assert arrive(write(sender="onbekend@voorbeeld.nl")).customer is None
    assert arrive(b"Subject: Zonder afzender\n\nHoi", envelope={"from": "x@voorbeeld.nl"}).party == "x@voorbeeld.nl"


def test_the_same_mail_is_one_contact_by_whatever_door_it_comes(office: None, voorlijn: Team) -> None:
    first = arrive(write())
    assert arrive(write()) == first
    assert arrive(write().replace(b"\r\n", b"\n")) == first
    tasks.ingest_one(Inbound.objects.get().pk)
    assert (Contact.objects.count(), Case.objects.count(), Inbound.objects.count()) == (1, 1, 1)


def test_another_mail_with_the_same_message_id_is_kept_too(office: None, voorlijn: Team) -> None:
    first = arrive(write(text="Een", Message_ID="<zelfde@voorbeeld.nl>"))
    assert arrive(write(text="Twee", Message_ID="<zelfde@voorbeeld.nl>")) != first


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(timedelta(hours=-2), timedelta(hours=-2)), (timedelta(days=-40), timedelta()), (timedelta(hours=3), timedelta())],
    ids=["believed", "too old", "in the future"],
)
def test_the_clock_of_the_sender_is_believed_if_it_can_be(
    office: None, voorlijn: Team, sent: timedelta, shown: timedelta
) -> None:
    now = timezone.now().replace(microsecond=0)
    raw = write(Date=(now + sent).strftime("%a, %d %b %Y %H:%M:%S +0000"))
    inbound = Inbound.store(raw, source="smtp")
    inbound.received_at = now
    inbound.save(update_fields=["received_at"])
    tasks.ingest_one(inbound.pk)
    assert Contact.objects.get().happened_at == now + shown


def test_a_reply_joins_the_case_of_the_mail_it_answers(office: None, voorlijn: Team) -> None:
    first = arrive(write(Message_ID="<een@voorbeeld.nl>"))
    reply = arrive(write("Re: Vraag", text="Nog iets.", References="<nul@elders.nl> <een@voorbeeld.nl>"))
    assert (reply.case, reply.conversation) == (first.case, first.conversation)
    assert reply.arrivals.get().joined == "references"


def test_a_reply_to_our_own_message_joins_its_case(office: None, voorlijn: Team, jansen: Customer) -> None:
    first = arrive(write())
    ours = Outgoing.write(
        key="reply:1",
        kind="reply",
        recipient="A.Jansen@voorbeeld.nl",
        subject="Re: Vraag",
        body="Dinsdag.",
        contact=first,
    )
    reply = arrive(write("Re: Vraag", In_Reply_To=ours.message_id))
    assert (reply.case, reply.customer) == (first.case, jansen)


def test_a_stranger_who_knows_the_id_or_the_reference_does_not_get_in(office: None, voorlijn: Team) -> None:
    first = arrive(write(Message_ID="<een@voorbeeld.nl>"))
    by_id = arrive(write("Re: Vraag", sender="vreemd@elders.nl", In_Reply_To="<een@voorbeeld.nl>"))
    by_reference = arrive(write(f"Over {first.case.reference}", sender="vreemd@elders.nl"))
    assert first.case not in (by_id.case, by_reference.case)
    assert by_id.conversation != first.conversation


def test_a_reference_in_the_subject_joins_the_case_of_who_took_part(
    office: None, voorlijn: Team, jansen: Customer
) -> None:
    first = arrive(write())
    second = arrive(write(f"Vraag over [#{first.case.reference.lower()}]", text="En?"))
    assert (second.case, second.arrivals.get().joined) == (first.case, "subject")
    jansen.add_address("email", "anna@werk.voorbeeld.nl")
    third = arrive(write(f"Nogmaals {first.case.reference}", sender="anna@werk.voorbeeld.nl"))
    assert (third.case, third.conversation) == (first.case, second.conversation)


def test_a_thread_matched_to_a_customer_keeps_that_customer(office: None, voorlijn: Team) -> None:
    first = arrive(write(sender="nieuw@voorbeeld.nl", Message_ID="<een@voorbeeld.nl>"))
    found = make.customer("Nora", "Nieuw")
    first.match(found, by=None)
    reply = arrive(write("Re", sender="nieuw@voorbeeld.nl", In_Reply_To="<een@voorbeeld.nl>"))
    assert reply.customer == found


def test_a_reply_to_a_closed_case_is_new_work_in_the_same_conversation(office: None, voorlijn: Team) -> None:
    first = arrive(write(Message_ID="<een@voorbeeld.nl>"))
    first.case.close(result="Beantwoord", by=None)
    reply = arrive(write("Re: Vraag", In_Reply_To="<een@voorbeeld.nl>"))
    assert reply.case != first.case
    assert reply.case.closed_at is None
    assert reply.conversation == first.conversation


def test_an_automatic_answer_joins_its_case_even_when_closed_and_makes_no_work(office: None, voorlijn: Team) -> None:
    first = arrive(write(Message_ID="<een@voorbeeld.nl>"))
    first.case.close(result="Beantwoord", by=None)
    away = arrive(write("Afwezig", Auto_Submitted="auto-replied", In_Reply_To="<een@voorbeeld.nl>"))
    assert away.case == first.case
    assert away.arrivals.get().automatic == "auto_reply"
    assert Case.objects.open().count() == 0
    assert Outgoing.objects.count() == 0


def test_a_bounce_joins_the_case_of_what_came_back(office: None, voorlijn: Team) -> None:
    first = arrive(write())
    ours = Outgoing.write(key="r", kind="reply", recipient="weg@voorbeeld.nl", subject="Re", body="x", contact=first)
    bounce = arrive(letter("bounce").replace(b"<antwoord@duinmeer.voorbeeld.nl>", ours.message_id.encode()))
    assert (bounce.case, bounce.customer) == (first.case, None)
    assert bounce.arrivals.get().automatic == "bounce"


def test_a_mail_that_cannot_be_read_is_a_contact_that_says_so(office: None, voorlijn: Team) -> None:
    contact = arrive(nested(1000), envelope={"from": "x@voorbeeld.nl"})
    assert (contact.readable, contact.party) == (False, "x@voorbeeld.nl")
    assert contact.subject == "E-mail kon niet worden gelezen"
    assert "origineel" in contact.text.lower() or "originele" in contact.text
    assert contact.case is not None
    assert bytes(contact.arrivals.get().raw) == nested(1000)


def test_without_a_norm_or_a_team_the_mail_still_stands_in_the_timeline(db: None) -> None:
    assert arrive(write()).case is None
    make.team("Parkeren")
    Norm.objects.all().delete()
    assert arrive(write(text="Nog een")).case is None


def test_a_team_named_in_the_settings_gets_the_mail(office: None, voorlijn: Team, settings: Any) -> None:
    settings.MAIL_TEAM = "Post en archief"
    team = make.team("Post en archief")
    assert arrive(write()).case.team == team


@given(st.binary(max_size=400))
@settings(max_examples=25)
def test_any_bytes_become_a_visible_contact_and_are_kept(office: None, voorlijn: Team, raw: bytes) -> None:
    contact = arrive(raw)
    assert fingerprint(bytes(contact.arrivals.get().raw)) == fingerprint(raw)
    assert contact.case is not None


# ── What is kept ──────────────────────────────────────────────────────────────────────────────────


def test_all_that_stands_in_a_mail_is_kept(office: None, voorlijn: Team, settings: Any) -> None:
    settings.MAIL_AUTHSERV = ["mx.duinmeer.nl"]
    headers = {
        "To": "Gemeente <gemeente@duinmeer.nl>, bram@v.nl",
        "Cc": '"Cor, C." <cor@v.nl>',
        "Reply-To": "anna@thuis.nl",
        "Message-ID": "<een@v.nl>",
        "References": "<a@v.nl> <b@v.nl>",
        "In-Reply-To": "<c@v.nl>",
        "Authentication-Results": "mx.duinmeer.nl; spf=pass; dmarc=pass",
        "X-Spare": "x\r\nAuthentication-Results: mx.elders.nl; dkim=pass",
        "Content-Type": "text/plain; charset=utf-8",
    }
    text = "Ja graag.\r\n\r\nOp 1 november schreef Gemeente <gemeente@duinmeer.nl>:\r\n> Zullen we bellen?"
    contact = arrive(write("Bellen", sender="Anna <a.jansen@voorbeeld.nl>", text=text, **headers))
    message = contact.message
    assert (contact.text, message.sender_name) == ("Ja graag.", "Anna")
    assert "Zullen we bellen?" in message.quoted
    assert message.to == [["Gemeente", "gemeente@duinmeer.nl"], ["", "bram@v.nl"]]
    assert (message.cc, message.reply_to) == ([["Cor, C.", "cor@v.nl"]], [["", "anna@thuis.nl"]])
    assert (message.message_id, message.references) == ("<een@v.nl>", ["<a@v.nl>", "<b@v.nl>", "<c@v.nl>"])
    assert (message.authentication, message.automatic) == ({"spf": "pass", "dmarc": "pass"}, "")


def test_files_are_kept_by_what_is_in_them(office: None, voorlijn: Team) -> None:
    contact = arrive(letter("attachments"))
    rows = list(contact.attachments.order_by("pk"))
    assert rows
    for row in rows:
        with row.read() as file:
            content = file.read()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256)
        assert row.content_type
    picture = arrive(letter("inline-image")).attachments.get(is_inline=True)
    assert picture.content_id
    assert not Attachment.objects.shown().filter(contact=picture.contact).exists()


def test_a_picture_that_says_to_be_something_else_is_what_it_is(office: None, voorlijn: Team) -> None:
    headers = 'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64'
    part = f"{headers}\r\n\r\niVBORw0KGgoAAAANSUhEUg=="
    raw = write(MIME_Version="1.0", Content_Type="multipart/mixed; boundary=b", text=f"--b\r\n{part}\r\n--b--")
    file = arrive(raw).attachments.get()
    assert (file.declared_type, file.content_type) == ("application/pdf", "image/png")


def test_html_is_kept_as_it_came(office: None, voorlijn: Team) -> None:
    contact = arrive(letter("html-only"))
    assert "<" in contact.message.html
    assert "<" not in contact.text


def test_a_mail_costs_a_bounded_number_of_questions(
    office: None, voorlijn: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    box = make.mailbox()
    arrive(write("Eerst", text="warm", To=box.address))
    headers = {"To": box.address, "Cc": ", ".join(f"p{n}@v.nl" for n in range(40))}
    new = Inbound.store(write("Nieuw", text="a", Message_ID="<een@v.nl>", **headers), source="smtp")
    with django_assert_max_num_queries(25):
        tasks.ingest_one(new.pk)
    chain = " ".join(f"<{n}@v.nl>" for n in range(30)) + " <een@v.nl>"
    reply = Inbound.store(write("Re", text="b", References=chain, **headers), source="smtp")
    with django_assert_max_num_queries(25):
        tasks.ingest_one(reply.pk)
    reply.refresh_from_db()
    assert reply.joined == "references"


# ── Faults ────────────────────────────────────────────────────────────────────────────────────────


def test_an_error_gives_the_mail_back_for_later(office: None, voorlijn: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    inbound = Inbound.store(write(), source="smtp")
    monkeypatch.setattr(email, "receive", raise_(RuntimeError("kapot")))
    tasks.ingest_one(inbound.pk)
    inbound.refresh_from_db()
    assert (inbound.last_error, inbound.lease_until, inbound.done_at) == ("RuntimeError: kapot", None, None)
    assert inbound.next_attempt_at > timezone.now()


def test_who_lost_the_row_meanwhile_writes_nothing(office: None, voorlijn: Team) -> None:
    held = Inbound.objects.take(Inbound.store(write(), source="smtp").pk, now=timezone.now())
    Inbound.objects.update(attempts=2)
    with pytest.raises(email.Superseded):
        email.receive(held)
    assert not Contact.objects.exists()


def test_a_mail_on_which_reading_breaks_off_time_and_again_is_shown_unread(office: None, voorlijn: Team) -> None:
    inbound = Inbound.store(write(), source="smtp")
    Inbound.objects.update(attempts=LAST_ATTEMPT - 1)
    tasks.ingest_one(inbound.pk)
    assert not Contact.objects.get().readable


def raise_(error: Exception) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


# ── manage.py receive_mail ────────────────────────────────────────────────────────────────────────


def receive_mail(*files: str | Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("receive_mail", *map(str, files), stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_prints_a_line_for_each_mail(office: None, voorlijn: Team, tmp_path: Path) -> None:
    broken = tmp_path / "broken.eml"
    broken.write_bytes(b"\xff\xfe\x00geen mail")
    names = ["attachments", "auto-reply", "bounce", "attachments"]
    lines = receive_mail(*(CORPUS / f"{name}.eml" for name in names), broken, CORPUS / "plain.eml")
    assert [line["state"] for line in lines] == [
        "registered",
        "auto_reply",
        "bounced",
        "duplicate",
        "unparsable",
        "registered",
    ]
    first = lines[0]
    contact = Contact.objects.get(uuid=first["contact"])
    assert first["case"] == str(contact.case.uuid)
    assert (first["from_address"], first["from_name"]) == ("a.jansen@voorbeeld.nl", "Anna Jansen")
    assert (first["subject"], first["text"]) == ("Bezwaar met bijlagen", "Hierbij mijn bezwaar.")
    assert (first["message_id"], first["joined"]) == ("<att@voorbeeld.nl>", None)
    assert set(first["attachments"][0]) == {"name", "content_type", "size", "sha256"}
    assert lines[3]["contact"] == first["contact"]
    assert lines[4]["contact"] is not None


KEYS = {
    "file", "state", "contact", "case", "from_address", "from_name", "subject", "text", "attachments", "message_id",
    "joined",
}  # fmt: skip


def test_every_line_has_the_same_keys(office: None, voorlijn: Team, tmp_path: Path) -> None:
    (tmp_path / "broken.eml").write_bytes(nested(1000))
    (tmp_path / "empty.eml").write_bytes(b"")
    lines = receive_mail(CORPUS / "plain.eml", CORPUS / "plain.eml", tmp_path / "broken.eml", tmp_path / "empty.eml")
    assert [line["state"] for line in lines] == ["registered", "duplicate", "unparsable", "unparsable"]
    assert all(line.keys() == KEYS for line in lines)
    assert all(line["contact"] for line in lines)


def test_the_same_mail_by_another_way_is_a_duplicate(office: None, voorlijn: Team, tmp_path: Path) -> None:
    one, two = tmp_path / "een.eml", tmp_path / "twee.eml"
    one.write_bytes(b"Delivered-To: een@v.nl\r\n" + write(Message_ID="<een@v.nl>"))
    two.write_bytes(b"Delivered-To: twee@v.nl\r\n" + write(Message_ID="<een@v.nl>"))
    first, second = receive_mail(one, two)
    assert (first["state"], second["state"]) == ("registered", "duplicate")
    assert (second["contact"], second["case"]) == (first["contact"], first["case"])


def test_it_says_why_a_mail_joined_its_case(office: None, voorlijn: Team, tmp_path: Path) -> None:
    first = arrive(write(Message_ID="<een@v.nl>"))
    mails = {
        "token": write(text="a", To=reply_address(first.case_id, "gemeente@duinmeer.voorbeeld.nl")),
        "references": write(text="b", In_Reply_To="<een@v.nl>"),
        "subject": write(f"Over {first.case.reference}", text="c"),
    }
    for name, raw in mails.items():
        (tmp_path / name).write_bytes(raw)
    lines = receive_mail(*(tmp_path / name for name in mails))
    assert [line["joined"] for line in lines] == list(mails)
    assert {line["case"] for line in lines} == {str(first.case.uuid)}


def test_an_mbox_is_the_mails_in_it(office: None, voorlijn: Team, tmp_path: Path) -> None:
    mark = b"From a.jansen@voorbeeld.nl Mon Nov 16 10:12:00 2026\n"
    quoted = b"Dag.\n\nFrom there Mon Nov 16 10:12:00 2026\nis no header, and so no mail.\n\nFrom maandag af.\n"
    mails = [b"From: a@v.nl\nSubject: Een\n\n" + quoted, b"From: b@v.nl\nSubject: Twee\n\nHoi\n", letter()]
    box = tmp_path / "archief.mbox"
    box.write_bytes(b"\n".join(mark + mail for mail in mails))
    lines = receive_mail(box, CORPUS / "mbox-line.eml")
    assert [line["subject"] for line in lines[:2]] == ["Een", "Twee"]
    assert "From maandag af." in lines[0]["text"]
    assert len(lines) == 4
    assert {line["file"] for line in lines} == {str(box), str(CORPUS / "mbox-line.eml")}


def test_a_file_too_large_and_a_folder_stop_nothing(
    office: None, voorlijn: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive_mail_command, "LIMIT", 1000)
    large, mbox = tmp_path / "large.eml", tmp_path / "archief.mbox"
    large.write_bytes(b"Subject: x\n\n" + b"y" * 2000)
    mark = b"From a@v.nl Mon Nov 16 10:12:00 2026\n"
    mbox.write_bytes(mark + b"Subject: te groot\n\n" + b"regel\n" * 500 + b"\n" + mark + b"Subject: past\n\nHoi\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match="3 could not be registered"):
        call_command("receive_mail", str(large), str(tmp_path), str(mbox), stdout=out, stderr=io.StringIO())
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["state"] for line in lines] == ["error", "error", "error", "registered"]
    assert all(line.keys() == KEYS | {"error"} for line in lines[:3])


def test_a_missing_file_is_told_and_stops_nothing(office: None, voorlijn: Team) -> None:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError):
        call_command("receive_mail", "/nergens.eml", str(CORPUS / "plain.eml"), stdout=out, stderr=err)
    states = [json.loads(line)["state"] for line in out.getvalue().splitlines()]
    assert states == ["error", "registered"]
    assert "/nergens.eml" in err.getvalue()


def test_a_pipe_works_as_a_file(office: None, voorlijn: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter())))
    assert receive_mail("-")[0]["subject"] == "Wanneer wordt het oud papier opgehaald?"


def test_a_mail_that_a_worker_already_stored_is_taken_in_at_once(office: None, voorlijn: Team) -> None:
    Inbound.store(letter(), source="smtp")
    assert receive_mail(CORPUS / "plain.eml")[0]["state"] == "registered"


def test_a_mail_set_aside_is_an_error(office: None, voorlijn: Team) -> None:
    inbound = Inbound.store(letter(), source="smtp")
    inbound.park("kapot", now=timezone.now())
    with pytest.raises(CommandError):
        receive_mail(CORPUS / "plain.eml")
