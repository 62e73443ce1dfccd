"""An editor at the page on which an article is written."""

from typing import Any

from playwright.sync_api import Page

from knowledge.models import Article
from tests.browser.conftest import SETTLED


def write(page: Page, article: Article, live_server: Any) -> None:
    page.goto(f"{live_server.url}/knowledge/{article.uuid}/edit/")
    page.locator(".ProseMirror").first.wait_for()


def text(page: Page, n: int = 0) -> Any:
    return page.locator(".ProseMirror").nth(n)


def status(page: Page) -> Any:
    return page.locator("[data-draft-text]")


def said(page: Page) -> Any:
    """Give what the page says of the button that was pressed; what was kept while typing it says elsewhere."""
    return page.locator("#kcc-toasts > kcc-toast [data-text]").first


def kept(page: Page) -> None:
    """Wait until everything that was typed is on the server."""
    page.wait_for_function("() => [...document.querySelectorAll('kcc-draft')].every((draft) => !draft.dirty)")
    page.evaluate(SETTLED)
    assert page.wrong == []  # type: ignore[attr-defined]


def press(page: Page, name: str) -> None:
    """Press a button by keyboard."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")
