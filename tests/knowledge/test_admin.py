"""Editors and administrators keep the knowledge base in Django admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from knowledge.models import Article
from tests import make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
LIST = "/admin/knowledge/article/"


@pytest.fixture
def mies(db: None) -> User:
    return make.user("mies", Role.EDITOR, is_staff=True)


def fields(article: Article, **changes: Any) -> dict[str, Any]:
    """Give the form as a browser sends it back, with its own line ends."""
    names = ["title", "short_answer", "body", "keywords", "external_id"]
    values = {name: getattr(article, name).replace("\n", "\r\n") for name in names}
    return values | {"topic": "", "team": "", "owner": "", "review_on": ""} | changes


def save(mies: User, as_user: Browser, article: Article, **changes: Any) -> Any:
    return as_user(mies).post(f"{LIST}{article.pk}/change/", fields(article, **changes))


def test_version_rises_with_the_words_only(mies: User, as_user: Browser) -> None:
    article = make.article(short_answer="Eén.\nTwee.", body="<p>Een</p>\n<p>Twee</p>")
    assert save(mies, as_user, article, internal="on").status_code == 302
    article.refresh_from_db()
    assert (article.version, article.internal) == (1, True)
    assert save(mies, as_user, article, short_answer="Drie.").status_code == 302
    article.refresh_from_db()
    assert (article.version, article.short_answer) == (2, "Drie.")


def test_short_answer_is_short(mies: User, as_user: Browser) -> None:
    article = make.article()
    assert save(mies, as_user, article, short_answer="woord " * 60).status_code == 302
    refused = save(mies, as_user, article, short_answer="woord " * 61)
    assert "Het korte antwoord heeft 61 woorden. Gebruik er hooguit 60." in refused.content.decode()


def test_text_is_cleaned(mies: User, as_user: Browser) -> None:
    article = make.article()
    save(mies, as_user, article, body='<h2 onclick="x">Kop</h2><script>x</script>')
    article.refresh_from_db()
    assert article.body == "<h2>Kop</h2>"


def test_new_article_is_a_concept_with_a_name_of_its_own(mies: User, as_user: Browser) -> None:
    browser = as_user(mies)
    initial = browser.get(f"{LIST}add/").context["adminform"].form.initial
    assert initial["external_id"].startswith("kcc-")
    draft = Article(title="Nieuw", short_answer="Kort.", external_id=initial["external_id"])
    assert browser.post(f"{LIST}add/", fields(draft)).status_code == 302
    assert Article.objects.get(title="Nieuw").state == "concept"


@pytest.mark.parametrize(("action", "state"), [("publish", "current"), ("withdraw", "withdrawn")])
def test_publish_and_withdraw(action: str, state: str, mies: User, as_user: Browser) -> None:
    articles = [make.article(published_at=None), make.article()]
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    for _again in range(2):
        assert as_user(mies).post(LIST, data).status_code == 302
        for article in articles:
            article.refresh_from_db()
            assert article.state == state


def test_publish_twice_keeps_the_first_moment() -> None:
    article = make.article()
    before = article.published_at
    article.publish()
    assert article.published_at == before


def test_check_again(mies: User, as_user: Browser) -> None:
    article = make.article(review_on=timezone.localdate() - timedelta(days=9))
    assert article.state == "overdue"
    as_user(mies).post(LIST, {"action": "check_again", "_selected_action": [article.pk]})
    article.refresh_from_db()
    assert article.state == "current"
    assert article.checked_at is not None
    assert article.checked_at.date() == timezone.now().date()


@pytest.mark.parametrize(
    "query", ["", "?review=overdue", "?review=month", "?review=none", "?state=concept", "?q=paspoort"]
)
def test_list(query: str, mies: User, as_user: Browser) -> None:
    make.article("Paspoort", published_at=None, review_on=timezone.localdate() - timedelta(days=1), topic=make.topic())
    assert as_user(mies).get(f"{LIST}{query}").status_code == 200


def test_agents_have_no_business_here(noor: User, as_user: Browser) -> None:
    assert as_user(noor).get(LIST).status_code == 302
