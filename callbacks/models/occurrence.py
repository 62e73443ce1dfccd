"""What a reminder is for, as the word that makes it arrive once."""

from datetime import datetime

from accounts.models import Team, User
from contacts.models import Contact

CALLED_OFTEN = "repeats"  # the citizen called again so often that the team leads hear it, once


def by_hand(key: str) -> str:
    """Give the word for a reminder that somebody asked for with this key."""
    return f"manual:{key}"[:60]


def escalated(key: str, *, by: User | None) -> str:
    """Give the word for telling the team leads because this colleague asked for it with this key."""
    return f"escalated:{key[:36]}:{by.pk if by else 0}"[:60]


def escalated_by(occurrence: str) -> int | None:
    """Give the number of the colleague who had the team leads told, None when it is about something else."""
    kind, _key, number = f"{occurrence}::".split(":")[:3]
    return int(number) if kind == "escalated" and number.isdecimal() else None


def handed_to(team: Team, assignee: User | None, now: datetime) -> str:
    """Give the word for telling who got a callback at that moment."""
    return f"new:{team.pk}:{assignee.pk if assignee else 0}:{now:%Y%m%d%H%M%S}"


def called_again(contact: Contact) -> str:
    """Give the word for telling that the citizen called again."""
    return f"repeat:{contact.pk}"


def sent_back(team: Team, now: datetime) -> str:
    """Give the word for telling who asked that a callback came back to the contact centre."""
    return f"returned:{team.pk}:{now:%Y%m%d%H%M%S}"
