"""Ctrl+K by keyboard alone: from the top bar, over customers, references and what can be done."""

import pytest
from playwright.sync_api import expect

from contacts.models import Access, Case
from tests import make
from tests.browser.conftest import SETTLED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(jansen, office):
    topic = make.topic(team=make.team())
    return Case.open(contact=make.contact(jansen, topic=topic, outcome=""), title="Bezwaar", team=topic.team, by=None)


def palette(page):
    return page.get_by_role("dialog", name="Zoek overal")


def chosen(page, name):
    """Wait until the choice with this name is the one that Enter takes, and no other answer is on its way."""
    page.wait_for_function("() => document.querySelector('kcc-palette').asking === false")
    expect(palette(page).get_by_role("option", name=name, selected=True)).to_be_visible()


def active(page) -> str:
    """Give the words of the choice that Enter takes, as a screen reader finds it."""
    return str(
        page.evaluate("""() => { const field = document.activeElement;
        const id = field.getAttribute('aria-activedescendant');
        return field.getAttribute('role') === 'combobox' && id ? document.getElementById(id).innerText : ''; }""")
    )


def test_a_customer_is_found_by_number_and_opened(as_person, noor, jansen, case, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_visible()
    page.keyboard.type("06-90123456")
    expect(palette(page).get_by_text("Zoek op telefoonnummer")).to_be_visible()
    chosen(page, "Anna Jansen")
    expect(palette(page).get_by_role("status")).to_contain_text("2 resultaten")
    page.keyboard.press("ArrowDown")
    assert case.reference in active(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{jansen.uuid}/")
    expect(page.get_by_role("heading", level=1, name="Anna Jansen")).to_be_visible()
    assert Access.objects.filter(action="search", user=noor).exists()
    assert page.wrong == []


def test_ctrl_enter_begins_a_contact_with_a_customer(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    page.keyboard.type("jansen")
    chosen(page, "Anna Jansen")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/customers/{jansen.uuid}/?draft=new")
    expect(page.get_by_label("Vraag en antwoord")).to_be_focused()


def test_ctrl_enter_before_the_answer_means_the_same(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    with page.expect_request("**/palette/**") as asked:
        page.route("**/palette/**", lambda route: page.keyboard.press("Control+Enter") or route.continue_())
        page.keyboard.type("a.jansen")
    assert asked.value
    page.wait_for_url(f"**/customers/{jansen.uuid}/?draft=new")


def test_the_number_of_a_case_jumps_to_it(as_person, noor, case, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    page.keyboard.type(case.reference.split("-")[2])
    chosen(page, case.reference)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.uuid}/**")


def test_typing_in_the_top_bar_goes_on_in_the_palette(as_person, noor, jansen, live_server):
    page = as_person(noor)
    page.goto(live_server.url + "/customers/")
    page.locator("#kcc-omni").focus()
    expect(palette(page)).to_be_hidden()
    page.keyboard.type("jans", delay=30)
    expect(page.locator("#palette-q")).to_have_value("jans")
    expect(palette(page).get_by_role("option", name="Anna Jansen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(page.locator("#kcc-omni")).to_be_focused()
    expect(page.locator("#kcc-omni")).to_have_value("")


def test_what_the_page_offers_is_done_from_the_palette(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.evaluate(SETTLED)
    page.fill("#id_text", "Via het palet opgeslagen")
    page.keyboard.press("Control+k")
    expect(palette(page).get_by_text("Op deze pagina")).to_be_visible()
    assert active(page) == ""  # nothing is done by Enter alone
    page.keyboard.type("afronden")
    chosen(page, "Opslaan en afronden")
    page.keyboard.press("Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    assert jansen.contacts.get().text == "Via het palet opgeslagen"


def test_what_is_being_typed_stays_when_the_palette_opens_and_closes(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.evaluate(SETTLED)
    page.keyboard.press("Alt+n")
    page.keyboard.type("Half verhaal")
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Vraag en antwoord")).to_be_focused()
    expect(page.get_by_label("Vraag en antwoord")).to_have_value("Half verhaal")
    assert page.wrong == []


def test_an_action_that_posts(as_person, noor, case, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    page.keyboard.type("volgende")
    chosen(page, "Pak volgende")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/**")
