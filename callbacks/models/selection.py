from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Role, Team, User
from accounts.paging import Place
from accounts.worktime import LOCAL
from contacts.models import Customer

if TYPE_CHECKING:
    from callbacks.models.callback import Callback  # noqa: F401

OPEN = Q(completed_at=None, cancelled_at=None)


class CallbackQuerySet(models.QuerySet["Callback"]):
    def visible_to(self, user: User) -> Self:
        """Give the callbacks this user may see: the contact centre all, a specialist those of the own teams."""
        if user.works_at_kcc:
            return self
        return self.filter(team__in=user.team_ids) if user.has_role(Role.SPECIALIST) else self.none()

    def open(self) -> Self:
        return self.filter(OPEN)

    def completed(self) -> Self:
        return self.exclude(OPEN)

    def ended_between(self, start: datetime, end: datetime) -> Self:
        """Give those completed or cancelled from start to end, both included."""
        ended = self.completed().alias(over_at=Coalesce("completed_at", "cancelled_at"))
        return ended.filter(over_at__gte=start, over_at__lte=end)

    def overdue(self, *, now: datetime) -> Self:
        return self.open().filter(due_at__lt=now)

    def due_between(self, start: datetime, end: datetime) -> Self:
        return self.open().filter(due_at__gte=start, due_at__lt=end)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def of(self, user: User) -> Self:
        return self.filter(assignee=user)

    def requested_or_held_by(self, user: User) -> Self:
        """Give the callbacks an agent feels responsible for: those they asked for or hold."""
        return self.filter(Q(assignee=user) | Q(requested_by=user))

    def for_team(self, team: Team) -> Self:
        return self.filter(team=team)

    def of_teams(self, user: User) -> Self:
        return self.filter(team__in=user.team_ids)

    def of_customer(self, customer_id: int | None) -> Self:
        return self.filter(contact__customer=customer_id) if customer_id else self.none()

    def with_references(self, references: list[str]) -> Self:
        return self.filter(reference__in=references)

    def of_customers(self, customers: list[Customer]) -> Self:
        return self.filter(contact__customer__in=customers).order_by("due_at", "pk")

    def chosen(self, uuids: list[UUID]) -> Self:
        return self.filter(uuid__in=uuids)

    def reachable_at(self, moment: datetime) -> Self:
        """Give those whose citizen said to be reachable at that moment."""
        clock = moment.astimezone(LOCAL).time()
        begun = Q(reachable_from=None) | Q(reachable_from__lte=clock)
        return self.filter(begun, Q(reachable_until=None) | Q(reachable_until__gt=clock))

    def due_first(self, *, after: Place | None = None) -> Self:
        """Give the rows by the moment they are due, from the place where the page before ended."""
        rows = self.order_by("due_at", "pk")
        if after is not None:
            moment, pk = after
            rows = rows.filter(Q(due_at__gt=moment) | Q(pk__gt=pk), due_at__gte=moment)
        return rows

    def newest_first(self, *, before: Place | None = None) -> Self:
        """Give the rows that were asked for last first, from the place where the page before ended."""
        rows = self.order_by("-requested_at", "-pk")
        if before is not None:
            moment, pk = before
            rows = rows.filter(Q(requested_at__lt=moment) | Q(pk__lt=pk), requested_at__lte=moment)
        return rows

    def with_titles(self) -> Self:
        """Give the rows with what their title needs."""
        return self.select_related("contact__topic")

    def with_details(self) -> Self:
        """Give the rows with everything a page about one shows."""
        return self.select_related(
            "contact__customer", "contact__topic__parent", "contact__case", "contact__agent",
            "team", "assignee", "requested_by", "completed_by",
        ).prefetch_related("attempts__by")  # fmt: skip

    def for_list(self) -> Self:
        """Give the rows with everything a list shows, in a bounded number of queries."""
        again: models.QuerySet[Any] = self.model.repeats.through.objects.filter(callback=OuterRef("pk")).order_by()
        return (
            self.select_related("contact__customer", "contact__topic", "team", "assignee", "completed_by")
            .prefetch_related("attempts")
            .annotate(calls=1 + Coalesce(Subquery(again.values("callback").annotate(n=Count("pk")).values("n")), 0))
        )
