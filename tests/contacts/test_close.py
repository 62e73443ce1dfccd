from django.urls import reverse

from contacts.models import Case
from tests import make


def opened(customer, noor):
    contact = make.contact(customer, channel="email", subject="Kapotte lamp", outcome="")
    return Case.open(contact=contact, title="Kapotte lamp", team=make.team(), by=noor)


def test_close_ends_a_case_once(noor, jansen, office):
    case = opened(jansen, noor)
    assert case.close(result="Lamp vervangen", by=noor)
    closed_at = case.closed_at
    assert not case.close(result="Nog eens", by=noor)
    case.refresh_from_db()
    assert (case.closed_at, case.result) == (closed_at, "Lamp vervangen")
    assert [event.kind for event in case.events.all()] == ["case_closed"]


def test_open_gives_the_same_case_twice(noor, jansen, office):
    contact = make.contact(jansen)
    first = Case.open(contact=contact, title="Lamp", team=make.team(), by=noor)
    assert Case.open(contact=contact, title="Lamp", team=make.team(), by=noor) == first
    assert first.due_at > first.opened_at


def test_view_lists_and_closes(as_user, noor, jansen, office):
    case, client = opened(jansen, noor), as_user(noor)
    assert "Kapotte lamp" in client.get(reverse("contacts:cases")).content.decode()
    assert "Kapotte lamp" in client.get(reverse("contacts:case", args=[case.uuid])).content.decode()
    assert client.get(reverse("contacts:close", args=[case.uuid])).status_code == 405
    assert client.post(reverse("contacts:close", args=[case.uuid]), {"result": ""}).status_code == 422
    assert client.post(reverse("contacts:close", args=[case.uuid]), {"result": "Gedaan"}).status_code == 302
    assert "Kapotte lamp" not in client.get(reverse("contacts:cases")).content.decode()


def test_strangers_cannot_close(as_user, sam, noor, jansen, office):
    case = opened(jansen, noor)
    assert as_user(sam).post(reverse("contacts:close", args=[case.uuid]), {"result": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.closed_at is None


def test_the_list_takes_the_same_queries_for_any_number(as_user, noor, jansen, office, django_assert_max_num_queries):
    for _place in range(60):
        opened(jansen, noor)
    client = as_user(noor)
    client.get(reverse("contacts:cases"))
    with django_assert_max_num_queries(5):
        answer = client.get(reverse("contacts:cases"))
    assert len(answer.context["cases"].rows) == 50
    rest = client.get(reverse("contacts:cases") + f"?after={answer.context['cases'].next}")
    assert len(rest.context["cases"].rows) == 10


def test_closing_what_a_colleague_closed_keeps_the_text(as_user, noor, jansen, office):
    case = opened(jansen, noor)
    case.close(result="Gedaan", by=noor)
    answer = as_user(noor).post(reverse("contacts:close", args=[case.uuid]), {"result": "Mijn uitleg"})
    assert answer.status_code == 409
    assert "intussen gesloten" in answer.content.decode()


def test_a_case_page_takes_the_same_queries_for_any_number(as_user, noor, office, django_assert_max_num_queries):
    case = Case.open(contact=make.contact(None, channel="email"), title="x", team=make.team(), by=noor)
    for _place in range(20):
        make.contact(None, channel="email").join(case, by=None)
    client = as_user(noor)
    client.get(reverse("contacts:case", args=[case.uuid]))
    with django_assert_max_num_queries(7):
        client.get(reverse("contacts:case", args=[case.uuid]))
