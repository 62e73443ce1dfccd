"""What every page needs around its content: the menu with what waits, the bell, the push stream, the house style."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import push
from accounts.models import Notification, Role, User
from accounts.sessions import end_of
from callbacks.models import Callback
from contacts import telephone
from contacts.models import Call, Case
from contacts.models.call import has_exchange
from kcc.health import reminders_behind
from kcc.section import sections as setting_sections
from knowledge import strips
from knowledge.models import Article, Bulletin, Feedback, ReadingItem

LIMIT = 100  # nothing in the menu is counted further than this


@dataclass
class Item:
    key: str
    label: str
    icon: str
    url: str
    count: int = 0
    late: bool = False
    current: bool = False
    word: str = ""  # what the count counts, where that is not "open"


@dataclass
class Section:
    title: str
    items: list[Item] = field(default_factory=list)


def house(request: HttpRequest) -> dict[str, Any]:
    """Give the variables that base.html uses; what costs a query is asked only when a template shows it."""
    context: dict[str, Any] = {
        "municipality": settings.MUNICIPALITY,
        "service_desk": settings.SERVICE_DESK,
        "version": settings.VERSION,
        "demo": settings.DEMO,
        "theme_css": settings.THEME_CSS,
        "logo": settings.LOGO,
        "public_knowledge": settings.PUBLIC_KNOWLEDGE,
    }
    user = getattr(request, "user", None)
    if isinstance(user, User):
        asked: Any = SimpleLazyObject(lambda: _ask(user))
        waits: Any = SimpleLazyObject(lambda: asked[0])
        watches = user.leads and request.path.startswith("/insights/")
        context |= {
            "nav": SimpleLazyObject(lambda: menu(request.path, user, waits)),
            "nav_foot": teams(user),
            "bell_count": SimpleLazyObject(lambda: waits["bell"]),
            "news_count": SimpleLazyObject(lambda: waits["news"]),
            "disruption_strip": SimpleLazyObject(lambda: strips.of(request, user, marks=asked[1])),
            "reading_left": SimpleLazyObject(lambda: ReadingItem.objects.count_left(user)),
            "events_url": SimpleLazyObject(lambda: push.stream_url(request, push.channels_of(user))),
            "telephone": SimpleLazyObject(lambda: _telephone(request, user)),
            "setting_sections": SimpleLazyObject(lambda: setting_sections(user)),
            "watches_reminders": watches,
            "reminders_behind": reminders_behind() if watches else None,
            "session_expires": SimpleLazyObject(lambda: end_of(request.session)),
        }
    return context


def waiting(user: User) -> dict[str, int]:
    """Give what waits for this user, each counted to at most 100, in one query."""
    return _ask(user)[0]


def _ask(user: User) -> tuple[dict[str, int], set[str]]:
    """Give what waits for this user, and in the same query the marks of the disruptions there are."""
    now = timezone.now()
    late = Callback.objects.visible_to(user).overdue(now=now)
    late = late if user.leads else late.of_teams(user) if not user.works_at_kcc else late.requested_or_held_by(user)
    questions: dict[str, QuerySet[Any]] = {
        "late": late,
        "cases": Case.objects.visible_to(user).of_teams(user).to_do_by(user, now=now),
        "bell": Notification.objects.for_user(user).unread(),
        "news": Bulletin.objects.unread_by(user, now=now),
    }
    care = Article.objects.in_care_of(user, now=now).kept(now=now)
    questions["overdue_articles"] = care.overdue(today=timezone.localdate(now))
    questions["feedback"] = Feedback.objects.open().in_care_of(user, now=now)
    if has_exchange() and user.works_at_kcc:
        questions["calls"] = Call.objects.meant_for(user).missed(now=now).once_per_number(now=now)
    parts = [rows.order_by().annotate(k=Value(name)).values_list("k")[:LIMIT] for name, rows in questions.items()]
    parts.append(Bulletin.objects.disruptions().lasting(now=now).marks()[:LIMIT])
    counts, marks = dict.fromkeys(questions, 0), set()
    for (name,) in parts[0].union(*parts[1:], all=True):
        if name in counts:
            counts[name] += 1
        else:
            marks.add(name)
    return counts, marks


def menu(path: str, user: User, waiting: Mapping[str, int]) -> list[Section]:
    """Give the main menu for this user, with what waits and with the page at this path marked."""
    work, lead, manage = Section(""), Section(_("Teamleiding")), Section(_("Beheer"))
    if user.works_at_kcc:
        work.items += [
            Item("desk", _("Werkplek"), "headset", reverse("contacts:desk")),
            Item("visits", _("Balie"), "building-community", reverse("contacts:visits")),
        ]
    if user.handles_questions:
        work.items.append(Item("cases", _("Werkvoorraad"), "inbox", reverse("contacts:cases"), waiting["cases"]))
    if user.works_at_kcc and has_exchange():
        work.items.append(Item("calls", _("Gesprekken"), "phone", reverse("contacts:calls"), waiting["calls"]))
    if user.handles_questions:
        work.items += [
            Item(
                "callbacks", _("Terugbelverzoeken"), "phone-call", reverse("callbacks:list"), waiting["late"], late=True
            ),
            Item("customers", _("Klanten"), "users", reverse("contacts:search")),
        ]
    work.items += [
        Item("knowledge", _("Kennisbank"), "book", reverse("knowledge:search")),
        Item("news", _("Wat is nieuw"), "news", reverse("knowledge:news"), waiting["news"], word=_("ongelezen")),
    ]
    to_keep = min(waiting["overdue_articles"] + waiting["feedback"], LIMIT)
    if to_keep or user.has_role(Role.EDITOR):
        work.items.append(Item("editorial", _("Redactie"), "clipboard-check", reverse("knowledge:editorial"), to_keep))
    if user.has_role(Role.EDITOR) and not user.leads:
        work.items.append(Item("insights", _("Dashboard"), "chart-bar", reverse("insights:knowledge")))
    if user.leads:
        lead.items += [
            Item("insights", _("Dashboard"), "chart-bar", reverse("insights:callbacks")),
            Item("wallboards", _("Wallboards"), "device-tv", reverse("insights:wallboards")),
        ]
    if user.has_role(Role.SENIOR, Role.TEAM_LEAD):
        lead.items.append(Item("absence", _("Afwezigheid"), "user-off", reverse("settings:absence")))
    if user.administers:
        manage.items.append(Item("settings", _("Instellingen"), "adjustments-horizontal", reverse("settings:start")))
    if user.is_staff:
        if has_exchange():
            manage.items.append(Item("simulator", _("Telefoonsimulator"), "dialpad", reverse("contacts:simulator")))
        manage.items.append(Item("admin", _("Beheer"), "settings", reverse("admin:index")))
    sections = [section for section in (work, lead, manage) if section.items]
    _mark_current(path, [item for section in sections for item in section.items])
    return sections


def _telephone(request: HttpRequest, user: User) -> telephone.Telephone | None:
    """Give what the telephone shows on a page; None where no call can come."""
    return telephone.of(request) if has_exchange() and telephone.answers(user) else None


def teams(user: User) -> list[str]:
    names: list[str] = getattr(user, "team_names", [])
    if len(names) < 3:
        return names
    return [names[0], _("en %(n)d andere afdelingen") % {"n": len(names) - 1}]


def _mark_current(path: str, items: list[Item]) -> None:
    if re.match(r"/customers/[0-9a-f-]{36}/|/contacts/", path) and any(item.key == "desk" for item in items):
        path = "/"  # the desk with a customer on it is still the desk
    if path.startswith(reverse("insights:knowledge")) and not any(item.url == path for item in items):
        path = next((item.url for item in items if item.key == "insights"), path)  # a tab of the same page
    if path.startswith("/knowledge/reading/"):
        path = reverse("knowledge:news")  # a tab of the same page
    under = [item for item in items if path == item.url or (item.url != "/" and path.startswith(item.url))]
    if under:
        max(under, key=lambda item: len(item.url)).current = True
