from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Team, User, open_teams
from accounts.models.absence import absences
from accounts.uuids import as_uuid
from callbacks.models.callback import Callback

FOUND = 12


@dataclass(frozen=True)
class Burden:
    """How many callbacks somebody has to do, and whether and until when they are away; until nobody knows is None."""

    open: int
    away_until: datetime | None = None
    is_away: bool = False


@dataclass(frozen=True)
class Addressee:
    """Who can be asked to call back: a team as a whole, or one person in it."""

    team: Team
    person: User | None = None

    def __str__(self) -> str:
        return self.person.short_name if self.person else self.team.name

    @property
    def value(self) -> str:
        """Give the word for forms and addresses: team:<uuid> or user:<uuid>."""
        return f"user:{self.person.uuid}" if self.person else f"team:{self.team.uuid}"

    @classmethod
    def find(cls, value: str, *, prefer: Team | None = None) -> "Addressee | None":
        """Give who this word means, None when nobody who works here; who has two teams acts for the preferred one."""
        kind, _colon, text = value.partition(":")
        uuid = as_uuid(text)
        if uuid is None:
            return None
        if kind == "team":
            team = Team.objects.filter(closed_at=None, uuid=uuid).first()
            return cls(team) if team else None
        if kind != "user":
            return None
        person = User.objects.filter(is_active=True, uuid=uuid).first()
        teams = list(person.teams.filter(closed_at=None)) if person else []
        if not teams:
            return None
        return cls(prefer if prefer is not None and prefer in teams else teams[0], person)

    @classmethod
    def teams(cls) -> "list[Addressee]":
        return [cls(team) for team in open_teams()]

    @classmethod
    def people(cls, team: Team) -> "list[Addressee]":
        """Give the people of one team, in name order."""
        members = team.members.filter(is_active=True).order_by("last_name", "first_name", "pk")
        return [cls(team, person) for person in members]

    @classmethod
    def load(cls, of: Team | Iterable[User]) -> dict[int, int]:
        """Give how many open callbacks each of these people has, or everybody in this team, by id; two queries."""
        known = _ids(of)
        return dict.fromkeys(known, 0) | Callback.objects.open().count_by_person(known)

    @classmethod
    def burdens(cls, of: Team | Iterable[User], *, now: datetime) -> dict[int, Burden]:
        """Give what each of these people, or everybody in this team, has to do and until when they are away, by id."""
        load = cls.load(of)
        away = absences(User.objects.filter(pk__in=load), now=now)
        return {pk: Burden(count, away[pk].ends_at if pk in away else None, pk in away) for pk, count in load.items()}

    @classmethod
    def search(cls, text: str) -> "list[Addressee]":
        """Give at most twelve teams and people whose name has all these words."""
        words = text.replace("\0", "").split()[:5]
        if not words:
            return []
        named = Q()
        person = Q()
        for word in words:
            named &= Q(name__icontains=word)
            person &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
        teams = [cls(team) for team in Team.objects.filter(named, closed_at=None)[:FOUND]]
        members = (
            User.teams.through.objects.filter(
                user__in=User.objects.filter(person, is_active=True), team__closed_at=None
            )
            .select_related("user", "team")
            .order_by("user__last_name", "user__first_name", "user", "team__name")
        )
        return (teams + [cls(row.team, row.user) for row in members[:FOUND]])[:FOUND]


def _ids(of: Team | Iterable[User]) -> list[int]:
    if isinstance(of, Team):
        return list(of.members.filter(is_active=True).values_list("pk", flat=True))
    return [person.pk for person in of]
