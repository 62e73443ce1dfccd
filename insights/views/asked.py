"""What the address of a board asks for."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Team, open_teams
from contacts.models import Topic
from contacts.models.topic import choosable_topics
from insights.forms import NONE, BoardForm, Chosen
from insights.scope import Period, Scope


def asked(request: HttpRequest) -> tuple[Scope, Chosen]:
    """Give what a board is about by its address; what means nothing is no filter."""
    chosen, now = BoardForm(request.GET).chosen(), timezone.now()
    period = Period.of(chosen.period, chosen.week, now=now)
    return Scope(now, period, team=_team(chosen.team), channel=chosen.channel, topic=_topic(chosen.topic)), chosen


def asked_rows(request: HttpRequest) -> tuple[Scope, Chosen]:
    """Give the same for a list, which may also be about what has no team or topic."""
    scope, chosen = asked(request)
    without = {name for name in ("team", "topic") if getattr(chosen, name) == NONE}
    return replace(scope, without=frozenset(without)), chosen


def _team(uuid: UUID | str | None) -> Team | None:
    """Give the department with this uuid, also one that was closed: its past is still there."""
    if not isinstance(uuid, UUID):
        return None
    return next((team for team in open_teams() if team.uuid == uuid), None) or Team.objects.filter(uuid=uuid).first()


def _topic(uuid: UUID | str | None) -> Topic | None:
    if not isinstance(uuid, UUID):
        return None
    known = next((topic for topic in choosable_topics() if topic.uuid == uuid), None)
    return known or Topic.objects.select_related("parent").filter(uuid=uuid).first()
