"""What a reminder is for, as the word that makes it arrive once."""

from datetime import datetime

from accounts.models import Team, User
from contacts.models import Contact


def by_hand(key: str) -> str:
    """Give the word for a reminder that somebody asked for with this key."""
    return f"manual:{key}"[:60]


def handed_to(team: Team, assignee: User | None, now: datetime) -> str:
    """Give the word for telling who got a callback at that moment."""
    return f"new:{team.pk}:{assignee.pk if assignee else 0}:{now:%Y%m%d%H%M%S}"


def called_again(contact: Contact) -> str:
    """Give the word for telling that the citizen called again."""
    return f"repeat:{contact.pk}"
