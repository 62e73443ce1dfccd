"""Editors read files in on a screen: tried first, all or nothing; and take the knowledge base out as a file."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role, User
from knowledge.forms import exchange
from knowledge.models import Article, Version
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.knowledge.writing import four_eyes

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
URL = "/knowledge/editorial/exchange/"


@pytest.fixture
def bente() -> User:
    return make.user("bente", Role.ADMINISTRATOR)


def question(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": f"v{number}", "vraag": "Mag dat?", "inleiding": "Ja, dat mag.", "kort_antwoord": "Ja."} | fields


def send(
    browser: Client, data: Any, *, act: str = "try", way: str = "concept", name: str = "a.json", **more: Any
) -> Any:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return browser.post(URL, {"file": SimpleUploadedFile(name, raw), "way": way, "act": act}, **more)


def test_a_file_is_tried_and_then_read_in(mies: User, as_user: Browser) -> None:
    browser = as_user(mies)
    tried = send(browser, [question()])
    assert tried.status_code == 200
    assert "Er is nog niets veranderd" in tried.content.decode()
    assert not Article.objects.exists()
    taken = send(browser, [question()], act="take")
    assert (taken.status_code, taken["Location"]) == (302, URL)
    assert "1 nieuw" in browser.get(URL).content.decode()
    assert Version.objects.drafts().get().written_by == mies
    send(browser, [question()], act="take")
    assert Article.objects.count() == Version.objects.count() == 1


def test_four_eyes_hold_for_a_file_too(mies: User, bente: User, as_user: Browser) -> None:
    assert send(as_user(mies), [question()], act="take", way="publish").status_code == 422
    assert not Article.objects.exists()
    send(as_user(bente), [question()], act="take", way="publish")
    article = Article.objects.get()
    assert (article.state, article.versions.get().published_by) == ("current", bente)
    four_eyes(on=False)
    assert send(as_user(mies), [question(2)], act="take", way="publish").status_code == 302
    assert Article.objects.published().count() == 2


def test_mistakes_are_listed_and_nothing_changes(mies: User, as_user: Browser) -> None:
    bad = [question(1, vraag=3), *(question(number, vraag="") for number in range(2, 130))]
    answer = send(as_user(mies), bad, act="take")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "129 fouten in a.json" in page
    assert "item 1 (id v1), veld vraag: is geen tekst, maar een getal." in page
    assert "En nog 29." in page
    assert not Article.objects.exists()


def test_the_part_that_changes_is_answered_to_htmx(mies: User, as_user: Browser) -> None:
    answer = send(as_user(mies), [question(vraag="<script>x</script>", inleiding="")], HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "<script>x" not in page
    answer = send(as_user(mies), b"", HTTP_HX_REQUEST="true")
    assert (answer.status_code, "Het bestand is leeg." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff",
        b"[" * 100_000,
        b'{"results": 3}',
        b"kenmerk;titel;tekst\n1;\x00;x",
        b'[{"id":"\\ud800","vraag":"x"}]',
    ],
)
def test_what_is_no_list_of_articles_is_told(mies: User, as_user: Browser, raw: bytes) -> None:
    for name in ("a.json", "a.csv", "a\u202e.exe", "x" * 150):
        assert send(as_user(mies), raw, name=name).status_code == 422


def test_a_form_without_a_file_or_with_too_much_is_told(
    mies: User, as_user: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_user(mies)
    assert browser.post(URL, {"way": "concept"}).status_code == 422
    assert browser.post(URL, {"way": "weg", "file": SimpleUploadedFile("a.json", b"[]")}).status_code == 422
    monkeypatch.setattr(exchange, "MOST_ARTICLES", 2)
    answer = send(browser, [question(number) for number in range(3)])
    assert "Er staan 3 artikelen in, hier hooguit 2." in answer.content.decode()
    monkeypatch.setattr(exchange, "MOST_BYTES", 10)
    assert "groter dan 10 MB" in send(browser, [question()]).content.decode()


@pytest.mark.parametrize("form", ["vac", "sdg", "csv"])
def test_everything_comes_out_as_a_file(mies: User, bente: User, as_user: Browser, form: str) -> None:
    make.article("Eén", external_id="een")
    make.article("Twee", internal=True)
    raw = b""
    for user in (mies, bente):
        answer = as_user(user).get(f"{URL}{form}/")
        raw = b"".join(answer)
        assert f"kennisbank-{form}-" in answer["Content-Disposition"]
        assert answer["Content-Disposition"].startswith("attachment")
        assert (b"Twee" in raw) == (form != "sdg")
    if form != "sdg":
        assert "Er is nog niets veranderd" in send(as_user(mies), raw, name=f"a.{form}").content.decode()
    assert as_user(mies).get(f"{URL}weg/").status_code == 404


def test_only_editors_and_administrators_may(noor: User, kees: User, as_user: Browser) -> None:
    for user in (noor, kees):
        assert as_user(user).get(URL).status_code == 403
        assert as_user(user).get(f"{URL}csv/").status_code == 403
        assert send(as_user(user), [question()], act="take").status_code == 403
    assert not Article.objects.exists()


def test_the_page_takes_a_bounded_number_of_queries(
    mies: User, as_user: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(mies)
    browser.get(URL)
    with django_assert_max_num_queries(14):
        assert browser.get(URL).status_code == 200
