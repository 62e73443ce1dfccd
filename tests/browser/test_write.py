"""Writing an article without a mouse, from the first word to its readers; and that nothing typed gets lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from knowledge.models import Article, Version
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED
from tests.browser.look import Look, enter, quiet_stream
from tests.browser.writing import kept, press, said, status, text, write
from tests.outside.ports import until

pytestmark = pytest.mark.django_db(transaction=True)
Person = Callable[..., Page]


@pytest.fixture
def article(db: None) -> Article:
    body = "<h2>Uitleg</h2><p>U komt zelf langs.</p><h2>Stappen</h2><p>Maak een afspraak.</p>"
    return make.article("Paspoort aanvragen", short_answer="U komt zelf langs.", body=body)


def test_from_the_first_word_to_its_readers(
    as_person: Person, browser: Browser, marit: User, mies: User, live_server: Any
) -> None:
    page = as_person(marit)
    page.goto(f"{live_server.url}/knowledge/new/")
    page.get_by_label("Titel").focus()
    page.keyboard.type("Hoe vraag ik een paspoort aan?")
    page.keyboard.press("Enter")
    page.get_by_label("Kort antwoord", exact=True).focus()
    page.keyboard.type("U komt zelf langs.")
    expect(page.get_by_text("4 van 60 woorden")).to_be_visible()
    page.get_by_placeholder("Kop van dit deel").focus()
    page.keyboard.type("Uitleg")
    text(page).focus()
    page.keyboard.type("Neem mee:")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("button", name="Kop", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Lijst", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(text(page)).to_be_focused()
    page.keyboard.type("een pasfoto")
    kept(page)
    assert Version.objects.get().sections[0]["html"] == "<p>Neem mee:</p><ul><li><p>een pasfoto</p></li></ul>"
    press(page, "Ter goedkeuring")
    expect(page.get_by_text("Wacht op een collega")).to_be_visible()
    article = Article.objects.get()
    page.goto(f"{live_server.url}/knowledge/")
    page.evaluate(SETTLED)

    there = browser.new_context(locale="nl-NL")
    there.set_default_timeout(PATIENCE)
    colleague = as_person(mies, there)
    colleague.goto(f"{live_server.url}/knowledge/{article.uuid}/preview/")
    press(colleague, "Goedkeuren")
    expect(colleague.get_by_role("heading", name="Publiceren")).to_be_visible()
    colleague.get_by_label("Belangrijk").focus()
    colleague.keyboard.press("Space")
    press(colleague, "Publiceren")
    expect(colleague.get_by_text("Schrijf in een zin wat er veranderd is.").first).to_be_visible()
    colleague.get_by_label("Wat is er veranderd?").focus()
    colleague.keyboard.type("Nieuw artikel over paspoorten")
    press(colleague, "Publiceren")
    expect(colleague.get_by_role("heading", name="Hoe vraag ik een paspoort aan?")).to_be_visible()
    colleague.evaluate(SETTLED)
    article.refresh_from_db()
    assert (article.state, article.versions.get().approved_by) == ("current", mies)
    there.close()


def test_every_tool_works_and_says_so(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    field = page.locator("#id_part-0-html")
    for name, made in [
        ("Kop", "<h3>U komt zelf langs.</h3>"),
        ("Vet", "<p><strong>U komt zelf langs.</strong></p>"),
        ("Cursief", "<p><em>U komt zelf langs.</em></p>"),
        ("Lijst", "<ul><li><p>U komt zelf langs.</p></li></ul>"),
        ("Genummerde lijst", "<ol><li><p>U komt zelf langs.</p></li></ol>"),
        ("Citaat", "<blockquote><p>U komt zelf langs.</p></blockquote>"),
        ("Waarschuwing", '<blockquote class="warning"><p>U komt zelf langs.</p></blockquote>'),
    ]:
        text(page).focus()
        page.keyboard.press("Control+a")
        press(page, name)
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
        expect(field).to_have_value(made)
        press(page, name)
        expect(field).to_have_value("<p>U komt zelf langs.</p>")
    press(page, "Kop")
    press(page, "Ongedaan maken")
    expect(field).not_to_have_value("<h3>U komt zelf langs.</h3>")
    press(page, "Opnieuw")
    expect(field).to_have_value("<h3>U komt zelf langs.</h3>")
    text(page).focus()
    page.keyboard.press("Control+End")
    press(page, "Tabel")
    press(page, "Rij erbij")
    press(page, "Kolom weg")
    expect(text(page).locator("tr")).to_have_count(4)
    expect(text(page).locator("th")).to_have_count(1)
    text(page).focus()
    for _cell in range(4):
        page.keyboard.press("Tab")
    expect(text(page)).not_to_be_focused()  # Tab leaves a table
    kept(page)


def test_a_link_by_keyboard(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    text(page).focus()
    page.keyboard.press("Control+a")
    press(page, "Link")
    expect(page.get_by_label("Adres", exact=True)).to_be_focused()
    page.keyboard.type("javascript:boom(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dit is geen adres.")).to_be_visible()
    page.get_by_label("Adres", exact=True).fill("www.duinmeer.nl/paspoort")
    page.keyboard.press("Enter")
    expect(text(page)).to_be_focused()
    expect(text(page).locator("a")).to_have_attribute("href", "https://www.duinmeer.nl/paspoort")
    press(page, "Link")
    page.keyboard.press("Escape")
    expect(text(page)).to_be_focused()
    press(page, "Link")
    press(page, "Link weghalen")
    expect(text(page).locator("a")).to_have_count(0)
    kept(page)


def test_what_is_typed_survives_a_reload(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    page.route("**/edit/save/", lambda route: route.abort())
    text(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Neem een foto mee.")
    expect(status(page)).to_have_text("Niet bewaard, we proberen het opnieuw")
    page.reload()
    expect(text(page)).to_contain_text("Neem een foto mee.")
    page.unroute("**/edit/save/")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(status(page)).to_have_text(re.compile(r"Concept bewaard om \d\d:\d\d"))
    kept(page)
    assert "Neem een foto mee." in Version.objects.open().get().html


def test_signed_out_meanwhile(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    text(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Neem een foto mee.")
    expect(status(page)).to_have_text("Je bent uitgelogd. Je tekst blijft in dit venster bewaard.")
    page.context.add_cookies(cookies)
    page.reload()
    expect(text(page)).to_contain_text("Neem een foto mee.")
    kept(page)


def test_a_colleague_takes_over(
    as_person: Person, browser: Browser, article: Article, marit: User, mies: User, live_server: Any
) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    there = browser.new_context(locale="nl-NL")
    there.set_default_timeout(PATIENCE)
    colleague = as_person(mies, there)
    colleague.goto(f"{live_server.url}/knowledge/{article.uuid}/edit/")
    expect(colleague.get_by_text(re.compile("M. de Vries bewerkt dit artikel sinds"))).to_be_visible()
    press(colleague, "Overnemen")
    text(colleague).wait_for()
    colleague.get_by_label("Titel").fill("Titel van Mies")
    press(colleague, "Concept bewaren")
    expect(said(colleague)).to_have_text("Concept bewaard")
    text(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Dit schreef Marit.")
    expect(status(page)).to_contain_text("Een collega schreef intussen in dit artikel")
    press(page, "Concept bewaren")
    expect(page.locator(".kcc-clash")).to_contain_text("Titel van Mies")
    expect(text(page)).to_contain_text("Dit schreef Marit.")
    assert Version.objects.open().get().title == "Titel van Mies"
    press(page, "Toch bewaren")
    expect(said(page)).to_have_text("Concept bewaard")
    assert "Dit schreef Marit." in Version.objects.open().get().html
    page.goto(f"{live_server.url}/knowledge/")
    until(lambda: Article.objects.get().edited_by is None)  # leaving lets others write; the page says so while it goes
    there.close()


def test_a_second_tab_of_ones_own(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Titel").fill("Titel uit het andere tabblad")
    press(other, "Concept bewaren")
    expect(said(other)).to_have_text("Concept bewaard")
    text(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Dit schreef ik hier.")
    expect(status(page)).to_contain_text("Je schreef intussen in een ander tabblad")
    press(page, "Concept bewaren")
    expect(page.locator(".kcc-clash h2")).to_have_text("Je schreef intussen in een ander tabblad in dit artikel")
    expect(text(page)).to_contain_text("Dit schreef ik hier.")


def test_text_that_a_newer_one_came_before_is_shown(
    as_person: Person, article: Article, marit: User, mies: User, live_server: Any
) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    page.route("**/edit/save/", lambda route: route.abort())
    page.get_by_label("Titel").fill("Nooit aangekomen")
    expect(status(page)).to_have_text("Niet bewaard, we proberen het opnieuw")
    other = Version.begin(article, by=mies)
    words = Version()
    words.take(article)
    words.title = "Titel van Mies"
    other.write(words, by=mies)
    Version.objects.update(changed_at=other.changed_at + timedelta(days=366))
    page.reload()
    expect(page.get_by_label("Titel")).to_have_value("Titel van Mies")
    page.unroute("**/edit/save/")
    press(page, "Bekijk beide teksten")
    expect(page.locator(".kcc-clash")).to_contain_text("Nooit aangekomen")
    expect(page.get_by_label("Titel")).to_have_value("Nooit aangekomen")


def test_parts_by_keyboard(as_person: Person, article: Article, marit: User, live_server: Any) -> None:
    page = as_person(marit)
    write(page, article, live_server)
    page.get_by_label("Titel").fill("Paspoort")
    press(page, "Zet Stappen omhoog")
    expect(page.get_by_placeholder("Kop van dit deel").first).to_have_value("Stappen")
    page.wait_for_load_state()
    expect(page.get_by_role("button", name="Bekijk beide teksten")).to_have_count(0)  # all of it was kept
    press(page, "Verwijder Uitleg")
    expect(page.get_by_placeholder("Kop van dit deel")).to_have_count(1)
    page.locator("#kcc-toasts").get_by_role("button", name="Ongedaan maken").press("Enter")
    expect(page.get_by_placeholder("Kop van dit deel")).to_have_count(2)
    press(page, "Deel toevoegen")
    expect(page.get_by_placeholder("Kop van dit deel")).to_have_count(3)


def test_without_javascript_it_is_a_form(
    browser: Browser, as_user: Any, article: Article, marit: User, live_server: Any
) -> None:
    context = browser.new_context(locale="nl-NL", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    enter(context, as_user, marit, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/knowledge/{article.uuid}/edit/")
    page.locator("#id_part-0-html").fill("<p>Gewoon <b>HTML</b></p>")
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.locator("#id_part-0-html")).to_have_value("<p>Gewoon <strong>HTML</strong></p>")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens_of_writing(
    browser: Browser,
    as_user: Any,
    article: Article,
    marit: User,
    mies: User,
    live_server: Any,
    settings: Any,
    theme: str,
) -> None:
    settings.EVENTS_URL = "/events/"
    User.objects.update(theme=theme)
    product = make.article("Paspoort", kind="product", body="", language="en", original=article)
    first = Version.begin(article, by=marit)
    first.write(Version(title="Paspoort", short_answer="Kort.", keywords="", sections=[], sources=[]), by=marit)
    first.submit(by=marit)
    first.approve(by=mies)
    first.publish(summary="Nieuw", announced=True, by=marit)
    context = browser.new_context(color_scheme=theme, locale="nl-NL", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    context.route("**/events/*", quiet_stream)
    enter(context, as_user, mies, live_server.url)
    look = Look(context.new_page(), live_server.url, theme)
    at = f"/knowledge/{article.uuid}/"

    def wrong(page: Page) -> None:
        page.get_by_label("Kort antwoord", exact=True).fill("woord " * 70)
        page.get_by_role("button", name="Concept bewaren").click()
        page.get_by_text("Het korte antwoord heeft 70 woorden").first.wait_for()

    def in_a_table(page: Page) -> None:
        page.locator(".ProseMirror").first.click()
        page.get_by_role("button", name="Tabel", exact=True).click()
        page.get_by_role("button", name="Kolom weg").wait_for()

    look.at("new article", "/knowledge/new/")
    look.at("article, written", f"{at}edit/")
    look.at("article, a table", act=in_a_table)
    look.at("article, a link", act=lambda page: page.get_by_role("button", name="Link", exact=True).click())
    look.at("article, wrong", f"{at}edit/", wrong)
    look.at("product, written", f"/knowledge/{product.uuid}/edit/")
    words = Version(title="Paspoort, nieuw", short_answer="Kort en goed.", keywords="", sections=[], sources=[])
    waits = Version.begin(article, by=marit)
    waits.write(words, by=marit)
    waits.submit(by=marit)
    look.at("article, to approve", f"{at}edit/")
    look.at("preview", f"{at}preview/")
    look.at("publish", f"{at}publish/")
    look.at("versions", f"{at}versions/")
    look.at("one version", f"{at}versions/{first.uuid}/")
    article.refresh_from_db()
    article.take_over(by=marit)
    look.at("article of a colleague", f"{at}edit/")
    context.close()
    assert look.wrong == [], "\n" + "\n".join(look.wrong)
