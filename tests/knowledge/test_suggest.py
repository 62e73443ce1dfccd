"""What fits what is typed of a contact stands beside it: quietly, and nothing somebody chose goes away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from knowledge.talk import telling
from tests import make
from tests.conftest import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def suggest(client: Client, **data: Any) -> Any:
    return client.post(reverse("knowledge:suggest"), data, headers={"HX-Request": "true"})


def titles(response: Any) -> list[str]:
    return [one.title for one in response.context["articles"]]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Meneer wil weten wat een nieuw paspoort kost", "nieuw paspoort kost"),
        ("Mevrouw belt over haar rijbewijs. Zij is het kwijt geraakt.", "rijbewijs kwijt geraakt"),
        ("Klant 123456782 uit 1234 AB 12, bel 0612345678: paspoort", "paspoort"),
        ("Ok.", ""),
        ("de het een", ""),
        ("", ""),
        ("\0 \n ...", ""),
    ],
)
def test_the_words_that_tell(typed: str, words: str) -> None:
    assert telling(typed) == words


def test_of_a_long_story_the_end_counts() -> None:
    story = "Er was een parkeerboete betaald. " * 400 + "Vraagt wanneer grofvuil wordt opgehaald bij flats."
    assert telling(story).endswith("grofvuil opgehaald flats")
    assert len(telling("onderwerp " * 50_000)) < 20


def test_the_best_for_what_is_typed(noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    make.article("Rijbewijs kwijt of gestolen", short_answer="Meld het bij de balie.")
    response = suggest(as_user(noor), text="Mevrouw is haar rijbewijs kwijt en vraagt wat zij moet doen.")
    assert titles(response)[0] == "Rijbewijs kwijt of gestolen"
    assert "Meld het bij de balie." in response.content.decode()
    assert "<html" not in response.content.decode()


def test_at_most_three(noor: User, as_user: Browser) -> None:
    for number in range(6):
        make.article(f"Paspoort {number}")
    assert len(titles(suggest(as_user(noor), text="Vraagt naar een paspoort"))) == 3


def test_what_is_looked_for_goes_before_what_is_typed(noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    make.article("Grofvuil laten ophalen")
    assert titles(suggest(as_user(noor), q="grofvuil", text="Vraagt naar een paspoort")) == ["Grofvuil laten ophalen"]


def test_what_was_opened_stays_open_and_what_was_ticked_stays(noor: User, as_user: Browser) -> None:
    opened, ticked = make.article("Rijbewijs"), make.article("Terras")
    make.article("Paspoort aanvragen")
    marks = {"open": str(opened.uuid), "knowledge-articles": [str(ticked.uuid)]}
    response = suggest(as_user(noor), text="Vraagt naar een paspoort", **marks)
    assert titles(response) == ["Rijbewijs", "Terras", "Paspoort aanvragen"]
    assert response.context["opened"] == opened
    page = response.content.decode()
    assert f'name="open" value="{opened.uuid}"' in page
    assert f'value="{ticked.uuid}" form="registratie" checked' in page


def test_what_was_opened_and_ticked_stands_there_once(noor: User, as_user: Browser) -> None:
    both = make.article("Rijbewijs")
    make.article("Paspoort aanvragen")
    marks = {"open": str(both.uuid), "knowledge-articles": [str(both.uuid)]}
    assert titles(suggest(as_user(noor), text="paspoort", **marks)) == ["Rijbewijs", "Paspoort aanvragen"]
    assert titles(suggest(as_user(noor), text="rijbewijs", **marks)) == ["Rijbewijs"]


def test_the_first_is_open_only_until_a_better_one_comes(noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    assert 'name="open"' not in suggest(as_user(noor), text="paspoort").content.decode()


def test_to_open_one_of_them_keeps_the_others(noor: User, as_user: Browser) -> None:
    shown = [make.article(f"Paspoort {letter}") for letter in "ABC"]
    query = {"open": str(shown[1].uuid), "shown": [str(one.uuid) for one in shown], "topic": ""}
    response = as_user(noor).get(reverse("knowledge:panel"), query)
    assert titles(response) == ["Paspoort A", "Paspoort B", "Paspoort C"]
    assert response.context["opened"] == shown[1]


def test_the_topic_alone(noor: User, as_user: Browser) -> None:
    topic = make.topic()
    make.article("Over parkeren", topic=topic)
    make.article("Over iets anders")
    assert titles(suggest(as_user(noor), text="", topic=str(topic.uuid))) == ["Over parkeren"]
    assert titles(suggest(as_user(noor), text="")) == []


def test_who_ticks_it_says_what_it_is_about(noor: User, as_user: Browser) -> None:
    topic = make.topic()
    make.article("Paspoort", topic=topic)
    page = suggest(as_user(noor), text="paspoort").content.decode()
    assert f'data-suggests="id_topic" data-suggested="{topic.uuid}"' in page


def test_refuses(client: Client, noor: User, as_user: Browser) -> None:
    assert as_user(noor).get(reverse("knowledge:suggest")).status_code == 405
    assert suggest(client, text="paspoort").status_code == 401


def test_what_may_not_be_read_is_not_suggested(noor: User, as_user: Browser) -> None:
    hidden = make.article("Paspoort", published_at=None)
    response = suggest(as_user(noor), text="paspoort", open=str(hidden.uuid), shown=[str(hidden.uuid)])
    assert titles(response) == []


@pytest.mark.parametrize(
    "text", ["\0", "x" * 1_000_000, "' OR 1=1 --", "paspoort & | ! <-> :*", "🙂", '"open aanhaling', "-paspoort", "%s"]
)
def test_any_text(text: str, noor: User, as_user: Browser) -> None:
    make.article("Paspoort")
    marks = {"open": "x", "topic": "x", "chain": "x", "knowledge-articles": ["x", "\0"], "shown": ["x"]}
    assert suggest(as_user(noor), text=text, **marks).status_code == 200


def test_a_bounded_number_of_queries(
    noor: User, as_user: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(noor)
    for number in range(3):
        make.article(f"Paspoort {number}", topic=make.topic())
    suggest(client, text="paspoort")
    with django_assert_max_num_queries(14) as few:
        suggest(client, text="paspoort")
    asked = len(few.captured_queries)
    for number in range(20):
        make.article(f"Paspoort nog {number}", topic=make.topic())
    suggest(client, text="paspoort")
    with django_assert_max_num_queries(asked):
        suggest(client, text="paspoort")
