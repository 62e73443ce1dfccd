"""The rows behind a number on a board: the same condition that counted them finds them, a page at a time.

What is shown of a row, and why it is in the list, is said in words that the export can use too.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import office_hours
from accounts.paging import Place, encode
from callbacks.models.selection import CallbackQuerySet
from insights.figures import AGES, FAR_AHEAD, stretches_of_age
from insights.models.facts import FACT_OF, Fact, midnight
from insights.models.week import ranges
from insights.rows import Row, show
from insights.scope import Scope
from insights.sums import Where, conditions

PAGE = 50
OPEN: dict[str, str | Promise] = {
    "open": _("Open"),
    "late": _("Te laat"),
    "today": _("Vandaag te bellen"),
    "later": _("Later dan vandaag"),
    "unassigned": _("Niet toegewezen"),
    "age_0": _("Minder dan 1 werkdag open"),
    "age_1": _("1 werkdag open"),
    "age_2": _("2 werkdagen open"),
    "age_3": _("3 tot 5 werkdagen open"),
    "age_6": _("Meer dan 5 werkdagen open"),
}
PAST: dict[str, str | Promise] = {
    "ended": _("Afgerond of vervallen"),
    "completed": _("Afgerond"),
    "cancelled": _("Vervallen"),
    "tried_in_norm": _("Eerste poging op tijd"),
    "tried_late": _("Te laat geprobeerd"),
    "never_tried": _("Niet geprobeerd"),
    "spoken_in_norm": _("Gesproken op tijd"),
    "spoken_late": _("Te laat gesproken"),
    "never_spoken": _("Niet gesproken"),
    "spoken": _("Gesproken"),
    "postponed": _("Uitgesteld met de klant"),
    "late_postponed": _("Niet op tijd, uitgesteld met de klant"),
    "tries_0": _("Geen poging"),
    "tries_1": _("1 poging"),
    "tries_2": _("2 pogingen"),
    "tries_3": _("3 pogingen"),
    "tries_4": _("4 of meer pogingen"),
    "missed_three": _("Drie keer of vaker gemist"),
    "repeated": _("Klant belde opnieuw"),
    "cause_unreachable": _("Vervallen: niet bereikt"),
    "cause_message": _("Vervallen: bericht gestuurd"),
    "cause_answered": _("Vervallen: al beantwoord"),
    "cause_withdrawn": _("Vervallen: klant heeft geen vraag meer"),
    "cause_duplicate": _("Vervallen: dubbel"),
    "cause_other": _("Vervallen: anders"),
    "cause_unknown": _("Vervallen: geen oorzaak gekozen"),
    "questions": _("Alle contacten"),
    "answered": _("Direct beantwoord"),
    "transferred": _("Doorverbonden"),
    "callbacks": _("Geëindigd in een terugbelverzoek"),
    "errors": _("Verkeerd terechtgekomen"),
    "returned": _("Teruggegeven aan het KCC"),
    "forwarded": _("Doorgestuurd naar een andere afdeling"),
}
WHATS = OPEN | PAST


@dataclass(frozen=True)
class Listing:
    """The rows behind one figure of one scope, from a place on, for who leads these teams."""

    what: str
    scope: Scope
    teams: Collection[int] = ()
    more: Where = field(default_factory=dict)
    after: Place | None = None
    size: int = PAGE

    @property
    def title(self) -> str:
        return str(WHATS[self.what])

    @property
    def is_open(self) -> bool:
        return self.what in OPEN

    @cached_property
    def _found(self) -> list[tuple[int, datetime]]:
        return self._open_places() if self.is_open else self._past_places()

    @property
    def next(self) -> str:
        """Give the place where the next page begins, empty at the end."""
        return encode(self._found[self.size - 1][1], self._found[self.size - 1][0]) if self.has_more else ""

    @property
    def has_more(self) -> bool:
        return len(self._found) > self.size

    @cached_property
    def rows(self) -> list[Row]:
        """Give the rows of this page, in a bounded number of queries; of the past only one's own people are named.

        Who holds what is open now, the queue shows to everybody who divides the work.
        """
        ids = [pk for pk, _at in self._found[: self.size]]
        if self.is_open:
            return show("open", ids, now=self.scope.now)
        rows = show(FACT_OF[self.what].name, ids, now=self.scope.now)
        return [row if row.led_by.intersection(self.teams) else replace(row, person="") for row in rows]

    def count(self) -> int:
        """Give how many rows there are, by counting them all: for proving a figure, not for a page."""
        if self.is_open:
            return self._open_rows().count()
        fact = FACT_OF[self.what]
        statement, values = self._select(fact, "count(*)")
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.fetchone()[0])

    def _open_rows(self) -> CallbackQuerySet:
        now, rows = self.scope.now, self.scope.open()
        if "person_id" in self.more:
            rows = rows.filter(assignee=self.more["person_id"], team__in=self.more["team_id"])
        if self.what == "late":
            return rows.overdue(now=now)
        if self.what == "today":
            return rows.due_between(now, midnight(now) + timedelta(days=1))
        if self.what == "later":
            return rows.due_between(midnight(now) + timedelta(days=1), FAR_AHEAD)
        if self.what == "unassigned":
            return rows.unassigned()
        if self.what in AGES:
            start, end = stretches_of_age(office_hours(), now)[self.what]
            return rows.filter(requested_at__gte=start, requested_at__lt=end)
        return rows

    def _open_places(self) -> list[tuple[int, datetime]]:
        rows = self._open_rows().due_first(after=self.after)
        return list(rows.values_list("pk", "due_at")[: self.size + 1])

    def _past_places(self) -> list[tuple[int, datetime]]:
        fact = FACT_OF[self.what]
        statement, values = self._select(fact, "id, at")
        if self.after is not None:
            statement += " AND (at, id) < (%s, %s)"
            values += list(self.after)
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} ORDER BY at DESC, id DESC LIMIT {self.size + 1}", values)
            return [(int(pk), at) for pk, at in cursor.fetchall()]

    def _select(self, fact: Fact, columns: str) -> tuple[str, list[Any]]:
        rows, values = fact.between(ranges(self.scope.period.weeks))
        condition, more = conditions(self.scope.where | self.more)
        shown = f"SELECT {columns} FROM ({rows}) AS facts WHERE ({fact.figures[self.what]}) AND {condition}"
        return shown, [*values, *more]
