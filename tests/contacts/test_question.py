"""Question sets: made, ordered with buttons, asked no more, and asked again."""

import pytest
from django.urls import reverse

from contacts.models import Question
from contacts.models.question import callback_questions, public_topics
from tests import make

QUESTIONS = "/settings/questions/"


@pytest.fixture
def topic(parkeren):
    found = make.topic(team=parkeren)
    found.public_name = "Bezwaar"
    found.save()
    return found


def typed(topic=None, **changes):
    data = {"label": "Wat is het kenteken?", "hint": "", "topic": str(topic.uuid) if topic else "", "team": "",
            "place": "callback", "kind": "line", "choices": ""}  # fmt: skip
    return data | changes


def three(topic):
    return [Question.objects.create(topic=topic, label=label, position=n) for n, label in enumerate("abc")]


def test_a_question_is_made_and_asked_at_once(as_user, beheer, topic):
    client = as_user(beheer)
    assert callback_questions(topic=topic, team=None) == []
    said = client.post(QUESTIONS + "new/", typed(topic, place="both", is_required="on"), follow=True)
    assert "Opgeslagen" in said.content.decode()
    made = Question.objects.get()
    assert (made.label, made.place, made.is_required, made.position) == ("Wat is het kenteken?", "both", True, 0)
    assert callback_questions(topic=topic, team=None) == [made]
    assert public_topics()[0].questions == [made]


def test_a_question_of_a_department_is_asked_with_callbacks_only(as_user, beheer, parkeren):
    client = as_user(beheer)
    assert client.post(QUESTIONS + "new/", typed(team=str(parkeren.uuid))).status_code == 302
    said = client.post(QUESTIONS + "new/", typed(team=str(parkeren.uuid), place="web"))
    assert (said.status_code, "Kies een onderwerp." in said.content.decode()) == (422, True)
    assert callback_questions(topic=None, team=parkeren) == [Question.objects.get()]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topic": ""}, "Kies een onderwerp of een afdeling."),
        ({"topic": "x\0"}, "Kies een onderwerp uit de lijst."),
        ({"team": "99"}, "Kies een afdeling uit de lijst."),
        ({"label": ""}, "Dit veld is verplicht."),
        ({"label": "\0"}, "een teken dat niet kan"),
        ({"label": "x" * 1_000_000}, "200"),
        ({"kind": "choice", "choices": "Groen"}, "Schrijf minstens twee keuzes op"),
        ({"kind": "choice", "choices": " \n\n "}, "Schrijf minstens twee keuzes op"),
        ({"kind": "choice", "choices": "Groen\nGroen"}, "Een keuze staat er twee keer."),
        ({"kind": "choice", "choices": "\n".join(map(str, range(61)))}, "Hooguit 60 keuzes"),
        ({"kind": "choice", "choices": "x" * 1_000_000}, "tekens"),
        ({"kind": "gok"}, "gok"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(as_user, beheer, topic, changes, words):
    said = as_user(beheer).post(QUESTIONS + "new/", typed(topic) | changes)
    assert (said.status_code, words in said.content.decode()) == (422, True)
    assert not Question.objects.exists()


def test_choices_go_with_a_choice_only(as_user, beheer, topic):
    client = as_user(beheer)
    client.post(QUESTIONS + "new/", typed(topic, kind="choice", choices="Groen\r\n\r\nGrijs "))
    made = Question.objects.get()
    assert made.options == ["Groen", "Grijs"]
    client.post(f"{QUESTIONS}{made.uuid}/", typed(topic, kind="line", choices="Groen\nGrijs"))
    made.refresh_from_db()
    assert (made.kind, made.choices) == ("line", "")


def test_it_is_changed_and_an_old_page_says_so(as_user, beheer, topic):
    (row, *_others), client = three(topic), as_user(beheer)
    page = client.get(f"{QUESTIONS}{row.uuid}/")
    stamp = page.context["form"].fresh_stamp
    assert client.post(f"{QUESTIONS}{row.uuid}/", typed(topic, label="Eerste", stamp=stamp)).status_code == 302
    said = client.post(f"{QUESTIONS}{row.uuid}/", typed(topic, label="Tweede", stamp=stamp))
    assert (said.status_code, 'value="Tweede"' in said.content.decode()) == (409, True)
    row.refresh_from_db()
    assert (row.label, row.position) == ("Eerste", 0)


def test_questions_are_put_in_order_with_buttons(as_user, beheer, topic, parkeren):
    a, b, c = three(topic)
    Question.objects.update(position=0)  # as the admin leaves them
    Question.objects.create(topic=topic, team=parkeren, label="van een andere set")
    client = as_user(beheer)

    def order():
        return [one.label for one in Question.objects.asked_with(a)]

    assert order() == ["a", "b", "c"]
    assert client.post(f"{QUESTIONS}{c.uuid}/move/", {"to": "up"}).status_code == 302
    assert order() == ["a", "c", "b"]
    client.post(f"{QUESTIONS}{a.uuid}/move/", {"to": "down"})
    assert order() == ["c", "a", "b"]
    said = client.post(f"{QUESTIONS}{c.uuid}/move/", {"to": "up"}, follow=True)
    assert "kan niet verder" in said.content.decode()
    assert order() == ["c", "a", "b"]
    assert client.post(f"{QUESTIONS}{b.uuid}/move/", {"to": "sideways"}).status_code == 400
    assert client.get(f"{QUESTIONS}{b.uuid}/move/").status_code == 405


def test_it_is_asked_no_more_and_again_after_the_others(as_user, beheer, topic):
    (a, _b, _c), client = three(topic), as_user(beheer)
    client.post(f"{QUESTIONS}{a.uuid}/withdraw/")
    assert [one.label for one in public_topics()[0].questions] == ["b", "c"]
    assert "1 vervallen vraag" in client.get(QUESTIONS).content.decode()
    client.post(f"{QUESTIONS}{a.uuid}/withdraw/")
    assert [one.label for one in public_topics()[0].questions] == ["b", "c", "a"]


def test_the_admin_shows_the_same(as_user, beheer, topic):
    row, client = three(topic)[0], as_user(beheer)
    shown = client.get(reverse("admin:contacts_question_change", args=[row.pk])).content.decode()
    assert 'name="place"' in shown
    assert 'name="team"' in shown
    assert client.get(reverse("admin:contacts_topic_change", args=[topic.pk])).status_code == 200


def test_the_list_costs_a_bounded_number_of_queries(as_user, beheer, topic, django_assert_max_num_queries):
    for n in range(30):
        Question.objects.create(topic=make.topic(f"onderwerp {n}"), team=topic.team, label="?")
    client = as_user(beheer)
    client.get(QUESTIONS)
    with django_assert_max_num_queries(6):
        client.get(QUESTIONS)
