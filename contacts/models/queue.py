from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import paging
from accounts.memory import remembered
from accounts.models import User
from accounts.paging import Place
from accounts.worktime import LOCAL
from contacts.models.case import Case
from contacts.models.case_selection import CaseQuerySet
from contacts.models.connection import Connection
from contacts.models.contact import Channel
from contacts.models.mailbox import Mailbox, open_mailboxes
from contacts.models.presence import Presence
from contacts.models.sla import Sla, age

PAGE = 50
LARGEST = 200  # rows that are shown again at once when a list refreshes itself
COUNTED = 100  # nothing is counted further than this
VIEWS = {
    "unread": _("Ongelezen"),
    "mine": _("Mijn"),
    "team": _("Team"),
    "waiting": _("Wacht op klant"),
    "snoozed": _("Uitgesteld"),
    "consulted": _("Wacht op afdeling"),
    "all": _("Alle"),
    "closed": _("Gesloten"),
    "spam": _("Spam"),
}
ENDED = {"closed", "spam"}
WORK = {"unread", "mine", "team"}


@dataclass(frozen=True)
class Hand:
    """Who is at a case now, as a list shows it."""

    icon: str
    text: str
    is_idle: bool = False


@dataclass(frozen=True)
class Line:
    """One row of the queue, with everything it shows."""

    case: Case
    sla: Sla
    age: str
    hand: Hand | None

    @property
    def is_unread(self) -> bool:
        return self.case.closed_at is None and self.case.is_unread

    @property
    def channel(self) -> str:
        return channel_name(self.case)

    @property
    def key(self) -> str:
        return str(self.case.uuid)

    @property
    def due(self) -> str:
        """Give the moment it is due in full, for a pointer that rests on it."""
        return f"{self.case.due_at.astimezone(LOCAL):%d-%m-%Y %H:%M}"

    @property
    def words(self) -> str:
        """Give what stands behind the title: the beginning of the message, or why it was put off when that is over."""
        case = self.case
        return case.snooze_reason if case.snooze_reason and case.came_back else case.snippet


@dataclass
class Queue:
    """The cases that one colleague sees at one moment, in one view with its filters."""

    user: User
    now: datetime
    view: str = ""
    channel: str = ""
    topic: UUID | None = None
    mailbox: UUID | None = None
    after: Place | None = field(default=None)
    size: int = PAGE

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            self.view = "team"
        self.size = min(max(self.size, PAGE), LARGEST)

    @property
    def label(self) -> str:
        return str(VIEWS[self.view])

    @property
    def is_filtered(self) -> bool:
        return bool(self.channel or self.topic or self.mailbox)

    @property
    def has_ended(self) -> bool:
        return self.view in ENDED

    @cached_property
    def rows(self) -> CaseQuerySet:
        """Give everything in this view that the filters let through, unordered."""
        rows = self._view(self.view)
        rows = rows.by_channel(self.channel) if self.channel else rows
        rows = rows.about(self.topic) if self.topic else rows
        return rows.in_mailbox(self.mailbox) if self.mailbox else rows

    @cached_property
    def page(self) -> "paging.Page[Case]":
        """Give the rows: the oldest risk first, or of what has ended what ended last."""
        if self.has_ended:
            ended = self.rows.latest_closed_first(before=self.after).for_list()
            return paging.page(ended, size=self.size, moment=lambda case: case.closed_at or self.now)
        rows = self.rows.oldest_risk_first(after=self.after).for_list()
        return paging.page(rows, size=self.size, moment=lambda case: case.risk_at)  # type: ignore[attr-defined]

    @cached_property
    def lines(self) -> list[Line]:
        """Give the rows of this page with who is at them; one query besides that for the rows."""
        there: defaultdict[int, list[Presence]] = defaultdict(list)
        for one in Presence.objects.now(self.now).filter(case__in=[case.pk for case in self.page.rows]):
            there[one.case_id].append(one)
        return [self._line(case, there[case.pk]) for case in self.page.rows]

    def _line(self, case: Case, there: list[Presence]) -> Line:
        """Give one row as it is now."""
        sla = Sla.of(case, now=self.now)
        return Line(case, sla, age(case.last_inbound_at or case.opened_at, self.now), self._hand(case, there))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Give how much is in each view that is work, none counted further than 100; one query."""
        views = [view for view in VIEWS if view not in ENDED and view != "all"]
        parts = [self._view(view).order_by().annotate(k=Value(view)).values_list("k")[:COUNTED] for view in views]
        counts = dict.fromkeys(views, 0)
        for (view,) in parts[0].union(*parts[1:], all=True):
            counts[view] += 1
        return counts

    def next(self, *, besides: Case | None = None) -> Case | None:
        """Take the first case of this view that nobody has in hand, for this colleague; two never get the same.

        A view of what need not be done now has no next one: then it is the first of the team.
        """
        rows = self.rows if self.view in WORK else replace(self, view="team").rows
        rows = rows.for_next(self.user, now=self.now)
        return (rows.besides(besides) if besides else rows).take_first(by=self.user)

    @property
    def troubles(self) -> "list[Mailbox | Connection]":
        """Give the mailboxes and connections that cannot be reached now."""
        return [*(one for one in open_mailboxes() if one.failing_since), *failing_connections()]

    @property
    def mailboxes(self) -> list[Mailbox]:
        return open_mailboxes()

    def _view(self, view: str) -> CaseQuerySet:
        visible, user, now = Case.objects.visible_to(self.user), self.user, self.now
        views: dict[str, Any] = {
            "unread": lambda: visible.of_teams(user).to_do_by(user, now=now).unread(now=now),
            "mine": lambda: visible.of(user, now=now).to_do_by(user, now=now),
            "team": lambda: visible.of_teams(user).to_do_by(user, now=now),
            "waiting": lambda: visible.of_teams(user).waiting(now=now),
            "snoozed": lambda: visible.of_teams(user).snoozed(now=now),
            "consulted": lambda: visible.of_teams(user).consulted(),
            "all": visible.open,
            "closed": visible.closed,
            "spam": visible.spam,
        }
        found: CaseQuerySet = views[view]()
        return found

    def _hand(self, case: Case, there: list[Presence]) -> Hand | None:
        """Give who has this case: oneself, who types, who has it in hand, who looks at it, or whose it is."""
        holder = case.holder
        if holder is not None and holder.pk == self.user.pk:
            return Hand("pencil", _t("Jij"))
        others = sorted((one for one in there if one.user_id != self.user.pk), key=lambda one: one.rank)
        if others and others[0].is_typing:
            return Hand("lock", _t("%(name)s schrijft") % {"name": others[0].user.short_name})
        if holder is not None:
            idle = any(one.user_id == holder.pk and one.is_idle for one in others)
            return Hand("lock", holder.short_name, is_idle=idle)
        if others:
            return Hand("eye", others[0].user.short_name, is_idle=others[0].is_idle)
        if case.assignee is not None:
            mine = case.assignee_id == self.user.pk
            return Hand("pencil" if mine else "user", _t("Jij") if mine else case.assignee.short_name)
        return None


def channel_name(case: Case) -> str:
    """Give by what a case came in, in words: the network, or else the channel."""
    if case.network in Connection.Kind:
        return str(Connection.Kind(case.network).label)
    return str(Channel(case.channel).label) if case.channel in Channel else ""


@remembered
def failing_connections() -> list[Connection]:
    """Give the networks that do not answer now; a change shows within 5 seconds."""
    return list(Connection.objects.open().exclude(failing_since=None))
