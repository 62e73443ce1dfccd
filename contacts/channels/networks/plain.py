"""A stranger's JSON made into plain values: of the kind that was asked for, cut to a size, fit for the database."""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

ROWS = 1000  # of one list that are looked at
OLD = timedelta(days=30)  # a moment further back is a wrong clock
AHEAD = timedelta(minutes=5)  # clocks differ
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Unreadable(Exception):
    """This cannot be read; says so in the words an agent reads."""


def parse(raw: bytes) -> dict[str, Any]:
    """Give the object that these bytes are in JSON. Raises Unreadable."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("Het bericht is geen leesbare JSON.")) from error
    if not isinstance(found, dict):
        raise Unreadable(_("Het bericht is geen leesbare JSON."))
    return found


def part(found: Any, *names: str) -> dict[str, Any]:
    """Give the object at the end of these names, or an empty one."""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def rows(found: Any, name: str) -> list[dict[str, Any]]:
    """Give the objects of the list with this name, or none."""
    value = found.get(name) if isinstance(found, dict) else None
    return [row for row in value[:ROWS] if isinstance(row, dict)] if isinstance(value, list) else []


def words(value: Any, *, most: int = 100_000) -> str:
    """Give a text, or a number as text, without what cannot be stored; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        text = str(value)
    except ValueError:  # a number of more digits than Python writes out
        return ""
    return clean(text)[:most]


def line(value: Any, *, most: int = 200) -> str:
    """Give a text on one line."""
    return " ".join(words(value).split())[:most]


def clean(text: str) -> str:
    """Give text without control characters and halves of characters: PostgreSQL or a page would choke on them."""
    return UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def moment(value: Any, *, per_second: int = 1) -> datetime | None:
    """Give a moment that stands there as a count since 1970, or in ISO 8601 with its offset; None when it does not."""
    try:
        if isinstance(value, str) and not value.strip().lstrip("-").isdecimal():
            found = parse_datetime(value[:40])
            return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        number = float(value) / per_second
        return datetime.fromtimestamp(number, UTC) if math.isfinite(number) else None
    except (ValueError, OverflowError, OSError):
        return None


def believable(at: datetime | None, arrived: datetime) -> datetime:
    """Give when something was written, if that clock can be believed, else when it arrived."""
    if at is None or not arrived - OLD <= at <= arrived + AHEAD:
        return arrived
    return min(at, arrived)


def written(found: Any) -> str:
    """Give a part of what came as JSON text again, in ASCII: it is kept beside what was read from it."""
    return json.dumps(found, ensure_ascii=True)
