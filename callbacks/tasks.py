"""The scans that look after callbacks; PostgreSQL holds the work, these only look for it.

Each may run in several processes at once, by the clock of the database: what one holds no other takes.
"""

import time

from celery import shared_task

from callbacks.models import Callback, Digest, Handover, Reminder
from contacts.models import Heartbeat
from contacts.models.lease import clock
from contacts.tasks import hurry, send
from contacts.turn import PATIENCE_SECONDS, alone, send_due

BATCH = 500


@shared_task
def remind() -> int:
    """Send every reminder whose moment has come, each on its own, and say how many were sent."""
    with Heartbeat.beat("remind"):
        sent = send_due(Reminder.objects.with_callbacks())
    if sent:
        hurry(send)  # the mails need not wait for the next scan
    return sent


@shared_task
def digest() -> int:
    """Send the overviews of the day whose moment has come, each on its own, and say how many were sent."""
    with Heartbeat.beat("digest"):
        Digest.plan(now=clock())
        return send_due(Digest.objects.select_related("recipient"), patience=PATIENCE_SECONDS / 2)


@shared_task
def cover() -> int:
    """Hand on what is held by somebody who is absent or left, each on its own, and say how many moved."""
    begun, moved = time.monotonic(), 0
    with Heartbeat.beat("cover"):
        for callback in Callback.objects.uncovered(now=clock())[:BATCH]:
            if time.monotonic() - begun > PATIENCE_SECONDS / 2:
                break
            moved += alone(callback, lambda: Handover.cover(callback, now=clock()))  # noqa: B023
    return moved
