"""When somebody would call back, while the agent still types."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Team, office_hours
from accounts.worktime import LOCAL, NeverOpen
from callbacks.models.confirmation import spoken
from contacts.models import Norm, Topic
from contacts.models.norm import NoNorm
from contacts.models.topic import choosable_topics

Window = tuple[time | None, time | None]  # from and until when a citizen can be reached
Promised = tuple[Team, datetime, str]  # who calls, until when at the latest, and the norm in words


def due(team: Team, topic: Topic | None) -> tuple[datetime, str] | None:
    """Give when a callback asked for now would be due and the norm in words; None when the office set up neither."""
    try:
        return Norm.promise(Norm.Kind.CALLBACK, team=team, topic=topic)
    except (NoNorm, NeverOpen):
        return None


def promise(team: Team | None, topic: Topic | None) -> Promised | None:
    """Give who would call back, when it would be due and the norm in words; None while nobody can be told."""
    found = due(team, topic) if team else None
    return (team, *found) if team and found else None


def sentence(promised: Promised, *, language: str, window: Window = (None, None)) -> str:
    """Give what the citizen may hear, in a language we can say it in; in a window, the last moment within it."""
    team, moment, _term = promised
    within = last_within(window, due_at=moment, now=timezone.now()) if any(window) else None
    local = timezone.localtime(within or moment)
    with translation.override(spoken(language)):
        words = {"day": date_format(local, "l j F"), "time": date_format(local, "H:i"), "team": team.name}
        if within is None:
            return _("U wordt uiterlijk %(day)s om %(time)s uur gebeld door %(team)s.") % words
        said = _("U wordt %(window)s gebeld door %(team)s, uiterlijk %(day)s om %(time)s uur.")
        return said % (words | {"window": _in_words(window)})


def last_within(window: Window, *, due_at: datetime, now: datetime) -> datetime | None:
    """Give until when somebody can be called in this window and in office hours before it is due; None when never."""
    start, until = window
    day = due_at.astimezone(LOCAL).date()
    while day >= now.astimezone(LOCAL).date():
        begin = datetime.combine(day, start or time.min, LOCAL)
        end = datetime.combine(day, until or time.max, LOCAL)
        for opens, closes in reversed(office_hours().intervals(day)):
            if max(opens, begin, now) < (last := min(closes, end, due_at)):
                return last
        day -= timedelta(days=1)
    return None


def _in_words(window: Window) -> str:
    start, until = window
    words = {"start": f"{start:%H:%M}" if start else "", "until": f"{until:%H:%M}" if until else ""}
    if start and until:
        return _("tussen %(start)s en %(until)s uur") % words
    return _("na %(start)s uur") % words if start else _("vóór %(until)s uur") % words


class PreviewForm(forms.Form):
    """About what a promise would be made; the name is that of the field on the desk."""

    topic = forms.UUIDField(required=False)
    customer = forms.CharField(required=False, max_length=36)

    def __init__(self, data: Any) -> None:
        super().__init__({"topic": data.get("topic"), "customer": data.get("customer")})
        self.is_valid()

    @property
    def chosen_topic(self) -> Topic | None:
        """Give the topic that is meant, None when that cannot be told."""
        return next((one for one in choosable_topics() if one.uuid == self.cleaned_data.get("topic")), None)

    @property
    def customer_word(self) -> str:
        return self.cleaned_data.get("customer") or ""
