"""Mail that machines write: kept and to be found, and never the work of somebody for nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Notification, Team, User
from contacts.models import Case, Contact, Customer, Event, Inbound, Outgoing
from contacts.models.token import reply_address
from tests import make
from tests.letters import arrive, letter, take_in, write

pytestmark = pytest.mark.usefixtures("office", "voorlijn")


def sent(case: Case, *, to: str = "weg@voorbeeld.nl", by: User | None = None, role: str = "to") -> Outgoing:
    """Answer this case by mail; it left."""
    contact = make.contact(channel="email", direction="out", party=to, case=case, by=by)
    case.answered(at=timezone.now())
    row = Outgoing.write(key=f"r:{to}", kind="reply", recipient=to, subject="Re", body="x", contact=contact, role=role)
    Outgoing.objects.filter(pk=row.pk).update(done_at=timezone.now())
    return row


def report(
    outgoing: Outgoing, *, action: str = "failed", status: str = "5.1.1", to: str = "", message_id: str = ""
) -> bytes:
    """Give the report of a mail server about a message of ours (RFC 3464)."""
    return (
        b"From: MAILER-DAEMON@mx.voorbeeld.nl\r\nTo: gemeente@duinmeer.voorbeeld.nl\r\nReturn-Path: <>\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.voorbeeld.nl\r\n\r\n"
        b"Final-Recipient: rfc822; %b\r\nAction: %b\r\nStatus: %b\r\n"
        b"Diagnostic-Code: smtp; 550 Geen postvak met deze naam\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %b\r\nSubject: Re\r\n\r\n--b--\r\n"
    ) % tuple(text.encode() for text in (to or outgoing.recipient, action, status, message_id or outgoing.message_id))


def waiting(case: Case) -> Case:
    """Let a case wait for its customer, read and answered."""
    later = timezone.now() + timedelta(days=7)
    Case.objects.filter(pk=case.pk).update(read_at=timezone.now(), waiting_until=later, answered_at=timezone.now())
    return Case.objects.get(pk=case.pk)


# ── Automatic answers ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.parametrize("how", ["references", "token"])
def test_a_machine_changes_nothing_in_the_case_it_answers(headers: dict[str, str], how: str) -> None:
    first = arrive(write(Message_ID="<een@v.nl>"))
    before = waiting(first.case)
    token = reply_address(first.case_id, "gemeente@duinmeer.voorbeeld.nl")
    thread = {"In_Reply_To": "<een@v.nl>"} if how == "references" else {"To": token}
    away = arrive(write("Afwezig", text="Ik ben er niet.", **thread, **headers))
    after = Case.objects.get()
    assert away.case == after
    assert away.message.automatic in {"auto_reply", "bulk"}
    kept = ["read_at", "waiting_until", "answered_at", "closed_at", "due_at", "last_inbound_at", "snippet"]
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def test_a_machine_does_not_reopen_a_case() -> None:
    box = make.mailbox(follow_up="reopen")
    first = arrive(write(To=box.address, Message_ID="<een@v.nl>"))
    first.case.close(result="Beantwoord", by=None)
    away = arrive(write("Afwezig", text="weg", In_Reply_To="<een@v.nl>", Auto_Submitted="auto-replied"))
    assert away.case == first.case
    assert Case.objects.get().closed_at is not None


def test_a_colleague_s_group_address_writes_as_a_person() -> None:
    first = arrive(write(sender="info@bedrijf.voorbeeld.nl", Message_ID="<een@v.nl>"))
    waiting(first.case)
    reply = arrive(
        write("Re", sender="info@bedrijf.voorbeeld.nl", text="Ja.", In_Reply_To="<een@v.nl>", List_Id="<info.bedrijf>")
    )
    assert (reply.case, reply.message.automatic) == (first.case, "")
    assert Case.objects.get().read_at is None


def test_an_absence_that_answers_nothing_is_kept_without_work(jansen: Customer) -> None:
    known = take_in(write("Automatisch antwoord: Vraag", Auto_Submitted="auto-replied"))
    unknown = take_in(write("Out of office", sender="x@elders.nl", Auto_Submitted="auto-replied"))
    assert (known.contact.customer, known.contact.case) == (jansen, None)
    assert (unknown.contact.case, unknown.automatic) == (None, "auto_reply")
    assert list(Contact.objects.unmatched()) == [unknown.contact]


@pytest.mark.parametrize("headers", [{"List_Unsubscribe": "<mailto:x@y.nl>"}, {"Auto_Submitted": "auto-generated"}])
def test_what_a_machine_sends_of_its_own_accord_is_work_to_look_at(headers: dict[str, str], voorlijn: Team) -> None:
    contact = arrive(write("Formulier ingevuld", **headers))
    assert contact.case.team == voorlijn
    assert not Outgoing.objects.exists()


def test_a_receipt_says_that_our_message_was_read() -> None:
    first = arrive(write())
    row = sent(first.case, to="a.jansen@voorbeeld.nl")
    receipt = (
        b"From: a.jansen@voorbeeld.nl\r\nSubject: Gelezen: Re\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nGelezen.\r\n--b\r\n"
        b"Content-Type: message/disposition-notification\r\n\r\n"
        b"Final-Recipient: rfc822; a.jansen@voorbeeld.nl\r\nOriginal-Message-ID: %b\r\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ) % row.message_id.encode()
    inbound = take_in(receipt)
    row.refresh_from_db()
    assert row.status == "read"
    assert (inbound.automatic, inbound.contact.case, inbound.joined) == ("receipt", first.case, "references")


# ── Bounces ───────────────────────────────────────────────────────────────────────────────────────


def test_what_came_back_is_told_to_who_wrote_it_and_is_work_again(noor: User) -> None:
    first = arrive(write())
    row = sent(first.case, by=noor)
    waiting(first.case)
    first.case.close(result="Beantwoord", by=noor)
    inbound = take_in(report(row))
    row.refresh_from_db()
    assert (row.status, row.bounce) == ("bounced", "5.1.1 550 Geen postvak met deze naam")
    told = Event.objects.get(contact=row.contact, kind="message_undelivered")
    assert told.data["recipient"] == "weg@voorbeeld.nl"
    case = Case.objects.get()
    assert (case.closed_at, case.read_at, case.waiting_until, case.answered_at) == (None, None, None, None)
    (line,) = Notification.objects.for_user(noor)
    assert case.title in line.text
    assert (inbound.automatic, inbound.joined, inbound.contact.case) == ("bounce", "references", case)
    assert (inbound.contact.customer, inbound.contact.message.automatic) == (None, "bounce")


def test_a_case_is_still_of_who_wrote_it_after_a_report(noor: User, as_user: Any) -> None:
    case = arrive(write()).case
    assert case is not None
    arrive(report(sent(case, by=noor)))
    answer = as_user(noor).get(case.get_absolute_url())
    assert answer.context["last"].party == "a.jansen@voorbeeld.nl"
    assert "Van de mailserver" in answer.content.decode()
    assert "Automatisch antwoord" not in answer.content.decode()


def test_a_second_report_about_the_same_message_changes_nothing(noor: User) -> None:
    row = sent(arrive(write()).case, by=noor)
    take_in(report(row))
    take_in(report(row, status="5.2.2"))
    row.refresh_from_db()
    assert row.bounce.startswith("5.1.1")
    assert Notification.objects.count() == 1


def test_a_message_to_two_comes_back_from_one() -> None:
    contact = make.contact(channel="email", direction="out", case=arrive(write()).case)
    rows = [
        Outgoing.write(
            key=name,
            kind="reply",
            recipient=f"{name}@v.nl",
            subject="Re",
            body="x",
            contact=contact,
            message_id="<m@o>",
        )
        for name in ("an", "ben")
    ]
    take_in(report(rows[1], to="BEN@v.nl"))
    assert [Outgoing.objects.get(pk=row.pk).bounced_at is not None for row in rows] == [False, True]
    take_in(report(rows[0], to="niemand@elders.nl"))
    assert Outgoing.objects.get(pk=rows[0].pk).bounced_at is None, "nobody knows which of the two is meant"


def test_what_is_late_is_told_and_nothing_more(noor: User) -> None:
    row = sent(arrive(write()).case, by=noor)
    before = waiting(row.contact.case)
    take_in(report(row, action="delayed", status="4.4.1"))
    row.refresh_from_db()
    assert (row.status, row.bounced_at) == ("sent", None)
    assert Event.objects.filter(contact=row.contact, kind="message_delayed").count() == 1
    assert Case.objects.get().read_at == before.read_at
    assert not Notification.objects.exists()


def test_a_server_that_gave_up_after_days_is_no_delay() -> None:
    row = sent(arrive(write()).case)
    take_in(report(row, action="failed", status="4.4.7"))
    row.refresh_from_db()
    assert row.status == "bounced"


def test_good_news_is_noted() -> None:
    row = sent(arrive(write()).case)
    take_in(report(row, action="delivered", status="2.0.0"))
    row.refresh_from_db()
    assert row.status == "delivered"
    assert Case.objects.count() == 1


def test_without_a_writer_the_department_hears_it(voorlijn: Team, noor: User, kees: User, sam: User) -> None:
    first = arrive(write())
    take_in(report(sent(first.case)))
    assert {line.recipient for line in Notification.objects.all()} == {noor, kees}


def test_a_bounce_of_nothing_we_know_makes_no_work_and_is_counted(jansen: Customer) -> None:
    inbound = take_in(letter("bounce"))
    assert (inbound.contact.case, inbound.contact.customer, inbound.joined) == (None, None, "")
    assert list(Inbound.objects.unmatched(since=timezone.now() - timedelta(days=1))) == [inbound]


def test_a_bounce_with_a_guessed_id_touches_nothing() -> None:
    row = sent(arrive(write()).case)
    take_in(report(row, message_id="<geraden@duinmeer.voorbeeld.nl>"))
    row.refresh_from_db()
    assert row.bounced_at is None


def test_a_reminder_that_came_back_is_marked() -> None:
    row = Outgoing.write(key="rem", kind="reminder", recipient="oud@duinmeer.nl", subject="x", body="x")
    inbound = take_in(report(row))
    row.refresh_from_db()
    assert row.status == "bounced"
    assert (inbound.contact.case, inbound.joined) == (None, "references")


def test_our_own_mail_that_comes_back_is_no_new_entry(settings: Any) -> None:
    box = make.mailbox()
    first = arrive(write(To=box.address))
    row = sent(first.case, to="a.jansen@voorbeeld.nl")
    copy = {"Message_ID": row.message_id, "X_KCC_Loop": settings.MAIL_DOMAIN, "Cc": box.address}
    inbound = take_in(write("Re", sender=box.address, text="Ons antwoord", **copy))
    assert inbound.contact == row.contact
    assert Contact.objects.count() == 2
    forged = take_in(write("Re", sender="dief@elders.nl", text="Anders", **copy))
    assert forged.contact not in {first, row.contact}


# ── Floods ────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_machine_mails_without_end_joins_one_case(settings: Any) -> None:
    settings.MAIL_SAME_PER_HOUR = 3
    for number in range(6):
        arrive(write(f"Alarm {number}: schijf vol!", text=f"{number}"))
    assert Case.objects.count() == 3
    last = Case.objects.latest("pk")
    assert last.contacts.count() == 4
    assert Event.objects.filter(case=last, kind="case_flooded").count() == 1
    other = arrive(write("Iets anders", text="7"))
    elsewhere = arrive(write("Alarm 8: schijf vol!", sender="b@elders.nl", text="8"))
    assert len({last.pk, other.case_id, elsewhere.case_id}) == 3


def test_an_old_mail_is_no_flood(settings: Any) -> None:
    settings.MAIL_SAME_PER_HOUR = 1
    sent_at = timezone.now() - timedelta(hours=5)
    for number in range(3):
        arrive(write("Vraag", text=f"{number}", Date=sent_at.strftime("%a, %d %b %Y %H:%M:%S +0000")))
    assert Case.objects.count() == 3


def test_the_limit_can_be_off(settings: Any) -> None:
    settings.MAIL_SAME_PER_HOUR = 0
    for number in range(3):
        arrive(write(text=f"{number}"))
    assert Case.objects.count() == 3
