"""At which of our addresses a mail came in, and what that decides."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Team, User
from contacts.models import Mailbox
from tests import make
from tests.letters import arrive, take_in, write

TAX = "belastingen@duinmeer.voorbeeld.nl"


@pytest.fixture
def boxes(office: None, voorlijn: Team) -> tuple[Mailbox, Mailbox]:
    """A mailbox of the front office, and one of the tax department with a topic of its own."""
    team = make.team("Belastingen")
    topic = make.topic("WOZ-waarde", theme="Belastingen", team=team)
    tax = make.mailbox(
        TAX, team=team, topic=topic, name="Belastingen", aliases="woz@duinmeer.voorbeeld.nl\n ozb@duinmeer.nl"
    )
    return make.mailbox(), tax


@pytest.mark.parametrize(
    "headers",
    [
        {"Delivered_To": TAX},
        {"X_Original_To": TAX},
        {"To": f"Belastingen <{TAX.upper()}>"},
        {"Cc": f"gemeente@elders.nl, {TAX}"},
        {"To": "WOZ@duinmeer.voorbeeld.nl"},
        {"To": "ozb+2026@duinmeer.nl"},
        {"To": "gemeente@duinmeer.voorbeeld.nl", "Delivered_To": TAX},
    ],
    ids=str,
)
def test_the_address_decides_team_topic_and_mailbox(boxes: tuple[Mailbox, Mailbox], headers: dict[str, str]) -> None:
    inbound = take_in(write(**headers))
    contact = inbound.contact
    assert (contact.case.team, contact.case.topic, contact.case.mailbox) == (boxes[1].team, boxes[1].topic, boxes[1])
    assert (contact.topic, contact.message.mailbox, inbound.mailbox) == (boxes[1].topic, boxes[1], boxes[1])


def test_the_envelope_goes_before_who_it_says_it_is_to(boxes: tuple[Mailbox, Mailbox]) -> None:
    contact = arrive(write(To="gemeente@duinmeer.voorbeeld.nl"), envelope={"from": "", "to": [TAX]})
    assert contact.case.mailbox == boxes[1]


def test_where_it_was_fetched_goes_before_all(boxes: tuple[Mailbox, Mailbox]) -> None:
    Mailbox.objects.update(host="imap.duinmeer.nl")
    make.forget_everything()
    assert arrive(write(To=TAX), mailbox=boxes[0]).case.mailbox == boxes[0]
    Mailbox.objects.filter(pk=boxes[1].pk).update(host="")
    make.forget_everything()
    assert arrive(write(text="b", To=TAX), mailbox=boxes[0]).case.mailbox == boxes[1], "in the same account"
    assert arrive(write(text="c", To="x@y.nl"), mailbox=boxes[0]).case.mailbox == boxes[0]


def test_mail_to_no_mailbox_comes_to_the_front_office(boxes: tuple[Mailbox, Mailbox], voorlijn: Team) -> None:
    case = arrive(write(To="iemand@elders.nl")).case
    assert (case.team, case.mailbox, case.topic) == (voorlijn, None, None)


def test_a_mailbox_that_was_closed_gets_nothing(boxes: tuple[Mailbox, Mailbox], voorlijn: Team) -> None:
    Mailbox.objects.update(closed_at="2026-01-01T00:00Z")
    make.forget_everything()
    assert arrive(write(To=TAX)).case.mailbox is None


def test_an_unreadable_mail_comes_to_the_mailbox_too(boxes: tuple[Mailbox, Mailbox]) -> None:
    inbound = take_in(b"\xff\xfe\x00geen mail", envelope={"from": "x@v.nl", "to": [TAX]})
    assert (inbound.contact.readable, inbound.is_unreadable) == (False, True)
    assert (inbound.contact.case.team, inbound.contact.case.mailbox) == (boxes[1].team, boxes[1])


def test_a_web_form_s_reply_address_is_the_customer(office: None, voorlijn: Team) -> None:
    piet = make.customer("Piet", "Pieters", email="piet@v.nl")
    box = make.mailbox(reply_to_is_sender=True)
    headers = {"To": box.address, "Reply_To": "Piet Pieters <piet@v.nl>"}
    contact = arrive(write("Formulier", sender="formulier@duinmeer.voorbeeld.nl", **headers))
    assert (contact.party, contact.customer, contact.case.sender) == ("piet@v.nl", piet, "Piet Pieters")
    Mailbox.objects.update(reply_to_is_sender=False)
    make.forget_everything()
    other = arrive(write("Formulier", sender="formulier@duinmeer.voorbeeld.nl", text="b", **headers))
    assert (other.party, other.message.reply_to) == (
        "formulier@duinmeer.voorbeeld.nl",
        [["Piet Pieters", "piet@v.nl"]],
    )


# ── The administrator ─────────────────────────────────────────────────────────────────────────────


def form(client: Any, box: Mailbox | None = None, **fields: str) -> Any:
    """Send the form of a mailbox as the browser would, with these fields changed."""
    url = reverse("admin:contacts_mailbox_change", args=[box.pk]) if box else reverse("admin:contacts_mailbox_add")
    shown = client.get(url).context["adminform"].form
    data = {name: shown[name].value() for name in shown.fields}
    return client.post(url, {name: value for name, value in data.items() if value not in (None, False)} | fields)


def test_the_secret_is_written_and_never_shown(as_user: Any, beheer: User, voorlijn: Team) -> None:
    client = as_user(beheer)
    fields = {"address": "post@duinmeer.nl", "name": "Post", "team": str(voorlijn.pk), "host": "imap.duinmeer.nl"}
    assert form(client, **fields, secret="geheim-van-de-post").status_code == 302
    box = Mailbox.objects.get()
    assert box.secret == "geheim-van-de-post"
    assert "geheim" not in box.secret_sealed
    pages = [reverse("admin:contacts_mailbox_changelist"), reverse("admin:contacts_mailbox_change", args=[box.pk])]
    pages.append(reverse("admin:contacts_mailbox_history", args=[box.pk]))
    for page in pages:
        text = client.get(page).content.decode()
        assert "geheim-van-de-post" not in text
        assert box.secret_sealed not in text
    assert "ingesteld" in client.get(pages[1]).content.decode()


def test_an_empty_secret_leaves_it_and_a_new_one_replaces_it(as_user: Any, beheer: User, voorlijn: Team) -> None:
    client, box = as_user(beheer), make.mailbox()
    box.set_secret("oud")
    box.save()
    assert form(client, box, name="Anders").status_code == 302
    box.refresh_from_db()
    assert (box.name, box.secret) == ("Anders", "oud")
    assert form(client, box, secret="nieuw").status_code == 302
    box.refresh_from_db()
    assert box.secret == "nieuw"
    assert form(client, box, forget_secret="on").status_code == 302
    box.refresh_from_db()
    assert box.secret == ""


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"security": "none", "host": "imap.elders.nl"}, "security"),
        ({"aliases": "geen adres"}, "aliases"),
        ({"aliases": TAX}, "aliases"),
        ({"sign_in": "oauth", "host": "imap.elders.nl"}, "oauth_token_url"),
        ({"acknowledgement": "Beste {naam}, {bsn}"}, "acknowledgement"),
    ],
)
def test_what_cannot_work_is_refused_at_the_field(
    as_user: Any, beheer: User, voorlijn: Team, fields: dict[str, str], error: str
) -> None:
    make.mailbox(TAX)
    answer = form(as_user(beheer), make.mailbox(), **fields)
    assert answer.status_code == 200
    assert error in answer.context["adminform"].form.errors


def test_only_the_administrator_sets_mailboxes(as_user: Any, noor: User, kees: User, voorlijn: Team) -> None:
    make.mailbox()
    for user in (noor, kees):
        assert as_user(user).get(reverse("admin:contacts_mailbox_changelist")).status_code == 302
