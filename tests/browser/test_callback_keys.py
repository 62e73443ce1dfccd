"""The keys on a callback do what is in front of somebody, and nothing that lies under it or comes after it."""

import pytest
from playwright.sync_api import expect

from callbacks.models import Callback, Policy
from contacts.models import Outgoing
from tests import make
from tests.browser.conftest import SETTLED
from tests.contacts.letters import question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def callback(office, jansen, parkeren):
    return make.callback(make.contact(jansen, outcome="callback", topic=make.topic(team=parkeren)), team=parkeren)


@pytest.fixture
def last_try(callback, parkeren):
    """The policy of the department asks for one try."""
    Policy.objects.keep(Policy(team=parkeren, max_attempts=1, day_parts=1))
    return callback


def test_in_the_popover_of_a_case_the_key_saves_the_callback_and_not_the_answer(
    as_person, noor, jansen, voorlijn, office, live_server
):
    case = question(jansen, mailbox=make.mailbox(team=voorlijn))
    page = as_person(noor)
    page.goto(f"{live_server.url}/cases/{case.uuid}/")
    page.locator("#id_answer-text").fill("Wij zoeken het uit.")
    page.click("[popovertarget=case-menu]")
    page.click("[popovertarget=case-callback]")
    expect(page.locator("#id_callback-who-input")).to_be_focused()
    page.locator("#id_callback-number").fill("06 90 12 34 56")
    page.locator("#id_callback-question").fill("Waar blijft het besluit?")
    with page.expect_request(lambda sent: sent.method == "POST" and sent.url.endswith("/callbacks/new/")):
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Terugbelverzoek maken")).to_be_visible()  # nobody was chosen to call back
    assert not Outgoing.objects.exists()
    assert page.wrong == []


def test_beside_a_form_in_a_popover_the_key_does_nothing(as_person, noor, jansen, voorlijn, office, live_server):
    case = question(jansen, mailbox=make.mailbox(team=voorlijn))
    page = as_person(noor)
    page.goto(f"{live_server.url}/cases/{case.uuid}/")
    page.locator("#id_answer-text").fill("Wij zoeken het uit.")
    page.click("[popovertarget=case-menu]")
    page.locator("#case-menu [popovertarget]").first.focus()
    page.keyboard.press("Control+Enter")
    page.reload()
    assert not Outgoing.objects.exists()


def test_the_key_twice_on_the_last_miss_sends_nothing(as_person, rachid, last_try, live_server):
    page = as_person(rachid)
    page.goto(live_server.url + last_try.get_absolute_url())
    page.get_by_text("Geen gehoor", exact=True).click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Bericht", exact=True)).to_be_visible()
    page.evaluate(SETTLED)
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Alt+p")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Sluit af", exact=True).click()
    page.keyboard.press("Control+Enter")
    page.reload()
    expect(page.get_by_text("Stuur de klant een bericht of sluit af.")).to_be_visible()
    assert Callback.objects.get().is_open
    assert not Outgoing.objects.exists()


def test_giving_it_to_somebody_begins_in_the_first_field_and_the_key_saves(as_person, kees, callback, live_server):
    page = as_person(kees)
    page.goto(f"{live_server.url}{callback.get_absolute_url()}assign/")
    expect(page.locator("#id_who-input")).to_be_focused()
    page.locator("#id_reason").fill("Iemand anders heeft tijd.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#id_who-input")).to_have_attribute("aria-invalid", "true")  # sent, and nobody was chosen
    expect(page.locator("#id_reason")).to_have_value("Iemand anders heeft tijd.")
    assert page.wrong == []
