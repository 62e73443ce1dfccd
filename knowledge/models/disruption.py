"""What a colleague sees of the disruptions on every page, at one moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.memory import remembered
from knowledge.models.bulletin import Bulletin

MOST_LIVE = 50


@dataclass(frozen=True)
class Disruption:
    """That something does not work, since when and until when; without teams it is for everybody."""

    uuid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime | None
    teams: frozenset[int]
    mark: str = ""  # another one after every change


@dataclass(frozen=True)
class Strip:
    """The disruptions that go on, the newest first, and when that changes by itself."""

    live: list[Disruption]
    changes_at: datetime | None
    now: datetime
    is_folded: bool = False

    @classmethod
    def of(
        cls, known: Collection[Disruption], teams: Collection[int], *, now: datetime, folded: Collection[str] = ()
    ) -> "Strip":
        """Give what somebody in these teams sees of the known disruptions; folded when all of those were folded."""
        mine = [one for one in known if not one.teams or not one.teams.isdisjoint(teams)]
        ahead = [one for one in mine if one.ends_at is None or one.ends_at > now]
        live = [one for one in ahead if one.starts_at <= now]
        moments = [one.starts_at for one in ahead if one.starts_at > now] + [one.ends_at for one in live if one.ends_at]
        return cls(live, min(moments, default=None), now, all(str(one.uuid) in folded for one in live))

    @property
    def others(self) -> list[Disruption]:
        """Give all but the newest, which alone has room on one line."""
        return self.live[1:]

    @property
    def keys(self) -> list[str]:
        """Give the names of these disruptions, by which a session remembers that they were folded."""
        return [str(one.uuid) for one in self.live]


def ask_disruptions() -> list[Disruption]:
    """Give the disruptions that go on or begin within a day, the newest first."""
    rows = Bulletin.objects.disruptions().lasting(now=timezone.now()).newest().with_mark().prefetch_related("teams")
    return [
        Disruption(
            row.uuid,
            row.title,
            row.starts_at,
            row.ends_at,
            frozenset(team.pk for team in row.teams.all()),
            vars(row)["mark"],
        )
        for row in rows[:MOST_LIVE]
    ]


disruptions = remembered(ask_disruptions)  # every page shows them
