from typing import Any

from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Team, User, open_teams
from callbacks.models.callback import Callback
from contacts.models import Case


class Unfinished(Exception):
    """A department still has work, or is the only one of the contact centre, so it cannot be closed."""

    def __init__(self, *, callbacks: int, cases: int, is_last: bool) -> None:
        super().__init__(callbacks, cases, is_last)
        self.callbacks, self.cases, self.is_last = callbacks, cases, is_last


def departments() -> "models.QuerySet[Team]":
    """Give all departments, those that were closed last, each with its people and its open callbacks; one query."""
    waiting: Any = Callback.objects.open().order_by().filter(team=OuterRef("pk")).values("team")
    people: Any = User.teams.through.objects.filter(team=OuterRef("pk"), user__is_active=True).values("team")
    return (
        Team.objects.select_related("coordinator")
        .annotate(
            waiting=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
            people=Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by(models.F("closed_at").desc(nulls_first=True), "name")
    )


@transaction.atomic
def close(team: Team) -> None:
    """Let a department be no more; nothing can be asked of it from now on. Raises Unfinished."""
    Team.objects.select_for_update().only("pk").get(pk=team.pk)
    callbacks = Callback.objects.open().for_team(team).count()
    cases = Case.objects.filter(team=team, closed_at=None).count()
    others = Team.objects.filter(is_kcc=True, closed_at=None).exclude(pk=team.pk)
    is_last = team.is_kcc and not others.exists()
    if callbacks or cases or is_last:
        raise Unfinished(callbacks=callbacks, cases=cases, is_last=is_last)
    Team.objects.filter(pk=team.pk, closed_at=None).update(closed_at=timezone.now())
    transaction.on_commit(open_teams.forget)


def reopen(team: Team) -> None:
    """Let a department that was closed take work again."""
    Team.objects.filter(pk=team.pk).update(closed_at=None)
    open_teams.forget()
