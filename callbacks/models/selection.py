from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Absence, Role, Team, User, office_hours
from accounts.models.user import AT_KCC
from accounts.paging import Place
from accounts.worktime import LOCAL
from contacts.models import Customer, Event, Topic

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

    def due_on(self, day: date) -> Self:
        """Give the open callbacks due on that day, by the office's clock."""
        begins, ends = (datetime.combine(one, time.min, tzinfo=LOCAL) for one in (day, day + timedelta(days=1)))
        return self.due_between(begins, ends)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def of(self, user: User) -> Self:
        return self.filter(assignee=user)

    def requested_or_held_by(self, user: User) -> Self:
        """Give the callbacks an agent feels responsible for: those they asked for or hold."""
        return self.filter(Q(assignee=user) | Q(requested_by=user))

    def asked_by(self, user: User) -> Self:
        """Give the callbacks this user asked for, wherever they are now."""
        return self.filter(requested_by=user)

    def uncovered(self, *, now: datetime) -> Self:
        """Give the open callbacks that wait for nobody and can be handed on.

        Who has them left, is away or may no longer see them, or their department is gone; what nobody has in a
        department that is gone stays there as long as there is no contact centre to take it.
        """
        away = Absence.objects.now(now=now).values("user")
        lost = Q(assignee__is_active=False) | Q(assignee__in=away) | Q(assignee__isnull=False) & ~_may_see()
        somewhere = Q(assignee__isnull=False) | Exists(Team.objects.filter(is_kcc=True, closed_at=None))
        return self.open().filter(lost | Q(team__closed_at__isnull=False) & somewhere).order_by("pk")

    def count_by_person(self, people: list[int]) -> dict[int, int]:
        """Give how many of these each of these people has, by id."""
        rows = self.filter(assignee__in=people).order_by().values_list("assignee").annotate(n=Count("pk"))
        return dict(rows)

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

    def to_number(self, number: str) -> Self:
        return self.filter(number=number)

    def about(self, topic: Topic | None) -> Self:
        """Give those about this topic; about none, those of which nobody said what they are about."""
        return self.filter(contact__topic=topic)

    def waiting_for(self, *, customer: Customer | None, number: str) -> Self:
        """Give the open callbacks of this customer, and of nobody known to this number.

        Of an unknown caller: all to this number, whoever asked. Without a number only those of the customer.
        """
        if customer is None:
            return self.open().to_number(number) if number else self.none()
        if not number:
            return self.open().of_customer(customer.pk)
        unknown = Q(contact__customer=None, number=number)
        return self.open().filter(Q(contact__customer=customer) | unknown)

    def not_of_contact(self, key: str) -> Self:
        """Give those that did not come of the contact with this key."""
        return self.exclude(contact__key=key)

    def answered(self) -> Self:
        """Give those that ended in a conversation."""
        return self.exclude(completed_at=None)

    def cancelled(self) -> Self:
        return self.exclude(cancelled_at=None)

    def changed_since(self, moment: datetime) -> Self:
        """Give those to which something happened since then."""
        return self.filter(Exists(Event.objects.filter(contact=OuterRef("contact"), at__gte=moment)))

    def chosen(self, uuids: list[UUID]) -> Self:
        return self.filter(uuid__in=uuids)

    def reachable_at(self, moment: datetime) -> Self:
        """Give those whose citizen said to be reachable at that moment; none while the office is closed."""
        if not office_hours().is_open(moment):
            return self.none()
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
            "contact__customer", "contact__message", "contact__topic__parent", "contact__case", "contact__agent",
            "team", "assignee", "requested_by", "completed_by",
        ).prefetch_related("attempts__by", "attempts__contact")  # fmt: skip

    def for_list(self) -> Self:
        """Give the rows with everything a list shows, in a bounded number of queries."""
        again: models.QuerySet[Any] = self.model.repeats.through.objects.filter(callback=OuterRef("pk")).order_by()
        return (
            self.select_related(
                "contact__customer", "contact__message", "contact__topic", "team", "assignee", "completed_by"
            )
            .prefetch_related("attempts__contact")
            .annotate(calls=1 + Coalesce(Subquery(again.values("callback").annotate(n=Count("pk")).values("n")), 0))
        )


def _may_see() -> Q:
    """Say of the assignee what visible_to says of a user."""
    roles = User.groups.through.objects.filter(user=OuterRef("assignee"))
    member = User.teams.through.objects.filter(user=OuterRef("assignee"), team=OuterRef("team"))
    specialist = Q(Exists(roles.filter(group__name=Role.SPECIALIST))) & Q(Exists(member))
    return Q(assignee__is_superuser=True) | Q(Exists(roles.filter(group__name__in=AT_KCC))) | specialist
