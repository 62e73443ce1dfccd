"""The scans that look after callbacks; PostgreSQL holds the work, these only look for it.

Each may run in several processes at once, by the clock of the database: what one holds no other takes.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import Error, connection
from django.db.models import Model

from callbacks.models import Callback, Digest, Handover, Reminder
from contacts.models import Heartbeat, Leased, LeasedQuerySet
from contacts.models.lease import clock
from contacts.tasks import hurry, send

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 8.0  # a scan comes every 10 seconds: stop in time and let the next one go on
LEASE = timedelta(seconds=30)  # telling is one short transaction; a dead process must not keep it from the next minute
BATCH = 500


@shared_task
def remind() -> int:
    """Send every reminder whose moment has come, each on its own, and say how many were sent."""
    with Heartbeat.beat("remind"):
        sent = _send_due(Reminder.objects.with_callbacks(), patience=PATIENCE_SECONDS)
    if sent:
        hurry(send)  # the mails need not wait for the next scan
    return sent


@shared_task
def digest() -> int:
    """Send the overviews of the day whose moment has come, each on its own, and say how many were sent."""
    with Heartbeat.beat("digest"):
        Digest.plan(now=clock())
        return _send_due(Digest.objects.select_related("recipient"), patience=PATIENCE_SECONDS / 2)


@shared_task
def cover() -> int:
    """Hand on what is held by somebody who is absent or left, each on its own, and say how many moved."""
    begun, moved = time.monotonic(), 0
    with Heartbeat.beat("cover"):
        for callback in Callback.objects.uncovered(now=clock())[:BATCH]:
            if time.monotonic() - begun > PATIENCE_SECONDS / 2:
                break
            moved += _alone(callback, lambda: Handover.cover(callback, now=clock()))  # noqa: B023
    return moved


def _send_due(rows: LeasedQuerySet[Any], *, patience: float) -> int:
    """Send what is due, one row after another: one that takes the process down costs no other an attempt."""
    begun, sent = time.monotonic(), 0
    while time.monotonic() - begun < patience:
        taken = rows.claim(now=clock(), limit=1, lease=LEASE)
        if not taken:
            break
        row = taken[0]
        sent += _alone(row, lambda: row.send(now=clock()))  # noqa: B023
    return sent


def _alone(row: Model, do: Callable[[], bool]) -> bool:
    """Do something to one row; an error harms this row alone, which is tried again later and in the end parked.

    Raises what the database raised when it is gone: nothing can be noted then, and the row is due after its lease.
    """
    try:
        return do()
    except Exception as error:
        log.exception("%s %s was not looked after", type(row).__name__, row.pk)
        if isinstance(error, Error) and not connection.is_usable():
            raise
        if isinstance(row, Leased):
            row.fail(error, now=clock())
        return False
