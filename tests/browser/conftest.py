"""A real Chromium against a live server; a person signs in by the form, as people do."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import User

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "een-lang-wachtwoord-voor-tests"
# For page.evaluate: come back when the fonts are there and no part of the page is being fetched or swapped.
SETTLED = """async () => {
  const busy = () => document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling');
  const end = performance.now() + 8000;
  await document.fonts.ready;
  while (busy() && performance.now() < end) await new Promise(requestAnimationFrame);
}"""

# Playwright's own loop makes Django believe it runs in an async context; each test is synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Chromium: the one in KCC_CHROMIUM, Debian's, or Playwright's own."""
    path = os.environ.get("KCC_CHROMIUM") or shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="nl-NL")
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture
def as_person(context: BrowserContext, live_server) -> Callable[[User], Page]:
    """Give a page on which that user has signed in; whatever goes wrong in its console fails the test."""

    def sign_in(user: User) -> Page:
        user.set_password(PASSWORD)
        user.save()
        page = context.new_page()
        page.wrong = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.wrong.append(str(error)))  # type: ignore[attr-defined]
        page.on(
            "console", lambda line: page.wrong.append(line.text) if "Content Security Policy" in line.text else None
        )  # type: ignore[attr-defined]
        page.goto(live_server.url + "/accounts/login/")
        page.fill("[name=login]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    return sign_in
