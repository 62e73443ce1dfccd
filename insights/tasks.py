"""The task that keeps the figures of the weeks that are over; PostgreSQL knows what there is to do."""

from celery import shared_task
from django.utils import timezone

from callbacks.models import Attempt
from contacts.models import Heartbeat
from insights.models import tallying

PATIENCE_SECONDS = 20.0  # the first time there are ten years to count: a piece each minute


@shared_task
def tally() -> int:
    """Bring the tallies up to date, and say how many weeks were counted."""
    with Heartbeat.beat("tally"):
        Attempt.note_spoken(now=timezone.now())
        return tallying.tally(now=timezone.now(), seconds=PATIENCE_SECONDS)
