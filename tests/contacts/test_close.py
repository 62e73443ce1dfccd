from django.urls import reverse

from contacts.models import Case, Contact
from tests import make


def test_close_ends_a_case_once(noor, jansen, office):
    case = make.case(jansen)
    assert case.close(result="Lamp vervangen", by=noor)
    closed_at = case.closed_at
    assert not case.close(result="Nog eens", by=noor)
    case.refresh_from_db()
    assert (case.closed_at, case.result) == (closed_at, "Lamp vervangen")
    assert [event.kind for event in case.events.all()] == ["case_closed"]


def test_closing_closes_what_nobody_closed_in_it(noor, jansen, office):
    topic = make.topic(team=make.team())
    case = make.case(jansen)
    case.choose_topic(topic, by=noor)
    spoken = make.contact(jansen, outcome="transferred", case=case)
    assert case.close(result="Gedaan", by=noor)
    asked = Contact.objects.get(case=case, channel="email")
    assert (asked.outcome, asked.closed_at, asked.agent, asked.topic) == ("answered", case.closed_at, noor, topic)
    spoken.refresh_from_db()
    assert spoken.outcome == "transferred"


def test_open_gives_the_same_case_twice(noor, jansen, office):
    contact = make.contact(jansen)
    first = Case.open(contact=contact, title="Lamp", team=make.team(), by=noor)
    assert Case.open(contact=contact, title="Lamp", team=make.team(), by=noor) == first
    assert first.due_at > first.opened_at


def test_view_lists_and_closes(as_user, noor, jansen, office):
    case, client = make.case(jansen), as_user(noor)
    assert "Kapotte lamp" in client.get(reverse("contacts:cases")).content.decode()
    assert "Kapotte lamp" in client.get(reverse("contacts:case", args=[case.uuid])).content.decode()
    assert client.get(reverse("contacts:close", args=[case.uuid])).status_code == 405
    assert client.post(reverse("contacts:close", args=[case.uuid]), {"result": ""}).status_code == 422
    assert client.post(reverse("contacts:close", args=[case.uuid]), {"result": "Gedaan"}).status_code == 302
    client.get(reverse("contacts:cases"))  # takes the message, which names the case
    assert "Kapotte lamp" not in client.get(reverse("contacts:cases")).content.decode()


def test_strangers_cannot_close(as_user, sam, noor, jansen, office):
    case = make.case(jansen)
    assert as_user(sam).post(reverse("contacts:close", args=[case.uuid]), {"result": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.closed_at is None


def test_closing_what_a_colleague_closed_keeps_the_text(as_user, noor, jansen, office):
    case = make.case(jansen)
    case.close(result="Gedaan", by=noor)
    answer = as_user(noor).post(reverse("contacts:close", args=[case.uuid]), {"result": "Mijn uitleg"})
    assert answer.status_code == 409
    assert "intussen gesloten" in answer.content.decode()
    assert "Mijn uitleg" in answer.content.decode()


def test_reopening_makes_it_work_again(as_user, noor, jansen, office):
    case = make.case(jansen)
    case.answered(at=case.last_inbound_at)
    case.close(result="Gedaan", by=noor)
    assert as_user(noor).post(reverse("contacts:reopen", args=[case.uuid])).status_code == 302
    case.refresh_from_db()
    assert (case.closed_at, case.result, case.is_answered) == (None, "", False)
    assert case.due_at > case.opened_at
    assert not case.reopen(by=noor)
    assert as_user(noor).post(reverse("contacts:reopen", args=[case.uuid])).status_code == 409
