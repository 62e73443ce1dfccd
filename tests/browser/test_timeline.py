"""The timeline by keyboard: narrowed to channels, opened in its place, going on; and several conversations at once."""

import re
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Error, expect

from contacts.models import Draft
from tests import make
from tests.browser.conftest import PASSWORD, SETTLED, kept

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def history(jansen, noor, office):
    """A conversation by mail, a visit, and a callback that nobody made yet."""
    conversation, now = uuid4(), timezone.now()
    for place, direction in enumerate(["in", "out", "in"]):
        make.contact(
            jansen, channel="email", direction=direction, conversation=conversation, by=noor, outcome="",
            subject="Status bezwaar", text=f"Bericht {place + 1}", party="a.jansen@voorbeeld.nl",
            happened_at=now - timedelta(minutes=9 - place),
        )  # fmt: skip
    make.contact(jansen, channel="desk", subject="Paspoort opgehaald", text="Uitgereikt.", by=noor)
    make.callback(make.contact(jansen, subject="Belt over bezwaar", outcome="callback"), question="Is het binnen?")


def desk(page, live_server, customer):
    page.goto(f"{live_server.url}/customers/{customer.uuid}/")
    page.evaluate(SETTLED)


def test_chips_are_switched_on_and_off_and_the_focus_stays(as_person, noor, jansen, history, live_server):
    page = as_person(noor)
    desk(page, live_server, jansen)
    rows = page.locator("#tijdlijn article")
    expect(rows).to_have_count(4)
    mail, visit = page.get_by_role("link", name="E-mail 1"), page.get_by_role("link", name="Balie 1")
    mail.focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(mail).to_be_focused()
    expect(mail).to_have_attribute("aria-current", "true")
    page.evaluate(SETTLED)
    visit.focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile("[?]channel=email&channel=desk$"))
    mail.focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(page.get_by_text("Paspoort opgehaald")).to_be_visible()
    page.get_by_role("link", name="Alles").click()
    expect(rows).to_have_count(4)
    page.go_back()
    expect(rows).to_have_count(1)
    assert page.wrong == []


def test_entries_open_in_their_place_and_stay_open(as_person, noor, jansen, history, live_server):
    page = as_person(noor)
    desk(page, live_server, jansen)
    mail = page.locator("#tijdlijn summary").filter(has_text="Status bezwaar")
    expect(mail).to_contain_text("3 berichten")
    mail.focus()
    page.keyboard.press("Enter")
    for n in (1, 2, 3):
        expect(page.locator(".kcc-tl__messages").get_by_text(f"Bericht {n}")).to_be_visible()
    expect(mail).to_be_focused()
    callback = page.locator("#tijdlijn summary").filter(has_text="Terugbelverzoek").first
    callback.click()
    expect(page.get_by_role("link", name="Naar het terugbelverzoek")).to_be_visible()
    page.get_by_role("link", name="E-mail 1").click()
    expect(page.locator("#tijdlijn article")).to_have_count(1)
    expect(page.locator(".kcc-tl__messages").get_by_text("Bericht 2")).to_be_visible()  # what was open stays open
    assert page.wrong == []


def test_more_is_added_below(as_person, noor, jansen, live_server):
    now = timezone.now()
    for n in range(25):
        make.contact(jansen, subject=f"Vraag {n}", happened_at=now - timedelta(hours=n))
    page = as_person(noor)
    desk(page, live_server, jansen)
    rows = page.locator("#tijdlijn article")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="Meer laden").click()
    expect(rows).to_have_count(25)
    assert len(set(rows.all_inner_texts())) == 25


def test_a_second_call_while_the_first_is_open(as_person, noor, jansen, office, live_server):
    ben = make.customer("Ben", "Vos")
    page = as_person(noor)
    desk(page, live_server, jansen)
    with kept(page, "klaar"):
        page.keyboard.type("Eerste gesprek, nog niet klaar")
    desk(page, live_server, ben)
    with kept(page, "gesprek"):
        page.keyboard.type("Tweede gesprek")
    page.reload()
    tabs = page.get_by_role("navigation", name="2 open concepten")
    expect(tabs.get_by_role("link", name="Ben Vos")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Anna Jansen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Vraag en antwoord")).to_have_value("Eerste gesprek, nog niet klaar")
    page.wait_for_load_state()  # before that no key is heard
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    expect(page.get_by_role("heading", name="1 open concept")).to_be_visible()
    assert Draft.objects.get().summary == "Tweede gesprek"
    assert page.wrong == []


def test_a_draft_survives_a_crash_and_goes_on_in_another_browser(as_person, browser, noor, jansen, office, live_server):
    page = as_person(noor)
    desk(page, live_server, jansen)
    with page.expect_response("**/drafts/**"):
        page.keyboard.type("V")
    with kept(page, "+is"):
        page.keyboard.type("erhaal dat nog niet af is")
    with suppress(Error):
        page.goto("chrome://crash", timeout=2000)
    other = browser.new_context(locale="nl-NL").new_page()
    other.goto(live_server.url + "/accounts/login/")
    other.fill("[name=login]", "noor")
    other.fill("[name=password]", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(live_server.url + "/")
    desk(other, live_server, jansen)
    expect(other.get_by_label("Vraag en antwoord")).to_have_value("Verhaal dat nog niet af is")
    other.context.close()


def test_a_draft_that_was_thrown_away_comes_back(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    desk(page, live_server, jansen)
    with kept(page, "bewaren"):
        page.keyboard.type("Toch bewaren")
    page.locator("summary[aria-label^='Meer: opslaan']").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Concept weggooien").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Concept weggegooid").first).to_be_visible()
    expect(page.get_by_label("Vraag en antwoord")).to_have_value("")
    page.get_by_role("button", name="Ongedaan maken").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Vraag en antwoord")).to_have_value("Toch bewaren")
    assert page.wrong == []


def test_a_colleague_is_chosen_to_put_through_to(as_person, noor, rachid, jansen, office, live_server):
    make.contact(jansen, topic=make.topic(team=rachid.teams.get()))
    page = as_person(noor)
    desk(page, live_server, jansen)
    page.get_by_role("tab", name="Collega").click()
    page.get_by_role("button", name="Rachid Yilmaz").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Naar wie")).to_have_value("R. Yilmaz")
    expect(page.get_by_label("Doorverbonden", exact=True)).to_be_checked()
    expect(page.get_by_label("Naar wie")).to_be_focused()
    page.keyboard.press("Alt+n")
    page.keyboard.type("Doorverbonden met Parkeren")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#tijdlijn").get_by_text("naar R. Yilmaz")).to_be_visible()
    assert page.wrong == []
