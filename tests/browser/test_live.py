"""Pages hear of what happens elsewhere: a real Valkey, the real events process, and what a page does without it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as house
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts import push
from callbacks.tasks import remind
from kcc.local.place import ROOT
from knowledge.models import Bulletin
from tests import make
from tests.browser.conftest import SETTLED
from tests.outside.ports import answers, free_port, until

pytestmark = pytest.mark.django_db(transaction=True)

SILENCE = 60_000  # ms: a page says that it is cut off after 10 s, by its own clock
LISTENS = "() => document.querySelector('kcc-live').source?.readyState === EventSource.OPEN"


class Events:
    """The process that pushes hints, on a port of its own; it may die and come back."""

    def __init__(self, origin: str) -> None:
        self.port = free_port()
        self.env = os.environ | {"SECRET_KEY": house.SECRET_KEY, "REDIS_URL": house.REDIS_URL}
        self.env["KCC_EVENTS_CORS"] = origin
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "kcc.events:application", "--port", str(self.port)]
        self.process = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=self.env)
        until(lambda: answers(self.port))

    def die(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def events(live_server, settings, monkeypatch) -> Iterator[Events]:
    events = Events(live_server.url)
    settings.EVENTS_URL = f":{events.port}/events/"
    directives = house.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    connect = ["'self'", f"http://localhost:{events.port}"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | {"connect-src": connect}}
    monkeypatch.setattr(push, "_silent_until", 0.0)
    events.start()
    yield events
    events.die()


def listening(page: Page) -> None:
    """Wait until the page hears the events process, and has fetched what it must."""
    page.wait_for_function(LISTENS, timeout=SILENCE)
    page.evaluate(SETTLED)


def test_a_contact_made_elsewhere_is_offered_and_nothing_shifts(as_person, noor, jansen, office, live_server, events):
    make.contact(jansen, text="Eerste gesprek.", by=noor)
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    listening(page)
    rows, first = page.locator("#tijdlijn li article"), page.get_by_text("Eerste gesprek.")
    shown, place = rows.count(), first.bounding_box()
    make.contact(jansen, channel="email", text="Nieuwe mail van elders.")
    news = page.get_by_role("link", name="1 nieuw")
    expect(news).to_be_visible()
    assert (rows.count(), first.bounding_box()) == (shown, place)
    make.contact(jansen, text="En nog een gesprek.", by=noor)
    expect(page.get_by_role("link", name="2 nieuwe")).to_be_visible()  # hints come at most every 2 s
    page.get_by_role("link", name="2 nieuwe").click()
    expect(page.get_by_text("Nieuwe mail van elders.")).to_be_visible()
    expect(page.get_by_text("En nog een gesprek.")).to_be_visible()
    assert page.wrong == []


def test_the_bell_counts_at_once(as_person, noor, rachid, jansen, office, events):
    callback = make.callback(make.contact(jansen, outcome="callback"), by=noor)
    remind()  # that there is a new one
    page = as_person(rachid)
    listening(page)
    expect(page.locator("#kcc-bell-count")).to_have_text("1")
    callback.remind(key="now", by=noor)
    remind()
    expect(page.locator("#kcc-bell-count")).to_have_text("2")
    assert page.wrong == []


def test_the_menu_counts_at_once(as_person, noor, rachid, jansen, office, events):
    page = as_person(rachid)
    listening(page)
    late = page.locator("[data-nav=callbacks] .kcc-count")
    expect(late).to_be_hidden()
    asked = make.contact(jansen, outcome="callback")
    make.callback(asked, due_at=timezone.now() - timedelta(hours=1), by=noor)
    expect(late).to_contain_text("1")
    expect(page.locator("[data-nav=callbacks]")).to_have_attribute("aria-current", "page")
    assert page.wrong == []


def test_a_disruption_appears_on_an_open_page_and_goes_at_its_end(as_person, rachid, parkeren, office, events):
    page = as_person(rachid)
    listening(page)
    line, count = page.locator("#storing"), page.locator("[data-nav=news] .kcc-count")
    expect(line).to_have_text("")
    now = timezone.now()
    ends = now + timedelta(seconds=15)  # seen before, on however busy a machine
    told = {"kind": "disruption", "teams": [parkeren], "starts_at": now - timedelta(minutes=5), "by": None}
    Bulletin.write(key=uuid4(), title="De slagbomen doen het niet", ends_at=ends, **told)
    expect(line).to_contain_text("De slagbomen doen het niet")
    expect(count).to_contain_text("1")
    expect(line).to_have_text("", timeout=SILENCE)
    lasting = Bulletin.write(key=uuid4(), title="Geen telefonie", **told)
    expect(line).to_contain_text("Geen telefonie")
    page.get_by_role("button", name="Inklappen").click()
    expect(line).to_contain_text("1 storing")
    expect(page.get_by_role("button", name="Uitklappen")).to_be_focused()
    lasting.end()
    expect(line).to_have_text("")
    assert page.wrong == []


def test_more_disruptions_move_nothing_while_somebody_types(as_person, noor, office, events):
    page = as_person(noor)
    listening(page)
    typed = page.get_by_label("Vraag en antwoord")
    told = {"kind": "disruption", "starts_at": timezone.now() - timedelta(minutes=5), "by": None}
    Bulletin.write(key=uuid4(), title="De slagbomen van de parkeergarage op het Raadhuisplein doen het niet", **told)
    line, count = page.locator("#storing"), page.locator("[data-nav=news] .kcc-count")
    expect(line).to_contain_text("De slagbomen")
    typed.press_sequentially("Mevrouw belt")
    before = line.bounding_box()
    for n in (1, 2):
        Bulletin.write(key=uuid4(), title=f"Storing {n} in het netwerk van alle balies en in alle loketten", **told)
    expect(line).to_contain_text("en nog 2 storingen")
    expect(count).to_contain_text("3")
    expect(page.locator("#nieuws-aantal")).to_contain_text("3")
    assert line.bounding_box() == before
    expect(typed).to_be_focused()
    assert page.wrong == []


def test_a_queue_shows_what_a_colleague_asks(as_person, noor, rachid, jansen, office, live_server, events):
    page = as_person(rachid)
    page.goto(f"{live_server.url}/callbacks/")
    listening(page)
    make.callback(make.contact(jansen, outcome="callback"), question="Is het bezwaar binnen?", by=noor)
    expect(page.get_by_text("Is het bezwaar binnen?")).to_be_visible()


def test_a_page_says_that_it_is_cut_off_and_catches_up(as_person, noor, jansen, office, live_server, events):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    listening(page)
    strip = page.get_by_text("Verbinding verbroken").first
    expect(strip).to_be_hidden()
    events.die()
    make.contact(jansen, text="Gemist gesprek.", by=noor)
    expect(strip).to_be_visible(timeout=SILENCE)
    expect(page.locator("#kcc-alert")).to_contain_text("Verbinding verbroken")
    events.start()
    expect(strip).to_be_hidden(timeout=SILENCE)  # it waits longer between its tries
    expect(page.get_by_role("link", name="1 nieuw")).to_be_visible()


def test_a_page_whose_token_has_ended_still_hears_of_its_customer(
    as_person, noor, jansen, office, live_server, events, context
):
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused:
            return route.continue_()
        refused.append(route.request.url)
        return route.fulfill(status=403, headers={"Access-Control-Allow-Origin": live_server.url})

    page = as_person(noor)
    page.wait_for_load_state()
    context.route("**/events/?t=*", refuse_once)
    with page.expect_response("**/news/**"):  # it asks at once for what it may have missed
        page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    listening(page)
    assert refused
    make.contact(jansen, text="Gesprek na een uur.", by=noor)
    expect(page.get_by_role("link", name="1 nieuw")).to_be_visible()
