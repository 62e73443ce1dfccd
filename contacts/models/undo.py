from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from contacts.models.case import Case
from contacts.models.case_merge import as_json, unmerge

UNDONE = (  # what an action may change in a case, and undoing it puts back
    "team_id", "assignee_id", "topic_id", "priority", "due_at", "waiting_until", "consulted_at", "consulted_team_id",
    "snoozed_until", "snooze_reason", "closed_at", "result", "spam_at", "read_at", "merged_into_id",
)  # fmt: skip


@dataclass
class Undo:
    """What was just done to some cases, so that it can be put back: plain values, to be kept in a session."""

    changes: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    @contextmanager
    def watch(cls, cases: Iterable[Case]) -> "Iterator[Undo]":
        """Give what the block changes in these cases, once it ended."""
        keys = [case.pk for case in cases]
        before, undo = _values(keys), cls()
        yield undo
        for pk, now in _values(keys).items():
            changed = [name for name in UNDONE if before[pk][name] != now[name]]
            if changed:
                undo.changes.append({"case": pk, "was": _part(before[pk], changed), "is": _part(now, changed)})

    def undo(self, *, by: User) -> int:
        """Put back each case that is still as the action left it; say how many that were."""
        return sum(_put_back(change, by) for change in self.changes)


@transaction.atomic
def _put_back(change: dict[str, Any], by: User) -> bool:
    case = Case.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=change["case"]).first()
    if case is None or any(as_json(getattr(case, name)) != value for name, value in change["is"].items()):
        return False
    if change["is"].get("merged_into_id"):
        return unmerge(case, by=by)
    was = {name: _moment(value) if name.endswith(("_at", "_until")) else value for name, value in change["was"].items()}
    if case.closed_at is not None and "closed_at" in was:
        case.contacts.filter(closed_at=case.closed_at).update(closed_at=None, outcome="")
    case.hint()  # the list it leaves
    Case.objects.filter(pk=case.pk).update(**was)
    case.refresh_from_db()
    case.track("case_undone", by=by)
    return True


def _values(keys: list[int]) -> dict[int, dict[str, Any]]:
    rows = Case.objects.filter(pk__in=keys).values("pk", *UNDONE)
    return {row.pop("pk"): {name: as_json(value) for name, value in row.items()} for row in rows}


def _part(values: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
