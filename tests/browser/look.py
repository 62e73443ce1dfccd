"""Looking at a screen: what is wrong with it, by axe, the console and its size."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as house
from django.http import HttpRequest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Route

from accounts.models import User
from tests.browser.conftest import SETTLED

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations", "incomplete"]}
AXE = Axe()
# What reaches past the right edge and is not clipped or scrolled by something around it.
STICKS_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.body.querySelectorAll('*')].filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5)
  .map((node) => `${node.localName}.${node.className} ${Math.round(node.getBoundingClientRect().right)}`).slice(0, 8)"""
# Rules for a narrower window hold from the next time the page is drawn.
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def quiet_stream(route: Route) -> None:
    route.fulfill(content_type="text/event-stream", body="retry: 600000\n\n")


@dataclass
class Look:
    """A pair of eyes: goes from screen to screen and writes down what is wrong."""

    page: Page
    home: str
    theme: str
    wrong: list[str] = field(default_factory=list)
    name: str = ""

    def __post_init__(self) -> None:
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.say(f"script: {error}"))
        self.page.on("request", self.watch)

    def say(self, what: str) -> None:
        self.wrong.append(f"{self.theme}, {self.name}: {what}")

    def hear(self, line: ConsoleMessage) -> None:
        status = "the server responded with a status" in line.text
        own_status = status and (line.location["url"] == self.page.url or "of 422" in line.text)  # a form that is wrong
        if line.type in ("error", "warning") and not own_status:
            self.say(f"console: {line.text} {line.location['url']}")

    def watch(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.say(f"asks {request.url}")

    def at(self, name: str, path: str = "", act: Callable[[Page], Any] | None = None, *, status: int = 200) -> None:
        """Look at one screen: an address, or what comes of doing something on the page before."""
        self.name = name
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        if path:
            response = self.page.goto(self.home + path)
            if response is None or response.status != status:
                self.say(f"status {response and response.status}")
        if act:
            act(self.page)
        self.page.evaluate(SETTLED)
        self.check()

    def check(self) -> None:
        if (h1 := self.page.locator("h1").count()) != 1:
            self.say(f"{h1} × h1")
        if not re.fullmatch(r"\S.* \| \S.*", title := self.page.title()):
            self.say(f"title {title!r}")
        found = AXE.run(self.page, options=RULES).response
        for one in found["violations"]:
            for node in one["nodes"]:
                why = node["failureSummary"].split("\n")[1].strip()
                self.say(f"{one['id']}: {' '.join(node['target'])}: {why}")
        for one in found["incomplete"]:  # words in the colour of their ground: axe leaves those to people
            for node in one["nodes"]:
                data = [check["data"] for check in node["any"] if isinstance(check["data"], dict)]
                if any(one.get("messageKey") == "equalRatio" for one in data):
                    self.say(f"invisible: {' '.join(node['target'])}")
        for size in (WIDE, NARROW) if self.theme == "light" else ():  # colours take no room
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.evaluate(DRAWN)
            if out := self.page.evaluate(STICKS_OUT):
                self.say(f"at {size['width']} px: {', '.join(out)}")


def enter(context: BrowserContext, as_user: Any, user: User, home: str, *, proven: bool = False) -> None:
    """Let that user in without the form; proven is who typed the password again a moment ago."""
    client, request = as_user(user), HttpRequest()
    request.session = client.session
    record_authentication(request, user, "password", reauthenticated=proven)
    request.session.save()
    name = house.SESSION_COOKIE_NAME
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": home}])


def refused(button: str) -> Callable[[Page], Any]:
    """Press this button of a form that is not right yet, and wait until it says so."""

    def press(page: Page) -> None:
        page.get_by_role("button", name=button).click()
        page.locator("[data-errors], [aria-invalid=true], .utrecht-form-field-error-message").first.wait_for()
        page.wait_for_load_state()

    return press
