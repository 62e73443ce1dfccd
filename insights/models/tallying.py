"""Keeping the tallies: the weeks that changed are counted again, and those that nobody counted yet."""

import time
from collections.abc import Callable
from datetime import datetime
from math import inf

from insights.models.week import Watermark, Week, touched

Say = Callable[[int], None]


def tally(*, now: datetime, seconds: float = inf, again: bool = False, say: Say = lambda n: None) -> int:
    """Count again every counted week that changed (or with again each), then those never counted while there is time.

    Say how many were counted. Stopped half-way, or two at once, nothing is lost: the next time goes on.
    """
    begun, counted = time.monotonic(), 0
    mark, top = Watermark.current(now=now), Watermark.highest()
    weeks = Week.objects.all()
    if not again:
        due = now - mark.noted_at >= Watermark.OVERLAP
        changed = set().union(*touched(mark.settled if due else mark.counted).values())
        weeks = weeks.filter(monday__in=changed)
    for week in weeks.order_by("-monday").values_list("monday", flat=True):
        Week.count(week)
        counted += 1
        say(counted)
    mark.advance(to=top, now=now)
    for week in Week.missing(now=now):
        if time.monotonic() - begun > seconds:
            break
        Week.count(week)
        counted += 1
        say(counted)
    return counted
