"""One thing done with several cases, what was skipped, and putting it back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Case, Contact
from contacts.models.queue import Queue
from tests import make

BULK = "contacts:bulk"


@pytest.fixture
def cases(jansen, office):
    return [make.case(jansen, title=title, topic=make.topic()) for title in ("een", "twee", "drie")]


@pytest.fixture
def send(as_user, noor):
    client = as_user(noor)

    def post(cases, client=client, **data):
        return client.post(reverse(BULK), {"chosen": [case.uuid for case in cases], **data})

    post.client = client
    return post


def undo(client):
    key = list(client.session["undo"])[-1]
    return client.post(reverse("contacts:undo", args=[key]))


def said(client):
    return client.get(reverse("contacts:cases")).content.decode()


def test_assign_and_undo(cases, noor, kees, send):
    assert send(cases[:2], action="assign", who=noor.uuid).status_code == 302
    assert [case.assignee for case in Case.objects.order_by("pk")] == [noor, noor, None]
    assert "2 berichten toegewezen" in said(send.client)
    cases[0].assign(to=kees, by=kees)  # meanwhile
    undo(send.client)
    assert [case.assignee for case in Case.objects.order_by("pk")] == [kees, None, None]
    assert "1 bericht is intussen door een collega gewijzigd" in said(send.client)
    assert cases[1].events.filter(kind="case_undone").exists()


def test_topic(cases, send):
    topic = make.topic("laadpaal")
    assert send(cases, action="topic", topic=topic.uuid).status_code == 302
    assert set(Case.objects.values_list("topic", flat=True)) == {topic.pk}
    undo(send.client)
    assert set(Case.objects.values_list("topic", flat=True)) == {make.topic().pk}


def test_snooze_and_undo(cases, noor, send):
    send(cases[:1], action="snooze", when="over 2 werkdagen", reason="Later")
    assert [case.title for case in Queue(noor, timezone.now(), view="snoozed").page.rows] == ["een"]
    undo(send.client)
    found = Case.objects.get(title="een")
    assert (found.snoozed_until, found.snooze_reason, found.read_at) == (None, "", None)


def test_close_skips_what_is_closed_and_what_is_not_yours(cases, noor, rachid, jansen, as_user, send):
    cases[2].close(result="Al gedaan", by=noor)
    assert send(cases, action="close", result="Beantwoord").status_code == 302
    assert list(Case.objects.order_by("pk").values_list("result", flat=True)) == [
        "Beantwoord",
        "Beantwoord",
        "Al gedaan",
    ]
    text = said(send.client)
    assert "2 zaken gesloten. 1 overgeslagen" in text
    undo(send.client)
    assert set(Case.objects.open().values_list("title", flat=True)) == {"een", "twee"}
    assert Contact.objects.filter(case=cases[0]).get().outcome == ""
    client = as_user(rachid)
    assert send(cases[:1], client=client, action="close", result="x").status_code == 302
    assert Case.objects.open().filter(title="een").exists()


def test_spam(cases, noor, send):
    send(cases[:2], action="spam")
    assert Case.objects.spam().count() == 2
    assert "2 berichten gemarkeerd als spam" in said(send.client)
    undo(send.client)
    assert Case.objects.open().count() == 3


def test_merge_into_the_first_of_the_same_customer(cases, noor, send):
    stranger = make.case(make.customer("Bob", "Vos"))
    send([*cases[::-1], stranger], action="merge")
    assert {case.merged_into_id for case in Case.objects.filter(title__in=["twee", "drie"])} == {cases[0].pk}
    assert cases[0].contacts.count() == 3
    assert "2 zaken samengevoegd. 1 overgeslagen: van een andere klant" in said(send.client)
    undo(send.client)
    assert [case.contacts.count() for case in Case.objects.order_by("pk")] == [1, 1, 1, 1]
    assert Case.objects.open().count() == 4


def test_undoing_twice_or_what_was_never_done_changes_nothing(cases, noor, send):
    send(cases, action="close", result="Gedaan")
    key = next(iter(send.client.session["undo"]))
    for _time in range(2):
        assert send.client.post(reverse("contacts:undo", args=[key])).status_code == 302
    assert "Dit kan niet meer ongedaan worden gemaakt." in said(send.client)
    assert send.client.post(reverse("contacts:undo", args=[uuid4()])).status_code == 302
    assert Case.objects.open().count() == 3
    assert send.client.get(reverse("contacts:undo", args=[key])).status_code == 405


def test_nobody_undoes_the_work_of_another(cases, kees, send, as_user):
    send(cases, action="close", result="Gedaan")
    key = next(iter(send.client.session["undo"]))
    as_user(kees).post(reverse("contacts:undo", args=[key]))
    assert Case.objects.open().count() == 0


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        ({"action": "snooze"}, "Kies tot wanneer."),
        ({"action": "snooze", "when": "ooit"}, "begrijpen we niet"),
        ({"action": "close"}, "Schrijf wat het resultaat is."),
        ({"action": "close", "result": "x" * 5000}, "200"),
        ({"action": "topic"}, "Kies een onderwerp."),
        ({"action": "topic", "topic": "\0"}, ""),
        ({"action": "vernietigen"}, ""),
        ({}, ""),
    ],
)
def test_what_is_missing_is_asked_with_the_same_cases(cases, send, data, missing):
    answer = send(cases, **data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert missing in text
    assert all(str(case.uuid) in text for case in cases)
    assert Case.objects.open().count() == 3


def test_without_a_choice_nothing_is_done(cases, send):
    assert "Kies eerst een of meer berichten." in send([], action="spam").content.decode()
    answer = send.client.post(reverse(BULK), {"chosen": ["x", "\0", "1" * 5000] * 300, "action": "spam"})
    assert answer.status_code == 422
    assert Case.objects.open().count() == 3


def test_an_agent_assigns_to_nobody_but_themselves(cases, kees, send):
    assert send(cases, action="assign", who=kees.uuid).status_code == 422


def test_others_are_refused(cases, beheer, as_user, noor):
    assert as_user(noor).get(reverse(BULK)).status_code == 405
    client = as_user(beheer)
    client.post(reverse(BULK), {"chosen": [case.uuid for case in cases], "action": "spam"})
    assert Case.objects.open().count() == 3


def test_after_one_action_its_message_offers_to_undo_it(cases, noor, as_user):
    client, case = as_user(noor), cases[0]
    client.post(reverse("contacts:close", args=[case.uuid]), {"result": "Te vroeg"})
    text = said(client)
    assert "Ongedaan maken" in text
    undo(client)
    assert Case.objects.get(pk=case.pk).closed_at is None


def test_what_was_due_is_due_again(cases, noor, as_user, parkeren):
    due = timezone.now() - timedelta(hours=5)
    Case.objects.filter(pk=cases[0].pk).update(due_at=due, assignee=noor)
    client = as_user(noor)
    client.post(reverse("contacts:transfer", args=[cases[0].uuid]), {"team": parkeren.uuid, "note": "Voor jullie"})
    undo(client)
    found = Case.objects.get(pk=cases[0].pk)
    assert (found.team.name, found.assignee, found.due_at) == ("Voorlijn", noor, due)


def test_an_agent_gives_back_only_the_own(cases, noor, kees, send):
    cases[0].assign(to=kees, by=kees)
    cases[1].assign(to=noor, by=kees)
    send(cases[:2], action="assign", who="")
    assert [case.assignee for case in Case.objects.order_by("pk")] == [kees, None, None]
