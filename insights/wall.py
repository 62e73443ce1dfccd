"""What hangs on the wall of a team: how busy it is now and how today goes; figures only, never a person.

A team of the contact centre sees the whole office, because its promises are kept everywhere; a department its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, F, Q

from accounts.models import Absence, Team, User
from accounts.worktime import LOCAL
from callbacks.models import Callback
from callbacks.models.selection import CallbackQuerySet
from contacts.models import Call, Contact, Direction, Outcome
from contacts.models.call_selection import CallQuerySet
from knowledge.models import Bulletin

PICKED_UP = timedelta(seconds=30)  # a call answered within this was answered in time
LONGEST = timedelta(minutes=3)  # nobody should wait longer
GIVEN_UP = timedelta(seconds=5)  # who hung up sooner dialled the wrong number
AT_WORK = timedelta(hours=12)  # who signed in since may be sitting here
ANSWERED_NORM = PICKED_UP_NORM = 80  # percent
NEWS = 20  # bulletins the foot looks at
ENOUGH = 5  # under so many a percentage of one day says nothing
ANSWERED = (Outcome.ANSWERED, Outcome.CONSULTED)


@dataclass(frozen=True)
class Portion:
    """A part of a whole beside its norm; no percentage while the whole is too small to say anything."""

    part: int
    whole: int
    norm: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole >= ENOUGH else None

    @property
    def short(self) -> int:
        """Give the percentage points under the norm; zero or less is within it."""
        return self.norm - self.percent if self.percent is not None else 0


@dataclass(frozen=True)
class Seats:
    """How many colleagues of the team are here, by what they do; each is counted once."""

    available: int
    calling: int
    writing: int
    resting: int

    @property
    def total(self) -> int:
        return self.available + self.calling + self.writing + self.resting

    @property
    def blocks(self) -> list[str]:
        """Give a word for each seat, the available first."""
        states = {"free": self.available, "busy": self.calling + self.writing, "away": self.resting}
        return [state for state, n in states.items() for _ in range(n)]


@dataclass
class Wall:
    """Everything one wallboard shows at one moment, in a bounded number of queries."""

    team: Team
    now: datetime

    @cached_property
    def midnight(self) -> datetime:
        return self.now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)

    @cached_property
    def tomorrow(self) -> datetime:
        return (self.midnight + timedelta(days=1)).replace(hour=0)

    @cached_property
    def ringing(self) -> list[datetime]:
        """Give since when each caller waits, the longest first."""
        return list(self._calls().ringing(now=self.now).values_list("began_at", flat=True)[:100])

    @property
    def waiting(self) -> int:
        return len(self.ringing)

    @property
    def since(self) -> datetime | None:
        """Give since when the first in the queue waits."""
        return self.ringing[0] if self.ringing else None

    @property
    def longest(self) -> str:
        """Give how long the first in the queue waits, as a clock."""
        seconds = int((self.now - self.since).total_seconds()) if self.since else 0
        return f"{seconds // 60:02}:{seconds % 60:02}"

    @property
    def is_too_long(self) -> bool:
        return self.since is not None and self.now - self.since > LONGEST

    @property
    def is_busy(self) -> bool:
        """Say whether more callers wait than colleagues can take."""
        return self.waiting > self.seats.available

    @cached_property
    def callbacks(self) -> dict[str, int]:
        """Give how many callbacks are late (unassigned), and due later today (claimed); by the moment agreed on."""
        late, today = Q(due_at__lt=self.now), Q(due_at__gte=self.now, due_at__lt=self.tomorrow)
        counts: dict[str, int] = self._callbacks().aggregate(
            late=Count("pk", filter=late),
            late_unassigned=Count("pk", filter=late & Q(assignee=None)),
            today=Count("pk", filter=today),
            today_claimed=Count("pk", filter=today & Q(claimed_at__isnull=False)),
        )
        return counts

    @cached_property
    def seats(self) -> Seats:
        """Give who is here: members who signed in lately, are not absent and did not sign off for the day."""
        here = self.team.members.filter(is_active=True, last_login__gt=self.now - AT_WORK)
        here = here.exclude(pk__in=Absence.objects.now(now=self.now).values("user"))
        people = list(here.exclude(away_as=User.Away.OFF).values_list("pk", "away_as"))
        speaking = Call.objects.people_in_one(now=self.now)
        writing = Call.objects.people_after_one(now=self.now) - speaking
        found = {"calling": 0, "writing": 0, "resting": 0, "available": 0}
        for pk, away in people:
            state = "calling" if pk in speaking else "writing" if pk in writing else "resting" if away else "available"
            found[state] += 1
        return Seats(**found)

    @cached_property
    def answered(self) -> Portion:
        """Give which part of today's questions the contact centre answered itself, at once or after asking."""
        rows = Contact.objects.filter(
            direction=Direction.INBOUND, happened_at__gte=self.midnight, happened_at__lte=self.now
        ).exclude(outcome="")
        rows = rows if self.team.is_kcc else rows.filter(team=self.team)
        counts = rows.aggregate(whole=Count("pk"), part=Count("pk", filter=Q(outcome__in=ANSWERED)))
        return Portion(counts["part"], counts["whole"], ANSWERED_NORM)

    @cached_property
    def picked_up(self) -> Portion:
        """Give which part of today's calls was answered within 30 seconds; who hung up within 5 does not count."""
        offered = self._calls().filter(direction=Direction.INBOUND, began_at__gte=self.midnight, began_at__lte=self.now)
        missed = Q(answered_at=None, ended_at__gte=F("began_at") + GIVEN_UP)
        in_time = Q(answered_at__lte=F("began_at") + PICKED_UP)
        rows = offered.filter(Q(answered_at__isnull=False) | missed)
        counts = rows.aggregate(whole=Count("pk"), part=Count("pk", filter=in_time))
        return Portion(counts["part"], counts["whole"], PICKED_UP_NORM)

    @cached_property
    def bulletins(self) -> list[Bulletin]:
        """Give what could stand in the foot for this team, the first of which does."""
        return list(Bulletin.objects.current(now=self.now).for_team(self.team).for_wall(now=self.now)[:NEWS])

    @property
    def news(self) -> Bulletin | None:
        """Give the one line of news for this team: a disruption while it lasts, else what began last."""
        return next(iter(self.bulletins), None)

    @property
    def more_disruptions(self) -> int:
        """Give how many disruptions go on besides the one that is shown."""
        return max(0, sum(one.is_live for one in self.bulletins) - 1)

    def _callbacks(self) -> CallbackQuerySet:
        rows = Callback.objects.open()
        return rows if self.team.is_kcc else rows.for_team(self.team)

    def _calls(self) -> CallQuerySet:
        rows: CallQuerySet = Call.objects.all()
        mine = Q(team=self.team) | Q(team=None) if self.team.is_kcc else Q(team=self.team)
        return rows.filter(mine)
