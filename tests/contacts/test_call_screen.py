"""The card of who calls, and the bar while in a call: what they show, to whom, and at what cost."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.models import Access, Call, Case, Contact
from tests import make
from tests.contacts.calls import NUMBER, exchange, told

__all__ = ["exchange"]

PART = {"HX-Request": "true"}


def screen(client, *, at="/", part=True):
    """Give what an open page gets when it asks who calls."""
    headers = PART | {"HX-Current-URL": f"http://testserver{at}"} if part else {}
    answer = client.get(reverse("contacts:ringing"), headers=headers) if part else client.get(at)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def client(as_user, noor):
    return as_user(noor)


def test_without_an_exchange_nothing_is_shown(client, jansen):
    page = client.get(reverse("contacts:desk")).content.decode()
    assert not [word for word in ("screenpop", "kcc-presence", "Gesprekken", "kcc-callbar") if word in page]


def test_the_card_says_who_it_is_and_what_waits(exchange, client, jansen, noor, office):
    said = make.contact(jansen, subject="Vraag over bezwaar", outcome="callback")
    make.callback(said, due_at=timezone.now() - timedelta(hours=3))
    make.callback(said)
    Case.open(contact=make.contact(jansen), title="Bezwaar parkeervergunning", team=make.team(), by=noor)
    exchange.ring(queue="Parkeren")
    for card in (screen(client), screen(client, part=False)):
        assert 'data-say="Inkomend gesprek van Anna Jansen, wachtrij Parkeren"' in card
        assert "1 terugbelverzoek te laat" in card
        assert "Bezwaar parkeervergunning" in card
        assert "06 90 12 34 56" in card
        assert 'data-key="answer"' in card


def test_one_look_at_a_card_is_written_down_once(exchange, client, jansen, noor):
    exchange.ring()
    for _refresh in range(3):
        screen(client)
    rows = Access.objects.filter(customer=jansen)
    assert [(row.user, row.action, row.detail.split()[0]) for row in rows] == [(noor, "search", "screenpop")]


def test_several_customers_with_the_number_are_a_list(exchange, client, jansen):
    other = make.customer("Bert", "Jansen", phone="06 90123456")
    exchange.ring()
    card = screen(client)
    assert "2 klanten met dit nummer" in card
    assert card.count('name="answers"') == 2
    assert card.count('data-key="callers"') == 1
    assert 'data-key="answer"' not in card
    call = Call.objects.get()
    answer = client.post(reverse("contacts:open_call", args=[call.uuid]), {"answers": str(other.uuid)})
    assert answer.url == reverse("contacts:customer", args=[other.uuid]) + f"?call={call.uuid}"
    call.refresh_from_db()
    assert call.agent is not None


def test_the_last_nine_digits_are_a_hint_only(exchange, client, jansen):
    exchange.push(told("newCall") | {"from": "4930690123456"})
    card = screen(client)
    assert "Onbekend nummer" in card
    assert "Misschien:" in card
    assert "Anna Jansen" in card
    assert 'name="customer"' in card
    assert Call.objects.get().customer is None


@pytest.mark.parametrize(("number", "words"), [("0690999999", "Onbekend nummer"), ("anonymous", "verborgen")])
def test_an_unknown_caller_can_be_added_searched_or_left(exchange, client, number, words):
    exchange.push(told("newCall") | {"from": number})
    card = screen(client)
    assert words in card
    assert ("Nieuwe klant" in card) == (number != "anonymous")
    assert "Zoeken" in card
    assert "Anoniem" in card


def test_a_new_customer_begins_with_the_number(exchange, client):
    call = exchange.ring()
    answer = client.post(reverse("contacts:open_call", args=[call.uuid]), {"to": "new"}, follow=True)
    assert 'value="06 90 12 34 56"' in answer.content.decode()
    assert "690123456" not in answer.request["QUERY_STRING"] + answer.request["PATH_INFO"]


def test_it_rings_for_the_team_of_the_queue(exchange, as_user, voorlijn, noor, rachid, sam):
    voorlijn.queues = "Hoofdnummer, Parkeren"
    voorlijn.save()
    other = make.user("lotte", teams=[make.team("Balie", is_kcc=True)])
    exchange.ring(queue="parkeren")
    assert Call.objects.get().team == voorlijn
    seen = {user.username: "data-ring=" in screen(as_user(user)) for user in (noor, other, rachid, sam)}
    assert seen == {"noor": True, "lotte": False, "rachid": False, "sam": False}


def test_it_rings_for_who_is_called_by_name(exchange, as_user, noor, rachid):
    lotte = make.user("lotte")
    exchange.ring(user=["Rachid Yilmaz", "nobody at all"])
    assert Call.objects.get().called == [rachid.pk]
    seen = {user.username: "data-ring=" in screen(as_user(user)) for user in (noor, lotte, rachid)}
    assert seen == {"noor": False, "lotte": False, "rachid": True}


def test_it_rings_for_the_telephone_that_was_dialled(exchange, as_user, noor):
    lotte = make.user("lotte", extension="214")
    exchange.push(told("newCall") | {"to": "0235550214"})
    assert Call.objects.get().called == []  # another number that ends alike is no match
    exchange.push(told("newCall", callId="2") | {"to": "214"})
    assert Call.objects.get(external_id="2").called == [lotte.pk]


def test_a_call_for_nobody_in_particular_rings_for_the_contact_centre(exchange, as_user, noor, kees, rachid, beheer):
    exchange.ring(queue="Onbekende rij")
    seen = {user.username: "data-ring=" in screen(as_user(user)) for user in (noor, kees, rachid, beheer)}
    assert seen == {"noor": True, "kees": True, "rachid": False, "beheer": False}


def test_who_is_away_sees_no_card_but_finds_the_call(exchange, client, noor, jansen):
    noor.set_away("break")
    exchange.ring()
    assert "data-ring=" not in screen(client)
    assert "Gaat over" in client.get(reverse("contacts:calls") + "?view=recent").content.decode()


def test_who_speaks_is_left_alone_unless_called_by_name(exchange, client, noor):
    exchange.ring(user="noor")
    exchange.push(told("answer"))
    exchange.ring("2")
    exchange.ring("3", user=["noor"])
    card = screen(client)
    rings = [call.external_id for call in Call.objects.all() if f'data-ring="{call.uuid}"' in card]
    assert rings == ["3"]


def test_a_card_goes_when_a_colleague_answers(exchange, client, as_user, noor):
    kees = make.user("kees", first_name="Kees", last_name="de Boer")
    exchange.ring()
    exchange.push(told("answer", answeringNumber="kees"))
    card = screen(client)
    assert "data-ring=" not in card
    assert "Opgenomen door K. de Boer" in card
    assert "Opgenomen door" not in screen(as_user(kees))


def test_a_card_goes_when_the_caller_gives_up_and_stays_in_the_list(exchange, client, jansen):
    exchange.ring()
    exchange.push(told("hangup", cause="cancel"))
    assert "Gemist gesprek" in screen(client)
    assert "Anna Jansen" in client.get(reverse("contacts:calls")).content.decode()


def test_answering_without_pressing_offers_to_open(exchange, client, noor, jansen):
    call = exchange.ring()
    exchange.push(told("answer", answeringNumber="noor"))
    card = screen(client)
    assert f'data-talk="{call.uuid}"' in card
    assert ">Openen<" in card
    assert "In gesprek" in card
    here = reverse("contacts:customer", args=[jansen.uuid])
    assert "data-talk=" not in screen(client, at=here)  # the page shows it already
    client.post(reverse("contacts:open_call", args=[call.uuid]))
    assert "data-talk=" not in screen(client, at="/knowledge/")
    assert 'data-key="workplace"' in screen(client, at="/knowledge/")
    assert 'data-key="workplace"' not in screen(client, at=here)


def test_opening_and_taking(exchange, client, noor, jansen):
    call = exchange.ring()
    where = reverse("contacts:customer", args=[jansen.uuid]) + f"?call={call.uuid}"
    assert client.post(reverse("contacts:open_call", args=[call.uuid])).url == where
    call.refresh_from_db()
    assert call.agent is None
    assert client.post(reverse("contacts:open_call", args=[call.uuid]), {"take": "1"}).url == where
    call.refresh_from_db()
    assert (call.agent, call.answered_at) == (noor, None)
    assert "Neemt op" in screen(client)


def test_the_second_who_presses_hears_who_was_first(exchange, as_user, noor, jansen):
    call = exchange.ring()
    call.take(by=make.user("kees", first_name="Kees", last_name="de Boer"))
    page = as_user(noor).post(reverse("contacts:open_call", args=[call.uuid]), {"take": "1"}, follow=True)
    assert "K. de Boer heeft dit gesprek al" in page.content.decode()
    assert "K. de Boer neemt op" in screen(as_user(noor))


def test_who_really_answered_goes_before_who_pressed(exchange, noor):
    kees = make.user("kees")
    exchange.ring().take(by=kees)
    exchange.push(told("answer", answeringNumber="noor"))
    assert Call.objects.get().agent == noor


def test_a_call_can_be_left_to_colleagues_after_all(exchange, client, noor):
    call = exchange.ring()
    call.take(by=noor)
    assert "Toch niet" in screen(client)
    assert client.post(reverse("contacts:release_call", args=[call.uuid]), {"next": "/"}).url == "/"
    assert Call.objects.get().agent is None
    exchange.push(told("answer", answeringNumber="noor"))
    assert call.release(by=noor) is False


def test_a_transferred_call_brings_what_was_said(exchange, client, noor, jansen):
    kees = make.user("kees", first_name="Kees", last_name="de Boer")
    first = exchange.ring()
    exchange.push(told("answer", answeringNumber="kees"))
    first.register(make.contact(jansen, text="Wil de status van het bezwaar weten.", by=kees), by=kees)
    exchange.ring("2", origCallId="1", user="noor")
    card = screen(client)
    assert "Doorverbonden door K. de Boer" in card
    assert "Wil de status van het bezwaar weten." in card


def save(client, call=None, customer=None, **fields):
    typed = {"channel": "phone", "text": "Besproken.", "outcome": "answered", "call": str(call.uuid) if call else ""}
    typed |= {"customer": str(customer.uuid)} if customer else {}
    return client.post(reverse("contacts:register"), typed | fields)


def test_the_form_knows_its_call_and_the_contact_its_times(exchange, client, noor, jansen, office):
    call = exchange.ring(queue="Parkeren")
    exchange.push(told("answer", answeringNumber="noor"))
    exchange.push(told("hangup", cause="normalClearing"))
    began = timezone.now() - timedelta(minutes=10)
    Call.objects.update(
        began_at=began, answered_at=began + timedelta(seconds=38), ended_at=began + timedelta(seconds=260)
    )
    page = client.get(reverse("contacts:customer", args=[jansen.uuid]))
    assert f'name="call" value="{call.uuid}"' in page.content.decode()
    assert "Nawerk" in screen(client)
    with time_machine.travel(began + timedelta(seconds=600), tick=False):
        assert save(client, call, jansen).status_code == 302
    contact = Contact.objects.get()
    assert (contact.waited_seconds, contact.seconds, contact.party, contact.direction) == (38, 222, NUMBER, "in")
    assert contact.after_seconds == 340
    assert contact.happened_at == began + timedelta(seconds=38)
    call.refresh_from_db()
    assert call.contact == contact
    assert "Nawerk" not in screen(client)


def test_a_contact_saved_during_the_call_gets_the_whole_time(exchange, client, jansen, noor):
    call = exchange.ring()
    exchange.push(told("answer", answeringNumber="noor"))
    save(client, call, jansen)
    assert "Balk sluiten" in screen(client)
    answered = Call.objects.get().answered_at
    assert answered is not None
    with time_machine.travel(answered + timedelta(seconds=90), tick=False):
        exchange.push(told("hangup", cause="normalClearing"))
    contact = Contact.objects.get()
    assert (contact.seconds, contact.after_seconds) == (90, 0)


def test_a_second_question_in_one_call_is_one_conversation(exchange, client, jansen, noor):
    call = exchange.ring()
    exchange.push(told("answer", answeringNumber="noor"))
    save(client, call, jansen)
    save(client, call, jansen, text="Nog iets.")
    first, second = Contact.objects.order_by("pk")
    assert first.conversation == second.conversation
    assert (second.party, second.waited_seconds) == (NUMBER, None)
    call.refresh_from_db()
    assert call.contact == first


def test_what_a_colleague_says_of_another_channel_is_no_call(exchange, client, jansen, noor):
    call = exchange.ring()
    save(client, call, jansen, channel="desk")
    assert Contact.objects.get().party == ""
    assert Call.objects.get().contact is None


def test_a_number_is_added_in_one_click_and_the_call_falls_into_place(exchange, client, noor):
    anna = make.customer("Anna", "Jansen")
    call = exchange.ring()
    exchange.push(told("answer", answeringNumber="noor"))
    here = reverse("contacts:customer", args=[anna.uuid])
    assert "Dit nummer hoort bij deze klant" in screen(client, at=here)
    save(client, call)
    url = reverse("contacts:call_number", args=[call.uuid])
    for _twice in range(2):
        assert client.post(url, {"customer": str(anna.uuid)}).url.startswith(here)
    assert [address.value for address in anna.addresses.all()] == [NUMBER]
    assert Contact.objects.get().customer == anna
    assert Call.objects.get().customer == anna
    assert anna.events.filter(kind="number_added").count() == 1
    assert "Nummer 06 90 12 34 56 toegevoegd" in client.get(here + "?tab=details").content.decode()
    assert "Dit nummer hoort bij" not in screen(client, at=here)


def test_a_call_need_not_be_written_down(exchange, client, noor):
    call = exchange.ring()
    exchange.push(told("answer", answeringNumber="noor"))
    exchange.push(told("hangup", cause="normalClearing"))
    assert "Niet vastleggen" in screen(client)
    client.post(reverse("contacts:handle_call", args=[call.uuid]), {"next": "/"})
    assert "Nawerk" not in screen(client)


def test_a_draft_of_before_stays_what_it_was(exchange, client, noor, jansen, office):
    key = "11111111-1111-4111-8111-111111111111"
    client.post(reverse("contacts:save_draft", args=[key]), {"text": "Verslag van daarnet", "channel": "phone"})
    call = exchange.ring()
    exchange.push(told("newCall", callId="2") | {"from": "anonymous"})
    second = Call.objects.get(external_id="2")
    page = client.post(reverse("contacts:open_call", args=[second.uuid]), {"take": "1"}, follow=True).content.decode()
    assert f'name="call" value="{second.uuid}"' in page
    assert "Verslag van daarnet</textarea>" not in page
    assert "Verslag van daarnet" in client.get(reverse("contacts:desk") + f"?draft={key}").content.decode()
    assert call.contact is None


def test_cards_cost_the_same_for_one_call_as_for_five(exchange, client, office):
    def ring(batch, count):
        for place in range(count):
            tail = f"9012{batch}{place:03d}"
            make.contact(make.customer("Klant", str(place), phone=f"06 {tail}"))
            exchange.ring(f"{batch}-{place}", **{"from": f"06{tail}"})
            exchange.ring(f"alike-{batch}-{place}", **{"from": f"004996{tail}"})

    def cost():
        screen(client)  # the first look is written down
        with CaptureQueriesContext(connection) as asked:
            screen(client)
        return len(asked)

    ring(0, 1)
    one = cost()
    ring(1, 4)
    assert cost() == one <= 13


@pytest.mark.parametrize("name", ["open_call", "handle_call", "release_call", "call_number"])
def test_verbs_refuse_get_and_strangers(exchange, client, as_user, sam, name):
    call = exchange.ring()
    url = reverse(f"contacts:{name}", args=[call.uuid])
    assert client.get(url).status_code == 405
    assert as_user(sam).post(url).status_code in (403, 404)
    gone = reverse(f"contacts:{name}", args=["11111111-1111-4111-8111-111111111111"])
    assert client.post(gone, {"customer": "x"}).status_code == 404
    if name == "call_number":
        assert client.post(url, {"customer": "\0"}).status_code == 404


def test_asking_by_hand_goes_to_the_list(client, exchange):
    assert client.get(reverse("contacts:ringing")).url == reverse("contacts:calls")


@pytest.mark.parametrize(("away", "word"), [("break", "Pauze"), ("off", "Niet beschikbaar"), ("", "Beschikbaar")])
def test_availability(exchange, client, noor, away, word):
    assert client.post(reverse("accounts:availability"), {"away": away}).status_code == 302
    noor.refresh_from_db()
    assert (noor.away_as, noor.away_since is not None, noor.availability) == (away, bool(away), word)
    since = noor.away_since
    assert client.post(reverse("accounts:availability"), {"away": away}, headers=PART).status_code == 204
    noor.refresh_from_db()
    assert noor.away_since == since
    assert f'kcc-presence__word">{word}' in screen(client)


def test_availability_is_one_of_three(client, noor):
    assert client.post(reverse("accounts:availability"), {"away": "forever"}).status_code == 422
    assert client.get(reverse("accounts:availability")).status_code == 405


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_who_takes_no_calls_has_no_telephone(exchange, as_user, role):
    exchange.ring()
    client = as_user(make.user("iemand", role))
    assert "data-ring" not in screen(client)
    assert "kcc-presence" not in client.get(reverse("knowledge:search")).content.decode()


def test_a_specialist_in_a_call_sees_own_customers_and_can_close_the_bar(
    exchange, as_user, parkeren, rachid, jansen, office
):
    client, at = as_user(rachid), f"/customers/{jansen.uuid}/"
    call = exchange.ring(user=[rachid.username])
    exchange.push(told("answer", answeringNumber=rachid.username))
    assert "Anna Jansen" not in screen(client)
    make.callback(make.contact(jansen), team=parkeren)
    assert "Anna Jansen" in screen(client)
    exchange.push(told("hangup", cause="normalClearing"))
    assert "Niet vastleggen" in screen(client, at=at)
    assert "Naar werkplek" not in screen(client)
    assert client.post(reverse("contacts:handle_call", args=[call.uuid]), {"next": at}).status_code == 302
    assert "Niet vastleggen" not in screen(client, at=at)


def test_a_specialist_is_shown_no_link_that_is_refused(exchange, as_user, parkeren, rachid):
    parkeren.queues = "Parkeren"
    parkeren.save()
    exchange.ring(queue="Parkeren")
    exchange.push(told("hangup", cause="cancel"))
    page = screen(as_user(rachid))
    assert "Gemist gesprek" in page
    assert reverse("contacts:calls") not in page


def test_a_call_that_rings_at_a_colleague_by_name_rings_for_nobody_else(exchange, client, voorlijn, as_user, jansen):
    voorlijn.queues = "Parkeren"
    voorlijn.save()
    tess = make.user("tess", Role.AGENT, teams=[voorlijn])
    exchange.ring(queue="Parkeren", user=tess.username)
    assert "Inkomend gesprek" not in screen(client)
    assert "Inkomend gesprek van Anna Jansen" in screen(as_user(tess))
