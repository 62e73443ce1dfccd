"""The public form as citizens meet it: without a mouse, without JavaScript, and in a frame on another site."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from callbacks.models import Callback
from contacts.models import Case, Contact, Question, Topic
from contacts.views import web
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED

pytestmark = pytest.mark.django_db(transaction=True)
AROUND = """<!doctype html><title>Gemeente</title><iframe title="Stel uw vraag" src="FORM" width="600"></iframe>
<script>addEventListener('message', (event) => { document.title = `hoogte ${event.data.kccHeight}`; });</script>"""


@pytest.fixture(autouse=True)
def lantern(office: None, parkeren: Any, voorlijn: Any, monkeypatch: pytest.MonkeyPatch) -> Topic:
    web.pace.forget()
    monkeypatch.setattr("contacts.forms.web.FASTEST", 0.0)  # a browser in a test is as quick as a machine, being one
    topic = make.topic("straatverlichting", theme="Openbare ruimte", team=parkeren)
    topic.public_name = "Straatlantaarn kapot"
    topic.save()
    Question.objects.create(topic=topic, label="Welke straat?", is_required=True)
    return topic


@pytest.fixture
def website(live_server: Any) -> Iterator[str]:
    """Serve a page of the municipality with the form in a frame; give its origin."""
    page = AROUND.replace("FORM", f"{live_server.url}/contact/?embed=1").encode()

    class Website(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Website)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def fill_in(place: Page | FrameLocator) -> None:
    place.get_by_label("Welke straat?").fill("Lindelaan")
    place.get_by_label("Uw vraag of melding").fill("De lantaarn voor nummer 12 is stuk.")
    place.get_by_label("Uw naam").fill("Anna Jansen")
    place.get_by_label("E-mailadres").fill("a.jansen@voorbeeld.nl")


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.className"))


def test_by_keyboard_alone(context: BrowserContext, live_server: Any) -> None:
    page = context.new_page()
    page.goto(f"{live_server.url}/contact/")
    for _ in range(4):  # past the way to the content, and the ways to be called and to look it up instead
        page.keyboard.press("Tab")
    assert focus(page) == "topic"
    page.keyboard.type("Straat")
    page.get_by_label("Welke straat?").wait_for()
    page.evaluate(SETTLED)
    for typed in ("", "De lantaarn is stuk.", "", "", "a.jansen@voorbeeld.nl"):  # street and name are forgotten
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="2 velden")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first link goes to its field
    expect(page.get_by_label("Uw naam")).to_be_focused()
    page.keyboard.type("Anna Jansen")
    page.get_by_label("Welke straat?").focus()
    page.keyboard.type("Lindelaan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Uw bericht is ontvangen")).to_be_visible()
    expect(page.locator("main")).to_contain_text(Case.objects.get().reference)
    assert "Lindelaan" in Contact.objects.get().text


def test_without_javascript(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{live_server.url}/contact/")
    page.get_by_label("Uw vraag of melding").fill("Dit bewaart u toch?")
    page.get_by_label("Waar gaat uw vraag over?").select_option("Straatlantaarn kapot")
    page.get_by_role("button", name="Toon de vragen bij dit onderwerp").click()
    expect(page.get_by_label("Uw vraag of melding")).to_have_value("Dit bewaart u toch?")
    fill_in(page)
    page.get_by_label("Uw naam").press("Enter")
    expect(page.get_by_role("heading", name="Uw bericht is ontvangen")).to_be_visible()
    assert Contact.objects.count() == 1
    context.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_who_wants_to_be_called_chooses_a_slot(browser: Browser, live_server: Any, javascript: bool) -> None:
    context = browser.new_context(java_script_enabled=javascript, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{live_server.url}/contact/")
    page.get_by_role("link", name="Liever gebeld worden?").click()
    page.get_by_label("Waarover wilt u ons spreken?").fill("De lantaarn blijft stuk.")
    page.get_by_label("Waar gaat uw vraag over?").select_option("Straatlantaarn kapot")
    if not javascript:
        page.get_by_role("button", name="Toon de vragen en tijden").click()
    slot = page.get_by_role("radio", name="08:30 – 10:30").first
    slot.check()
    page.get_by_label("Uw naam").fill("Anna Jansen")
    page.get_by_role("button", name="Bel mij").click()
    expect(page.get_by_label("Uw telefoonnummer")).to_have_attribute("aria-invalid", "true")
    expect(slot).to_be_checked()
    page.get_by_label("Uw telefoonnummer").fill("06 90 12 34 56")
    page.get_by_role("button", name="Bel mij").click()
    expect(page.get_by_role("heading", name="Wij bellen u")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Wij proberen u te bellen op")
    callback = Callback.objects.get()
    assert (callback.number, callback.question) == ("+31690123456", "De lantaarn blijft stuk.")
    context.close()


def test_in_a_frame_on_another_website(context: BrowserContext, website: str, settings: Any) -> None:
    settings.WEB_FORM_ORIGINS = [website]
    page = context.new_page()
    page.goto(website)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Waar gaat uw vraag over?").select_option("Straatlantaarn kapot")
    fill_in(frame)
    frame.get_by_role("button", name="Versturen").click()
    expect(frame.get_by_role("heading", name="Uw bericht is ontvangen")).to_be_visible()
    page.wait_for_function("() => /^hoogte [1-9]/.test(document.title)")
    assert Contact.objects.count() == 1
    assert context.cookies() == []


def test_no_other_website_frames_it(context: BrowserContext, website: str) -> None:
    page = context.new_page()
    with page.expect_event("console", lambda line: "frame-ancestors" in line.text):
        page.goto(website)
    expect(page.frame_locator("iframe").get_by_label("Uw naam")).to_have_count(0)
