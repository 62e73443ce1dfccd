"""What is counted, each figure once: the same words count it, add it up per week, and find the rows behind it.

A fact is a kind of row that has a moment: a callback that ended, a question that came in, a callback that went wrong.
A figure is a condition on such a row, in SQL; how many rows fulfil it is the number on the screen, and those rows are
its list. Weeks are those of the calendar in local time, from Monday; a row counts in the week of its moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.worktime import LOCAL

TRIES = 4  # so many attempts or more are counted together


def week_of(moment: str) -> str:
    """Give the SQL for the Monday of the local week in which a moment lies."""
    return f"date_trunc('week', {moment} AT TIME ZONE '{LOCAL.key}')::date"


@dataclass(frozen=True)
class Fact:
    """Rows with a moment, where they come from, and the figures that are counted from them.

    `rows` is a SELECT that ends with a WHERE; `at` is the moment in its terms. Every row has the columns
    team_id, channel, topic_id and those in `also`.
    """

    name: str
    table: str
    rows: str
    at: str
    figures: Mapping[str, str]
    sums: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [*self.figures, *self.sums]

    @property
    def counts(self) -> str:
        """Give the SQL for every figure of a group of rows, in the order of names."""
        counted = [f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in self.figures.items()]
        return ", ".join([*counted, *(f"coalesce(sum({value}), 0) AS {name}" for name, value in self.sums.items())])

    def between(self, ranges: list[tuple[datetime, datetime]]) -> tuple[str, list[Any]]:
        """Give the SELECT of the rows in these stretches of time, each without its end, and its values."""
        within = " OR ".join(f"({self.at} >= %s AND {self.at} < %s)" for _ in ranges) or "false"
        return f"{self.rows} AND ({within})", [moment for stretch in ranges for moment in stretch]


ENDED_AT = "coalesce(b.completed_at, b.cancelled_at)"
CAUSES = ("unreachable", "message", "answered", "withdrawn", "duplicate", "other")

# A callback counts in the week it ended: completed or cancelled. The norm is the moment that was promised first, also
# after the citizen agreed to be called later.
PROMISES = Fact(
    name="promises",
    table="insights_tally",
    rows=f"""SELECT b.id, {ENDED_AT} AS at, {week_of(ENDED_AT)} AS week, b.team_id, c.channel, c.topic_id,
        b.assignee_id AS person_id, b.completed_at, b.cancelled_at, b.cancel_cause, b.first_attempt_at, b.spoken_at,
        coalesce(b.norm_due_at, b.due_at) AS norm_at, b.norm_due_at IS NOT NULL AS is_postponed,
        (SELECT ARRAY[count(*), count(*) FILTER (WHERE a.result <> 'spoken'),
            count(*) FILTER (WHERE b.spoken_at IS NOT NULL AND a.at <= b.spoken_at)]
            FROM callbacks_attempt a WHERE a.callback_id = b.id) AS tries,
        (SELECT count(*) FROM callbacks_callback_repeats r WHERE r.callback_id = b.id) AS calls
        FROM callbacks_callback b JOIN contacts_contact c ON c.id = b.contact_id
        WHERE (b.completed_at IS NOT NULL OR b.cancelled_at IS NOT NULL)""",
    at=ENDED_AT,
    figures={
        "ended": "true",
        "completed": "completed_at IS NOT NULL",
        "cancelled": "cancelled_at IS NOT NULL",
        "tried_in_norm": "first_attempt_at <= norm_at",
        "tried_late": "first_attempt_at > norm_at",
        "never_tried": "first_attempt_at IS NULL",
        "spoken_in_norm": "spoken_at <= norm_at",
        "spoken_late": "spoken_at > norm_at",
        "never_spoken": "spoken_at IS NULL",
        "spoken": "spoken_at IS NOT NULL",
        "postponed": "is_postponed",
        "late_postponed": "is_postponed AND (first_attempt_at > norm_at OR first_attempt_at IS NULL)",
        **{f"tries_{n}": f"tries[1] = {n}" for n in range(TRIES)},
        f"tries_{TRIES}": f"tries[1] >= {TRIES}",
        "missed_three": "tries[2] >= 3",
        "repeated": "calls > 0",
        **{f"cause_{cause}": f"cancelled_at IS NOT NULL AND cancel_cause = '{cause}'" for cause in CAUSES},
        "cause_unknown": "cancelled_at IS NOT NULL AND cancel_cause = ''",
    },
    sums={"attempts": "tries[1]", "attempts_until_spoken": "tries[3]", "repeat_calls": "calls"},
    also=("person_id",),
)

# A question counts in the week it came in, once it has an outcome.
QUESTIONS = Fact(
    name="questions",
    table="insights_questiontally",
    rows=f"""SELECT c.id, c.happened_at AS at, {week_of("c.happened_at")} AS week, c.team_id, c.channel, c.topic_id,
        c.outcome FROM contacts_contact c WHERE c.direction = 'in' AND c.outcome <> ''""",
    at="c.happened_at",
    figures={
        "questions": "true",
        "answered": "outcome IN ('answered', 'consulted')",
        "transferred": "outcome = 'transferred'",
        "callbacks": "outcome = 'callback'",
    },
)

# That a callback was with the wrong department: given back to the contact centre, or passed on to another department.
# The team of the row is the one it was with.
ERRORS = Fact(
    name="errors",
    table="insights_errortally",
    rows=f"""SELECT h.id, h.at, {week_of("h.at")} AS week, h.from_team_id AS team_id, h.to_team_id, c.channel,
        c.topic_id, h.kind FROM callbacks_handover h JOIN callbacks_callback b ON b.id = h.callback_id
        JOIN contacts_contact c ON c.id = b.contact_id WHERE h.kind IN ('returned', 'forwarded')""",
    at="h.at",
    figures={"errors": "true", "returned": "kind = 'returned'", "forwarded": "kind = 'forwarded'"},
    also=("to_team_id",),
)

FACTS = (PROMISES, QUESTIONS, ERRORS)
FACT_OF = {name: fact for fact in FACTS for name in fact.figures}


def midnight(moment: datetime) -> datetime:
    """Give the begin of that local day."""
    return moment.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)


def monday(moment: datetime) -> datetime:
    """Give the begin of that local week."""
    day = midnight(moment)
    return day - timedelta(days=day.weekday())
