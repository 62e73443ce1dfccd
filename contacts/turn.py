"""One turn of a scan: what is due is done one row after another, and one that fails harms no other."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import Error, connection
from django.db.models import Model

from contacts.models import Leased, LeasedQuerySet
from contacts.models.lease import clock

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 8.0  # a scan comes every 10 seconds: stop in time and let the next one go on
LEASE = timedelta(seconds=30)  # telling is one short transaction; a dead process must not keep it from the next minute


def send_due(rows: LeasedQuerySet[Any], *, patience: float = PATIENCE_SECONDS) -> int:
    """Send what is due, one row after another: one that takes the process down costs no other an attempt."""
    begun, sent = time.monotonic(), 0
    while time.monotonic() - begun < patience:
        taken = rows.claim(now=clock(), limit=1, lease=LEASE)
        if not taken:
            break
        row = taken[0]
        sent += alone(row, lambda: row.send(now=clock()))  # noqa: B023
    return sent


def alone(row: Model, do: Callable[[], bool]) -> bool:
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
