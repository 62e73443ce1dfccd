"""The custom elements on a page of their own, in a browser under the product's policy, against a pretended server."""

import json
import queue
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

HERE = Path(__file__).parent
STATIC = HERE.parents[2] / "kcc" / "static" / "kcc"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-src 'self'; base-uri 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}
SOURCE = (HERE / "page.html").read_text()
Answer = tuple[int, dict[str, str], str]


class Site(ThreadingHTTPServer):
    """Answers what a test puts in `answers`, remembers what was asked, and streams what is put in `events`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.events: queue.Queue[str] = queue.Queue()
        self.held: dict[str, threading.Event] = {}
        self.changes: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"

    def bodies(self, what: str) -> list[dict[str, str]]:
        return [body for asked, body in self.asked if asked == what]

    @contextmanager
    def holding(self, what: str) -> Iterator[None]:
        """Answer this only when the block has ended."""
        self.held[what] = threading.Event()
        yield
        self.held.pop(what).set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two packets: one would wait for the other
    server: Site

    def log_message(self, *args: Any) -> None:
        pass

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": TYPES[".html"], "Content-Security-Policy": POLICY, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def handle_one(self) -> None:
        path = self.path.split("?")[0]
        length = int(self.headers.get("Content-Length") or 0)
        body = {name: "|".join(values) for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.command == "GET":
            body = {name: values[0] for name, values in parse_qs(self.path.partition("?")[2]).items()}
        self.server.asked.append((f"{self.command} {path}", {**body, "csrf": self.headers.get("X-CSRFToken", "")}))
        if held := self.server.held.get(f"{self.command} {path}"):
            held.wait(20)
        if answer := self.server.answers.get(f"{self.command} {path}"):
            self.reply(answer[0], answer[1], answer[2].encode())
        elif path == "/":
            page = SOURCE
            for old, new in self.server.changes:
                page = page.replace(old, new)
            self.reply(200, {}, page.encode())
        elif path == "/events/":
            self.stream()
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            self.reply(200, {"Content-Type": TYPES[file.suffix], "Cache-Control": "max-age=60"}, file.read_bytes())
        elif path == "/page.css":
            self.reply(200, {"Content-Type": TYPES[".css"]}, (HERE / "page.css").read_bytes())
        elif path.startswith("/drafts/"):
            self.reply(204, {"X-Draft-Saved": "10:42"}, b"")
        else:
            self.reply(404, {}, b"")

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        while (event := self.server.events.get()) != "end":
            self.wfile.write(f"event: {event}\ndata: x\n\n".encode())

    do_GET = do_POST = handle_one


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.events.put("end")
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page with every element, on which nothing was refused by the policy and no script failed."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(site.url)
    yield page
    page.close()
    assert wrong == []


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


# ── Drafts ────────────────────────────────────────────────────────────────────────────────────────
def test_draft_is_saved_at_the_first_key_and_two_seconds_after_the_last(page: Page, site: Site) -> None:
    stop_clock(page)
    page.focus("#id_text")
    page.keyboard.type("M")
    page.clock.run_for(1)
    until(lambda: site.bodies("POST /drafts/1/"), page)
    expect(status(page)).to_have_text("Concept bewaard om 10:42")
    page.keyboard.type("evrouw belt")
    page.clock.run_for(1900)
    assert len(site.bodies("POST /drafts/1/")) == 1
    page.clock.run_for(200)
    until(lambda: len(site.bodies("POST /drafts/1/")) == 2, page)
    sent = site.bodies("POST /drafts/1/")[-1]
    assert sent["text"] == "Mevrouw belt"
    assert sent["csrf"] == "token"
    assert "csrfmiddlewaretoken" not in sent
    until(lambda: copies(page) == [], page)


def test_draft_that_the_server_refuses_is_kept_tried_again_and_put_back(page: Page, site: Site) -> None:
    site.answers["POST /drafts/1/"] = (503, {}, "")
    page.fill("#id_text", "niet verliezen")
    page.check("#id_callback")
    page.fill("#id_number", "0612345678")
    expect(status(page)).to_have_text("Niet bewaard")
    expect(status(page)).to_have_class(re.compile("is-warn"))
    expect(page.locator("#kcc-status")).to_contain_text("Niet bewaard")
    assert copies(page) == ["kcc-draft:7:/drafts/1/"]
    page.reload()
    expect(page.locator("#id_text")).to_have_value("niet verliezen")
    expect(page.locator("#id_callback")).to_be_checked()
    expect(page.locator("#id_number")).to_have_value("0612345678")
    site.answers.clear()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status(page)).to_have_text("Concept bewaard om 10:42")
    assert site.bodies("POST /drafts/1/")[-1]["number"] == "0612345678"


def test_copy_older_than_what_the_server_has_is_dropped(page: Page, site: Site) -> None:
    site.answers["POST /drafts/1/"] = (503, {}, "")
    page.fill("#id_text", "oud")
    expect(status(page)).to_have_text("Niet bewaard")
    site.changes = [('data-saved-at="1000"', 'data-saved-at="2000"')]
    page.reload()
    expect(page.locator("#id_text")).to_have_value("")
    assert copies(page) == []


@pytest.mark.parametrize("answer", [(403, {}, ""), (302, {"Location": "/login/"}, "")])
def test_draft_of_somebody_signed_out_stays_in_the_window(page: Page, site: Site, answer: Answer) -> None:
    site.answers["POST /drafts/1/"] = answer
    page.fill("#id_text", "blijft")
    expect(status(page)).to_have_text("Uitgelogd")
    expect(page.locator("#kcc-alert")).to_have_text("Uitgelogd")
    assert copies(page) == ["kcc-draft:7:/drafts/1/"]
    assert not site.bodies("GET /login/")


def test_copy_is_not_for_the_next_person_and_goes_at_logout(page: Page, site: Site) -> None:
    page.evaluate("sessionStorage.setItem('kcc-draft:8:/drafts/1/', '{}')")
    page.reload()
    assert copies(page) == []
    site.answers["POST /drafts/1/"] = (503, {}, "")
    site.answers["POST /logout/"] = (200, {}, "Tot ziens")
    page.fill("#id_text", "weg")
    until(lambda: copies(page), page)
    page.click("#logout button")
    expect(page.locator("body")).to_have_text("Tot ziens")
    assert copies(page) == []


def test_saving_by_htmx_clears_the_draft(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (200, {"HX-Trigger": "kcc:saved"}, "<p>Opgeslagen</p>")
    page.fill("#id_text", "klaar")
    expect(status(page)).to_contain_text("bewaard")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_have_text("Opgeslagen")
    expect(status(page)).to_have_text("")
    drafts = len(site.bodies("POST /drafts/1/"))
    page.reload()
    page.wait_for_timeout(100)
    assert len(site.bodies("POST /drafts/1/")) == drafts
    expect(page.locator("#id_text")).to_have_value("")


def test_leaving_the_page_sends_the_draft(page: Page, site: Site) -> None:
    page.fill("#id_text", "een")
    expect(status(page)).to_contain_text("bewaard")
    page.fill("#id_text", "twee")
    page.goto("about:blank")
    until(lambda: site.bodies("POST /drafts/1/")[-1]["text"] == "twee", page)


DRAFT = part("<kcc-draft", "</kcc-draft>").replace("Vraag en antwoord", "Notitie")


@pytest.mark.parametrize("style", ["outerHTML", "morph:outerHTML"])
def test_swap_around_a_form_does_not_lose_what_was_typed(page: Page, site: Site, style: str) -> None:
    site.answers["GET /part/"] = (200, {}, DRAFT)
    page.check("#id_callback")
    page.fill("#id_text", "half getypt")
    page.keyboard.press("ArrowLeft")
    swap(page, "kcc-draft", style)
    expect(page.locator("label[for=id_text]")).to_have_text("Notitie")
    expect(page.locator("#id_text")).to_have_value("half getypt")
    expect(page.locator("#id_text")).to_be_focused()
    assert page.evaluate("document.activeElement.selectionStart") == len("half getyp")
    expect(page.locator("#id_callback")).to_be_checked()
    expect(topic(page)).to_be_visible()
    assert page.locator("#id_topic-input").count() == 1


def test_preserved_form_keeps_focus_and_goes_on_saving(page: Page, site: Site) -> None:
    page.evaluate("document.querySelector('#contact').setAttribute('hx-preserve', 'true')")
    site.answers["GET /part/"] = (
        200,
        {},
        "<p>Nieuw</p>" + DRAFT.replace('id="contact"', 'id="contact" hx-preserve="true"'),
    )
    page.fill("#id_text", "een")
    swap(page, "[data-region='2']", "innerHTML")
    expect(page.locator("[data-region='2'] > p")).to_have_text("Nieuw")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.type("!")
    until(lambda: site.bodies("POST /drafts/1/")[-1]["text"] == "een!", page)


def test_what_is_typed_while_the_form_is_sent_is_kept_over_its_errors(page: Page, site: Site) -> None:
    html = DRAFT.replace('name="text"></textarea>', 'name="text">eerste</textarea>')
    site.answers["POST /contacts/"] = (422, {"HX-Retarget": "kcc-draft", "HX-Reswap": "morph:outerHTML"}, html)
    page.fill("#id_text", "eerste")
    with site.holding("POST /contacts/"):
        page.keyboard.press("Control+Enter")
        page.keyboard.press("End")
        page.keyboard.type(" en meer")
    expect(page.locator("label[for=id_text]")).to_have_text("Notitie")
    expect(page.locator("#id_text")).to_have_value("eerste en meer")


def test_another_draft_in_its_place_gets_its_own_text(page: Page, site: Site) -> None:
    html = DRAFT.replace("/drafts/1/", "/drafts/2/").replace('name="text"></textarea>', 'name="text">tweede</textarea>')
    site.answers["GET /part/"] = (200, {}, html)
    page.fill("#id_text", "een")
    expect(status(page)).to_contain_text("bewaard")
    page.fill("#id_text", "een plus")
    swap(page, "kcc-draft", "morph:outerHTML")
    expect(page.locator("#id_text")).to_have_value("tweede")
    until(lambda: site.bodies("POST /drafts/1/")[-1]["text"] == "een plus", page)
    page.fill("#id_text", "tweede plus")
    until(lambda: site.bodies("POST /drafts/2/"), page)
    assert site.bodies("POST /drafts/2/")[-1]["text"] == "tweede plus"
    assert site.bodies("POST /drafts/1/")[-1]["text"] == "een plus"


def test_copy_of_a_form_without_a_draft_comes_back_in_the_next_one(page: Page, site: Site) -> None:
    site.answers["POST /drafts/1/"] = site.answers["POST /drafts/2/"] = (403, {}, "")
    site.changes = [('data-saved-at="1000"', 'key="contact"')]
    page.reload()
    page.fill("#id_text", "sessie was verlopen")
    expect(status(page)).to_have_text("Uitgelogd")
    site.changes.append(("/drafts/1/", "/drafts/2/"))
    page.reload()
    expect(page.locator("#id_text")).to_have_value("sessie was verlopen")
    site.changes.append(("</head>", '<meta name="kcc-saved" content="/drafts/2/"></head>'))
    page.reload()
    expect(page.locator("#id_text")).to_have_value("")
    assert copies(page) == []


def test_copy_typed_after_the_first_save_is_found_by_its_draft(page: Page, site: Site) -> None:
    site.changes = [('data-saved-at="1000"', 'key="contact"')]
    page.reload()
    page.fill("#id_text", "een")
    expect(status(page)).to_contain_text("bewaard")
    site.answers["POST /drafts/1/"] = (503, {}, "")
    page.fill("#id_text", "een en twee")
    site.changes = [('data-saved-at="1000"', 'data-saved-at="1001" key="contact"')]
    page.reload()
    expect(page.locator("#id_text")).to_have_value("een en twee")


# ── Shortcuts ─────────────────────────────────────────────────────────────────────────────────────
def test_shortcuts_focus_click_show_and_walk_regions(page: Page) -> None:
    page.keyboard.press("Alt+n")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#kcc-omni")).to_be_focused()
    page.evaluate("() => { document.querySelector('#answer').onclick = () => document.body.classList.add('answered') }")
    page.keyboard.press("Alt+g")
    expect(page.locator("body")).to_have_class(re.compile("answered"))
    page.evaluate("document.activeElement.blur()")
    for name in ("Menu", "Registratie", "Hulp", "Menu"):
        page.keyboard.press("F6")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    page.keyboard.press("Shift+F6")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Hulp"


def test_shortcut_opens_tab_drawer_and_part_around_its_target(page: Page) -> None:
    page.keyboard.press("Alt+k")
    expect(page.locator("#id_question")).to_be_focused()
    expect(page.get_by_role("tab", name="Wat is nieuw")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Alt+t")
    expect(page.locator("#id_number")).to_be_focused()
    expect(page.locator("#id_callback")).to_be_checked()
    page.set_viewport_size({"width": 1000, "height": 800})
    page.focus("#kcc-omni")
    page.keyboard.press("Alt+k")
    expect(page.locator("#id_question")).to_be_focused()
    expect(page.locator("#help")).to_have_class(re.compile("is-open"))
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    expect(page.locator("#kcc-omni")).to_be_focused()


def test_shortcuts_wait_for_a_dialog_and_leave_altgr_and_composing_alone(page: Page) -> None:
    page.focus("#answer")
    page.keyboard.press("Control+/")
    expect(page.locator("#kcc-shortcuts")).to_be_visible()
    page.evaluate("() => { document.querySelector('#answer').onclick = () => document.body.classList.add('answered') }")
    page.keyboard.press("Alt+g")
    page.keyboard.press("Alt+n")
    expect(page.locator("#id_text")).not_to_be_focused()
    expect(page.locator("body")).not_to_have_class("answered")
    page.keyboard.press("Escape")
    expect(page.locator("#kcc-shortcuts")).not_to_be_visible()
    expect(page.locator("#answer")).to_be_focused()
    for kind in ("modifierAltGraph", "isComposing"):
        keys = {"code": "KeyN", "key": "n", "altKey": True, kind: True}
        page.evaluate("keys => window.dispatchEvent(new KeyboardEvent('keydown', keys))", keys)
        expect(page.locator("#answer")).to_be_focused()
    page.evaluate("document.body.dataset.shortcuts = 'off'")
    page.keyboard.press("Alt+n")
    expect(page.locator("#answer")).to_be_focused()


def test_escape_closes_the_menu_and_keeps_text(page: Page) -> None:
    page.keyboard.press("Alt+m")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Weggooien")).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.localName") == "summary"
    assert not page.evaluate("document.querySelector('#menu').open")
    page.fill("#kcc-omni", "fatima")
    page.keyboard.press("Escape")
    expect(page.locator("#kcc-omni")).to_have_value("fatima")
    page.evaluate("document.querySelector('#kcc-shortcuts').prepend(document.querySelector('#kcc-omni'))")
    page.keyboard.press("Control+/")
    page.fill("#kcc-omni", "fatima")
    page.keyboard.press("Escape")
    expect(page.locator("#kcc-shortcuts")).not_to_be_visible()
    assert page.input_value("#kcc-omni") == "fatima"


def test_submit_shortcut_presses_the_named_button_from_anywhere(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (200, {}, "ok")
    page.fill("#id_text", "tekst")
    page.focus("#kcc-omni")
    page.keyboard.press("Control+Shift+Enter")
    until(lambda: site.bodies("POST /contacts/"), page)
    assert site.bodies("POST /contacts/")[0]["next"] == "same"


def test_submit_shortcut_presses_the_main_button_that_shows(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (200, {}, "ok")
    first, second = page.locator("#contact button[type=submit]").all()
    second.evaluate("button => button.dataset.main = ''")
    page.focus("#id_text")
    page.keyboard.press("Control+Enter")
    expect(first).to_be_enabled()
    until(lambda: site.bodies("POST /contacts/"), page)
    assert site.bodies("POST /contacts/")[0]["next"] == "same"
    second.evaluate("button => button.disabled = true")
    page.keyboard.press("Control+Enter")
    until(lambda: len(site.bodies("POST /contacts/")) == 2, page)
    assert "next" not in site.bodies("POST /contacts/")[1]


# ── Combobox ──────────────────────────────────────────────────────────────────────────────────────
def topic(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Onderwerp")


def test_combobox_finds_all_words_in_any_order_without_accents(page: Page) -> None:
    topic(page).fill("cafe reunie")
    expect(page.get_by_role("option")).to_have_text(["Reünie café"])
    expect(page.locator("#id_topic-list mark")).to_have_text(["Reünie", "café"])
    expect(page.get_by_role("group", name="Burgerzaken")).to_be_visible()
    expect(page.locator("#kcc-status")).to_have_text("1 resultaat")
    page.keyboard.press("Enter")
    expect(topic(page)).to_have_value("Reünie café")
    expect(page.locator("#id_topic")).to_have_value("3")
    expect(page.locator("#id_topic-list")).to_be_hidden()


def test_combobox_by_keyboard(page: Page) -> None:
    topic(page).focus()
    page.keyboard.press("ArrowDown")
    expect(topic(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    active = topic(page).get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_contain_text("Vergunning bewoners")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    expect(page.locator("#id_topic")).to_have_value("4")
    expect(page.get_by_role("combobox", name="Afdeling")).to_be_focused()
    topic(page).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(topic(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(topic(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#id_topic")).to_have_value("4")


def test_combobox_keeps_its_value_when_nothing_matches_and_follows_reset(page: Page, site: Site) -> None:
    page.select_option("#id_topic", "1")
    expect(topic(page)).to_have_value("Bezwaar parkeerbesluit")
    topic(page).fill("zwembad")
    expect(page.locator(".kcc-combo__none").first).to_have_text("Geen onderwerp gevonden")
    expect(page.locator("#kcc-status")).to_have_text("Geen onderwerp gevonden")
    page.keyboard.press("Tab")
    expect(topic(page)).to_have_value("Bezwaar parkeerbesluit")
    topic(page).fill("")
    page.keyboard.press("Tab")
    expect(page.locator("#id_topic")).to_have_value("")
    page.select_option("#id_topic", "4")
    page.evaluate("document.querySelector('#contact').reset()")
    expect(topic(page)).to_have_value("")
    page.evaluate("document.querySelector('#id_topic').focus()")
    expect(topic(page)).to_be_focused()


def test_combobox_asks_the_server_and_adds_what_is_chosen(page: Page, site: Site) -> None:
    items = """<li role="option" data-value="20">Team Parkeren</li>
        <li role="option" data-value="21" data-label="R. Yilmaz">R. Yilmaz <span>afwezig</span></li>"""
    site.answers["GET /teams/"] = (200, {}, items)
    team = page.get_by_role("combobox", name="Afdeling")
    stop_clock(page)
    team.press_sequentially("park")
    page.clock.run_for(250)
    expect(page.get_by_role("option")).to_have_count(2)
    page.clock.resume()
    assert [body["q"] for body in site.bodies("GET /teams/")] == ["park"]
    assert site.bodies("GET /teams/")[0]["active"] == "1"
    page.get_by_role("option", name="R. Yilmaz").click()
    expect(team).to_have_value("R. Yilmaz")
    expect(page.locator("#id_team")).to_have_value("21")
    site.answers["GET /teams/"] = (500, {}, "")
    team.fill("fout")
    expect(page.locator(".kcc-combo__none").last).to_have_text("Zoeken lukt niet")
    page.keyboard.press("Tab")
    expect(page.locator("#id_team")).to_have_value("21")


def test_combobox_survives_a_morph_while_somebody_types_in_it(page: Page, site: Site) -> None:
    site.answers["GET /part/"] = (200, {}, DRAFT)
    topic(page).fill("park")
    swap(page, "kcc-draft", "morph:outerHTML")
    expect(page.locator("label[for=id_text]")).to_have_text("Notitie")
    expect(topic(page)).to_be_focused()
    expect(topic(page)).to_have_value("park")
    page.keyboard.press("Enter")
    expect(page.locator("#id_topic")).to_have_value("1")


def test_combobox_takes_a_new_select(page: Page, site: Site) -> None:
    new = '<select id="id_topic" name="topic"><option value="9" selected>Nieuw onderwerp</option></select>'
    site.answers["GET /part/"] = (200, {}, new)
    swap(page, "#id_topic", "outerHTML")
    expect(topic(page)).to_have_value("Nieuw onderwerp")
    assert page.locator("#id_topic-input").count() == 1


# ── Clocks, copying, messages ─────────────────────────────────────────────────────────────────────
def test_timer_runs_by_the_clock_of_the_server_and_says_when_it_is_late(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    stop_clock(page)
    page.goto(site.url)
    expect(page.locator("#call")).to_have_text("03:42")
    expect(page.locator("#due")).to_have_text("nog 1 min")
    page.evaluate("document.addEventListener('kcc:late', () => document.body.classList.add('late'))")
    page.clock.run_for(3 * 60_000 + 1000)
    expect(page.locator("#call")).to_have_text("06:43")
    expect(page.locator("#due")).to_have_text("1 min te laat")
    expect(page.locator("#due")).to_have_class("is-late")
    expect(page.locator("body")).to_have_class("late")
    page.clock.run_for(2 * 3600_000)
    expect(page.locator("#due")).to_have_text("2 u 1 min te laat")
    expect(page.locator("#call")).to_have_text("2:06:43")
    page.close()


def test_a_moment_that_comes_is_told_once_by_the_clock_of_the_server(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    stop_clock(page)
    page.goto(site.url)
    page.evaluate("""() => {
      document.body.dataset.over = '';
      document.addEventListener('kcc:over', ({ target }) => { document.body.dataset.over += target.id; });
      document.getElementById('result').innerHTML =
        '<kcc-until id="a" at="2026-11-24T10:01:00Z" now="2026-11-24T10:00:00Z"></kcc-until>' +
        '<kcc-until id="b" at="2027-11-24T10:01:00Z" now="2026-11-24T10:00:00Z"></kcc-until>';
      document.dispatchEvent(new Event('htmx:afterSwap'));
    }""")
    page.wait_for_function("!!customElements.get('kcc-until')")
    page.clock.run_for(60_000)
    expect(page.locator("body")).to_have_attribute("data-over", "")
    page.clock.run_for(4_000)
    expect(page.locator("body")).to_have_attribute("data-over", "a")
    page.evaluate("document.getElementById('a').setAttribute('at', '2026-11-24T10:00:10Z')")
    page.clock.run_for(14_000)
    expect(page.locator("body")).to_have_attribute("data-over", "aa")
    page.close()


def test_copy_gives_plain_text_with_bullets(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stop_clock(page)
    page.get_by_role("button", name="Kopieer antwoord").click()
    expect(page.locator("kcc-copy")).to_have_text("Gekopieerd")
    page.clock.run_for(100)
    expect(page.locator("#kcc-status")).to_have_text("Gekopieerd")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "Kort\n\nBinnen 2 weken, per post.\n\n• Eén\n• Twee hier (https://voorbeeld.nl/x)\n\n1. Eerst\n2. Dan"
    )
    page.clock.run_for(2000)
    expect(page.locator("kcc-copy")).to_have_text("Kopieer antwoord")


def test_toast_goes_by_itself_but_not_under_the_pointer(page: Page) -> None:
    stop_clock(page)
    fire(page, "kcc:toast", {"text": "Opgeslagen", "kind": "ok"})
    toast = page.locator("kcc-toast")
    expect(toast).to_have_class(re.compile("is-ok.*is-running"))
    toast.hover()
    page.clock.run_for(10_000)
    expect(toast).to_have_text(re.compile("Opgeslagen"))
    page.mouse.move(0, 0)
    page.clock.run_for(6_500)
    expect(toast).to_have_count(0)


def test_toast_of_an_error_stays_is_told_once_and_gives_the_focus_back(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (500, {}, "kapot")
    page.fill("#id_text", "tekst")
    for _ in range(2):
        page.keyboard.press("Control+Enter")
        expect(page.locator("kcc-toast")).to_contain_text("Dat is niet gelukt (500).")
        expect(page.locator("#contact button").first).to_be_enabled()
    expect(page.locator("kcc-toast")).to_have_count(1)
    expect(page.locator("#kcc-alert")).to_have_text(re.compile("niet gelukt"))
    expect(page.locator("#id_text")).to_have_value("tekst")
    page.locator("[data-dismiss]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("kcc-toast")).to_have_count(0)
    expect(page.locator("#id_text")).to_be_focused()


# ── Tabs, drawer, parts, lists ────────────────────────────────────────────────────────────────────
def test_tabs_by_arrow_keys(page: Page) -> None:
    first, second = page.get_by_role("tab").all()
    expect(page.locator("#help-news")).to_be_hidden()
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Wat is nieuw")).to_be_visible()
    expect(page.locator("#help-call")).to_be_hidden()
    page.keyboard.press("Home")
    expect(first).to_have_attribute("aria-selected", "true")


def test_drawer_opens_and_gives_the_focus_back(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 800})
    opener = page.get_by_role("button", name="Hulp")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.activeElement.textContent") == "Kennisbank"
    page.get_by_role("button", name="Sluiten").click()
    expect(page.locator("#help")).to_be_hidden()
    expect(opener).to_be_focused()


def test_reveal_shows_enables_and_keeps_text(page: Page, site: Site) -> None:
    expect(page.locator("#id_whom")).to_be_hidden()
    expect(page.locator("#id_number")).to_be_disabled()
    page.get_by_label("Doorverbonden").check()
    page.fill("#id_whom", "Burgerzaken")
    page.get_by_label("Terugbelverzoek", exact=True).first.check()
    expect(page.locator("#id_whom")).to_be_hidden()
    expect(page.locator("#id_number")).to_be_enabled()
    page.get_by_label("Doorverbonden").check()
    expect(page.locator("#id_whom")).to_have_value("Burgerzaken")
    page.evaluate("document.querySelector('#contact').reset()")
    expect(page.locator("#id_whom")).to_be_hidden()


def test_list_is_walked_with_arrows_and_keeps_its_place_when_a_row_goes(page: Page, site: Site) -> None:
    page.focus("#row-1 a")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#row-2 a")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#row-3 a")).to_be_focused()
    page.keyboard.press("ArrowUp")
    table = part('<table id="list"', "</table>")
    site.answers["GET /list/"] = (200, {}, re.sub(r'<tr data-row id="row-2">.*?</tr>', "", table, flags=re.DOTALL))
    fire(page, "hint-callbacks", {})
    expect(page.locator("#row-2")).to_have_count(0)
    expect(page.locator("#row-3 a")).to_be_focused()
    around = part("<kcc-keep", "</kcc-keep>")
    site.answers["GET /part/"] = (200, {}, re.sub(r'<tr data-row id="row-3">.*?</tr>', "", around, flags=re.DOTALL))
    swap(page, "kcc-keep", "morph:outerHTML")
    expect(page.locator("#row-3")).to_have_count(0)
    expect(page.locator("#row-2 a")).to_be_focused()
    page.focus("#row-1 input")
    page.keyboard.press("Enter")
    assert page.url.endswith("#1")


def test_morph_leaves_the_field_with_the_focus_and_an_open_menu(page: Page, site: Site) -> None:
    site.answers["GET /part/"] = (200, {}, part("<nav data-region", "</nav>").replace("Opnemen", "Aannemen"))
    page.evaluate("document.querySelector('#menu').open = true")
    page.fill("#kcc-omni", "fati")
    swap(page, "nav", "morph:outerHTML")
    expect(page.locator("#answer")).to_have_text("Aannemen")
    expect(page.locator("#kcc-omni")).to_have_value("fati")
    expect(page.get_by_role("button", name="Weggooien")).to_be_visible()


# ── Focus, sending once, the end of the session ───────────────────────────────────────────────────
def test_focus_goes_to_the_summary_of_errors_and_never_after_a_hint(page: Page, site: Site) -> None:
    errors = '<div data-focus tabindex="-1" id="errors">2 velden</div><input autofocus aria-label="x">'
    site.answers["POST /contacts/"] = (422, {}, errors)
    site.answers["GET /list/"] = (200, {}, f'<table id="list"></table>{errors}')
    page.fill("#id_text", "tekst")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#errors")).to_be_focused()
    page.focus("#kcc-omni")
    fire(page, "hint-callbacks", {})
    expect(page.locator("#list a")).to_have_count(0)
    page.wait_for_timeout(60)
    expect(page.locator("#kcc-omni")).to_be_focused()


def test_page_with_errors_begins_at_the_summary(page: Page, site: Site) -> None:
    site.changes = [("<h1 ", '<div data-focus tabindex="-1" id="errors">2 velden</div><h1 ')]
    page.reload()
    expect(page.locator("#errors")).to_be_focused()


def test_focus_falls_to_a_heading_when_its_node_has_gone(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (
        200,
        {"HX-Reswap": "outerHTML", "HX-Retarget": "#contact"},
        "<h2 tabindex='-1'>Klaar</h2>",
    )
    page.click("#contact button >> nth=0")
    expect(page.get_by_role("heading", name="Klaar")).to_be_focused()


def test_button_that_was_disabled_meanwhile_gets_the_focus_back(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (200, {}, "ok")
    page.focus("#contact button[name=next]")
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_have_text("ok")
    expect(page.locator("#contact button[name=next]")).to_be_focused()


def test_form_is_sent_once(page: Page, site: Site) -> None:
    site.answers["POST /plain/"] = (200, {}, "ok")
    page.evaluate("document.querySelector('#plain button').click(); document.querySelector('#plain button').click()")
    expect(page.locator("#plain button")).to_be_disabled()
    until(lambda: site.bodies("POST /plain/"), page)
    assert [body["which"] for body in site.bodies("POST /plain/")] == ["a"]
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator("#plain button")).to_be_enabled()


def test_end_of_the_session_keeps_the_draft_before_going_to_the_login(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (200, {"HX-Redirect": "/login/"}, "")
    site.answers["GET /login/"] = (200, {}, "Inloggen")
    page.fill("#id_text", "niet kwijt")
    expect(status(page)).to_contain_text("bewaard")
    assert copies(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_have_text("Inloggen")
    page.go_back()
    expect(page.locator("#id_text")).to_have_value("niet kwijt")


def test_session_warns_without_taking_the_focus_and_is_extended(page: Page, site: Site) -> None:
    site.answers["POST /extend/"] = (204, {"X-Session-Expires": "100000"}, "")
    page.clock.install()
    page.reload()
    page.focus("#id_text")
    expect(page.locator("[data-session]")).to_be_hidden()
    page.clock.run_for(700_000)
    expect(page.locator("[data-session]")).to_be_visible()
    expect(page.locator("[data-left-here]")).to_have_text("5 min")
    expect(page.locator("#id_text")).to_be_focused()
    page.locator("[data-session-extend]").click()
    expect(page.locator("[data-session]")).to_be_hidden()
    page.clock.run_for(120_000_000)
    expect(page.locator("[data-session]")).to_have_text("Je bent uitgelogd")


# ── Theme, password ───────────────────────────────────────────────────────────────────────────────
def test_theme_flips_at_once_and_tells_the_server(page: Page, site: Site) -> None:
    site.answers["POST /theme/"] = (302, {"Location": "/"}, "")
    page.get_by_role("button", name="Donker").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_role("button", name="Donker")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Donker").click()
    until(lambda: [body["theme"] for body in site.bodies("POST /theme/")] == ["dark", "light"], page)


def test_password_shows_and_hides(page: Page) -> None:
    page.get_by_role("button", name="Toon wachtwoord").click()
    expect(page.locator("#pw")).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Toon wachtwoord")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Toon wachtwoord").click()
    expect(page.locator("#pw")).to_have_attribute("type", "password")


# ── Events ────────────────────────────────────────────────────────────────────────────────────────
def listen(page: Page, **attributes: str) -> None:
    page.evaluate(
        """attributes => {
          window.heard = [];
          for (const name of ['timeline', 'bell'])
            document.body.addEventListener('hint-' + name, () => heard.push(name));
          const live = document.createElement('kcc-live');
          for (const [name, value] of Object.entries(attributes)) live.setAttribute(name, value);
          document.body.append(live);
        }""",
        {"names": "timeline bell", "poll": "30", "renew": "/token/", **attributes},
    )


def test_event_becomes_a_hint_at_most_once_in_two_seconds(page: Page, site: Site) -> None:
    stop_clock(page)
    listen(page, url="/events/?t=1")
    for name in ("timeline", "timeline", "timeline", "unknown", "bell"):
        site.events.put(name)
    page.clock.run_for(50)
    until(lambda: sorted(page.evaluate("heard")) == ["bell", "timeline"], page, tick=10)
    page.clock.run_for(2100)
    assert sorted(page.evaluate("heard")) == ["bell", "timeline", "timeline"]


def test_lost_stream_shows_polls_renews_and_catches_up(page: Page, site: Site) -> None:
    page.clock.install()
    site.answers["GET /events/"] = (401, {}, "")
    listen(page, url="/events/?t=old")
    until(lambda: site.bodies("GET /events/"), page)
    expect(page.locator("#kcc-offline")).to_be_hidden()
    until(lambda: site.bodies("GET /token/"), page, tick=500)
    page.clock.run_for(10_000)
    expect(page.locator("#kcc-offline")).to_be_visible()
    page.clock.run_for(200)
    expect(page.locator("#kcc-alert")).to_have_text("Verbinding verbroken.")
    page.clock.run_for(31_000)
    assert heard(page) == {"bell", "timeline"}
    site.answers.clear()
    site.answers["GET /token/"] = (200, {"Content-Type": "application/json"}, json.dumps({"url": "/events/?t=new"}))
    page.evaluate("heard.length = 0")
    until(lambda: page.locator("#kcc-offline").is_hidden(), page, tick=1000)
    assert site.bodies("GET /events/")[-1]["t"] == "new"
    until(lambda: heard(page) == {"bell", "timeline"}, page, tick=1000)


def heard(page: Page) -> set[str]:
    return set(page.evaluate("heard"))


def test_dead_line_is_opened_again(page: Page, site: Site) -> None:
    page.clock.install()
    site.answers["GET /token/"] = (200, {"Content-Type": "application/json"}, json.dumps({"url": "/events/?t=2"}))
    listen(page, url="/events/?t=1", silence="60")
    until(lambda: site.bodies("GET /events/"), page)
    page.clock.run_for(61_000)
    until(lambda: heard(page) == {"bell", "timeline"}, page, tick=500)
    assert site.bodies("GET /events/")[1]["t"] == "2"


def test_hidden_page_rests_and_catches_up(page: Page, site: Site) -> None:
    page.clock.install()
    listen(page, url="/events/?t=1")
    until(lambda: site.bodies("GET /events/"), page)
    hide = """hidden => {
      Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    page.clock.run_for(301_000)
    assert page.evaluate("document.querySelector('kcc-live').source") is None
    assert heard(page) == set()
    page.evaluate(hide, False)
    until(lambda: heard(page) == {"bell", "timeline"}, page, tick=500)


# ── Without JavaScript, and for everybody ─────────────────────────────────────────────────────────
def test_without_javascript_every_field_and_panel_is_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    for selector in ("#id_topic", "#id_whom", "#id_number", "#help-news"):
        expect(page.locator(selector)).to_be_visible()
        expect(page.locator(selector)).to_be_enabled()
    context.close()


def test_elements_break_no_rule_of_accessibility(page: Page) -> None:
    page.get_by_label("Terugbelverzoek", exact=True).first.check()
    fire(page, "kcc:toast", {"text": "Verstuurd", "href": "/x", "action": "Ongedaan maken"})
    topic(page).fill("e")
    expect(page.get_by_role("listbox")).to_be_visible()
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
