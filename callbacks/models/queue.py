from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from uuid import UUID

from django.db.models import Max, Value
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import paging
from accounts.models import User
from accounts.paging import Place
from accounts.templatetags.kcc import over_time
from accounts.worktime import LOCAL
from callbacks.models.callback import Callback
from callbacks.models.selection import CallbackQuerySet
from contacts.models import Event

PAGE = 50
COUNTED = 100  # nothing is counted further than this
VIEWS = {
    "mine": _("Mijn"),
    "team": _("Mijn afdeling"),
    "unassigned": _("Niet toegewezen"),
    "all": _("Alle"),
    "completed": _("Afgerond"),
}
GROUPS = {"late": _("Te laat"), "today": _("Vandaag"), "tomorrow": _("Morgen"), "later": _("Later")}
LONG_AGO = datetime(1970, 1, 2, tzinfo=LOCAL)
FAR_AHEAD = datetime(9999, 1, 1, tzinfo=LOCAL)


@dataclass(frozen=True)
class Group:
    """Callbacks that are due in the same stretch of time, with how many there are in all."""

    name: str
    label: str | Promise
    rows: list[Callback]
    count: int
    note: str = ""


@dataclass
class Queue:
    """The callbacks that one colleague sees at one moment, in one view with its filters."""

    user: User
    now: datetime
    view: str = ""
    team: UUID | None = None
    topic: UUID | None = None
    reachable: str = ""
    after: Place | None = field(default=None)

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            self.view = first_view(self.user)

    @property
    def has_ended(self) -> bool:
        return self.view == "completed"

    @cached_property
    def rows(self) -> CallbackQuerySet:
        """Give everything in this view that the filters let through, unordered."""
        rows = self._view(self.view)
        rows = rows.filter(team__uuid=self.team) if self.team else rows
        rows = rows.filter(contact__topic__uuid=self.topic) if self.topic else rows
        return rows.reachable_at(self.now) if self.reachable else rows

    @cached_property
    def page(self) -> "paging.Page[Callback]":
        """Give fifty rows: those due first, or of what has ended those asked for last."""
        if self.has_ended:
            rows = self.rows.newest_first(before=self.after).for_list()
            return paging.page(rows, size=PAGE, moment=lambda row: row.requested_at)
        return paging.page(self.rows.due_first(after=self.after).for_list(), size=PAGE, moment=lambda row: row.due_at)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Give how much is in each view and in each group of this one, none counted further than 100; one query."""
        parts = {view: self._view(view) for view in VIEWS if view != "completed"}
        if not self.has_ended:
            parts |= {name: self.rows.due_between(*ends) for name, ends in self.stretches.items()}
        marked = [part.order_by().annotate(k=Value(name)).values_list("k")[:COUNTED] for name, part in parts.items()]
        counts = dict.fromkeys(parts, 0)
        for (name,) in marked[0].union(*marked[1:], all=True):
            counts[name] += 1
        return counts

    @cached_property
    def stretches(self) -> dict[str, tuple[datetime, datetime]]:
        """Give from when to when each group is due."""
        midnight = self.now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        tomorrow, after = midnight + timedelta(days=1), midnight + timedelta(days=2)
        moments = [LONG_AGO, self.now, tomorrow, after, FAR_AHEAD]
        return dict(zip(GROUPS, pairwise(moments), strict=True))

    @property
    def groups(self) -> list[Group]:
        """Give the rows by when they are due; a group without rows on this page is left out."""
        groups = []
        for name, (start, end) in self.stretches.items():
            due = [row for row in self.page.rows if start <= row.due_at < end]
            if due:
                groups.append(Group(name, GROUPS[name], due, self.counts[name], self._note(name, due[0])))
        return groups

    @property
    def total(self) -> int:
        """Give how many there are with these filters, not counted much further than 100."""
        return sum(self.counts[name] for name in GROUPS if name in self.counts)

    def _view(self, view: str) -> CallbackQuerySet:
        rows = Callback.objects.visible_to(self.user)
        if view == "completed":
            return rows.completed()
        rows = rows.open()
        if view == "mine":
            return rows.requested_or_held_by(self.user) if self.user.works_at_kcc else rows.of(self.user)
        if view == "team":
            return rows.of_teams(self.user)
        return rows.unassigned() if view == "unassigned" else rows

    def _note(self, name: str, first: Callback) -> str:
        if self.after and name in {"late", "today"}:
            return ""
        local = first.due_at.astimezone(LOCAL)
        if name == "late":
            return _t("oudste %(time)s") % {"time": over_time(first.due_at, self.now)}
        if name == "today":
            return _t("eerste vóór %(time)s") % {"time": f"{local:%H:%M}"}
        day = date_format(local, "l j F")
        return day if name == "tomorrow" else _t("vanaf %(day)s") % {"day": day}


def first_view(user: User) -> str:
    """Give the view somebody begins with: a lead everything, a specialist the team, an agent the own."""
    return "all" if user.leads else "mine" if user.works_at_kcc else "team"


def version() -> int:
    """Give a number that grows with everything that happens to a contact, so also with every change of a callback."""
    last: int | None = Event.objects.aggregate(last=Max("pk"))["last"]
    return last or 0
