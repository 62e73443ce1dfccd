"""Answering a case: one letter, whoever gets it; and taking it back as long as it is in the house."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from contacts import files as store
from contacts.models import Attachment, Case, Contact, Customer, Draft, Mailbox, Outgoing
from contacts.models.answer import AlreadySent, Manner, answer, withdraw, write_first
from contacts.models.token import case_of
from insights.models.facts import monday
from insights.models.week import Watermark, touched
from tests import make
from tests.contacts.letters import letter, mail, question

pytestmark = pytest.mark.usefixtures("office")


def rows(contact: Contact) -> list[Outgoing]:
    return list(contact.outgoing.order_by("pk"))


def attach(draft: Draft | None = None, contact: Contact | None = None, name: str = "aanslag.pdf") -> Attachment:
    content = b"%PDF-1.7"
    return Attachment.objects.create(
        draft=draft, contact=contact, name=name, content_type="application/pdf", size=8, sha256=store.keep(content)
    )


def test_an_answer_is_a_contact_in_the_case_and_a_row_to_send(case: Case, box: Mailbox, noor: User) -> None:
    contact = answer(case, letter(case, mailbox=box), key="form:1:a", by=noor)
    (row,) = rows(contact)
    question_ = case.contacts.order_by("pk")[0]
    assert (contact.direction, contact.channel, contact.customer) == ("out", "email", case.customer)
    assert (contact.conversation, contact.case) == (question_.conversation, case)
    assert (row.recipient, row.kind, row.status) == ("a.jansen@voorbeeld.nl", "reply", "waiting")
    assert timedelta(seconds=5) < row.next_attempt_at - row.created_at <= timedelta(seconds=10)
    case.refresh_from_db()
    assert case.is_answered
    assert case.events.filter(kind="case_answered").count() == 1


def test_each_gets_it_as_one_and_the_same_message(case: Case, box: Mailbox, noor: User) -> None:
    written = letter(
        case, mailbox=box, cc=[("", "b@voorbeeld.nl")], bcc=[("", "geheim@voorbeeld.nl")], manner=Manner.REPLY_ALL
    )
    found = rows(answer(case, written, key="k", by=noor))
    assert [(row.recipient, row.role) for row in found] == [
        ("a.jansen@voorbeeld.nl", "to"),
        ("b@voorbeeld.nl", "cc"),
        ("geheim@voorbeeld.nl", "bcc"),
    ]
    assert len({row.message_id for row in found}) == 1
    for row in found:
        assert "geheim@voorbeeld.nl" not in str(row.headers)
        assert (row.headers["To"], row.headers["Cc"]) == ("Anna Jansen <a.jansen@voorbeeld.nl>", "b@voorbeeld.nl")


def test_it_goes_on_with_the_conversation(jansen: Customer, box: Mailbox, noor: User) -> None:
    earlier = [f"<{n}@voorbeeld.nl>" for n in range(40)]
    case = question(jansen, mailbox=box, message_id="<laatste@voorbeeld.nl>", references=earlier)
    (row,) = rows(answer(case, letter(case, mailbox=box), key="k", by=noor))
    references = row.headers["References"].split()
    assert row.headers["In-Reply-To"] == references[-1] == "<laatste@voorbeeld.nl>"
    assert (references[0], len(references)) == ("<0@voorbeeld.nl>", 30)
    assert case_of(row.headers["Reply-To"]) == case.pk
    assert row.headers["Reply-To"].endswith("@duinmeer.voorbeeld.nl")


def test_below_the_words_stand_the_signature_and_what_was_answered(case: Case, box: Mailbox, noor: User) -> None:
    Team.objects.filter(pk=case.team_id).update(signature="Groet,\n{medewerker}")
    case.refresh_from_db()
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    (row,) = rows(contact)
    assert contact.text == "Beste mevrouw Jansen,\n\nU heeft gelijk."
    begin, rest = row.body.split("Groet,\nNoor Bakker\n\n")
    assert begin == "Beste mevrouw Jansen,\n\nU heeft gelijk.\n\n"
    assert "schreef Anna Jansen <a.jansen@voorbeeld.nl>:\n> Mijn aanslag klopt niet." in rest
    alone = rows(answer(case, letter(case, mailbox=box, quotes=False), key="l", by=noor))[0]
    assert "Mijn aanslag" not in alone.body


def test_forwarding_gives_the_headers_the_files_and_a_conversation_of_its_own(
    case: Case, box: Mailbox, noor: User
) -> None:
    about = case.contacts.get()
    file = attach(contact=about)
    written = letter(
        case, mailbox=box, manner=Manner.FORWARD, to=[("", "collega@elders.nl")], along=[file], subject="Fwd: Aanslag"
    )
    contact = answer(case, written, key="k", by=noor)
    (row,) = rows(contact)
    assert "Van: Anna Jansen <a.jansen@voorbeeld.nl>" in row.body
    assert "Onderwerp: Aanslag te hoog" in row.body
    assert "In-Reply-To" not in row.headers
    assert contact.conversation != about.conversation
    assert [one.sha256 for one in contact.attachments.all()] == [file.sha256]
    assert about.attachments.count() == 1


def test_the_same_key_is_one_letter(case: Case, box: Mailbox, noor: User) -> None:
    first = answer(case, letter(case, mailbox=box), key="k", by=noor)
    assert answer(case, letter(case, mailbox=box), key="k", by=noor) == first
    assert Outgoing.objects.count() == 1
    with pytest.raises(AlreadySent):
        answer(case, letter(case, mailbox=box, text="Iets anders."), key="k", by=noor)


def test_files_of_the_draft_go_along_and_the_draft_is_gone(case: Case, box: Mailbox, noor: User) -> None:
    draft = Draft.objects.create(user=noor, case=case)
    file = attach(draft=draft)
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor, draft=draft)
    file.refresh_from_db()
    assert (file.contact, file.draft, Draft.objects.exists()) == (contact, None, False)


def test_it_may_close_the_case(case: Case, box: Mailbox, noor: User) -> None:
    answer(case, letter(case, mailbox=box), key="k", by=noor, close=True)
    case.refresh_from_db()
    assert (case.result, case.closed_at is not None) == ("Beantwoord", True)


def test_taking_back_puts_everything_as_it_was(case: Case, box: Mailbox, noor: User) -> None:
    case.claim(by=noor)
    before = Case.objects.filter(pk=case.pk).values().get()
    draft = Draft.objects.create(user=noor, case=case)
    file = attach(draft=draft)
    written = letter(case, mailbox=box, cc=[("", "b@voorbeeld.nl")], bcc=[("", "c@voorbeeld.nl")])
    contact = answer(case, written, key="k", by=noor, draft=draft, close=True)
    restored = withdraw(contact, by=noor)
    assert restored is not None
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert {row.status for row in rows(contact)} == {"withdrawn"}
    typed = restored.values()
    assert (typed["to"], typed["cc"], typed["bcc"]) == (
        "Anna Jansen <a.jansen@voorbeeld.nl>", "b@voorbeeld.nl", "c@voorbeeld.nl",
    )  # fmt: skip
    assert (typed["text"], typed["quotes"], typed["manner"]) == (written.text, "on", "reply")
    file.refresh_from_db()
    assert (file.contact, file.draft) == (None, restored)
    contact.refresh_from_db()
    assert contact.reached is False
    assert withdraw(contact, by=noor) is None
    assert Draft.objects.count() == 1


def test_taking_back_makes_the_other_contacts_of_the_case_questions_again(case: Case, box: Mailbox, noor: User) -> None:
    """Also for the figures, which are counted again by what is written down."""
    other = case.contacts.get()
    other.happened_at -= timedelta(weeks=5)
    other.save(update_fields=["happened_at"])
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor, close=True)
    seen = Watermark.highest()
    withdraw(contact, by=noor)
    other.refresh_from_db()
    assert (other.closed_at, other.outcome) == (None, "")
    assert case.events.filter(kind="case_reopened", by=noor).count() == 1
    assert monday(other.happened_at).date() in touched(seen)["questions"]


def test_what_somebody_began_to_send_stays_sent_to_all(case: Case, box: Mailbox, noor: User) -> None:
    contact = answer(case, letter(case, mailbox=box, cc=[("", "b@voorbeeld.nl")]), key="k", by=noor)
    Outgoing.objects.filter(role="cc").update(next_attempt_at=timezone.now())
    row = Outgoing.objects.get(role="cc")
    assert Outgoing.objects.take(row.pk, now=timezone.now()) is not None
    assert withdraw(contact, by=noor) is None
    assert [row.withdrawn_at for row in rows(contact)] == [None, None]
    case.refresh_from_db()
    assert case.is_answered


def test_taking_back_leaves_a_later_answer_alone(case: Case, box: Mailbox, noor: User) -> None:
    first = answer(case, letter(case, mailbox=box), key="k", by=noor)
    second = answer(case, letter(case, mailbox=box, text="Nog iets."), key="l", by=noor)
    withdraw(first, by=noor)
    case.refresh_from_db()
    assert case.answered_at == second.happened_at


def test_taking_back_keeps_what_was_typed_meanwhile(case: Case, box: Mailbox, noor: User) -> None:
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    Draft.objects.create(user=noor, case=case, data={"text": ["En verder"], "manner": ["reply"]})
    restored = withdraw(contact, by=noor)
    assert restored is not None
    assert restored.values()["text"] == "Beste mevrouw Jansen,\n\nU heeft gelijk.\n\nEn verder"


def test_a_first_letter_opens_a_case_that_is_answered(
    jansen: Customer, box: Mailbox, noor: User, voorlijn: Team
) -> None:
    contact = write_first(jansen, letter(mailbox=box), team=voorlijn, key="k", by=noor, draft=None)
    case = contact.case
    assert case is not None
    assert case.is_answered
    assert case.read_at is not None
    assert contact.subject == f"Uw aanslag [{case.reference}]"
    assert rows(contact)[0].subject == contact.subject
    restored = withdraw(contact, by=noor)
    assert restored is not None
    assert (restored.customer, restored.case, restored.values()["subject"]) == (jansen, None, "Uw aanslag")
    assert not Case.objects.filter(pk=case.pk).exists()


def test_an_unknown_sender_is_answered_too(box: Mailbox, noor: User) -> None:
    case = question(None, mailbox=box)
    contact = answer(case, letter(case, mailbox=box), key="k", by=noor)
    assert (contact.customer, len(rows(contact))) == (None, 1)


def test_on_a_network_one_row_goes_to_who_wrote(noor: User) -> None:
    connection = make.connection("mastodon")
    contact = mail(
        channel="social", network="mastodon", party="anna@mastodon.voorbeeld.nl", visibility="public", external_id="77"
    )
    case = Case.open(
        contact=contact, title="Gat in fietspad", team=make.team("Voorlijn"), by=None, connection=connection
    )
    written = letter(case, to=[("", contact.party)], text="Wij kijken ernaar.", subject="")
    sent = answer(case, written, key="k", by=noor)
    (row,) = rows(sent)
    assert (row.connection, row.recipient, row.body) == (connection, contact.party, "Wij kijken ernaar.")
    assert row.headers == {"in_reply_to": "77", "visibility": "public"}
    assert (sent.channel, sent.network, sent.message.visibility) == ("social", "mastodon", "public")
