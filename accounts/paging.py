"""Lists that go on: a page costs the same wherever it is, because it begins after a place, not after a count."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.functional import cached_property

Row = TypeVar("Row", bound=Model)
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the place after the last one (empty at the end)."""

    rows: list[Row]
    next: str


def page(rows: "QuerySet[Row]", *, size: int, moment: Callable[[Row], datetime]) -> Page[Row]:
    """Give the first size rows; rows must be ordered by that moment and the primary key."""
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, encode(moment(found[-1]), found[-1].pk) if more else "")


def place(cursor: str | None) -> Place | None:
    """Give the place that a page's next names; None for the beginning. Raises Http404 for anything else."""
    if not cursor:
        return None
    try:
        microseconds, pk = base64.urlsafe_b64decode(cursor.encode()).decode().split(".")
        return datetime.fromtimestamp(int(microseconds) / 1_000_000, tz=UTC), _bigint(pk)
    except (ValueError, binascii.Error, OverflowError, OSError):
        raise Http404("not a place in this list") from None


def _bigint(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError(text)
    return number


def encode(moment: datetime, pk: int = 0) -> str:
    """Give the opaque name of a place in a list, for an address."""
    microseconds = round(moment.timestamp() * 1_000_000)
    return base64.urlsafe_b64encode(f"{microseconds}.{pk}".encode()).decode()


class BoundedPaginator(Paginator):
    """Numbered pages for the admin, of the first ten thousand rows: counting all of a large table takes seconds."""

    LIMIT = 10_000

    @cached_property
    def count(self) -> int:
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by()[: self.LIMIT].count()
