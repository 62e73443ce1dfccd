"""A citizen asks on the website to be called, in a slot that is left."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client

from accounts.memory import forget_everything
from accounts.models import ClosingDay, OpeningHours
from accounts.worktime import LOCAL
from callbacks.forms.promise import promise
from callbacks.models import Callback, Postponement
from callbacks.models.slot import Slot
from contacts.forms.web import SALT
from contacts.models import Case, Contact, Norm, Outgoing, Question
from contacts.views import web
from tests import make

URL = "/contact/terugbellen/"
MONDAY = datetime(2026, 11, 23, 10, 7, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def _fresh_pace() -> None:
    web.pace.forget()


@pytest.fixture
def permit(office, parkeren, voorlijn):
    topic = make.topic("parkeervergunning", team=parkeren)
    topic.public_name = "Parkeervergunning"
    topic.save()
    make.topic("geheim", theme="Intern")
    return topic


def token(seconds_ago: float = 60.0, uuid: str = "0a1b2c3d-0000-4000-8000-000000000002") -> str:
    return signing.dumps([uuid, time.time() - seconds_ago], salt=SALT)


def filled(about, **changes: Any) -> dict[str, Any]:
    values = {
        "topic": str(about.uuid),
        "question": "Wanneer krijg ik mijn vergunning?",
        "name": "Anna  Jansen",
        "phone": "06 90 12 34 56",
        "slot": "any",
        "language": "nl",
        "token": token(),
    }
    return values | changes


def as_page(client, callback, user) -> str:
    client.force_login(user)
    return client.get(callback.get_absolute_url()).content.decode()


def test_a_citizen_asks_and_reads_until_when(client, permit, jansen, django_assert_max_num_queries):
    page = client.get(URL).content.decode()
    assert "Parkeervergunning" in page
    assert "geheim" not in page
    with django_assert_max_num_queries(45):
        answer = client.post(URL, filled(permit, email="a.jansen@voorbeeld.nl", language="en"))
    contact, callback = Contact.objects.get(), Callback.objects.get()
    assert (contact.channel, contact.customer, contact.topic, contact.outcome) == ("web", jansen, permit, "callback")
    assert (callback.contact, callback.team.name, callback.number) == (contact, "Parkeren", "+31690123456")
    assert (callback.language, callback.requested_by) == ("en", None)
    assert ["Naam", "Anna Jansen"] in callback.answers
    assert not Case.objects.exists()
    shown = client.get(answer["Location"]).content.decode()
    assert "U wordt uiterlijk" in shown
    assert "Parkeren" in shown
    assert "0690" not in answer["Location"]
    mail = Outgoing.objects.get()
    assert (mail.recipient, callback.reference in mail.body) == ("a.jansen@voorbeeld.nl", True)
    assert not client.cookies


def test_it_is_linked_from_the_other_form_and_works_in_a_frame(client, permit, settings):
    settings.WEB_FORM_ORIGINS = ["https://www.duinmeer.nl"]
    assert f'href="{URL}"' in client.get("/contact/").content.decode()
    framed = client.get(f"{URL}?embed=1")
    assert "https://www.duinmeer.nl" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    answer = client.post(f"{URL}?embed=1", filled(permit))
    assert answer["Location"].endswith("?embed=1")


def test_the_same_form_twice_is_one(client, permit):
    for _ in range(2):
        assert client.post(URL, filled(permit, email="x@voorbeeld.nl")).status_code == 302
    assert (Contact.objects.count(), Callback.objects.count(), Outgoing.objects.count()) == (1, 1, 1)
    assert Callback.objects.get().repeats.count() == 0


def test_who_waits_already_is_added_to_and_nobody_learns_that(client, permit, jansen):
    first = make.callback(make.contact(jansen, topic=permit, outcome="callback"))
    with time_machine.travel(first.requested_at + timedelta(seconds=1), tick=False):
        answer = client.post(URL, filled(permit, email="vreemde@voorbeeld.nl", token=token(uuid=str(uuid4()))))
        other = client.post(URL, filled(permit, phone="06 11111111", token=token(uuid=str(uuid4()))))
    assert Callback.objects.count() == 2
    added = first.repeats.get()
    assert (added.channel, added.closed_at is not None) == ("web", True)
    pages = [client.get(one["Location"]).content.decode().partition("<main")[2] for one in (answer, other)]
    assert pages[0] == pages[1]
    assert first.reference not in Outgoing.objects.get().body


def test_who_asks_again_is_called_as_was_promised_then(client, permit, jansen, rachid, kinds):
    with time_machine.travel(MONDAY, tick=False):
        first = make.callback(make.contact(jansen, topic=permit, outcome="callback"))
        norm = first.due_at
        Postponement.agree(first, until=MONDAY + timedelta(days=60), reason="Vakantie", by=rachid)
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        wishes = ["20261124T0930", "20261124T1130"]
        answers = [client.post(URL, filled(permit, slot=one, token=token(uuid=str(uuid4())))) for one in wishes]
        shown = client.get(answers[1]["Location"]).content.decode()
        due = promise(permit.team, permit)[1]
        first.refresh_from_db()
    assert f"{due.astimezone(LOCAL):%H:%M}" in shown
    assert (first.due_at, first.norm_due_at) == (due, norm)
    assert (first.next_attempt_at, first.reachable) == (datetime(2026, 11, 24, 11, 30, tzinfo=UTC), "12:30 tot 14:30")
    assert first.answers == [["Gewenst moment", "dinsdag 24 november, 12:30 – 14:30"]]
    assert first.reminders.get(occurrence="late:3").due_at == due
    assert not first.reminders.of_terms().unsent().exclude(occurrence__endswith=":3").exists()
    assert kinds(first)[-4:] == ["callback_repeated", "callback_renewed"] * 2
    page = as_page(client, first, rachid)
    assert "Vervroegd tot" in page
    assert "Gewenst moment: dinsdag 24 november, 12:30 – 14:30." in page


def test_asking_again_puts_nothing_off(client, permit, jansen, kinds):
    soon = MONDAY + timedelta(hours=1)
    with time_machine.travel(MONDAY, tick=False):
        first = make.callback(make.contact(jansen, topic=permit, outcome="callback"), due_at=soon)
        client.post(URL, filled(permit, token=token()))
    first.refresh_from_db()
    assert (first.due_at, first.repeats.count(), first.next_attempt_at) == (soon, 1, None)
    assert "callback_renewed" not in kinds(first)


def test_another_topic_or_an_ended_one_is_a_new_request(client, permit, jansen, kees):
    make.callback(make.contact(jansen, topic=make.topic("WOZ", theme="B"), outcome="callback"))
    ended = make.callback(make.contact(jansen, topic=permit, outcome="callback"))
    ended.complete(outcome="Gebeld", by=kees)
    client.post(URL, filled(permit))
    assert Callback.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_about_the_same_are_one_callback(permit):
    def send(_):
        try:
            return Client().post(URL, filled(permit, token=token(uuid=str(uuid4())))).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, range(2))) == [302, 302]
    assert (Callback.objects.count(), Callback.objects.get().repeats.count()) == (1, 1)


def test_an_address_that_two_share_is_nobodys(client, permit, jansen):
    make.customer("Bob", "Jansen", phone="06 90123456")
    client.post(URL, filled(permit))
    assert Contact.objects.get().customer is None


def test_a_customer_is_known_by_the_number_we_call_and_nothing_else(client, permit, jansen):
    make.customer("Bob", "Vries", phone="06 22222222")
    known = {
        ("06 90123456", "a.jansen@voorbeeld.nl"): jansen,
        ("06 90123456", "onbekend@voorbeeld.nl"): jansen,
        ("06 22222222", "a.jansen@voorbeeld.nl"): None,
        ("06 99999999", "a.jansen@voorbeeld.nl"): None,
    }
    for number, (phone, email) in enumerate(known):
        sent = filled(permit, phone=phone, email=email, question=f"Vraag {number}", token=token(uuid=str(uuid4())))
        assert client.post(URL, sent).status_code == 302
        assert Contact.objects.get(text=f"Vraag {number}").customer == known[phone, email], (phone, email)


def test_what_the_topic_asks_with_a_callback_is_asked_here(client, permit):
    plate = Question.objects.create(topic=permit, label="Kenteken", place="callback", is_required=True)
    Question.objects.create(topic=permit, label="Foto erbij?", place="web")
    forget_everything()
    part = client.get(f"{URL}?topic={permit.uuid}", headers={"HX-Request": "true"}).content.decode()
    assert "Kenteken" in part
    assert "Foto erbij?" not in part
    assert "<html" not in part
    assert client.post(URL, filled(permit)).status_code == 422
    client.post(URL, filled(permit, **{f"q-{plate.uuid}": "AB-12-CD"}))
    assert ["Kenteken", "AB-12-CD"] in Callback.objects.get().answers
    kept = client.post(URL, filled(permit, show="1")).content.decode()  # without JavaScript
    assert "Wanneer krijg ik mijn vergunning?" in kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question": " \u200b "}, "Schrijf kort waarover"),
        ({"topic": ""}, "Kies waar uw vraag over gaat"),
        ({"topic": "geen"}, "Kies iets uit de lijst"),
        ({"name": ""}, "Vul uw naam in"),
        ({"phone": ""}, "Vul het nummer in"),
        ({"phone": "bel maar"}, "Dit is geen telefoonnummer"),
        ({"email": "anna@@voorbeeld"}, "Dit is geen e-mailadres"),
        ({"question": "a\0b"}, "een teken dat niet kan"),
        ({"question": "x" * 2001}, "2000"),
        ({"language": "xx"}, "Kies iets uit de lijst"),
        ({"slot": "20200101T0800"}, "Dit moment kan niet meer"),
        ({"slot": "\0"}, "Dit moment kan niet meer"),
        ({"token": "kapot"}, "stond te lang open"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, permit, changes, words):
    answer = client.post(URL, filled(permit, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words.lower() in page.lower()
    assert "Anna" in page or "name" in changes
    assert not Contact.objects.exists()


def test_a_machine_makes_no_callback(client, permit):
    assert client.post(URL, filled(permit, website="http://spam.example")).status_code == 302
    assert not Callback.objects.exists()
    assert Case.objects.get().spam_at is not None


def test_whose_browser_fills_in_at_once_is_called(client, permit):
    answer = client.post(URL, filled(permit, token=token(0)))
    assert "U wordt uiterlijk" in client.get(answer["Location"]).content.decode()
    assert Callback.objects.get().contact.text == "Wanneer krijg ik mijn vergunning?"
    assert not Case.objects.exists()


def test_who_sends_too_much_waits(client, permit):
    statuses = [client.post(URL, filled(permit, token=token(uuid=str(uuid4())))).status_code for _ in range(12)]
    assert statuses[0] == 302
    assert statuses[-1] == 429
    assert client.post("/contact/", {"topic": "x"}).status_code == 422  # the other form counts together with this one
    assert client.post(URL, filled(permit, question="x" * 1_200_000)).status_code == 413


def test_without_a_norm_the_other_form_is_offered(client, permit):
    Norm.objects.all().delete()
    page = client.post(URL, filled(permit))
    assert page.status_code == 422
    assert "nu niet bellen" in page.content.decode()
    part = client.get(f"{URL}?topic={permit.uuid}").content.decode()
    assert "Stel uw vraag met het contactformulier" in part


def test_a_word_of_another_page_opens_nothing(client, permit):
    location = client.post(URL, filled(permit))["Location"]
    word = location.split("/")[-2]
    for path in ("x", word[:-3], signing.dumps(["x", "y"], salt="kcc.callback-received"), signing.dumps(1, salt=SALT)):
        assert client.get(f"{URL}received/{path}/").status_code == 404
    assert client.post(f"{URL}received/{word}/").status_code == 405


def test_a_slot_is_kept_as_when_to_call(client, permit):
    with time_machine.travel(MONDAY, tick=False):
        page = client.get(f"{URL}?topic={permit.uuid}").content.decode()
        slots = re.findall(r'name="slot" value="(\d{8}T\d{4})"', page)
        assert slots == ["20261124T0730", "20261124T0930", "20261124T1130", "20261124T1330", "20261125T0730"]
        assert "08:30 – 10:30" in page
        answer = client.post(URL, filled(permit, slot=slots[1], token=token()))
        shown = client.get(answer["Location"]).content.decode()
    made = Callback.objects.get()
    assert (made.reachable_from, made.reachable_until) == (clock(10, 30), clock(12, 30))
    assert made.next_attempt_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert ["Gewenst moment", "dinsdag 24 november, 10:30 – 12:30"] in made.answers
    assert "Wij proberen u te bellen op dinsdag 24 november, 10:30 – 12:30" in shown


def hours(*slots: Slot) -> list[str]:
    return [f"{slot.start.astimezone(LOCAL):%a %d %H:%M}-{slot.clock_end:%H:%M}" for slot in slots]


def test_slots_end_when_the_promise_does_and_skip_closed_days(office):
    ClosingDay.objects.create(day=datetime(2026, 11, 24, tzinfo=LOCAL).date(), name="Studiedag")
    forget_everything()
    due = datetime(2026, 11, 25, 12, 0, tzinfo=LOCAL)
    assert hours(*Slot.offered(due_at=due, now=MONDAY)) == ["Wed 25 08:30-10:30", "Wed 25 10:30-12:00"]
    friday = datetime(2026, 11, 27, 16, 0, tzinfo=LOCAL)
    monday = datetime(2026, 11, 30, 10, 0, tzinfo=LOCAL)
    assert hours(*Slot.offered(due_at=monday, now=friday)) == ["Mon 30 08:30-10:00"]


def test_a_short_promise_offers_what_is_left_of_today(office):
    due = datetime(2026, 11, 23, 14, 7, tzinfo=LOCAL)
    assert hours(*Slot.offered(due_at=due, now=MONDAY)) == ["Mon 23 10:15-12:15", "Mon 23 12:15-14:07"]
    assert Slot.offered(due_at=MONDAY + timedelta(minutes=30), now=MONDAY) == []


def test_slots_follow_the_clock_on_the_wall_through_summer_time(office):
    for weekday in (5, 6):
        OpeningHours.objects.create(weekday=weekday, opens=clock(0, 0), closes=clock(6, 0))
    forget_everything()
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=LOCAL)
    spring = Slot.offered(due_at=datetime(2026, 3, 29, 23, 0, tzinfo=LOCAL), now=saturday)
    assert hours(*spring) == ["Sun 29 00:00-03:00", "Sun 29 03:00-06:00"] or hours(*spring) == [
        "Sun 29 00:00-03:00",
        "Sun 29 03:00-05:00",
        "Sun 29 05:00-06:00",
    ]
    monday = Slot.offered(
        due_at=datetime(2026, 3, 30, 12, 0, tzinfo=LOCAL), now=datetime(2026, 3, 29, 12, 0, tzinfo=LOCAL)
    )
    assert hours(*monday) == ["Mon 30 08:30-10:30", "Mon 30 10:30-12:00"]
    assert monday[0].start == datetime(2026, 3, 30, 6, 30, tzinfo=UTC)


def test_office_hours_with_a_break_make_no_slot_over_it(office):
    OpeningHours.objects.filter(weekday=1).delete()
    for opens, closes in ((clock(9), clock(12)), (clock(13), clock(16, 30))):
        OpeningHours.objects.create(weekday=1, opens=opens, closes=closes)
    forget_everything()
    due = datetime(2026, 11, 24, 17, 0, tzinfo=LOCAL)
    assert hours(*Slot.offered(due_at=due, now=MONDAY)) == [
        "Tue 24 09:00-11:00",
        "Tue 24 11:00-12:00",
        "Tue 24 13:00-15:00",
        "Tue 24 15:00-16:30",
    ]
