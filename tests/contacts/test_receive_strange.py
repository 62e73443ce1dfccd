"""Mail as strangers send it: broken on its way, in somebody else's name, or far too large."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from contacts.channels import email
from contacts.models import Case, Mailbox, Outgoing
from contacts.models.token import reply_address
from tests import make
from tests.letters import arrive, take_in, write

pytestmark = pytest.mark.usefixtures("office", "voorlijn")
OURS = "gemeente@duinmeer.voorbeeld.nl"


@pytest.fixture
def box(db: None) -> Mailbox:
    return make.mailbox(acknowledge=True)


def test_a_mail_without_a_sender_in_its_envelope_is_never_answered(box: Mailbox) -> None:
    told = {"from": "", "to": [box.address]}
    contact = arrive(write("Storing", text="Uw formulier is ingevuld.", To=box.address), envelope=told)
    assert contact.case is not None  # somebody must look at it: a web form may send so
    assert not Outgoing.objects.exists()
    first = arrive(write("Vraag", Message_ID="<een@v.nl>"), envelope={"from": "a.jansen@voorbeeld.nl", "to": []})
    Case.objects.filter(pk=first.case.pk).update(read_at=timezone.now())
    answer = arrive(write("Re: Vraag", text="Weg.", In_Reply_To="<een@v.nl>"), envelope=told)
    assert answer.case == first.case
    assert answer.message.automatic == "auto_reply"
    assert Case.objects.get(pk=first.case.pk).read_at is not None


def test_a_program_that_asks_machines_for_silence_may_hold_a_person_s_answer() -> None:
    first = arrive(write("Vraag", Message_ID="<een@v.nl>"))
    for number, headers in enumerate([{"X_Auto_Response_Suppress": "OOF"}, {"List_Unsubscribe": "<https://x.nl>"}]):
        Case.objects.update(read_at=timezone.now())
        answer = arrive(write("Re: Vraag", text=f"Ja, {number}.", In_Reply_To="<een@v.nl>", **headers))
        assert (answer.case, answer.message.automatic) == (first.case, "")
        assert Case.objects.get().read_at is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatisch antwoord van u klopt niet",
        "Out of office hours bellen?",
        "Vakantiebericht school, verlof aanvragen",
    ],
)
def test_the_words_of_a_machine_in_a_person_s_subject_are_work(subject: str) -> None:
    contact = arrive(write(subject))
    assert contact.case is not None
    assert contact.message.automatic == ""


@pytest.mark.parametrize("broken", ["To: {0}\r\n {1}", "Cc: Gemeente\r\n\t<{0}\r\n\t{1}>"])
def test_a_reply_address_broken_over_two_lines_is_found(broken: str) -> None:
    first = arrive(write())
    address = reply_address(first.case_id, OURS)
    at = address.index("-") + 5
    lines = broken.format(address[:at], address[at:])
    raw = f"From: a.jansen@voorbeeld.nl\r\nSubject: Anders\r\n{lines}\r\n\r\nNog iets.\r\n".encode()
    assert take_in(raw).joined == "token"


def test_a_message_id_broken_over_two_lines_is_found() -> None:
    first = arrive(write(Message_ID="<een-heel-lang-kenmerk@voorbeeld.nl>"))
    answer = arrive(write("Re: Vraag", text="Ja.", References="<een-heel-lang-\r\n kenmerk@voorbeeld.nl>"))
    assert answer.case == first.case


@pytest.mark.parametrize("sign", ["-", "\N{NON-BREAKING HYPHEN}", "\N{EN DASH}", " - "])
def test_a_reference_is_read_however_a_program_writes_its_hyphens(sign: str) -> None:
    first = arrive(write())
    raw = write(f"RE: [{first.case.reference.replace('-', sign)}] Vraag", text="Nog iets.")
    assert take_in(raw).joined == "subject"


def test_of_a_mail_too_large_to_read_the_beginning_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "SIZE", 20_000)
    monkeypatch.setattr(email, "READ", 2_000)
    contact = arrive(write("Foto's", text="Beste gemeente,\r\n" + "x" * 70 + "\r\n" + "vierkant\r\n" * 5000))
    assert (contact.party, contact.subject, contact.readable) == ("a.jansen@voorbeeld.nl", "Foto's", True)
    assert contact.text.startswith("Beste gemeente,")
    assert "[Ingekort. Deze e-mail is te groot" in contact.text


def test_an_answer_after_three_years_finds_its_case(jansen: object) -> None:
    first = arrive(write("Vraag", Message_ID="<een@v.nl>"))
    first.case.close(result="Beantwoord", by=None)
    long_ago = timezone.now() - timedelta(days=3 * 365)
    Case.objects.update(opened_at=long_ago, closed_at=long_ago)
    answer = take_in(write("Re: Vraag", text="Nu pas.", To=reply_address(first.case_id, OURS)))
    assert answer.contact is not None
    assert (answer.joined, answer.contact.case is not None) == ("token", True)
    assert answer.contact.conversation == first.conversation
    assert Case.objects.open().filter(pk=answer.contact.case.pk).exists()


def test_a_name_without_an_address_is_still_told() -> None:
    contact = arrive(write("Vraag", sender="Jan de Boer"))
    assert contact.message.sender_name == "Jan de Boer"


def test_a_colleague_s_name_with_another_address_is_nobody(noor: User) -> None:
    first = arrive(write("Vraag", Message_ID="<een@v.nl>"))
    forged = arrive(write("Re", sender=f'"{noor.email}" <x@elders.nl>', text="Ja.", In_Reply_To="<een@v.nl>"))
    assert forged.case != first.case
    assert forged.message.data["poses_as"] == noor.email
