"""After the last miss: a letter to the citizen, and with it the callback is over; or it is closed with a reason."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.worktime import LOCAL
from callbacks.models import Callback, Cause, Policy, Result
from contacts.models import Contact, Norm, Outgoing
from tests import make

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=LOCAL)


@pytest.fixture
def missed(callback, rachid):
    """Three misses, of which one in the afternoon."""
    for hours in (0, 1, 5):
        with time_machine.travel(TUESDAY + timedelta(hours=hours)):
            callback.attempt(key=str(hours), result=Result.NO_ANSWER, by=rachid)
    return Callback.objects.get()


def url(callback):
    return reverse("callbacks:message", args=[callback.uuid])


def typed(**fields):
    return {
        "key": str(uuid4()),
        "subject": "Wij konden u niet bereiken",
        "text": "Beste Anna,\r\n\r\nBel ons.",
    } | fields


def letters():
    return Outgoing.objects.filter(kind="reply")


def test_a_letter_begins_with_words_that_say_nothing_of_the_question(missed, rachid, as_user):
    shown = as_user(rachid).get(missed.get_absolute_url()).content.decode()
    assert "a.jansen@voorbeeld.nl" in shown
    letter = as_user(rachid).get(missed.get_absolute_url()).context["message_form"].initial
    assert missed.reference in letter["subject"]
    assert letter["text"].startswith("Beste Anna Jansen,")
    assert "3 keer" in letter["text"]
    assert missed.question not in letter["text"]


def test_the_letter_and_the_end_are_one_save(missed, rachid, as_user, kinds):
    data, client = typed(), as_user(rachid)
    for _ in range(2):
        assert client.post(url(missed), data).status_code == 302
    missed.refresh_from_db()
    assert (missed.status, missed.cancel_cause) == ("cancelled", Cause.MESSAGE)
    assert kinds(missed).count("callback_cancelled") == 1
    letter = letters().get()
    assert letter.recipient == "a.jansen@voorbeeld.nl"
    assert letter.body.startswith("Beste Anna,\n\nBel ons.")
    sent = letter.contact
    assert (sent.customer, sent.direction, sent.agent) == (missed.contact.customer, "out", rachid)
    assert sent.case.closed_at is not None  # nobody has to do anything, unless the citizen answers
    assert "Bericht gestuurd" in client.get(missed.get_absolute_url()).content.decode()


def test_without_a_norm_nothing_is_sent_and_nothing_ends(missed, rachid, as_user):
    Norm.objects.all().delete()
    make.forget_everything()
    answer = as_user(rachid).post(url(missed), typed(text="Mijn brief"))
    assert answer.status_code == 422
    assert "Mijn brief" in answer.content.decode()
    assert Callback.objects.get().is_open
    assert not letters().exists()


def test_wrong_input_keeps_the_letter(missed, rachid, as_user):
    for wrong in (
        {"key": "geen"}, {"subject": ""}, {"subject": "Dag\r\nBcc: iedereen@voorbeeld.nl"}, {"subject": "x" * 151},
        {"text": ""}, {"text": "x" * 5001}, {"text": "a\x00b"},
    ):  # fmt: skip
        data = typed(text="Mijn brief") | wrong
        answer = as_user(rachid).post(url(missed), data)
        assert answer.status_code == 422, wrong
        assert data["text"][:9].replace("\x00", "") in answer.content.decode().replace("\x00", ""), wrong
    assert Callback.objects.get().is_open


def test_who_closed_it_first_wins_and_the_letter_is_given_back(missed, rachid, noor, as_user):
    missed.complete(outcome="Toch gesproken", by=noor)
    answer = as_user(rachid).post(url(missed), typed(text="Mijn brief"))
    assert answer.status_code == 409
    assert "N. Bakker heeft dit intussen afgerond" in answer.content.decode()
    assert "Mijn brief" in answer.content.decode()
    assert not letters().exists()


def test_without_an_address_it_is_closed_with_a_reason(missed, rachid, as_user):
    missed.contact.customer.addresses.filter(kind="email").delete()
    client = as_user(rachid)
    shown = client.get(missed.get_absolute_url()).content.decode()
    assert "Er is geen e-mailadres bekend." in shown
    assert url(missed) not in shown
    assert 'value="unreachable" checked' in shown
    assert client.post(url(missed), typed()).status_code == 409  # an old page
    told = {"cause": "unreachable", "reason": "Drie keer gebeld, nummer blijft bezet."}
    assert client.post(reverse("callbacks:cancel", args=[missed.uuid]), told).status_code == 302
    assert Callback.objects.get().cancel_cause == Cause.UNREACHABLE
    assert not Contact.objects.filter(channel="email").exists()


def test_the_policy_says_how_many_tries_there_are(callback, rachid, as_user):
    Policy.objects.create(team=callback.team, max_attempts=1, day_parts=1)
    make.forget_everything()
    assert "0 van 1" in as_user(rachid).get(callback.get_absolute_url()).content.decode()
    callback.attempt(key="a", result=Result.BUSY, by=rachid)
    shown = as_user(rachid).get(callback.get_absolute_url()).content.decode()
    assert "1 van 1" in shown
    assert "1 poging." in shown


def test_a_get_and_a_stranger_are_refused(missed, rachid, sam, beheer, as_user):
    assert as_user(rachid).get(url(missed)).status_code == 405
    for stranger in (sam, beheer):
        assert as_user(stranger).post(url(missed), typed()).status_code == 404
