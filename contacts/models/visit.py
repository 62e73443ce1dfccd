"""Visits to the desk: contacts of the channel Balie."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.memory import remembered
from accounts.models import User
from contacts.models.contact import Channel, Contact
from contacts.models.topic import Topic, choosable_topics

LATEST, MOST = 300, 8
RECENT = timedelta(days=30)  # a desk that was closed longer is not looked for through all contacts there ever were


def visits_of(user: User, *, since: datetime) -> QuerySet[Contact]:
    """Give the ten visits that this user registered last, from that moment on."""
    rows = Contact.objects.filter(channel=Channel.DESK, agent=user, happened_at__gte=since)
    return rows.select_related("topic__parent").order_by("-happened_at")[:10]


@remembered
def usual_topics() -> list[Topic]:
    """Give the eight topics that people came to the desk for most, of the last 300 visits within a month."""
    since = timezone.now() - RECENT
    latest = Contact.objects.filter(channel=Channel.DESK, happened_at__gte=since).order_by("-happened_at")
    counted = Counter(latest.values_list("topic", flat=True)[:LATEST])
    known = {topic.pk: topic for topic in choosable_topics()}
    most = [pk for pk, _times in counted.most_common() if pk in known]
    return [known[pk] for pk in most][:MOST]
