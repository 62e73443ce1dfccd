"""What a board is about: which weeks, and perhaps one team, channel or topic."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Team
from callbacks.models import Callback
from callbacks.models.selection import CallbackQuerySet
from contacts.models import Channel, Topic
from insights.models.facts import monday
from insights.models.week import bounds
from insights.sums import Known, Where

DEFAULT = "13"
CHOSEN = "week"
PERIODS = {
    "this": _("Deze week"),
    "last": _("Vorige week"),
    "4": _("4 weken"),
    "13": _("13 weken"),
    "52": _("52 weken"),
    CHOSEN: _("Eén week"),
}
TREND = 13  # a drawing shows so many weeks at least
TO_CHOOSE = 104
ISO = re.compile(r"(20\d\d)-W(\d\d)")


@dataclass(frozen=True)
class Period:
    """Whole weeks, by their Mondays; the last one may be the week that is not over."""

    name: str
    first: date
    last: date

    @classmethod
    def of(cls, name: str, week: str, *, now: datetime) -> "Period":
        """Give the period of these words, the usual one where they mean nothing; no week is later than this one."""
        this = monday(now).date()
        if name == "this":
            return cls(name, this, this)
        if name == "last":
            return cls(name, this - timedelta(weeks=1), this - timedelta(weeks=1))
        if name == CHOSEN:
            chosen = min(of_iso(week) or this - timedelta(weeks=1), this)
            return cls(name, chosen, chosen)
        name = name if name in PERIODS else DEFAULT
        return cls(name, this - timedelta(weeks=int(name) - 1), this)

    @property
    def weeks(self) -> list[date]:
        return every_week(self.first, self.last)

    @property
    def before(self) -> list[date]:
        """Give as many weeks just before, to compare with."""
        length = timedelta(weeks=len(self.weeks))
        return [week - length for week in self.weeks]

    @property
    def trend(self) -> list[date]:
        """Give the weeks a drawing shows: these, and those before when they are few."""
        return every_week(min(self.first, self.last - timedelta(weeks=TREND - 1)), self.last)

    @property
    def words_before(self) -> str:
        """Give what the figures are compared with, in words: de 13 weken ervoor."""
        n = len(self.weeks)
        return ngettext("de week ervoor", "de %(n)d weken ervoor", n) % {"n": n}

    @property
    def label(self) -> str:
        """Give the days of the period in words: 31 augustus t/m 29 november 2026."""
        end = self.last + timedelta(days=6)
        return _t("%(start)s t/m %(end)s") % {
            "start": date_format(self.first, "j F" if self.first.year == end.year else "j F Y"),
            "end": date_format(end, "j F Y"),
        }


@dataclass(frozen=True)
class Scope:
    """What a board is about at one moment."""

    now: datetime
    period: Period
    team: Team | None = None
    channel: str = ""
    topic: Topic | None = None
    without: frozenset[str] = frozenset()  # only what has no team, or no topic

    @property
    def where(self) -> Where:
        """Give the columns and values that keep the rows this is about."""
        found: Where = {"team_id": self.team.pk} if self.team else {}
        found |= {"channel": self.channel} if self.channel else {}
        found |= {"topic_id": self.topic.pk} if self.topic else {}
        return found | {f"{name}_id": None for name in self.without}

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label) if self.channel else ""

    @property
    def start(self) -> datetime:
        return bounds(self.period.first)[0]

    @property
    def end(self) -> datetime:
        return bounds(self.period.last)[1]

    @cached_property
    def query(self) -> dict[str, str]:
        """Give the words of an address that mean the same."""
        found = {"period": self.period.name} if self.period.name != DEFAULT else {}
        if self.period.name == CHOSEN:
            found["week"] = iso(self.period.last)
        found |= {"team": str(self.team.uuid)} if self.team else {}
        found |= {"channel": self.channel} if self.channel else {}
        found |= {"topic": str(self.topic.uuid)} if self.topic else {}
        return found | dict.fromkeys(self.without, "none")

    @property
    def is_filtered(self) -> bool:
        return bool(self.team or self.channel or self.topic)

    @cached_property
    def known(self) -> Known:
        return Known.load({*self.period.before, *self.period.trend}, now=self.now)

    def open(self) -> CallbackQuerySet:
        """Give the callbacks that wait now, whatever the period."""
        rows: CallbackQuerySet = Callback.objects.open()
        return self.narrow(rows)

    def narrow(self, rows: CallbackQuerySet) -> CallbackQuerySet:
        """Leave the callbacks of this team, channel and topic."""
        rows = rows.filter(team=self.team) if self.team else rows
        rows = rows.filter(contact__channel=self.channel) if self.channel else rows
        rows = rows.filter(contact__topic=self.topic) if self.topic else rows
        return rows.filter(contact__topic=None) if "topic" in self.without else rows


def every_week(first: date, last: date) -> list[date]:
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def iso(week: date) -> str:
    """Give the week as ISO 8601 writes it: 2026-W53."""
    year, number, _day = week.isocalendar()
    return f"{year}-W{number:02}"


def of_iso(text: str) -> date | None:
    """Give the Monday of a week such as 2026-W53, None for anything else."""
    found = ISO.fullmatch(text)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def weeks_to_choose(now: datetime) -> list[tuple[str, str]]:
    """Give the last two years of weeks with their days in words, the last one first."""
    this = monday(now).date()
    found = [this - timedelta(weeks=n) for n in range(TO_CHOOSE)]
    return [(iso(week), _named(week)) for week in found]


def _named(week: date) -> str:
    end = week + timedelta(days=6)
    days = {"start": date_format(week, _t("j b")), "end": date_format(end, _t("j b Y"))}
    return _t("week %(number)d: %(start)s t/m %(end)s") % {"number": week.isocalendar().week, **days}
