"""What a team lead, an editor and an administrator see, of every screen there is."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Absence, ClosingDay, User
from contacts.models import Norm
from knowledge.models import Bulletin, Feedback, Gap, Link, ReadingList, Searching, Version
from tests import make
from tests.browser.look import Look, refused
from tests.browser.town import Town


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
