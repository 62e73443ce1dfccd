"""The ontvangstbevestiging: one to a person who wrote something new, and none to anybody or anything else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from contacts import tasks
from contacts.models import Case, Contact, Event, Inbound, Mailbox, Outgoing
from contacts.models.token import case_of
from tests import make
from tests.letters import arrive, letter, write

pytestmark = pytest.mark.usefixtures("office", "voorlijn")
SENDER = "Anna Jansen <a.jansen@voorbeeld.nl>"


@pytest.fixture
def box(db: None) -> Mailbox:
    return make.mailbox(acknowledge=True)


def mail(box: Mailbox, subject: str = "Oud papier", *, sender: str = SENDER, **headers: str) -> Contact:
    return arrive(write(subject, sender=sender, **({"To": box.address, "Message_ID": "<een@v.nl>"} | headers)))


def test_a_new_case_is_acknowledged_with_reference_and_norm(box: Mailbox) -> None:
    contact = mail(box)
    row = Outgoing.objects.get()
    assert (row.kind, row.recipient, row.mailbox, row.contact) == (
        "acknowledgement", "a.jansen@voorbeeld.nl", box, contact,
    )  # fmt: skip
    assert row.subject == f"Ontvangen: Oud papier [{contact.case.reference}]"
    for words in ("Beste Anna Jansen,", '"Oud papier"', contact.case.reference, "2 werkdagen", "Gemeente Duinmeer"):
        assert words in row.body
    assert str(contact.case.due_at.year) in row.body
    assert row.headers["Auto-Submitted"] == "auto-replied"
    assert row.headers["X-Auto-Response-Suppress"] == "All"
    assert (row.headers["In-Reply-To"], row.headers["References"]) == ("<een@v.nl>", "<een@v.nl>")
    assert case_of(row.headers["Reply-To"]) == contact.case_id
    assert Event.objects.filter(case=contact.case, kind="case_acknowledged").count() == 1


def test_an_office_writes_its_own_text(box: Mailbox) -> None:
    text = "Dag {naam}, kenmerk {kenmerk}. {onderwerp}: {norm}, {uiterlijk}. {geheim} {0} {naam.__class__} %s"
    Mailbox.objects.update(acknowledgement=text)
    contact = mail(Mailbox.objects.get())
    body = Outgoing.objects.get().body
    assert body.startswith(f"Dag Anna Jansen, kenmerk {contact.case.reference}. Oud papier: 2 werkdagen, ")
    assert body.endswith("{geheim} {0} {naam.__class__} %s")


def test_the_answer_to_it_joins_the_case(box: Mailbox) -> None:
    contact = mail(box)
    row = Outgoing.objects.get()
    by_id = mail(box, "Re", Message_ID="<twee@v.nl>", In_Reply_To=row.message_id)
    by_token = mail(box, "Re", Message_ID="<drie@v.nl>", To=row.headers["Reply-To"])
    assert by_id.case == by_token.case == contact.case
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List_Id": "<lijst.voorbeeld.nl>"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_KCC_Loop": "duinmeer.voorbeeld.nl"},
        {"X_Loop": "iets"},
        {"Return_Path": "<>"},
        {"sender": "noreply@voorbeeld.nl"},
        {"sender": "mailer-daemon@voorbeeld.nl"},
        {"sender": "gemeente@duinmeer.voorbeeld.nl"},
        {"sender": "gemeente+x@duinmeer.voorbeeld.nl"},
        {"sender": "iemand@duinmeer.voorbeeld.nl"},
        {"sender": "geen adres"},
        {"sender": '"bank@bank.voorbeeld.nl" <dief@elders.nl>'},
        {"Authentication_Results": "mx.duinmeer.nl; dmarc=fail"},
    ],
    ids=lambda headers: "-".join(f"{name} {value}" for name, value in headers.items()),
)
def test_nobody_else_is_told_anything(box: Mailbox, headers: dict[str, str], settings: Any) -> None:
    settings.MAIL_AUTHSERV = ["mx.duinmeer.nl"]
    mail(box, **headers)
    assert not Outgoing.objects.exists()


def test_a_colleague_is_told_nothing(box: Mailbox, noor: User) -> None:
    User.objects.update(email="noor@thuis.voorbeeld.nl")
    mail(box, sender="noor@thuis.voorbeeld.nl")
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("name", ["auto-reply", "bounce", "newsletter"])
def test_no_mail_of_a_machine_in_the_collection_is_answered(box: Mailbox, name: str) -> None:
    raw = letter(name)
    arrive(raw, envelope={"from": "", "to": [box.address]})
    assert not Outgoing.objects.exists()


def test_it_is_off_unless_the_mailbox_says_so() -> None:
    mail(make.mailbox())
    arrive(write("Naar geen mailbox", text="x"))
    assert not Outgoing.objects.exists()


def test_an_archive_is_imported_in_silence(box: Mailbox) -> None:
    inbound = Inbound.store(write("Oud", sender=SENDER, To=box.address), source="import")
    tasks.ingest_one(inbound.pk)
    assert Case.objects.count() == 1
    assert not Outgoing.objects.exists()


def test_an_address_hears_it_once_a_day(box: Mailbox) -> None:
    mail(box)
    mail(box, "Iets anders", Message_ID="<twee@v.nl>")
    assert (Case.objects.count(), Outgoing.objects.count()) == (2, 1)
    Outgoing.objects.update(created_at=timezone.now() - timedelta(hours=25))
    mail(box, "Nog iets", Message_ID="<drie@v.nl>")
    assert Outgoing.objects.count() == 2


def test_so_many_in_an_hour_is_a_loop(box: Mailbox, settings: Any) -> None:
    settings.MAIL_ACKNOWLEDGEMENTS_PER_HOUR = 2
    for number in range(4):
        mail(box, sender=f"{number}@v.nl", Message_ID=f"<{number}@v.nl>")
    assert Outgoing.objects.count() == 2
    Outgoing.objects.update(created_at=timezone.now() - timedelta(hours=2))
    mail(box, sender="5@v.nl", Message_ID="<5@v.nl>")
    assert Outgoing.objects.count() == 3


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ('"Win op www.kwaad.example" <a@v.nl>', "Ga naar https://kwaad.example/nu"),
        ('"kwaad.example" <a@v.nl>', "Log in op kwaad.example"),
        ("a@v.nl", ""),
    ],
)
def test_a_mail_in_somebody_else_s_name_sends_them_nothing_of_its_own(box: Mailbox, sender: str, subject: str) -> None:
    mail(box, subject, sender=sender)
    row = Outgoing.objects.get()
    assert "kwaad" not in row.subject + row.body
    assert "Beste heer of mevrouw," in row.body
    assert '"uw vraag"' in row.body


def test_a_subject_cannot_break_the_header(box: Mailbox) -> None:
    mail(box, "Vraag =?utf-8?q?=0D=0ABcc:_x?=")
    assert "\n" not in Outgoing.objects.get().subject
