"""An answer that comes late, when the part of the page that asked has gone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import SETTLED
from tests.browser.js.site import Site
from tests.browser.js.steps import swap, until


def test_an_answer_to_a_part_that_is_gone_says_nothing_in_what_came_instead(page: Page, site: Site) -> None:
    asks = '<div id="asks" hx-post="/look/" hx-trigger="ask" hx-swap="none" hx-sync="this:replace"></div>'
    site.answers["POST /look/"] = (200, {}, '<p id="said" hx-swap-oob="true">van het vorige formulier</p>')
    site.answers["GET /part/"] = (200, {}, f'{asks}<p id="said">leeg</p>')
    swap(page, "#result", "innerHTML")
    expect(page.locator("#said")).to_have_text("leeg")
    page.evaluate(SETTLED)  # before that it hears nothing
    with site.holding("POST /look/"):
        page.evaluate("htmx.trigger('#asks', 'ask')")
        until(lambda: site.bodies("POST /look/"), page)
        page.evaluate("document.getElementById('asks').dataset.old = ''")
        swap(page, "#result", "innerHTML")
        expect(page.locator("#asks[data-old]")).to_have_count(0)
        page.evaluate(SETTLED)
        answered: list[object] = []
        page.on("requestfinished", lambda request: answered.extend([request] if "/look/" in request.url else []))
    until(lambda: answered, page)
    expect(page.locator("#said")).to_have_text("leeg")
    page.evaluate("htmx.trigger('#asks', 'ask')")
    expect(page.locator("#said")).to_have_text("van het vorige formulier")  # as it is said where it was asked
