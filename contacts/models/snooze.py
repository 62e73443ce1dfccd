"""Moments in words, as colleagues say them: "morgen 9u", "ma", "over 2u", "volgende week di 14:30", "3 december"."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import office_hours
from accounts.worktime import LOCAL, NeverOpen

FURTHEST = timedelta(days=366)
JUST_PAST = timedelta(days=92)  # a date without a year that lies further back is one of next year
USUAL = time(9)  # where the office has no hours that day
PARTS = {
    "ochtend": None, "morning": None, "middag": time(13), "afternoon": time(13), "avond": time(18), "evening": time(18),
}  # fmt: skip
DAYS = {"vandaag": 0, "today": 0, "van": 0, "this": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ["ma maandag mon monday", "di dinsdag tue tuesday", "wo woensdag wed wednesday", "do donderdag thu thursday",
         "vr vrijdag fri friday", "za zaterdag sat saturday", "zo zondag sun sunday"]
    )
    for name in names.split()
}  # fmt: skip
MONTHS = {
    begin: number
    for number, begins in enumerate(
        ["jan", "feb", "mrt maart mar", "apr", "mei may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dec"], 1
    )
    for begin in begins.split()
}
AMOUNTS = {"een": 1.0, "één": 1.0, "a": 1.0, "an": 1.0, "half": 0.5, "een half": 0.5, "half an": 0.5, "anderhalf": 1.5}
MINUTES = {
    **dict.fromkeys(["m", "min", "minuut", "minuten", "minute", "minutes"], 1),
    **dict.fromkeys(["kwartier"], 15),
    **dict.fromkeys(["u", "uur", "h", "hour", "hours"], 60),
}
SPANS = {
    **dict.fromkeys(["d", "dag", "dagen", "day", "days"], "day"),
    **dict.fromkeys(["werkdag", "werkdagen", "working day", "working days"], "working day"),
    **dict.fromkeys(["w", "week", "weken", "weeks"], "week"),
    **dict.fromkeys(["maand", "maanden", "month", "months"], "month"),
}

SAID = "|".join(sorted(AMOUNTS, key=len, reverse=True))
RELATIVE = re.compile(rf"(?:over|in) (?P<amount>\d{{1,3}}|{SAID}) ?(?P<unit>[a-z ]+)")
CLOCK = re.compile(r"(?:^|\s)(?P<at>om |at )?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s?(?P<sign>u|uur|h)?$")
PART = re.compile(rf"\s?(?P<part>{'|'.join(PARTS)})$")
WEEKDAY = re.compile(
    r"(?P<next>(?:volgende|next) week )?(?:(?:volgende|komende|next|op|on) )?"
    rf"(?P<name>{'|'.join(WEEKDAYS)})(?P<after> (?:volgende|next) week)?"
)
NAMED = re.compile(r"(?:op |on )?(?P<day>\d{1,2}) (?P<month>[a-z]{3,9})\.?(?: (?P<year>\d{4}))?")
NUMBERED = re.compile(r"(?P<day>\d{1,2})[-/](?P<month>\d{1,2})(?:[-/](?P<year>\d{4}))?")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")


class Unclear(ValueError):
    """These words name no moment to put something off to; its text says so to who typed them."""


@dataclass(frozen=True)
class Suggestion:
    """A moment to choose, and the words that name it."""

    words: str
    at: datetime
    is_again: bool = False


def understand(words: str, *, now: datetime) -> datetime:
    """Give the moment these words mean, UTC. Raises Unclear for what is no moment, past, or more than a year ahead.

    A day without an hour is when the office opens that day; an hour that the clock skips is the one after it.
    """
    text = " ".join(words[:80].casefold().replace(",", " ").split()).strip(" .")
    try:
        moment = _span(text, now) or _day_and_clock(text, now.astimezone(LOCAL))
    except (ValueError, OverflowError, NeverOpen):
        moment = None
    if moment is None:
        raise Unclear(_("Dit moment begrijpen we niet. Bijvoorbeeld: morgen 9u, ma, over 2u of 3 december."))
    if moment <= now:
        raise Unclear(_("Dat moment is al geweest. Kies een moment dat nog komt."))
    if moment > now + FURTHEST:
        raise Unclear(_("Kies een moment binnen een jaar."))
    return moment


def _span(text: str, now: datetime) -> datetime | None:
    """Give the moment so many minutes or hours from now, by the clock on the wall."""
    found = RELATIVE.fullmatch(text)
    if not found or found["unit"] not in MINUTES:
        return None
    return now.astimezone(UTC) + timedelta(minutes=_amount(found["amount"]) * MINUTES[found["unit"]])


def _day_and_clock(text: str, now: datetime) -> datetime | None:
    clock, part = CLOCK.search(text), None
    if clock and (clock["minute"] or clock["sign"] or clock["at"] or clock.start()):
        text = text[: clock.start()].strip()
    else:
        clock, part = None, PART.search(text)
        text = text[: part.start()].strip() if part else text
    hour = time(int(clock["hour"]), int(clock["minute"] or 0)) if clock else PARTS[part["part"]] if part else None
    if not text and (clock or part):
        today = _at(now.date(), hour)
        return today if today > now or part else _at(now.date() + timedelta(days=1), hour)
    day = _day(text, now, hour)
    return _at(day, hour) if day else None


def _day(text: str, now: datetime, hour: time | None) -> date | None:
    """Give the day these words name; hour is when on that day."""
    today = now.date()
    if text in DAYS:
        return today + timedelta(days=DAYS[text])
    if text in {"volgende week", "next week"}:
        return _opens_on(_monday_after(today))
    if text in {"volgende maand", "next month"}:
        return _opens_on(_months_on(today.replace(day=1), 1))
    if found := RELATIVE.fullmatch(text):
        return _days_on(today, _amount(found["amount"]), SPANS[found["unit"]]) if found["unit"] in SPANS else None
    if found := WEEKDAY.fullmatch(text):
        number = WEEKDAYS[found["name"]]
        if found["next"] or found["after"]:
            return _monday_after(today) + timedelta(days=number)
        day = today + timedelta(days=(number - today.weekday()) % 7)
        return day if day > today or _at(day, hour) > now else day + timedelta(days=7)
    return _date(text, today)


def _date(text: str, today: date) -> date | None:
    found = NAMED.fullmatch(text) or NUMBERED.fullmatch(text) or ISO.fullmatch(text)
    if not found:
        return None
    month = int(found["month"]) if found["month"].isdecimal() else _month(found["month"])
    if found["year"]:
        return date(int(found["year"]), month, int(found["day"]))
    day = date(today.year, month, int(found["day"]))
    return day.replace(year=today.year + 1) if day < today - JUST_PAST else day


def _month(name: str) -> int:
    """Give the number of a month by the beginning of its name. Raises ValueError."""
    for begin, number in MONTHS.items():
        if name.startswith(begin):
            return number
    raise ValueError(name)


def _days_on(today: date, amount: float, unit: str) -> date:
    count = int(amount)
    if count != amount:
        raise ValueError(amount)
    if unit == "working day":
        return office_hours().add_days(_at(today, None), count).astimezone(LOCAL).date()
    return _months_on(today, count) if unit == "month" else today + timedelta(days=count * (7 if unit == "week" else 1))


def _months_on(day: date, count: int) -> date:
    """Give the same day so many months on, or the last of that month."""
    year, month = divmod(day.month - 1 + count, 12)
    first = date(day.year + year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _opens_on(day: date) -> date:
    """Give the first day from that one on which the office opens; that day where no hours were set."""
    midnight = datetime.combine(day, time(), tzinfo=LOCAL)
    try:
        return office_hours().next_opening(midnight).astimezone(LOCAL).date()
    except NeverOpen:
        return day


def _at(day: date, hour: time | None) -> datetime:
    """Give that time of that day in UTC; without a time when the office opens."""
    if hour is None:
        intervals = office_hours().intervals(day)
        if intervals:
            return intervals[0][0].astimezone(UTC)
    return datetime.combine(day, hour or USUAL, tzinfo=LOCAL).astimezone(UTC)


def _amount(text: str) -> float:
    return AMOUNTS.get(text) or float(text)


def suggestions(*, now: datetime, again: datetime | None = None) -> list[Suggestion]:
    """Give the moments most often chosen, in the order of time; before them the one chosen before, if it is to come."""
    tomorrow = now.astimezone(LOCAL).date() + timedelta(days=1)
    soon = [Suggestion(text, understand(text, now=now)) for text in (_("over 1 uur"), _("over 3 uur"))]
    first = _opens_on(tomorrow)
    named = _("morgen") if first == tomorrow else date_format(first, "l")
    second = date_format(_opens_on(first + timedelta(days=1)), "l")
    words = [_("%(day)s 9u") % {"day": named}, _("%(day)s 13u") % {"day": named}, _("%(day)s 9u") % {"day": second}]
    words += [_("volgende week"), _("over 2 weken")]
    later = [Suggestion(text, understand(text, now=now)) for text in words]
    found = {one.at: one for one in [*(one for one in soon if office_hours().is_open(one.at)), *later]}
    ordered = [found[at] for at in sorted(found)]
    if again is not None and again > now:
        ordered.insert(0, Suggestion(f"{again.astimezone(LOCAL):%Y-%m-%d %H:%M}", again, is_again=True))
    return ordered
