"""To whom a case goes and what it is about: assigned, put through, its topic, its priority, its other number."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, office_hours
from contacts.models import Case, Norm
from contacts.models.queue import Queue
from tests import make

SURROGATE = "\ud800".encode("utf-8", "surrogatepass")  # half a character, as no browser sends it


@pytest.fixture
def case(jansen, office):
    return make.case(jansen)


def url(name, case):
    return reverse(f"contacts:{name}", args=[case.uuid])


def test_a_lead_assigns_and_the_colleague_hears_of_it(case, kees, lotte, as_user):
    client = as_user(kees)
    assert client.post(url("assign_case", case), {"who": lotte.uuid}).status_code == 302
    found = Case.objects.get()
    assert found.assignee == lotte
    assert found.events.get().data == {"to": "L. Vermeulen"}
    assert Notification.objects.get().recipient == lotte
    client.post(url("assign_case", case), {"who": ""})
    assert Case.objects.get().assignee is None


def test_an_agent_takes_it_and_gives_only_the_own_back(case, noor, lotte, as_user):
    client = as_user(noor)
    assert client.post(url("assign_case", case), {"who": lotte.uuid}).status_code == 422
    assert client.post(url("assign_case", case), {"who": noor.uuid}).status_code == 302
    assert Case.objects.get().assignee == noor
    assert not Notification.objects.exists()
    assert as_user(lotte).post(url("assign_case", case), {"who": ""}).status_code == 422
    assert client.post(url("assign_case", case), {"who": ""}).status_code == 302
    assert Case.objects.get().assignee is None


def test_nobody_of_another_team_is_assigned(case, kees, rachid, as_user):
    assert as_user(kees).post(url("assign_case", case), {"who": rachid.uuid}).status_code == 422


def test_a_topic_is_chosen_with_its_norm(case, noor, parkeren, as_user):
    topic = make.topic(team=parkeren)
    Norm.objects.create(kind="email", topic=topic, amount=4, unit="days", starts_on=date(2020, 1, 1))
    assert as_user(noor).post(url("choose_topic", case), {"topic": topic.uuid}).status_code == 302
    found = Case.objects.get()
    assert found.topic == topic
    assert found.due_at == office_hours().add_days(found.asked_at, 4)
    assert found.team == case.team  # it stays here; the form to put it through proposes the team of the topic
    page = as_user(noor).get(found.get_absolute_url())
    assert page.context["forms"]["transfer"].initial["team"] == str(parkeren.uuid)


def test_put_through_it_is_due_by_the_norm_of_that_team_from_when_it_was_asked(case, noor, kees, parkeren, as_user):
    Norm.objects.create(kind="email", team=parkeren, amount=1, unit="days", starts_on=date(2020, 1, 1))
    Case.objects.update(assignee=kees, opened_at=timezone.now() - timedelta(days=30))
    case.contacts.update(registered_at=timezone.now() - timedelta(days=9))
    answer = as_user(noor).post(url("transfer", case), {"team": parkeren.uuid, "note": "Gaat over een boete."})
    assert answer.status_code == 302
    found = Case.objects.get()
    assert (found.team, found.assignee, found.holder, found.read_at) == (parkeren, None, None, None)
    assert found.due_at == office_hours().add_days(found.asked_at, 1)
    assert found.due_at < timezone.now()
    assert [event.kind for event in found.events.order_by("pk")] == ["case_transferred", "case_noted"]
    assert "Gaat over een boete." in as_user(kees).get(found.get_absolute_url()).content.decode()


def test_after_an_answer_the_clock_begins_with_the_next_message(case, noor, jansen, parkeren):
    case.answered(at=timezone.now())
    later = make.contact(jansen, channel="email", case=case)
    case.heard(later)
    assert case.asked_at == later.registered_at
    assert case.transfer(team=parkeren, note="", by=noor)
    assert case.due_at == office_hours().add_days(later.registered_at, 2)


def test_the_coordinator_of_a_department_hears_of_it(case, noor, rachid, parkeren):
    parkeren.coordinator = rachid
    parkeren.save()
    case.transfer(team=parkeren, note="", by=noor)
    assert Notification.objects.get().text == "N. Bakker zette door: Kapotte lamp"


def test_to_its_own_team_or_no_team_it_is_not_put_through(case, noor, as_user):
    for team in (case.team.uuid, "", "x", "\0"):
        answer = as_user(noor).post(url("transfer", case), {"team": team, "note": "Mijn notitie"})
        assert answer.status_code == 422
        assert "Mijn notitie" in answer.content.decode()


def test_who_put_it_through_first_is_told_to_the_second(case, noor, parkeren, as_user):
    case.close(result="Gedaan", by=noor)
    answer = as_user(noor).post(url("transfer", case), {"team": parkeren.uuid, "note": "Mijn notitie"})
    assert answer.status_code == 409
    assert "Mijn notitie" in answer.content.decode()
    assert not case.events.filter(kind="case_noted").exists()


def test_two_who_hand_it_over_at_once(case, noor, kees, parkeren, as_user):
    seen = case.place
    topic = make.topic("laadpaal")
    assert as_user(kees).post(url("assign_case", case), {"who": kees.uuid, "seen": seen}).status_code == 302
    for name, data in {
        "assign_case": {"who": noor.uuid},
        "choose_topic": {"topic": topic.uuid},
        "transfer": {"team": parkeren.uuid, "note": "Mijn notitie"},
        "consult": {"team": parkeren.uuid, "note": "Mijn notitie"},
    }.items():
        answer = as_user(noor).post(url(name, case), data | {"seen": seen})
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Een collega heeft deze zaak intussen gewijzigd. Er is niets opgeslagen." in text
        assert "note" not in data or "Mijn notitie" in text
    found = Case.objects.get()
    assert (found.assignee, found.team, found.topic) == (kees, case.team, None)


def test_priority(case, noor, as_user):
    client = as_user(noor)
    assert client.post(url("prioritise", case), {"priority": "1"}).status_code == 302
    assert Case.objects.get().priority == Case.Priority.HIGH
    for wrong in ("", "7", "x", "9" * 500):
        assert client.post(url("prioritise", case), {"priority": wrong}).status_code == 422


def test_spam_and_no_spam(case, noor, as_user):
    client = as_user(noor)
    assert client.post(url("spam", case)).status_code == 302
    found = Case.objects.get()
    assert found.spam_at == found.closed_at is not None
    assert Queue(noor, timezone.now(), view="spam").page.rows == [found]
    assert Queue(noor, timezone.now(), view="closed").page.rows == []
    assert client.post(url("spam", case)).status_code == 409
    assert client.post(url("no_spam", case)).status_code == 302
    assert Queue(noor, timezone.now()).page.rows == [found]
    assert client.post(url("no_spam", case)).status_code == 409


def test_a_case_elsewhere_is_linked(case, noor, as_user):
    client = as_user(noor)
    for wrong in ("javascript:alert(1)", "ftp://zaken.voorbeeld.nl/1", "x" * 300, "https://", "\0"):
        assert client.post(url("link", case), {"number": "Z2026/1", "url": wrong}).status_code == 422
    assert (
        client.post(url("link", case), {"number": "Z2026/1", "url": "https://zaken.voorbeeld.nl/1"}).status_code == 302
    )
    found = Case.objects.get()
    assert (found.external_number, found.external_url) == ("Z2026/1", "https://zaken.voorbeeld.nl/1")
    assert "https://zaken.voorbeeld.nl/1" in client.get(found.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "name", ["assign_case", "choose_topic", "transfer", "prioritise", "snooze", "wait", "consult", "spam", "no_spam",
             "reopen", "link", "close", "case_note", "merge_case", "unmerge_case", "take_over", "presence"]
)  # fmt: skip
def test_every_action_refuses_a_get_and_a_stranger(case, noor, sam, beheer, as_user, name):
    assert as_user(noor).get(url(name, case)).status_code == 405
    assert as_user(sam).post(url(name, case)).status_code == 404
    assert as_user(beheer).post(url(name, case)).status_code == 404


@pytest.mark.parametrize("name", ["assign_case", "choose_topic", "transfer", "snooze", "wait", "consult", "merge_case"])
@pytest.mark.parametrize("value", ["\0", SURROGATE, "x" * 100_000, "00000000-0000-0000-0000-000000000000"])
def test_nonsense_gives_the_form_back(case, noor, as_user, name, value):
    fields = ("who", "topic", "team", "note", "when", "reason", "number", "url", "result", "into")
    answer = as_user(noor).post(url(name, case), {field: [value, value] for field in fields})
    assert answer.status_code == 422
    assert Case.objects.get().closed_at is None
