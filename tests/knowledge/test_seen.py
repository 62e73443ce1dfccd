"""What an editor does with a version is about the words on their page: a page that does not say which is stale."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Version
from tests import make
from tests.knowledge.writing import at, draft, four_eyes, opened, seen, words

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
NOW = {"change": "small", "when": "now"}
LATER = {"change": "small", "when": "later", "moment": f"{timezone.localtime().year + 1}-01-01T10:00"}
ACTS: list[tuple[str, str, dict[str, str], str]] = [  # what stands there, where it is sent, what was typed, what of it
    ("draft", "submit/", {}, ""),
    ("submitted", "approve/", {}, ""),
    ("submitted", "send-back/", {"remark": "Noem het tarief."}, "Noem het tarief."),
    ("approved", "publish/", NOW | {"summary": "Nieuw tarief"}, "Nieuw tarief"),
    ("approved", "publish/", LATER | {"summary": "Vanaf januari"}, "Vanaf januari"),
    ("scheduled", "hold/", {}, ""),
    ("draft", "drop/", {}, ""),
]


def later(client: Client, page: str) -> dict[str, str]:
    """Give what the button to approve sends along that came to this page after it did."""
    url = re.search(r'hx-get="([^"]+/stand/[^"]+)"', page)
    assert url is not None
    form = re.search(r'/approve/".*?name="seen" value="([^"]+)"', client.get(unescape(url[1])).content.decode())
    assert form is not None
    return {"seen": form[1]}


def brought(article: Article, state: str, marit: User, mies: User) -> Version:
    """Give a version that Marit wrote, as far as this on its way to readers."""
    version = opened(article, marit)
    if state != "draft":
        version.submit(by=marit)
    if state in ("approved", "scheduled"):
        version.approve(by=mies)
    if state == "scheduled":
        version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=marit)
    return version


@pytest.mark.parametrize(("state", "place", "typed", "kept"), ACTS)
@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "x"}, {"seen": "x" * 500}, {"seen": "\0"}, "former"])
def test_what_does_not_say_what_it_showed_does_nothing(
    state: str, place: str, typed: dict[str, str], kept: str, sent: Any, other: Client, marit: User, mies: User
) -> None:
    article = make.article("Paspoort", short_answer="Kort.")
    former = {"seen": opened(article, marit, "Eerst").stamp}
    brought(article, state, marit, mies)
    answer = other.post(at(article, place), typed | (former if sent == "former" else sent))
    assert answer.status_code == 409
    assert "De tekst is intussen gewijzigd. Bekijk die eerst." in answer.content.decode()
    assert kept in answer.content.decode()
    assert draft(article).state == state
    assert other.post(at(article, place), typed | seen(article)).status_code == 302


def test_the_page_that_says_so_is_one_that_was_seen(hers: Client, marit: User, mies: User) -> None:
    four_eyes(on=False)
    article = make.article("Paspoort", short_answer="Kort.")
    before = {"seen": opened(article, marit, "Eerst").stamp}
    opened(article, mies, "Daarna")
    page = hers.post(at(article, "publish/"), NOW | before).content.decode()
    assert f'name="seen" value="{draft(article).stamp}"' in page
    assert at(article, "preview/") in page
    assert article.versions.published().count() == 0


@pytest.mark.parametrize("name", ["check", "withdraw"])
def test_what_nobody_published_is_not_checked_and_not_taken_away(name: str, hers: Client, marit: User) -> None:
    article = make.article("Nieuw", published_at=None)
    Version.begin(article, by=marit)
    assert hers.post(reverse(f"knowledge:{name}", args=[article.uuid])).status_code == 404
    article.refresh_from_db()
    assert (article.state, article.checked_at, article.review_on) == ("concept", None, None)


@pytest.mark.parametrize("action", ["check_again", "withdraw"])
def test_nor_by_the_administration(action: str, as_user: Browser, mies: User) -> None:
    known, concept = make.article("Bekend"), make.article("Concept", published_at=None)
    chosen = {"action": action, "_selected_action": [known.pk, concept.pk]}
    page = as_user(mies).post("/admin/knowledge/article/", chosen, follow=True).content.decode()
    assert "1 artikel." in page
    concept.refresh_from_db()
    assert (concept.state, concept.checked_at) == ("concept", None)


def test_who_checks_while_writing_goes_on_there(hers: Client, marit: User) -> None:
    article = make.article("Paspoort", short_answer="Kort.")
    page = hers.get(at(article)).content.decode()
    url = reverse("knowledge:check", args=[article.uuid])
    assert f'action="{url}"' in page
    answer = hers.post(url, {"next": at(article)}, follow=True)
    assert answer.redirect_chain == [(at(article), 302)]
    assert "Gecontroleerd. De volgende controle is vóór" in answer.content.decode()
    article.refresh_from_db()
    assert article.checked_by == marit


@pytest.mark.parametrize("changed", [True, False])
def test_buttons_that_come_later_are_about_the_words_that_came_with_the_page(
    changed: bool, other: Client, marit: User
) -> None:
    article = make.article("Paspoort", short_answer="Kort.")
    version = opened(article, marit, "Eerst")
    page = other.get(at(article)).content.decode()
    if changed:
        version.write(words("Daarna"), by=marit)
    version.submit(by=marit)
    assert other.post(at(article, "approve/"), later(other, page)).status_code == (409 if changed else 302)


def test_a_page_without_a_version_approves_none(other: Client, marit: User) -> None:
    article = make.article("Paspoort", short_answer="Kort.")
    page = other.get(at(article)).content.decode()
    opened(article, marit, "Nieuw").submit(by=marit)
    assert other.post(at(article, "approve/"), later(other, page)).status_code == 409
