from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import paging
from accounts.models import User
from accounts.paging import Place
from accounts.templatetags.kcc import duration
from accounts.worktime import LOCAL
from callbacks.models.callback import Callback, CallbackQuerySet
from contacts.models import Event

PAGE = 50
COUNTED = 100  # nothing is counted further than this


@dataclass(frozen=True)
class Group:
    """Callbacks that are due in the same stretch of time, with how many there are in all."""

    name: str
    label: str | Promise
    rows: list[Callback]
    count: int
    note: str = ""


@dataclass(frozen=True)
class Queue:
    """What waits to be called back, as one colleague sees it at one moment."""

    user: User
    now: datetime

    VIEWS = {
        "mine": _("Mijn"),
        "team": _("Mijn team"),
        "unassigned": _("Niet toegewezen"),
        "all": _("Alle"),
        "completed": _("Afgerond"),
    }
    GROUPS = {"late": _("Te laat"), "today": _("Vandaag"), "tomorrow": _("Morgen"), "later": _("Later")}

    @property
    def first_view(self) -> str:
        """Give the view this colleague begins with: a lead everything, a specialist the team, an agent the own."""
        return "all" if self.user.leads else "mine" if self.user.works_at_kcc else "team"

    def rows(self, view: str) -> CallbackQuerySet:
        rows = Callback.objects.visible_to(self.user)
        if view == "completed":
            return rows.completed()
        rows = rows.open()
        if view == "mine":
            return rows.requested_or_held_by(self.user) if self.user.works_at_kcc else rows.of(self.user)
        if view == "team":
            return rows.of_teams(self.user)
        return rows.unassigned() if view == "unassigned" else rows

    def counts(self, rows: CallbackQuerySet) -> dict[str, int]:
        """Give how much is in each view, and in each group of these rows, none counted further than 100; one query."""
        parts: dict[str, CallbackQuerySet] = {view: self.rows(view) for view in self.VIEWS if view != "completed"}
        parts |= {name: rows.due_between(start, end) for name, (start, end) in self.stretches().items()}
        marked = [part.order_by().annotate(k=Value(name)).values_list("k")[:COUNTED] for name, part in parts.items()]
        counts = dict.fromkeys(parts, 0)
        for (name,) in marked[0].union(*marked[1:], all=True):
            counts[name] += 1
        return counts

    def stretches(self) -> dict[str, tuple[datetime, datetime]]:
        """Give from when to when each group is due."""
        midnight = self.now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        tomorrow, after = midnight + timedelta(days=1), midnight + timedelta(days=2)
        ends = [datetime.min.replace(tzinfo=LOCAL) + timedelta(days=1), self.now, tomorrow, after]
        last = datetime.max.replace(tzinfo=LOCAL) - timedelta(days=1)
        return {name: (start, end) for name, start, end in zip(self.GROUPS, ends, [*ends[1:], last], strict=True)}

    def page(self, rows: CallbackQuerySet, *, after: Place | None, newest_first: bool = False) -> "paging.Page[Callback]":
        """Give fifty rows: those due first, or those asked for last."""
        if newest_first:
            return paging.page(rows.newest_first(before=after).for_list(), size=PAGE, moment=lambda row: row.requested_at)
        return paging.page(rows.due_first(after=after).for_list(), size=PAGE, moment=lambda row: row.due_at)

    def groups(self, rows: list[Callback], counts: dict[str, int]) -> list[Group]:
        """Give the rows by when they are due; a group without rows on this page is left out."""
        groups = []
        for name, (start, end) in self.stretches().items():
            due = [row for row in rows if start <= row.due_at < end]
            if due:
                groups.append(Group(name, self.GROUPS[name], due, counts[name], self._note(name, due[0])))
        return groups

    def _note(self, name: str, first: Callback) -> str:
        local = first.due_at.astimezone(LOCAL)
        if name == "late":
            return _t("oudste %(time)s") % {"time": duration(self.now - first.due_at)}
        if name == "today":
            return _t("eerste vóór %(time)s") % {"time": f"{local:%H:%M}"}
        day = date_format(local, "l j F")
        return day if name == "tomorrow" else _t("vanaf %(day)s") % {"day": day}


def version() -> int:
    """Give a number that grows with everything that happens to a contact, so also with every change of a callback."""
    found: dict[str, Any] = Event.objects.aggregate(last=Coalesce(Max("pk"), 0))
    return int(found["last"])
