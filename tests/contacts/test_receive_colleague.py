"""Mail of colleagues: an answer from the own mail program, and a citizen's mail that they forward."""

from typing import Any

import pytest

from accounts.models import User
from contacts.models import Customer, Direction, Event, Mailbox, Outgoing
from contacts.models.recipients import who_gets_the_answer
from contacts.models.token import reply_address
from tests import make
from tests.letters import arrive, write

pytestmark = pytest.mark.usefixtures("office", "voorlijn")
PROOF = {"Authentication_Results": "mx.duinmeer.nl; dmarc=pass"}
FORWARD = """Kan jij dit oppakken?

---------- Doorgestuurd bericht ----------
Van: Piet Pieters <piet@burger.voorbeeld.nl>
Verzonden: maandag 16 november 2026 10:12
Aan: Noor Bakker <noor@duinmeer.voorbeeld.nl>
Onderwerp: Lantaarnpaal

De lantaarnpaal is stuk.
"""


@pytest.fixture
def box(settings: Any, db: None) -> Mailbox:
    settings.MAIL_AUTHSERV = ["mx.duinmeer.nl"]
    return make.mailbox(acknowledge=True)


def events(contact: Any) -> set[str]:
    return set(Event.objects.filter(contact=contact).values_list("kind", flat=True))


def test_a_proven_answer_of_a_colleague_to_the_citizen_is_ours(box: Mailbox, noor: User, jansen: Customer) -> None:
    first = arrive(write(To=box.address, Message_ID="<een@v.nl>"))
    headers = {"To": "a.jansen@voorbeeld.nl", "Cc": box.address, "In_Reply_To": "<een@v.nl>"}
    ours = arrive(write("Re: Vraag", sender=f"Noor <{noor.email}>", text="Dinsdag.", **headers, **PROOF))
    assert (ours.case, ours.direction, ours.agent, ours.customer) == (first.case, Direction.OUTBOUND, noor, jansen)
    assert (ours.party, ours.conversation) == ("a.jansen@voorbeeld.nl", first.conversation)
    ours.case.refresh_from_db()
    assert ours.case.is_answered
    back = arrive(write("Re: Vraag", text="Dank", Message_ID="<drie@v.nl>", In_Reply_To="<een@v.nl>"))
    assert back.case == first.case


def test_a_proven_answer_to_us_alone_is_news_in_the_case(box: Mailbox, noor: User) -> None:
    first = arrive(write(To=box.address, Message_ID="<een@v.nl>"))
    token = reply_address(first.case_id, box.address)
    note = arrive(write("Re", sender=noor.email, text="Mag gewoon.", To=token, **PROOF))
    assert (note.case, note.direction, note.agent) == (first.case, Direction.INBOUND, noor)
    note.case.refresh_from_db()
    assert (note.case.is_answered, note.case.read_at) == (False, None)
    assert "case_stranger" not in set(Event.objects.filter(case=first.case).values_list("kind", flat=True))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Authentication_Results": "mx.duinmeer.nl; dmarc=fail"},
        {"Authentication_Results": "mx.vreemd.nl; dmarc=pass"},
        {"Authentication_Results": "mx.duinmeer.nl; spf=pass; dkim=pass"},
    ],
    ids=["nothing", "fail", "somebody else says so", "no dmarc"],
)
def test_an_address_alone_proves_no_colleague(box: Mailbox, noor: User, said: dict[str, str]) -> None:
    first = arrive(write(To=box.address, Message_ID="<een@v.nl>"))
    forged = arrive(write("Re", sender=noor.email, text="Stuur door", In_Reply_To="<een@v.nl>", **said))
    assert forged.case != first.case
    assert (forged.direction, forged.agent) == (Direction.INBOUND, None)
    assert "contact_unproven" in events(forged)


def test_the_citizen_in_a_forwarded_mail_is_the_party(box: Mailbox, noor: User) -> None:
    piet = make.customer("Piet", "Pieters", email="piet@burger.voorbeeld.nl")
    contact = arrive(write("Fwd: Lantaarnpaal", sender=noor.email, text=FORWARD, To=box.address))
    assert (contact.party, contact.customer, contact.direction) == ("piet@burger.voorbeeld.nl", piet, "in")
    assert contact.case.sender == "Piet Pieters"
    assert contact.message.data["forwarded_by"] == "Noor Bakker"
    assert "contact_forwarded" in events(contact)
    assert who_gets_the_answer(contact, everybody=False)[0] == [("Piet Pieters", "piet@burger.voorbeeld.nl")]
    assert not Outgoing.objects.exists()


def test_a_citizen_who_forwards_is_the_party(box: Mailbox) -> None:
    contact = arrive(write("Fwd: Lantaarnpaal", text=FORWARD, To=box.address))
    assert contact.party == "a.jansen@voorbeeld.nl"
    assert "forwarded_by" not in contact.message.data


def test_two_colleagues_with_one_address_are_none(box: Mailbox, noor: User, rachid: User) -> None:
    User.objects.update(email="balie@duinmeer.voorbeeld.nl")
    contact = arrive(write("Fwd: x", sender="balie@duinmeer.voorbeeld.nl", text=FORWARD, To=box.address))
    assert contact.party == "balie@duinmeer.voorbeeld.nl"


def test_a_new_mail_of_a_colleague_is_a_question_as_any_other(box: Mailbox, noor: User) -> None:
    contact = arrive(write("Vraagje", sender=noor.email, To=box.address, **PROOF))
    assert (contact.direction, contact.agent, contact.party) == (Direction.INBOUND, None, noor.email)
    assert contact.case is not None
