from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(seconds=45)  # longer than the hard time limit of a task (40 s)
BACK_OFF = [timedelta(seconds=s) for s in (10, 60, 300, 1800)]
LAST_ATTEMPT = len(BACK_OFF) + 1  # when it fails too, the row is parked for a person to look at
BROKE_OFF = _("De verwerking brak steeds af.")

WAITING = Q(done_at=None, parked_at=None)

Row = TypeVar("Row", bound="Leased", covariant=True)


def clock() -> datetime:
    """Give the moment by the clock of the database: one for all processes, whatever their own clocks say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


class LeasedQuerySet(models.QuerySet[Row]):
    def due(self, *, now: datetime) -> Self:
        """Give the rows to work on: not finished, their moment has come, and nobody holds them."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(WAITING, free, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")

    @transaction.atomic
    def claim(self, *, now: datetime, limit: int = 20, lease: timedelta = LEASE) -> list[Row]:
        """Take up to limit due rows for this process alone, for 45 seconds; two callers never get the same row.

        A process that dies loses its lease, and the row is due again. The count of attempts is the fencing token:
        only who counted last may finish the row. A row whose last attempt took the process down with it is parked.
        """
        spent = self.due(now=now).filter(attempts__gte=LAST_ATTEMPT).select_for_update(skip_locked=True)
        broken = self.filter(pk__in=list(spent.values_list("pk", flat=True)))
        broken.update(parked_at=now, lease_until=None, last_error=str(BROKE_OFF))
        taken = list(self.due(now=now).select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        rows = self.filter(pk__in=taken)
        rows.update(lease_until=now + lease, attempts=F("attempts") + 1)
        return list(rows.order_by("next_attempt_at", "pk"))

    def take(self, pk: int, *, now: datetime) -> Row | None:
        """Take this one row for this process alone, for 45 seconds; None when it is not due or somebody else has it.

        A row whose last attempt took the process down with it is parked, or it would do so for ever.
        """
        held = self.due(now=now).filter(pk=pk).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
        row = self.get(pk=pk) if held else None
        if row is not None and row.attempts > LAST_ATTEMPT:
            row.park(str(BROKE_OFF), now=now)
            return None
        return row


class Leased(models.Model):
    """Work that a row in the database stands for: found by a scan, held by a lease, never by a broker."""

    next_attempt_at = models.DateTimeField(_("volgende poging"), default=timezone.now)
    lease_until = models.DateTimeField(_("bezet tot"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("pogingen"), default=0)
    last_error = models.CharField(_("laatste fout"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("klaar op"), null=True, blank=True)
    parked_at = models.DateTimeField(_("opzijgezet op"), null=True, blank=True)

    class Meta:
        abstract = True

    def finish(self, *, now: datetime) -> bool:
        """Mark this row done if this process still holds it; say whether it did."""
        return self._as_holder(done_at=now, lease_until=None, last_error="")

    def fail(self, error: object, *, now: datetime, after: timedelta = timedelta()) -> bool:
        """Give the row back after an error, later each time; after the last step it is parked and shown as a fault.

        Not before `after`, when the other side asked for more patience.
        """
        text = f"{type(error).__name__}: {error}"[:300] if isinstance(error, Exception) else str(error)[:300]
        if self.attempts >= LAST_ATTEMPT:
            return self._as_holder(parked_at=now, lease_until=None, last_error=text)
        later = now + max(BACK_OFF[self.attempts - 1], after)
        return self._as_holder(next_attempt_at=later, lease_until=None, last_error=text)

    def wait(self, reason: str, *, until: datetime) -> bool:
        """Give the row back until what it needs may be there; that was no attempt, so it is never parked for it."""
        tries = max(self.attempts - 1, 0)
        return self._as_holder(next_attempt_at=until, attempts=tries, lease_until=None, last_error=reason[:300])

    def park(self, reason: str, *, now: datetime) -> bool:
        """Set this row aside for a person to look at, without another try."""
        return self._as_holder(parked_at=now, lease_until=None, last_error=reason[:300])

    def _as_holder(self, **changes: object) -> bool:
        mine = type(self)._default_manager.filter(WAITING, pk=self.pk, attempts=self.attempts)
        return mine.update(**changes) == 1
