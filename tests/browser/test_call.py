"""A call comes in while somebody types: pushed by the real events process, seen at once, and nothing is taken away."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from contacts.models import Contact, Draft, Event
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED, standing_still
from tests.browser.look import AXE, RULES
from tests.browser.test_live import SILENCE, Events, events, listening
from tests.contacts.calls import Exchange, told
from tests.outside.ports import until

__all__ = ["Events", "events"]
pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "Mevrouw vraagt naar haar bezwaar"


@pytest.fixture
def exchange() -> Exchange:
    return Exchange.make()


@pytest.fixture
def desk(as_person, noor, exchange, office, live_server, events) -> Iterator[Page]:
    """Give the desk of Noor, who is typing."""
    page = as_person(noor)
    page.goto(live_server.url + "/")
    listening(page)
    page.locator("#id_text").press_sequentially(TYPED)
    yield page
    page.evaluate(SETTLED)


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def answered(noor, call: str = "1", **fields: str) -> dict:
    return told("answer", callId=call, answeringNumber=noor.username, **fields)


def test_a_call_is_seen_at_once_and_takes_neither_focus_nor_text(desk, exchange, jansen, noor):
    exchange.ring(queue="Parkeren")
    card = desk.locator("#screenpop").get_by_role("region", name="Inkomend gesprek")
    expect(card).to_contain_text("Anna Jansen")
    expect(desk).to_have_title("(1) Inkomend | Werkplek | Duinmeer")
    expect(desk.locator("#kcc-alert")).to_have_text("Inkomend gesprek van Anna Jansen, wachtrij Parkeren")
    assert focus(desk) == "id_text"
    desk.keyboard.type(", nu")
    expect(desk.locator("#id_text")).to_have_value(TYPED + ", nu")
    with standing_still(desk):
        exchange.push(told("hangup", cause="cancel"))
        expect(desk.get_by_text("Gemist gesprek")).to_be_visible()
    expect(card).to_have_count(0)
    expect(desk).to_have_title("Werkplek | Duinmeer")
    expect(desk.get_by_text("Gemist gesprek")).to_be_hidden()
    assert focus(desk) == "id_text"
    assert desk.wrong == []


def test_alt_a_opens_the_caller_and_keeps_the_draft(desk, exchange, jansen, noor, live_server):
    call = exchange.ring()
    expect(desk.locator("[data-key=answer]")).to_be_visible()
    desk.keyboard.press("Alt+a")
    desk.wait_for_url(f"**/customers/{jansen.uuid}/?call={call.uuid}")
    desk.evaluate(SETTLED)
    expect(desk.locator("#id_text")).to_have_value("")
    assert focus(desk) == "id_text"
    expect(desk.locator("#kcc-callbar")).to_contain_text("Neemt op")
    until(lambda: [draft.summary for draft in Draft.objects.all()] == [TYPED])  # sent by the page that was left
    exchange.push(answered(noor))
    expect(desk.locator("#kcc-callbar")).to_contain_text("In gesprek")
    expect(desk.locator("#kcc-presence")).to_contain_text("In gesprek")
    desk.keyboard.type("Wil teruggebeld worden.")
    exchange.push(told("hangup", cause="normalClearing"))
    expect(desk.locator("#kcc-callbar")).to_contain_text("Nawerk")
    assert focus(desk) == "id_text"
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("kcc-toast").first).to_contain_text("Contact opgeslagen")
    expect(desk.locator("#kcc-callbar section")).to_have_count(0)
    call.refresh_from_db()
    assert call.contact == Contact.objects.get(text="Wil teruggebeld worden.")
    desk.goto(live_server.url + "/")
    expect(desk.locator("#id_text")).to_have_value(TYPED)


def test_alt_a_goes_to_the_list_when_several_have_the_number(desk, exchange, jansen):
    make.customer("Bert", "Jansen", phone="06 90123456")
    exchange.ring()
    expect(desk.locator("[data-key=callers]")).to_be_visible()
    desk.keyboard.press("Alt+a")
    assert desk.evaluate("document.activeElement.dataset.key") == "callers"
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/*/?call=*")
    expect(desk.locator("h1")).to_have_text("Bert Jansen")


def test_a_colleague_answers_and_the_card_says_who(desk, exchange, jansen):
    make.user("sanne", first_name="Sanne", last_name="Bakker")
    exchange.ring()
    expect(desk.get_by_text("Anna Jansen", exact=True)).to_be_visible()
    with standing_still(desk):
        exchange.push(told("answer", answeringNumber="sanne"))
        expect(desk.get_by_text("Opgenomen door S. Bakker")).to_be_visible()
    expect(desk.get_by_text("Opgenomen door S. Bakker")).to_be_hidden()
    expect(desk.locator("#screenpop section")).to_have_count(0)


def test_who_picks_up_without_pressing_is_offered_to_open(desk, exchange, jansen, noor):
    exchange.ring()
    exchange.push(answered(noor))
    expect(desk.get_by_role("button", name="Openen Alt A", exact=True)).to_be_visible()
    expect(desk.locator("#kcc-callbar")).to_contain_text("In gesprek")
    expect(desk.locator("#id_text")).to_have_value(TYPED)


def test_without_the_stream_it_is_seen_by_asking(as_person, noor, exchange, jansen, office, live_server, events):
    page = as_person(noor)
    page.goto(live_server.url + "/")
    listening(page)
    events.die()
    expect(page.get_by_text("Verbinding verbroken").first).to_be_visible(timeout=SILENCE)
    exchange.ring()
    expect(page.locator("#screenpop")).to_contain_text("Anna Jansen")


def test_availability_changes_without_leaving_the_page(desk, exchange, noor):
    desk.locator("#kcc-presence").click()
    desk.locator("#kcc-availability").get_by_role("button", name="Pauze").click()
    expect(desk.locator("#kcc-presence")).to_have_text("Pauze")
    expect(desk.locator("#kcc-availability")).to_be_hidden()
    expect(desk.locator("#id_text")).to_have_value(TYPED)
    with desk.expect_response("**/calls/ringing/"):
        exchange.ring()
    desk.evaluate(SETTLED)
    expect(desk.locator("#screenpop section")).to_have_count(0)


def test_a_notification_is_switched_on_in_this_browser(desk, context, live_server):
    context.grant_permissions(["notifications"], origin=live_server.url)
    desk.locator("#kcc-presence").click()
    switch = desk.get_by_role("button", name="Melding buiten dit venster")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    desk.reload()
    expect(desk.locator("[data-notify=note]")).to_have_attribute("aria-pressed", "true")


def test_pressing_a_number_dials_at_once_and_writes_it_down(as_person, noor, jansen, office, live_server):
    page = as_person(noor)
    page.goto(f"{live_server.url}/customers/{jansen.uuid}/")
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")  # no telephone here
    with page.expect_response("**/calls/dialled/") as answer:
        page.locator('a[href="tel:+31690123456"]').first.click()
    assert answer.value.status == 204
    assert Event.objects.get(kind="number_dialled").customer == jansen


def test_dialling_a_callback_goes_to_how_it_went(as_person, rachid, jansen, office, live_server):
    callback = make.callback(make.contact(jansen, outcome="callback"), by=None)
    page = as_person(rachid)
    page.goto(live_server.url + callback.get_absolute_url())
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    page.locator('a[href="tel:+31690123456"]').first.click()
    assert page.evaluate("document.activeElement.dataset.key") == "attempt"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, noor, kees, jansen, exchange, office, live_server, scheme):
    size = {"width": 1280, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="nl-NL", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    noor.set_password("een-lang-wachtwoord-voor-tests")
    noor.is_staff = True
    noor.save()
    page.goto(live_server.url + "/accounts/login/")
    page.fill("[name=login]", "noor")
    page.fill("[name=password]", "een-lang-wachtwoord-voor-tests")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    make.customer("Bert", "de Vries", phone="06 90222222")
    exchange.ring("1", **{"from": "0690222222", "queue": "Parkeren"})
    exchange.push(told("hangup", cause="cancel"))
    states = [
        ("/", lambda: exchange.ring("2", queue="Parkeren")),
        ("/", lambda: exchange.ring("3", **{"from": "004930690123456"})),
        ("/calls/", lambda: exchange.push(answered(noor, "2"))),
        (reverse("contacts:customer", args=[jansen.uuid]), lambda: None),
        ("/knowledge/", lambda: exchange.push(told("hangup", callId="2", cause="normalClearing"))),
        ("/calls/?view=recent", lambda: None),
        ("/simulator/", lambda: None),
    ]
    found = {}
    for path, happens in states:
        happens()
        page.goto(live_server.url + path)
        page.evaluate(SETTLED)
        seen = AXE.run(page, options=RULES).response
        if wrong := {one["id"]: [node["html"][:200] for node in one["nodes"]] for one in seen["violations"]}:
            found[path] = wrong
    page.locator("#kcc-presence").click()
    seen = AXE.run(page, options=RULES).response
    context.close()
    assert found == {}
    assert [one["id"] for one in seen["violations"]] == []
