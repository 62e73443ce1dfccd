"""The desk by keyboard alone, as on a busy morning."""

import pytest
from playwright.sync_api import expect

from callbacks.models import Callback
from contacts.models import Contact, Draft
from tests import make
from tests.browser.conftest import PASSWORD, kept

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(db):
    return make.topic(team=make.team())


def test_a_phone_contact_by_keyboard_alone(as_person, noor, jansen, office, topic, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    page.keyboard.type("jansen")
    expect(page.get_by_role("option", name="Anna Jansen", selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Anna Jansen")).to_be_visible()
    page.keyboard.press("Alt+n")
    page.keyboard.type("Vraagt wanneer het besluit komt. Binnen zes weken.")
    page.keyboard.press("Tab")
    page.keyboard.type("bezwaar")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    expect(page.locator("#tijdlijn").get_by_text("Vraagt wanneer het besluit komt")).to_be_visible()
    contact = Contact.objects.get()
    assert (contact.customer, contact.topic, contact.agent, contact.outcome) == (jansen, topic, noor, "answered")
    assert page.wrong == []


def test_a_contact_with_a_callback_in_one_save(as_person, noor, jansen, office, topic, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Mevrouw wil teruggebeld worden.")
    page.keyboard.press("Tab")
    page.keyboard.type("bezwaar")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+t")
    expect(page.get_by_label("Terugbelnummer")).to_have_value("06 90 12 34 56")
    expect(page.get_by_role("combobox", name="Afdeling of medewerker")).to_have_value(
        "Parkeren"
    )  # the topic implies it
    page.get_by_label("Vraag voor de behandelaar").fill("Is het bezwaar ontvangen?")
    expect(page.get_by_text("Terugbellen uiterlijk")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    callback = Callback.objects.get()
    assert (callback.contact.customer, callback.number, callback.team.name) == (jansen, "+31690123456", "Parkeren")
    assert page.wrong == []


def test_what_is_typed_survives_a_reload(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.keyboard.press("Alt+n")
    with kept(page, "verhaal"):
        page.keyboard.type("Nog niet klaar met dit verhaal!")
    expect(page.get_by_text("Concept bewaard om")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Vraag en antwoord")).to_have_value("Nog niet klaar met dit verhaal!")
    assert Draft.objects.get().values()["text"].startswith("N")


def test_a_wrong_form_keeps_the_text_and_says_what_is_wrong(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Doorverbonden met iemand")
    page.get_by_label("Doorverbonden", exact=True).check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Vul in naar wie je hebt doorverbonden").first).to_be_visible()
    expect(page.get_by_label("Vraag en antwoord")).to_have_value("Doorverbonden met iemand")


def test_search_while_typing_works_and_shows_no_name_in_the_address(as_person, noor, jansen, live_server):
    page = as_person(noor)
    page.get_by_role("searchbox", name="Naam, telefoonnummer").fill("06-90 12 34 56")
    expect(page.get_by_text("Zoek op telefoonnummer")).to_be_visible()
    expect(page.get_by_role("link", name="Anna Jansen")).to_be_visible()
    assert "90" not in page.url.removeprefix(live_server.url)


def test_register_works_without_javascript(browser, noor, jansen, office, live_server):
    noor.set_password(PASSWORD)
    noor.save()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url + "/accounts/login/")
    page.fill("[name=login]", "noor")
    page.fill("[name=password]", PASSWORD)
    page.click("text=Inloggen >> nth=-1")
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.fill("#id_text", "Zonder JavaScript")
    page.click("text=Opslaan en afronden")
    assert Contact.objects.get().text == "Zonder JavaScript"
