"""What is typed is kept: saved while typing, copied where it cannot be, and there again after a swap."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.js.site import Answer, Site
from tests.browser.js.steps import DRAFT, copies, status, stop_clock, swap, topic, until


def first_key(page: Page, site: Site) -> None:
    """Type one letter and wait until it is kept; the clock stands still from now on."""
    stop_clock(page)
    page.focus("#id_text")
    page.keyboard.type("M")
    page.clock.run_for(1)
    until(lambda: site.bodies("POST /drafts/1/"), page)
    expect(status(page)).to_have_text("Concept bewaard om 10:42")


def test_draft_is_saved_at_the_first_key_and_two_seconds_after_the_last(page: Page, site: Site) -> None:
    first_key(page, site)
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


def test_everything_sent_says_in_which_order(page: Page, site: Site) -> None:
    first_key(page, site)
    page.keyboard.type("evrouw")
    page.clock.run_for(2100)
    until(lambda: len(site.bodies("POST /drafts/1/")) == 2, page)
    page.evaluate("htmx.trigger('#contact', 'submit')")
    until(lambda: site.bodies("POST /contacts/"), page)
    page.keyboard.type(" belt")
    page.reload()
    until(lambda: len(site.bodies("POST /drafts/1/")) >= 3, page)
    sent = [*site.bodies("POST /drafts/1/")[:2], *site.bodies("POST /contacts/"), *site.bodies("POST /drafts/1/")[2:3]]
    looks, numbers = zip(*(body["draft_turn"].split(".") for body in sent), strict=True)
    assert len(set(looks)) == 1
    assert list(map(int, numbers)) == sorted({int(number) for number in numbers})


def test_draft_with_nothing_unsaved_goes_on_after_signing_in_again(page: Page, site: Site) -> None:
    first_key(page, site)
    page.evaluate("document.dispatchEvent(new CustomEvent('kcc:resumed'))")
    page.keyboard.type("evrouw")
    page.clock.run_for(2100)
    until(lambda: site.bodies("POST /drafts/1/")[-1]["text"] == "Mevrouw", page)


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
    expect(page.locator("#kcc-alert")).to_have_text("Uitgelogd. Log in")
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


@pytest.mark.parametrize(("number", "shown"), [(1, "een en twee"), (2, "wat de server heeft")])
def test_of_one_page_the_turn_says_which_text_is_newer(page: Page, site: Site, number: int, shown: str) -> None:
    page.fill("#id_text", "een")
    expect(status(page)).to_contain_text("bewaard")
    site.answers["POST /drafts/1/"] = (503, {}, "")
    page.focus("#id_text")
    page.keyboard.press("End")
    page.keyboard.type(" en twee")
    look, _dot, _number = site.bodies("POST /drafts/1/")[0]["draft_turn"].partition(".")
    site.changes = [  # later than anything this window knows of, for the answer to the first key was late
        ('data-saved-at="1000"', f'data-saved-at="9999999999" data-turn="{look}.{number}"'),
        ('name="text"></textarea>', 'name="text">wat de server heeft</textarea>'),
    ]
    page.reload()
    expect(page.locator("#id_text")).to_have_value(shown)


def test_a_page_on_its_way_while_the_server_first_hears_of_a_draft_shows_it(page: Page, site: Site) -> None:
    site.changes = [('data-saved-at="1000"', 'key="contact"')]
    page.reload()
    with site.holding("GET /"):
        with site.holding("POST /drafts/1/"):
            page.focus("#id_text")
            page.keyboard.type("een en twee")
            until(lambda: site.bodies("POST /drafts/1/"), page)
            looks, answered = len(site.bodies("GET /")), []
            page.on(
                "requestfinished", lambda request: answered.extend([request] if "/drafts/1/" in request.url else [])
            )
            page.evaluate("setTimeout(() => location.reload())")
            until(lambda: len(site.bodies("GET /")) > looks, page)
        until(lambda: answered, page)
        site.changes.append(("/drafts/1/", "/drafts/2/"))  # how that page was made: it knows of no draft
    expect(page.locator("kcc-draft[url='/drafts/2/'] #id_text")).to_have_value("een en twee")
    until(lambda: [body for body in site.bodies("POST /drafts/2/") if body["text"] == "een en twee"], page)
    site.changes.append(("/drafts/2/", "/drafts/3/"))
    until(lambda: "bewaard" in status(page).inner_text(), page)
    page.reload()
    expect(page.locator("kcc-draft[url='/drafts/3/'] #id_text")).to_have_value("")  # this page could have known it


def test_a_copy_that_only_waits_for_a_page_on_its_way_goes_with_the_next_page(page: Page, site: Site) -> None:
    site.changes = [('data-saved-at="1000"', 'key="contact"')]
    page.reload()
    first_key(page, site)
    until(lambda: len(copies(page)) == 1, page)
    site.changes += [("/drafts/1/", "/drafts/2/"), ('key="contact"', 'key="somebody else"')]
    page.reload()
    assert len(copies(page)) == 1
    page.clock.run_for(10_100)
    assert copies(page) == []


def test_nothing_is_kept_after_signing_out_whatever_answer_comes(page: Page, site: Site) -> None:
    site.changes = [('data-saved-at="1000"', 'key="contact"')]
    page.reload()
    site.answers["POST /logout/"] = (204, {}, "")
    with site.holding("POST /drafts/1/"):
        page.fill("#id_text", "een")
        until(lambda: site.bodies("POST /drafts/1/"), page)
        page.locator("#logout button").click()
        until(lambda: site.bodies("POST /logout/"), page)
        assert copies(page) == []
    expect(status(page)).to_contain_text("bewaard")
    assert copies(page) == []
