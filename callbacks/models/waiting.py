"""Asking twice at once for a call about the same: who comes second waits, and finds what the first one made."""

from accounts import locks
from contacts.models import Topic


def hold(number: str, topic: Topic | None) -> None:
    """Let nobody else ask for a call to this number about the same until this transaction ends.

    Taken after the contact was registered and before it is looked up what waits already: all in this order.
    """
    locks.wait(f"callback:{number}:{topic.pk if topic else ''}")
