"""One press keeps all that was changed on the page of an article, details too; and it hears what colleagues do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from accounts.models import User
from knowledge.models import Article, Version
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED
from tests.browser.look import Look, enter, quiet_stream
from tests.browser.test_live import Events, events, listening  # noqa: F401
from tests.knowledge.writing import opened

pytestmark = pytest.mark.django_db(transaction=True)
Person = Callable[..., Page]
NOTE = "Nog niet opgeslagen"


@pytest.fixture
def article(db: None) -> Article:
    body = "<h2>Uitleg</h2><p>U komt zelf langs.</p><h2>Stappen</h2><p>Maak een afspraak.</p>"
    return make.article("Paspoort aanvragen", short_answer="U komt zelf langs.", body=body)


def describing(page: Page, article: Article, live_server: Any) -> list[str]:
    """Open the page of an editor, and give what the browser asks before it is left, to which the answer is yes."""
    asked: list[str] = []

    def yes(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", yes)
    page.goto(f"{live_server.url}/knowledge/{article.uuid}/edit/")
    page.locator(".ProseMirror").first.wait_for()
    page.evaluate(SETTLED)
    return asked


def saved(page: Page, words: str) -> None:
    """Wait until a new page says this, and hears keys and sees changes."""
    expect(page.get_by_text(words).first).to_be_visible()
    page.wait_for_load_state()
    page.evaluate(SETTLED)


def audience(page: Page) -> Any:
    return page.get_by_label("Doelgroep")


def note(page: Page) -> Any:
    return page.get_by_text(NOTE)


def test_one_press_keeps_all(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    asked = describing(page, article, live_server)
    expect(note(page)).to_be_hidden()
    page.get_by_label("Titel", exact=True).fill("Paspoort verlengen")
    audience(page).select_option("citizens")
    expect(note(page)).to_be_visible()
    page.get_by_role("button", name="Concept bewaren").click()
    saved(page, "Concept en gegevens bewaard")
    expect(note(page)).to_be_hidden()
    expect(audience(page)).to_have_value("citizens")
    assert Version.objects.open().get().title == "Paspoort verlengen"
    article.refresh_from_db()
    assert article.audience == "citizens"
    page.keyboard.press("Control+Enter")  # at the heading it is nothing
    audience(page).select_option("both")
    audience(page).focus()
    page.keyboard.press("Control+Enter")  # in the details that is to save them
    saved(page, "Gegevens opgeslagen")
    audience(page).select_option("citizens")
    audience(page).select_option("both")  # as it was: nothing to save
    expect(note(page)).to_be_hidden()
    page.reload()
    assert asked == []
    assert Version.objects.open().get().submitted_at is None
    assert page.wrong == []  # type: ignore[attr-defined]


def test_what_is_not_saved_comes_back(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    asked = describing(page, article, live_server)
    audience(page).select_option("citizens")
    page.get_by_role("button", name="Deel toevoegen").click()
    page.locator("#nieuw-deel").wait_for()
    expect(audience(page)).to_have_value("citizens")
    expect(note(page)).to_be_visible()
    assert asked == []
    page.wait_for_load_state()
    page.evaluate(SETTLED)
    page.reload()
    assert asked == ["beforeunload"]
    expect(audience(page)).to_have_value("citizens")
    page.evaluate(SETTLED)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Titel", exact=True).fill("Paspoort verlengen")
    expect(page.locator("[data-draft-text]")).to_have_text(re.compile("Je bent uitgelogd"))
    page.context.add_cookies(cookies)
    asked.clear()
    page.reload()
    assert asked == ["beforeunload"]  # the copy goes with the window
    expect(page.get_by_label("Titel", exact=True)).to_have_value("Paspoort verlengen")
    expect(audience(page)).to_have_value("citizens")
    Article.objects.update(internal=True)  # by a colleague
    page.reload()
    page.evaluate(SETTLED)
    page.get_by_role("button", name="Concept bewaren").click()
    saved(page, "Je tekst is bewaard, de gegevens nog niet")
    expect(audience(page)).to_have_value("citizens")
    page.get_by_role("button", name="Concept bewaren").click()
    saved(page, "Concept en gegevens bewaard")
    asked.clear()
    page.goto(f"{live_server.url}/knowledge/{article.uuid}/edit/")
    expect(note(page)).to_be_hidden()
    assert asked == []


def test_without_javascript(browser: Browser, as_user: Any, article: Article, marit: User, live_server: Any) -> None:
    context = browser.new_context(locale="nl-NL", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    enter(context, as_user, marit, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/knowledge/{article.uuid}/edit/")
    audience(page).select_option("citizens")
    page.get_by_label("Titel", exact=True).fill("Paspoort verlengen")
    page.get_by_role("button", name="Deel toevoegen").click()
    expect(note(page)).to_be_visible()
    expect(audience(page)).to_have_value("citizens")
    page.get_by_role("button", name="6 maanden").click()
    expect(note(page)).to_be_hidden()
    article.refresh_from_db()
    assert (article.audience, Version.objects.open().get().title) == ("citizens", "Paspoort verlengen")
    page.get_by_label("Vertalen in").select_option("en")
    page.get_by_role("button", name="Vertaling maken").click()
    expect(page.get_by_text("Vertaling begonnen").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens(
    theme: Any,
    browser: Browser,
    as_user: Any,
    article: Article,
    marit: User,
    mies: User,
    live_server: Any,
    settings: Any,
) -> None:
    settings.EVENTS_URL = "/events/"
    User.objects.update(theme=theme)
    context = browser.new_context(color_scheme=theme, locale="nl-NL", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.route("**/events/*", quiet_stream)
    enter(context, as_user, marit, live_server.url)
    look = Look(context.new_page(), live_server.url, theme)

    def wrong(page: Page) -> None:
        page.get_by_label("Geldig tot en met").fill("2020-01-01")
        page.get_by_role("button", name="Ter goedkeuring").click()
        page.get_by_text("maar nog niet aangeboden").first.wait_for()

    def stale(page: Page) -> None:
        audience(page).select_option("citizens")
        Article.objects.update(owner=mies)
        page.get_by_role("button", name="Concept bewaren").click()
        page.get_by_text("Dit is nu opgeslagen, en jij vulde iets anders in:").first.wait_for()

    def heard(page: Page) -> None:
        article.take_over(by=mies)
        article.withdraw(by=mies)
        page.evaluate("htmx.trigger(document.body, 'hint-article')")
        page.get_by_text("Wat jij schreef, blijft hier staan.").first.wait_for()

    look.at("details, wrong", f"/knowledge/{article.uuid}/edit/", wrong)
    look.at("details, stale", f"/knowledge/{article.uuid}/edit/", stale)
    look.at("what colleagues did", f"/knowledge/{article.uuid}/edit/", heard)
    context.close()
    assert look.wrong == [], "\n" + "\n".join(look.wrong)


def test_an_open_page_hears_of_it_and_nothing_shifts(
    as_person: Person,
    article: Article,
    marit: User,
    mies: User,
    live_server: Any,
    events: Events,  # noqa: F811
) -> None:
    version = opened(article, marit)
    version.submit(by=marit)
    page = as_person(marit)
    describing(page, article, live_server)
    listening(page)
    keywords = page.get_by_label("Trefwoorden")
    keywords.focus()
    audience(page).select_option("citizens")
    keywords.focus()
    place = keywords.bounding_box()
    version.send_back("De kosten kloppen niet.", by=mies)
    expect(page.locator("#intussen")).to_contain_text(f"{mies.short_name} gaf dit terug")
    expect(page.locator("#intussen")).to_contain_text("De kosten kloppen niet.")
    expect(page.get_by_role("button", name="Ter goedkeuring")).to_be_visible()
    expect(page.locator("#stand")).to_contain_text("Concept")
    expect(page.locator("#wijzigen")).to_have_text("Dit is weer een concept.")
    expect(keywords).to_be_focused()
    assert keywords.bounding_box() == place
    expect(audience(page)).to_have_value("citizens")
    article.refresh_from_db()
    article.take_over(by=mies)
    expect(page.locator("#intussen")).to_contain_text(f"{mies.short_name} bewerkt dit artikel sinds")
    page.evaluate(SETTLED)
    assert page.wrong == []  # type: ignore[attr-defined]


def test_a_remark_that_is_typed_stays(
    as_person: Person, article: Article, marit: User, mies: User, live_server: Any
) -> None:
    version = opened(article, marit)
    version.submit(by=marit)
    page = as_person(mies)
    describing(page, article, live_server)
    page.get_by_role("button", name="Teruggeven", exact=True).click()
    page.get_by_label("Wat moet er nog anders?").fill("De kosten kloppen niet.")
    version.write(Version(title="Paspoort?", short_answer="Kort.", keywords="", sections=[], sources=[]), by=marit)
    page.evaluate("htmx.trigger(document.body, 'hint-article')")
    expect(page.locator("#stand")).to_contain_text("Concept")
    expect(page.get_by_label("Wat moet er nog anders?")).to_have_value("De kosten kloppen niet.")
    page.get_by_role("button", name="Teruggeven met opmerking").click()
    expect(page.get_by_text("Je opmerking is niet verstuurd: De kosten kloppen niet.").first).to_be_visible()
