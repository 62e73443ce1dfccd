"""The calls nobody answered: listed, called back, asked to be called back, ticked off."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from callbacks.models import Callback
from contacts.models import Call, Contact, Event
from tests import make
from tests.contacts.calls import NUMBER, exchange, told

__all__ = ["exchange"]

LIST = "/calls/"


@pytest.fixture
def client(as_user, noor):
    return as_user(noor)


def miss(exchange, call_id, number=NUMBER, *, minutes=5, **fields):
    for event in ({"event": "newCall"} | fields, {"event": "hangup", "cause": "cancel"}):
        assert exchange.push(told("", callId=call_id) | {"from": number} | event).status_code == 200
    call = Call.objects.get(external_id=call_id)
    began = timezone.now() - timedelta(minutes=minutes)
    Call.objects.filter(pk=call.pk).update(began_at=began, ended_at=began + timedelta(seconds=62))
    return call


def listed(client, query=""):
    answer = client.get(LIST + query)
    assert answer.status_code == 200
    return answer.context["calls"].rows, answer.content.decode()


def test_each_number_stands_once_with_how_often(exchange, client, jansen):
    miss(exchange, "1", minutes=50)
    latest = miss(exchange, "2", minutes=5)
    hidden = [miss(exchange, f"hidden-{place}", "anonymous", minutes=20 + place) for place in range(2)]
    rows, page = listed(client)
    assert [row.pk for row in rows] == [latest.pk, *(call.pk for call in hidden)]
    assert [row.times for row in rows] == [2, 1, 1]
    assert "Anna Jansen" in page
    assert "2 keer" in page
    assert "wachtte 01:02" in page
    assert f'href="tel:{NUMBER}"' in page
    assert page.count("Maak terugbelverzoek") == 1  # an anonymous caller cannot be called


def test_the_menu_counts_those_of_own_teams(exchange, client, voorlijn):
    voorlijn.queues = "Hoofdnummer"
    voorlijn.save()
    make.team("Balie", is_kcc=True, queues="Balie")
    miss(exchange, "1", queue="Hoofdnummer")
    miss(exchange, "2", queue="Hoofdnummer")
    miss(exchange, "3", "0690111111", queue="Balie")
    rows, page = listed(client)
    assert len(rows) == 1
    item = page[page.index('data-nav="calls"') :]
    assert '<span class="kcc-count">1<' in item[: item.index("</a>")]
    assert len(listed(client, "?view=all")[0]) == 2


def test_the_latest_calls_of_any_kind(exchange, client, noor, jansen):
    miss(exchange, "1")
    exchange.ring("2", user="noor")
    exchange.push(told("answer", callId="2"))
    exchange.ring("3")
    out = {"direction": "out", "from": "201", "to": "0690222222", "user": "noor"}
    exchange.push(told("newCall", callId="4") | out)
    exchange.push(told("hangup", callId="4", cause="noAnswer") | out)
    rows, page = listed(client, "?view=recent")
    assert [row.external_id for row in rows] == ["4", "3", "2", "1"]
    assert all(word in page for word in ("Geen gehoor", "Gaat over", "In gesprek", "Gemist", "N. Bakker"))


def test_a_day_is_asked_in_pages_at_a_fixed_cost(exchange, client, django_assert_max_num_queries):
    now = timezone.now()
    Call.objects.bulk_create(
        Call(connection=exchange.row, external_id=f"b{n}", number=f"+3169{n:07d}", customer=make.customer())
        for n in range(60)
    )
    Call.objects.update(began_at=now - timedelta(hours=1), ended_at=now)
    with django_assert_max_num_queries(9):
        rows, page = listed(client)
    assert len(rows) == 50
    after = page[page.index("after=") :].split('"')[0]
    assert len(listed(client, f"?{after}")[0]) == 10
    assert client.get(LIST + "?after=nonsense").status_code == 404
    assert client.get(LIST + "?view=sideways").status_code == 200


def test_a_call_is_ticked_off_with_who_did_it(exchange, client, noor):
    first, last = miss(exchange, "1", minutes=50), miss(exchange, "2")
    url = reverse("contacts:handle_call", args=[last.uuid])
    assert client.post(url, {"next": "/calls/?view=all"}).url == "/calls/?view=all"
    assert client.post(url, {"next": "//evil.example/"}).url == LIST
    for call in (first, last):
        call.refresh_from_db()
        assert (call.handled_by, call.handled_at is not None) == (noor, True)
    assert listed(client)[0] == []


def test_several_are_ticked_off_at_once(exchange, client, noor):
    calls = [miss(exchange, str(n), f"069011111{n}") for n in range(3)]
    url = reverse("contacts:handle_calls")
    answer = client.post(url, {"chosen": [str(call.uuid) for call in calls[:2]]}, follow=True)
    assert "2 gesprekken afgehandeld" in answer.content.decode()
    assert [row.pk for row in listed(client)[0]] == [calls[2].pk]
    handled = Call.objects.values_list("handled_at", flat=True).get(pk=calls[0].pk)
    client.post(url, {"chosen": [str(calls[0].uuid)]})
    assert Call.objects.get(pk=calls[0].pk).handled_at == handled


@pytest.mark.parametrize("chosen", [[], ["x"], ["\0"], ["1" * 100_000], ["11111111-1111-4111-8111-111111111111"]])
def test_ticking_off_nothing_changes_nothing(exchange, client, chosen):
    miss(exchange, "1")
    assert client.post(reverse("contacts:handle_calls"), {"chosen": chosen}).status_code == 302
    assert len(listed(client)[0]) == 1


def test_a_missed_call_becomes_a_callback_in_one_press(exchange, client, noor, jansen, office):
    call = miss(exchange, "1")
    page = client.get(reverse("contacts:customer", args=[jansen.uuid]) + f"?call={call.uuid}&outcome=callback")
    form, part = page.context["form"], page.context["callback_form"]
    assert form["outcome"].value() == "callback"
    assert "Gemist gesprek" in form["text"].value()
    assert part["number"].value() == "06 90 12 34 56"
    assert "kreeg niemand te spreken" in part["question"].value()
    typed = {
        "channel": "phone", "call": str(call.uuid), "customer": str(jansen.uuid), "outcome": "callback",
        "text": form["text"].value(), "callback-who": f"team:{make.team().uuid}", "callback-reachable": "day",
        "callback-number": part["number"].value(), "callback-question": part["question"].value(),
    }  # fmt: skip
    answer = client.post(reverse("contacts:register"), typed)
    assert answer.status_code == 302, answer.content.decode()
    callback, contact = Callback.objects.get(), Contact.objects.get()
    assert (callback.number, callback.contact, contact.party, contact.seconds) == (NUMBER, contact, NUMBER, None)
    assert contact.waited_seconds == 62
    call.refresh_from_db()
    assert (call.contact, call.handled_by) == (contact, noor)
    assert listed(client)[0] == []


def test_an_unknown_number_can_be_called_back_too(exchange, client, office):
    call = miss(exchange, "1", "0690777777")
    page = client.get(reverse("contacts:desk") + f"?call={call.uuid}&outcome=callback")
    assert page.context["callback_form"]["number"].value() == "06 90 77 77 77"
    strange = client.get(reverse("contacts:desk") + f"?call={call.uuid}&outcome=sideways")
    assert strange.context["form"]["outcome"].value() == "answered"


def test_pressing_a_number_is_written_down(exchange, client, noor, jansen):
    call = miss(exchange, "1")
    url = reverse("contacts:dialled")
    typed = {"number": NUMBER, "customer": str(jansen.uuid), "call": str(call.uuid)}
    assert client.post(url, typed).status_code == 204
    event = Event.objects.get(kind="number_dialled")
    assert (event.customer, event.by, event.data) == (jansen, noor, {"number": NUMBER})
    assert "N. Bakker belt terug" in listed(client)[1]
    assert "06 90 12 34 56 gekozen" in client.get(f"/customers/{jansen.uuid}/?tab=details").content.decode()


@pytest.mark.parametrize("number", ["", "x", "\0", "1" * 100_000, "٠"])
def test_a_number_that_is_none_is_not_written_down(client, jansen, number):
    answer = client.post(reverse("contacts:dialled"), {"number": number, "customer": str(jansen.uuid)})
    assert answer.status_code == 422
    assert not Event.objects.filter(kind="number_dialled").exists()


def test_only_who_may_see_a_customer_dials_in_their_name(as_user, sam, jansen):
    typed = {"number": NUMBER, "customer": str(jansen.uuid)}
    assert as_user(sam).post(reverse("contacts:dialled"), typed).status_code == 204
    assert not Event.objects.filter(kind="number_dialled").exists()


def test_the_list_is_for_the_contact_centre(as_user, sam, beheer):
    assert as_user(sam).get(LIST).status_code == 403
    assert as_user(beheer).get(LIST).status_code == 403
    assert as_user(beheer).post(reverse("contacts:handle_calls")).status_code == 403
