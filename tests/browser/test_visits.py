"""The desk: a visit in a few taps, or without a mouse."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from contacts.models import Channel, Contact
from tests import make
from tests.browser.conftest import SETTLED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(as_person: Callable[..., Page], noor: User, office: None, live_server: Any) -> Page:
    for name in ("paspoort", "rijbewijs"):
        make.contact(channel=Channel.DESK, topic=make.topic(name))
    page = as_person(noor)
    page.goto(f"{live_server.url}/visits/")
    page.evaluate(SETTLED)
    return page


def test_by_keyboard_alone(page: Page, noor: User) -> None:
    page.locator("[name=topic]").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator("[name=by_appointment]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")  # five minutes
    page.get_by_label("Notitie").focus()
    page.keyboard.type("Haalt volgende week op.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#kcc-toasts")).to_contain_text("Bezoek opgeslagen")
    visit = Contact.objects.get(agent=noor)
    assert (visit.by_appointment, visit.waited_seconds, visit.text) == (True, 300, "Haalt volgende week op.")
    assert visit.topic is not None
    expect(page.get_by_role("region", name="Jouw bezoeken vandaag")).to_contain_text(visit.title)
    assert page.wrong == []  # type: ignore[attr-defined]


def test_in_three_taps(page: Page, noor: User) -> None:
    page.get_by_role("radio", name="Rijbewijs").check()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#kcc-toasts")).to_contain_text("Bezoek opgeslagen")
    visit = Contact.objects.get(agent=noor)
    assert (str(visit.topic.name), visit.outcome, visit.by_appointment) == ("rijbewijs", "answered", False)


def test_what_is_missing_is_said_at_its_place(page: Page, noor: User) -> None:
    page.get_by_label("Notitie").fill("Vroeg de weg.")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Kies waar het over ging.")).to_be_visible()
    expect(page.get_by_label("Notitie")).to_have_value("Vroeg de weg.")
    assert not Contact.objects.filter(agent=noor).exists()
