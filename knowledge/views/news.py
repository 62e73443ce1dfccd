"""Wat is nieuw: what colleagues must know, read and confirmed by each, and the line about disruptions."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, back_to, done, signed_in, wants_part
from accounts.models import User
from accounts.paging import page, place
from knowledge import strips
from knowledge.forms.news import NewsFilter, writes_news
from knowledge.models import Bulletin, BulletinKind, ReadingItem
from knowledge.models.bulletin import BulletinQuerySet
from knowledge.models.confirmation import Confirmations

PAGE = 20
IN_PANEL = 5
PINNED = 20  # what must be confirmed stands above the rest
COUNTED = 100


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """Show what is new, day by day, and above it what must still be confirmed."""
    user, now = signed_in(request), timezone.now()
    form = NewsFilter(request.GET)
    form.is_valid()
    rows = _chosen(form, user, now).with_reading(user).with_card().newest()
    after = place(request.GET.get("after"))
    rest = rows.confirmed_or_plain(user, now=now).after(after)
    shown = page(rest, size=PAGE, moment=lambda row: row.starts_at)
    context = {
        "form": form,
        "pinned": [] if after else list(rows.to_confirm_by(user, now=now)[:PINNED]),
        "days": shown.rows,
        "further": _address(form, after=shown.next) if shown.next else "",
        "filtered": bool(form.words or form.chosen_kind or form.only_unread),
        "after": after,
        "kinds": _kinds(form),
        "shows": _shows(form),
        "here": request.get_full_path(),
    }
    return answer(request, "knowledge/news.html", "knowledge/_news.html", context | framed(user, "news"))


@require_GET
def bulletin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one bulletin whole; to who wrote it or leads, who confirmed it."""
    user = signed_in(request)
    found = _find(user, uuid)
    context: dict[str, Any] = {"bulletin": found, "manages": found.is_managed_by(user), "here": request.path}
    context["confirmations"] = confirmations(user, found)
    return render(request, "knowledge/bulletin.html", context | framed(user, "news"))


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """Give the newest few beside the registration form, and how many are unread."""
    user, now = signed_in(request), timezone.now()
    if not wants_part(request):
        return HttpResponseRedirect(reverse("knowledge:news"))
    mine = Bulletin.objects.current(now=now).for_user(user).with_reading(user).with_card().newest()
    first = list(mine.to_confirm_by(user, now=now)[:IN_PANEL])
    rest = mine.confirmed_or_plain(user, now=now)[: IN_PANEL - len(first)]
    context = {"bulletins": [*first, *rest], "unread": unread(user)}
    return render(request, "knowledge/_news_panel.html", context)


@require_POST
def read(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that this colleague read it."""
    _find(signed_in(request), uuid).read(by=signed_in(request))
    return _again(request, uuid)


@require_POST
def unread_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let it be unread again."""
    _find(signed_in(request), uuid).unread(by=signed_in(request))
    return _again(request, uuid)


@require_POST
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that this colleague says to have read it."""
    _find(signed_in(request), uuid).confirm(by=signed_in(request))
    return _again(request, uuid, confirmed=True)


@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """Give the line about disruptions again, for an open page that heard of one, and let the menu count again."""
    if not wants_part(request):
        return HttpResponseRedirect(f"{reverse('knowledge:news')}?kind={BulletinKind.DISRUPTION}")
    context = {"disruption_strip": strips.of(request, signed_in(request), fresh=True)}
    response = render(request, "knowledge/_strip.html", context)
    response["HX-Trigger"] = "hint-menu"
    return response


@require_POST
def fold(request: HttpRequest) -> HttpResponse:
    """Fold that line, or unfold it; a disruption that comes later unfolds it too."""
    user = signed_in(request)
    strips.fold(request, strips.of(request, user, fresh=True).keys if request.POST.get("fold") else [])
    if wants_part(request):
        return render(request, "knowledge/_strip.html", {"disruption_strip": strips.of(request, user, fresh=True)})
    return done(request, back_to(request, reverse("knowledge:news"), field="back"))


def framed(user: User, tab: str) -> dict[str, Any]:
    """Give what the frame of these pages shows: which tabs there are, and what waits in each."""
    writes = writes_news(user)
    tabs = [
        {"key": "news", "url": reverse("knowledge:news"), "label": _("Berichten"), "count": unread(user) or None},
        {
            "key": "reading",
            "url": reverse("knowledge:reading"),
            "label": _("Mijn leeslijst"),
            "count": ReadingItem.objects.count_left(user) or None,
        },
    ]
    if writes:
        tabs += [
            {"key": "written", "url": reverse("knowledge:written"), "label": _("Berichten beheren")},
            {"key": "lists", "url": reverse("knowledge:reading_lists"), "label": _("Leeslijsten beheren")},
        ]
    return {"tabs": [one | {"current": one["key"] == tab} for one in tabs], "writes": writes}


def unread(user: User) -> int:
    """Give how many bulletins this colleague did not read, counted to 100."""
    return Bulletin.objects.unread_by(user, now=timezone.now()).order_by()[:COUNTED].count()


def confirmations(user: User, found: Bulletin) -> Confirmations | None:
    """Give who confirmed an important bulletin: to who may change it all, to a team lead of the own teams."""
    if not found.important or found.state == "coming":
        return None
    if found.is_managed_by(user):
        return Confirmations(found)
    return Confirmations(found, only=user.team_ids) if user.leads else None


def visible(user: User) -> BulletinQuerySet:
    """Give the bulletins that this colleague may see now, with what is read of them."""
    found: BulletinQuerySet = Bulletin.objects.visible_to(user, now=timezone.now()).with_reading(user).with_card()
    return found


def _find(user: User, uuid: UUID) -> Bulletin:
    return get_object_or_404(visible(user), uuid=uuid)


def _chosen(form: NewsFilter, user: User, now: datetime) -> BulletinQuerySet:
    """Give the bulletins of this list, in no order."""
    rows: BulletinQuerySet = Bulletin.objects.begun(now=now).for_user(user)
    rows = rows.of_kind(form.chosen_kind).holding(form.words)
    return rows.unread_by(user, now=now) if form.only_unread else rows


def _again(request: HttpRequest, uuid: UUID, *, confirmed: bool = False) -> HttpResponse:
    """Answer with the card as it is now and what counts it, and let the menu count again."""
    if not wants_part(request):
        return done(request, back_to(request, reverse("knowledge:news"), field="back"))
    user, here = signed_in(request), back_to(request, "", field="back")
    context: dict[str, Any] = {"bulletin": _find(user, uuid), "here": here}
    if request.POST.get("small"):
        template, context["unread"] = "knowledge/_news_small_again.html", unread(user)
    else:
        template = "knowledge/_news_item_again.html"
        context |= framed(user, "news") | {"left": _to_confirm(user, here) if confirmed else None}
    response = render(request, template, context)
    response["HX-Trigger"] = "hint-menu"
    return response


def _to_confirm(user: User, here: str) -> int:
    """Give how many bulletins must still be confirmed of the list at this address."""
    form, now = NewsFilter(QueryDict(urlsplit(here).query)), timezone.now()
    form.is_valid()
    return _chosen(form, user, now).to_confirm_by(user, now=now).order_by()[:PINNED].count()


def _address(form: NewsFilter, **changes: str) -> str:
    chosen = {"q": form.words, "kind": form.chosen_kind, "show": "unread" if form.only_unread else ""} | changes
    asked = urlencode({name: value for name, value in chosen.items() if value})
    return f"{reverse('knowledge:news')}?{asked}" if asked else reverse("knowledge:news")


def _kinds(form: NewsFilter) -> list[dict[str, Any]]:
    words = {"": _("Alle soorten"), "news": _("Nieuws"), "instruction": _("Werkinstructies")}
    words |= {"disruption": _("Storingen"), "change": _("Gewijzigde artikelen")}
    return [
        {"url": _address(form, kind=kind), "label": label, "on": form.chosen_kind == kind}
        for kind, label in words.items()
    ]


def _shows(form: NewsFilter) -> list[dict[str, Any]]:
    words = {"": _("Alles"), "unread": _("Ongelezen")}
    return [
        {"url": _address(form, show=show), "label": label, "on": form.only_unread == bool(show)}
        for show, label in words.items()
    ]
