"""Every screen, light and dark: axe finds nothing, the console is silent, nothing comes from elsewhere."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as house
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

from accounts.models import Absence, ClosingDay, Notification, User
from callbacks.models import Attempt, Callback, Handover, Postponement, Result
from contacts.models import Case, Customer, Draft, Merge, Norm, Question
from contacts.views.web import SALT
from knowledge.models import Article, ArticleRead, Bulletin, Feedback, Gap, Link, ReadingList, Searching, Version
from knowledge.website import address
from tests import make
from tests.browser.conftest import PASSWORD, PATIENCE, SETTLED

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations", "incomplete"]}
AXE = Axe()
# What reaches past the right edge and is not clipped or scrolled by something around it.
STICKS_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.body.querySelectorAll('*')].filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5)
  .map((node) => `${node.localName}.${node.className} ${Math.round(node.getBoundingClientRect().right)}`).slice(0, 8)"""

# Rules for a narrower window hold from the next time the page is drawn.
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


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


def quiet_stream(route: Route) -> None:
    route.fulfill(content_type="text/event-stream", body="retry: 600000\n\n")


@dataclass
class Town:
    """One of everything that a screen can show."""

    noor: User
    kees: User
    rachid: User
    customer: Customer
    twin: Customer
    case: Case
    late: Callback
    tried: Callback
    done: Callback
    waits: Callback
    back: Callback
    article: Article

    @classmethod
    def make(cls, noor: User, kees: User, rachid: User) -> "Town":
        make.office()
        now, parkeren = timezone.now(), make.team("Parkeren")
        topic = make.topic(team=parkeren)
        topic.public_name = "Bezwaar tegen een parkeerboete"
        topic.save()
        for kind in Question.Kind:
            Question.objects.create(
                topic=topic, label=f"Vraag: {kind.label}", hint="Uitleg", kind=kind, choices="A", place="both"
            )
        customer = make.customer(
            "Fatima", "el Amrani", phone="06 90123456", email="f.elamrani@voorbeeld.nl",
            street="Duinweg", house_number=12, postcode="1234AB", city="Duinmeer", notes="Belt liefst ’s ochtends.",
        )  # fmt: skip
        twin = make.customer("F.", "el Amrani", phone="06 90123456", street="Duinweg", house_number=12)
        old = make.customer("Fatima", "Amrani", email="fatima@voorbeeld.nl")
        Merge.merge(kept=customer, gone=old, theirs=set(), reason="Zelfde adres.", by=kees)
        customer.refresh_from_db()
        customer.set_bsn("999990019")
        customer.save()
        for n, channel in enumerate(["phone", "email", "desk", "social", "web"]):
            make.contact(
                customer, channel=channel, topic=topic, by=noor, subject="Bezwaar parkeervergunning",
                text="Vraagt wanneer het besluit komt.\n\nBinnen zes weken.", happened_at=now - timedelta(days=n),
            )  # fmt: skip
        for n in range(25):  # a board says nothing about fewer than twenty
            outcome = "transferred" if n % 9 == 0 else "answered"
            make.contact(by=noor, topic=topic, outcome=outcome, happened_at=now - timedelta(days=7 + n))
        make.contact(channel="email", party="onbekend@voorbeeld.nl", subject="Wie ben ik", outcome="")
        title = (
            "Bezwaar tegen de naheffing van 14 november op de Boulevard, met foto's van het defecte apparaat ernaast"
        )
        case = Case.open(contact=make.contact(customer, topic=topic), title=title, team=parkeren, by=noor)
        asked = make.contact(customer, by=noor, topic=topic, case=case, outcome="callback")
        late = make.callback(asked, due_at=now - timedelta(hours=2), by=noor)
        late.add(make.contact(customer, by=noor, topic=topic), by=noor, urgent_reason="Belt voor de derde keer")
        tried = make.callback(make.contact(make.customer("Bob", "Vos"), topic=topic), team=parkeren, by=noor)
        tried.claim(by=rachid)
        for key in "abc":
            tried.attempt(key=key, result=Result.NO_ANSWER, note="Geen voicemail", by=rachid)
        Attempt.objects.filter(pk=tried.attempts.earliest("at").pk).update(at=now - timedelta(days=1))
        bob = tried.contact.customer
        bob.add_address("email", "b.vos@voorbeeld.nl")
        waits = make.callback(
            make.contact(bob, topic=topic, by=noor), due_at=now - timedelta(hours=1), by=noor, language="Engels",
            may_leave_voicemail=False, answers=[("Kenteken", "AB-123-C"), ("Hebt u een foto?", "Ja")],
        )  # fmt: skip
        Postponement.agree(waits, until=now + timedelta(days=3), reason="Is donderdag thuis.", by=rachid)
        back = make.callback(make.contact(bob, topic=topic, by=noor), by=noor)
        Handover.give_back(back, reason="Gaat over de aanslag.", by=rachid)
        done = make.callback(make.contact(customer, by=noor), by=noor)
        done.complete(outcome="Het bezwaar is binnen.", by=rachid, key="done")
        body = "<h2>Uitleg</h2><ul><li>Eén</li></ul><table><tr><th>Kosten</th></tr><tr><td>Geen</td></tr></table>"
        article = make.article(body=body, topic=topic, team=parkeren)
        make.article("Parkeervergunning aanvragen", internal=True)
        for person in (noor, kees, rachid):
            Notification.objects.create(recipient=person, key="a", kind="late", text="Te laat", url="/callbacks/")
        Draft.objects.create(uuid=uuid4(), user=noor, data={"text": ["Nog niet af"]})
        for sort in ("news", "instruction", "disruption"):
            Bulletin.write(
                key=uuid4(), kind=sort, title=f"Bericht over {sort}", text="Zie https://voorbeeld.nl/uitleg\n\nTot zo.",
                article=article, important=sort == "instruction", ends_at=now + timedelta(hours=9), by=None,
            )  # fmt: skip
        reading = ReadingList.begin(key=uuid4(), title="Eerste week", text="Begin hier.", team=parkeren)
        reading.add(article)
        reading.give([noor, kees, rachid], due_on=None, by=kees)
        ArticleRead.objects.tick(article, by=rachid)
        return cls(noor, kees, rachid, customer, twin, case, late, tried, done, waits, back, article)


@dataclass
class Look:
    """A pair of eyes: goes from screen to screen and writes down what is wrong."""

    page: Page
    home: str
    theme: str
    wrong: list[str] = field(default_factory=list)
    name: str = ""

    def __post_init__(self) -> None:
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.say(f"script: {error}"))
        self.page.on("request", self.watch)

    def say(self, what: str) -> None:
        self.wrong.append(f"{self.theme}, {self.name}: {what}")

    def hear(self, line: ConsoleMessage) -> None:
        status = "the server responded with a status" in line.text
        own_status = status and (line.location["url"] == self.page.url or "of 422" in line.text)  # a form that is wrong
        if line.type in ("error", "warning") and not own_status:
            self.say(f"console: {line.text} {line.location['url']}")

    def watch(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.say(f"asks {request.url}")

    def at(self, name: str, path: str = "", act: Callable[[Page], Any] | None = None, *, status: int = 200) -> None:
        """Look at one screen: an address, or what comes of doing something on the page before."""
        self.name = name
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        if path:
            response = self.page.goto(self.home + path)
            if response is None or response.status != status:
                self.say(f"status {response and response.status}")
        if act:
            act(self.page)
        self.page.evaluate(SETTLED)
        self.check()

    def check(self) -> None:
        if (h1 := self.page.locator("h1").count()) != 1:
            self.say(f"{h1} × h1")
        if not re.fullmatch(r"\S.* \| \S.*", title := self.page.title()):
            self.say(f"title {title!r}")
        found = AXE.run(self.page, options=RULES).response
        for one in found["violations"]:
            for node in one["nodes"]:
                why = node["failureSummary"].split("\n")[1].strip()
                self.say(f"{one['id']}: {' '.join(node['target'])}: {why}")
        for one in found["incomplete"]:  # words in the colour of their ground: axe leaves those to people
            for node in one["nodes"]:
                data = [check["data"] for check in node["any"] if isinstance(check["data"], dict)]
                if any(one.get("messageKey") == "equalRatio" for one in data):
                    self.say(f"invisible: {' '.join(node['target'])}")
        for size in (WIDE, NARROW) if self.theme == "light" else ():  # colours take no room
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.evaluate(DRAWN)
            if out := self.page.evaluate(STICKS_OUT):
                self.say(f"at {size['width']} px: {', '.join(out)}")


def enter(context: BrowserContext, as_user: Any, user: User, home: str, *, proven: bool = False) -> None:
    """Let that user in without the form; proven is who typed the password again a moment ago."""
    client, request = as_user(user), HttpRequest()
    request.session = client.session
    record_authentication(request, user, "password", reauthenticated=proven)
    request.session.save()
    name = house.SESSION_COOKIE_NAME
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": home}])


def refused(button: str) -> Callable[[Page], Any]:
    """Press this button of a form that is not right yet, and wait until it says so."""

    def press(page: Page) -> None:
        page.get_by_role("button", name=button).click()
        page.locator("[data-errors], [aria-invalid=true], .utrecht-form-field-error-message").first.wait_for()
        page.wait_for_load_state()

    return press


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
    look.at("palette", act=lambda page: page.keyboard.press("Control+k"))
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


def lead_sees(look: Look, town: Town) -> None:
    def explain(page: Page) -> None:
        for one in page.get_by_text("Hoe meten we dit?").all() + page.get_by_text("Toon als tabel").all():
            one.click()

    def assign_to_nobody(page: Page) -> None:
        page.locator("[popovertarget=bulk-assign]").click()
        page.locator("#bulk-assign [value=assign]").click()
        page.get_by_role("heading", name="Verzoeken toewijzen").wait_for()

    def hang(page: Page) -> None:
        page.get_by_label("Afdeling").select_option(index=1)
        page.get_by_label("Waar hangt het").fill("Zaal 2")
        page.get_by_role("button", name="Adres maken").click()
        page.get_by_text("Je ziet het alleen nu").wait_for()

    def go_there(page: Page) -> None:
        page.goto(look.home + page.locator("#adres").inner_text()[page.locator("#adres").inner_text().index("/wall") :])

    for view in ("mine", "unassigned", "completed", "all"):
        look.at(f"callbacks, {view}", f"/callbacks/?view={view}")
    look.at("callbacks, chosen", act=lambda page: page.locator("[name=chosen]").first.check())
    look.at("callbacks, chosen, for nobody", act=assign_to_nobody)
    look.at("callbacks, nothing", f"/callbacks/?view=all&team={uuid4()}")
    customer = f"/customers/{town.customer.uuid}/"
    look.at("who saw a customer", f"{customer}accesses/")
    look.at("customer, was two", f"{customer}?tab=details")
    look.at("make one of two", f"{customer}merge/{town.twin.uuid}/")
    look.at("make one of two, no reason", act=refused("Samenvoegen"))
    look.at("board", "/insights/callbacks/")
    look.at("board, what it means", act=explain)
    look.at("board, of one week", "/insights/callbacks/?period=week")
    look.at("board, files", act=lambda page: page.click("#board-files-button"))
    for by in ("teams", "topics", "weeks", "people"):
        look.at(f"board, {by}", f"/insights/callbacks/{by}/")
    for what in ("ended", "late", "callbacks", "errors"):
        look.at(f"board, list of {what}", f"/insights/callbacks/list/?what={what}")
    for n in range(25):
        Searching.objects.create(
            place="page", text="kenteken lenen", folded="kenteken lenen", found=n % 3, begun="auto", step=n % 2 + 1
        )
    look.at("board of the knowledge base", "/insights/knowledge/")
    look.at("board of the knowledge base, what it means", act=explain)
    look.at("board of the knowledge base, of nobody", "/insights/knowledge/?period=week&week=2020-W02&place=desk")
    bulletin = f"/knowledge/news/{Bulletin.objects.get(important=True).uuid}/"
    look.at("bulletin, who confirmed", bulletin)
    look.at("bulletins", "/knowledge/news/written/")
    look.at("new bulletin", "/knowledge/news/new/")
    look.at("new bulletin, wrong", act=refused("Plaatsen"))
    reading = f"/knowledge/reading/lists/{ReadingList.objects.get().uuid}/"
    look.at("reading lists", "/knowledge/reading/lists/")
    look.at("reading list, how far", f"{reading}?q=bezwaar")
    look.at("reading list, given to nobody", act=refused("Leeslijst geven"))
    look.at("reading list, named", f"{reading}change/")
    look.at("wallboards", "/insights/wallboards/")
    look.at("wallboards, nothing said", act=refused("Adres maken"))
    look.at("wallboards, a new one", "/insights/wallboards/", hang)
    look.at("wallboard", act=go_there)
    look.at("two steps, on", "/accounts/2fa/")
    look.at("two steps, off", "/accounts/2fa/totp/deactivate/")
    look.at("recovery codes", "/accounts/2fa/recovery-codes/")
    look.at("new recovery codes", "/accounts/2fa/recovery-codes/generate/")


def keeper_sees(look: Look, town: Town, marit: User) -> None:
    """What an editor sees who keeps the knowledge base right."""
    now, today = timezone.now(), timezone.localdate()
    look.at("editors, nothing to do", "/knowledge/editorial/")
    look.at("articles to check, none", "/knowledge/editorial/review/")
    old = make.article("Hondenbelasting", team=town.late.team, review_on=today - timedelta(days=40), topic=make.topic())
    make.article("Kapvergunning", owner=town.rachid, review_on=today + timedelta(days=4), valid_until=today)
    said = Feedback.give(old, helpful=False, text="Het bedrag klopt niet meer.", by=town.noor)
    Feedback.objects.filter(pk=said.pk).update(due_at=now - timedelta(days=4), version=0)
    Feedback.give(old, helpful=False, text="", by=None)
    Link.objects.create(article=old, url="https://voorbeeld.nl/" + "lang-" * 30, failed_since=now, error="404")
    gap = Gap.objects.create(query="bezwaar laadpaal", asked_by=town.noor, note="Elke dag gevraagd.")
    Searching.objects.create(place="desk", text="wietplantage", folded="wietplantage", found=0)
    draft = Version.first(uuid=uuid4(), title="Nieuwe regels voor de markt", by=marit)
    Version.first(uuid=uuid4(), title="Strandhuisjes", by=marit).submit(by=marit)
    Version.objects.filter(pk=draft.pk).update(returned_at=now, remark="Kan dit korter?")
    look.at("editors", "/knowledge/editorial/")
    for name in ("drafts", "approval", "scheduled", "feedback", "gaps", "expiring", "links", "unused", "unanswered"):
        look.at(f"editors, {name}", f"/knowledge/editorial/{name}/")
    look.at("articles to check", "/knowledge/editorial/review/?person=none")
    look.at("articles to check, chosen", act=lambda page: page.locator("[name=chosen]").first.check())
    look.at("articles to check, of nobody here", f"/knowledge/editorial/links/?person={town.kees.uuid}")
    look.at("articles in and out of files", "/knowledge/editorial/exchange/")
    look.at("article to check", f"/knowledge/editorial/articles/{old.uuid}/")
    look.at("article to hand over", act=lambda page: page.get_by_text("Dit artikel aan een ander geven").click())
    look.at("feedback", said.get_absolute_url())
    look.at("feedback, no answer", act=refused("Behandeld"))
    look.at("article asked for", gap.get_absolute_url())
    look.at("article asked for, no reason", act=refused("Er komt geen artikel"))
    look.at("board of the knowledge base, for editors", "/insights/knowledge/?sort=-read")
    look.at("questions that found nothing", "/insights/knowledge/list/?what=nothing")


def administrator_sees(look: Look, town: Town) -> None:
    def nothing(page: Page) -> None:
        page.locator("main form.kcc-panel button.nl-button--primary").click()
        page.locator("[data-errors], [aria-invalid]").first.wait_for()

    def none_at_all(page: Page) -> None:
        page.get_by_label("Aantal").fill("0")
        nothing(page)

    def longer(page: Page) -> None:
        page.get_by_label("Aantal").fill("40")
        page.get_by_label("Eenheid").select_option("hours")

    def impossible(page: Page) -> None:
        page.get_by_label("Waarschuwen").fill("0")
        nothing(page)

    def close_too_early(page: Page) -> None:
        page.get_by_label("Maandag open tot, tijdvak 1").fill("08:00")
        page.get_by_role("button", name="Opslaan").click()
        page.get_by_text("De sluitingstijd moet na de openingstijd liggen.").first.wait_for()

    now, team = timezone.now(), town.late.team
    Norm.objects.create(kind="callback", amount=1, starts_on=timezone.localdate() + timedelta(days=9))
    ClosingDay.objects.create(day=timezone.localdate() + timedelta(days=20), name="Personeelsdag")
    Absence.plan(user=town.rachid, starts_at=now, ends_at=None, substitute=town.kees, by=town.kees)
    later = now + timedelta(days=3)
    Absence.plan(user=town.kees, starts_at=later, ends_at=later + timedelta(days=2), substitute=None, by=town.kees)
    look.at("norms", "/settings/norms/")
    look.at("norms, tried out", act=longer)
    look.at("norms, wrong", "/settings/norms/", none_at_all)
    look.at("policy", "/settings/policy/")
    look.at("policy of a department", f"/settings/policy/{team.uuid}/")
    look.at("how knowledge is kept", "/settings/editorial/")
    look.at("how knowledge is kept, wrong", act=impossible)
    look.at("hours", "/settings/hours/")
    look.at("hours, wrong", act=close_too_early)
    look.at("question sets", "/settings/questions/")
    look.at("new question", "/settings/questions/new/")
    look.at("new question, wrong", act=nothing)
    look.at("departments", "/settings/teams/")
    look.at("department", f"/settings/teams/{team.uuid}/")
    look.at("department, not closed", act=refused("Afdeling opheffen"))
    look.at("absence of colleagues", "/settings/absence/")
    look.at("absence, nobody chosen", act=nothing)
    look.at("own absence", "/settings/absence/own/")
