"""The screens without a mouse: calling back from the queue, the keys of the house, and a focus that is never lost."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Notification
from callbacks.models import Attempt, Callback, Result
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED

pytestmark = pytest.mark.django_db(transaction=True)

# What has the focus: the words of a heading, link or button, else the name of a field; "" when the focus is lost.
FOCUSED = """() => { const node = document.activeElement;
  return node === document.body ? '' : node.name || node.getAttribute('aria-label') || node.innerText.trim(); }"""


@pytest.fixture
def late(office, jansen):
    topic = make.topic(team=make.team())
    asked = make.contact(jansen, outcome="callback", topic=topic)
    return make.callback(asked, due_at=timezone.now() - timedelta(hours=2), question="Is het bezwaar binnen?")


@pytest.fixture
def later(office):
    ben = make.contact(make.customer("Ben", "Vos"), outcome="callback", topic=make.topic("parkeerapp"))
    return make.callback(ben, question="Werkt de app weer?")


def expect_focus(page: Page, words: str = "") -> None:
    """Wait until the focus is on what has these words; without them, on anything at all."""
    end = time.monotonic() + PATIENCE / 1000
    while not (found := page.evaluate(FOCUSED)) or words not in ("", found):
        assert time.monotonic() < end, f"the focus is on {found!r}"
        page.wait_for_timeout(20)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go_to_the_queue(page: Page) -> None:
    with page.expect_navigation():
        press(page, "Alt+b")
    expect(page.get_by_role("heading", level=1, name="Terugbelverzoeken")).to_be_visible()


def open_the_first(page: Page) -> None:
    """Go to the queue and open its first row, which is the one due first."""
    go_to_the_queue(page)
    press(page, "ArrowDown", "Enter")
    page.wait_for_url("**/callbacks/*-*/?view=team")


def test_the_queue_is_walked_with_arrows(as_person, rachid, late, later):
    page = as_person(rachid)
    go_to_the_queue(page)
    press(page, "ArrowDown")
    expect_focus(page, "Bezwaar parkeervergunning")
    press(page, "ArrowDown")
    expect_focus(page, "Parkeerapp")
    press(page, "ArrowUp", "Enter")
    page.wait_for_url(f"**{late.get_absolute_url()}?view=team")
    expect(page.get_by_text("Is het bezwaar binnen?")).to_be_visible()
    assert page.wrong == []


def test_nobody_answers_and_the_next_moment_is_chosen(as_person, rachid, late):
    page = as_person(rachid)
    open_the_first(page)
    press(page, "Alt+p", "Tab", "ArrowRight")
    expect(page.get_by_label("Geen gehoor")).to_be_checked()
    press(page, "Tab")
    expect_focus(page, "next")
    while not page.locator("[name=next][value=morning]").is_checked():  # its words depend on the day
        press(page, "ArrowRight")
    press(page, "Tab")
    expect_focus(page, "note")
    page.keyboard.type("Geen voicemail")
    press(page, "Control+Enter")
    expect(page.get_by_text("Poging opgeslagen").first).to_be_visible()
    expect_focus(page, "Bezwaar parkeervergunning")  # the h1
    attempt = Attempt.objects.get()
    assert (attempt.result, attempt.note, attempt.by) == (Result.NO_ANSWER, "Geen voicemail", rachid)
    assert timezone.localdate(Callback.objects.get().next_attempt_at) > timezone.localdate()
    assert page.wrong == []


def test_spoken_and_done(as_person, rachid, late, later):
    page = as_person(rachid)
    open_the_first(page)
    press(page, "Alt+p", "Tab", "Space")
    expect(page.get_by_label("Gesproken", exact=True)).to_be_checked()
    press(page, "Control+Enter")
    expect(page.get_by_role("textbox", name="Antwoord aan de klant")).to_be_focused()  # it may not be empty
    page.keyboard.type("Het bezwaar is binnen.")
    press(page, "Control+Enter")
    expect(page.get_by_text("Terugbelverzoek afgerond").first).to_be_visible()
    expect_focus(page, "Parkeerapp")  # the h1 of the next one in the list
    expect(page.get_by_text("Werkt de app weer?")).to_be_visible()
    late.refresh_from_db()
    assert (late.outcome, late.completed_by, late.status) == ("Het bezwaar is binnen.", rachid, "completed")
    assert page.wrong == []


def test_saving_a_contact_does_not_lose_the_focus(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    press(page, "Alt+n", "Control+Enter")
    expect(page.locator("[data-errors], [aria-invalid=true]").first).to_be_visible()
    expect_focus(page)
    press(page, "Alt+n")
    page.keyboard.type("Vraagt wanneer het besluit komt.")
    press(page, "Control+Enter")
    expect(page.locator("kcc-toast").first).to_contain_text("Contact opgeslagen")
    expect(page.locator("#kcc-omni")).to_be_focused()  # on to the next customer


def test_f6_walks_the_regions_and_back(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    names = "() => (document.activeElement.closest('[data-region]') || {dataset: {}}).dataset.region"
    walked = []
    for key in ["F6"] * 6 + ["Shift+F6"] * 2:
        press(page, key)
        walked.append(page.evaluate(names))
    # From the note, where a customer's page begins: timeline, help, menu, customer, registration.
    assert walked == ["4", "5", "0", "1", "2", "4", "2", "1"]


def test_the_skip_link_goes_past_the_menu(as_person, noor, live_server):
    page = as_person(noor)  # this first page says that you are signed in, and begins at its heading
    page.goto(f"{live_server.url}/customers/")
    skip = page.get_by_role("link", name="Naar de inhoud")
    press(page, "Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    press(page, "Enter")
    expect(page.locator("#inhoud")).to_be_focused()
    press(page, "Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_list_of_keys_opens_and_closes(as_person, noor, office):
    page = as_person(noor)
    keys = page.get_by_role("heading", name="Sneltoetsen")
    page.locator("#klantzoeken").focus()
    press(page, "Control+Slash")
    expect(keys).to_be_visible()
    press(page, "Escape")
    expect(keys).to_be_hidden()
    expect(page.locator("#klantzoeken")).to_be_focused()


@pytest.mark.parametrize(
    "opener", ["[popovertarget=kcc-me]", "#kcc-bell-button", "summary[aria-label^='Meer: opslaan']"]
)
def test_escape_closes_a_menu_and_gives_the_focus_back(as_person, noor, jansen, office, live_server, opener):
    Notification.objects.create(recipient=noor, key="a", kind="late", text="Te laat", url="/callbacks/")
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.evaluate(SETTLED)
    page.fill("#id_text", "Half verhaal")
    button = page.locator(opener)
    button.focus()
    press(page, "Enter")
    layer = page.locator(":popover-open, details[data-menu][open] > div")
    expect(layer).to_be_visible()
    expect(page.locator(".htmx-request")).to_have_count(0)
    press(page, "Tab", "Escape")
    expect(layer).to_be_hidden()
    expect(button).to_be_focused()
    expect(page.locator("#id_text")).to_have_value("Half verhaal")


def test_the_menu_of_a_row_by_keyboard(as_person, rachid, late):
    page = as_person(rachid)
    go_to_the_queue(page)
    more = page.get_by_role("button", name="Meer acties voor")
    more.focus()
    press(page, "Enter")
    expect(page.get_by_role("button", name="Oppakken")).to_be_visible()
    press(page, "Tab")
    expect_focus(page, "Oppakken")
    press(page, "Enter")
    expect(page.get_by_text("Je hebt dit verzoek opgepakt").first).to_be_visible()
    expect_focus(page)
    late.refresh_from_db()
    assert late.assignee == rachid
