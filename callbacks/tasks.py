"""The scan that sends what must be remembered; PostgreSQL holds the work, this only looks for it."""

import logging
import time

from celery import shared_task
from django.utils import timezone

from callbacks.models import Reminder
from contacts.models import Heartbeat

log = logging.getLogger(__name__)

BATCH = 20
PATIENCE_SECONDS = 8.0  # a scan comes every 10 seconds: stop in time and let the next one go on


@shared_task
def remind() -> int:
    """Send every reminder whose moment has come, each on its own, and say how many were sent."""
    begun, sent = time.monotonic(), 0
    with Heartbeat.beat("remind"):
        while time.monotonic() - begun < PATIENCE_SECONDS:
            rows: list[Reminder] = Reminder.objects.claim(now=timezone.now(), limit=BATCH)
            sent += sum(_send(row) for row in rows)
            if len(rows) < BATCH:
                break
    return sent


def _send(row: Reminder) -> bool:
    """Send one reminder; an error harms this row alone, which is tried again later and in the end parked."""
    try:
        return row.send(now=timezone.now())
    except Exception as error:
        log.exception("Reminder %s of %s was not sent", row.pk, row.callback.reference)
        row.fail(error, now=timezone.now())
        return False
