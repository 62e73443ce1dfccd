"""Signing in by the form, as people do: each begins where their work is."""

import pytest
from playwright.sync_api import BrowserContext, expect

from accounts.models import User
from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("who", "heading"), [("noor", "Zoek een klant"), ("rachid", "Terugbelverzoeken")])
def test_the_form_leads_to_ones_own_work(
    context: BrowserContext, live_server, request: pytest.FixtureRequest, who: str, heading: str
) -> None:
    user: User = request.getfixturevalue(who)
    user.set_password(PASSWORD)
    user.save()
    page = context.new_page()
    page.goto(live_server.url)
    expect(page).to_have_url(f"{live_server.url}/accounts/login/?next=/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(heading)
