from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.templatetags.kcc import over_time, time_left
from accounts.worktime import LOCAL
from callbacks.models.callback import Callback
from contacts.models import Contact

APART = 15.0  # percent of the track between two labels, so that their words do not touch


@dataclass
class Mark:
    at: str
    label: str
    late: bool


@dataclass
class Deadline:
    """How long is left or how late it is, and the same as places on a track of working time, in percent."""

    state: str
    text: str
    due_at: str
    now_at: str
    start: str
    due_label: str
    now_label: str
    words: str
    marks: list[Mark] = field(default_factory=list)

    @classmethod
    def of(cls, callback: Callback, *, repeats: list[Contact], now: datetime) -> "Deadline":
        """Give the deadline of a callback, seen from now or from when it ended."""
        ended = callback.completed_at or callback.cancelled_at
        seen = ended or now
        late = seen > callback.due_at
        track = _Track(callback.requested_at, max(seen, callback.due_at))
        due, end = track.place(callback.due_at), 100.0
        labels = [0.0, end]
        made = _("Gemaakt %(moment)s") % {"moment": _short(callback.requested_at)}
        until = _("Uiterlijk %(moment)s") % {"moment": _short(callback.due_at)}
        last = (_("Geëindigd %(moment)s") if ended else _("Nu %(moment)s")) % {"moment": _short(seen)}
        marks = []
        for repeat in repeats:
            words = _("Belde opnieuw %(moment)s") % {"moment": _short(repeat.happened_at)}
            marks.append((track.place(repeat.happened_at), words, repeat.happened_at > callback.due_at))
        if not late:
            marks.append((track.place(seen), last, False))
        due_label = until if late and _free(due, labels) else ""
        shown = [Mark(_percent(at), words if _free(at, labels) else "", after) for at, words, after in marks]
        return cls(
            state="" if ended else "late" if late else "today" if _today(callback.due_at, now) else "",
            text=_headline(callback, seen),
            due_at=_percent(due),
            now_at=_percent(track.place(min(seen, callback.due_at))),
            start=made,
            due_label=due_label,
            now_label=last if late else until,
            words=", ".join([made, until, *(words for _at, words, _late in marks), *([last] if late else [])]),
            marks=shown,
        )


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


def _free(place: float, labels: list[float]) -> bool:
    if any(abs(place - other) < APART for other in labels):
        return False
    labels.append(place)
    return True


def _today(moment: datetime, now: datetime) -> bool:
    return moment.astimezone(LOCAL).date() == now.astimezone(LOCAL).date()


def _short(moment: datetime) -> str:
    return date_format(moment.astimezone(LOCAL), "D H:i")


def _percent(place: float) -> str:
    return f"{place:.1f}"
