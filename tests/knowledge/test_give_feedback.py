"""A reader says whether an article helped; what is wrong with it is work for its owner, with a term."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OpeningHours, User
from knowledge.models import Article, Feedback
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def give(client: Client, article: Article, *, htmx: bool = True, **data: str) -> Any:
    url = reverse("knowledge:feedback", args=[article.uuid])
    return client.post(url, data, headers=HTMX if htmx else {})


def test_it_helped(noor: User, as_user: Browser) -> None:
    article = make.article(version=3)
    page = give(as_user(noor), article, helpful="1", text="wordt niet gelezen").content.decode()
    said = Feedback.objects.get()
    assert (said.article, said.version, said.helpful, said.text, said.by) == (article, 3, True, "", noor)
    assert said.due_at is None
    assert "Bedankt" in page
    assert "<html" not in page


def test_something_is_wrong(noor: User, as_user: Browser) -> None:
    article = make.article()
    page = give(as_user(noor), article, helpful="0", text="De termijn is 8 weken.").content.decode()
    said = Feedback.objects.get()
    assert (said.helpful, said.text) == (False, "De termijn is 8 weken.")
    assert said.due_at is not None
    assert said.due_at > timezone.now() + timedelta(days=4)
    assert "De eigenaar kijkt hier uiterlijk" in page


def test_a_second_thought_changes_the_first(noor: User, lotte: User, as_user: Browser) -> None:
    article = make.article()
    give(as_user(noor), article, helpful="1")
    give(as_user(noor), article, helpful="0", text="Toch niet.")
    give(as_user(lotte), article, helpful="1")
    give(as_user(noor), make.article("Anders"), helpful="1")
    assert sorted(Feedback.objects.filter(article=article).values_list("by__username", "helpful", "text")) == [
        ("lotte", True, ""),
        ("noor", False, "Toch niet."),
    ]
    Feedback.objects.update(at=timezone.now() - timedelta(minutes=2))
    give(as_user(noor), article, helpful="1")
    assert Feedback.objects.filter(article=article, by=noor).count() == 2


def test_words_stay_when_more_is_said(noor: User, as_user: Browser) -> None:
    article, client = make.article(), as_user(noor)
    for text in ("Het bedrag is fout.", "De link is stuk.", "De link is stuk."):
        give(client, article, helpful="0", text=text)
    give(client, article, helpful="1")
    give(client, article, helpful="1")
    assert sorted(Feedback.objects.open().values_list("text", flat=True)) == ["De link is stuk.", "Het bedrag is fout."]
    assert Feedback.objects.count() == 3


def test_what_was_handled_stays(noor: User, kees: User, as_user: Browser) -> None:
    article = make.article()
    Feedback.give(article, helpful=False, text="Fout", by=noor).handle("Aangepast.", by=kees)
    give(as_user(noor), article, helpful="1")
    assert Feedback.objects.count() == 2


def test_what_is_wrong_must_be_said(noor: User, as_user: Browser) -> None:
    for text in ("", "   ", "\u200b"):
        response = give(as_user(noor), make.article(), helpful="0", text=text)
        assert response.status_code == 422
        assert "Schrijf wat er niet klopt." in response.content.decode()
    assert not Feedback.objects.exists()


def test_bad_input_keeps_the_text(noor: User, as_user: Browser) -> None:
    article = make.article()
    for htmx in (True, False):
        response = give(as_user(noor), article, htmx=htmx, helpful="0", text="BSN 123456782 klopt niet")
        assert response.status_code == 422
        assert "Zet geen BSN" in response.content.decode()
        assert "BSN 123456782 klopt niet</textarea>" in response.content.decode()
    assert not Feedback.objects.exists()


def test_an_office_that_never_opens(noor: User, as_user: Browser) -> None:
    OpeningHours.objects.all().delete()
    response = give(as_user(noor), make.article(), helpful="0", text="Klopt niet")
    assert response.status_code == 422
    assert "Er zijn nog geen openingstijden" in response.content.decode()
    assert "Klopt niet</textarea>" in response.content.decode()


def test_without_javascript_it_goes_back_to_the_page(noor: User, as_user: Browser) -> None:
    article = make.article()
    url = reverse("knowledge:feedback", args=[article.uuid]) + "?q=bezwaar&topic=x"
    response = as_user(noor).post(url, {"helpful": "1"}, follow=True)
    assert response.redirect_chain == [(f"{article.get_absolute_url()}?q=bezwaar", 302)]
    assert "Bedankt" in response.content.decode()


def test_who_may_say_it(client: Client, noor: User, rachid: User, as_user: Browser) -> None:
    article, hidden = make.article(), make.article(published_at=None)
    assert give(client, article, helpful="1").status_code == 401
    assert give(as_user(rachid), article, helpful="1").status_code == 200
    assert give(as_user(noor), hidden, helpful="1").status_code == 404
    assert as_user(noor).get(reverse("knowledge:feedback", args=[article.uuid])).status_code == 405
    assert as_user(noor).post(reverse("knowledge:feedback", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"helpful": "x"},
        {"helpful": ["1", "0"]},
        {"helpful": "0", "text": "\0"},
        {"helpful": "0", "text": "x" * 9000},
    ],
)
def test_any_input_is_no_error(data: dict[str, Any], noor: User, as_user: Browser) -> None:
    assert give(as_user(noor), make.article(), **data).status_code == 422
