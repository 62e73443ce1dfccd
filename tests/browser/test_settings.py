"""Settings with a real keyboard: what a norm means while typing, and a warning for who leaves without saving."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from accounts.models import Absence, OpeningHours
from contacts.models import Norm, Question
from tests import make
from tests.browser.conftest import SETTLED

pytestmark = pytest.mark.django_db(transaction=True)


def warned(page: Page) -> list[str]:
    """Give the kinds of dialogs that come from now on; each is answered with: stay here."""
    seen: list[str] = []

    def answer(dialog: Dialog) -> None:
        seen.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    return seen


def test_a_norm_shows_what_it_means_while_typing_and_is_saved_by_keyboard(as_person, beheer, live_server):
    make.office()
    page = as_person(beheer)
    page.goto(f"{live_server.url}/settings/norms/")
    meaning = page.get_by_role("region", name="Wat betekent dit?")
    before = meaning.inner_text()
    page.get_by_label("Aantal").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("9")
    expect(meaning).not_to_have_text(before)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Opgeslagen").first).to_be_visible()
    assert Norm.objects.filter(amount=9).exists()
    assert page.wrong == []


def test_who_leaves_without_saving_is_warned(as_person, beheer, live_server):
    make.office()
    page = as_person(beheer)
    page.goto(f"{live_server.url}/settings/hours/")
    page.evaluate(SETTLED)
    seen = warned(page)
    first = page.get_by_label("Maandag open vanaf, tijdvak 1")
    first.fill("09:15")
    page.get_by_role("link", name="Afdelingen").click()
    expect(first).to_have_value("09:15")
    assert seen == ["beforeunload"]
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Opgeslagen").first).to_be_visible()
    page.get_by_role("link", name="Afdelingen").click()
    page.wait_for_url("**/settings/teams/")
    assert seen == ["beforeunload"]
    assert str(OpeningHours.week()[0][0][0]) == "09:15:00"
    assert page.wrong == []


def test_what_is_put_back_as_it_was_needs_no_saving(as_person, beheer, live_server):
    make.office()
    page = as_person(beheer)
    page.goto(f"{live_server.url}/settings/policy/")
    page.evaluate(SETTLED)
    seen = warned(page)
    field = page.get_by_label("Aantal pogingen")
    for value in ("5", "3"):
        field.fill(value)
    for name, path in (("Servicenormen", "norms"), ("Openingstijden", "hours"), ("Afwezigheid", "absence"),
                       ("Afdelingen", "teams")):  # fmt: skip
        page.get_by_role("navigation", name="Instellingen").get_by_role("link", name=name).click()
        page.wait_for_url(f"**/settings/{path}/")
        page.evaluate(SETTLED)
    assert seen == []


def test_a_lead_sees_where_the_work_goes_before_saving(as_person, kees, rachid, live_server):
    make.office()
    make.callback(make.contact(outcome="callback")).assign(
        team=make.team("Parkeren"), assignee=rachid, reason="", by=None
    )
    page = as_person(kees)
    page.goto(f"{live_server.url}/settings/absence/")
    page.get_by_role("combobox", name="Medewerker").fill("Rachid")
    page.get_by_role("option", name="Rachid Yilmaz").click()
    expect(page.get_by_text("1 open terugbelverzoek gaat terug naar Parkeren.")).to_be_visible()
    assert not Absence.objects.exists()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("button", name="Is er weer")).to_be_visible()
    assert Absence.objects.get().user == rachid
    assert page.wrong == []


def test_choices_are_asked_with_the_answer_that_has_them(as_person, beheer, parkeren, live_server):
    page = as_person(beheer)
    page.goto(f"{live_server.url}/settings/questions/new/")
    choices = page.get_by_label("Keuzes")
    expect(choices).not_to_be_visible()
    page.get_by_label("Antwoord").select_option("choice")
    choices.fill("Groen\nBlauw")
    page.get_by_label("Antwoord").select_option("line")
    expect(choices).not_to_be_visible()
    page.get_by_label("Antwoord").select_option("choice")
    expect(choices).to_have_value("Groen\nBlauw")
    page.get_by_role("textbox", name="Vraag").fill("Welke kleur?")
    page.get_by_label("Afdeling").select_option(label="Parkeren")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Opgeslagen").first).to_be_visible()
    assert Question.objects.get().options == ["Groen", "Blauw"]
    assert page.wrong == []
