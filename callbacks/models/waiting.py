"""Asking twice at once for a call about the same: who comes second waits, and finds what the first one made."""

from django.db import connection

from contacts.models import Topic

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def hold(number: str, topic: Topic | None) -> None:
    """Let nobody else ask for a call to this number about the same until this transaction ends.

    Taken after the contact was registered and before it is looked up what waits already: all in this order.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"callback:{number}:{topic.pk if topic else ''}"])
