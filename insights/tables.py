"""Figures in tables, as a page shows them and a file holds them; every number knows its list."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext, pgettext

from insights.figures import Share
from insights.lists import OPEN
from insights.means import Means
from insights.scope import Scope

Where = dict[str, str]  # words of an address
MUTED = '<span class="kcc-muted">{}</span>'


@dataclass(frozen=True)
class Cell:
    """One number or part of a whole, and where its rows are."""

    value: int | str
    url: str = ""
    share: Share | None = None
    state: str = ""
    is_alone: bool = False  # the percentage says enough: the number itself stands beside it

    def alone(self) -> "Cell":
        return replace(self, is_alone=True)

    @property
    def text(self) -> str:
        """Give what a file holds: the number, and never a percentage that says nothing."""
        if self.share is None:
            return str(self.value)
        percent = self.share.percent
        return _t("te weinig") if percent is None else f"{percent}%"

    @property
    def html(self) -> str:
        """Give the cell as a page shows it; a table has hundreds, and a template takes ten times as long."""
        css = "n t-warn" if self.state == "warn" else "n"
        number = format_html('<a href="{}">{}</a>', self.url, self.value) if self.url else str(self.value)
        if self.share is None:
            shown = number if self.url else format_html(MUTED, number)
            return format_html('<td class="{}">{}</td>', css, shown)
        percent = format_html(MUTED if self.share.percent is None else "<b>{}</b>", self.text)
        if self.is_alone:
            return format_html('<td class="{}">{}</td>', css, percent)
        part = format_html('<span class="sub">{} {} {}</span>', number, pgettext("geheel", "van"), self.share.whole)
        return format_html('<td class="{}">{} {}</td>', css, percent, part)


@dataclass(frozen=True)
class Line:
    """One row of a table: what it is about, where that is shown, and its numbers."""

    label: str
    cells: list[Cell]
    url: str = ""
    sub: str = ""
    depth: int = 0
    bar: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its name, its columns (the first is that of the labels) and what its figures mean."""

    key: str
    title: str
    head: list[str]
    lines: list[Line]
    means: Means = field(default_factory=list)
    empty: str = ""


def count(what: str, figures: Counter[str], scope: Scope, where: Where | None = None) -> Cell:
    """Give how many there are, with their list."""
    return Cell(figures[what], list_url(what, scope, **(where or {})) if figures[what] else "")


def share(
    what: str, of: str, figures: Counter[str], scope: Scope, where: Where | None = None, *, norm: int = 0
) -> Cell:
    """Give a part of a whole, with the list of that part; below the norm it asks for attention."""
    part = Share(figures[what], figures[of])
    state = "warn" if norm and part.percent is not None and part.percent < norm else ""
    return Cell(figures[what], list_url(what, scope, **(where or {})) if figures[what] else "", part, state)


def list_url(what: str, scope: Scope, **where: str) -> str:
    """Give the address of the rows behind a figure; the queue itself where it can show exactly those."""
    asked = scope.query | {name: value for name, value in where.items() if value}
    if what in QUEUES and not scope.channel and asked.get("topic") != "none":
        kept = {name: value for name, value in asked.items() if name in {"team", "topic", "person"}}
        return f"{_path('callbacks:list')}?{urlencode(QUEUES[what] | kept)}"
    if what in OPEN:  # what waits now has no period
        asked = {name: value for name, value in asked.items() if name not in {"period", "week"}}
    return f"{_path('insights:list')}?{urlencode({'what': what} | asked)}"


@cache
def _path(name: str) -> str:
    """Give the address of a page without arguments; a table has hundreds of links to one."""
    return reverse(name)


QUEUES = {  # what the queue shows under these words of its address
    "open": {"view": "all"},
    "late": {"view": "all", "due": "late"},
    "today": {"view": "all", "due": "today"},
    "unassigned": {"view": "unassigned"},
}


def compared(now: Share, before: Share, scope: Scope) -> str:
    """Give the difference with the period before in words: 4 punten hoger dan de 13 weken ervoor, or nothing."""
    if now.percent is None or before.percent is None:
        return ""
    points, words = now.percent - before.percent, scope.period.words_before
    if points == 0:
        return _t("even hoog als %(before)s") % {"before": words}
    if points > 0:
        said = ngettext("%(n)d punt hoger dan %(before)s", "%(n)d punten hoger dan %(before)s", points)
    else:
        said = ngettext("%(n)d punt lager dan %(before)s", "%(n)d punten lager dan %(before)s", -points)
    return said % {"n": abs(points), "before": words}


def average(figures: Counter[str], over: str, of: str) -> str:
    """Give an average with one decimal, empty when there is too little to say anything."""
    if figures[of] < 20:
        return ""
    tenths = (20 * figures[over] + figures[of]) // (2 * figures[of])
    return number_format(Decimal(tenths) / 10, decimal_pos=1)


def as_rows(table: Table) -> list[list[Any]]:
    """Give the rows of a table for a file: numbers as numbers, a share as its part, its whole and its percentage."""
    found: list[list[Any]] = []
    for line in table.lines:
        row: list[Any] = [f"{line.label} ({line.sub})" if line.sub else line.label]
        for cell in line.cells:
            row += [cell.value, cell.share.whole, cell.text] if cell.share else [cell.value]
        found.append(row)
    return found


def as_head(table: Table) -> list[str]:
    """Give the names of the columns that as_rows makes."""
    first = table.lines[0].cells if table.lines else []
    names = [table.head[0]]
    for place, name in enumerate(table.head[1:]):
        cell = first[place] if place < len(first) else None
        names += [name, pgettext("geheel", "van"), _t("deel")] if cell and cell.share else [name]
    return names
