"""What the desk knows before somebody types: the topic, the department, the call, and who can be put through to."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.memory import forget_everything
from contacts.models import Call, Connection
from tests import make


@pytest.fixture
def exchange(db):
    made = Connection.objects.create(kind="cti", name="Centrale")
    forget_everything()
    return made


def calling(exchange, agent, **fields):
    now = timezone.now()
    values = {
        "number": "+31690123456",
        "began_at": now - timedelta(minutes=5),
        "answered_at": now - timedelta(minutes=4),
    }
    return Call.objects.create(
        connection=exchange, external_id=f"call-{Call.objects.count()}", agent=agent, **values | fields
    )


def desk(customer=None, **query):
    url = reverse("contacts:customer", args=[customer.uuid]) if customer else reverse("contacts:desk")
    return url + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def test_the_team_a_topic_implies_stands_beside_it(as_user, noor, jansen):
    topic = make.topic("ozb", theme="Belastingen", team=make.team("Belastingen"))
    make.contact(jansen, topic=topic)
    page = as_user(noor).get(desk(jansen)).content.decode()
    assert '<span data-hint-of="id_topic">Belastingen</span>' in page
    assert f'value="{topic.uuid}" selected data-hint="Belastingen"' in page


def test_the_topic_of_the_line_is_proposed_to_who_has_no_other(as_user, noor, jansen, exchange):
    topic = make.topic(team=make.team())
    exchange.topic = topic
    exchange.save()
    call = calling(exchange, noor)
    page = as_user(noor).get(desk(call=call.uuid)).content.decode()
    assert f'value="{topic.uuid}" selected' in page
    assert f'name="call" value="{call.uuid}"' in page


def test_a_contact_takes_its_times_from_the_call(as_user, noor, jansen, exchange):
    now = timezone.now()
    call = calling(exchange, noor, ended_at=now - timedelta(minutes=1))
    client = as_user(noor)
    assert f'name="call" value="{call.uuid}"' in client.get(desk(jansen)).content.decode()
    client.post(
        reverse("contacts:register"),
        {
            "customer": str(jansen.uuid),
            "channel": "phone",
            "text": "Ozb",
            "outcome": "answered",
            "call": str(call.uuid),
        },
    )
    contact = jansen.contacts.get()
    call.refresh_from_db()
    assert call.contact == contact
    assert (contact.party, contact.waited_seconds) == ("+31690123456", 60)
    assert contact.seconds in (179, 180)
    assert 55 <= contact.after_seconds <= 90


def test_the_next_question_in_a_call_shares_its_conversation(as_user, noor, jansen, exchange):
    call, client = calling(exchange, noor), as_user(noor)
    typed = {"customer": str(jansen.uuid), "channel": "phone", "outcome": "answered", "call": str(call.uuid)}
    for text in ("Ozb", "Paspoort"):
        client.post(reverse("contacts:register"), typed | {"text": text})
    first, second = jansen.contacts.order_by("pk")
    assert first.conversation == second.conversation


def test_a_call_that_is_nothing_is_no_error(as_user, noor, jansen, exchange):
    client = as_user(noor)
    for call in ("kapot", "", "0" * 32):
        assert client.get(desk(jansen, call=call)).status_code == 200
    typed = {"customer": str(jansen.uuid), "channel": "phone", "text": "x", "outcome": "answered"}
    assert client.post(reverse("contacts:register"), typed | {"call": "0" * 32}).status_code == 302


def test_a_visit_has_an_appointment_and_a_wait(as_user, noor, jansen, office):
    typed = {"customer": str(jansen.uuid), "text": "Paspoort", "outcome": "answered"}
    visit = {"channel": "desk", "by_appointment": "1", "waited_minutes": "12"}
    client = as_user(noor)
    client.post(reverse("contacts:register"), typed | visit)
    client.post(reverse("contacts:register"), typed | visit | {"channel": "phone"})
    phoned, visited = jansen.contacts.order_by("channel")[::-1]
    assert (visited.by_appointment, visited.waited_seconds) == (True, 720)
    assert (phoned.by_appointment, phoned.waited_seconds) == (None, None)
    wrong = client.post(reverse("contacts:register"), typed | visit | {"waited_minutes": "-3"})
    assert wrong.status_code == 422


def test_colleagues_of_the_department_and_whether_they_take_calls(as_user, noor, rachid, sam, exchange):
    topic = make.topic(team=rachid.teams.get())
    rachid.extension = "4012"
    rachid.save()
    client, url = as_user(noor), reverse("contacts:available")
    page = client.get(url, {"topic": str(topic.uuid)}).content.decode()
    assert "Rachid Yilmaz" in page
    assert 'value="R. Yilmaz (4012)"' in page
    assert "Sam Smit" not in page
    assert "Sam Smit" in client.get(url, {"q": "belasting", "topic": str(topic.uuid)}).content.decode()
    calling(exchange, rachid)
    assert "In gesprek" in client.get(url, {"q": "yilmaz"}).content.decode()
    rachid.set_away("break")
    Call.objects.all().delete()
    assert "Pauze" in client.get(url, {"q": "yilmaz"}).content.decode()
    assert "Geen collega gevonden" in client.get(url, {"q": "\0zz"}).content.decode()
    assert as_user(rachid).get(url).status_code == 403


def test_an_article_that_is_opened_proposes_its_topic(as_user, noor):
    topic = make.topic(team=make.team())
    article, client = make.article("Bezwaar maken", topic=topic), as_user(noor)
    url = reverse("knowledge:panel")
    assert "HX-Trigger" not in client.get(url, {"q": "bezwaar"}).headers
    assert str(topic.uuid) in client.get(url, {"q": "bezwaar", "open": str(article.uuid)}).headers["HX-Trigger"]
    chosen = {"q": "bezwaar", "open": str(article.uuid), "topic": str(topic.uuid)}
    assert "HX-Trigger" not in client.get(url, chosen).headers
