"""What the board counts. Each figure reads, never writes, and says what it is: the definition stands in its docstring.

Two kinds: what waits now (whatever the period), and what happened in the weeks of the period. The second come from
insights.sums, each by the name it has in insights.models.facts; the norm is always the moment that was promised first.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Min, Q

from accounts.models import office_hours
from accounts.worktime import HORIZON_DAYS, LOCAL, OfficeHours
from callbacks.models import Callback
from insights.models import ERRORS, PROMISES, QUESTIONS
from insights.models.facts import midnight
from insights.scope import Scope
from insights.sums import Key, add_up, gather, total

WEEK = timedelta(days=7)
ENOUGH = 20  # under so many a percentage says nothing
LONG_AGO = datetime(1970, 1, 2, tzinfo=LOCAL)
FAR_AHEAD = datetime(9999, 1, 1, tzinfo=LOCAL)
AGES = {"age_0": (0, 0), "age_1": (1, 1), "age_2": (2, 2), "age_3": (3, 5), "age_6": (6, None)}  # working days


@dataclass(frozen=True)
class Share:
    """A part of a whole; no percentage while the whole is too small to say anything."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return (200 * self.part + self.whole) // (2 * self.whole) if self.whole >= ENOUGH else None


@dataclass(frozen=True)
class Waiting:
    """How many callbacks wait in one team, by when they are due and by when they were asked."""

    team: str
    uuid: str
    late: int
    today: int
    on_time: int
    unassigned: int = 0
    late_unassigned: int = 0
    today_claimed: int = 0
    unassigned_since: datetime | None = None
    since_last_week: int = 0
    ages: Counter[str] = field(default_factory=Counter)

    @property
    def open(self) -> int:
        return self.late + self.today + self.on_time


@dataclass(frozen=True)
class Now:
    """The callbacks that wait now, all teams together, and how many there were a week ago."""

    open: int
    late: int
    late_unassigned: int
    today: int
    today_claimed: int
    unassigned: int
    unassigned_since: datetime | None
    week_ago: int


def waiting(scope: Scope) -> list[Waiting]:
    """Give the open callbacks per team: late (the agreed moment has passed), due later today, and after today.

    Not assigned: no person holds it; since: when the one that waits longest was asked. Since last week: asked a week
    ago or longer. Ages: by how many working days ago they were asked: 0, 1, 2, 3 to 5, more. A working day counts when
    it has begun: what was asked on Friday afternoon is one working day old on Monday. What was asked while the office
    was closed was asked at its next opening.
    """
    late, today, nobody = _late(scope), _today(scope), Q(assignee=None)
    ages = {
        name: Count("pk", filter=Q(requested_at__gte=start, requested_at__lt=end))
        for name, (start, end) in stretches_of_age(office_hours(), scope.now).items()
    }
    rows = (
        scope.open()
        .order_by()
        .values("team__name", "team__uuid")
        .annotate(
            late=Count("pk", filter=late),
            today=Count("pk", filter=today),
            on_time=Count("pk", filter=Q(due_at__gte=_tomorrow(scope))),
            unassigned=Count("pk", filter=nobody),
            late_unassigned=Count("pk", filter=late & nobody),
            today_claimed=Count("pk", filter=today & Q(claimed_at__isnull=False)),
            unassigned_since=Min("requested_at", filter=nobody),
            since_last_week=Count("pk", filter=Q(requested_at__lte=scope.now - WEEK)),
            **ages,
        )
    )
    found = [
        Waiting(
            team=row.pop("team__name"),
            uuid=str(row.pop("team__uuid")),
            ages=Counter({name: row.pop(name) for name in ages}),
            **row,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.open, row.team))


def standing(scope: Scope, rows: list[Waiting]) -> Now:
    """Give what waits now in all teams, and how many waited at this time a week ago.

    A week ago: asked by then, and open still or ended since.
    """
    then = scope.now - WEEK
    ended = scope.narrow(Callback.objects.ended_between(then + timedelta(microseconds=1), FAR_AHEAD))
    return Now(
        open=sum(row.open for row in rows),
        late=sum(row.late for row in rows),
        late_unassigned=sum(row.late_unassigned for row in rows),
        today=sum(row.today for row in rows),
        today_claimed=sum(row.today_claimed for row in rows),
        unassigned=sum(row.unassigned for row in rows),
        unassigned_since=min((row.unassigned_since for row in rows if row.unassigned_since), default=None),
        week_ago=sum(row.since_last_week for row in rows) + ended.filter(requested_at__lte=then).count(),
    )


def stretches_of_age(hours: OfficeHours, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Give from when to when something was asked to be so many working days old now."""
    closings = _closings(hours, now.astimezone(LOCAL).date(), 7)
    found: dict[str, tuple[datetime, datetime]] = {}
    end = FAR_AHEAD
    for name, (_least, most) in AGES.items():
        start = closings[most + 1] if most is not None else LONG_AGO
        found[name] = (start, end)
        end = start
    return found


def _closings(hours: OfficeHours, day: date, n: int) -> list[datetime]:
    """Give when the office closed on the last n working days, the last one (which may be today) first."""
    found: list[datetime] = []
    for _ in range(HORIZON_DAYS):
        if stretches := hours.intervals(day):
            found.append(stretches[-1][1])
        if len(found) == n:
            return found
        day -= timedelta(days=1)
    return found + [LONG_AGO] * (n - len(found))


def latest(scope: Scope, *, limit: int = 4) -> list[Callback]:
    """Give the callbacks that are late the longest."""
    rows = scope.narrow(Callback.objects.overdue(now=scope.now))
    return list(rows.due_first().for_list()[:limit])


@dataclass(frozen=True)
class Week:
    """How the questions of one week ended, and what became of the callbacks that ended in it."""

    start: date
    questions: Counter[str]
    promises: Counter[str]

    @property
    def number(self) -> int:
        return self.start.isocalendar().week

    @property
    def answered_share(self) -> Share:
        return Share(self.questions["answered"], self.questions["questions"])

    @property
    def transferred_share(self) -> Share:
        return Share(self.questions["transferred"], self.questions["questions"])

    @property
    def callbacks_share(self) -> Share:
        return Share(self.questions["callbacks"], self.questions["questions"])

    @property
    def tried_share(self) -> Share:
        return Share(self.promises["tried_in_norm"], self.promises["ended"])

    @property
    def spoken_share(self) -> Share:
        return Share(self.promises["spoken_in_norm"], self.promises["ended"])


@dataclass(frozen=True)
class Figures:
    """What happened in the weeks of a scope; each fact is asked once."""

    scope: Scope

    @cached_property
    def _promises(self) -> dict[Key, Counter[str]]:
        return self._by_week_and_team(PROMISES)

    @cached_property
    def _questions(self) -> dict[Key, Counter[str]]:
        return self._by_week_and_team(QUESTIONS)

    def _by_week_and_team(self, fact: Any) -> dict[Key, Counter[str]]:
        period = self.scope.period
        weeks = sorted({*period.before, *period.trend})
        return add_up(fact, weeks, by=("week", "team_id"), where=self.scope.where, known=self.scope.known)

    @cached_property
    def promises(self) -> Counter[str]:
        """Give what became of the callbacks that ended in the period.

        Tried in the norm: the first attempt, whatever came of it, was before the moment promised first. Spoken in the
        norm: so was the first conversation. Both over all that ended, completed or cancelled, never tried included.
        """
        return self._together(self._promises, self.scope.period.weeks)

    @cached_property
    def promises_before(self) -> Counter[str]:
        """Give the same over as many weeks just before."""
        return self._together(self._promises, self.scope.period.before)

    @cached_property
    def questions(self) -> Counter[str]:
        """Give how the questions of the period ended: contacts that came in and have an outcome.

        Answered: by the contact centre itself, at once or after asking a colleague. Transferred: put through to
        somebody else. Callbacks: a callback was asked for.
        """
        return self._together(self._questions, self.scope.period.weeks)

    @cached_property
    def questions_before(self) -> Counter[str]:
        """Give the same over as many weeks just before."""
        return self._together(self._questions, self.scope.period.before)

    @cached_property
    def weeks(self) -> list[Week]:
        """Give the weeks of the drawings, those without anything too, with zeros."""
        questions, promises = gather(self._questions, 0), gather(self._promises, 0)
        nothing: Counter[str] = Counter()
        return [
            Week(week, questions.get(week, nothing), promises.get(week, nothing)) for week in self.scope.period.trend
        ]

    @cached_property
    def promises_by_team(self) -> dict[int, Counter[str]]:
        """Give what became of the callbacks of each team; the team is the one it ended with."""
        return gather(self._promises, 1, within=self.scope.period.weeks)

    @cached_property
    def questions_by_team(self) -> dict[int | None, Counter[str]]:
        """Give how the questions of each team ended; the team is the one that knows of the topic."""
        return gather(self._questions, 1, within=self.scope.period.weeks)

    @cached_property
    def promises_by_week(self) -> dict[date, Counter[str]]:
        return gather(self._promises, 0, within=self.scope.period.weeks)

    @cached_property
    def promises_by_topic(self) -> dict[int | None, Counter[str]]:
        """Give what became of the callbacks on each topic; none for those without."""
        return self._by(PROMISES, "topic_id")

    @cached_property
    def questions_by_topic(self) -> dict[int | None, Counter[str]]:
        return self._by(QUESTIONS, "topic_id")

    def promises_by_person(self, people: list[int], teams: list[int]) -> dict[int, Counter[str]]:
        """Give what became of the callbacks in these teams that each of these people held when they ended."""
        scope = self.scope
        chosen = [scope.team.pk] if scope.team and scope.team.pk in teams else [] if scope.team else teams
        where = scope.where | {"team_id": chosen, "person_id": people}
        rows = add_up(PROMISES, scope.period.weeks, by=("person_id",), where=where, known=scope.known)
        return {key[0]: row for key, row in rows.items()}

    @cached_property
    def errors(self) -> dict[Key, Counter[str]]:
        """Give how often callbacks were with the wrong team, by that team, where they went to, and the topic.

        Returned: given back to the contact centre. Forwarded: passed on to another team.
        """
        return add_up(
            ERRORS, self.scope.period.weeks, by=("team_id", "to_team_id", "topic_id"),
            where=self.scope.where, known=self.scope.known,
        )  # fmt: skip

    def _by(self, fact: Any, column: str) -> dict[Any, Counter[str]]:
        scope = self.scope
        rows = add_up(fact, scope.period.weeks, by=(column,), where=scope.where, known=scope.known)
        return {key[0]: row for key, row in rows.items()}

    def _together(self, rows: dict[Key, Counter[str]], weeks: list[date]) -> Counter[str]:
        within = set(weeks)
        return total(row for key, row in rows.items() if key[0] in within)


def _late(scope: Scope) -> Q:
    return Q(due_at__lt=scope.now)


def _today(scope: Scope) -> Q:
    return Q(due_at__gte=scope.now, due_at__lt=_tomorrow(scope))


def _tomorrow(scope: Scope) -> datetime:
    return midnight(scope.now) + timedelta(days=1)
