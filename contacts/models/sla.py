from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.templatetags.kcc import duration, over_time
from contacts.models.case import Case

SOON = 120  # working minutes from which on the time left is a warning
LONG_AGO = timedelta(days=30)  # from here on a date says more than a number of days
NEAR = timedelta(days=6)  # within which the name of a day says which


@dataclass(frozen=True)
class Sla:
    """How long there is still to answer, as a list shows it: in working time, or what is waited for instead."""

    state: str  # late, warn or nothing
    icon: str
    text: str

    @classmethod
    def of(cls, case: Case, *, now: datetime) -> "Sla":
        if case.closed_at is not None:
            return cls("", "shield-off" if case.spam_at else "check", near(case.closed_at, now))
        if case.is_snoozed:
            return cls("", "clock-pause", _("tot %(moment)s") % {"moment": near(case.snoozed_until, now)})
        if case.is_waiting:
            return cls("", "hourglass", _("tot %(moment)s") % {"moment": near(case.waiting_until, now)})
        if case.is_answered:
            return cls("", "hourglass", _("Geen reactie")) if case.waited_in_vain else cls("", "check", _("Beantwoord"))
        return cls.due(case.due_at, now=now)

    @classmethod
    def due(cls, due_at: datetime, *, now: datetime) -> "Sla":
        if due_at < now - LONG_AGO:
            return cls("late", "clock-exclamation", _("Te laat sinds %(day)s") % {"day": near(due_at, now)})
        if due_at <= now:
            return cls("late", "clock-exclamation", _("%(time)s te laat") % {"time": over_time(due_at, now)})
        if due_at > now + NEAR:
            return cls("", "clock", near(due_at, now))
        minutes = office_hours().minutes_between(now, due_at)
        if minutes < SOON:
            return cls("warn", "clock", _("Nog %(time)s") % {"time": duration(timedelta(minutes=max(minutes, 1)))})
        if timezone.localtime(due_at).date() == timezone.localtime(now).date():
            return cls("", "clock", _("Nog %(n)d u") % {"n": round(minutes / 60)})
        return cls("", "clock", near(due_at, now))

    def until(self, due_at: datetime, *, now: datetime) -> str:
        """Give what is left with the moment it ends: Nog 48 min, tot 11:30."""
        end = near(due_at, now)
        if self.text == end:
            return _("Tot %(moment)s") % {"moment": end}
        return _("%(left)s, tot %(moment)s") % {"left": self.text, "moment": end}


def near(moment: datetime | None, now: datetime) -> str:
    """Give a moment in as few words as tell it apart: 14:30, wo 14:30, 3 dec, 3 dec 2025."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if abs(local - today) < NEAR:
        return date_format(local, "D H:i")
    return date_format(local, _("j b") if local.year == today.year else _("j b Y"))


def age(moment: datetime | None, now: datetime) -> str:
    """Give how long ago something was, in the largest unit: 38 min, 5 u, 1 d."""
    if moment is None:
        return ""
    minutes = max(int((now - moment).total_seconds() // 60), 0)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 24 * 60:
        return _("%(n)d u") % {"n": minutes // 60}
    return _("%(n)d d") % {"n": minutes // (24 * 60)}
