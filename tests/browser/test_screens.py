"""Every screen, light and dark: axe finds nothing, the console is silent, nothing comes from elsewhere."""

from collections.abc import Iterator

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import signing
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from contacts.views.web import SALT
from knowledge.website import address
from tests.browser.conftest import PASSWORD, PATIENCE
from tests.browser.leading import administrator_sees, keeper_sees, lead_sees
from tests.browser.look import WIDE, Look, enter, quiet_stream, refused
from tests.browser.town import Town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def context(browser: Browser, theme: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=WIDE,  # type: ignore[arg-type]
        color_scheme=theme,  # type: ignore[arg-type]
        locale="nl-NL",
        reduced_motion="reduce",  # nothing is looked at while it moves
    )
    context.set_default_timeout(PATIENCE)
    context.route("**/events/*", quiet_stream)
    yield context
    context.close()


def send_a_form_too_late(page: Page) -> None:
    page.evaluate("""() => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: '/contacts/register/' });
      form.innerHTML = '<input name="text" value="Een lang verhaal">';
      document.body.append(form);
      form.submit();
    }""")
    page.wait_for_url("**/contacts/register/")


def test_every_screen(context, theme, as_user, noor, kees, rachid, marit, beheer, live_server, settings):
    settings.EVENTS_URL = "/events/"
    town, home = Town.make(noor, kees, rachid), live_server.url
    User.objects.update(theme=theme)
    kees.set_password(PASSWORD)
    kees.save()
    TOTP.activate(kees, generate_totp_secret())
    RecoveryCodes.activate(kees)
    look = Look(context.new_page(), home, theme)

    visitor_sees(look)
    citizen_sees(look, town)
    enter(context, as_user, noor, home, proven=True)
    agent_sees(look, town)
    enter(context, as_user, rachid, home)
    specialist_sees(look, town)
    enter(context, as_user, kees, home, proven=True)
    lead_sees(look, town)
    enter(context, as_user, marit, home)
    keeper_sees(look, town, marit)
    enter(context, as_user, beheer, home)
    administrator_sees(look, town)
    assert look.wrong == [], "\n" + "\n".join(look.wrong)


def visitor_sees(look: Look) -> None:
    def wrong_password(page: Page) -> None:
        page.fill("[name=login]", "kees")
        page.fill("[name=password]", "klopt-niet")
        page.keyboard.press("Enter")
        page.get_by_text("klopt niet").wait_for()

    def first_step(page: Page) -> None:
        page.fill("[name=login]", "kees")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/2fa/authenticate/**")

    def choose_topic(page: Page) -> None:
        page.get_by_label("Waar gaat uw vraag over?").select_option(index=1)
        page.get_by_label("Vraag: datum").wait_for()

    look.at("login", "/accounts/login/")
    look.at("session ended while typing", act=send_a_form_too_late)
    look.at("login, wrong password", "/accounts/login/", wrong_password)
    look.at("code of the app", "/accounts/login/", first_step)
    look.at("forgotten password", "/accounts/password/reset/")
    look.at("public form", "/contact/")
    look.at("public form, what a topic asks", act=choose_topic)
    look.at("public form, wrong", act=refused("Versturen"))
    look.at("public form, in a frame", "/contact/?embed=1")
    look.at("public callback", "/contact/terugbellen/")
    look.at("public callback, what a topic asks and when", act=choose_topic)
    look.at("public callback, wrong", act=refused("Bel mij"))
    look.at("public callback, in a frame", "/contact/terugbellen/?embed=1")
    told = signing.dumps([timezone.now().isoformat(), "Parkeren", "dinsdag, 10:30"], salt="kcc.callback-received")
    look.at("public callback, received", f"/contact/terugbellen/received/{told}/")
    look.at("public form, received", f"/contact/received/{signing.dumps('Z-2026-10001', salt=SALT)}/")


def citizen_sees(look: Look, town: Town) -> None:
    """The public site, which has no script: what it shows comes from the server alone."""

    def say_too_much(page: Page) -> None:
        page.evaluate("() => document.querySelector('textarea').removeAttribute('maxlength')")
        page.fill("textarea", "x" * 1001)
        page.get_by_role("button", name="Versturen").click()
        page.get_by_role("alert").wait_for()

    url, theme = address.of_article(town.article), address.of_theme(town.article.topic.parent)
    look.at("public site", "/kennis/")
    look.at("public site, in English", "/kennis/?lang=en")
    look.at("public site, a theme", theme)
    look.at("public site, found", "/kennis/zoeken/?q=bezwaar")
    look.at("public site, nothing found", "/kennis/zoeken/?q=xyzzy")
    look.at("public site, an article", url)
    look.at("public site, it did not help", f"{url}hielp/")
    look.at("public site, wrong", act=say_too_much)
    look.at("public site, thanks", f"{url}bedankt/")
    look.at("public site, not there", "/kennis/nooit-0123456789ab/", status=404)


def agent_sees(look: Look, town: Town) -> None:
    def search(page: Page) -> None:
        page.fill("#klantzoeken", "amrani")
        page.get_by_role("heading", name="Zoek op naam").wait_for()

    def save_nothing(page: Page) -> None:
        page.keyboard.press("Control+Enter")
        page.locator("[aria-invalid=true]").first.wait_for()

    def look_up(page: Page) -> None:
        page.fill("#kennis-zoek", "bezwaar")
        page.locator("#kennis-resultaten").get_by_text("Bezwaar maken tegen een parkeerbesluit").wait_for()

    def use_it(page: Page) -> None:
        page.click("[data-key=used]")
        page.get_by_text("Gekoppeld om").first.wait_for()

    def insert_an_article(page: Page) -> None:
        page.locator("summary", has_text="Artikel invoegen").click()
        page.locator("[data-hits] button").first.wait_for()

    def news_tab(page: Page) -> None:
        page.get_by_role("tab", name="Wat is nieuw").click()
        page.locator("#nieuws-kort").get_by_role("link", name="Bericht over news").wait_for()

    def put_through_to_nobody(page: Page) -> None:
        page.click("#case-transfer-button")
        page.locator("#case-transfer").get_by_role("button", name="Doorzetten", exact=True).click()
        page.locator("[data-errors]").first.wait_for()

    def ask_a_callback(page: Page) -> None:
        page.keyboard.press("Alt+t")
        page.get_by_label("Terugbelnummer").wait_for()

    def ask_from_the_case(page: Page) -> None:
        page.click("#case-more")
        page.click("[popovertarget=case-callback]")
        page.locator("#case-callback").get_by_text("hoort al").wait_for()

    def ask_without_a_number(page: Page) -> None:
        page.get_by_label("Terugbelnummer").fill("")
        page.get_by_role("button", name="Terugbelverzoek opslaan").click()
        page.locator("[aria-invalid=true]").first.wait_for()

    def open_entries(page: Page) -> None:
        for entry in page.locator("#tijdlijn summary").all()[:6]:
            entry.click()
        page.locator("#tijdlijn").get_by_text("Alle details").first.wait_for()

    def colleagues(page: Page) -> None:
        page.get_by_role("tab", name="Collega").click()
        page.get_by_text("Rachid Yilmaz").wait_for()

    def search_all(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("amrani")
        page.get_by_role("option", name="Fatima").first.wait_for()

    def open_palette(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.get_by_role("dialog", name="Zoek overal").get_by_text("Op deze pagina").wait_for()

    customer = f"/customers/{town.customer.uuid}/"
    contact = town.customer.contacts.earliest("happened_at")
    look.at("desk", "/")
    look.at("bell", act=lambda page: page.click("#kcc-bell-button"))
    look.at("own menu", act=lambda page: page.click("[popovertarget=kcc-me]"))
    look.at("keys", act=lambda page: page.keyboard.press("Control+/"))
    look.at("customer", customer)
    look.at("customer, with the knowledge base", act=look_up)
    look.at("customer, with a callback", act=ask_a_callback)
    look.at("customer, entries opened", customer, open_entries)
    look.at("customer, colleagues", act=colleagues)
    look.at("palette", act=open_palette)
    look.at("palette, found", customer, search_all)
    look.at("customer, wrong form", customer, save_nothing)
    for tab in ("cases", "callbacks", "details", "notes"):
        look.at(f"customer, {tab}", f"{customer}?tab={tab}")
    look.at("change customer", f"{customer}change/")
    look.at("search", "/customers/")
    look.at("search, found", act=search)
    look.at("new customer", "/customers/new/")
    look.at("visits", "/visits/")
    look.at("visits, nothing chosen", act=refused("Opslaan"))
    look.at("same customer", f"{customer}merge/")
    look.at("same customer, side by side", f"{customer}merge/{town.twin.uuid}/")
    look.at("cases", "/cases/")
    look.at("cases, all", "/cases/?view=all")
    look.at("cases, chosen", act=lambda page: page.locator("[name=chosen]").first.check(force=True))
    look.at("cases, chosen, close", act=lambda page: page.locator("[popovertarget=bulk-close]").click())
    look.at("cases, filtered", "/cases/?view=all&channel=phone")
    look.at("cases, nothing", "/cases/?view=snoozed")
    look.at("cases, closed", "/cases/?view=closed")
    look.at("case", f"/cases/{town.case.uuid}/")
    look.at("case, menu", act=lambda page: page.click("#case-more"))
    look.at("case, put off", act=lambda page: page.click("[popovertarget=case-snooze]"))
    look.at("case, callback", f"/cases/{town.case.uuid}/", ask_from_the_case)
    look.at("callback of a contact", f"/callbacks/new/?contact={contact.uuid}")
    look.at("callback of a contact, wrong", act=ask_without_a_number)
    look.at("case, facts", f"/cases/{town.case.uuid}/", lambda page: page.click("#case-facts-button"))
    look.at("case, put through", f"/cases/{town.case.uuid}/", put_through_to_nobody)
    look.at("contact", f"/contacts/{contact.uuid}/")
    look.at("contact, correct", f"/contacts/{contact.uuid}/correct/")
    look.at("contacts without a customer", "/contacts/unmatched/")
    look.at("callbacks I asked for", "/callbacks/?view=asked")
    look.at("callbacks that came back", "/callbacks/?view=returned")
    look.at("callback that came back", f"/callbacks/{town.back.uuid}/?view=returned")
    look.at("hand on a callback", f"/callbacks/{town.back.uuid}/assign/?view=returned")
    look.at("colleagues", "/colleagues/?q=a")
    look.at("knowledge", "/knowledge/?q=bezwaar")
    look.at("knowledge, nothing", "/knowledge/?q=zeppelin")
    look.at("knowledge, filtered", "/knowledge/?q=bezwaar&audience=citizens&state=public")
    look.at("article", f"/knowledge/{town.article.uuid}/?q=bezwaar")
    look.at("article, used", act=use_it)
    look.at("article, something is wrong", act=lambda page: page.click(".kcc-helped__no > summary"))
    look.at("article, wrong", act=refused("Melden"))
    look.at("case, insert an article", f"/cases/{town.case.uuid}/", insert_an_article)
    look.at("articles to insert", "/knowledge/insert/?q=bezwaar")
    look.at("news", "/knowledge/news/")
    look.at("news, nothing", "/knowledge/news/?q=zeppelin")
    look.at("news, unread beside the form", "/", news_tab)
    look.at("reading list", "/knowledge/reading/")
    look.at("notifications", "/accounts/notifications/")
    look.at("settings", "/accounts/settings/")
    look.at("password", "/accounts/password/change/")
    look.at("log out", "/accounts/logout/")
    look.at("two steps", "/accounts/2fa/")
    look.at("two steps, begin", "/accounts/2fa/totp/activate/")
    look.at("403", "/insights/callbacks/", status=403)
    look.at("404", "/cases/niets/", status=404)
    look.at("form too old", "/", send_a_form_too_late)


def specialist_sees(look: Look, town: Town) -> None:
    def miss(page: Page) -> None:
        page.get_by_text("Geen gehoor", exact=True).click()
        page.get_by_text("Poging opslaan").wait_for()

    def put_off_to_nothing(page: Page) -> None:
        page.click("#callback-postpone-button")
        page.locator("#callback-postpone").get_by_role("button", name="Uitstel vastleggen").click()
        page.locator("[data-errors]").wait_for()

    def cancel(page: Page) -> None:
        page.click("#callback-more-button")
        page.click("[popovertarget=callback-cancel]")

    look.at("callbacks of the team", "/callbacks/?view=team")
    look.at("callback, late", f"/callbacks/{town.late.uuid}/")
    look.at("callback, no answer", act=miss)
    look.at("callback, spoken", act=lambda page: page.get_by_text("Gesproken", exact=True).click())
    look.at("callback, three tries", f"/callbacks/{town.tried.uuid}/?view=team")
    look.at("callback, three tries, close", act=lambda page: page.get_by_text("Sluit af", exact=True).click())
    look.at("callback, three tries, again", act=lambda page: page.get_by_text("Toch nog een poging").click())
    look.at("callback, postponed", f"/callbacks/{town.waits.uuid}/?view=team")
    look.at("callback, no voicemail", act=lambda page: page.get_by_text("Voicemail ingesproken", exact=True).click())
    look.at("callback, put off", act=lambda page: page.click("#callback-postpone-button"))
    look.at("callback, put off wrong", f"/callbacks/{town.waits.uuid}/", put_off_to_nothing)
    look.at("callback, menu", f"/callbacks/{town.late.uuid}/", lambda page: page.click("#callback-more-button"))
    look.at("callback, give back", act=lambda page: page.click("[popovertarget=callback-give-back]"))
    look.at("callback, cancel", f"/callbacks/{town.late.uuid}/", cancel)
    look.at("callback, completed", f"/callbacks/{town.done.uuid}/")
    look.at("assign", f"/callbacks/{town.late.uuid}/assign/")
    look.at("password again", "/accounts/2fa/totp/activate/")
    look.at("customer, read only", f"/customers/{town.customer.uuid}/")
