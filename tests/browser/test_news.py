"""Wat is nieuw beside the registration form, and a reading list, by keyboard."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from knowledge.models import Bulletin, BulletinRead, ReadingList
from tests import make
from tests.browser.conftest import SETTLED

pytestmark = pytest.mark.django_db(transaction=True)


def test_important_news_is_confirmed_at_the_desk_and_nothing_typed_is_lost(as_person, noor, office, live_server):
    began = timezone.now() - timedelta(hours=1)
    Bulletin.write(key=uuid4(), title="Vraag de naam", important=True, starts_at=began, by=None)
    Bulletin.write(key=uuid4(), title="Balie dicht", starts_at=began, by=None)
    page = as_person(noor)
    typed = page.get_by_label("Vraag en antwoord")
    typed.fill("Mevrouw belt over haar paspoort.")
    count = page.locator("#nieuws-aantal")
    expect(count).to_contain_text("2")
    page.get_by_role("tab", name="Wat is nieuw").press("Enter")
    panel = page.locator("#nieuws-kort")
    expect(panel.locator("article")).to_have_count(2)
    page.evaluate(SETTLED)
    panel.locator("button", has_text="Ik heb dit gelezen").press("Enter")
    expect(panel).to_contain_text("Je bevestigde dit")
    expect(count).to_contain_text("1")
    page.evaluate(SETTLED)
    panel.locator("article", has_text="Balie dicht").get_by_role("button").press("Enter")
    expect(panel.locator("button", has_text="Markeer als ongelezen")).to_be_visible()
    expect(count).to_be_hidden()
    expect(page.locator("[data-nav=news] .kcc-count")).to_have_count(0)
    expect(typed).to_have_value("Mevrouw belt over haar paspoort.")
    assert BulletinRead.objects.filter(user=noor).count() == 2
    assert page.wrong == []


def test_a_reading_list_is_made_and_read(as_person, kees, noor, voorlijn, office, live_server):
    make.article("Paspoort aanvragen")
    make.article("Rijbewijs verlengen")
    lead = as_person(kees)
    lead.goto(f"{live_server.url}/knowledge/reading/lists/new/")
    lead.get_by_label("Titel").fill("Eerste week")
    lead.locator("#id_team").select_option(label=voorlijn.name)
    lead.get_by_role("button", name="Opslaan").click()
    lead.get_by_label("Zoek een artikel voor deze lijst").wait_for()
    for word, title in (("paspoort", "Paspoort aanvragen"), ("rijbewijs", "Rijbewijs verlengen")):
        lead.wait_for_load_state()  # before that nothing is looked up
        lead.get_by_label("Zoek een artikel voor deze lijst").fill(word)
        lead.locator("#gevonden li", has_text=title).get_by_role("button").click()
        expect(lead.locator("#artikelen ol")).to_contain_text(title)
    lead.get_by_role("button", name="Rijbewijs verlengen omhoog").click()
    expect(lead.locator("#artikelen li").first).to_contain_text("Rijbewijs verlengen")
    lead.get_by_label("Of een hele afdeling").select_option(label=voorlijn.name)
    lead.get_by_role("button", name="Leeslijst geven").click()
    expect(lead.locator("#lezers")).to_contain_text("Noor Bakker")
    assert lead.wrong == []
    assert ReadingList.objects.get().readers.count() == 2

    page = as_person(noor)
    page.get_by_role("link", name="Leeslijst: nog 2").click()
    tick = page.get_by_role("button", name="Gelezen: Paspoort aanvragen")
    tick.wait_for()
    page.wait_for_load_state()
    tick.press("Enter")
    expect(page.get_by_text("1 van 2 gelezen")).to_be_visible()
    expect(tick).to_have_attribute("aria-pressed", "true")
    expect(tick).to_be_focused()
    page.evaluate(SETTLED)
    assert page.wrong == []

    page.get_by_role("link", name="Rijbewijs verlengen").click()  # and from there down the list, by keyboard
    listed = page.get_by_role("navigation", name="Eerste week")
    expect(listed).to_contain_text("1 van 2 gelezen")
    page.wait_for_load_state()
    page.keyboard.press("Control+Enter")
    expect(listed).to_contain_text("2 van 2 gelezen")
    page.evaluate(SETTLED)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("heading", name="Paspoort aanvragen", level=1)).to_be_visible()
    expect(listed.locator("[aria-current]")).to_contain_text("Paspoort aanvragen")
    page.wait_for_load_state()  # before that no key is heard
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("heading", name="Rijbewijs verlengen", level=1)).to_be_visible()
    listed.get_by_role("link", name="Mijn leeslijst").click()
    expect(page.get_by_text("Alles gelezen")).to_be_visible()
    assert page.wrong == []


def test_confirming_on_the_page_counts_everywhere(as_person, noor, office, live_server):
    began = timezone.now() - timedelta(hours=1)
    for title in ("Vraag de naam", "Balie dicht"):
        Bulletin.write(key=uuid4(), title=title, important=True, starts_at=began, by=None)
    page = as_person(noor)
    page.goto(f"{live_server.url}/knowledge/news/")
    heading, tab = page.locator("#bevestigen"), page.locator("#nieuws-tabs [aria-current]")
    menu = page.locator("[data-nav=news] .kcc-count")
    for count in (heading, tab, menu):
        expect(count).to_contain_text("2")
    page.locator("article", has_text="Balie dicht").get_by_role("button").press("Enter")
    for count in (heading, tab, menu):
        expect(count).to_contain_text("1")
    page.evaluate(SETTLED)
    page.locator("article", has_text="Vraag de naam").get_by_role("button").press("Enter")
    expect(heading).to_have_text("Alles gelezen")
    expect(tab).to_have_text("Berichten")
    expect(menu).to_have_count(0)
    assert page.wrong == []
