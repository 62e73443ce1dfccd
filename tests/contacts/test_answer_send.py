"""The editor: what is sent, what is held up first, what is kept, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from accounts.models import Team, User
from contacts.models import Access, Case, Contact, Customer, Draft, Mailbox, Outgoing
from contacts.models.answer import answer
from tests.contacts.letters import letter, mail, question, said, send_url, typed

pytestmark = pytest.mark.usefixtures("office")
As = Callable[[User], Client]


def test_sending_goes_on_and_offers_to_undo(agent: Client, case: Case) -> None:
    fields = typed(case)
    response = agent.post(send_url(fields), fields)
    contact = Contact.objects.get(direction="out")
    assert response.status_code == 302
    assert response["Location"].startswith("/cases/")
    (message,) = get_messages(response.wsgi_request)
    assert str(message) == "Wordt verstuurd aan Anna Jansen"
    assert message.extra_tags == f"/contacts/{contact.uuid}/withdraw/"
    page = agent.get(response["Location"]).text
    assert f'action="/contacts/{contact.uuid}/withdraw/"' in page
    assert 'seconds="10"' in page
    assert Outgoing.objects.get().recipient == "a.jansen@voorbeeld.nl"


def test_sending_refuses_get_and_strangers(agent: Client, as_user: As, sam: User, case: Case) -> None:
    fields = typed(case)
    assert agent.get(send_url(fields)).status_code == 405
    for action in ("send", "check", "compose", "fill", "discard", "attach", ""):
        assert as_user(sam).post(send_url(fields, action), fields).status_code == 404
        assert Client().post(send_url(fields, action), fields).status_code == 401
    assert not Outgoing.objects.exists()


def test_a_specialist_answers_the_cases_of_the_own_team(as_user: As, rachid: User, parkeren: Team) -> None:
    case = question(team=parkeren)
    assert as_user(rachid).post(send_url(fields := typed(case)), fields).status_code == 302
    assert Contact.objects.get(direction="out").agent == rachid


def test_pressing_twice_sends_once(agent: Client, case: Case) -> None:
    fields = typed(case)
    for _press in range(3):
        assert agent.post(send_url(fields), fields).status_code == 302
    assert (Outgoing.objects.count(), Contact.objects.filter(direction="out").count()) == (1, 1)


def test_another_text_under_the_same_key_is_not_lost(agent: Client, case: Case) -> None:
    fields = typed(case)
    agent.post(send_url(fields), fields)
    response = agent.post(send_url(fields), fields | {"text": "Een ander antwoord."})
    assert response.status_code == 422
    assert "Een ander antwoord." in response.text
    assert fields["key"] not in response.text
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("to", "", "Vul in aan wie dit gaat"),
        ("to", "geen adres", "geen e-mailadres"),
        ("to", "a@b.nl, kapot@", "geen e-mailadres"),
        ("cc", "a@voorbeeld.nl\r\nBcc x", "geen e-mailadres"),
        ("to", "é@voorbeeld.nl", "geen e-mailadres"),
        ("to", "a\x00@voorbeeld.nl", "een teken dat niet kan"),
        ("to", ", ".join(f"a{n}@voorbeeld.nl" for n in range(60)), "Hooguit 50"),
        ("subject", "Hoi\r\nBcc: allen@voorbeeld.nl", "een teken dat niet kan"),
        ("subject", "Hoi\u2028Bcc: x", "een teken dat niet kan"),
        ("subject", "x" * 201, "200"),
        ("subject", "a\x00b", "een teken dat niet kan"),
        ("text", "", "verplicht"),
        ("text", " \u200b\n ", "verplicht"),
        ("text", "x" * 50_001, "50000"),
        ("when", "ooit", "uit de lijst"),
        ("mailbox", str(uuid4()), "uit de lijst"),
    ],
)
def test_what_cannot_be_sent_is_said_at_the_field_with_the_text_kept(
    agent: Client, case: Case, field: str, value: str, words: str
) -> None:
    fields = typed(case, text="Mijn zorgvuldige antwoord.") | {field: value}
    response = agent.post(send_url(fields), fields, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert words in response.text
    assert field == "text" or "Mijn zorgvuldige antwoord." in response.text
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("case_id", ["", "geen-uuid", str(uuid4()), "\x00", "x" * 5000])
def test_a_letter_about_nothing_is_not_found(agent: Client, case: Case, case_id: str) -> None:
    fields = typed(case) | {"case": case_id}
    assert agent.post(send_url(fields), fields).status_code == 404


def test_rubbish_in_the_other_fields_breaks_nothing(agent: Client, case: Case) -> None:
    for name in ("about", "seen", "confirmed", "moment", "along", "manner", "quotes", "knowledge-articles"):
        for value in ("\x00", "x" * 1000, "999999999999999999999", "-1", "<b>", "é"):
            fields = typed(case) | {name: value}
            assert agent.post(send_url(fields), fields).status_code in {302, 422}


def test_people_are_read_as_people_write_them(agent: Client, case: Case) -> None:
    people = 'Anna Jansen <A.Jansen@Voorbeeld.NL>; "Boer, Jan de" <jan@voorbeeld.nl>\nBoer, Piet de <piet@voorbeeld.nl>'
    fields = typed(case, to=people, cc="jan@voorbeeld.nl, k@café.voorbeeld.nl", bcc="a.jansen@voorbeeld.nl")
    fields["confirmed"] = "\n".join(
        f"new:{one}" for one in ("jan@voorbeeld.nl", "piet@voorbeeld.nl", "k@café.voorbeeld.nl")
    )
    assert agent.post(send_url(fields), fields).status_code == 302
    found = {row.recipient: row.role for row in Outgoing.objects.all()}
    assert found == {
        "a.jansen@voorbeeld.nl": "to", "jan@voorbeeld.nl": "to", "piet@voorbeeld.nl": "to", "k@café.voorbeeld.nl": "cc",
    }  # fmt: skip
    assert Contact.objects.get(direction="out").message.to[1] == ["Boer, Jan de", "jan@voorbeeld.nl"]


# ── What is held up ───────────────────────────────────────────────────────────────────────────────


def held_up(agent: Client, fields: dict[str, str]) -> str:
    """Press send, see what is asked, and press again with that seen."""
    response = agent.post(send_url(fields), fields)
    assert response.status_code == 422, response["Location"]
    assert "Toch versturen" in response.text
    assert fields["text"].split("\n")[0] in response.text
    assert not Outgoing.objects.exists()
    codes = response.context["editor"]["codes"]
    assert agent.post(send_url(fields), fields | {"confirmed": codes}).status_code == 302
    return response.text


def test_a_file_that_was_named_but_forgotten(agent: Client, case: Case) -> None:
    page = held_up(agent, typed(case, text="In de bijlage vindt u de aanslag."))
    assert "Je noemt een bijlage, maar er is geen bestand toegevoegd." in page


@pytest.mark.parametrize("text", ["Bijlagen volgen per post? Nee: bijgevoegd.", "See the attached file."])
def test_other_words_for_a_file(agent: Client, case: Case, text: str) -> None:
    held_up(agent, typed(case, text=text))


def test_an_address_that_is_new_for_this_customer(agent: Client, case: Case) -> None:
    fields = typed(case, to="Anna Jansen <a.jansen@voorbeeld.nl>, vreemd@elders.nl")
    assert "vreemd@elders.nl is nieuw voor deze klant." in held_up(agent, fields)


def test_who_took_part_is_not_new(agent: Client, jansen: Customer, box: Mailbox) -> None:
    case = question(jansen, mailbox=box, cc=[["", "Partner@voorbeeld.nl"]])
    fields = typed(case, cc="partner@voorbeeld.nl, gemeente@duinmeer.voorbeeld.nl")
    assert agent.post(send_url(fields), fields).status_code == 302


def test_a_new_message_while_somebody_was_typing(agent: Client, case: Case, jansen: Customer) -> None:
    fields = typed(case)
    newer = mail(case, customer=jansen, text="Laat maar, het is opgelost.")
    page = held_up(agent, fields)
    assert "Laat maar, het is opgelost." in page
    assert f'href="#bericht-{newer.uuid}"' in page


def test_an_automatic_answer_holds_nothing_up(agent: Client, case: Case, jansen: Customer) -> None:
    fields = typed(case)
    mail(case, customer=jansen, text="Ik ben er niet.", automatic="auto_reply")
    assert agent.post(send_url(fields), fields).status_code == 302


def test_a_colleague_who_answered_meanwhile(agent: Client, case: Case, kees: User) -> None:
    fields = typed(case)
    said(kees, case)
    assert "K. de Boer heeft om" in held_up(agent, fields)


def test_a_bsn_in_the_text(agent: Client, case: Case) -> None:
    assert "Er staat een BSN in de tekst." in held_up(agent, typed(case, text="Uw BSN is 111222333."))


def test_a_word_that_was_not_filled_in(agent: Client, case: Case) -> None:
    assert "Nog niet ingevuld: {bedrag}." in held_up(agent, typed(case, text="U betaalt {bedrag}."))


def test_what_was_not_seen_yet_is_asked_again(agent: Client, case: Case, kees: User) -> None:
    fields = typed(case, text="In de bijlage vindt u de aanslag.", confirmed="attachment")
    said(kees, case)
    response = agent.post(send_url(fields), fields)
    assert (response.status_code, Outgoing.objects.exists()) == (422, False)


def test_the_block_is_shown_while_typing_and_counts_as_seen(agent: Client, case: Case) -> None:
    fields = typed(case, text="In de bijlage vindt u de aanslag.", to="x@y.nl, half")
    block = agent.post(send_url(fields, "check"), fields, headers={"HX-Request": "true"}).text
    assert 'name="confirmed" value="attachment\nnew:x@y.nl"' in block
    assert 'data-new="x@y.nl"' in block
    assert "Bijlage kiezen" in block
    assert "Weghalen" in block


# ── When ──────────────────────────────────────────────────────────────────────────────────────────


def test_at_the_next_opening(agent: Client, case: Case) -> None:
    fields = typed(case, when="opening")
    agent.post(send_url(fields), fields)
    row = Outgoing.objects.get()
    local = timezone.localtime(row.next_attempt_at)
    now = timezone.now()
    assert row.next_attempt_at >= now - timedelta(minutes=1)
    assert row.next_attempt_at - now < timedelta(seconds=5) or (local.hour, local.minute) == (8, 30)


def test_at_a_chosen_moment(agent: Client, case: Case) -> None:
    moment = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    fields = typed(case, when="moment", moment=f"{moment:%Y-%m-%dT%H:%M}")
    agent.post(send_url(fields), fields)
    assert Outgoing.objects.get().next_attempt_at == moment
    assert Outgoing.objects.due(now=timezone.now() + timedelta(days=2)).count() == 0


@pytest.mark.parametrize("moment", ["", "2020-01-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00", "31-02-2027", "x"])
def test_not_at_any_moment(agent: Client, case: Case, moment: str) -> None:
    fields = typed(case, when="moment", moment=moment)
    assert agent.post(send_url(fields), fields).status_code == 422


def test_sending_and_closing(agent: Client, case: Case) -> None:
    fields = typed(case, close="1")
    agent.post(send_url(fields), fields)
    case.refresh_from_db()
    assert case.result == "Beantwoord"
    contact = Contact.objects.get(direction="out")
    agent.post(f"/contacts/{contact.uuid}/withdraw/")
    case.refresh_from_db()
    assert (case.closed_at, case.answered_at) == (None, None)


# ── Taking back ───────────────────────────────────────────────────────────────────────────────────


def test_undo_brings_the_letter_back_in_the_editor(agent: Client, case: Case) -> None:
    fields = typed(case, cc="b@voorbeeld.nl", confirmed="new:b@voorbeeld.nl")
    agent.post(send_url(fields), fields)
    contact = Contact.objects.get(direction="out")
    assert agent.get(f"/contacts/{contact.uuid}/withdraw/").status_code == 405
    response = agent.post(f"/contacts/{contact.uuid}/withdraw/")
    assert response["Location"].startswith(f"/cases/{case.uuid}/")
    page = agent.get(response["Location"]).text
    assert "U heeft gelijk." in page
    assert 'value="b@voorbeeld.nl"' in page
    assert agent.post(f"/contacts/{contact.uuid}/withdraw/").status_code == 302
    assert Draft.objects.count() == 1


def test_undo_is_for_who_sent_it(agent: Client, as_user: As, kees: User, case: Case) -> None:
    fields = typed(case)
    agent.post(send_url(fields), fields)
    contact = Contact.objects.get(direction="out")
    assert as_user(kees).post(f"/contacts/{contact.uuid}/withdraw/").status_code == 404
    assert Outgoing.objects.get().withdrawn_at is None


def test_undo_that_comes_too_late_says_so(agent: Client, case: Case) -> None:
    fields = typed(case)
    agent.post(send_url(fields), fields)
    Outgoing.objects.update(next_attempt_at=timezone.now())
    Outgoing.objects.take(Outgoing.objects.get().pk, now=timezone.now())
    response = agent.post(f"/contacts/{Contact.objects.get(direction='out').uuid}/withdraw/")
    (*_others, message) = get_messages(response.wsgi_request)
    assert "Te laat" in str(message)


def test_after_undo_the_letter_can_be_sent_again(agent: Client, case: Case) -> None:
    fields = typed(case)
    agent.post(send_url(fields), fields)
    agent.post(f"/contacts/{Contact.objects.get(direction='out').uuid}/withdraw/")
    again = fields | {"key": str(Draft.objects.get().uuid)}
    assert agent.post(send_url(again), again).status_code == 302
    assert [row.status for row in Outgoing.objects.order_by("pk")] == ["withdrawn", "waiting"]


def test_an_old_tab_with_a_letter_that_was_taken_back_says_so(agent: Client, case: Case) -> None:
    fields = typed(case)
    agent.post(send_url(fields), fields)
    agent.post(f"/contacts/{Contact.objects.get(direction='out').uuid}/withdraw/")
    response = agent.post(send_url(fields), fields)
    assert response.status_code == 422
    assert "ingetrokken" in response.text


# ── To a customer first ───────────────────────────────────────────────────────────────────────────


def first(customer: Customer, **fields: str) -> dict[str, str]:
    values = {
        "key": str(uuid4()), "customer": str(customer.uuid), "manner": "new", "to": "a.jansen@voorbeeld.nl",
        "subject": "Uw afspraak", "text": "Uw afspraak is verzet.", "when": "now",
    }  # fmt: skip
    return values | fields


def test_a_letter_to_a_customer_opens_a_case(agent: Client, jansen: Customer, box: Mailbox) -> None:
    page = agent.get(f"/customers/{jansen.uuid}/mail/").text
    assert "E-mail aan Anna Jansen" in page
    assert "a.jansen@voorbeeld.nl" in page
    fields = first(jansen)
    response = agent.post(send_url(fields), fields)
    assert response["Location"] == f"/customers/{jansen.uuid}/"
    case = Case.objects.get()
    assert (case.customer, case.title, case.is_answered) == (jansen, "Uw afspraak", True)
    assert Access.objects.filter(customer_id=jansen.pk, detail="mail").exists()


def test_a_letter_to_a_customer_needs_a_subject(agent: Client, jansen: Customer, box: Mailbox) -> None:
    fields = first(jansen, subject="")
    response = agent.post(send_url(fields), fields)
    assert response.status_code == 422
    assert "Vul een onderwerp in." in response.text


def test_a_letter_to_a_customer_is_kept_apart_from_contacts_being_registered(
    agent: Client, noor: User, jansen: Customer, box: Mailbox
) -> None:
    fields = first(jansen)
    assert agent.post(send_url(fields, ""), fields).status_code == 204
    assert not Draft.objects.of(noor).exists()
    assert "Uw afspraak is verzet." in agent.get(f"/customers/{jansen.uuid}/mail/").text
    contact_draft = agent.get(f"/customers/{jansen.uuid}/").text
    assert "Uw afspraak is verzet." not in contact_draft


def test_only_the_contact_centre_writes_first(as_user: As, rachid: User, parkeren: Team, jansen: Customer) -> None:
    question(jansen, team=parkeren)
    assert as_user(rachid).get(f"/customers/{jansen.uuid}/mail/").status_code == 403
    fields = first(jansen)
    assert as_user(rachid).post(send_url(fields), fields).status_code == 404


# ── What failed ───────────────────────────────────────────────────────────────────────────────────


def test_sending_again_what_did_not_arrive(agent: Client, case: Case, noor: User, as_user: As, sam: User) -> None:
    answer(case, letter(case), key="k", by=noor)
    row = Outgoing.objects.get()
    row.park("550 no such user", now=timezone.now())
    url = f"/deliveries/{row.uuid}/resend/"
    assert as_user(sam).post(url).status_code == 404
    assert agent.get(url).status_code == 405
    agent.post(url, {"to": "geen adres"})
    row.refresh_from_db()
    assert row.status == "failed"
    agent.post(url, {"to": "anna@elders.nl"})
    row.refresh_from_db()
    assert (row.status, row.recipient, row.attempts) == ("waiting", "anna@elders.nl", 0)
    assert row.headers["To"] == "Anna Jansen <anna@elders.nl>"
    agent.post(url)
    assert Outgoing.objects.count() == 1


def test_leaving_what_nobody_knows_of(agent: Client, case: Case, noor: User) -> None:
    answer(case, letter(case), key="k", by=noor)
    row = Outgoing.objects.get()
    Outgoing.objects.update(handed_over_at=timezone.now(), parked_at=timezone.now(), last_error="onzeker")
    page = agent.get(f"/cases/{case.uuid}/").text
    assert "Toch opnieuw versturen" in page
    assert "Laat zo" in page
    agent.post(f"/deliveries/{row.uuid}/leave/")
    row.refresh_from_db()
    assert row.status == "assumed"
    agent.post(f"/deliveries/{row.uuid}/resend/")
    row.refresh_from_db()
    assert row.status == "assumed"
