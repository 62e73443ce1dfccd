"""Where no article answers, one asks the editors for it: the question goes along, nothing personal does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from knowledge.models import Gap
from tests import make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def ask(client: Client, *, htmx: bool = True, **data: Any) -> Any:
    return client.post(reverse("knowledge:ask"), data, headers=HTMX if htmx else {})


def test_the_page_offers_it_and_other_words(noor: User, as_user: Browser) -> None:
    make.article()
    response = as_user(noor).get("/knowledge/", {"q": "zeppelin xyzzy", "state": "public"})
    page = response.content.decode()
    assert "Geen artikel gevonden voor “zeppelin xyzzy”." in page
    assert "Vraag om dit artikel" in page
    assert 'href="/knowledge/?q=zeppelin"' in page
    assert "Zonder filters" in page


def test_asked(noor: User, as_user: Browser) -> None:
    page = ask(as_user(noor), q="vliegen met een zeppelin", note="Belt er vaak over").content.decode()
    gap = Gap.objects.get()
    assert (gap.query, gap.note, gap.asked_by) == ("vliegen met een zeppelin", "Belt er vaak over", noor)
    assert "naar de redactie" in page
    assert "<html" not in page


def test_nothing_personal_goes_along(noor: User, as_user: Browser) -> None:
    page = as_user(noor).get("/knowledge/", {"q": "zeppelin 123456782 xyzzy"}).content.decode()
    assert 'name="q" value="zeppelin [nummer] xyzzy"' in page
    ask(as_user(noor), q="zeppelin voor 123456782, bel 0612345678")
    assert Gap.objects.get().query == "zeppelin voor [nummer], bel [telefoon]"


def test_asked_again_is_asked_once(noor: User, lotte: User, as_user: Browser) -> None:
    ask(as_user(noor), q="Zeppelin")
    ask(as_user(noor), q="zeppelin", note="Alweer")
    ask(as_user(noor), q="zeppelin")
    ask(as_user(lotte), q="zeppelin")
    assert sorted(Gap.objects.values_list("asked_by__username", "note")) == [("lotte", ""), ("noor", "Alweer")]


def test_who_asked_is_not_offered_it_again(noor: User, lotte: User, as_user: Browser) -> None:
    make.article()
    ask(as_user(noor), q="zeppelin xyzzy")
    gap = Gap.objects.get()

    def page(who: User, words: str = "Zeppelin xyzzy") -> str:
        shown = as_user(who).get("/knowledge/", {"q": words}).content.decode()
        panel = as_user(who).get("/knowledge/panel/", {"q": words}, headers=HTMX).content.decode()
        assert ("Vraag om dit artikel" in shown) is ("Vraag om dit artikel" in panel)
        assert (gap.get_absolute_url() in shown) is (gap.get_absolute_url() in panel)
        return shown

    assert ("Vraag om dit artikel" in page(noor), gap.get_absolute_url() in page(noor)) == (False, True)
    assert ("Vraag om dit artikel" in page(lotte), gap.get_absolute_url() in page(lotte)) == (True, False)
    gap.close("Staat bij luchtvaart.", by=lotte)
    assert "Vraag om dit artikel" in page(noor)


def test_a_number_of_somebody_is_no_question(noor: User, as_user: Browser) -> None:
    make.article()
    page = as_user(noor).get("/knowledge/", {"q": "123456782"}).content.decode()
    assert "Vraag om dit artikel" not in page


def test_without_javascript(noor: User, as_user: Browser) -> None:
    response = as_user(noor).post(reverse("knowledge:ask"), {"q": "zeppelin"}, follow=True)
    assert response.redirect_chain == [("/knowledge/", 302)]
    assert "naar de redactie gestuurd" in response.content.decode()


def test_a_bsn_in_the_note_is_refused_and_kept(noor: User, as_user: Browser) -> None:
    for htmx in (True, False):
        response = ask(as_user(noor), htmx=htmx, q="zeppelin", note="Klant 123456782")
        assert response.status_code == 422
        assert "Zet geen BSN" in response.content.decode()
        assert "Klant 123456782</textarea>" in response.content.decode()
    assert not Gap.objects.exists()


def test_refuses(client: Client, noor: User, as_user: Browser) -> None:
    assert as_user(noor).get(reverse("knowledge:ask")).status_code == 405
    assert ask(client, q="zeppelin").status_code == 401
    assert not Gap.objects.exists()


@pytest.mark.parametrize("q", ["", " ", "\0", "x" * 10_000])
def test_what_is_no_question(q: str, noor: User, as_user: Browser) -> None:
    for htmx in (True, False):
        assert ask(as_user(noor), htmx=htmx, q=q).status_code == 422


@pytest.mark.parametrize("q", ["' OR 1=1 --", "<script>x</script>", "a\0b", "🙂", "%s %(x)s", "de het een"])
def test_any_text_is_a_question(q: str, noor: User, as_user: Browser) -> None:
    response = ask(as_user(noor), q=q)
    assert response.status_code == 200
    assert "<script>x" not in response.content.decode()
