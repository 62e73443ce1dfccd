"""The custom elements on a page of their own, in a browser under the product's policy, against a pretended server."""

import json
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.js.site import Site
from tests.browser.js.steps import copies, fire, part, status, stop_clock, swap, topic, until


# ── Clocks, copying, messages ─────────────────────────────────────────────────────────────────────
def test_timer_runs_by_the_clock_of_the_server_and_says_when_it_is_late(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    stop_clock(page)
    page.goto(site.url)
    page.wait_for_function("() => customElements.get('kcc-timer')")
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
    page.wait_for_function("() => customElements.get('kcc-until')")
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


def test_what_is_typed_is_kept_before_a_form_leads_to_another_page(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = (200, {"HX-Redirect": "/next/"}, "")
    site.answers["GET /next/"] = (200, {}, "Verder")
    page.fill("#id_text", "niet kwijt")
    expect(status(page)).to_contain_text("bewaard")
    assert copies(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_have_text("Verder")
    page.go_back()
    expect(page.locator("#id_text")).to_have_value("niet kwijt")


def test_end_of_the_session_leaves_the_page_as_it_is(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = site.answers["POST /drafts/1/"] = site.answers["GET /list/"] = (401, {}, "")
    page.fill("#id_text", "niet kwijt")
    expect(page.locator("[data-session-over]")).to_be_visible()
    expect(page.locator("#kcc-alert")).to_have_text("Uitgelogd. Log in")
    page.keyboard.press("Control+Enter")
    until(lambda: site.bodies("POST /contacts/"), page)
    page.evaluate("htmx.trigger(document.body, 'hint-callbacks')")
    expect(page.locator("#id_text")).to_have_value("niet kwijt")
    expect(page.locator("kcc-toast")).to_have_count(0)
    assert not site.bodies("GET /list/")
    assert copies(page) == ["kcc-draft:7:/drafts/1/"]


def test_who_logged_in_again_goes_on_with_the_new_token(page: Page, site: Site) -> None:
    site.answers["POST /contacts/"] = site.answers["POST /drafts/1/"] = (401, {}, "")
    again = {"user": "8", "token": "nieuw", "expires": 2_000_000}
    site.answers["GET /resume/"] = (200, {"Content-Type": "application/json"}, json.dumps(again))
    page.fill("#id_text", "verder")
    expect(page.locator("[data-session-over]")).to_be_visible()  # a colleague logged in
    del site.answers["POST /contacts/"], site.answers["POST /drafts/1/"]
    again["user"] = "7"
    site.answers["GET /resume/"] = (200, {"Content-Type": "application/json"}, json.dumps(again))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-session-over]")).to_be_hidden()
    expect(page.locator("kcc-toast")).to_contain_text("Weer ingelogd")
    assert page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']") == "nieuw"
    until(lambda: copies(page) == [], page)  # the draft reached the server
    expect(page.locator("#id_text")).to_have_value("verder")


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
    expect(page.locator("[data-session-over]")).to_be_visible()
    expect(page.locator("[data-session]")).to_be_hidden()


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


def until_open(page: Page) -> None:
    """Wait until the page knows that its stream is open; until then a clock that moves on means that it is lost."""
    until(lambda: page.evaluate("document.querySelector('kcc-live').source?.readyState") == 1, page)


def test_dead_line_is_opened_again(page: Page, site: Site) -> None:
    page.clock.install()
    site.answers["GET /token/"] = (200, {"Content-Type": "application/json"}, json.dumps({"url": "/events/?t=2"}))
    listen(page, url="/events/?t=1", silence="60")
    until_open(page)
    page.clock.run_for(61_000)
    until(lambda: heard(page) == {"bell", "timeline"}, page, tick=500)
    assert site.bodies("GET /events/")[1]["t"] == "2"


def test_hidden_page_rests_and_catches_up(page: Page, site: Site) -> None:
    page.clock.install()
    listen(page, url="/events/?t=1")
    until_open(page)
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
