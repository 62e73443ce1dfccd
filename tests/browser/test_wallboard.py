"""The screen on the wall follows what happens, and says so when it hears nothing any more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Outcome
from insights.models import Wallboard
from knowledge.models import Bulletin
from tests import make
from tests.browser.conftest import SETTLED

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_wallboard_follows_and_says_when_its_figures_are_old(context, live_server, voorlijn, jansen, office):
    _board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=None)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}/wallboard/{token}/")
    late = page.locator(".kcc-tile", has_text="Te laat")
    expect(late.locator(".kcc-tile__v")).to_have_text("0")
    asked = make.contact(jansen, outcome=Outcome.CALLBACK)
    callback = make.callback(asked)
    type(callback).objects.filter(pk=callback.pk).update(
        due_at=callback.requested_at, requested_at=callback.requested_at
    )
    page.clock.run_for(11_000)
    expect(late.locator(".kcc-tile__v")).to_have_text("1")
    old = page.locator("kcc-wall")
    expect(old).not_to_be_visible()
    page.route("**/wallboard/**", lambda route: route.abort())
    page.clock.run_for(75_000)
    expect(old).to_contain_text("Gegevens van")
    expect(old).to_be_visible()
    page.unroute("**/wallboard/**")
    page.clock.run_for(11_000)
    expect(old).not_to_be_visible()


TITLE = "De parkeerapp en de website voor bezoekersvergunningen werken niet op iPhones"
CUT = """() => [...document.querySelectorAll('.kcc-tile__w, .kcc-tile h2, .kcc-wall__title, .kcc-wall__when')]
    .filter((node) => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 4
        || node.getBoundingClientRect().bottom > node.closest('section, footer').getBoundingClientRect().bottom)
    .map((node) => node.textContent.trim())"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.kcc-wall *:not(.kcc-vh)')]
    .filter((node) => node.textContent.trim()).map((node) => parseFloat(getComputedStyle(node).fontSize)))"""


def test_nothing_on_a_wallboard_is_cut(context, live_server, voorlijn, office):
    now = timezone.now()
    for title in (TITLE, "DigiD"):
        Bulletin.write(
            key=uuid4(), title=title, kind="disruption", important=title == TITLE, by=None,
            starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2),
        )  # fmt: skip
    callback = make.callback(make.contact(outcome=Outcome.CALLBACK))
    type(callback).objects.filter(pk=callback.pk).update(due_at=callback.requested_at)
    _board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=None)
    page = context.new_page()
    for width, height, smallest in ((1920, 1080, 32), (1440, 900, 20), (1280, 800, 18)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live_server.url}/wallboard/{token}/")
        expect(page.locator(".kcc-wall__title")).to_contain_text(TITLE)
        expect(page.locator(".kcc-wall__when")).to_contain_text("en nog 1 storing")
        page.evaluate(SETTLED)
        assert page.evaluate(CUT) == []
        assert page.evaluate(SMALLEST) >= smallest
    page.close()


def test_a_wallboard_that_was_revoked_goes_blank_and_asks_no_more(context, live_server, voorlijn, office):
    board, token = Wallboard.hang(team=voorlijn, name="Zaal 2", by=None)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}/wallboard/{token}/")
    expect(page.locator(".kcc-tile").first).to_be_visible()
    board.revoke(now=timezone.now())
    page.clock.run_for(11_000)
    expect(page.get_by_role("main")).to_have_text("Dit wallboard is ingetrokken.")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(120_000)
    expect(page.locator(".kcc-tile")).to_have_count(0)
    assert asked == []
