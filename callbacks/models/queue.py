from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, Subquery, Value
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import paging
from accounts.models import Absence, Role, User
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
    "asked": _("Mijn uitgezette verzoeken"),
    "team": _("Mijn afdeling"),
    "unassigned": _("Niet toegewezen"),
    "returned": _("Terug bij KCC"),
    "all": _("Alle"),
    "completed": _("Afgerond"),
}
OF_THE_KCC = {"asked", "returned"}
RECENTLY = timedelta(days=7)  # how long what was asked for stays in sight after it ended
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


@dataclass(frozen=True)
class Beside:
    """The callbacks before and after one in a list, and its place; the place is None when it is not in the list."""

    previous: Callback | None
    next: Callback | None
    place: int | None
    total: int


@dataclass
class Queue:
    """The callbacks that one colleague sees at one moment, in one view with its filters."""

    user: User
    now: datetime
    view: str = ""
    team: UUID | None = None
    topic: UUID | None = None
    person: UUID | None = None
    due: str = ""
    reachable: str = ""
    day: date | None = None
    after: Place | None = field(default=None)

    def __post_init__(self) -> None:
        if self.view not in VIEWS or (self.view in OF_THE_KCC and not self.user.works_at_kcc):
            self.view = first_view(self.user)
        if not may_see_persons(self.user):
            self.person = None
        if self.has_ended:
            self.due, self.reachable, self.day = "", "", None

    @property
    def has_ended(self) -> bool:
        return self.view == "completed"

    @property
    def title(self) -> str:
        """Give what this list shows in a few words: Mijn afdeling, te laat."""
        filtered = self.team or self.topic or self.person or self.reachable or self.day
        words = [str(VIEWS[self.view])]
        words += [str(GROUPS[self.due]).lower()] if self.due else []
        words += [_t("gefilterd")] if filtered else []
        return ", ".join(words)

    @property
    def is_filtered(self) -> bool:
        return any((self.team, self.topic, self.person, self.due, self.reachable, self.day))

    @property
    def views(self) -> list[str]:
        """Give the views this user has; what came back to the contact centre only while there is any."""
        mine = [view for view in VIEWS if self.user.works_at_kcc or view not in OF_THE_KCC]
        return [view for view in mine if view != "returned" or self.view == view or self.counts[view]]

    @cached_property
    def rows(self) -> CallbackQuerySet:
        """Give everything in this view that the filters let through, unordered."""
        rows = self._filtered(self._view(self.view))
        rows = rows.due_between(*self.stretches[self.due]) if self.due in self.stretches else rows
        rows = rows.due_on(self.day) if self.day else rows
        return rows.reachable_at(self.now) if self.reachable else rows

    @cached_property
    def page(self) -> "paging.Page[Callback]":
        """Give fifty rows: those due first, or of what has ended those asked for last."""
        if self.has_ended:
            rows = self._shown(self.rows.newest_first(before=self.after))
            return paging.page(rows, size=PAGE, moment=lambda row: row.requested_at)
        return paging.page(self._shown(self.rows.due_first(after=self.after)), size=PAGE, moment=lambda row: row.due_at)

    @cached_property
    def ended_lately(self) -> list[Callback]:
        """Give what this user asked for and ended in the last week, in the view of what was asked for."""
        if self.view != "asked" or self.due or self.reachable or self.day or self.after or self.page.next:
            return []
        rows = Callback.objects.visible_to(self.user).asked_by(self.user)
        ended = self._filtered(rows.ended_between(self.now - RECENTLY, self.now))
        return sorted(self._shown(ended.newest_first())[:PAGE], key=lambda row: row.ended_at or self.now, reverse=True)

    @cached_property
    def people(self) -> list[User]:
        """Give who holds something in this view, for who may ask for the work of one person."""
        if self.has_ended or not may_see_persons(self.user):
            return []
        rows = self._view(self.view)
        rows = rows.filter(team__uuid=self.team) if self.team else rows
        holds = Q(pk__in=rows.order_by().values("assignee"))
        people = User.objects.filter(holds | Q(uuid=self.person) if self.person else holds)
        return list(people.order_by("last_name", "first_name", "pk")[:COUNTED])

    @cached_property
    def counts(self) -> dict[str, int]:
        """Give how much is in each view and in each group of this one, none counted further than 100; one query."""
        parts = {view: self._view(view) for view in VIEWS if view != "completed"}
        if not self.has_ended:
            parts |= {name: self.rows.due_between(*ends) for name, ends in self.stretches.items()}
        return _count(parts)

    def beside(self, callback: Callback) -> Beside:
        """Give what comes before and after a callback in this list, whether or not it is still in it; three queries."""
        field = "requested_at" if self.has_ended else "due_at"
        at = getattr(callback, field)
        lower = Q(**{f"{field}__lt": at}) | Q(**{field: at}, pk__lt=callback.pk)
        higher = Q(**{f"{field}__gt": at}) | Q(**{field: at}, pk__gt=callback.pk)
        rows = self.rows.order_by()
        low, high = rows.filter(lower), rows.filter(higher)
        below = low.order_by(f"-{field}", "-pk").only("uuid").first()
        above = high.order_by(field, "pk").only("uuid").first()
        before, after = (high, low) if self.has_ended else (low, high)
        n = _count({"before": before, "self": rows.filter(pk=callback.pk), "after": after})
        place = n["before"] + 1 if n["self"] else None
        previous, following = (above, below) if self.has_ended else (below, above)
        return Beside(previous, following, place, sum(n.values()))

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
        user, rows = self.user, Callback.objects.visible_to(self.user)
        if view == "completed":
            return rows.completed()
        rows = rows.open()
        views: dict[str, Callable[[], CallbackQuerySet]] = {
            "mine": lambda: rows.of(user),
            "asked": lambda: rows.asked_by(user),
            "team": lambda: rows.of_teams(user),
            "unassigned": rows.unassigned,
            "returned": lambda: rows.filter(returned_at__isnull=False, claimed_at=None),
        }
        return views[view]() if view in views else rows

    def _filtered(self, rows: CallbackQuerySet) -> CallbackQuerySet:
        rows = rows.filter(team__uuid=self.team) if self.team else rows
        rows = rows.filter(contact__topic__uuid=self.topic) if self.topic else rows
        return rows.filter(assignee__uuid=self.person) if self.person else rows

    def _shown(self, rows: CallbackQuerySet) -> CallbackQuerySet:
        """Give the rows with everything a list shows, also whether and until when who has one is away."""
        away = Absence.objects.now(now=self.now).filter(user=OuterRef("assignee")).order_by("-starts_at")
        return rows.for_list().annotate(is_away=Exists(away), away_until=Subquery(away.values("ends_at")[:1]))

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


def _count(parts: dict[str, CallbackQuerySet]) -> dict[str, int]:
    """Give how many rows each part has, none counted further than 100; one query."""
    marked = [part.order_by().annotate(k=Value(name)).values_list("k")[:COUNTED] for name, part in parts.items()]
    counts = dict.fromkeys(parts, 0)
    for (name,) in marked[0].union(*marked[1:], all=True):
        counts[name] += 1
    return counts


def may_see_persons(user: User) -> bool:
    """Say whether this user may ask for the work of one person: who leads, or divides the work."""
    return user.has_role(Role.SENIOR, Role.TEAM_LEAD)


def first_view(user: User) -> str:
    """Give the view somebody begins with: a lead everything, a specialist the team, an agent what they asked for."""
    return "all" if user.leads else "asked" if user.works_at_kcc else "team"


def version() -> int:
    """Give a number that grows with everything that happens to a contact, so also with every change of a callback."""
    last: int | None = Event.objects.aggregate(last=Max("pk"))["last"]
    return last or 0
