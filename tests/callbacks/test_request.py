"""Asking for a callback: on its own, and together with a contact on the desk."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.memory import forget_everything
from callbacks.forms import CallbackPart
from callbacks.forms.promise import promise
from callbacks.models import Callback, Reminder
from callbacks.models.confirmation import confirm
from contacts.models import Contact, Norm, Outcome, Question
from tests import make


@pytest.fixture
def typed(parkeren):
    return {
        "callback-who": f"team:{parkeren.uuid}",
        "callback-number": "06-90 12 34 56",
        "callback-reachable": "after15",
        "callback-question": "Is het bezwaar binnen?",
    }


def part(data, noor, customer=None, topic=None):
    return CallbackPart(data, user=noor, customer=customer, topic=topic)


def test_it_promises_by_the_norm_and_plans_its_reminders(callback):
    assert callback.term == "2 werkdagen"
    assert callback.due_at > callback.requested_at
    assert sorted(callback.reminders.values_list("occurrence", flat=True)) == [
        "almost", "half", "late", "lead", "new",
    ]  # fmt: skip
    assert callback.log().get().kind == "callback_requested"


def test_what_else_was_said_is_kept(office, parkeren):
    made = make.callback(language="uk", may_leave_voicemail=False, answers=[("Kenteken", "1-ABC-23")])
    made.refresh_from_db()
    assert (made.other_language, made.may_leave_voicemail) == ("Oekraïens", False)
    assert made.answers == [["Kenteken", "1-ABC-23"]]
    made.language = "nl"
    assert made.other_language == ""


def test_a_contact_asks_for_one_callback_however_often_it_is_saved(callback):
    again = Callback.request(
        contact=callback.contact, team=callback.team, number="+31690000000", question="Nog eens", by=None
    )
    assert again == callback
    assert Callback.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_both_get_the_same(office, jansen, parkeren, monkeypatch):
    contact, start, promise = make.contact(jansen, outcome=Outcome.CALLBACK), Barrier(2), Norm.promise

    def together(*args, **kwargs):
        start.wait(timeout=60)  # both have seen that there is none yet
        return promise(*args, **kwargs)

    def ask(_):
        try:
            return Callback.request(contact=contact, team=parkeren, number="+31690000000", question="?", by=None)
        finally:
            connection.close()

    monkeypatch.setattr(Norm, "promise", together)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(ask, range(2))
    assert one == other == Callback.objects.get()
    assert one.reminders.count() == 5
    assert one.log().count() == 1


def test_a_second_for_the_same_contact_is_refused_in_words(callback):
    callback.pk, callback.reference, callback.uuid = None, "T-2", uuid4()
    with pytest.raises(ValidationError) as refused:
        callback.validate_constraints()
    assert refused.value.messages == ["Bij dit klantcontact hoort al een terugbelverzoek."]


def test_the_part_asks_for_what_was_typed(office, noor, jansen, parkeren, typed):
    form = part(typed | {"callback-urgent": "on", "callback-urgent_reason": "Kind ziek"}, noor, jansen)
    assert form.is_valid(), form.errors
    form.save(make.contact(jansen, outcome=Outcome.CALLBACK), by=noor)
    made = Callback.objects.get()
    assert (made.team, made.number, made.reachable_from, made.reachable_until) == (
        parkeren,
        "+31690123456",
        time(15),
        None,
    )
    assert (made.urgent_reason, made.requested_by, made.reachable) == ("Kind ziek", noor, "na 15:00")


def test_a_person_is_asked_in_the_team_of_the_topic(office, kees, noor, jansen, parkeren, typed):
    form = part(typed | {"callback-who": f"user:{kees.uuid}"}, noor, jansen, make.topic(team=parkeren))
    assert form.is_valid(), form.errors
    form.save(make.contact(jansen), by=noor)
    assert (Callback.objects.get().assignee, Callback.objects.get().team) == (kees, parkeren)


def test_nobody_chosen_means_the_department_of_the_topic(office, noor, jansen, parkeren, typed):
    form = part(typed | {"callback-who": ""}, noor, jansen, make.topic(team=parkeren))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["who"].team == parkeren
    assert "who" in part(typed | {"callback-who": ""}, noor, jansen).errors


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("number", "geen nummer", "number"),
        ("number", "", "number"),
        ("number", "06\x0012345678", "number"),
        ("question", "x" * 2001, "question"),
        ("question", "", "question"),
        ("question", "a\x00b", "question"),
        ("who", "team:00000000-0000-0000-0000-000000000000", "who"),
        ("who", "user:geen", "who"),
        ("who", "\x00", "who"),
        ("reachable", "ooit", "reachable"),
        ("reachable", "window", "reachable_until"),
        ("urgent", "on", "urgent_reason"),
        ("urgent_reason", "x" * 201, "urgent_reason"),
        ("add_to", "geen", "add_to"),
        ("add_to", "00000000-0000-0000-0000-000000000000", "add_to"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(office, noor, typed, field, value, at):
    assert at in part(typed | {f"callback-{field}": value}, noor).errors


def test_a_window_ends_after_it_begins(office, noor, typed):
    window = {"callback-reachable": "window", "callback-reachable_from": "10:00", "callback-reachable_until": "09:00"}
    assert "reachable_until" in part(typed | window, noor).errors
    form = part(typed | window | {"callback-reachable_until": "11:30"}, noor)
    assert form.is_valid()
    assert (form.cleaned_data["reachable_from"], form.cleaned_data["reachable_until"]) == (time(10), time(11, 30))


def test_an_office_without_norm_says_so(office, noor, typed):
    Norm.objects.all().delete()
    assert "norm" in str(part(typed, noor).non_field_errors())


def test_somebody_who_left_or_a_closed_team_is_not_asked(office, noor, rachid, parkeren, typed):
    rachid.is_active = False
    rachid.save()
    assert "who" in part(typed | {"callback-who": f"user:{rachid.uuid}"}, noor).errors
    parkeren.closed_at = make.contact().happened_at
    parkeren.save()
    assert "who" in part(typed, noor).errors


def test_the_number_of_the_customer_is_there_already(office, noor, jansen):
    assert part(None, noor, jansen)["number"].value() == "06 90 12 34 56"
    shown = str(part(None, noor, jansen, make.topic(team=make.team()))["who"])
    assert 'form="registratie"' in shown
    assert "selected" in shown


def test_what_is_kept_is_in_the_language_of_the_office(office, noor, jansen, typed):
    about = make.topic("Grofvuil")
    day = Question.objects.create(topic=about, label="Wanneer", kind="date", place="callback")
    forget_everything()
    with translation.override("en"):
        form = part(typed | {f"callback-q-{day.uuid}": "2026-12-03"}, noor, jansen, about)
        assert form.is_valid(), form.errors
        kept = form.request(make.contact(jansen, topic=about), by=noor)
        mail = confirm(kept, to="a@voorbeeld.nl", by=noor)
        adding = part({"callback-add_to": str(kept.uuid)}, noor, jansen)
        assert adding.is_valid(), adding.errors
        adding.request(make.contact(jansen), by=noor)
    kept.refresh_from_db()
    assert (kept.term, kept.urgent_reason) == ("2 werkdagen", "Klant belde opnieuw")
    assert kept.answers == [["Wanneer", "3 december 2026"]]
    assert "Met vriendelijke groet,\nGemeente" in mail.body
    assert "working days" not in mail.body


def test_a_colleague_reads_the_promise_in_their_own_language(office, noor, parkeren):
    with translation.override("en"):
        promised = promise(parkeren, None)
    assert promised
    assert promised[2] == "2 working days"


def test_a_second_question_is_added_to_what_is_open(office, noor, jansen, callback, typed):
    form = part({"callback-add_to": str(callback.uuid), "callback-number": ""}, noor, jansen)
    assert form.is_valid(), form.errors
    again = make.contact(jansen)
    form.save(again, by=noor)
    callback.refresh_from_db()
    assert list(callback.repeats.all()) == [again]
    assert callback.urgent_reason == "Klant belde opnieuw"
    assert Callback.objects.count() == 1


def test_what_was_typed_goes_with_what_is_added(office, noor, jansen, rachid, callback, typed, as_user, kinds):
    """A second question, another number and window: who calls back reads and uses them; what was left alone stays."""
    topic = callback.contact.topic
    plate = Question.objects.create(topic=topic, label="Kenteken", place="callback", is_required=True)
    forget_everything()
    typed |= {"callback-add_to": str(callback.uuid), "callback-number": "06 11111111", "callback-language": "en"}
    typed |= {"callback-question": "En de boete?", f"callback-q-{plate.uuid}": "AB-12-CD"}
    form = part(typed, noor, jansen, topic)
    assert form.is_valid(), form.errors
    again = make.contact(jansen, text="Belt opnieuw")
    for _ in range(2):
        form.save(again, by=noor)
    callback.refresh_from_db()
    assert (callback.number, callback.language, callback.may_leave_voicemail) == ("+31611111111", "en", False)
    assert (callback.reachable_from, callback.reachable_until) == (time(15), None)
    assert callback.question == "Is het bezwaar binnen?"
    (plate_label, plate_value), (label, question) = callback.answers
    assert (plate_label, plate_value, question) == ("Kenteken", "AB-12-CD", "En de boete?")
    assert label.startswith("Aanvulling, ")
    assert kinds(callback) == ["callback_requested", "callback_repeated", "callback_adjusted"]
    page = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    for words in (
        "En de boete?",
        "AB-12-CD",
        "06 11 11 11 11",
        "Ander nummer.",
        "Bereikbaar: na 15:00",
        "Geen voicemail inspreken.",
    ):
        assert words in page, words


def test_what_was_offered_and_left_alone_changes_nothing(office, noor, jansen, callback, kinds):
    """The form offers the first number of the customer and the whole day: that is not what the citizen said."""
    callback.adjust(by=noor, number="+31611111111", reachable_from=time(12), reachable_until=time(17))
    offered = {"callback-number": "06 90 12 34 56", "callback-reachable": "day", "callback-question": "Nog niets?"}
    asked = offered | {"callback-add_to": str(callback.uuid), "callback-may_leave_voicemail": "on"}
    form = part(asked | {"callback-language": "nl"}, noor, jansen, callback.contact.topic)
    assert form.is_valid(), form.errors
    form.save(make.contact(jansen, text="Nog niets?"), by=noor)
    callback.refresh_from_db()
    assert (callback.number, callback.reachable_from, callback.answers) == ("+31611111111", time(12), [])
    assert kinds(callback) == ["callback_requested", "callback_adjusted", "callback_repeated"]


def test_what_is_added_to_something_late_promises_nothing_that_has_passed(as_user, noor, jansen, late):
    data = {"key": str(uuid4()), "channel": "phone", "text": "Weer ik", "outcome": "callback"}
    data |= {"customer": str(jansen.uuid), "callback-add_to": str(late.uuid)}
    page = as_user(noor).post(reverse("contacts:register"), data, follow=True).content.decode()
    assert f"Contact opgeslagen en toegevoegd aan {late.reference}, die al te laat is" in page
    assert page.count("Toegevoegd aan terugbelverzoek") == 1
    assert page.count("Terugbelverzoek gemaakt") == 1  # the first contact
    case = make.case(jansen)
    asked = {"contact": str(case.contacts.get().uuid), "callback-add_to": str(late.uuid)}
    page = as_user(noor).post(reverse("callbacks:new"), asked, follow=True).content.decode()
    assert f"Toegevoegd aan {late.reference}, die al te laat is" in page


def test_a_wrong_number_is_said_before_anything_is_added(office, noor, jansen, callback):
    form = part({"callback-add_to": str(callback.uuid), "callback-number": "onzin"}, noor, jansen)
    assert list(form.errors) == ["number"]


def test_what_ended_while_the_agent_typed_is_asked_anew(office, noor, jansen, callback):
    form = part({"callback-add_to": str(callback.uuid)}, noor, jansen)
    assert form.is_valid()
    callback.complete(outcome="Gebeld", by=None)
    form.save(make.contact(jansen, text="Nog steeds geen bericht"), by=noor)
    assert Callback.objects.open().get().question == "Nog steeds geen bericht"


def test_nothing_is_added_to_somebody_elses_callback(office, noor, callback):
    other = make.customer("Piet", "Visser")
    assert "add_to" in part({"callback-add_to": str(callback.uuid)}, noor, other).errors


def test_the_desk_saves_contact_and_callback_in_one(office, noor, jansen, as_user, typed):
    data = {
        "key": str(uuid4()),
        "channel": "phone",
        "text": "Bezwaar",
        "outcome": "callback",
        "customer": str(jansen.uuid),
    }
    client = as_user(noor)
    for _ in range(2):
        assert client.post(reverse("contacts:register"), data | typed).status_code == 302
    assert (Contact.objects.count(), Callback.objects.count(), Reminder.objects.count()) == (1, 1, 5)
    wrong = client.post(reverse("contacts:register"), data | typed | {"key": str(uuid4()), "callback-number": "x"})
    assert wrong.status_code == 422
    assert "Is het bezwaar binnen?" in wrong.content.decode()
    assert Contact.objects.count() == 1


def test_the_preview_says_until_when(office, noor, rachid, parkeren, as_user):
    forget_everything()
    topic, client = make.topic(team=parkeren), as_user(noor)
    url = reverse("callbacks:preview")
    for query in (
        {"who": f"team:{parkeren.uuid}"},
        {"callback-who": f"user:{rachid.uuid}"},
        {"topic": str(topic.uuid)},
    ):
        shown = client.get(url, query).content.decode()
        assert "Terugbellen uiterlijk" in shown, query
        assert "(2 werkdagen)" in shown, query
    for query in ({}, {"who": "\x00"}, {"who": "team:x", "topic": "x"}, {"who": "x" * 3000}):
        assert "Kies een afdeling" in client.get(url, query).content.decode()
    forget_everything()


def test_a_search_finds_teams_and_people(office, noor, rachid, parkeren, as_user):
    shown = as_user(noor).get(reverse("callbacks:addressees"), {"q": "yilm"}).content.decode()
    assert f'data-value="user:{rachid.uuid}"' in shown
    assert "Parkeren" in shown
    assert f"team:{parkeren.uuid}" in as_user(noor).get(reverse("callbacks:addressees"), {"q": "park"}).content.decode()
    assert as_user(noor).get(reverse("callbacks:addressees"), {"q": "\x00%_"}).status_code == 200


@settings(max_examples=60)
@given(
    data=st.dictionaries(
        st.sampled_from([f"callback-{name}" for name in CallbackPart.base_fields]),
        st.one_of(
            st.text(max_size=60), st.uuids().map(lambda uuid: f"user:{uuid}"), st.just("x" * 5000), st.just("window")
        ),
    )
)
def test_no_input_breaks_the_part(office, noor, jansen, data):
    form = part(data, noor, jansen)
    assert isinstance(form.is_valid(), bool)
    assert str(form["who"])


def test_the_topic_implies_who_calls_back_until_a_person_was_chosen(as_user, noor, rachid, office, parkeren):
    topic, client = make.topic(team=parkeren), as_user(noor)
    page = client.get(reverse("callbacks:who"), {"topic": str(topic.uuid)}).content.decode()
    assert f'value="team:{parkeren.uuid}" selected' in page
    assert "Terugbellen uiterlijk" in page
    chosen = {"topic": str(topic.uuid), "callback-who": f"user:{rachid.uuid}"}
    assert f'value="user:{rachid.uuid}" selected' in client.get(reverse("callbacks:who"), chosen).content.decode()
    assert client.get(reverse("callbacks:who"), {"topic": "x", "callback-who": "y"}).status_code == 200
