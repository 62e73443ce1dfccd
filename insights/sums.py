"""Adding up figures over weeks: from the tallies where those are right, from the rows themselves elsewhere."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from insights.models import Watermark, Week
from insights.models.facts import Fact, monday
from insights.models.week import GROUPS, ranges, touched

Key = tuple[Any, ...]
TOGETHER = ("week", "team_id", "topic_id")
FEW = 8  # weeks: more are counted only along what is asked
# So few rows are counted sooner than the processes to share the work have started.
ALONE = "SET LOCAL max_parallel_workers_per_gather = 0; "
Where = dict[str, Any]  # a column and its value, or a list of values


@dataclass(frozen=True)
class Known:
    """Which weeks need not be counted: those that are over, were tallied, and did not change since."""

    weeks: frozenset[date]
    changed: dict[str, set[date]]
    counted: "dict[Key, dict[Key, Counter[str]]]" = field(default_factory=dict, compare=False)

    @classmethod
    def load(cls, weeks: Iterable[date], *, now: datetime) -> "Known":
        """Ask which of these weeks the tallies know; two queries."""
        known = frozenset(Week.objects.filter(monday__in=list(weeks)).values_list("monday", flat=True))
        if not known:
            return cls(known, {})
        mark = Watermark.objects.first()
        this = monday(now).date()
        return cls(known - {this}, touched(mark.counted) if mark else {})

    def of(self, fact: Fact) -> frozenset[date]:
        return self.weeks - self.changed.get(fact.name, set())

    def count(self, fact: Fact, weeks: Sequence[date], by: Sequence[str], where: Where) -> "dict[Key, Counter[str]]":
        """Count in the rows of these weeks; what a board asks along several ways is counted once along all of them."""
        if not set(by) <= set(TOGETHER) or len(weeks) > FEW:
            found: dict[Key, Counter[str]] = {}
            _add(found, fact, by, *from_rows(fact, weeks, by, where))
            return found
        asked = (fact.name, tuple(sorted(weeks)), str(sorted(where.items())))
        if asked not in self.counted:
            self.counted[asked] = {}
            _add(self.counted[asked], fact, TOGETHER, *from_rows(fact, weeks, TOGETHER, where))
        places = [TOGETHER.index(name) for name in by]
        found = {} if by else {(): Counter()}
        for key, row in self.counted[asked].items():
            found.setdefault(tuple(key[place] for place in places), Counter()).update(row)
        return found


def add_up(
    fact: Fact, weeks: Sequence[date], *, by: Sequence[str] = (), where: Where | None = None, known: Known
) -> dict[Key, Counter[str]]:
    """Give the figures of these weeks for each combination of the columns in by, counted once and added up."""
    where = where or {}
    dimension = _dimension(fact, {*by, *where})
    kept = known.of(fact) if dimension else frozenset()
    found: dict[Key, Counter[str]] = {}
    if tallied := [week for week in weeks if week in kept]:
        _add(found, fact, by, *_from_tallies(fact, tallied, by, where, dimension))
    if rest := [week for week in weeks if week not in kept]:
        for key, row in known.count(fact, rest, by, where).items():
            found.setdefault(key, Counter()).update(row)
    return found


def from_rows(fact: Fact, weeks: Sequence[date], by: Sequence[str], where: Where) -> tuple[str, list[Any]]:
    """Give the statement that counts in the rows themselves, and its values."""
    rows, values = fact.between(ranges(weeks))
    condition, more = conditions(where)
    # The condition stands inside, so that what is looked up for each row is looked up for no other.
    before = ALONE if len(weeks) <= FEW else ""
    return (
        f"{before}WITH facts AS MATERIALIZED (SELECT * FROM ({rows}) AS found WHERE {condition}) "
        f"SELECT {''.join(f'{name}, ' for name in by)}{fact.counts} FROM facts{_group(by)}",
        [*values, *more],
    )


def conditions(where: Where) -> tuple[str, list[Any]]:
    """Give the SQL that keeps the rows with these values, and the values."""
    parts: list[str] = ["true"]
    for name, value in where.items():
        given = "= ANY(%s)" if isinstance(value, list) else "IS NULL" if value is None else "= %s"
        parts.append(f"{name} {given}")
    values: list[Any] = [value for value in where.values() if value is not None]
    return " AND ".join(parts), values


def _from_tallies(
    fact: Fact, weeks: Sequence[date], by: Sequence[str], where: Where, dimension: str
) -> tuple[str, list[Any]]:
    condition, values = conditions(where)
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in fact.names)
    return (
        f"SELECT {''.join(f'{name}, ' for name in by)}{sums} FROM {fact.table} "
        f"WHERE dimension = %s AND week = ANY(%s) AND {condition}{_group(by)}",
        [dimension, list(weeks), *values],
    )


def _group(by: Sequence[str]) -> str:
    return f" GROUP BY {', '.join(by)}" if by else ""


def _dimension(fact: Fact, columns: set[str]) -> str:
    """Give the tallies that were counted along all of these columns; none when no tallies were."""
    groups = GROUPS[fact.name]
    fitting = (str(name) for name, counted in groups.items() if columns - {"week"} <= set(counted))
    return next(fitting, "")


def _add(found: dict[Key, Counter[str]], fact: Fact, by: Sequence[str], statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for row in cursor.fetchall():
            numbers = dict(zip(fact.names, map(int, row[len(by) :]), strict=True))
            found.setdefault(row[: len(by)], Counter()).update(numbers)


def total(rows: Iterable[Counter[str]]) -> Counter[str]:
    """Give the figures of these together."""
    together: Counter[str] = Counter()
    for row in rows:
        together.update(row)
    return together


def gather(
    rows: dict[Key, Counter[str]], place: int, *, within: Iterable[date] | None = None
) -> dict[Any, Counter[str]]:
    """Give the figures by one part of their key; within leaves only the weeks of which the key begins with one."""
    weeks = None if within is None else set(within)
    found: dict[Any, Counter[str]] = {}
    for key, row in rows.items():
        if weeks is None or key[0] in weeks:
            found.setdefault(key[place], Counter()).update(row)
    return found
