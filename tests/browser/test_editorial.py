"""The lists of the editors by keyboard alone: choose what is still right, say so, and it is gone from the list."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from knowledge.models import Article
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def test_several_articles_are_checked_by_keyboard(as_person: Any, marit: User, live_server: Any) -> None:
    make.office()
    for n in range(3):
        make.article(f"Artikel {n}", review_on=timezone.localdate() - timedelta(days=9 - n))
    page = as_person(marit)
    page.goto(live_server.url + "/knowledge/editorial/review/")
    page.get_by_label("Selecteer Artikel 0").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-count]", has_text="1 van 3 geselecteerd")).to_be_visible()  # it is said aloud, too
    page.keyboard.press("Escape")
    expect(page.get_by_text("Kies artikelen die nog kloppen")).to_be_visible()
    page.get_by_label("Selecteer Artikel 0").focus()
    page.keyboard.press("Space")
    page.get_by_label("Selecteer Artikel 2").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Gecontroleerd: klopt nog").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#kcc-toasts")).to_contain_text("2 artikelen gecontroleerd")
    expect(page.get_by_role("link", name="Artikel 1", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Artikel 0", exact=True)).to_have_count(0)
    assert Article.objects.filter(checked_by=marit).count() == 2
