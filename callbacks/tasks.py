"""The scan that sends what must be remembered; PostgreSQL holds the work, this only looks for it."""

import logging
import time

from celery import shared_task
from django.db import Error, connection
from django.utils import timezone

from callbacks.models import Reminder
from contacts.models import Heartbeat

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 8.0  # a scan comes every 10 seconds: stop in time and let the next one go on


@shared_task
def remind() -> int:
    """Send every reminder whose moment has come, each on its own, and say how many were sent.

    One is taken at a time: a row that takes the process down costs no other row one of its attempts.
    """
    begun, sent = time.monotonic(), 0
    with Heartbeat.beat("remind"):
        while time.monotonic() - begun < PATIENCE_SECONDS:
            rows: list[Reminder] = Reminder.objects.claim(now=timezone.now(), limit=1)
            if not rows:
                break
            sent += _send(rows[0])
    return sent


def _send(row: Reminder) -> bool:
    """Send one reminder; an error harms this row alone, which is tried again later and in the end parked.

    Raises what the database raised when it is gone: nothing can be noted then, and the row is due after its lease.
    """
    try:
        return row.send(now=timezone.now())
    except Exception as error:
        log.exception("Reminder %s of callback %s was not sent", row.pk, row.callback_id)
        if isinstance(error, Error) and not connection.is_usable():
            raise
        row.fail(error, now=timezone.now())
        return False
