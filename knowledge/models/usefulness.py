"""What articles are good for: how often they are read, copied and used, and what readers say of them."""

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from knowledge.models.reads import Reads
from knowledge.models.usage import Usage

FIGURES = ("read", "copied", "used", "helped", "wrong", "pending")


class Useful(models.QuerySet[Any]):
    """The selections of those who look at how articles are used."""

    def with_usefulness(self, *, since: datetime, until: datetime | None = None) -> Self:
        """Give the articles with how often each was read, copied, used, called helpful and wrong since then.

        `pending` is what somebody must still look at, whenever it was said. `by_public` is the part of the reads that
        happened on the website. A figure costs something only where it is shown or sorted by.
        """
        until = until or timezone.now()
        days = timezone.localtime(since).date(), timezone.localtime(until).date()
        reads, uses = Reads.objects.filter(day__range=days), Usage.objects.filter(at__gte=since, at__lte=until)
        said: models.QuerySet[Any] = apps.get_model("knowledge", "Feedback").objects.all()
        recent = said.filter(at__gte=since, at__lte=until)
        return self.annotate(
            read=_of(reads, Sum("count")),
            by_public=_of(reads.filter(public=True), Sum("count")),
            copied=_of(reads, Sum("copied")),
            used=_of(uses, Count("pk")),
            helped=_of(recent.filter(helpful=True), Count("pk")),
            wrong=_of(recent.filter(helpful=False), Count("pk")),
            pending=_of(said.filter(Q(helpful=False), handled_at=None), Count("pk")),
        )

    def most_useful(self, figure: str, *, least: bool = False) -> Self:
        """Give those with the most of one of these figures first, or with the least; after with_usefulness."""
        return self.order_by(figure if least else f"-{figure}", "title", "pk")


def _of(rows: models.QuerySet[Any], counted: Any) -> Coalesce:
    """Give what is counted in the rows of one article."""
    own = rows.filter(article=OuterRef("pk")).order_by().values("article")
    return Coalesce(Subquery(own.annotate(n=counted).values("n")), Value(0))
