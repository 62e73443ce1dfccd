"""What must be there and what must not: looked for in every passage, so a question has a few of them."""

import string
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from knowledge.models import Article, Searching
from knowledge.search import TooMuch, finding, search, search_public
from knowledge.search.question import FEW, Question
from tests import make
from tests.knowledge.site import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_pace")]


def found(query: str, user: User) -> list[str]:
    return [hit.article.title for hit in search(query, user=user, limit=9, meaning=False)]


def test_a_question_has_a_few_filters() -> None:
    phrases = [f'"hoe lang {one}"' for one in string.ascii_lowercase[:9]]
    question = Question.read(" ".join([*phrases, *(f"-{one}" for one in phrases)]))
    assert (len(question.phrases), len(question.unwanted)) == (FEW, FEW)
    assert question.said.count("lang") == len(phrases)  # the others are words like any other


@pytest.mark.parametrize("phrase", ['"qa b"', '"6:7"', '"a 1"', '"van het"', '"de"', '""', '"🙂"'])
def test_without_a_word_of_three_letters_that_says_something_it_is_no_filter(phrase: str) -> None:
    question = Question.read(f"paspoort {phrase} -{phrase}")
    assert (question.phrases, question.unwanted) == ([], [])
    assert question.telling[0] == "paspoort"
    whole = Question.read('paspoort "van het park" -"in het park"')
    assert (whole.phrases, whole.unwanted) == ([["van", "het", "park"]], [["in", "het", "park"]])


def test_short_words_in_quotes_are_found_as_words(noor: User) -> None:
    make.article("Bezwaar", short_answer="Zie artikel 6:7 van de wet.")
    make.article("Paspoort", short_answer="Neem een foto mee.")
    assert found('"6:7"', noor) == ["Bezwaar"]
    assert found('paspoort -"6:7" -a -b', noor) == ["Paspoort"]


@pytest.fixture
def stuck(passport: Article) -> Iterator[None]:
    """Have the search wait for somebody else, as long as it wants to."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE knowledge_synonym")
        yield
    other.close()


@pytest.mark.usefixtures("stuck")
def test_no_question_of_anybody_keeps_the_database_busy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding.PATIENCE == "2s"
    monkeypatch.setattr(finding, "PATIENCE", "50ms")
    with pytest.raises(TooMuch):
        search_public("paspoort", limit=5)
    answer = client.get("/kennis/zoeken/", {"q": "paspoort"})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert 'value="paspoort"' in text(answer)
    assert "duurt te lang" in text(answer)
    assert not Searching.objects.exists()
    assert client.get("/kennis/").status_code == 200


@pytest.mark.usefixtures("stuck")
def test_what_else_fails_is_not_called_too_much() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
    with pytest.raises(OperationalError, match="lock timeout"):
        search_public("paspoort", limit=5)


def test_who_only_asks_what_a_page_is_like_asks_no_question(client: Client, passport: Article) -> None:
    assert client.head("/kennis/zoeken/", {"q": "paspoort"}).status_code == 200
    assert not Searching.objects.exists()
    client.get("/kennis/zoeken/", {"q": "paspoort"})
    assert Searching.objects.count() == 1
