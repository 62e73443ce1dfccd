"""Answering without a mouse: type, a template, look at what is held up, send, take back; and what a mail may not do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, expect

from accounts.models import User
from contacts import files as store
from contacts.models import Attachment, Case, Contact, Customer, Draft, Mailbox, Outgoing, ReplyTemplate
from contacts.models.answer import answer, withdraw
from tests import make
from tests.browser.conftest import PATIENCE, SETTLED
from tests.browser.look import Look, enter, quiet_stream
from tests.contacts.letters import letter, mail, question

pytestmark = pytest.mark.django_db(transaction=True)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
PASTE = """(bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], 'schermafdruk.png', { type: 'image/png' }));
  const field = document.querySelector('#id_answer-text');
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
NASTY = """<p id="hallo">Hallo</p><script>top.document.title = 'gekaapt'</script><img src="x" onerror="alert(1)">
<img src="https://volger.voorbeeld.nl/pixel.png" width="80" height="40"><img src="cid:logo@x">
<form action="https://elders.nl"><input name="q"></form><a href="javascript:alert(1)">klik</a>"""


@pytest.fixture
def box(voorlijn: Any, office: None) -> Mailbox:
    return make.mailbox(team=voorlijn)


@pytest.fixture
def case(jansen: Customer, box: Mailbox) -> Case:
    return question(jansen, mailbox=box)


def open_case(page: Page, case: Case, live_server: Any) -> None:
    page.goto(f"{live_server.url}/cases/{case.uuid}/")
    page.evaluate(SETTLED)


def kept(page: Page) -> None:
    """Wait until everything that was typed is on the server."""
    page.wait_for_function("() => [...document.querySelectorAll('kcc-draft')].every((draft) => !draft.dirty)")


def leave(page: Page) -> None:
    """End only when everything that was typed is on the server: the database is emptied right after."""
    kept(page)
    page.evaluate(SETTLED)
    assert page.wrong == []  # type: ignore[attr-defined]


def text_of(page: Page) -> str:
    return page.locator("#id_answer-text").input_value()


def test_a_mail_is_answered_by_keyboard_and_taken_back(as_person, noor: User, case: Case, live_server) -> None:
    ReplyTemplate.objects.create(name="Ontvangst bevestigen", text="{aanhef},\n\nUw kenmerk is {kenmerk}.")
    ReplyTemplate.objects.create(name="Iets anders", text="x")
    page = as_person(noor)
    open_case(page, case, live_server)
    page.keyboard.press("Alt+n")
    expect(page.locator("#id_answer-text")).to_be_focused()
    page.keyboard.type("::")
    expect(page.get_by_placeholder("Zoek sjabloon")).to_be_focused()
    page.keyboard.type("bevest")
    page.keyboard.press("Enter")
    expect(page.locator("#id_answer-text")).to_be_focused()
    expect(page.locator("#id_answer-text")).to_have_value(f"Beste Anna Jansen,\n\nUw kenmerk is {case.reference}.")
    page.keyboard.type("\n\nZie de bijlage.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Je noemt een bijlage, maar er is geen bestand toegevoegd.")).to_be_visible()
    page.evaluate(SETTLED)  # it may have been said while typing; until the letter is refused its buttons do nothing
    assert not Outgoing.objects.exists()
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast", has_text="Wordt verstuurd aan Anna Jansen")).to_be_visible()
    page.evaluate(SETTLED)
    assert Outgoing.objects.get().status == "waiting"
    assert not Draft.objects.exists()
    undo = page.get_by_role("button", name="Ongedaan maken")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_answer-text")).to_have_value(re.compile("Zie de bijlage.$"))
    assert Outgoing.objects.get().status == "withdrawn"
    leave(page)


def test_what_is_typed_survives_a_reload_and_another_browser(
    as_person, browser: Browser, as_user, noor: User, case: Case, live_server
) -> None:
    page = as_person(noor)
    open_case(page, case, live_server)
    page.locator("#id_answer-text").click()
    page.keyboard.type("Half af")
    page.reload()
    page.evaluate(SETTLED)
    expect(page.locator("#id_answer-text")).to_have_value("Half af")
    expect(page.get_by_text(re.compile(r"Concept bewaard om \d\d:\d\d"))).to_be_visible()
    kept(page)
    other = browser.new_context(locale="nl-NL")
    enter(other, as_user, noor, live_server.url)
    elsewhere = other.new_page()
    open_case(elsewhere, case, live_server)
    assert text_of(elsewhere) == "Half af"
    other.close()
    leave(page)


def test_people_are_chips_that_keys_add_and_take_away(as_person, noor: User, case: Case, live_server) -> None:
    page = as_person(noor)
    open_case(page, case, live_server)
    entry, typed = page.locator("#id_answer-to-entry"), page.locator("#id_answer-to")
    chips = page.locator(".kcc-edit__row", has=entry).locator(".kcc-addr")
    expect(chips).to_have_text(["Anna Jansen"])
    entry.click()
    page.keyboard.type("Boer, Jan de <jan@elders.nl>; kees@elders.nl,")
    expect(chips).to_have_count(3)
    expect(chips.nth(1)).to_have_class(re.compile("is-warn"))
    page.keyboard.press("Backspace")
    expect(entry).to_have_value("kees@elders.nl")
    page.keyboard.press("Enter")
    expect(chips).to_have_count(3)
    page.get_by_role("button", name="Haal jan@elders.nl weg").focus()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(2)
    expect(page.get_by_role("button", name="Weghalen")).to_have_count(1)
    assert typed.input_value() == "Anna Jansen <a.jansen@voorbeeld.nl>, kees@elders.nl"
    page.get_by_role("button", name="Weghalen").click()
    expect(chips).to_have_text(["Anna Jansen"])
    leave(page)


def test_a_screenshot_is_pasted_into_the_answer(as_person, noor: User, case: Case, live_server) -> None:
    page = as_person(noor)
    open_case(page, case, live_server)
    page.locator("#id_answer-text").fill("Kijk maar")
    page.evaluate(PASTE, list(PNG))
    file = page.locator("#bijlagen .kcc-file", has_text="schermafdruk.png")
    expect(file).to_be_visible()
    assert Attachment.objects.get().draft.values()["text"] == "Kijk maar"
    page.get_by_role("button", name="Haal schermafdruk.png weg").click()
    expect(file).to_have_count(0)
    assert text_of(page) == "Kijk maar"
    leave(page)


def test_answering_all_keeps_what_was_typed(as_person, noor: User, jansen: Customer, box: Mailbox, live_server) -> None:
    case = question(jansen, mailbox=box, cc=[["Partner", "partner@voorbeeld.nl"]])
    page = as_person(noor)
    open_case(page, case, live_server)
    page.locator("#id_answer-text").fill("Mijn tekst")
    page.locator(".kcc-tools summary", has_text="Beantwoorden").click()
    page.locator(".kcc-tools").get_by_role("button", name="Allen beantwoorden").click()
    expect(page.locator(".kcc-addr", has_text="Partner")).to_be_visible()
    assert text_of(page) == "Mijn tekst"
    leave(page)


def test_a_new_message_shows_while_typing(as_person, noor: User, case: Case, jansen: Customer, live_server) -> None:
    page = as_person(noor)
    open_case(page, case, live_server)
    page.locator("#id_answer-text").fill("Mijn tekst")
    mail(case, customer=jansen, text="Laat maar, het is opgelost.")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('hint-cases', { bubbles: true }))")
    expect(page.locator(".kcc-warns")).to_contain_text("Laat maar, het is opgelost.")
    expect(page.locator("#berichten")).to_contain_text("Laat maar, het is opgelost.")
    assert text_of(page) == "Mijn tekst"
    leave(page)


def test_a_mail_in_its_frame_runs_asks_and_leads_nowhere(
    as_person, noor: User, jansen: Customer, box: Mailbox, live_server
) -> None:
    case = question(jansen, mailbox=box, html=NASTY)
    Attachment.objects.create(
        contact=case.contacts.get(), name="logo.png", content_type="image/png", content_id="logo@x", is_inline=True,
        size=len(PNG), sha256=store.keep(PNG),
    )  # fmt: skip
    page, asked = as_person(noor), []

    def watch(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:")) and "/events/" not in request.url:
            asked.append(request.url)

    page.on("request", watch)
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    open_case(page, case, live_server)
    title = page.title()
    page.get_by_text("Opgemaakte versie", exact=True).click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#hallo")).to_have_count(0)
    expect(frame.get_by_text("Hallo")).to_be_visible()
    expect(frame.locator("img[src^='data:']")).to_have_js_property("naturalWidth", 1)
    expect(frame.locator("form, script, iframe")).to_have_count(0)
    page.evaluate(SETTLED)
    assert (page.title(), asked) == (title, [])
    with page.expect_request("https://volger.voorbeeld.nl/pixel.png"):
        page.get_by_role("link", name="Toon", exact=True).click()


def test_a_note_is_written_on_amber_and_stays_in_the_house(as_person, noor: User, case: Case, live_server) -> None:
    page = as_person(noor)
    open_case(page, case, live_server)
    page.locator("#id_answer-text").fill("Mijn antwoord")
    page.get_by_role("link", name="Intern overleg").click()
    expect(page.locator("#id_note-text")).to_be_focused()
    page.keyboard.type("Even navragen.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".kcc-mail--note")).to_contain_text("Even navragen.")
    expect(page.locator("#id_answer-text")).to_have_value("Mijn antwoord")
    assert not Outgoing.objects.exists()
    leave(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens_of_answering(browser: Browser, as_user, noor, jansen, box, live_server, settings, theme) -> None:
    settings.EVENTS_URL = "/events/"
    User.objects.update(theme=theme)
    ReplyTemplate.objects.create(name="Ontvangst", text="{aanhef},")
    case = busy_case(jansen, box, noor)
    context = browser.new_context(color_scheme=theme, locale="nl-NL", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.route("**/events/*", quiet_stream)
    enter(context, as_user, noor, live_server.url)
    look = Look(context.new_page(), live_server.url, theme)

    def hold_up(page: Page) -> None:
        page.locator(".kcc-edit__more summary").click()
        page.locator("#id_answer-to-entry").fill("vreemd@elders.nl")
        page.locator("#id_answer-text").fill("Zie de bijlage voor {bedrag}.")
        page.get_by_text("Je noemt een bijlage").wait_for()

    def unfold(page: Page) -> None:
        page.locator("#eerder > summary").click()
        page.get_by_text("De eerste vraag", exact=True).wait_for()

    look.at("case with all that can happen to an answer", f"/cases/{case.uuid}/")
    look.at("case, unfolded", act=unfold)
    look.at("case, held up", act=hold_up)
    look.at("case, templates", act=lambda page: page.locator("[data-templates] summary").click())
    look.at("case, a note", f"/cases/{case.uuid}/?note")
    look.at("whole thread", f"/cases/{case.uuid}/thread/?all")
    look.at("letter to a customer", f"/customers/{jansen.uuid}/mail/")
    context.close()
    assert look.wrong == [], "\n" + "\n".join(look.wrong)


def busy_case(jansen: Customer, box: Mailbox, noor: User) -> Case:
    """Make a case in which an answer was sent, came back, is uncertain, waits, or was taken back."""
    now = timezone.now()
    case = question(jansen, mailbox=box, text="De eerste vraag", happened_at=now - timedelta(days=4))
    first = answer(case, letter(case, mailbox=box), key="a", by=noor)
    Contact.objects.filter(pk=first.pk).update(happened_at=now - timedelta(days=3))
    first.outgoing.update(done_at=now, attempts=1)
    about = mail(
        case, customer=jansen, text="De tweede vraag", quoted="eerder\ngeschreven", html="<p>De tweede</p>",
        cc=[["Partner", "partner@voorbeeld.nl"]], happened_at=now - timedelta(days=2),
    )  # fmt: skip
    for name, kind in (("aanslag.pdf", "application/pdf"), ("foto.png", "image/png")):
        Attachment.objects.create(contact=about, name=name, content_type=kind, size=len(PNG), sha256=store.keep(PNG))
    case.note("Even navragen.", by=noor)
    written = letter(case, mailbox=box, about=about, cc=[("", "fout@voorbeeld.nl")])
    partly = answer(case, written, key="b", by=noor)
    partly.outgoing.filter(role="to").update(done_at=now, delivered_at=now, attempts=1)
    partly.outgoing.get(role="cc").come_back("550 5.1.1 bestaat niet", at=now)
    unsure = answer(case, letter(case, mailbox=box, about=about, text="Onzeker"), key="c", by=noor)
    unsure.outgoing.update(handed_over_at=now, parked_at=now, attempts=1, last_error="Verzending onzeker: brak af.")
    answer(case, letter(case, about=about, text="Later", not_before=now + timedelta(days=2)), key="d", by=noor)
    withdraw(answer(case, letter(case, about=about, text="Toch niet"), key="e", by=noor), by=noor)
    mail(case, customer=jansen, text="Ik ben er niet.", automatic="auto_reply")
    Draft.objects.all().delete()
    return case
