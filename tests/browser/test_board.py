"""The board stays still while somebody is in one of its menus, and goes on when it closes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

HINT = "() => document.body.dispatchEvent(new CustomEvent('hint-callbacks', { bubbles: true }))"


def test_a_hint_waits_until_the_menu_is_closed(as_person, kees, office, live_server):
    page: Page = as_person(kees)
    page.goto(f"{live_server.url}/insights/callbacks/")
    row = page.locator("#board-open").locator("xpath=ancestor::section").get_by_role("row").filter(has_text="Parkeren")
    page.wait_for_function("() => customElements.get('kcc-board')")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Meenemen").click()
    make.callback()
    page.evaluate(HINT)
    expect(page.get_by_role("link", name="CSV-bestand")).to_be_visible()
    page.wait_for_function("() => document.querySelector('kcc-board').waits")
    expect(row).to_have_count(0)
    page.keyboard.press("Escape")
    expect(row).to_have_count(1)
    assert page.wrong == []


def test_a_filter_is_in_the_address(as_person, kees, office, live_server):
    make.callback()
    page: Page = as_person(kees)
    page.goto(f"{live_server.url}/insights/callbacks/")
    page.get_by_label("Periode").select_option("week")
    expect(page.get_by_role("combobox", name="Week", exact=True)).to_be_visible()
    page.wait_for_url("**period=week**")
    page.get_by_role("link", name="Per afdeling").click()
    page.wait_for_url("**/teams/?period=week**")
    assert page.wrong == []


def test_after_telling_the_lead_one_goes_on_at_the_same_row(as_person, kees, office, live_server):
    _first, last = (make.callback(due_at=timezone.now() - timedelta(hours=hours)) for hours in (3, 2))
    page: Page = as_person(kees)
    page.goto(f"{live_server.url}/insights/callbacks/")
    page.get_by_role("button", name="Melden aan de teamleider").last.press("Enter")
    expect(page.get_by_text("Gemeld aan de teamleider").first).to_be_visible()
    expect(page.locator(f"#late-{last.uuid}")).to_be_focused()
    assert page.wrong == []
