#!/usr/bin/env python3
"""Take the pictures of docs/screenshots from a running demo (bin/up), at 1440×900, with its own logins.

Nothing is saved in the demo: what is typed for the picture of the desk stays in this browser.
"""

import argparse
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "docs" / "screenshots"
SIZE = {"width": 1440, "height": 900}
AGENT, SPECIALIST, LEAD = "s.dewit", "r.yilmaz", "m.bos"


@dataclass(frozen=True)
class Picture:
    """One picture: its name ends in the theme; user is who looks, "" nobody; pose brings the page there."""

    name: str
    user: str
    pose: Callable[[Page], None]

    @property
    def theme(self) -> str:
        return self.name.rpartition("-")[2]


def login(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("h1").click()  # the picture shows no blinking cursor


def desk(page: Page) -> None:
    """Show Fatima el Amrani, found by the search form, while she is on the phone."""
    page.route("**/drafts/**", lambda route: kept(route))
    page.goto("/customers/")
    page.fill("#klantzoeken", "Fatima el Amrani")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Fatima el Amrani").first.click()
    page.wait_for_url("**/customers/*-*/")
    page.fill("#id_text", "Mevrouw is gisteren niet teruggebeld over haar bezwaar.\nWil vandaag duidelijkheid.")
    page.keyboard.press("Tab")
    page.keyboard.type("bezwaar parkeer")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Terugbelverzoek").check()
    page.get_by_label("Vraag voor de behandelaar").fill("Is het bezwaar van 3 november ontvangen?")
    expect(page.locator("#kennis-resultaten a").first).to_be_visible()
    expect(page.get_by_text("Concept bewaard om 10:42")).to_be_visible()
    page.locator(".kcc-main").evaluate("node => node.scrollTo(0, 0)")


def kept(route: Route) -> None:
    """Answer as the server does when it has kept a draft, without sending it there."""
    route.fulfill(status=204, headers={"X-Draft-Saved": "10:42"})


def callbacks(page: Page) -> None:
    page.goto("/callbacks/?view=all")


def callback(page: Page) -> None:
    """Show the callback that is due first, with the result of the next try chosen."""
    page.goto("/callbacks/?view=team")
    page.locator("tr[data-row] th a").first.click()
    page.wait_for_url("**/callbacks/*-*/")
    page.get_by_role("radio", name="Geen gehoor").check()


def board(page: Page) -> None:
    page.goto("/insights/callbacks/")


def knowledge(page: Page) -> None:
    page.goto("/knowledge/?q=bezwaar+parkeervergunning")


PICTURES = [
    Picture("login-light", "", login),
    Picture("desk-light", AGENT, desk),
    Picture("desk-dark", AGENT, desk),
    Picture("knowledge-light", AGENT, knowledge),
    Picture("callback-light", SPECIALIST, callback),
    Picture("callbacks-light", LEAD, callbacks),
    Picture("board-light", LEAD, board),
    Picture("board-dark", LEAD, board),
]


def password() -> str:
    """Give the password that all logins of the demo share."""
    logins = (ROOT / "kcc" / "demo" / "logins.txt").read_text()
    found = re.search(r"Password for all: (\S+)", logins)
    assert found is not None, "kcc/demo/logins.txt names no password"
    return found[1]


def sign_in(page: Page, user: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", password())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def take(browser: Browser, base: str, picture: Picture) -> int:
    """Take one picture and give its size in bytes."""
    scheme = "dark" if picture.theme == "dark" else "light"
    context = browser.new_context(base_url=base, viewport=SIZE, color_scheme=scheme, locale="nl-NL")  # type: ignore[arg-type]
    page = context.new_page()
    if picture.user:
        sign_in(page, picture.user)
    picture.pose(page)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(800)  # what is fetched by itself: the panel, the promise
    page.evaluate("document.querySelectorAll('kcc-toast').forEach((toast) => toast.remove())")
    data = page.screenshot(path=PLACE / f"{picture.name}.png", animations="disabled", caret="hide")
    context.close()
    return len(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", nargs="?", default="http://localhost:8000", help="where the demo runs (%(default)s)")
    parser.add_argument("--only", default="", help="take only the pictures whose name holds this")
    chosen = parser.parse_args()
    PLACE.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("KCC_CHROMIUM") or shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            if chosen.only in picture.name:
                print(f"{picture.name}.png  {take(browser, chosen.base, picture) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
