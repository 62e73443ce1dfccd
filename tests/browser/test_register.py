"""The desk by keyboard alone, as on a busy morning."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Absence
from callbacks.models import Callback
from contacts.models import Contact, Draft, Question
from tests import make
from tests.browser.conftest import PASSWORD, kept
from tests.browser.test_palette import chosen

# What an extension of the browser that looked at the fields leaves behind: an empty style, which nobody may set again.
LEFT_BEHIND = """() => document.querySelectorAll('input').forEach(({ style }) => {
  style.setProperty('caret-color', 'red');
  style.removeProperty('caret-color');
})"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(db):
    return make.topic(team=make.team())


def test_a_phone_contact_by_keyboard_alone(as_person, noor, jansen, office, topic, live_server):
    page = as_person(noor)
    page.keyboard.press("Control+k")
    page.keyboard.type("jansen")
    chosen(page, "Anna Jansen")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{jansen.uuid}/")
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


def test_the_question_follows_the_note_until_somebody_types_in_it(as_person, noor, jansen, office, topic, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Mevrouw wil weten of haar bezwaar binnen is.")
    page.keyboard.press("Alt+t")
    question = page.get_by_label("Vraag voor de behandelaar")
    expect(question).to_have_value("Mevrouw wil weten of haar bezwaar binnen is.")
    note = page.get_by_label("Vraag en antwoord")
    note.fill("Mevrouw wil weten wanneer het besluit komt.")
    note.blur()
    expect(question).to_have_value("Mevrouw wil weten wanneer het besluit komt.")
    question.fill("Wanneer komt het besluit?")
    note.fill("Iets heel anders")
    note.blur()
    page.get_by_label("Terugbelnummer").focus()
    expect(question).to_have_value("Wanneer komt het besluit?")
    assert page.wrong == []


def test_who_is_away_is_replaced_with_one_click_and_answers_stay(
    as_person, noor, jansen, rachid, kees, office, topic, live_server
):
    plate = Question.objects.create(topic=topic, label="Kenteken", place="callback", is_required=True)
    since = timezone.now() - timedelta(hours=1)
    Absence.objects.create(user=rachid, starts_at=since, substitute=kees)
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Mevrouw wil teruggebeld worden.")
    page.keyboard.press("Tab")
    page.keyboard.type("bezwaar")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+t")
    page.get_by_label("Kenteken").fill("AB-12-CD")
    who = page.get_by_role("combobox", name="Afdeling of medewerker")
    expect(who).to_have_value("Parkeren")
    who.fill("yilmaz")
    page.get_by_role("option", name="R. Yilmaz").click()
    page.get_by_role("button", name="Kies K. de Boer").click()
    expect(who).to_have_value("K. de Boer")
    expect(page.get_by_role("button", name="Kies K. de Boer")).to_have_count(0)
    expect(page.get_by_label("Kenteken")).to_have_value("AB-12-CD")
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    callback = Callback.objects.get()
    assert (callback.assignee, callback.answers) == (kees, [[plate.label, "AB-12-CD"]])
    assert callback.question == "Mevrouw wil teruggebeld worden."
    assert page.wrong == []


def ask_again(page, live_server, customer) -> None:
    """Fill in a second callback about what somebody already waits for, by keyboard, and see that said."""
    page.goto(f"{live_server.url}/customers/{customer.uuid}/")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Mevrouw belt weer.")
    page.keyboard.press("Tab")
    page.keyboard.type("bezwaar")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+t")
    expect(page.get_by_text("Er staat al een verzoek open")).to_be_visible()
    page.get_by_label("Vraag voor de behandelaar").fill("En wat kost het?")


def test_adding_to_what_is_open_takes_the_question_along(as_person, noor, jansen, office, topic, live_server):
    callback = make.callback(make.contact(jansen, topic=topic, outcome="callback"))
    page = as_person(noor)
    ask_again(page, live_server, jansen)
    page.get_by_role("button", name="Toevoegen en spoed geven").click()
    expect(page.locator("kcc-toast").get_by_text(f"toegevoegd aan {callback.reference}")).to_be_visible()
    callback.refresh_from_db()
    assert (Callback.objects.count(), callback.repeats.count()) == (1, 1)
    assert [question for _label, question in callback.answers] == ["En wat kost het?"]
    assert callback.urgent_at is not None
    assert page.wrong == []


def test_a_second_request_is_made_with_the_button_that_offers_it(as_person, noor, jansen, office, topic, live_server):
    make.callback(make.contact(jansen, topic=topic, outcome="callback"))
    page = as_person(noor)
    ask_again(page, live_server, jansen)
    page.evaluate(LEFT_BEHIND)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#id_callback-second")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Toch een tweede verzoek")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    assert sorted(Callback.objects.values_list("question", flat=True)) == ["En wat kost het?", "Is het bezwaar binnen?"]
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
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.fill("#id_text", "Zonder JavaScript")
    page.click("text=Opslaan en afronden")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    assert Contact.objects.get().text == "Zonder JavaScript"
