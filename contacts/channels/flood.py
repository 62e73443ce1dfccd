"""Machines that mail without end: after a number of like mails in an hour, what follows joins the last case."""

import re
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from contacts.channels.arrival import Arrival
from contacts.models import Case, Channel, Contact, Direction

HOUR = timedelta(hours=1)
LOOKED_AT = 1000  # mails of one address in an hour; more are a flood by themselves
CHANGING = re.compile(r"[\d\W_]+")
ANSWERS = re.compile(r"^(?:\s*(?:re|aw|antw|antwoord|fwd?|fw)\s*:)+", re.IGNORECASE)


def case_for(arrival: Arrival) -> Case | None:
    """Give the case that a mail joins because its sender sent so many like it within the hour; mostly None.

    Alike are subjects that differ in numbers and signs only. An archive that is imported is no flood.
    """
    most, since = settings.MAIL_SAME_PER_HOUR, timezone.now() - HOUR
    if not most or not arrival.sender or arrival.inbound.source == "import" or arrival.moment < since:
        return None
    rows = Contact.objects.filter(
        party=arrival.sender, channel=Channel.EMAIL, direction=Direction.INBOUND, happened_at__gt=since
    )
    latest = list(rows.order_by("-happened_at").values_list("subject", "case")[:LOOKED_AT])
    like = gist(arrival.mail.subject)
    cases = [case for subject, case in latest if case and gist(subject) == like]
    if len(set(cases)) < most and len(latest) < LOOKED_AT:
        return None
    return Case.objects.open().filter(pk=cases[0]).first() if cases else None


def warn(case: Case) -> None:
    """Note in the case that what follows joins it, once."""
    if not case.events.filter(kind="case_flooded").exists():
        case.track("case_flooded", by=None)


def gist(subject: str) -> str:
    """Give what stays the same in the subjects of a machine."""
    return CHANGING.sub("", ANSWERS.sub("", subject[:200])).casefold()
