"""„Hielp dit?” on the public site: kept without a name, once, and never faster than people press."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from contacts.forms.web import SALT
from knowledge.models import Article, Feedback
from knowledge.views import public_feedback
from knowledge.website import address
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_pace() -> None:
    public_feedback.pace.forget()
    public_feedback.again.forget()


@pytest.fixture
def article(office: None) -> Article:
    return make.article("Paspoort aanvragen", version=4)


def token(seconds_ago: float = 60.0, uuid: str = "0a1b2c3d-0000-4000-8000-000000000003") -> str:
    return signing.dumps([uuid, time.time() - seconds_ago], salt=SALT)


def url_of(article: Article) -> str:
    return f"{address.of_article(article)}hielp/"


def say(client: Client, article: Article, **typed: Any) -> Any:
    return client.post(url_of(article), {"helpful": "no", "token": token(), "text": "De prijs klopt niet."} | typed)


def test_a_yes_is_one_press(client: Client, article: Article) -> None:
    page = client.get(address.of_article(article)).content.decode()
    assert f'action="{url_of(article)}"' in page
    thanks = f"{address.of_article(article)}bedankt/"
    for _ in range(3):
        answer = client.post(url_of(article), {"helpful": "yes", "website": ""})
        assert (answer.status_code, answer["Location"]) == (302, thanks)
    said = Feedback.objects.get()
    assert (said.helpful, said.text, said.by, said.version, said.due_at) == (True, "", None, 4, None)
    assert "Bedankt voor uw reactie" in client.get(thanks).content.decode()
    client.post(url_of(make.article("Anders")), {"helpful": "yes"})
    assert Feedback.objects.count() == 2
    assert not client.cookies


def test_a_no_says_why_and_becomes_work_with_a_term(client: Client, article: Article) -> None:
    page = client.get(url_of(article))
    assert "Schrijf hier geen naam" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    typed = "De prijs klopt niet, mail jan@voorbeeld.nl of bel 06 12345678, bsn 123456782."
    for _ in range(2):
        assert say(client, article, text=typed).status_code == 302
    said = Feedback.objects.get()
    assert (said.helpful, said.by, said.version) == (False, None, 4)
    assert said.due_at is not None
    assert said.text.startswith("De prijs klopt niet")
    for personal in ("jan@", "12345678", "123456782"):
        assert personal not in said.text
    assert not client.cookies


def test_a_no_may_stay_silent(client: Client, article: Article) -> None:
    assert say(client, article, text="").status_code == 302
    assert Feedback.objects.get().text == ""


def test_the_form_is_given_once_for_each_arrival(client: Client, article: Article) -> None:
    page = client.get(url_of(article)).content.decode()
    assert page != client.get(url_of(article)).content.decode()
    for _ in range(2):
        say(client, article, token=token(uuid=str(uuid4())))
    assert Feedback.objects.count() == 2


def test_who_is_quick_is_heard(client: Client, article: Article) -> None:
    assert say(client, article, token=token(0), text="Adres klopt niet").status_code == 302
    assert say(client, article, token=token(uuid=str(uuid4())), text="Zie https://oud.nl").status_code == 302
    assert sorted(Feedback.objects.values_list("text", flat=True)) == ["Adres klopt niet", "Zie [link]"]


@pytest.mark.parametrize("trap", ["website", "https://koop.nl", "kijk op WWW.koop.nl", '<a href="x">koop</a>'])
def test_a_machine_is_thanked_and_not_kept(client: Client, article: Article, trap: str) -> None:
    typed = {"website": "x"} if trap == "website" else {"token": token(0), "text": trap}
    assert say(client, article, **typed).status_code == 302
    assert client.post(url_of(article), {"helpful": "yes", "website": "x"}).status_code == 302
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("wrong", ["none", "x", "\0", "old", "odd", "number"])
def test_an_old_form_keeps_its_text(client: Client, article: Article, wrong: str) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        old = token()
    made = {"none": "", "old": old, "odd": signing.dumps(["x"], salt=SALT), "number": signing.dumps(1, salt=SALT)}
    answer = say(client, article, token=made.get(wrong, wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "te lang open" in page
    assert "De prijs klopt niet." in page
    assert not Feedback.objects.exists()


def test_bad_input_is_told_at_the_field(client: Client, article: Article) -> None:
    long = say(client, article, text="x" * 1001)
    assert long.status_code == 422
    assert 'aria-invalid="true"' in long.content.decode()
    assert say(client, article, text="een\0twee").status_code == 422
    assert say(client, article, text="<script>x</script>" * 60).status_code == 422
    assert client.post(url_of(article), b"x" * 2_000_000, content_type="text/plain").status_code == 413
    assert client.post(url_of(article), {"helpful": ["no", "yes"]}).status_code == 302
    assert client.post(url_of(article), b"\xff\xfe", content_type="application/json").status_code == 422
    assert client.put(url_of(article)).status_code == 405
    assert Feedback.objects.filter(helpful=False).count() == 0


def test_lone_surrogates_are_no_error(client: Client, article: Article) -> None:
    body = f"helpful=no&token={token()}&text=%ed%a0%80%ff".encode()
    answer = client.post(url_of(article), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert Feedback.objects.count() == 1


def test_who_says_too_much_waits(client: Client, article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_feedback.pace, "rate", 1 / 3600)  # however long a busy machine takes
    answers = [say(client, article, token=token(uuid=str(uuid4()))) for _ in range(11)]
    assert [one.status_code for one in answers] == [302] * 10 + [429]
    assert "De prijs klopt niet." in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "30"
    assert Feedback.objects.count() == 10


def test_without_opening_hours_it_says_where_to_go(client: Client) -> None:
    answer = say(client, make.article())
    assert answer.status_code == 422
    assert "contactformulier" in answer.content.decode()
    assert not Feedback.objects.exists()


def test_an_english_article_asks_in_english(client: Client, office: None) -> None:
    made = make.article("Apply", language="en")
    assert client.get(url_of(made))["Content-Language"] == "en"
    assert client.get(f"{address.of_article(made)}bedankt/")["Content-Language"] == "en"
