"""The answer while the citizen still talks: found, copied, used and saved without a mouse; and what is typed stays."""

import re
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from contacts.models import Contact, Customer
from knowledge.models import Article
from tests import make
from tests.browser.conftest import SETTLED, standing_still
from tests.browser.conftest import kept as draft_kept
from tests.contacts.letters import question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def articles(office: None) -> dict[str, Article]:
    topic = make.topic(team=make.team())
    made = [
        make.article(short_answer="Binnen **2 weken** een bevestiging.\nBinnen **6 weken** een besluit.", topic=topic),
        make.article("Bezwaar tegen een naheffing", short_answer="Bezwaar gaat naar Belastingen."),
        make.article("Bezwaar van een buurman", short_answer="Bezwaar kan wie het raakt."),
        make.article(
            "Rijbewijs kwijt of gestolen",
            short_answer="Meld het bij de balie.",
            topic=topic,
            body="<p>Neem een foto mee.</p>",
        ),
        make.article("Paspoort aanvragen", short_answer="Maak een afspraak.", body="<p>Online of aan de balie.</p>"),
    ]
    return {article.title.split()[-1]: article for article in made}


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def settled(page: Page) -> None:
    page.evaluate(SETTLED)
    assert page.wrong == []  # type: ignore[attr-defined]


def answered(page: Page, word: str) -> AbstractContextManager[object]:
    """Wait at the end of a with-block for what is found once nobody types any more: it may be in another order."""
    return page.expect_response(lambda answer: f"q={word}" in answer.url and "typing" not in answer.url)


def test_found_copied_used_and_saved_by_keyboard(as_person: Any, context: Any, noor: User, articles: Any) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = as_person(noor)
    press(page, "Alt+n")
    expect(page.locator("#id_text")).to_be_focused()
    with draft_kept(page, "bevestiging"):
        page.keyboard.type("Vraagt naar de bevestiging")
    settled(page)
    press(page, "F6")
    page.goto(page.url.split("?")[0].rstrip("/") + "/knowledge/")
    press(page, "Alt+k")
    expect(page.locator("#kennis-vraag")).to_be_focused()
    with answered(page, "bezwaar"):
        page.keyboard.type("bezwaar")
    expect(page.locator("#kennis-aantal")).to_contain_text("beste eerst")
    settled(page)
    press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    hits = page.locator("a.kcc-hit")
    expect(hits.nth(0)).to_be_focused()
    titles = [one.strip() for one in page.locator("a.kcc-hit b").all_inner_texts()]
    for _step in range(titles.index(articles["parkeerbesluit"].title)):
        press(page, "ArrowDown")
    press(page, "Enter")
    page.wait_for_url(f"**/knowledge/{articles['parkeerbesluit'].uuid}/?q=bezwaar")
    expect(page.get_by_role("heading", level=1, name=articles["parkeerbesluit"].title)).to_be_visible()
    settled(page)
    press(page, "F6")
    for _link in range(page.locator(".kcc-art__head :is(a, button):visible").count() + 1):
        press(page, "Tab")
    expect(page.locator("[data-key=copy]")).to_be_focused()
    with standing_still(page):
        press(page, "Enter")
        expect(page.locator("[data-key=copy]")).to_have_text("Gekopieerd")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "• Binnen 2 weken een bevestiging.\n• Binnen 6 weken een besluit."
    press(page, "F6", "Tab")
    expect(page.locator("[data-key=used]")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".kcc-art__use a")).to_have_text(re.compile(r"Gekoppeld om \d\d:\d\d"))
    settled(page)
    expect(page.locator("[data-key=used]")).to_be_focused()
    with page.expect_navigation():
        press(page, "Alt+n")
    expect(page.locator("#id_text")).to_have_value("Vraagt naar de bevestiging")
    box = page.locator(f"#kennis-{articles['parkeerbesluit'].uuid} input[type=checkbox]")
    expect(box).to_be_checked()
    expect(page.locator("#id_topic-input")).to_have_value(re.compile("bezwaar parkeervergunning"))
    settled(page)
    press(page, "Control+Enter")
    expect(page.locator("kcc-toast", has_text="Contact opgeslagen")).to_be_visible()
    settled(page)
    used = Contact.objects.get().usages.get()
    assert (used.article, used.by) == (articles["parkeerbesluit"], noor)


def test_suggestions_come_quietly(as_person: Any, noor: User, articles: Any) -> None:
    page = as_person(noor)
    press(page, "Alt+n")
    text, results = page.locator("#id_text"), page.locator("#kennis-resultaten")
    expect(text).to_be_focused()
    settled(page)
    before = page.locator("#registratie").bounding_box()
    page.keyboard.type("Mevrouw is haar rijbewijs kwijt")
    expect(results.locator("h3").first).to_have_text("Rijbewijs kwijt of gestolen")
    settled(page)
    expect(text).to_be_focused()
    press(page, "ArrowLeft", "ArrowLeft")
    page.keyboard.type(" al een week ")
    settled(page)
    expect(text).to_have_value("Mevrouw is haar rijbewijs kwi al een week jt")
    assert page.evaluate("document.activeElement.selectionEnd") == len("Mevrouw is haar rijbewijs kwi al een week ")
    assert page.locator("#registratie").bounding_box() == before


def test_what_was_opened_stays(as_person: Any, noor: User, articles: Any) -> None:
    page = as_person(noor)
    results = page.locator("#kennis-resultaten")
    settled(page)
    page.locator("#id_text").fill("Vraagt naar bezwaar")
    expect(results.locator("h3")).to_have_count(3)
    second = results.locator("h3").nth(1).inner_text()
    results.get_by_role("link", name=second).click()
    opened = results.locator(".kcc-kb__item--open")
    expect(opened.locator("h3")).to_have_text(second)
    opened.get_by_label("Gebruikt in dit contact").check()
    settled(page)
    page.locator("#id_text").fill("Vraagt naar bezwaar. Ook is het rijbewijs kwijt of gestolen.")
    expect(results.get_by_role("link", name="Rijbewijs kwijt of gestolen")).to_be_visible()
    expect(results.locator("h3").first).to_have_text(second)
    expect(opened.get_by_label("Gebruikt in dit contact")).to_be_checked()
    settled(page)


def test_who_ticks_an_article_has_said_what_it_is_about(as_person: Any, noor: User, articles: Any) -> None:
    page = as_person(noor)
    settled(page)
    page.locator("#id_text").fill("Mevrouw is haar rijbewijs kwijt")
    page.locator(f"#kennis-{articles['gestolen'].uuid}").get_by_label("Gebruikt in dit contact").check()
    expect(page.locator("#id_topic-input")).to_have_value(re.compile("bezwaar parkeervergunning"))
    expect(page.locator("[data-hint-of=id_topic]")).to_have_text("Parkeren")
    settled(page)


def test_while_typing_it_is_quick_and_then_whole(as_person: Any, noor: User, articles: Any, live_server: Any) -> None:
    page = as_person(noor)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/knowledge/?" in request.url else None)
    page.goto(f"{live_server.url}/knowledge/")
    with answered(page, "bezwaar"):
        page.locator("#kennis-vraag").press_sequentially("bezwaar", delay=20)
    page.wait_for_url("**/knowledge/?q=bezwaar")  # and nothing else: the address can be given to a colleague
    settled(page)
    kinds = ["typing" in request.url for request in asked]
    assert kinds[0]
    assert not kinds[-1]
    assert len({re.search(r"chain=([0-9a-f-]+)", request.url)[1] for request in asked}) == 1  # type: ignore[index]
    expect(page.locator("#kennis-vraag")).to_be_focused()


def test_nothing_found_is_asked_for(as_person: Any, noor: User, articles: Any, live_server: Any) -> None:
    page = as_person(noor)
    page.goto(f"{live_server.url}/knowledge/?q=zeppelin")
    page.get_by_label("Wat wil de klant weten?").fill("Of het mag")
    page.get_by_role("button", name="Vraag om dit artikel").click()
    expect(page.locator("p.kcc-nothing__ask")).to_contain_text("Je vraag om een artikel over “zeppelin”")
    expect(page.locator("p.kcc-nothing__ask")).to_be_focused()
    settled(page)


def test_something_is_wrong_is_said_in_its_own_block(
    as_person: Any, noor: User, articles: Any, live_server: Any
) -> None:
    page = as_person(noor)
    page.goto(f"{live_server.url}/knowledge/?q=rijbewijs")
    page.get_by_text("Nee, er klopt iets niet").click()
    expect(page.get_by_label("Wat klopt er niet?")).to_be_focused()
    page.get_by_role("button", name="Melden").click()
    expect(page.get_by_text("Schrijf wat er niet klopt.")).to_be_visible()
    page.get_by_label("Wat klopt er niet?").fill("De balie is verhuisd.")
    page.get_by_role("button", name="Melden").click()
    expect(page.locator(".kcc-art__foot")).to_contain_text("De eigenaar kijkt hier uiterlijk")  # it is said aloud, too
    settled(page)


def test_the_part_that_is_read_is_marked(as_person: Any, noor: User, office: None, live_server: Any) -> None:
    article = make.article(
        body="".join(f"<h2>Deel {n}</h2>" + "<p>Een zin van zes woorden lang.</p>" * 8 for n in "abc")
    )
    page = as_person(noor)
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    now = page.locator("[aria-current=location]")
    expect(now).to_have_text("Kort antwoord")
    for name in ("Deel b", "Deel c", "Deel a"):
        page.get_by_role("link", name=name).click()
        expect(now).to_have_text(name)
    settled(page)


def test_an_answer_is_put_in_a_letter_and_taken_out_again(
    as_person: Any, noor: User, voorlijn: Any, jansen: Customer, articles: Any, live_server: Any
) -> None:
    page = as_person(noor)
    case = question(jansen, mailbox=make.mailbox(team=voorlijn))
    page.goto(f"{live_server.url}/cases/{case.uuid}/")
    settled(page)
    press(page, "Alt+n")
    text = page.locator("#id_answer-text")
    expect(text).to_be_focused()
    page.keyboard.type("Beste Anna, ??")
    expect(page.locator("[data-articles] input")).to_be_focused()
    with page.expect_response(lambda answer: "q=rijbewijs" in (answer.request.post_data or "")):
        page.keyboard.type("rijbewijs")
    expect(page.locator("[data-hits] b")).to_have_count(1)
    press(page, "ArrowDown", "Enter")
    expect(text).to_be_focused()
    expect(text).to_have_value(
        re.compile(r"^Beste Anna, \n\nMeld het bij de balie\.\n\nLees meer: http\S+/kennis/\S+$")
    )
    press(page, "Control+z")
    expect(text).to_have_value(re.compile(r"^Beste Anna, (\?\?)?$"))
    with page.expect_response(lambda answer: "/answers/" in answer.url and answer.request.method == "POST"):
        page.keyboard.type(" Groet")
    page.wait_for_function("() => [...document.querySelectorAll('kcc-draft')].every((draft) => !draft.dirty)")
    settled(page)


def test_the_help_beside_a_contact_is_walked_by_arrows(as_person: Any, noor: User, articles: Any) -> None:
    page = as_person(noor)
    press(page, "Alt+k")
    with answered(page, "bezwaar"):
        page.keyboard.type("bezwaar")
    titles = page.locator("#kennis-resultaten h3 a")
    expect(titles).to_have_count(3)
    settled(page)
    press(page, "ArrowDown")
    expect(titles.nth(0)).to_be_focused()
    press(page, "ArrowDown")
    second = titles.nth(1).inner_text()
    press(page, "Enter")
    expect(page.locator(".kcc-kb__item--open h3")).to_have_text(second)
    settled(page)
    press(page, "Tab", "Tab", "Space", "Alt+n")
    expect(page.locator("#id_text")).to_be_focused()
    expect(page.locator(".kcc-kb__item--open input[type=checkbox]")).to_be_checked()
