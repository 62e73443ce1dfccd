"""The session ends while somebody types: the page stays, the text stays, and after signing in elsewhere one goes on."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, expect

from knowledge.models import Feedback, Gap
from tests import make
from tests.browser.conftest import PASSWORD, SETTLED

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "Je bent uitgelogd. Je tekst blijft in dit venster bewaard."


def over(page: Page) -> Any:
    return page.get_by_role("region", name="Sessie")


def again(context: BrowserContext, page: Page, who: str) -> None:
    """Sign in on the tab that the notice opens, and come back."""
    with context.expect_page() as opened:
        over(page).get_by_role("link", name="Log in op een nieuw tabblad").click()
    tab = opened.value
    tab.fill("[name=login]", who)
    tab.fill("[name=password]", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda url: "login" not in url)
    tab.close()
    page.bring_to_front()
    expect(over(page)).to_be_hidden()


def registering(page: Page, customer: Any, live_server: Any) -> Page:
    """Have a contact of this customer on the screen, to be typed."""
    page.goto(f"{live_server.url}/customers/{customer.uuid}/?draft=new")
    page.evaluate(SETTLED)
    return page


def test_what_is_wrong_with_an_article_is_sent_after_signing_in_again(
    context: BrowserContext, as_person: Any, noor: Any, office: Any, live_server: Any
) -> None:
    article = make.article("Paspoort aanvragen")
    page = as_person(noor)
    page.goto(live_server.url + article.get_absolute_url())
    page.evaluate(SETTLED)
    page.get_by_text("Nee, er klopt iets niet").click()
    field = page.locator("[name=text]")
    field.fill("De prijs is veranderd.")
    here = page.url
    Session.objects.all().delete()
    page.get_by_role("button", name="Melden").click()
    expect(over(page)).to_contain_text(SAID)
    expect(page.locator("#kcc-alert")).to_contain_text(SAID)
    expect(field).to_have_value("De prijs is veranderd.")
    again(context, page, noor.username)
    expect(field).to_have_value("De prijs is veranderd.")
    page.get_by_role("button", name="Melden").click()
    expect(page.get_by_label("Gebruik en terugkoppeling").get_by_text("Bedankt")).to_be_visible()
    assert Feedback.objects.get().text == "De prijs is veranderd."
    assert page.url == here
    assert page.wrong == []


def test_a_question_for_an_article_keeps_its_words(
    context: BrowserContext, as_person: Any, noor: Any, office: Any, live_server: Any
) -> None:
    page = as_person(noor)
    page.goto(live_server.url + "/knowledge/?q=zeppelin")
    page.evaluate(SETTLED)
    page.fill("#vraag-artikel [name=note]", "Voor een bewoner die landt.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Vraag om dit artikel").click()
    expect(over(page)).to_be_visible()
    again(context, page, noor.username)
    page.get_by_role("button", name="Vraag om dit artikel").click()
    expect(page.get_by_text("is naar de redactie").first).to_be_visible()
    assert (Gap.objects.get().query, Gap.objects.get().note) == ("zeppelin", "Voor een bewoner die landt.")


def test_a_contact_is_saved_after_signing_in_again(
    context: BrowserContext, as_person: Any, noor: Any, jansen: Any, office: Any, live_server: Any
) -> None:
    page = registering(as_person(noor), jansen, live_server)
    text = page.get_by_label("Vraag en antwoord")
    text.focus()
    with page.expect_response("**/drafts/**"):
        page.keyboard.type("V")
    page.keyboard.type("ijf minuten gesproken over het bezwaar")
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    expect(over(page)).to_contain_text(SAID)
    expect(text).to_have_value("Vijf minuten gesproken over het bezwaar")
    again(context, page, noor.username)
    text.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    assert jansen.contacts.get().text == "Vijf minuten gesproken over het bezwaar"


def test_what_helps_while_typing_never_leaves_the_page(
    context: BrowserContext, as_person: Any, noor: Any, jansen: Any, office: Any, live_server: Any
) -> None:
    page = registering(as_person(noor), jansen, live_server)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/knowledge/" in one.url else None)
    Session.objects.all().delete()
    text = page.get_by_label("Vraag en antwoord")
    text.focus()
    page.keyboard.type("Mevrouw belt over")
    expect(over(page)).to_be_visible()
    page.keyboard.type(" haar paspoort 999990019", delay=20)
    page.locator("#kennis-zoek").fill("paspoort")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('hint-menu', {bubbles: true}))")
    expect(text).to_have_value("Mevrouw belt over haar paspoort 999990019")
    assert page.url.endswith("?draft=new")
    assert page.locator("kcc-toast").count() == 0
    before = len(asked)
    page.locator("#kennis-zoek").fill("rijbewijs")
    page.keyboard.press("Control+k")
    page.keyboard.type("jansen")
    expect(page.get_by_role("dialog", name="Zoek overal")).to_contain_text("Je bent uitgelogd")
    page.keyboard.press("Escape")
    again(context, page, noor.username)
    assert len(asked) == before  # what nobody pressed asks no more
    expect(text).to_have_value("Mevrouw belt over haar paspoort 999990019")
    page.keyboard.press("Control+Enter")
    expect(page.locator("kcc-toast").get_by_text("Contact opgeslagen")).to_be_visible()
    assert jansen.contacts.get().text == "Mevrouw belt over haar paspoort 999990019"
    assert page.wrong == []
