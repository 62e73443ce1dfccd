"""Rows of callbacks with the moments a test wants, and a count by hand of what the figures should be."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from accounts.models import Team, User
from accounts.worktime import LOCAL
from callbacks.models import Attempt, Callback, Cause, Handover, Result
from contacts.models import Contact, Direction, Outcome, Topic
from insights.scope import Period, Scope
from tests import make

_number = count(1)


def at(day: str, clock: str = "10:00") -> datetime:
    """Give a moment in local time: at("2026-11-24", "09:30")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LOCAL)


def callback(asked: datetime, due: datetime, **fields: Any) -> Callback:
    """Make a callback that was asked and promised at these moments, on a contact of then; fields set the rest."""
    about = {name: fields.pop(name) for name in ("channel", "topic") if name in fields}
    contact = make.contact(outcome=Outcome.CALLBACK, happened_at=asked, **about)
    values = {"team": make.team(), "number": "+31690123456", "question": "Is het binnen?", "term": "2 werkdagen"}
    number = next(_number)
    return Callback.objects.create(
        contact=contact, reference=f"T-{number}", requested_at=asked, due_at=due, **(values | fields)
    )


def tried(row: Callback, moment: datetime, result: str, by: User) -> None:
    """Write down an attempt at a moment, as the action does: the first attempt and the first conversation too."""
    contact = make.contact(direction=Direction.OUTBOUND, happened_at=moment)
    Attempt.objects.create(callback=row, contact=contact, result=result, by=by, at=moment)
    row.first_attempt_at = min(row.first_attempt_at or moment, moment)
    if result == Result.SPOKEN:
        row.spoken_at = min(row.spoken_at or moment, moment)
    row.save()


def chance(seed: int, teams: list[Team], topics: list[Topic | None], people: list[User], size: int = 25) -> None:
    """Make callbacks and questions of every sort, many of them at the edges of weeks."""
    random = Random(seed)
    edges = [at("2026-03-29", "00:30"), at("2026-10-25", "02:30"), at("2026-12-27", "23:59"), at("2027-01-03", "23:59")]
    channels = ["phone", "email", "desk"]

    def moment() -> datetime:
        spread = timedelta(minutes=random.choice((0, 1, 2, 90, 60 * 24, 60 * 24 * 20)) * random.uniform(-1, 1))
        return random.choice(edges) + spread

    for _ in range(size):
        make.contact(
            happened_at=moment(), channel=random.choice(channels), topic=random.choice(topics),
            outcome=random.choice(["", *Outcome.values]), direction=random.choice(["in", "in", "out"]),
        )  # fmt: skip
        asked = moment()
        row = callback(
            asked, asked + timedelta(hours=random.choice((4, 20, 60))), channel=random.choice(channels),
            topic=random.choice(topics), team=random.choice(teams), assignee=random.choice([None, *people]),
        )  # fmt: skip
        if random.random() < 0.2:
            row.norm_due_at, row.due_at = row.due_at, row.due_at + timedelta(days=3)
        for _try in range(random.choice((0, 1, 1, 2, 3, 5))):
            result = random.choice(["spoken", "no_answer", "no_answer", "busy"])
            tried(row, asked + timedelta(hours=random.choice((1, 4, 20, 40, 80))), result, people[0])
        for _call in range(random.choice((0, 0, 0, 1, 2))):
            row.repeats.add(make.contact(happened_at=asked))
        if random.random() < 0.3:
            kind = random.choice(Handover.Kind.values)
            to = random.choice(teams)
            Handover.objects.create(callback=row, kind=kind, from_team=row.team, to_team=to, at=moment())
        end = asked + timedelta(hours=random.choice((1, 30, 90)))
        match random.random():
            case much if much < 0.5:
                row.completed_at = end
            case much if much < 0.8:
                row.cancelled_at, row.cancel_cause = end, random.choice(["", *Cause.values])
        row.save()


def week(moment: datetime) -> date:
    day = moment.astimezone(LOCAL).date()
    return day - timedelta(days=day.weekday())


Counted = dict[tuple[Any, ...], Counter[str]]


def promises() -> Counted:
    """Count by hand what became of the callbacks, by week, team, channel, topic and person."""
    found: Counted = {}
    for row in Callback.objects.select_related("contact"):
        ended = row.completed_at or row.cancelled_at
        if ended is None:
            continue
        norm = row.norm_due_at or row.due_at
        tries = list(row.attempts.order_by("at"))
        spoken = [one.at for one in tries if one.result == "spoken"]
        first = tries[0].at if tries else None
        true = {
            "ended": True, "completed": bool(row.completed_at), "cancelled": bool(row.cancelled_at),
            "tried_in_norm": bool(first and first <= norm), "tried_late": bool(first and first > norm),
            "never_tried": not tries, "spoken_in_norm": bool(spoken and spoken[0] <= norm),
            "spoken_late": bool(spoken and spoken[0] > norm), "never_spoken": not spoken, "spoken": bool(spoken),
            "postponed": bool(row.norm_due_at),
            "late_postponed": bool(row.norm_due_at and not (first and first <= norm)),
            f"tries_{min(len(tries), 4)}": True,
            "missed_three": len([one for one in tries if one.result != "spoken"]) >= 3,
            "repeated": row.repeats.count() > 0,
            f"cause_{row.cancel_cause or 'unknown'}": bool(row.cancelled_at),
        }  # fmt: skip
        figures = Counter({name: 1 for name, holds in true.items() if holds})
        figures["attempts"] = len(tries)
        figures["attempts_until_spoken"] = len([one for one in tries if spoken and one.at <= spoken[0]])
        figures["repeat_calls"] = row.repeats.count()
        key = (week(ended), row.team_id, row.contact.channel, row.contact.topic_id, row.assignee_id)
        found.setdefault(key, Counter()).update(figures)
    return found


def questions() -> Counted:
    """Count by hand how the questions ended, by week, team, channel and topic."""
    found: Counted = {}
    for row in Contact.objects.filter(direction="in").exclude(outcome=""):
        name = {"consulted": "answered", "callback": "callbacks"}.get(row.outcome, row.outcome)
        figures = Counter({"questions": 1} | ({name: 1} if name in {"answered", "transferred", "callbacks"} else {}))
        key = (week(row.happened_at), row.team_id, row.channel, row.topic_id)
        found.setdefault(key, Counter()).update(figures)
    return found


def errors() -> Counted:
    """Count by hand what was with the wrong team, by week, that team, where it went, channel and topic."""
    found: Counted = {}
    for row in Handover.objects.select_related("callback__contact"):
        if row.kind in {"returned", "forwarded"}:
            contact = row.callback.contact
            key = (week(row.at), row.from_team_id, row.to_team_id, contact.channel, contact.topic_id)
            found.setdefault(key, Counter()).update({"errors": 1, row.kind: 1})
    return found


def along(counted: Counted, *places: int) -> Counted:
    """Give these counts by some parts of their keys only."""
    found: Counted = {}
    for key, figures in counted.items():
        found.setdefault(tuple(key[place] for place in places), Counter()).update(figures)
    return found


def scope(now: datetime, name: str = "13", week: str = "", **fields: Any) -> Scope:
    return Scope(now, Period.of(name, week, now=now), **fields)
