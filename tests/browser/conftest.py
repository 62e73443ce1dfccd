"""A real Chromium against a live server, in which people are signed in."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.servers.basehttp import WSGIRequestHandler
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000  # ms, on however busy a machine
PASSWORD = "een-lang-wachtwoord-voor-tests"
# For page.evaluate: come back when the fonts are there, every element does what it is for (main.js fetches some of that
# only where it is needed, and a page counts as loaded before), and no part of the page is being fetched or swapped.
SETTLED = """async () => {
  const busy = () => document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, #inhoud :not(:defined)');
  const end = performance.now() + 20000;
  await document.fonts.ready;
  while (busy() && performance.now() < end) await new Promise(requestAnimationFrame);
}"""

# Playwright's own loop makes Django believe it runs in an async context; each test is synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# The server of the tests writes an answer in several packets; with Nagle each answer takes 40 ms more.
WSGIRequestHandler.disable_nagle_algorithm = True
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Chromium: the one in KCC_CHROMIUM, Debian's, or Playwright's own."""
    path = os.environ.get("KCC_CHROMIUM") or shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _all_answered(browser: Browser, request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test left open, and see every answer given: the database is emptied next, and nobody may hold it."""
    yield
    for context in browser.contexts:
        context.close()
    end = time.monotonic() + PATIENCE / 1000
    while "live_server" in request.fixturenames and answering():
        assert time.monotonic() < end, "the server of the test is still answering"
        time.sleep(0.01)


def answering() -> bool:
    return any("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def as_person(
    context: BrowserContext, live_server: Any, as_user: Callable[[User], Client]
) -> Callable[[User, BrowserContext | None], Page]:
    """Give the page where that user begins; whatever goes wrong in its console fails the test.

    A second person at the same time signs in on a context of their own. The form of signing in is for test_login.
    """

    def sign_in(user: User, on: BrowserContext | None = None) -> Page:
        user.password = hashed_password()
        user.save()
        cookie = as_user(user).cookies[settings.SESSION_COOKIE_NAME].value
        (on or context).add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = (on or context).new_page()
        page.wrong = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.wrong.append(str(error)))  # type: ignore[attr-defined]
        page.on(
            "console", lambda line: page.wrong.append(line.text) if "Content Security Policy" in line.text else None
        )  # type: ignore[attr-defined]
        page.goto(live_server.url + user.start_url)
        return page

    return sign_in


def kept(page: Page, word: str) -> AbstractContextManager[object]:
    """Wait at the end of a with-block until the server has a draft with this word; the first key is saved alone."""
    return page.expect_response(
        lambda answer: "/drafts/" in answer.url and word in (answer.request.post_data or "") and answer.ok
    )


@contextmanager
def standing_still(page: Page) -> Iterator[None]:
    """Stop the clock of the page: what it shows for a moment stays until it has been seen."""
    page.clock.install()
    page.clock.pause_at(timezone.now() + timedelta(seconds=1))
    yield
    page.clock.resume()


@cache
def hashed_password() -> str:
    """Give PASSWORD as it is stored; making it costs a sixth of a second."""
    return make_password(PASSWORD)
