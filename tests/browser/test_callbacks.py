"""Calling down a list of callbacks: dial, write down how it went, on to the next; and from a mail in two clicks."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.worktime import LOCAL
from callbacks.models import Attempt, Callback, Cause, Postponement, Result
from contacts.models import Outgoing
from tests import make
from tests.browser.conftest import PASSWORD, SETTLED, hashed_password

pytestmark = pytest.mark.django_db(transaction=True)

HEADING = "() => document.querySelector('h1').innerText"


@pytest.fixture
def late(office, jansen):
    asked = make.contact(jansen, outcome="callback", topic=make.topic(team=make.team()))
    return make.callback(asked, due_at=timezone.now() - timedelta(hours=2), question="Is het bezwaar binnen?")


@pytest.fixture
def later(office):
    ben = make.contact(make.customer("Ben", "Vos"), outcome="callback", topic=make.topic("parkeerapp"))
    return make.callback(ben, question="Werkt de app weer?")


@pytest.fixture
def missed(late, rachid):
    """Three misses on two parts of a day."""
    for n in range(3):
        late.attempt(key=str(n), result=Result.NO_ANSWER, by=rachid)
    morning = datetime(2026, 1, 5, 9, 0, tzinfo=LOCAL)
    Attempt.objects.filter(pk=late.attempts.earliest("at").pk).update(at=morning)
    return late


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def open_page(page: Page, live_server, callback: Callback, view: str = "") -> None:
    page.goto(live_server.url + callback.get_absolute_url() + view)
    page.evaluate(SETTLED)


def test_up_and_down_the_list_without_going_back(as_person, rachid, late, later, live_server):
    page = as_person(rachid)
    page.goto(f"{live_server.url}/callbacks/?view=team")
    press(page, "ArrowDown", "Enter")
    page.wait_for_url(f"**{late.get_absolute_url()}?view=team")
    expect(page.get_by_text("1 van 2")).to_be_visible()
    with page.expect_navigation(url=f"**{later.get_absolute_url()}?view=team"):
        press(page, "Alt+ArrowDown")
    expect(page.get_by_text("2 van 2")).to_be_visible()
    with page.expect_navigation(url=f"**{late.get_absolute_url()}?view=team"):
        press(page, "Alt+ArrowUp")
    page.get_by_role("link", name="Terugbelverzoeken", exact=True).first.click()
    page.wait_for_url("**/callbacks/?view=team")
    assert page.wrong == []


def test_call_now_opens_and_dials_once(as_person, rachid, late, live_server):
    page = as_person(rachid)
    page.goto(f"{live_server.url}/callbacks/?view=team")
    with page.expect_request("**/dialled/") as dialled:
        page.get_by_role("link", name="Bel nu").click()
    assert "31690123456" in (dialled.value.post_data or "")
    here = f"{live_server.url}{late.get_absolute_url()}?view=team"
    expect(page).to_have_url(here)  # and no #bellen any more: renewing does not dial
    expect(page.locator("[data-key=attempt]")).to_be_focused()
    assert page.wrong == []


def test_the_key_for_an_attempt_works_on_a_row(as_person, rachid, late, live_server):
    page = as_person(rachid)
    page.goto(f"{live_server.url}/callbacks/?view=team")
    press(page, "ArrowDown", "Alt+p")
    page.wait_for_url(f"**{late.get_absolute_url()}?view=team")
    expect(page.locator("[data-key=attempt]")).to_be_focused()
    press(page, "Tab", "ArrowRight")
    expect(page.get_by_label("Geen gehoor")).to_be_checked()


def test_putting_off_by_keyboard(as_person, rachid, late, live_server):
    page = as_person(rachid)
    open_page(page, live_server, late)
    button = page.get_by_role("button", name="Uitstel", exact=True)
    button.focus()
    press(page, "Enter")
    expect(page.locator("#callback-postpone [name=until]").first).to_be_focused()
    press(page, "Space", "Tab")  # the first moment on offer
    page.keyboard.type("Is dan thuis.")
    press(page, "Enter")
    expect(page.get_by_text("Wacht op klant")).to_be_visible()
    expect(page.locator("#callback-state")).to_contain_text("afgesproken met de klant")
    assert Postponement.objects.get().reason == "Is dan thuis."
    assert page.wrong == []


def test_what_is_wrong_stands_open_with_what_was_typed(as_person, rachid, late, live_server):
    page = as_person(rachid)
    open_page(page, live_server, late)
    page.click("#callback-postpone-button")
    page.fill("#id_postpone-reason", "Is dan thuis.")
    press(page, "Enter")
    expect(page.get_by_text("Kies wanneer we uiterlijk bellen.")).to_be_visible()
    expect(page.locator("#id_postpone-reason")).to_have_value("Is dan thuis.")
    assert not Postponement.objects.exists()


def test_back_to_the_contact_centre_from_the_menu(as_person, rachid, voorlijn, late, later, live_server):
    page = as_person(rachid)
    open_page(page, live_server, late, "?view=team")
    page.locator("#callback-more-button").focus()
    press(page, "Enter")
    page.get_by_role("button", name="Terug naar KCC…").press("Enter")
    expect(page.locator("#id_give-back-reason")).to_be_focused()
    page.keyboard.type("Gaat over de aanslag.")
    press(page, "Enter")
    expect(page.get_by_text("Terug naar het KCC").first).to_be_visible()
    expect(page.get_by_role("link", name="Parkeerapp")).to_be_visible()  # the list, without what is no longer theirs
    expect(page.get_by_role("link", name="Bezwaar parkeervergunning")).to_be_hidden()
    late.refresh_from_db()
    assert (late.team, late.status) == (voorlijn, "returned")


def test_after_the_last_miss_a_letter_and_on_to_the_next(as_person, rachid, missed, later, live_server):
    page = as_person(rachid)
    open_page(page, live_server, missed, "?view=team")
    expect(page.get_by_text("Drie pogingen.")).to_be_visible()
    press(page, "Alt+p")
    expect(page.get_by_label("Stuur een bericht")).to_be_focused()
    press(page, "ArrowRight")
    expect(page.get_by_label("Toelichting")).to_be_visible()
    expect(page.get_by_label("Bericht", exact=True)).to_be_hidden()
    press(page, "ArrowLeft", "Tab", "Tab")
    press(page, "Control+End")
    page.keyboard.type(" Tot ziens.")
    press(page, "Control+Enter")
    expect(page.get_by_text("Bericht verstuurd, verzoek afgesloten").first).to_be_visible()
    page.wait_for_url(f"**{later.get_absolute_url()}?view=team")
    missed.refresh_from_db()
    assert missed.cancel_cause == Cause.MESSAGE
    assert "Tot ziens." in Outgoing.objects.get(kind="reply").body
    assert page.wrong == []


def test_a_warning_where_no_voicemail_may_be_left(as_person, rachid, late, live_server):
    Callback.objects.update(may_leave_voicemail=False)
    page = as_person(rachid)
    open_page(page, live_server, late)
    warning = page.get_by_text("De klant wil geen voicemail. Spreek niets in.")
    expect(warning).to_be_hidden()
    page.get_by_text("Voicemail ingesproken", exact=True).click()
    expect(warning).to_be_visible()


def test_from_the_mail_to_the_telephone_in_two_clicks(context, rachid, late, live_server):
    rachid.password = hashed_password()
    rachid.save()
    page = context.new_page()
    page.goto(live_server.url + late.get_absolute_url())  # the link in the mail, signed out
    page.fill("[name=login]", "rachid")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(f"**{late.get_absolute_url()}")
    with page.expect_request("**/dialled/"):
        page.get_by_role("link", name="Bel 06 90 12 34 56").click()
    expect(page.locator("[data-key=attempt]")).to_be_focused()
