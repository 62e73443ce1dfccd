"""What the tests of the elements do on their page."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.js.site import SOURCE


def until(ready: Callable[[], Any], page: Page, tick: int = 0) -> None:
    """Wait for what happens outside the page; with `tick` the page's clock is moved on by so many ms each time."""
    for _ in range(1000):
        if ready():
            return
        if tick:
            page.clock.run_for(tick)
        page.wait_for_timeout(20)
    raise AssertionError("it did not happen within 20 seconds")


def stop_clock(page: Page) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(20_000)  # later than it can be by now, on however busy a machine


def part(start: str, end: str) -> str:
    """Give the HTML of a part of the page, as the server would send it again."""
    return SOURCE[SOURCE.index(start) : SOURCE.index(end) + len(end)]


def swap(page: Page, target: str, style: str) -> None:
    page.evaluate("([target, swap]) => htmx.ajax('GET', '/part/', {target, swap})", [target, style])


def copies(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('kcc-'))")
    return found


def status(page: Page) -> Locator:
    return page.locator("[data-draft-status]")


def fire(page: Page, name: str, detail: dict[str, Any]) -> None:
    page.evaluate(
        "([name, detail]) => document.body.dispatchEvent(new CustomEvent(name, {bubbles: true, detail}))",
        [name, detail],
    )


def topic(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Onderwerp")


DRAFT = part("<kcc-draft", "</kcc-draft>").replace("Vraag en antwoord", "Notitie")
