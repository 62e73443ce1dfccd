"""The work queue without a mouse: open, claim, the next one, several at once, and what a colleague sees of it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from accounts.models import User
from contacts.models import Case, Presence
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED
from tests.browser.test_live import Events, events, listening
from tests.outside.ports import until

__all__ = ["Events", "events"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cases(jansen, office) -> list[Case]:
    """Four mails, due in the order of their numbers."""
    now = timezone.now()
    return [make.case(jansen, title=f"Vraag {n}", due_at=now + timedelta(hours=n)) for n in (1, 2, 3, 4)]


@pytest.fixture
def beside(browser: Browser) -> Iterator[BrowserContext]:
    """A second desk, for a colleague."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def to_the_queue(page: Page) -> None:
    with page.expect_navigation():
        press(page, "Alt+w")
    expect(page.get_by_role("heading", level=1, name="Werkvoorraad")).to_be_visible()
    page.evaluate(SETTLED)


def row(page: Page, case: Case) -> Locator:
    return page.locator(f"#case-{case.uuid}")


def in_hand(user: User) -> list[str]:
    return [case.title for case in Case.objects.all() if case.holder == user]


def tab_to(page: Page, name: str, key: str = "Shift+Tab") -> None:
    """Press Tab until a button of that name has the focus."""
    button = page.get_by_role("button", name=name, exact=True)
    for _time in range(60):
        press(page, key)
        if button.evaluate_all("nodes => nodes.includes(document.activeElement)"):
            return
    raise AssertionError(f"{name} cannot be reached")


def test_open_read_and_back(as_person, noor, cases):
    page = as_person(noor)
    to_the_queue(page)
    press(page, "ArrowDown", "ArrowDown")
    expect(row(page, cases[1]).get_by_role("link")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=2, name="Vraag 2")).to_be_focused()
    expect(page).to_have_url(re.compile(f"{cases[1].get_absolute_url()}[?]view=team$"))
    expect(page.get_by_text("Je behandelt dit bericht tot")).to_be_visible()
    expect(row(page, cases[1])).to_have_attribute("aria-current", "true")
    assert Case.objects.get(title="Vraag 2").holder == noor
    expect(page).to_have_title(re.compile("^Vraag 2, Z-"))
    press(page, "Escape")
    expect(row(page, cases[1]).get_by_role("link")).to_be_focused()
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_role("heading", level=2, name="Vraag 3")).to_be_focused()
    expect(row(page, cases[1])).not_to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.get_by_role("heading", level=2, name="Vraag 2")).to_be_visible()
    assert page.wrong == []


def test_leaving_lays_it_down(as_person, noor, cases, live_server):
    page = as_person(noor)
    page.goto(live_server.url + cases[0].get_absolute_url())
    expect(page.get_by_text("Je behandelt dit bericht tot")).to_be_visible()
    page.reload()  # the beacon of the old page comes after the new one was made
    expect(page.get_by_text("Je behandelt dit bericht tot")).to_be_visible()
    page.goto(f"{live_server.url}/callbacks/")
    until(lambda: Case.objects.get(title="Vraag 1").holder is None)
    until(lambda: not Presence.objects.exists())


def test_a_colleague_sees_who_is_there_and_takes_over(as_person, noor, lotte, cases, events, beside):
    first, second = as_person(noor), as_person(lotte, beside)
    to_the_queue(first)
    to_the_queue(second)
    listening(second)
    listening(first)
    press(first, "ArrowDown", "Enter")
    expect(first.get_by_text("Je behandelt dit bericht tot")).to_be_visible()
    expect(row(second, cases[0])).to_contain_text("N. Bakker")
    press(second, "ArrowDown", "Enter")
    expect(second.get_by_text("Wordt behandeld door N. Bakker sinds")).to_be_visible()
    expect(first.get_by_text("L. Vermeulen bekijkt dit")).to_be_visible()
    tab_to(second, "Overnemen", "Tab")
    press(second, "Enter")
    expect(second.get_by_text("Je behandelt dit bericht tot")).to_be_visible()
    taken = "Wordt behandeld door L. Vermeulen sinds"
    expect(first.locator("#bericht-wie")).to_contain_text(taken)
    expect(first.locator("#kcc-alert")).to_contain_text(taken)
    assert first.wrong == second.wrong == []


def test_the_next_one_is_one_nobody_has(as_person, noor, lotte, cases):
    cases[0].claim(by=lotte)
    page = as_person(noor)
    to_the_queue(page)
    press(page, "ArrowDown", "Control+Enter")
    expect(page.get_by_role("heading", level=2, name="Vraag 2")).to_be_visible()
    page.wait_for_load_state()  # before that no key is heard
    assert Case.objects.get(title="Vraag 2").holder == noor
    row(page, cases[1]).get_by_role("link").focus()
    press(page, "Control+Enter")
    expect(page.get_by_role("heading", level=2, name="Vraag 3")).to_be_visible()


def test_going_on_without_answering_does_not_come_back_to_the_first(as_person, noor, cases):
    page = as_person(noor)
    to_the_queue(page)
    for number in range(1, len(cases) + 1):
        row(page, cases[0]).get_by_role("link").focus()  # in the letter these keys send
        press(page, "Control+Enter")
        expect(page.get_by_role("heading", level=2, name=f"Vraag {number}")).to_be_visible()
        page.wait_for_load_state()  # before that no key is heard
        until(lambda: in_hand(noor) == [f"Vraag {number}"])  # noqa: B023 — the page before lays down what it showed
    assert page.wrong == []


def test_several_at_once_and_undone(as_person, noor, cases):
    page = as_person(noor)
    to_the_queue(page)
    press(page, "ArrowDown", "x", "ArrowDown", "ArrowDown", "Shift+X")
    expect(page.get_by_text("3 van 4", exact=True)).to_be_visible()
    expect(page.locator("#kcc-status")).to_contain_text("3 van 4 geselecteerd")
    press(page, "x")
    expect(page.get_by_text("2 van 4", exact=True)).to_be_visible()
    tab_to(page, "Sluiten")
    press(page, "Enter")
    expect(page.get_by_role("combobox", name="Resultaat")).to_be_focused()
    page.keyboard.type("Telefonisch geregeld")
    press(page, "Enter")
    expect(page.get_by_text("2 zaken gesloten").first).to_be_visible()
    assert set(Case.objects.filter(result="Telefonisch geregeld").values_list("title", flat=True)) == {
        "Vraag 1",
        "Vraag 2",
    }
    page.wait_for_load_state()
    page.locator("kcc-toast", has_text="2 zaken gesloten").hover()  # under the pointer its ten seconds stand still
    tab_to(page, "Ongedaan maken")
    press(page, "Enter")
    expect(page.get_by_text("Ongedaan gemaakt").first).to_be_visible()
    assert Case.objects.open().count() == 4
    assert page.wrong == []


def test_put_off_in_words(as_person, noor, cases):
    page = as_person(noor)
    to_the_queue(page)
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_role("heading", level=2, name="Vraag 1")).to_be_focused()
    tab_to(page, "Meer: toewijzen, uitstellen, samenvoegen, sluiten", "Tab")
    press(page, "Enter")
    tab_to(page, "Uitstellen…", "Tab")
    press(page, "Enter")
    expect(page.get_by_role("combobox", name="Tot wanneer")).to_be_focused()
    page.keyboard.type("over 2 weken 14u")
    expect(page.get_by_role("option", name="over 2 weken 14u")).to_be_visible()
    press(page, "Enter", "Tab")
    page.keyboard.type("Dan is de commissie geweest")
    press(page, "Enter")
    expect(page.get_by_text("Uitgesteld tot").first).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="Vraag 2")).to_be_visible()  # the next one
    assert Case.objects.get(title="Vraag 1").snooze_reason == "Dan is de commissie geweest"


def test_a_colleague_is_mentioned_by_the_beginning_of_the_name(as_person, noor, lotte, cases):
    page = as_person(noor)
    page.goto(page.url.split("/accounts")[0].rstrip("/") + cases[0].get_absolute_url() + "?note")
    field = page.get_by_role("textbox", name="Notitie")
    field.focus()
    page.keyboard.type("Kun jij dit nakijken, @lot")
    expect(page.get_by_role("option", name="Lotte Vermeulen")).to_be_visible()
    press(page, "Enter")
    expect(field).to_have_value("Kun jij dit nakijken, @Lotte Vermeulen ")
    press(page, "Control+Enter")
    expect(page.get_by_text("Notitie bewaard").first).to_be_visible()
    assert lotte.notifications.get().kind == "case_mentioned"


def test_a_new_message_comes_into_the_list_and_the_focus_stays(as_person, noor, jansen, cases, events):
    page = as_person(noor)
    to_the_queue(page)
    listening(page)
    press(page, "ArrowDown", "ArrowDown", "x")
    late = make.case(jansen, title="Veel te laat", due_at=timezone.now() - timedelta(hours=3))
    late.hint()
    expect(row(page, late)).to_be_visible()
    expect(row(page, cases[1]).get_by_role("link")).to_be_focused()
    expect(row(page, cases[1]).get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_role("link", name="Team 5")).to_be_visible()


def test_on_a_narrow_screen_list_and_item_are_two_pages(as_person, noor, cases):
    page = as_person(noor)
    page.set_viewport_size({"width": 900, "height": 700})
    to_the_queue(page)
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_role("heading", level=2, name="Vraag 1")).to_be_focused()
    expect(page.locator("#werkvoorraad")).to_be_hidden()
    press(page, "Escape")
    expect(page.locator("#werkvoorraad")).to_be_visible()


def test_typing_and_doing_nothing_are_told(as_person, noor, cases, live_server):
    page = as_person(noor)
    page.clock.install()
    page.goto(live_server.url + cases[0].get_absolute_url())
    state = "document.querySelector('kcc-presence').state"
    assert page.evaluate(state) == "viewing"
    with page.expect_request(lambda one: "state=typing" in (one.post_data or "")):
        page.get_by_role("textbox", name="Bericht").press_sequentially("Ja")
    with page.expect_request(lambda one: "state=viewing" in (one.post_data or "")):
        page.clock.run_for(40_000)
    with page.expect_request(lambda one: "state=idle" in (one.post_data or "")):
        page.clock.run_for(45_000)
    assert page.evaluate(state) == "idle"
    assert page.wrong == []
