"""What is counted of searching in the knowledge base, each figure once: the same condition finds the list behind it.

A row is one question, with the moment it was asked. It counts in the week of that moment.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.paging import Place as PlaceInList
from accounts.paging import encode
from insights.knowledge_scope import KnowledgeScope
from insights.models import QUESTIONS
from insights.models.week import bounds
from insights.scope import every_week
from knowledge.models import Searching
from knowledge.models.searching import CHAIN

PAGE = 50
# Only where colleagues search is seen what they open and with which words they go on.
SEEN = "s.place IN ('page', 'desk')"
CLICKABLE = f"s.found > 0 AND {SEEN}"
# The last step of a chain; a page that stays open begins at step 1 again.
LAST = """s.step > 1 AND NOT EXISTS (
    SELECT 1 FROM knowledge_searching n WHERE n.step > 1 AND n.chain = s.chain AND n.step = s.step + 1
    AND n.at >= s.at AND n.at <= s.at + interval '15 minutes' AND n.at >= %s AND n.at < %s)"""
FIGURES = {
    "asked": "true",
    "nothing": "s.found = 0",
    "found": CLICKABLE,
    "unclicked": f"{CLICKABLE} AND s.opened_at IS NULL",
    "chains": f"s.step = 1 AND {SEEN}",
    "again": f"s.step = 2 AND {SEEN}",
}
TITLES: dict[str, str | Promise] = {
    "asked": _("Gezocht"),
    "nothing": _("Zonder resultaat"),
    "unclicked": _("Zonder klik"),
    "again": _("Opnieuw gezocht"),
    "ended": _("Met andere woorden verder gezocht"),
}
LISTED = {**FIGURES, "ended": LAST}
TOPS = ("nothing", "unclicked", "asked")


@dataclass(frozen=True)
class Asked:
    """One question in all the ways it was typed: the row it was typed in last, and how often what came of it."""

    row: Searching
    figures: Counter[str]


@dataclass(frozen=True)
class Chain:
    """First words and the last ones after them; the row is the last time this happened."""

    row: Searching
    times: int
    opened: int


def by_week(scope: KnowledgeScope) -> dict[date, Counter[str]]:
    """Give the figures of each week that the board shows or compares with, in one query."""
    weeks = every_week(min(scope.period.before[0], scope.period.trend[0]), scope.period.last)
    edges = [bounds(week)[0] for week in weeks]
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in FIGURES.values())
    where, values = _within(scope, edges[0], scope.end)
    found = {week: Counter[str]() for week in weeks}
    statement = f"SELECT width_bucket(s.at, %s::timestamptz[]), {counts} FROM knowledge_searching s {where} GROUP BY 1"
    for place, *numbers in _rows(statement, [edges, *values]):
        found[weeks[place - 1]] = Counter(dict(zip(FIGURES, numbers, strict=True)))
    return found


def tops(scope: KnowledgeScope, *, most: int) -> dict[str, list[Asked]]:
    """Give the questions with the most of each of three figures, from one pass over the rows of the period."""
    counts = ", ".join(f"count(*) FILTER (WHERE {FIGURES[name]}) AS {name}" for name in TOPS)
    where, values = _within(scope, scope.start, scope.end)
    parts = " UNION ALL ".join(
        f"(SELECT '{name}' AS top, example, {', '.join(TOPS)} FROM grouped WHERE {name} > 0 "
        f"ORDER BY {name} DESC, example DESC LIMIT {most:d})"
        for name in TOPS
    )
    grouped = f"SELECT max(s.id) AS example, {counts} FROM knowledge_searching s {where} GROUP BY s.folded"
    rows = list(_rows(f"WITH grouped AS MATERIALIZED ({grouped}) {parts}", values))
    examples = Searching.objects.in_bulk({pk for _top, pk, *_numbers in rows})
    found: dict[str, list[Asked]] = {name: [] for name in TOPS}
    for top, pk, *numbers in rows:
        if pk in examples:  # it may be thrown away this very moment
            found[top].append(Asked(examples[pk], Counter(dict(zip(TOPS, numbers, strict=True)))))
    return found


def chains(scope: KnowledgeScope, *, most: int) -> list[Chain]:
    """Give from which words to which people went on, the most first."""
    where, values = _listed(scope, "ended")
    statement = f"""SELECT max(s.id), count(*), count(s.opened_at) FROM knowledge_searching s {where}
        GROUP BY s.begun, s.folded ORDER BY count(*) DESC, max(s.id) DESC LIMIT {most:d}"""
    rows = list(_rows(statement, values))
    examples = Searching.objects.in_bulk([pk for pk, _times, _opened in rows])
    return [Chain(examples[pk], times, opened) for pk, times, opened in rows if pk in examples]


@dataclass(frozen=True)
class Questions:
    """The questions behind one figure, newest first; with like only those of the same words."""

    what: str
    scope: KnowledgeScope
    like: Searching | None = None
    after: PlaceInList | None = None
    size: int = PAGE

    @property
    def title(self) -> str:
        return str(TITLES[self.what])

    @property
    def words(self) -> str:
        """Give the words the list is about: those of one question, or of both ends of a chain."""
        if self.like is None:
            return ""
        return f"{self.like.begun} → {self.like.text}" if self.what == "ended" else self.like.text

    def page(self) -> tuple[list[Searching], str]:
        """Give the rows of this page with what was opened, and the place where the next begins."""
        where, values = self._where()
        if self.after is not None:
            where, values = f"{where} AND (s.at, s.id) < (%s, %s)", [*values, *self.after]
        statement = (
            f"SELECT s.id FROM knowledge_searching s {where} ORDER BY s.at DESC, s.id DESC LIMIT {self.size + 1}"
        )
        ids = [pk for (pk,) in _rows(statement, values)]
        known = Searching.objects.with_opened().in_bulk(ids[: self.size])
        rows = [known[pk] for pk in ids if pk in known]
        return rows, encode(rows[-1].at, rows[-1].pk) if len(ids) > self.size and rows else ""

    def count(self) -> int:
        """Give how many rows the whole list has."""
        where, values = self._where()
        return int(next(_rows(f"SELECT count(*) FROM knowledge_searching s {where}", values))[0])

    def _where(self) -> tuple[str, list[Any]]:
        where, values = _listed(self.scope, self.what)
        if self.like is not None:
            where, values = f"{where} AND s.folded = %s", [*values, self.like.folded]
            if self.what == "ended":
                where, values = f"{where} AND s.begun = %s", [*values, self.like.begun]
        return where, values


def answered_with_article(scope: KnowledgeScope, start: datetime, middle: datetime) -> tuple[int, int]:
    """Give how many contacts of before and of the period the contact centre answered itself with an article linked."""
    statement = f"""SELECT count(DISTINCT c.id) FILTER (WHERE c.happened_at < %s),
        count(DISTINCT c.id) FILTER (WHERE c.happened_at >= %s)
        FROM knowledge_usage u JOIN contacts_contact c ON c.id = u.contact_id
        WHERE u.at >= %s AND c.happened_at >= %s AND c.happened_at < %s AND c.direction = 'in'
        AND {QUESTIONS.figures["answered"]}"""
    before, now = next(_rows(statement, [middle, middle, start, start, scope.end]))
    return int(before), int(now)


def _listed(scope: KnowledgeScope, what: str) -> tuple[str, list[Any]]:
    """Give the condition for the rows behind a figure, in the period of the board."""
    where, values = _within(scope, scope.start, scope.end)
    bounds_of_next = [scope.start, scope.end + CHAIN] if what == "ended" else []
    return f"{where} AND {LISTED[what]}", [*values, *bounds_of_next]


def _within(scope: KnowledgeScope, start: datetime, end: datetime) -> tuple[str, list[Any]]:
    """Give the condition for the rows of a stretch of time, at the place this is about."""
    if scope.place:
        return "WHERE s.at >= %s AND s.at < %s AND s.place = %s", [start, end, scope.place]
    return "WHERE s.at >= %s AND s.at < %s", [start, end]


def _rows(statement: str, values: list[Any]) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return iter(cursor.fetchall())
