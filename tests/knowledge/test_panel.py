"""The panel beside the registration form: the best answer open, a few more, and a box that says it was used."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_first_hit_is_open_with_its_answer(noor: User, as_user: Browser) -> None:
    first = make.article("Paspoort aanvragen", checked_at=timezone.now())
    make.article("Rijbewijs", short_answer="Neem uw paspoort mee.", review_on=timezone.localdate() - timedelta(days=1))
    response = as_user(noor).get("/knowledge/panel/", {"q": "paspoort"})
    page = response.content.decode()
    assert page.count("kcc-kb__item--open") == 1
    assert response.context["opened"] == first
    assert f'for="antwoord-{first.uuid}"' in page
    assert "<strong>2 weken</strong>" in page
    assert "Gecontroleerd" in page
    assert "Controle verlopen" in page
    assert "Neem uw paspoort mee" not in page
    assert "<html" not in page


def test_at_most_five(noor: User, as_user: Browser) -> None:
    for number in range(9):
        make.article(f"Paspoort {number}")
    assert len(as_user(noor).get("/knowledge/panel/", {"q": "paspoort"}).context["articles"]) == 5


def test_another_one_opens_in_its_place(noor: User, as_user: Browser) -> None:
    make.article("Paspoort A")
    second = make.article("Paspoort B", short_answer="Het tweede antwoord.")
    query = {"q": "paspoort", "open": str(second.uuid)}
    response = as_user(noor).get("/knowledge/panel/", query)
    assert response.context["opened"] == second
    assert "Het tweede antwoord." in response.content.decode()


def test_without_a_question_the_articles_of_the_topic_by_use(noor: User, as_user: Browser) -> None:
    parking = make.topic()
    make.article("Afspraak A", topic=parking)
    used = make.article("Afspraak B", topic=parking)
    make.article("Afspraak C", topic=make.topic("paspoort", theme="Burgerzaken"))
    used.use(make.contact(), by=noor)
    response = as_user(noor).get("/knowledge/panel/", {"q": "", "topic": str(parking.uuid)})
    assert [article.title for article in response.context["articles"]] == ["Afspraak B", "Afspraak A"]


def test_without_question_and_topic_it_is_empty(noor: User, as_user: Browser) -> None:
    make.article()
    response = as_user(noor).get("/knowledge/panel/")
    assert response.context["articles"] == []
    assert response.content.decode().strip() == ""


def test_nothing_found_says_so(noor: User, as_user: Browser) -> None:
    page = as_user(noor).get("/knowledge/panel/", {"q": "xyzzy"}).content.decode()
    assert "Geen artikel gevonden voor “xyzzy”." in page
    topic = make.topic()
    page = as_user(noor).get("/knowledge/panel/", {"topic": str(topic.uuid)}).content.decode()
    assert "Nog geen artikel over dit onderwerp." in page


def test_the_box_belongs_to_the_registration_form(noor: User, as_user: Browser) -> None:
    found = make.article("Paspoort aanvragen")
    page = as_user(noor).get("/knowledge/panel/", {"q": "paspoort"}).content.decode()
    assert f'name="knowledge-articles" value="{found.uuid}" form="registratie">' in page


def test_what_was_ticked_stays_when_the_question_changes(noor: User, as_user: Browser) -> None:
    ticked = make.article("Paspoort aanvragen")
    make.article("Terras bij een horecazaak")
    query = {"q": "terras", "knowledge-articles": [str(ticked.uuid), "onzin"]}
    response = as_user(noor).get("/knowledge/panel/", query)
    assert [article.title for article in response.context["articles"]] == [
        "Terras bij een horecazaak",
        "Paspoort aanvragen",
    ]
    assert f'value="{ticked.uuid}" form="registratie" checked' in response.content.decode()
    assert response.content.decode().count("checked") == 1


def test_an_editor_at_the_desk_is_offered_what_readers_see(mies: User, as_user: Browser) -> None:
    topic = make.topic()
    make.article("Paspoort concept", published_at=None, topic=topic)
    said = make.article("Paspoort", topic=topic)
    for query in ({"q": "paspoort"}, {"topic": str(topic.uuid)}):
        assert as_user(mies).get("/knowledge/panel/", query).context["articles"] == [said], query
    response = as_user(mies).post("/knowledge/suggest/", {"text": "Meneer wil een nieuw paspoort"})
    assert response.context["articles"] == [said]


def test_nothing_found_is_said_also_when_something_was_ticked(noor: User, as_user: Browser) -> None:
    ticked = make.article("Paspoort aanvragen", short_answer="Neem uw oude paspoort mee.")
    query: dict[str, Any] = {"q": "qqxzzyw grachtengordel", "knowledge-articles": [str(ticked.uuid)]}
    page = as_user(noor).get("/knowledge/panel/", query).content.decode()
    said, _rest, below = page.partition("Geen artikel gevonden voor “qqxzzyw grachtengordel”.")
    assert "data-announce" in said
    assert "Vraag om dit artikel" in below
    assert below.index("Gebruikt in dit contact</p>") < below.index("Paspoort aanvragen")
    assert "Neem uw oude paspoort mee." not in page  # it is no answer to this question
    assert "data-announce" not in as_user(noor).get("/knowledge/panel/", query | {"typing": "1"}).content.decode()


def test_what_was_ticked_stands_under_its_own_name_until_it_is_an_answer(noor: User, as_user: Browser) -> None:
    ticked, found = make.article("Paspoort aanvragen"), make.article("Terras bij een horecazaak")
    marks: dict[str, Any] = {"knowledge-articles": [str(ticked.uuid)]}
    client = as_user(noor)
    apart = client.get("/knowledge/panel/", {"q": "terras"} | marks)
    assert [(group.name, group.articles) for group in apart.context["groups"]] == [
        ("", [found]),
        ("Gebruikt in dit contact", [ticked]),
    ]
    shown: dict[str, Any] = {
        "shown": [str(found.uuid), str(ticked.uuid)],
        "apart": [str(ticked.uuid)],
        "open": str(ticked.uuid),
    }
    opened = client.get("/knowledge/panel/", {"q": "terras"} | marks | shown)
    assert opened.context["opened"] == ticked
    assert opened.context["groups"] == apart.context["groups"]
    answer = client.get("/knowledge/panel/", {"q": "paspoort"} | marks)
    assert [group.name for group in answer.context["groups"]] == [""]
