"""What the desk asks and says while a callback is requested: questions, absence, the promise, what waits already."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.memory import forget_everything
from accounts.models import Absence
from accounts.worktime import LOCAL
from callbacks.forms import CallbackPart, ContactPart
from callbacks.models import Callback
from contacts.models import Access, Outcome, Outgoing, Question
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(parkeren):
    return make.topic(team=parkeren)


@pytest.fixture
def plate(topic):
    """What is asked with a callback about parking; and, beside it, what only the public form asks."""
    Question.objects.create(topic=topic, label="Op het web", place="web")
    made = Question.objects.create(topic=topic, label="Kenteken", place="callback", is_required=True, position=1)
    forget_everything()
    return made


@pytest.fixture
def typed(parkeren):
    return {
        "callback-who": f"team:{parkeren.uuid}",
        "callback-number": "06 90123456",
        "callback-reachable": "day",
        "callback-question": "Is het bezwaar binnen?",
        "callback-may_leave_voicemail": "on",
    }


def part(data, noor, customer=None, topic=None, **kwargs):
    return CallbackPart(data, user=noor, customer=customer, topic=topic, **kwargs)


def desk(topic=None, customer=None, **changes):
    values = {"key": str(uuid4()), "channel": "phone", "text": "Bezwaar", "outcome": "callback"}
    values |= {"topic": str(topic.uuid)} if topic else {}
    return values | ({"customer": str(customer.uuid)} if customer else {}) | changes


def test_what_the_topic_and_the_department_ask_is_kept_with_the_callback(office, noor, topic, plate, parkeren, typed):
    Question.objects.create(team=parkeren, label="Zone", place="both", kind="choice", choices="A\nB")
    forget_everything()
    form = part(typed, noor, topic=topic)
    assert [field.label for field in form.asked()] == ["Kenteken", "Zone"]
    assert f"q-{plate.uuid}" in form.errors
    zone = form.asked()[1].html_name
    form = part(typed | {f"callback-q-{plate.uuid}": "AB-12-CD", zone: "B"}, noor, topic=topic)
    assert form.is_valid(), form.errors
    form.save(make.contact(topic=topic), by=noor)
    assert Callback.objects.get().answers == [["Kenteken", "AB-12-CD"], ["Zone", "B"]]
    assert "Kies iets uit de lijst" in str(part(typed | {zone: "C"}, noor, topic=topic).errors)


def test_the_department_asks_its_own_whatever_the_topic(office, noor, topic, plate, typed):
    other = make.team("Belastingen")
    Question.objects.create(team=other, label="Aanslagnummer", place="callback")
    forget_everything()
    form = part(typed | {"callback-who": f"team:{other.uuid}"}, noor)
    assert [field.label for field in form.asked()] == ["Aanslagnummer"]


def test_what_was_answered_comes_back_with_its_topic(as_user, office, noor, topic, plate, typed):
    client, other = as_user(noor), make.topic("WOZ", theme="Belastingen", team=make.team("Belastingen"))
    answer = {f"callback-q-{plate.uuid}": "AB-12-CD"}
    gone = client.post(reverse("callbacks:who"), typed | answer | {"topic": str(other.uuid)}).content.decode()
    assert "Kenteken" not in gone
    assert f'<input type="hidden" name="callback-q-{plate.uuid}" value="AB-12-CD"' in gone
    back = client.post(reverse("callbacks:who"), typed | answer | {"topic": str(topic.uuid)}).content.decode()
    assert "Kenteken" in back
    assert 'value="AB-12-CD"' in back


def test_a_draft_keeps_the_answers_and_what_was_not_ticked(as_user, office, noor, jansen, topic, plate, typed):
    client, key = as_user(noor), uuid4()
    del typed["callback-may_leave_voicemail"]
    data = desk(topic, jansen) | typed | {f"callback-q-{plate.uuid}": "AB-12-CD"}
    assert client.post(reverse("contacts:save_draft", args=[key]), data).status_code == 204
    page = client.get(reverse("contacts:customer", args=[jansen.uuid])).content.decode()
    assert 'value="AB-12-CD"' in page
    box = page[page.index('name="callback-may_leave_voicemail"') :].partition(">")[0]
    assert "checked" not in box
    fresh = client.get(reverse("contacts:desk")).content.decode()
    assert "checked" in fresh[fresh.index('name="callback-may_leave_voicemail"') :].partition(">")[0]


def test_an_answer_alone_is_worth_keeping(as_user, noor, plate):
    client, key = as_user(noor), uuid4()
    kept = client.post(reverse("contacts:save_draft", args=[key]), {f"callback-q-{plate.uuid}": "AB-12-CD"})
    assert "X-Draft-Saved" in kept


def test_a_stranger_who_is_known_by_now_is_no_stranger(office, noor, jansen, topic, typed):
    """Asked for online by somebody nobody recognised, who now calls and is."""
    make.callback(make.contact(None, topic=topic, outcome="callback"))
    assert "second" in part(typed, noor, jansen, topic).errors
    assert "second" not in part(typed | {"callback-number": "06 11111111"}, noor, jansen, topic).errors


def test_a_part_that_is_not_shown_is_left_alone(as_user, noor, topic):
    assert as_user(noor).post(reverse("callbacks:who"), {"topic": str(topic.uuid)}).status_code == 204


def test_the_language_of_the_customer_is_there_already(office, noor, typed):
    client = make.customer("Ann", "Smith", language="en")
    assert part(None, noor, client)["language"].value() == "en"
    assert part(None, noor)["language"].value() == "nl"
    form = part(typed | {"callback-language": "en"}, noor, client)
    assert form.is_valid(), form.errors
    assert form.sentence.startswith("U wordt") or "call" in form.sentence.lower()
    form.save(make.contact(client), by=noor)
    made = Callback.objects.get()
    assert (made.language, made.may_leave_voicemail) == ("en", True)
    assert "language" in part(typed | {"callback-language": "xx"}, noor).errors


def test_who_has_much_to_do_or_is_away_says_so(office, noor, rachid, kees, parkeren, topic, callback):
    callback.assign(team=parkeren, assignee=rachid, reason="", by=kees)
    until = timezone.now() + timedelta(days=3)
    Absence.objects.create(user=kees, ends_at=until, starts_at=timezone.now() - timedelta(hours=1))
    shown = str(part(None, noor, topic=topic)["who"])
    assert 'data-hint="1 open">R. Yilmaz' in shown
    assert f'data-hint="0 open, afwezig tot {date_format(timezone.localtime(until), "j b")}">K. de Boer' in shown


def test_the_list_of_people_takes_as_many_questions_however_long(
    office, noor, parkeren, topic, django_assert_max_num_queries
):
    for n in range(12):
        person = make.user(f"p{n}", teams=[parkeren])
        Absence.objects.create(user=person, starts_at=timezone.now() - timedelta(hours=1))
    forget_everything()
    with django_assert_max_num_queries(9):
        str(part(None, noor, topic=topic)["who"])


def test_who_is_away_is_not_chosen_and_who_stands_in_is_one_click_away(
    as_user, office, noor, rachid, kees, parkeren, typed
):
    until = timezone.now() + timedelta(days=3)
    since = timezone.now() - timedelta(hours=1)
    Absence.objects.create(user=rachid, starts_at=since, ends_at=until, substitute=kees)
    away = typed | {"callback-who": f"user:{rachid.uuid}"}
    shown = as_user(noor).post(reverse("callbacks:preview"), away).content.decode()
    assert (
        f"R. Yilmaz is afwezig tot {date_format(timezone.localtime(until), 'D j b')}. Vervanger: K. de Boer." in shown
    )
    assert f'data-fills="id_callback-who" value="user:{kees.uuid}"' in shown
    refused = as_user(noor).post(reverse("contacts:register"), desk() | away)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.count("R. Yilmaz is afwezig") == 1
    assert page.count("Kies iemand die er is.") == 1
    assert "Is het bezwaar binnen?" in page
    assert f'<option value="user:{kees.uuid}"' in page
    Absence.objects.update(substitute=None)
    form = part(away, noor)
    assert form.errors["who"] == ["Kies iemand die er is."]
    assert form.absent.acting.value == f"team:{parkeren.uuid}"
    Absence.objects.update(ended_at=timezone.now())
    assert part(away, noor).is_valid()


def test_the_citizen_hears_until_when_in_words_that_can_be_said(office, noor, topic, typed):
    form = part(typed, noor, topic=topic)
    _team, due, _term = form.promise
    day = date_format(timezone.localtime(due), "l j F")
    assert form.sentence == f"U wordt uiterlijk {day} om {timezone.localtime(due):%H:%M} uur gebeld door Parkeren."


@pytest.mark.parametrize(
    ("chosen", "window", "last"),
    [
        (["afternoon"], "tussen 12:00 en 17:00 uur", "dinsdag 24 november om 17:00"),
        (["after15"], "na 15:00 uur", "dinsdag 24 november om 17:00"),
        (["morning"], "vóór 12:00 uur", "woensdag 25 november om 08:40"),
        (["window", "10:00", "11:30"], "tussen 10:00 en 11:30 uur", "dinsdag 24 november om 11:30"),
        (["window", "10:00"], "na 10:00 uur", "dinsdag 24 november om 17:00"),
        (["window", "19:00", "21:00"], "", "woensdag 25 november om 08:40"),  # never while the office is open
        (["x", "x" * 100_000], "", "woensdag 25 november om 08:40"),
    ],
)
def test_what_is_said_keeps_to_when_the_citizen_can_be_reached(
    as_user, office, noor, topic, typed, chosen: list[str], window: str, last: str
):
    names = ["callback-reachable", "callback-reachable_from", "callback-reachable_until"]
    asked = typed | {"topic": str(topic.uuid)} | dict(zip(names, chosen, strict=False))
    with time_machine.travel(datetime(2026, 11, 23, 8, 40, tzinfo=LOCAL), tick=False):
        page = as_user(noor).post(reverse("callbacks:preview"), asked).content.decode()
    said = f"{window} gebeld door Parkeren, uiterlijk {last} uur." if window else f"uiterlijk {last} uur gebeld"
    assert f"U wordt {said}" in page
    assert 'Terugbellen uiterlijk <b class="kcc-strong">wo 25 november 08:40' in page  # the norm's moment stays


def test_a_confirmation_is_written_once_and_tells_nothing_of_the_question(as_user, office, noor, jansen, typed):
    jansen.preferred_channel = "email"
    jansen.save()
    assert part(None, noor, jansen)["confirm"].value() is True
    assert not part(None, noor, make.customer("Bob", "Vos", email="b@voorbeeld.nl"))["confirm"].value()
    data = desk(customer=jansen) | typed | {"callback-confirm": "on"}
    box = make.mailbox()
    for _ in range(2):
        assert as_user(noor).post(reverse("contacts:register"), data).status_code == 302
    mail, made = Outgoing.objects.get(kind="callback-confirmation"), Callback.objects.get()
    assert (mail.recipient, mail.contact, mail.mailbox) == ("a.jansen@voorbeeld.nl", made.contact, box)
    assert made.reference in mail.body
    assert "Parkeren belt u uiterlijk" in mail.body
    assert "bezwaar" not in (mail.body + mail.subject).lower()
    assert "Jansen" not in mail.body
    assert next(event.kind for event in made.log()) == "callback_confirmed"
    page = as_user(noor).get(made.get_absolute_url()).content.decode()
    assert "Bevestiging gestuurd aan a.jansen@voorbeeld.nl" in page


def test_a_confirmation_goes_nowhere_without_an_address(office, noor, typed):
    form = part(typed | {"callback-confirm": "on"}, noor)
    assert form.is_valid()
    form.save(make.contact(), by=noor)
    assert not Outgoing.objects.exists()


def test_the_mailbox_of_the_department_goes_before_that_of_the_contact_centre(office, noor, jansen, parkeren, typed):
    make.mailbox()
    own = make.mailbox("parkeren@duinmeer.voorbeeld.nl", team=parkeren)
    form = part(typed | {"callback-confirm": "on"}, noor, jansen)
    assert form.is_valid()
    form.save(make.contact(jansen), by=noor)
    assert Outgoing.objects.get().mailbox == own


def test_a_second_about_the_same_is_made_on_purpose_only(as_user, noor, jansen, callback, typed):
    client, topic = as_user(noor), callback.contact.topic
    data = desk(topic, jansen) | typed
    refused = client.post(reverse("contacts:register"), data)
    assert refused.status_code == 422
    assert "Toch een tweede verzoek" in refused.content.decode()
    assert Callback.objects.count() == 1
    assert client.post(reverse("contacts:register"), data | {"callback-second": "1"}).status_code == 302
    assert Callback.objects.count() == 2
    assert client.post(reverse("contacts:register"), data | {"callback-second": "1"}).status_code == 302  # sent twice
    assert Callback.objects.count() == 2


def test_the_same_form_sent_twice_is_not_its_own_double(as_user, office, noor, jansen, topic, typed):
    data = desk(topic, jansen) | typed
    for _ in range(2):
        assert as_user(noor).post(reverse("contacts:register"), data).status_code == 302
    assert Callback.objects.count() == 1


def test_another_question_is_no_double(as_user, office, noor, jansen, callback, typed):
    other = make.topic("WOZ", theme="Belastingen", team=make.team("Belastingen"))
    form = part(typed, noor, jansen, other)
    assert form.is_valid(), form.errors
    assert form.waiting == [(callback, False)]
    client, asked = as_user(noor), typed | {"customer": str(jansen.uuid)}
    page = client.post(reverse("callbacks:who"), asked | {"topic": str(other.uuid)}).content.decode()
    assert "Klant wacht ook op een gesprek over iets anders: Bezwaar parkeervergunning" in page
    assert f'<a href="{callback.get_absolute_url()}">Bekijk het verzoek</a>' in page
    assert "callback-add_to" not in page
    untold = client.post(reverse("callbacks:who"), asked).content.decode()
    assert "callback-add_to" in untold  # while nobody said what it is about, it may be that


def test_a_stranger_is_known_by_number(as_user, noor, callback, typed):
    """An unknown caller who names the number to which we already promised a call; the agent's look is written down."""
    topic, client = callback.contact.topic, as_user(noor)
    asked = typed | {"topic": str(topic.uuid), "callback-number": "0031 6 90 12 34 56"}
    shown = client.post(reverse("callbacks:preview"), asked).content.decode()
    assert "Er staat al een verzoek open" in shown
    assert Access.objects.filter(user=noor, customer=callback.contact.customer, detail=callback.reference).exists()
    none = client.post(reverse("callbacks:preview"), asked | {"callback-number": "06 11111111"}).content.decode()
    assert "Er staat al" not in none
    data = desk(topic) | typed
    assert client.post(reverse("contacts:register"), data).status_code == 422
    data["callback-add_to"] = str(callback.uuid)
    saved = client.post(reverse("contacts:register"), data, follow=True)
    assert f"Contact opgeslagen en toegevoegd aan {callback.reference}" in saved.content.decode()
    assert callback.repeats.count() == 1


def test_what_is_shown_of_a_customer_is_written_down(as_user, noor, jansen, callback, typed):
    asked = typed | {"topic": str(callback.contact.topic.uuid), "customer": str(jansen.uuid)}
    assert "Er staat al" in as_user(noor).post(reverse("callbacks:preview"), asked).content.decode()
    assert Access.objects.get(user=noor).detail == callback.reference
    assert Access.objects.get().customer == jansen


def test_what_was_asked_meanwhile_gets_no_second(office, noor, jansen, topic, typed):
    """A colleague, or the website, was first while this form was being checked: the contact joins that callback."""
    form = part(typed | {"callback-urgent": "on", "callback-urgent_reason": "Hoorzitting"}, noor, jansen, topic)
    second = part(typed | {"callback-second": "on"}, noor, jansen, topic)
    assert form.is_valid(), form.errors
    assert second.is_valid(), second.errors
    first = make.callback(make.contact(jansen, topic=topic, outcome=Outcome.CALLBACK))
    contact = make.contact(jansen, topic=topic, outcome=Outcome.CALLBACK)
    assert form.request(contact, by=noor) == first
    first.refresh_from_db()
    assert (first.repeats.get(), first.urgent_reason) == (contact, "Hoorzitting")
    assert second.request(make.contact(jansen, topic=topic), by=noor) != first


def test_a_specialist_of_another_team_is_shown_nothing_by_number(as_user, sam, callback, typed):
    asked = typed | {"topic": str(callback.contact.topic.uuid), "customer": str(callback.contact.customer.uuid)}
    assert "Er staat al" not in as_user(sam).post(reverse("callbacks:preview"), asked).content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"callback-who": "\0", "topic": "\0", "customer": "\0"},
        {"callback-number": "x" * 100_000, "callback-q-x": "y"},
        {"callback-language": "x" * 500, "callback-q-" + "0" * 36: "\ud800"},
        {"contact": "x", "customer": "x" * 500},
        {"callback-who": ["a", "b"], "topic": ["c", "d"]},
    ],
)
def test_no_input_breaks_what_the_desk_asks(as_user, office, noor, data: dict[str, Any]):
    client, form = as_user(noor), "application/x-www-form-urlencoded"
    body = urlencode({"callback-number": "1"} | data, doseq=True, encoding="utf-8", errors="surrogatepass")
    for name in ("preview", "who"):
        assert client.post(reverse(f"callbacks:{name}"), body, content_type=form).status_code == 200
    assert client.post(reverse("callbacks:preview"), {"contact": str(uuid4())}).status_code == 404


def test_what_follows_takes_few_questions(as_user, noor, jansen, callback, typed, django_assert_max_num_queries):
    client = as_user(noor)
    asked = typed | {"topic": str(callback.contact.topic.uuid), "customer": str(jansen.uuid)}
    client.post(reverse("callbacks:who"), asked)
    with django_assert_max_num_queries(16):
        assert client.post(reverse("callbacks:who"), asked).status_code == 200


def test_from_a_contact_that_is_there(as_user, office, noor, jansen, topic, parkeren):
    case = make.case(jansen, topic=topic, title="Bezwaar", text="Ik hoor maar niets over mijn bezwaar.")
    contact = case.contacts.get()
    client, url = as_user(noor), reverse("callbacks:new")
    page = client.get(url, {"contact": str(contact.uuid)}).content.decode()
    assert "Ik hoor maar niets" in page
    assert 'value="06 90 12 34 56"' in page
    assert f'value="team:{parkeren.uuid}" selected' in page
    assert (
        "<html" not in client.get(url, {"contact": str(contact.uuid)}, headers={"HX-Request": "true"}).content.decode()
    )
    back = reverse("contacts:case", args=[case.uuid])
    assert "Terugbelverzoek maken" in client.get(back).content.decode()
    data = {"contact": str(contact.uuid), "next": back, "callback-number": "06 90123456", "callback-reachable": "day"}
    wrong = client.post(url, data)
    assert wrong.status_code == 422
    data["callback-question"] = "Waar blijft het besluit?"
    for _ in range(2):
        assert client.post(url, data)["Location"] == back
    made = Callback.objects.get()
    assert (made.contact, made.team, made.requested_by) == (contact, parkeren, noor)
    assert [event.kind for event in contact.events.filter(kind__startswith="callback")] == ["callback_requested"]
    assert made.reference in client.get(url, {"contact": str(contact.uuid)}).content.decode()


def test_the_number_stands_with_a_call_or_a_web_form(noor, office):
    call = make.contact(party="+31690123456")
    assert ContactPart.about(call, user=noor)["number"].value() == "06 90 12 34 56"
    long = make.contact(party="geheim", text="x" * 5000)
    form = ContactPart.about(long, user=noor)
    assert form["number"].value() == ""
    assert len(form["question"].value()) == 2000


def test_from_a_contact_of_others_there_is_nothing(as_user, sam, rachid, callback):
    url = reverse("callbacks:new")
    for client in (as_user(sam),):
        assert client.get(url, {"contact": str(callback.contact.uuid)}).status_code == 404
        assert client.post(url, {"contact": str(callback.contact.uuid)}).status_code == 404
    for text in ("", "x", "\0", str(uuid4())):
        assert as_user(rachid).get(url, {"contact": text}).status_code == 404


def test_outcome_decides_whether_the_part_is_wanted(noor):
    assert part({}, noor).wanted(Outcome.CALLBACK)
    assert not part({}, noor).wanted(Outcome.ANSWERED)
