"""The public site as citizens meet it: without JavaScript, by keyboard, in large letters, on a small screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from knowledge.models import Article, Feedback, Reads, Searching
from knowledge.views import public, public_feedback
from knowledge.website import address
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED
from tests.browser.look import STICKS_OUT

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "<table><thead><tr><th>Document</th><th>Geldigheidsduur</th><th>Kosten</th></tr></thead><tbody><tr>" + (
    "<td>Reisdocumentenadministratie</td>" * 3
)
BODY = f"<h2>Uitleg</h2><p>Kom zelf.</p><h2>Kosten</h2>{TABLE}</tr></tbody></table><ol><li>Een</li><li>Twee</li></ol>"


@pytest.fixture(autouse=True)
def passport(office: None, monkeypatch: pytest.MonkeyPatch) -> Article:
    for pace in (public.pace, public_feedback.pace, public_feedback.again):
        pace.forget()
    monkeypatch.setattr("contacts.forms.web.FASTEST", 0.0)  # a browser in a test is as quick as a machine
    topic = make.topic("paspoort", theme="Burgerzaken")
    passport = make.article("Paspoort aanvragen bij verhuizing", topic=topic, body=BODY)
    passport.related.add(make.article("Identiteitskaart aanvragen", topic=topic))
    return passport


@pytest.fixture
def page(browser: Browser) -> Any:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800}, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_by_keyboard_from_the_question_to_the_answer(page: Page, live_server: Any, passport: Article) -> None:
    page.goto(f"{live_server.url}/kennis/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    field = page.get_by_role("searchbox")
    while not field.evaluate("node => node === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("verhuizing paspoort")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("verhuizing paspoort")
    page.get_by_role("link", name=passport.title).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(passport.title)
    expect(page).to_have_url(f"{live_server.url}{address.of_article(passport)}")
    page.get_by_role("navigation", name="Op deze pagina").get_by_role("link", name="Kosten").press("Enter")
    expect(page).to_have_url(f"{live_server.url}{address.of_article(passport)}#deel-kosten")
    assert Searching.objects.get().place == "public"
    assert not page.context.cookies()


def test_whether_it_helped(page: Page, live_server: Any, passport: Article) -> None:
    page.goto(f"{live_server.url}{address.of_article(passport)}")
    page.get_by_role("button", name="Ja").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw reactie")
    page.get_by_role("link", name="Terug naar het antwoord").click()
    page.get_by_role("link", name="vertel wat er mist").click()
    page.get_by_label("Wat klopt er niet").fill("De prijs klopt niet.")
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor uw reactie")
    assert sorted(Feedback.objects.values_list("helpful", "text")) == [(False, "De prijs klopt niet."), (True, "")]
    assert not page.context.cookies()


def test_who_comes_back_asks_whether_it_still_holds(page: Page, live_server: Any, passport: Article) -> None:
    url = f"{live_server.url}{address.of_article(passport)}"
    page.goto(url)
    page.reload()
    assert page.reload().status == 200  # what the browser shows of a 304
    assert Reads.objects.get(article=passport, public=True).count == 1


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_letters_may_be_twice_as_large(browser: Browser, live_server: Any, passport: Article, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in (
        "/kennis/",
        address.of_article(passport),
        address.of_theme(passport.topic.parent),
        "/kennis/zoeken/?q=x",
    ):
        page.goto(live_server.url + path)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        page.evaluate(SETTLED)
        assert page.evaluate(STICKS_OUT) == [], path
    context.close()


def test_on_paper_only_the_answer_stands(browser: Browser, live_server: Any, passport: Article) -> None:
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(live_server.url + address.of_article(passport))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Kom zelf.")).to_be_visible()
    for gone in ("Heeft dit antwoord u geholpen?", "Staat uw antwoord er niet bij?", "Lees ook"):
        expect(page.get_by_text(gone)).to_be_hidden()
    page.close()
