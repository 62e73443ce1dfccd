"""Other systems read the knowledge base in the same order as the screen."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Role, User
from knowledge.models.markup import section
from tests import make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
URL = "/api/v1/articles/"


def test_gives_hits_in_order(noor: User, as_user: Browser) -> None:
    make.article("Terras", short_answer="Neem uw paspoort mee.", external_id="b")
    first = make.article("Paspoort aanvragen", external_id="a", short_answer="Maak een afspraak.")
    found = as_user(noor).get(URL, {"q": "paspoort"}).json()["results"]
    assert [one["external_id"] for one in found] == ["a", "b"]
    assert found[0]["uuid"] == str(first.uuid)
    assert found[0]["title"] == "Paspoort aanvragen"
    assert found[0]["short_answer"] == "Maak een afspraak."
    assert found[0]["url"] == f"http://testserver{first.get_absolute_url()}"


@pytest.mark.parametrize(
    "query", ["paspoort " * 1200, "\0", "paspoort\0", "a & | ! ( ) <-> :*", "-", '"', "\ud800", "%", "' OR 1=1 --"]
)
def test_any_question_is_answered(query: str, noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    assert as_user(noor).get(URL, {"q": query.encode("utf-8", "surrogatepass")}).status_code == 200


def test_limit(noor: User, as_user: Browser) -> None:
    for number in range(12):
        make.article(f"Paspoort {number}")
    browser = as_user(noor)
    assert len(browser.get(URL, {"q": "paspoort"}).json()["results"]) == 10
    assert len(browser.get(URL, {"q": "paspoort", "limit": 2}).json()["results"]) == 2
    assert len(browser.get(URL, {"limit": 50}).json()["results"]) == 12
    for wrong in ["0", "101", "-1", "tien", "9" * 400]:
        assert browser.get(URL, {"q": "paspoort", "limit": wrong}).status_code == 400, wrong
    for wrong in ["?zoek=paspoort", "?q=paspoort&q=rijbewijs"]:
        assert browser.get(URL + wrong).status_code == 400, wrong


def test_one_article(noor: User, as_user: Browser) -> None:
    article = make.article(topic=make.topic(), keywords="protest")
    found = as_user(noor).get(f"{URL}{article.uuid}/").json()
    assert found["body"] == article.body
    assert found["keywords"] == "protest"
    assert found["version"] == 1
    for wrong in (uuid4(), "xyz", "0" * 36):
        assert as_user(noor).get(f"{URL}{wrong}/").status_code == 404


def test_shows_no_more_than_the_screen(noor: User, as_user: Browser) -> None:
    concept = make.article("Paspoort", published_at=None)
    assert as_user(noor).get(URL, {"q": "paspoort"}).json()["results"] == []
    assert as_user(noor).get(f"{URL}{concept.uuid}/").status_code == 404
    editor = as_user(make.user("mies", Role.EDITOR))
    assert len(editor.get(URL, {"q": "paspoort"}).json()["results"]) == 1


def test_read_only_and_signed_in_only(noor: User, as_user: Browser, client: Client) -> None:
    browser = as_user(noor)
    for method in (browser.post, browser.put, browser.patch, browser.delete):
        assert method(URL).status_code == 405
    assert client.get(URL).status_code in {302, 401, 403}


def test_what_is_for_colleagues_is_marked_and_not_in_the_body(noor: User, as_user: Browser) -> None:
    parts = [
        section("<p>Kom langs.</p>", title="Uitleg"),
        section("<p>Kijk in Key2.</p>", title="Bij twijfel", internal=True),
        section("<p>Bel Ans.</p>", kind="memo"),
    ]
    article = make.article(sections=parts)
    found = as_user(noor).get(f"{URL}{article.uuid}/").json()
    assert found["body"] == "<h2>Uitleg</h2><p>Kom langs.</p>"
    assert [(one["title"], one["html"], one["internal"]) for one in found["sections"]] == [
        ("Uitleg", "<p>Kom langs.</p>", False),
        ("Bij twijfel", "<p>Kijk in Key2.</p>", True),
        ("Voor medewerkers", "<p>Bel Ans.</p>", True),
    ]
    inside = make.article("Intern", sections=parts, internal=True)
    found = as_user(noor).get(f"{URL}{inside.uuid}/").json()
    assert "Bel Ans." in found["body"]
    assert all(one["internal"] for one in found["sections"])
