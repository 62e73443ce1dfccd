from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import push
from accounts.models import Team, User
from callbacks.models.callback import Callback
from callbacks.models.handover import Handover
from callbacks.models.occurrence import by_hand, handed_to
from callbacks.models.presence import present
from callbacks.models.reminder import Reminder
from contacts.models import Event


@dataclass(frozen=True)
class Batch:
    """Callbacks that a colleague ticked, held until the transaction ends, and how many of the ticked fell out."""

    rows: list[Callback]
    skipped: int

    @classmethod
    def take(cls, uuids: list[UUID], *, by: User, assign: bool = False) -> "Batch":
        """Give those this colleague may see, and may assign when that is asked, as far as they are open; all locked.

        Two who take the same rows wait for each other and never lock each other out: the order is always the same.
        """
        found = Callback.objects.visible_to(by).open().chosen(uuids).with_titles().select_related("team")
        rows = [
            row
            for row in found.select_for_update(of=("self",)).order_by("pk")
            if not assign or row.may_be_assigned_by(by)
        ]
        return cls(rows, len(uuids) - len(rows))

    @transaction.atomic
    def remind(self, *, key: str, by: User | None) -> None:
        """Do to each what Callback.remind does; the number of queries does not grow with the rows."""
        occurrence = by_hand(key)
        same = Reminder.objects.filter(callback__in=self.rows, occurrence=occurrence)
        known = set(same.values_list("callback", flat=True))
        fresh = [row for row in self.rows if row.pk not in known]
        _plan(fresh, occurrence, now=timezone.now())
        _track(fresh, "callback_reminded", by=by)

    @transaction.atomic
    def assign(self, *, team: Team, assignee: User | None, reason: str, by: User | None) -> None:
        """Do to each what Callback.assign does; the number of queries does not grow with the rows."""
        now = timezone.now()
        team, assignee = present(team, assignee, now=now)
        moved = [row for row in self.rows if row.returned_at or not row.is_held_by(team, assignee)]
        push.hint("callbacks", *_teams(moved))  # the lists they leave
        Handover.objects.bulk_create(_handed(row, team, assignee, reason=reason, by=by, now=now) for row in moved)
        Callback.objects.filter(pk__in=[row.pk for row in moved]).update(
            team=team, assignee=assignee, claimed_at=None, returned_at=None
        )
        for row in moved:
            row.team, row.assignee, row.claimed_at, row.returned_at = team, assignee, None, None
        _plan(moved, handed_to(team, assignee, now), now=now)
        _track(moved, "callback_assigned", by=by, to=assignee.short_name if assignee else team.name, reason=reason)


def _handed(
    row: Callback, team: Team, assignee: User | None, *, reason: str, by: User | None, now: datetime
) -> Handover:
    """Give what Callback.assign writes down about this row."""
    return Handover(
        callback=row,
        kind=Handover.Kind.ASSIGNED if row.team_id == team.pk else Handover.Kind.FORWARDED,
        from_team_id=row.team_id,
        to_team=team,
        from_person_id=row.assignee_id,
        to_person=assignee,
        reason=reason[:200],
        by=by,
        at=now,
    )


def _plan(rows: list[Callback], occurrence: str, *, now: datetime) -> None:
    Reminder.objects.bulk_create(
        [Reminder(callback=row, occurrence=occurrence, next_attempt_at=now, due_at=now) for row in rows],
        ignore_conflicts=True,
    )


def _track(rows: list[Callback], kind: str, *, by: User | None, **data: Any) -> None:
    """Write down for each what Callback.track writes."""
    Event.objects.bulk_create(
        Event(contact=row.contact, kind=kind, by=by, data={"callback": str(row.uuid)} | data) for row in rows
    )
    customers = {row.contact.customer_id for row in rows}
    push.hint("timeline", *(f"customer:{pk}" for pk in customers if pk))
    push.hint("callbacks", "kcc", *_teams(rows))


def _teams(rows: list[Callback]) -> list[str]:
    return [f"team:{pk}" for pk in {row.team_id for row in rows}]
