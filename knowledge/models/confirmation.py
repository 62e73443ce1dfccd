"""Who confirmed an important bulletin and who did not, team by team; last those who work in none."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _t

from accounts.models import Notification, Team, User
from knowledge.models.bulletin import Bulletin, BulletinRead


@dataclass
class TeamConfirmations:
    """The colleagues of one team, or of none, by whether they confirmed."""

    team: Team | None
    confirmed: list[tuple[User, datetime]] = field(default_factory=list)
    waiting: list[User] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Give the name of the department, or that there is none."""
        return self.team.name if self.team else _t("Zonder afdeling")

    @property
    def total(self) -> int:
        """Give how many must confirm it."""
        return len(self.confirmed) + len(self.waiting)

    def add(self, person: User, at: datetime | None) -> None:
        """Count somebody in: since when it is confirmed, None when it is not."""
        if at is None:
            self.waiting.append(person)
        else:
            self.confirmed.append((person, at))


@dataclass
class Confirmations:
    """Who confirmed a bulletin, of those teams it is for; only of some teams when those are given."""

    bulletin: Bulletin
    only: Collection[int] | None = None

    @cached_property
    def teams(self) -> list[TeamConfirmations]:
        """Give the teams by name, and in each the colleagues by name. Four queries.

        What is for everybody must be confirmed too by who works in no team: they come last.
        """
        wanted = {team.pk for team in self.bulletin.teams.all()}
        rows = User.teams.through.objects.filter(team__closed_at=None, user__is_active=True)
        rows = rows.filter(team__in=wanted) if wanted else rows
        rows = rows if self.only is None else rows.filter(team__in=self.only)
        reads = BulletinRead.objects.filter(bulletin=self.bulletin, confirmed_at__isnull=False)
        moments = dict(reads.values_list("user", "confirmed_at"))
        found: dict[int, TeamConfirmations] = {}
        for row in rows.select_related("team", "user").order_by("team__name", "user__last_name", "user__first_name"):
            found.setdefault(row.team_id, TeamConfirmations(row.team)).add(row.user, moments.get(row.user_id))
        rest = TeamConfirmations(None)
        for person in [] if wanted or self.only is not None else User.objects.without_team():
            rest.add(person, moments.get(person.pk))
        return [*found.values(), *([rest] if rest.total else [])]

    @cached_property
    def waiting(self) -> list[User]:
        """Give who did not confirm, each once."""
        return list({person.pk: person for team in self.teams for person in team.waiting}.values())

    @property
    def confirmed(self) -> int:
        """Give how many colleagues confirmed, each counted once."""
        return len({person.pk for team in self.teams for person, _at in team.confirmed})

    @property
    def total(self) -> int:
        """Give how many must confirm it, each colleague once."""
        return self.confirmed + len(self.waiting)

    @cached_property
    def all_reminded(self) -> bool:
        """Say whether everybody who did not confirm was reminded today."""
        key = self.bulletin.reminder_key()
        told = Notification.objects.filter(key=key, recipient__in=self.waiting).values_list("recipient", flat=True)
        return not {person.pk for person in self.waiting} - set(told)
