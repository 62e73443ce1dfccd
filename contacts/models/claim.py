from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.models.work import Work

TERM = timedelta(minutes=15)  # how long a case stays with somebody who does nothing
NEARLY_OVER = timedelta(minutes=10)  # from here on somebody who is still there gets a new term


class Claimed(Work):
    """Work that one colleague at a time has in hand: taken by opening it, free again when they leave or do nothing."""

    held_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wordt behandeld door"),
        db_index=False,
    )
    held_since = models.DateTimeField(_("wordt behandeld sinds"), null=True, blank=True)
    held_until = models.DateTimeField(_("wordt behandeld tot"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def holder(self) -> User | None:
        """Give who has this in hand now."""
        return self.held_by if self.held_until and self.held_until > timezone.now() else None

    def claim(self, *, by: User) -> bool:
        """Take this in hand unless somebody else has it; say whether it is in the hands of this colleague now.

        Of two who open it at the same time one gets it. Who had it gets a new term and keeps the moment it began.
        """
        now = timezone.now()
        free = Q(held_by=None) | Q(held_until__lte=now) | Q(held_by=by)
        mine = self._take(by, now=now, where=free)
        self.refresh_from_db(fields=["held_by", "held_since", "held_until"])
        return mine

    @transaction.atomic
    def take_over(self, *, by: User) -> bool:
        """Take this in hand from whoever has it, who hears of it; say whether it was open."""
        now = timezone.now()
        current = type(self)._default_manager.select_for_update(of=("self",)).select_related("held_by").get(pk=self.pk)
        before = current.holder
        if not self._take(by, now=now, where=Q()):
            return False
        self.refresh_from_db(fields=["held_by", "held_since", "held_until"])
        if before is not None and before.pk != by.pk:
            self.track("case_taken_over", by=by, **{"from": before.short_name})
            self.tell(before, "case_taken_over", key=f"{now:%Y%m%d%H%M%S%f}", by=by)
        return True

    def extend(self, *, by: User) -> bool:
        """Give somebody who is still busy with this a new term when theirs is nearly over; say whether it was."""
        now = timezone.now()
        rows = type(self)._default_manager.filter(pk=self.pk, held_by=by, closed_at=None)
        rows = rows.filter(held_until__gt=now, held_until__lte=now + NEARLY_OVER)
        if rows.update(held_until=now + TERM) == 0:
            return False
        self.hint()
        return True

    def release(self, *, by: User) -> bool:
        """Lay this down when this colleague has it in hand; say whether that was so. Who had it last stays known."""
        now = timezone.now()
        held = type(self)._default_manager.filter(pk=self.pk, held_by=by, held_until__gt=now)
        if held.update(held_until=now) == 0:
            return False
        self.held_until = now
        self.hint()
        return True

    def _take(self, by: User, *, now: datetime, where: Q) -> bool:
        rows = type(self)._default_manager.filter(where, pk=self.pk, closed_at=None)
        if rows.filter(held_by=by, held_until__gt=now).update(held_until=now + TERM) == 1:
            return True
        if rows.update(held_by=by, held_since=now, held_until=now + TERM) == 0:
            return False
        self.hint()
        return True
