"""What is done for the knowledge base by itself; PostgreSQL holds the work, these only look for it."""

import time

from celery import shared_task
from django.utils import timezone

from contacts.models import Heartbeat
from contacts.models.lease import clock
from contacts.tasks import hurry, send
from contacts.turn import send_due
from knowledge import links
from knowledge.models import Notice, Searching
from knowledge.models.due_notices import plan_due
from knowledge.models.gap import answer_written
from knowledge.publication import publish_due as publish
from knowledge.search import index

TURN = 15.0  # seconds of throwing away old searches, before other work in the same queue has its turn


@shared_task
def remind() -> int:
    """Tell what somebody must hear about articles by now, each on its own, and say how much was told."""
    with Heartbeat.beat("notices"):
        now = clock()
        plan_due(now=now)
        answer_written(now=now)
        sent = send_due(Notice.objects.with_articles())
    if sent:
        hurry(send)  # the mails need not wait for the next scan
    return sent


@shared_task
def forget_searches() -> int:
    """Throw away what was searched for longer ago than it is kept, piece by piece, and say how much that was."""
    until, gone = time.monotonic() + TURN, 0
    while time.monotonic() < until and (n := Searching.objects.forget(now=timezone.now())):
        gone += n
    return gone


@shared_task
def index_articles() -> int:
    """Have the search know what was written past saving, and what new passages mean; say how many articles."""
    done = index.catch_up(seconds=10)
    index.embed(seconds=10)
    return done


@shared_task
def publish_due() -> int:
    """Publish what was planned for a moment that has come, each on its own, and say how much that was."""
    with Heartbeat.beat("publish"):
        return publish(now=clock())


@shared_task
def check_links() -> int:
    """Look for some seconds whether the addresses in articles still answer, and say at how many."""
    gathered = Heartbeat.ages(["links"]).get("links")
    everything = gathered is None or timezone.localdate(gathered[0]) != timezone.localdate()
    links.gather_changed(everything=everything)
    with Heartbeat.beat("links"):
        return links.check_due(now=clock())
