"""Editors and administrators look after articles in Django admin; words are written where their versions are kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.forms import ModelForm
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from knowledge.models import Article, Version
from tests import make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
LIST = "/admin/knowledge/article/"


def save(mies: User, as_user: Browser, article: Article, **changes: Any) -> Any:
    data = {"kind": article.kind, "audience": article.audience, "language": article.language}
    data |= {"external_id": article.external_id, "title": "Iets anders", "short_answer": "Iets anders"}
    return as_user(mies).post(f"{LIST}{article.pk}/change/", data | changes)


def test_facts_are_kept_and_words_are_not_touched(mies: User, as_user: Browser) -> None:
    article = make.article("Paspoort")
    assert save(mies, as_user, article, internal="on").status_code == 302
    article.refresh_from_db()
    assert (article.title, article.internal, article.version) == ("Paspoort", True, 1)


def test_words_are_written_elsewhere(mies: User, as_user: Browser) -> None:
    article = make.article("Paspoort")
    assert f"/knowledge/{article.uuid}/edit/" in as_user(mies).get(f"{LIST}{article.pk}/change/").content.decode()
    assert as_user(mies).get(f"{LIST}add/")["Location"] == "/knowledge/new/"


def test_versions_are_looked_at(mies: User, beheer: User, as_user: Browser) -> None:
    version = Version.begin(make.article("Paspoort"), by=mies)
    for user in (mies, beheer):
        admin = as_user(user)
        assert "Paspoort" in admin.get("/admin/knowledge/version/?q=paspoort").content.decode()
        assert admin.get(f"/admin/knowledge/version/{version.pk}/change/").status_code == 200
        assert admin.post(f"/admin/knowledge/version/{version.pk}/change/", {"title": "x"}).status_code == 403
        assert admin.get("/admin/knowledge/version/add/").status_code == 403
        assert admin.post(f"/admin/knowledge/version/{version.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("action", "state"), [("bring_back", "current"), ("withdraw", "withdrawn")])
def test_bring_back_and_withdraw(action: str, state: str, mies: User, as_user: Browser) -> None:
    articles = [make.article(withdrawn_at=timezone.now()), make.article()]
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    for _again in range(2):
        assert as_user(mies).post(LIST, data).status_code == 302
        for article in articles:
            article.refresh_from_db()
            assert article.state == state


def test_check_again(mies: User, as_user: Browser) -> None:
    article = make.article(review_on=timezone.localdate() - timedelta(days=9))
    assert article.state == "overdue"
    as_user(mies).post(LIST, {"action": "check_again", "_selected_action": [article.pk]})
    article.refresh_from_db()
    assert article.state == "current"
    assert article.checked_at is not None
    assert timezone.localdate(article.checked_at) == timezone.localdate()


@pytest.mark.parametrize(
    "query", ["", "?review=overdue", "?review=month", "?review=none", "?state=concept", "?q=paspoort"]
)
def test_list(query: str, mies: User, as_user: Browser) -> None:
    make.article("Paspoort", published_at=None, review_on=timezone.localdate() - timedelta(days=1), topic=make.topic())
    assert as_user(mies).get(f"{LIST}{query}").status_code == 200


def test_agents_have_no_business_here(noor: User, as_user: Browser) -> None:
    assert as_user(noor).get(LIST).status_code == 302


def test_an_original_is_not_deleted_with_its_translations(beheer: User, as_user: Browser) -> None:
    original = make.article("Paspoort")
    make.article("Passport", language="en", original=original)
    assert as_user(beheer).post(f"{LIST}{original.pk}/delete/", {"post": "yes"}).status_code == 403
    User.objects.filter(pk=beheer.pk).update(is_superuser=True, is_staff=True)
    answer = as_user(beheer).post(f"{LIST}{original.pk}/delete/", {"post": "yes"})
    page = " ".join(strip_tags(answer.content.decode()).split())
    assert "'Paspoort' kan niet weg, omdat dit erbij hoort: Kennisartikel: Passport" in page
    assert Article.objects.filter(title__in=["Paspoort", "Passport"]).count() == 2


def test_words_published_meanwhile_stay(mies: User, as_user: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    article, clean = make.article("Paspoort"), ModelForm.full_clean

    def meanwhile(form: ModelForm) -> None:
        Article.objects.filter(pk=article.pk).update(title="Reisdocument")
        clean(form)

    monkeypatch.setattr(ModelForm, "full_clean", meanwhile)
    assert save(mies, as_user, article, internal="on").status_code == 302
    article.refresh_from_db()
    assert (article.title, article.internal) == ("Reisdocument", True)
