"""An article is shown whole and safe, beside the hits it was chosen from."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, Team, User
from knowledge.prose import render
from tests import make
from tests.conftest import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_prose_gives_headings_a_place_of_their_own() -> None:
    prose = render("<h2>Kosten &amp; termijnen</h2><p>x</p><h2>Inhoud</h2><h2>Inhoud</h2><h2></h2><h3>Niet</h3>")
    assert prose.headings == [
        ("deel-kosten-termijnen", "Kosten & termijnen"),
        ("deel-inhoud", "Inhoud"),
        ("deel-inhoud-3", "Inhoud"),
        ("deel-4", ""),
    ]
    assert '<h2 id="deel-inhoud-3">Inhoud</h2>' in prose.html


def test_prose_drops_what_an_article_may_not_hold() -> None:
    html = render(
        '<h2 onclick="x()">Kop</h2><script>alert(1)</script><img src=x onerror=alert(1)>'
        '<a href="javascript:alert(1)" style="color:red">klik</a><iframe src="https://x"></iframe>'
    ).html
    assert "Kop" in html
    for evil in ("script", "onclick", "onerror", "style", "iframe", "img"):
        assert evil not in html


def test_page_shows_the_whole_article(noor: User, parkeren: Team, as_user: Browser) -> None:
    owner = make.user("mies", Role.EDITOR, first_name="Mies", last_name="de Vries")
    found = make.article(owner=owner, team=parkeren, review_on=timezone.localdate() + timedelta(days=9), version=7)
    for number in range(3):
        found.use(make.contact(), by=noor)
        assert number < 3
    page = as_user(noor).get(found.get_absolute_url()).content.decode()
    for words in [
        "<h1",
        found.title,
        "Actueel",
        "<strong>2 weken</strong>",
        'id="deel-uitleg"',
        "M. de Vries, Parkeren",
        "3 keer in 30 dagen",
    ]:
        assert words in page, words
    assert f"http://testserver{found.get_absolute_url()}" in page


def test_short_answer_is_text_and_not_markup(noor: User, as_user: Browser) -> None:
    found = make.article("<b>Titel</b>", short_answer="**<script>x</script>**", keywords="titel")
    page = as_user(noor).get("/knowledge/", {"q": "titel"}).content.decode()
    assert "<script>x" not in page
    assert "&lt;b&gt;Titel" in page
    assert found.title not in page


def test_badges_say_how_far_to_rely_on_it(noor: User, as_user: Browser) -> None:
    old = make.article(review_on=timezone.localdate() - timedelta(days=1), internal=True)
    page = as_user(noor).get(old.get_absolute_url()).content.decode()
    assert "Controle verlopen" in page
    assert "Intern" in page
    assert "Actueel" not in page


def test_what_is_not_published_is_not_there(noor: User, as_user: Browser) -> None:
    concept = make.article(published_at=None)
    browser = as_user(noor)
    assert browser.get(concept.get_absolute_url()).status_code == 404
    assert browser.get(f"/knowledge/{uuid4()}/").status_code == 404
    editor = as_user(make.user("mies", Role.EDITOR)).get(concept.get_absolute_url())
    assert "Concept" in editor.content.decode()


def test_strangers_are_sent_to_the_login(client: Client) -> None:
    article = make.article()
    for url in ["/knowledge/", "/knowledge/panel/", article.get_absolute_url()]:
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_only_reads(noor: User, as_user: Browser) -> None:
    browser = as_user(noor)
    for url in ["/knowledge/", "/knowledge/panel/", make.article().get_absolute_url()]:
        assert browser.post(url).status_code == 405


def test_search_opens_the_first_article(noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    make.article("Terras bij een horecazaak", short_answer="Neem uw paspoort mee.")
    response = as_user(noor).get("/knowledge/", {"q": "paspoort"})
    assert [hit.article.title for hit in response.context["hits"]] == [
        "Paspoort aanvragen",
        "Terras bij een horecazaak",
    ]
    assert response.context["article"].title == "Paspoort aanvragen"
    page = response.content.decode()
    assert "2 artikelen, beste eerst" in " ".join(page.split())
    assert "<mark>paspoort</mark>" in page


def test_a_hit_keeps_the_question(noor: User, as_user: Browser) -> None:
    found = make.article("Paspoort aanvragen")
    page = as_user(noor).get("/knowledge/", {"q": "paspoort & co"}).content.decode()
    assert f'href="{found.get_absolute_url()}?q=paspoort+%26+co&amp;chain=' in page
    page = as_user(noor).get(f"{found.get_absolute_url()}?q=paspoort").content.decode()
    assert 'value="paspoort"' in page
    assert 'aria-current="true"' in page


def test_htmx_gets_the_part_that_changes(noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    response = as_user(noor).get("/knowledge/", {"q": "paspoort"}, headers=HTMX)
    assert "<html" not in response.content.decode()
    assert 'id="treffers"' in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_what_comes_late_leaves_the_opened_article_open(noor: User, as_user: Browser) -> None:
    make.article("Paspoort aanvragen")
    second = make.article("Terras bij een horecazaak", short_answer="Neem uw paspoort mee.")
    browser = as_user(noor)

    def status(query: str, at: str) -> int:
        headers = HTMX | {"HX-Current-URL": f"http://testserver{at}"}
        return browser.get("/knowledge/", {"q": query}, headers=headers).status_code

    at = f"{second.get_absolute_url()}?q=paspoort"
    assert status("paspoort", at) == 204
    assert status("paspoort aanvragen", at) == 200  # another question
    for elsewhere in ("/knowledge/?q=paspoort", "/knowledge/x/?q=paspoort", "/\0", "//[", ""):
        assert status("paspoort", elsewhere) == 200


def test_nothing_found_says_so(noor: User, as_user: Browser) -> None:
    make.article()
    page = as_user(noor).get("/knowledge/", {"q": "<xyzzy>"}).content.decode()
    assert "Geen artikel gevonden voor “&lt;xyzzy&gt;”." in page


def test_filters(noor: User, as_user: Browser) -> None:
    parking = make.topic()
    make.article("Afspraak parkeren", topic=parking)
    make.article("Afspraak intern", internal=True)
    make.article("Afspraak oud", review_on=timezone.localdate() - timedelta(days=1))
    assert parking.parent is not None
    browser = as_user(noor)

    def found(**query: object) -> list[str]:
        return [hit.article.title for hit in browser.get("/knowledge/", query).context["hits"]]

    assert found(q="afspraak", topic=parking.parent.uuid) == ["Afspraak parkeren"]
    assert found(topic=parking.parent.uuid) == ["Afspraak parkeren"]
    assert found(q="afspraak", state="internal") == ["Afspraak intern"]
    assert found(state="overdue") == ["Afspraak oud"]
    assert len(found(q="afspraak", topic="geen-uuid", kind="x", state="x", audience="x", language="x")) == 3


@pytest.mark.parametrize("url", ["/knowledge/?q=paspoort", "/knowledge/", "/knowledge/panel/?q=paspoort"])
def test_queries_do_not_grow_with_the_hits(
    url: str, noor: User, as_user: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(noor)
    for number in range(3):
        make.article(f"Paspoort {number}", topic=make.topic(), owner=noor)
    with django_assert_max_num_queries(30) as few:
        browser.get(url)
    for number in range(20):
        make.article(f"Paspoort nog {number}", topic=make.topic(), owner=noor)
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(url)
