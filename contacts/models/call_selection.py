"""Which calls: those that ring, that somebody is in, that nobody answered."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import Role, User
from accounts.uuids import as_uuid
from contacts.models.contact import Direction

if TYPE_CHECKING:
    from contacts.models.call import Call

STALE = timedelta(hours=4)  # a call whose end nobody told us is over by then
RINGS = timedelta(minutes=30)  # no citizen waits longer in a queue
WRAP_UP = timedelta(hours=1)  # what was not written down by then is not being written down
JUST_NOW = timedelta(seconds=5)
REMEMBERED = timedelta(days=14)  # a missed call nobody looked at for so long is history
LOST = "lost"  # the cause of an end that we concluded ourselves

WAITS = Q(answered_at=None, ended_at__isnull=False, handled_at=None, direction=Direction.INBOUND)


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        """Give the calls this user may see: the contact centre all, a specialist those for own teams or oneself."""
        if user.works_at_kcc:
            return self
        return self.meant_for(user) if user.has_role(Role.SPECIALIST) else self.none()

    def meant_for(self, user: User) -> Self:
        """Give the calls that ring for this user: by name, by the team of the queue, or for the whole house."""
        mine = Q(team__in=user.team_ids) | Q(called__contains=[user.pk]) | Q(agent=user)
        return self.filter(mine | Q(team=None, called=[]) if user.works_at_kcc else mine)

    def ringing_for(self, user: User, *, now: datetime) -> Self:
        """Give the calls that ring for this user now; one that rings at colleagues by name rings for those alone."""
        by_name = Q(called=[]) | Q(called__contains=[user.pk]) | Q(agent=user)
        return self.meant_for(user).filter(by_name).ringing(now=now)

    def ringing(self, *, now: datetime) -> Self:
        """Give the calls of citizens that nobody answered yet, the longest waiting first."""
        rows = self.filter(answered_at=None, ended_at=None, handled_at=None, direction=Direction.INBOUND)
        return rows.filter(began_at__gt=now - RINGS).order_by("began_at", "pk")

    def for_person(self, user: User) -> Self:
        """Give the calls that ring for this user by name."""
        return self.filter(called__contains=[user.pk])

    def just_gone(self, *, now: datetime) -> Self:
        """Give the calls that were answered, or given up, a moment ago."""
        moment = now - JUST_NOW
        answered = Q(answered_at__gt=moment)
        return self.filter(
            answered | Q(answered_at=None, ended_at__gt=moment),
            direction=Direction.INBOUND,
            began_at__gt=now - RINGS,
        )

    def at_desk_of(self, user: User, *, now: datetime) -> "Call | None":
        """Give the call this user is in, or that still has to be written down; the latest when there are more."""
        recent = self.filter(agent=user, handled_at=None, began_at__gt=now - STALE)
        speaking = Q(ended_at=None) & (Q(answered_at__isnull=False) | Q(began_at__gt=now - RINGS))
        writing = Q(contact=None, answered_at__isnull=False, ended_at__gt=now - WRAP_UP)
        return recent.filter(speaking | writing).select_related("customer", "team").order_by("-began_at", "-pk").first()

    def people_in_one(self, *, now: datetime) -> set[int]:
        """Give the ids of the colleagues who are in a conversation now."""
        held = self.filter(ended_at=None, answered_at__isnull=False, began_at__gt=now - STALE)
        return {pk for pk in held.values_list("agent", flat=True) if pk}

    def people_after_one(self, *, now: datetime) -> set[int]:
        """Give the ids of the colleagues who still write down the conversation they had."""
        ended = self.filter(ended_at__gt=now - WRAP_UP, answered_at__isnull=False, contact=None, handled_at=None)
        return {pk for pk in ended.filter(began_at__gt=now - STALE).values_list("agent", flat=True) if pk}

    def missed(self, *, now: datetime) -> Self:
        """Give the calls that nobody answered and nobody did anything about, the latest first."""
        return self.filter(WAITS, began_at__gt=now - REMEMBERED).order_by("-began_at", "-pk")

    def once_per_number(self, *, now: datetime) -> Self:
        """Keep of the missed calls the latest of each number; anonymous ones all stay."""
        same = self._missed_from_here(now=now)
        later = same.filter(
            Q(began_at__gt=OuterRef("began_at")) | Q(began_at=OuterRef("began_at"), pk__gt=OuterRef("pk"))
        )
        return self.filter(Q(number="") | ~Exists(later))

    def with_times(self, *, now: datetime) -> Self:
        """Add how often the number of a missed call was not answered."""
        times = self._missed_from_here(now=now).values("number").annotate(n=Count("pk")).values("n")
        return self.annotate(times=models.Case(models.When(number="", then=1), default=Subquery(times)))

    def _missed_from_here(self, *, now: datetime) -> Self:
        recent = type(self)(self.model).filter(WAITS, began_at__gt=now - REMEMBERED)
        return recent.filter(number=OuterRef("number"))

    def newest(self) -> Self:
        return self.order_by("-began_at", "-pk")

    def of_number(self, number: str) -> Self:
        return self.filter(number=number).exclude(number="")

    def after(self, place: tuple[datetime, int] | None) -> Self:
        """Go on from where the page before ended."""
        if place is None:
            return self
        moment, pk = place
        return self.filter(Q(began_at__lt=moment) | Q(began_at=moment, pk__lt=pk), began_at__lte=moment)

    def with_details(self) -> Self:
        return self.select_related("customer", "agent", "team", "handled_by", "contact")

    def with_uuid(self, text: object) -> "Call | None":
        """Give the call that a form or an address names, None when it names none that may be seen."""
        uuid = as_uuid(text)
        return self.filter(uuid=uuid).first() if uuid else None

    def with_uuids(self, uuids: list[UUID]) -> "list[Call]":
        return list(self.filter(uuid__in=uuids))

    def handle(self, *, by: User | None) -> int:
        """Take these missed calls off the list; give how many were on it."""
        return self.filter(WAITS).update(handled_at=timezone.now(), handled_by=by)

    def end_stale(self, *, now: datetime) -> int:
        """End the calls whose hangup never came; how long they took stays unknown."""
        lost = self.filter(ended_at=None, began_at__lte=now - STALE)
        return lost.update(ended_at=models.F("began_at") + STALE, cause=LOST)
