"""What colleagues tell each other about a case, who is mentioned in it, and a question to a department."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, Role
from contacts.models import Case, Contact
from contacts.models.queue import Queue
from tests import make


@pytest.fixture
def case(jansen, office):
    return make.case(jansen)


def url(case):
    return reverse("contacts:case_note", args=[case.uuid])


def test_a_note_stands_in_the_case(case, noor, as_user):
    client = as_user(noor)
    answer = client.post(url(case), {"text": "Belastingen zoekt het uit."})
    assert answer.status_code == 302
    assert case.events.get(kind="case_noted").data == {"text": "Belastingen zoekt het uit.", "mentions": []}
    assert "Belastingen zoekt het uit." in client.get(answer.headers["Location"]).content.decode()


def test_who_is_mentioned_hears_of_it(case, noor, kees, rachid, voorlijn, as_user):
    lotte = make.user("lotte", teams=[voorlijn], first_name="Lotte", last_name="de Wit")
    make.user("lotte2", teams=[voorlijn], first_name="Lotte", last_name="de Wit-Vos")
    text = "@Lotte de Wit, kijk je even? cc @kees. mail@lotte.nl @Rachid Yilmaz @Noor Bakker @Niemand"
    assert {one.username for one in case.mentioned(text)} == {"lotte", "kees", "noor"}  # rachid may not see it
    as_user(noor).post(url(case), {"text": text})
    told = {one.recipient.username: one.text for one in Notification.objects.all()}
    assert set(told) == {"lotte", "kees"}
    assert told["lotte"] == "N. Bakker noemde je bij Kapotte lamp"
    assert Notification.objects.get(recipient=lotte).url == case.get_absolute_url()


@pytest.mark.parametrize(
    "text", ["@", "@@@@", "@ Kees", "a@b.nl", "@" * 10_000, "@\0", "@kees" * 5000, "@(", "@Kees\nde Boer"]
)
def test_strange_mentions_harm_nothing(case, kees, text):
    assert case.mentioned(text) in ([], [kees])


def test_colleagues_are_found_while_typing(case, noor, kees, rachid, sam, as_user, django_assert_max_num_queries):
    client, find = as_user(noor), reverse("contacts:mentionable", args=[case.uuid])
    assert "Kees de Boer" in client.get(find, {"q": "boer"}).content.decode()
    assert "Rachid" not in client.get(find, {"q": "rachid"}).content.decode()
    for words in ("", "\0", "%", "x" * 10_000):
        assert client.get(find, {"q": words}).status_code == 200
    with django_assert_max_num_queries(8):
        client.get(find, {"q": "k"})
    assert as_user(sam).get(find).status_code == 404


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "x" * 20_001])
def test_an_empty_note_and_one_too_long_come_back(case, noor, as_user, text):
    assert as_user(noor).post(url(case), {"text": text}).status_code == 422
    assert not case.events.exists()


def test_a_closed_case_takes_notes(case, noor, as_user):
    case.close(result="Gedaan", by=noor)
    assert as_user(noor).post(url(case), {"text": "Nog dit"}).status_code == 302


def test_a_question_to_a_department_waits_for_its_answer(case, noor, rachid, parkeren, as_user):
    client = as_user(noor)
    asked = reverse("contacts:consult", args=[case.uuid])
    assert client.post(asked, {"team": parkeren.uuid, "note": ""}).status_code == 422
    assert client.post(asked, {"team": parkeren.uuid, "note": "Klopt dit?"}).status_code == 302
    now, found = timezone.now(), Case.objects.get()
    assert found.consulted_team == parkeren
    assert Queue(noor, now).page.rows == []
    assert Queue(noor, now, view="consulted").page.rows == [found]
    assert Queue(rachid, now).page.rows == [found]  # the department sees it
    assert as_user(rachid).get(found.get_absolute_url()).status_code == 200
    assert list(Contact.objects.visible_to(rachid)) == list(found.contacts.all())  # and the files in it
    found.note("Nog een vraag erbij", by=noor)  # of who asked: no answer
    assert Case.objects.get().consulted_at
    as_user(rachid).post(url(found), {"text": "Ja, dat klopt."})
    back = Case.objects.get()
    assert (back.consulted_at, back.consulted_team, back.is_unread) == (None, None, True)
    assert Queue(noor, timezone.now()).page.rows == [back]
    assert as_user(rachid).get(found.get_absolute_url()).status_code == 404
    told = Notification.objects.get(recipient=noor)
    assert told.text == "R. Yilmaz gaf antwoord over Kapotte lamp"


def test_what_is_late_is_back_whoever_was_asked(case, noor, parkeren):
    case.consult(team=parkeren, by=noor)
    assert Queue(noor, case.due_at).page.rows == [case]


def test_the_coordinator_hears_of_a_question(case, noor, rachid, parkeren):
    parkeren.coordinator = rachid
    parkeren.save()
    case.consult(team=parkeren, by=noor)
    assert Notification.objects.get().recipient == rachid


def test_an_answer_to_the_customer_ends_the_question(case, noor, parkeren):
    case.consult(team=parkeren, by=noor)
    case.answered(at=timezone.now())
    assert Case.objects.get().consulted_team is None


def test_an_editor_sees_no_case(case, as_user):
    editor = make.user("marit", Role.EDITOR)
    assert as_user(editor).post(url(case), {"text": "x"}).status_code == 404
