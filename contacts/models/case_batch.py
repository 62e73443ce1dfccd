from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from contacts.models.case import Case
from contacts.models.case_merge import CaseMerge
from contacts.models.topic import Topic
from contacts.models.undo import Undo


@dataclass(frozen=True)
class Done:
    """For how many cases something was done, for how many not, and how to put it back."""

    count: int
    skipped: int
    undo: Undo


@dataclass(frozen=True)
class CaseBatch:
    """Cases that a colleague ticked. Each is changed by itself: what cannot be changed any more holds up no other."""

    rows: list[Case]
    ticked: int

    @classmethod
    def take(cls, uuids: list[UUID], *, by: User) -> "CaseBatch":
        """Give the ticked cases this colleague may see and that are open, the one opened first in front."""
        rows = Case.objects.visible_to(by).open().chosen(uuids).with_details().order_by("opened_at", "pk")
        return cls(list(rows), len(uuids))

    def assign(self, *, to: User | None, by: User) -> Done:
        return self._each(lambda case: case.may_be_assigned(to=to, by=by) and case.assign(to=to, by=by))

    def choose_topic(self, topic: Topic, *, by: User) -> Done:
        return self._each(lambda case: case.choose_topic(topic, by=by))

    def snooze(self, *, until: datetime, reason: str, by: User) -> Done:
        return self._each(lambda case: case.snooze(until=until, reason=reason, by=by))

    def spam(self, *, by: User) -> Done:
        return self._each(lambda case: case.spam(by=by))

    def close(self, *, result: str, by: User) -> Done:
        return self._each(lambda case: case.close(result=result, by=by))

    def merge(self, *, by: User) -> Done:
        """Merge them all into the one that was opened first, as far as they are of the same customer."""
        kept = self.rows[0] if self.rows else None
        others = CaseBatch(self.rows[1:], max(self.ticked - 1, 0))
        return others._each(lambda case: kept is not None and CaseMerge(case, kept).merge(by=by))

    def _each(self, act: Callable[[Case], bool]) -> Done:
        count = 0
        with Undo.watch(self.rows) as undo:
            for case in self.rows:
                with transaction.atomic():
                    count += act(case)
        return Done(count, self.ticked - count, undo)
