"""An answer as it goes over the line: each recipient by itself, and everybody the same message."""

import email as stdlib_email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Team, User
from contacts import files as store
from contacts import tasks
from contacts.models import Attachment, Case, Contact, Customer, Mailbox, Outgoing
from contacts.models.answer import answer
from tests import make
from tests.contacts.letters import letter, question
from tests.contacts.sink import Server

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def box(voorlijn: Team) -> Mailbox:
    return make.mailbox(team=voorlijn, name="Gemeente Duinmeer, KCC")


@pytest.fixture
def case(jansen: Customer, box: Mailbox) -> Case:
    return question(jansen, mailbox=box, message_id="<vraag@voorbeeld.nl>")


def send(contact: Contact) -> dict[str, str]:
    """Let the ten seconds pass and everything be tried once; give how far each recipient's message came."""
    contact.outgoing.update(next_attempt_at=timezone.now())
    for row in contact.outgoing.order_by("pk"):
        tasks.send_one(row.pk)
    return {row.recipient: row.status for row in contact.outgoing.all()}


def read(raw: bytes) -> EmailMessage:
    found = stdlib_email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_nothing_leaves_in_the_first_ten_seconds(server: Server, case: Case, box: Mailbox, noor: User) -> None:
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    row = contact.outgoing.get()
    tasks.send_one(row.pk)
    assert server.accepted == []
    assert not Outgoing.objects.due(now=row.created_at + timedelta(seconds=5)).exists()
    assert Outgoing.objects.due(now=row.created_at + timedelta(seconds=11)).exists()


def test_everybody_gets_the_same_message_and_nobody_sees_the_bcc(
    server: Server, case: Case, box: Mailbox, noor: User
) -> None:
    written = letter(
        case, mailbox=box, text="Beste Anna,\n\nUw aanslag is € 268 lager. \N{GRINNING FACE}",
        cc=[("Jan ë, de Boer", "jan@café.voorbeeld.nl")], bcc=[("", "geheim@voorbeeld.nl")],
    )  # fmt: skip
    contact = answer(case, written, key="k", by=noor)
    assert set(send(contact).values()) == {"sent"}
    assert server.envelopes == [
        (box.address, ["a.jansen@voorbeeld.nl"]),
        (box.address, ["jan@xn--caf-dma.voorbeeld.nl"]),
        (box.address, ["geheim@voorbeeld.nl"]),
    ]
    assert len({raw.split(b"\r\n\r\n", 1)[1] for raw in server.accepted}) == 1
    for raw in server.accepted:
        assert b"geheim@voorbeeld.nl" not in raw
        mail = read(raw)
        assert mail["From"] == '"Gemeente Duinmeer, KCC" <gemeente@duinmeer.voorbeeld.nl>'
        assert mail["To"] == "Anna Jansen <a.jansen@voorbeeld.nl>"
        assert mail["Cc"].addresses[0].display_name == "Jan ë, de Boer"
        assert mail["Cc"].addresses[0].addr_spec == "jan@xn--caf-dma.voorbeeld.nl"
        assert mail["Subject"] == f"Re: Aanslag te hoog [{case.reference}]"
        assert mail["Message-ID"] == contact.message.message_id
        assert (mail["In-Reply-To"], mail["References"]) == ("<vraag@voorbeeld.nl>", "<vraag@voorbeeld.nl>")
        assert mail["Reply-To"].startswith("gemeente+")
        assert mail["X-KCC-Loop"]
        assert mail["Auto-Submitted"] is None
        assert mail.get_content_type() == "text/plain"
        assert mail.get_content_charset() == "utf-8"
        assert "Uw aanslag is € 268 lager. 😀" in mail.get_content()


def test_files_go_along(server: Server, case: Case, box: Mailbox, noor: User) -> None:
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    for name, kind, content in [
        ("aanslag één.pdf", "application/pdf", b"%PDF-1.7\r\n\0"),
        ("brief.txt", "text/plain", "één".encode()),
        ("doorgestuurd.eml", "message/rfc822", b"Subject: Hoi\r\n\r\nTekst"),
    ]:
        Attachment.objects.create(
            contact=contact, name=name, content_type=kind, size=len(content), sha256=store.keep(content)
        )
    assert set(send(contact).values()) == {"sent"}
    mail = read(server.accepted[0])
    parts = list(mail.iter_attachments())
    assert [part.get_filename() for part in parts] == ["aanslag één.pdf", "brief.txt", "doorgestuurd.eml"]
    assert parts[0].get_content() == b"%PDF-1.7\r\n\0"
    assert parts[1].get_content().strip() == "één"


def test_a_file_that_is_lost_is_a_fault_to_look_at(server: Server, case: Case, box: Mailbox, noor: User) -> None:
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    Attachment.objects.create(contact=contact, name="weg.pdf", content_type="x/y", size=1, sha256="0" * 64)
    assert set(send(contact).values()) == {"failed"}
    assert server.accepted == []


def test_one_recipient_that_is_refused_harms_nobody_else(server: Server, case: Case, box: Mailbox, noor: User) -> None:
    server.refused = "fout@voorbeeld.nl"
    written = letter(case, mailbox=box, cc=[("", "fout@voorbeeld.nl"), ("", "goed@voorbeeld.nl")])
    contact = answer(case, written, key="k", by=noor)
    assert send(contact) == {
        "a.jansen@voorbeeld.nl": "sent", "fout@voorbeeld.nl": "failed", "goed@voorbeeld.nl": "sent",
    }  # fmt: skip
    send(contact)
    assert len(server.accepted) == 2
    case.refresh_from_db()
    assert (case.read_at, case.is_answered) == (None, True)


def test_a_line_that_breaks_after_the_data_is_uncertain_and_goes_again_when_somebody_says_so(
    server: Server, case: Case, box: Mailbox, noor: User
) -> None:
    server.drop_after_data = True
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    assert set(send(contact).values()) == {"uncertain"}
    server.drop_after_data = False
    send(contact)
    assert len(server.accepted) == 1
    row = contact.outgoing.get()
    assert row.resend(by=noor)
    assert set(send(contact).values()) == {"sent"}
    first, second = (read(raw)["Message-ID"] for raw in server.accepted)
    assert first == second


def test_a_refused_address_can_be_mended(server: Server, case: Case, box: Mailbox, noor: User) -> None:
    server.refused = "a.jansen@voorbeeld.nl"
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    send(contact)
    contact.outgoing.get().resend(by=noor, to="anna@voorbeeld.nl")
    assert send(contact) == {"anna@voorbeeld.nl": "sent"}
    assert read(server.accepted[0])["To"] == "Anna Jansen <anna@voorbeeld.nl>"


def test_a_confirmation_comes_from_nobody(server: Server, case: Case, box: Mailbox) -> None:
    row = Outgoing.write(
        key="ack", kind="acknowledgement", recipient="a.jansen@voorbeeld.nl", subject="Ontvangen", body="Dank u.",
        headers={"Auto-Submitted": "auto-replied"}, contact=case.contacts.get(), mailbox=box,
    )  # fmt: skip
    content = b"%PDF-1.7"
    Attachment.objects.create(
        contact=case.contacts.get(), name="van-de-klant.pdf", content_type="application/pdf", size=8,
        sha256=store.keep(content),
    )  # fmt: skip
    tasks.send_one(row.pk)
    assert server.envelopes == [("<>", ["a.jansen@voorbeeld.nl"])]
    mail = read(server.accepted[0])
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert mail.get_content_type() == "text/plain"


def test_a_mailbox_that_is_gone_leaves_the_house_address(
    server: Server, case: Case, box: Mailbox, noor: User, settings: Any
) -> None:
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    contact.outgoing.update(mailbox=None)
    send(contact)
    assert read(server.accepted[0])["From"] == settings.DEFAULT_FROM_EMAIL
