"""Which articles need somebody, and who sees to them."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Absence, Role, User
from knowledge.models.reads import Reads
from knowledge.models.usage import Usage

HARDLY = 5  # times an article is read in all those days and still counts as unused


class Maintenance(models.QuerySet[Any]):
    """The selections of those who keep the knowledge base right."""

    def in_care_of(self, user: User, *, now: datetime.datetime) -> Self:
        """Give the articles this colleague sees to: an editor to all.

        Everybody else to their own and to those of whom they stand in for; who leads to those of the own teams too, and
        to those that are nobody's.
        """
        if user.has_role(Role.EDITOR):
            return self
        replaced = Absence.objects.now(now=now).filter(substitute=user)
        mine = Q(owner=user) | Q(owner__in=replaced.values("user"))
        led = Q(team__in=user.team_ids) | Q(team=None, owner=None)
        return self.filter(mine | led if user.leads else mine)

    def kept(self, *, now: datetime.datetime) -> Self:
        """Give what was published and not withdrawn, whether it is valid today or not."""
        return self.filter(published_at__lte=now, withdrawn_at=None)

    def undated(self) -> Self:
        """Give what nobody said of when it must be checked."""
        return self.filter(review_on=None)

    def overdue(self, *, today: datetime.date) -> Self:
        """Give what should have been checked before today, of what is still valid."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=today), review_on__lt=today)

    def to_check(self, *, today: datetime.date, days: int) -> Self:
        """Give what must be checked within so many days or should have been, the longest overdue first."""
        still = self.filter(Q(valid_until=None) | Q(valid_until__gte=today))
        return still.filter(review_on__lte=today + datetime.timedelta(days=days)).order_by("review_on", "pk")

    def expiring(self, *, today: datetime.date, days: int, past: int = 0) -> Self:
        """Give what is valid for at most so many days more, or ended so many days ago; the first to end first."""
        first, last = today - datetime.timedelta(days=past), today + datetime.timedelta(days=days)
        return self.filter(valid_until__range=(first, last)).order_by("valid_until", "pk")

    def unused(self, *, since: datetime.datetime) -> Self:
        """Give what was published before then, answered no contact since and was hardly read, the oldest first.

        What was read on so many days says so in a few rows; only of the rest all are added up.
        """
        used = Usage.objects.filter(article=OuterRef("pk"), at__gte=since)
        read = Reads.objects.filter(article=OuterRef("pk"), day__gte=since.date()).order_by()
        often = read.filter(count__gt=0)[HARDLY - 1 : HARDLY]
        times = Coalesce(Subquery(read.values("article").annotate(n=Sum("count")).values("n")), 0)
        found = self.filter(~Exists(used), ~Exists(often), published_at__lt=since)
        return found.alias(read=times).filter(read__lt=HARDLY).order_by("published_at", "pk")
