"""What the board counts. Each figure reads, never writes, and says what it is: the definition stands in its docstring.

A contact counts as a question when a citizen came to the office (inbound) and it was closed with an outcome. Weeks are
those of the calendar in local time, Monday first.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncWeek

from accounts.models import Team
from accounts.worktime import LOCAL
from callbacks.models import Callback, Result
from callbacks.models.selection import CallbackQuerySet
from contacts.models import Contact, Direction, Outcome

ENOUGH = 20  # under so many a percentage says nothing
ANSWERED = (Outcome.ANSWERED, Outcome.CONSULTED)


@dataclass(frozen=True)
class Scope:
    """What the board is about: a number of weeks until now, and perhaps one team or one channel."""

    now: datetime
    weeks: int = 13
    team: Team | None = None
    channel: str = ""

    @property
    def start(self) -> datetime:
        """Give the begin of the first week: the Monday so many weeks ago, so that every week is whole but the last."""
        today = self.now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=today.weekday(), weeks=self.weeks - 1)

    def callbacks(self) -> CallbackQuerySet:
        rows: CallbackQuerySet = Callback.objects.all()
        rows = rows.for_team(self.team) if self.team else rows
        return rows.filter(contact__channel=self.channel) if self.channel else rows

    def questions(self) -> "QuerySet[Contact]":
        rows = Contact.objects.filter(
            direction=Direction.INBOUND, happened_at__gte=self.start, happened_at__lt=self.now
        )
        rows = rows.exclude(outcome="")
        rows = rows.filter(team=self.team) if self.team else rows
        return rows.filter(channel=self.channel) if self.channel else rows


@dataclass(frozen=True)
class Share:
    """A part of a whole; no percentage while the whole is too small to say anything."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole >= ENOUGH else None


@dataclass(frozen=True)
class Waiting:
    """How many callbacks wait in one team, by when they are due."""

    team: str
    uuid: str
    late: int
    today: int
    on_time: int

    @property
    def open(self) -> int:
        return self.late + self.today + self.on_time


@dataclass(frozen=True)
class Now:
    """The callbacks that wait now, all teams together, and a week ago."""

    open: int
    late: int
    late_unassigned: int
    today: int
    today_claimed: int
    week_ago: int


def waiting(scope: Scope) -> list[Waiting]:
    """Give the open callbacks per team: late (the promised moment has passed), due later today, and after today."""
    midnight = _midnight(scope.now)
    rows = (
        scope.callbacks()
        .open()
        .order_by()
        .values("team__name", "team__uuid")
        .annotate(
            late=Count("pk", filter=Q(due_at__lt=scope.now)),
            today=Count("pk", filter=Q(due_at__gte=scope.now, due_at__lt=midnight)),
            on_time=Count("pk", filter=Q(due_at__gte=midnight)),
        )
    )
    found = [
        Waiting(row["team__name"], str(row["team__uuid"]), row["late"], row["today"], row["on_time"]) for row in rows
    ]
    return sorted(found, key=lambda row: (-row.open, row.team))


def standing(scope: Scope) -> Now:
    """Give what waits now in one count, and how many waited at this time a week ago."""
    soon = Q(due_at__gte=scope.now, due_at__lt=_midnight(scope.now))
    counts = (
        scope.callbacks()
        .open()
        .aggregate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=scope.now)),
            late_unassigned=Count("pk", filter=Q(due_at__lt=scope.now, assignee=None)),
            today=Count("pk", filter=soon),
            today_claimed=Count("pk", filter=soon & Q(claimed_at__isnull=False)),
        )
    )
    then = scope.now - timedelta(days=7)
    ended_before = Q(completed_at__lte=then) | Q(cancelled_at__lte=then)
    # Only what was asked for in the year before can still have been open: an older one is an error, not a figure.
    asked = scope.callbacks().filter(requested_at__lte=then, requested_at__gt=then - timedelta(days=365))
    return Now(**counts, week_ago=asked.exclude(ended_before).count())


def kept(scope: Scope) -> tuple[Share, Share]:
    """Give how many promises were kept: tried within the norm, and spoken within the norm.

    Over the callbacks completed or cancelled in the period. Tried: the first attempt, whatever came of it, was made
    before the promised moment. Spoken: so was the first conversation. (two figures)
    """
    spoken = (
        Callback.objects.filter(pk=OuterRef("pk"), attempts__result=Result.SPOKEN)
        .order_by("attempts__at")
        .values("attempts__at")[:1]
    )
    counts = (
        scope.callbacks()
        .ended_between(scope.start, scope.now)
        .annotate(spoken_at=Subquery(spoken))
        .aggregate(
            whole=Count("pk"),
            tried=Count("pk", filter=Q(first_attempt_at__lte=F("due_at"))),
            spoken=Count("pk", filter=Q(spoken_at__lte=F("due_at"))),
        )
    )
    return Share(counts["tried"], counts["whole"]), Share(counts["spoken"], counts["whole"])


@dataclass(frozen=True)
class Week:
    """How the questions of one week ended."""

    start: date
    questions: int
    answered: int
    transferred: int
    callbacks: int

    @property
    def number(self) -> int:
        return self.start.isocalendar().week

    @property
    def answered_share(self) -> Share:
        return Share(self.answered, self.questions)

    @property
    def transferred_share(self) -> Share:
        return Share(self.transferred, self.questions)

    @property
    def callbacks_share(self) -> Share:
        return Share(self.callbacks, self.questions)


def weeks(scope: Scope) -> list[Week]:
    """Give how the questions of each week ended; weeks without a question are there with zeros.

    Answered: by the contact centre itself, at once or after asking a colleague. Transferred: put through to somebody
    else. Callbacks: a callback was asked for.
    """
    counted: dict[date, dict[str, Any]] = {
        row["week"].date(): row
        for row in scope.questions()
        .order_by()
        .values(week=TruncWeek("happened_at", tzinfo=LOCAL))
        .annotate(
            n=Count("pk"),
            answered=Count("pk", filter=Q(outcome__in=ANSWERED)),
            transferred=Count("pk", filter=Q(outcome=Outcome.TRANSFERRED)),
            asked=Count("pk", filter=Q(outcome=Outcome.CALLBACK)),
        )
    }
    found = []
    for step in range(scope.weeks):
        start = scope.start.date() + timedelta(weeks=step)
        row = counted.get(start, {"n": 0, "answered": 0, "transferred": 0, "asked": 0})
        found.append(Week(start, row["n"], row["answered"], row["transferred"], row["asked"]))
    return found


def answered(found: list[Week]) -> Share:
    """Give the share of all questions in these weeks that the contact centre answered itself."""
    return Share(sum(week.answered for week in found), sum(week.questions for week in found))


def transferred(found: list[Week]) -> Share:
    """Give the share of all questions in these weeks that were put through to somebody else."""
    return Share(sum(week.transferred for week in found), sum(week.questions for week in found))


def latest(scope: Scope, *, limit: int = 4) -> list[Callback]:
    """Give the callbacks that are late the longest."""
    return list(scope.callbacks().overdue(now=scope.now).due_first().for_list()[:limit])


def _midnight(now: datetime) -> datetime:
    return now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
