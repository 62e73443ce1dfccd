"""Writing an article while others write, or throw it away; and what one page sent arrives in another order."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from knowledge.forms.edit import Writing
from knowledge.models import Article, Version
from tests.knowledge.writing import at, draft, part, sent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_what_was_sent_before_and_arrives_after_changes_nothing(article: Article, hers: Client) -> None:
    page = sent(article, parts=[part("<p>a</p>", title="Een"), part("<p>b</p>", title="Twee")])
    assert hers.post(at(article, "edit/save/"), page | {"draft_turn": "k3x.1"}).status_code == 204
    assert hers.post(at(article), page | {"do": "up:1", "draft_turn": "k3x.3"}).status_code == 302
    assert [one["title"] for one in draft(article).sections] == ["Twee", "Een"]
    assert hers.post(at(article, "edit/save/"), page | {"draft_turn": "k3x.2"}).status_code == 204
    assert hers.post(at(article), page | {"do": "up:1", "draft_turn": "k3x.3"}).status_code == 302  # sent once more
    assert [one["title"] for one in draft(article).sections] == ["Twee", "Een"]
    back = sent(article) | {"page": page["page"]}
    assert hers.post(at(article, "edit/save/"), back | {"draft_turn": "k3x.5"}).status_code == 204  # as it was there
    assert hers.post(at(article, "edit/save/"), page | {"draft_turn": "k3x.4"}).status_code == 204
    assert [one["title"] for one in draft(article).sections] == ["Twee", "Een"]
    assert hers.post(at(article, "edit/save/"), page | {"draft_turn": "k3x.10"}).status_code == 204
    assert [one["title"] for one in draft(article).sections] == ["Een", "Twee"]
    for odd in ("", "other.1", "k3x.", "K3X.1", "k3x.1\0", "k3x." + "9" * 40):
        kept = page | {"title": f"Titel {odd[:3]}", "draft_turn": odd}
        assert hers.post(at(article, "edit/save/"), kept).status_code == 204
        assert draft(article).title == f"Titel {odd[:3]}".strip()


def test_words_that_were_offered_stay_offered(article: Article, hers: Client) -> None:
    page = sent(article, title="Zo staat het er")
    assert hers.post(at(article), page | {"do": "submit", "draft_turn": "k3x.8"}).status_code == 302
    late = page | {"title": "Zo stond het er", "draft_turn": "k3x.7"}
    assert hers.post(at(article, "edit/save/"), late).status_code == 204
    assert (draft(article).title, draft(article).state) == ("Zo staat het er", "submitted")


@pytest.mark.parametrize("path", ["edit/", "edit/save/"])
def test_an_article_that_is_thrown_away_meanwhile_is_gone(
    article: Article, hers: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    typed, words = sent(article, title="Nog getypt"), Writing.words

    def meanwhile(form: Writing, *parts: Any) -> Version:
        Article.objects.all().delete()
        return words(form, *parts)

    monkeypatch.setattr(Writing, "words", meanwhile)
    assert hers.post(at(article, path), typed).status_code == 404


def test_a_colleague_was_first(article: Article, hers: Client, as_user: Browser, mies: User) -> None:
    mine = sent(article, title="Mijn titel", **{"part-0-html": "<p>Mijn tekst</p>"})
    other = as_user(mies)
    other.post(at(article), sent(article, title="Haar titel"))
    assert hers.post(at(article, "edit/save/"), mine).status_code == 409
    Article.objects.update(edited_until=None, edited_by=None)
    answer = hers.post(at(article), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mijn tekst" in page
    assert "<del>" in page
    assert "Haar" in page
    assert draft(article).title == "Haar titel"
    assert hers.post(at(article, "edit/save/"), mine).status_code == 409  # typing on does not choose
    anyway = re.search(r'name="anyway" value="([^"]+)"', page)
    assert anyway
    other.post(at(article, "edit/take-over/"))
    other.post(at(article), sent(article, title="Haar tweede titel"))
    assert hers.post(at(article), mine | {"anyway": anyway[1]}).status_code == 409  # not these words were shown
    page = hers.post(at(article), mine).content.decode()
    anyway = re.search(r'name="anyway" value="([^"]+)"', page)
    assert anyway
    assert hers.post(at(article), mine | {"anyway": anyway[1]}).status_code == 302
    assert draft(article).title == "Mijn titel"
    aside = Version.objects.get(dropped_at__isnull=False)
    assert aside.title == "Haar tweede titel"


def test_a_colleague_has_it_open(article: Article, hers: Client, as_user: Browser, marit: User, mies: User) -> None:
    assert hers.get(at(article)).status_code == 200
    other = as_user(mies)
    page = other.get(at(article)).content.decode()
    assert "M. de Vries bewerkt dit artikel sinds" in page
    assert 'name="title"' not in page
    typed = sent(article, title="Toch getypt")
    assert other.post(at(article, "edit/save/"), typed).status_code == 409
    assert other.post(at(article), typed).status_code == 409
    assert other.post(at(article, "edit/take-over/")).status_code == 302
    assert 'name="title"' in other.get(at(article)).content.decode()
    assert other.post(at(article), typed).status_code == 302
    assert hers.post(at(article), sent(article, title="Ook getypt")).status_code == 409
    assert other.post(at(article, "edit/lay-down/")).status_code == 204
    assert hers.post(at(article), sent(article, title="Ook getypt")).status_code == 302


def test_a_page_that_stands_open_is_written_in(article: Article, hers: Client, marit: User) -> None:
    hers.get(at(article))
    hers.post(at(article, "edit/lay-down/"))  # of the page before a reload, which came late
    hers.get(at(article, "edit/hint/"))
    article.refresh_from_db()
    assert article.editor == marit
