"""The page by keyboard: shortcuts, and the field that finds an option."""

import re

from playwright.sync_api import Page, expect

from tests.browser.js.site import Site
from tests.browser.js.steps import DRAFT, stop_clock, swap, topic, until


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
