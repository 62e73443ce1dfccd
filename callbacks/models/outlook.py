from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Team, office_hours
from accounts.worktime import NeverOpen
from callbacks.models.policy import Policy
from contacts.models import Norm
from contacts.models.norm import NoNorm


@dataclass(frozen=True)
class Outlook:
    """When who would hear what about a callback that is asked for now, if nobody does anything."""

    term: str
    steps: list[tuple[datetime, str]]

    @classmethod
    def of(cls, policy: Policy, team: Team | None, *, now: datetime) -> "Outlook | None":
        """Give what this policy means for a request of this moment; None without a norm or opening hours."""
        hours = office_hours()
        try:
            due, term = Norm.promise(Norm.Kind.CALLBACK, team=team, topic=None, start=now)
            minutes = hours.minutes_between(now, due)
            planned = [
                (policy.first_percent, _("Eerste herinnering aan de behandelaar")),
                (policy.second_percent, _("Tweede herinnering aan de behandelaar")),
                (100, _("Te laat: bericht aan de coördinator")),
                (policy.lead_percent, _("Bericht aan de teamleider")),
            ]
            steps = [
                (due if percent == 100 else hours.add_minutes(now, minutes * percent / 100), words)
                for percent, words in planned
                if percent
            ]
        except (NoNorm, NeverOpen):
            return None
        return cls(term, sorted(steps, key=lambda step: step[0]))
