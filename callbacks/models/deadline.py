from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import office_hours
from accounts.templatetags.kcc import over_time, time_left
from accounts.worktime import LOCAL
from callbacks.models.callback import Callback
from contacts.models import Contact

APART, FROM_EDGE = 15.0, 25.0  # percent of the track between two labels, so that their words do not touch


@dataclass
class Mark:
    at: str
    label: str
    late: bool


@dataclass
class Deadline:
    """How long is left or how late it is, and the same as places on a track of working time, in percent.

    After a postponement the track goes on from the norm's own moment: what lies beyond that is late by the norm.
    """

    state: str
    text: str
    due_at: str  # until when somebody calls, as promised last
    used: str  # how much of the track was within the norm
    over: str  # as far as the part beyond it goes; empty while there is none
    start: str
    due_label: str
    now_label: str
    words: str
    norm: str = ""  # how it stands with the norm; empty unless it was postponed
    norm_is_late: bool = False
    marks: list[Mark] = field(default_factory=list)

    @classmethod
    def of(cls, callback: Callback, *, repeats: list[Contact], now: datetime) -> "Deadline":
        """Give the deadline of a callback, seen from now or from when it ended."""
        seen = callback.ended_at or now
        late, postponed = seen > callback.due_at, callback.norm_due_at is not None
        track = _Track(callback.requested_at, max(seen, callback.due_at, callback.norm_at))
        words = _Words(callback, seen)
        labels: list[float] = []
        points = [(callback.norm_at, words.norm, seen > callback.norm_at)] if postponed else []
        points += [(one.happened_at, _again(one), one.happened_at > callback.norm_at) for one in repeats]
        points += [] if late else [(seen, words.last, seen > callback.norm_at)]
        due = track.place(callback.due_at)
        due_label = words.until if late and _free(due, labels) else ""
        placed = [(track.place(moment), label, after) for moment, label, after in points]
        said = [words.made, words.until, *(label for _at, label, _after in points if label != words.last), words.last]
        return cls(
            state="" if callback.ended_at else "late" if late else "today" if _today(callback.due_at, now) else "",
            text=_headline(callback, seen),
            due_at=_percent(due),
            used=_percent(track.place(min(seen, callback.norm_at))),
            over=_percent(track.place(seen)) if seen > callback.norm_at else "",
            start=words.made,
            due_label=due_label,
            now_label=words.last if late else words.until,
            words=", ".join(said if late else said[:-1]),
            norm=_by_the_norm(callback, seen) if postponed else "",
            norm_is_late=seen > callback.norm_at,
            marks=[Mark(_percent(at), label if _free(at, labels) else "", after) for at, label, after in placed],
        )


class _Words:
    """What stands under the track."""

    def __init__(self, callback: Callback, seen: datetime) -> None:
        postponed = pgettext("terugbelverzoek", "Uitgesteld tot %(moment)s")
        until = postponed if callback.norm_due_at else _("Uiterlijk %(moment)s")
        last = _("Geëindigd %(moment)s") if callback.ended_at else _("Nu %(moment)s")
        self.made = _("Gemaakt %(moment)s") % {"moment": _short(callback.requested_at)}
        self.until = until % {"moment": _short(callback.due_at)}
        self.norm = _("Norm %(moment)s") % {"moment": _short(callback.norm_at)}
        self.last = last % {"moment": _short(seen)}


class _Track:
    """A scale from one moment to another on which only working time counts, or all time when there is none between."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.minutes: Callable[[datetime, datetime], float] = office_hours().minutes_between
        self.length = self.minutes(start, end)
        if self.length <= 0:
            self.minutes = _clock_minutes
            self.length = max(self.minutes(start, end), 1)

    def place(self, moment: datetime) -> float:
        return min(100.0, max(0.0, self.minutes(self.start, moment) / self.length * 100))


def _clock_minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def _headline(callback: Callback, seen: datetime) -> str:
    if callback.completed_at:
        return _("Afgerond")
    if callback.cancelled_at:
        return _("Vervallen")
    if seen > callback.due_at:
        return _("%(time)s te laat") % {"time": over_time(callback.due_at, seen)}
    return time_left(callback.due_at)


def _by_the_norm(callback: Callback, seen: datetime) -> str:
    """Give the norm's own moment, and how late it was by then: di 24 nov 10:45, 2 u 12 min te laat."""
    moment = date_format(callback.norm_at.astimezone(LOCAL), _("D j b H:i"))
    if seen <= callback.norm_at:
        return moment
    return _("%(moment)s, %(time)s te laat") % {"moment": moment, "time": over_time(callback.norm_at, seen)}


def _again(contact: Contact) -> str:
    return _("Belde opnieuw %(moment)s") % {"moment": _short(contact.happened_at)}


def _free(place: float, labels: list[float]) -> bool:
    if not FROM_EDGE <= place <= 100 - FROM_EDGE or any(abs(place - other) < APART for other in labels):
        return False
    labels.append(place)
    return True


def _today(moment: datetime, now: datetime) -> bool:
    return moment.astimezone(LOCAL).date() == now.astimezone(LOCAL).date()


def _short(moment: datetime) -> str:
    return date_format(moment.astimezone(LOCAL), "D H:i")


def _percent(place: float) -> str:
    return f"{place:.1f}"
