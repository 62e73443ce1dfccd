"""The answer of an article is put in a letter as plain text, with where a citizen can read on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from knowledge.views.desk import answer_in_words
from knowledge.website.address import of_article
from tests import make
from tests.conftest import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
URL = "/knowledge/insert/"


def test_plain_text_with_a_link(noor: User, as_user: Browser) -> None:
    article = make.article("Paspoort", short_answer="Kost **€ 84**.\n- Klaar in **5** werkdagen.")
    response = as_user(noor).post(URL, {"q": "paspoort", "about": ""})
    ((found, answer, letter),) = response.context["choices"]
    assert found == article
    assert answer == "- Kost € 84.\n- Klaar in 5 werkdagen."
    assert letter == f"{answer}\n\nLees meer: {settings.BASE_URL}{of_article(article)}"
    assert f'data-article="{article.uuid}"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_without_a_public_site_there_is_no_link(noor: User, as_user: Browser, settings: Any) -> None:
    settings.PUBLIC_KNOWLEDGE = False
    make.article("Paspoort", short_answer="Kost € 84.")
    assert as_user(noor).post(URL, {"q": "paspoort"}).context["choices"][0][2] == "Kost € 84."


def test_one_line_is_a_line() -> None:
    assert answer_in_words(make.article(short_answer="Binnen **2 weken**.")) == "Binnen 2 weken."


def test_what_is_internal_is_not_for_a_citizen(noor: User, as_user: Browser) -> None:
    make.article("Paspoort intern", internal=True, short_answer="Kijk in het systeem.")
    page = as_user(noor).post(URL, {"q": "paspoort"}).content.decode()
    assert "Intern: niet voor de klant" in page
    assert "Kijk in het systeem" not in page


def test_begins_with_what_the_letter_is_about_and_else_what_is_used(noor: User, as_user: Browser) -> None:
    make.article("Grofvuil")
    make.article("Paspoort").use(make.contact(), by=noor)
    client = as_user(noor)

    def titles(**query: str) -> list[str]:
        return [one.title for one, _answer, _letter in client.post(URL, query).context["choices"]]

    assert titles(q="", about="Vraag over grofvuil") == ["Grofvuil"]
    assert titles(q="paspoort", about="Vraag over grofvuil") == ["Paspoort"]
    assert titles(q="", about="xyzzy") == ["Paspoort", "Grofvuil"]
    assert titles(q="xyzzy") == []


def test_without_javascript_it_is_a_page(noor: User, as_user: Browser) -> None:
    make.article("Paspoort")
    assert "<h1" in as_user(noor).get(URL, {"q": "paspoort"}).content.decode()


def test_refuses(client: Client, noor: User, as_user: Browser) -> None:
    assert client.get(URL).status_code == 302
    assert as_user(noor).put(reverse("knowledge:insert")).status_code == 405
    make.article("Paspoort", published_at=None)
    assert as_user(noor).post(URL, {"q": "paspoort"}).context["choices"] == []


@pytest.mark.parametrize("q", ["\0", "x" * 10_000, "' OR 1=1", '"', "-", "🙂", "de het"])
def test_any_text(q: str, noor: User, as_user: Browser) -> None:
    make.article()
    assert as_user(noor).post(URL, {"q": q, "about": q}).status_code == 200
    assert as_user(noor).get(URL, {"q": q}).status_code == 200


def test_a_bounded_number_of_queries(
    noor: User, as_user: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(noor)
    make.article("Paspoort")
    client.post(URL, {"q": "paspoort"})
    with django_assert_max_num_queries(12) as few:
        client.post(URL, {"q": "paspoort"})
    asked = len(few.captured_queries)
    for number in range(9):
        make.article(f"Paspoort {number}")
    client.post(URL, {"q": "paspoort"})
    with django_assert_max_num_queries(asked):
        client.post(URL, {"q": "paspoort"})


def test_a_letter_says_only_what_readers_can_see(mies: User, as_user: Browser) -> None:
    make.article("Paspoort concept", published_at=None)
    make.article("Paspoort ingetrokken", withdrawn_at=timezone.now())
    said = make.article("Paspoort")
    for query in ({"q": "paspoort"}, {"q": "", "about": "paspoort"}, {"q": ""}):
        assert [one for one, _answer, _letter in as_user(mies).post(URL, query).context["choices"]] == [said], query
