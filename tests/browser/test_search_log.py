"""What is asked of the knowledge base is counted in a real browser: typed, opened, copied, and the board of it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Response, expect

from accounts.models import User
from knowledge.models import Article, Reads, Searching
from tests import make
from tests.browser.conftest import SETTLED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def passport(office: None) -> Article:
    make.article("Paspoort kwijt of gestolen")
    return make.article("Paspoort aanvragen", short_answer="Maak een **afspraak**.")


def rows() -> list[tuple[int, str, int | None, int | None]]:
    return list(Searching.objects.order_by("at").values_list("step", "text", "opened", "rank"))


def asked(word: str) -> Callable[[Response], bool]:
    """Give what says that an answer is that to this word, when it was no longer being typed."""
    return lambda answer: word in answer.url and "typing" not in answer.url


def test_what_is_typed_is_one_question_and_other_words_the_next(as_person: Any, noor: User, passport: Article) -> None:
    page = as_person(noor)
    page.goto(page.url.split("?")[0].rstrip("/") + "/knowledge/")
    field = page.locator("#kennis-vraag")
    for words in ("reisdocument", "paspoort aanvragen"):
        field.fill("")
        with page.expect_response(asked(words.split()[-1])):
            field.press_sequentially(words, delay=20)
        page.evaluate(SETTLED)
    hit = page.locator(f"#treffer-{passport.uuid} a.kcc-hit")
    expect(hit).to_be_visible()
    page.evaluate(SETTLED)
    hit.click()
    expect(page).to_have_url(f"{page.url.split('/knowledge/')[0]}{passport.get_absolute_url()}?q=paspoort+aanvragen")
    page.evaluate(SETTLED)
    assert [(step, text, opened) for step, text, opened, _rank in rows()] == [
        (1, "reisdocument", None),
        (2, "paspoort aanvragen", passport.pk),
    ]
    assert Searching.objects.values("chain").distinct().count() == 1
    assert Reads.objects.get().count == 1


def test_a_copied_answer_is_counted(as_person: Any, context: Any, noor: User, passport: Article) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = as_person(noor)
    page.goto(page.url.split("?")[0].rstrip("/") + "/knowledge/?q=paspoort+aanvragen")
    with page.expect_response(lambda answer: "/copied/" in answer.url) as counted:
        page.get_by_role("button", name="Kopieer antwoord").click()
    assert counted.value.status == 204
    assert Reads.objects.get(article=passport).copied == 1
    assert [row[:3] for row in rows()] == [(1, "paspoort aanvragen", passport.pk)]


def test_an_editor_orders_articles_and_asks_for_one(as_person: Any, marit: User, passport: Article) -> None:
    Searching.objects.create(place="page", text="Zeppelin stallen", folded="zeppelin stallen", found=0)
    page = as_person(marit)
    page.goto(page.url.split("/knowledge")[0].rstrip("/") + "/insights/knowledge/")
    page.get_by_role("link", name="Gelezen", exact=True).press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Gelezen")
    assert "sort=read" in page.url
    page.get_by_role("button", name="Vraag om dit artikel: Zeppelin stallen").press("Enter")
    expect(page.get_by_text("Op de lijst met gevraagde artikelen gezet").first).to_be_visible()
    assert "sort=read" in page.url
