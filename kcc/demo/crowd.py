"""A database as large as you like, to measure with: contacts by the million, made inside PostgreSQL from few words."""

import io
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, product
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import Absence, OpeningHours, Role, Team, User, office_hours
from accounts.worktime import LOCAL, OfficeHours
from callbacks.models import Attempt, Callback, Handover, Postponement, Reminder
from contacts.models import Access, Address, Case, Contact, Customer, Event, Message, Norm, Topic
from kcc.demo import content
from kcc.demo.bare import bare
from kcc.demo.citizens import POSTCODES, skewed
from kcc.demo.rows import encode, highest
from knowledge.models import Article, Usage

STATEMENTS = Path(__file__).with_name("crowd.sql")
TABLES = [
    Customer,
    Address,
    Contact,
    Message,
    Case,
    Event,
    Access,
    Callback,
    Attempt,
    Postponement,
    Handover,
    Reminder,
    Usage,
]
INBOUND = 0.876  # the part of the contacts that comes in; the calls back are the rest
PER_CUSTOMER = 10
LONG_PERIOD = 3_000_000  # from so many contacts on they are spread over ten years instead of three
# Family names that are rare: each part before each part after.
BEFORE = """Vos Berk Linden Heuvel Water Kerk Molen Zand Hout Broek Veld Wester Ooster Noorder Zuider Kamp Schoon Steen Groen
Roo Brand Duin Eiken Els Haver Korte Lange Hooge Nieuw Oude"""
AFTER = "man huis kamp berg steen veld hof burg beek horst brink laar meer dijk stra sma ing water oord wijk"
RARE = 0.5  # the part of the people with such a name
MARGIN = timedelta(minutes=15)  # contacts of today ended so long ago at least
DAYS_TO_COME = 30
SAID = """n int, subject text, text text, question text, team text, topic_id bigint, team_id bigint, article_id bigint,
term text, norm_days int, workers bigint[]"""
Say = Callable[[str], None]


@dataclass
class Progress:
    """Says what is being done, and how long the step before took."""

    write: Say
    step: str = ""
    begun: float = 0.0

    def __call__(self, step: str) -> None:
        now = time.monotonic()
        if self.step:
            self.write(f"{now - self.begun:7.1f} s  {self.step}")
        self.step, self.begun = step, now


def gather(size: int, *, now: datetime, say: Say) -> None:
    """Add that many contacts, with the customers, callbacks, cases and events that belong to them."""
    progress = Progress(say)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        values = prepare(cursor, size, now)
        with bare(cursor, [model._meta.db_table for model in TABLES], progress):
            for name, statements in steps():
                progress(name)
                cursor.execute(statements, values)
    progress("")


def settle(say: Say) -> None:
    """Let PostgreSQL look at what it got: statistics, and which pages need no second look. Outside any transaction."""
    progress = Progress(say)
    progress("statistics")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for model in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")
        cursor.execute("RESET statement_timeout")
    progress("")


def steps() -> list[tuple[str, str]]:
    """Give the statements of crowd.sql by the name of their step."""
    parts = STATEMENTS.read_text().split("-- step: ")[1:]
    return [(name, statements) for name, _newline, statements in (part.partition("\n") for part in parts)]


def prepare(cursor: CursorWrapper, size: int, now: datetime) -> dict[str, Any]:
    """Write the few words everything is made of into temporary tables; give the values of the statements."""
    hours = office_hours()
    if not OpeningHours.objects.exists():
        raise LookupError("Set opening hours first: bin/manage seed")
    days = past_days(hours, now, years=3 if size < LONG_PERIOD else 10)
    names, agents, said = content.names(), agent_numbers(), conversations(now)
    inbound = int(size * INBOUND)
    copy(cursor, "crowd_first (n int, name text)", enumerate(names.first))
    last, shares = family_names(names)
    copy(cursor, "crowd_last (n int, infix text, name text)", last)
    streets = ((n, street, f"{POSTCODES[n % 5]}{chr(65 + n % 26)}X") for n, street in enumerate(names.streets))
    copy(cursor, "crowd_street (n int, name text, postcode text)", streets)
    copy(cursor, "crowd_agent (n int, id bigint)", enumerate(agents))
    copy(cursor, f"crowd_said ({SAID})", said)
    copy(cursor, "crowd_day (n int, day date, opens timestamptz, closes timestamptz)", office_days(hours, days, now))
    cursor.execute("SELECT last_value FROM kcc_reference")
    return {
        "now": now,
        "start": hours.intervals(days[0])[0][0],
        "days": len(days),
        "inbound": inbound,
        "customers": max(size // PER_CUSTOMER, 1),
        "cases": inbound // 50 + 1,
        "callbacks": inbound // 9 + 1,
        "shares": shares,
        "saids": len(said),
        "agents": len(agents),
        "team": Team.objects.order_by("-is_kcc", "pk").values_list("pk", flat=True)[0],
        "reference": cursor.fetchone()[0],
        **{model._meta.model_name or "": highest(model) for model in (Customer, Contact, Case, Callback)},
    }


def copy(cursor: CursorWrapper, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Make a temporary table of these columns with these rows in it."""
    cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP")
    lines = "".join("\t".join(encode(value) for value in row) + "\n" for row in rows)
    cursor.copy_expert(f"COPY {table.split()[0]} FROM STDIN", io.StringIO(lines))


def past_days(hours: OfficeHours, now: datetime, *, years: int) -> list[date]:
    """Give the working days of the last years, up to the last one that has begun."""
    today = now.astimezone(LOCAL).date()
    days = [today - timedelta(days=ago) for ago in range(365 * years, -1, -1)]
    return [day for day in days if hours.works_on(day) and hours.intervals(day)[0][0] + MARGIN < now]


def office_days(hours: OfficeHours, days: list[date], now: datetime) -> Iterator[tuple[object, ...]]:
    """Give the working days with their hours, and those to come in which something may be due."""
    last = days[-1]
    to_come: list[date] = []
    while len(to_come) < DAYS_TO_COME:
        last += timedelta(days=1)
        if hours.works_on(last):
            to_come.append(last)
    for number, day in enumerate([*days, *to_come], 1):
        opens, closes = hours.intervals(day)[0][0], hours.intervals(day)[-1][1]
        yield number, day, opens, min(closes, now - MARGIN) if day in days[-1:] else closes


def family_names(names: content.Names) -> tuple[list[tuple[object, ...]], list[float]]:
    """Give the family names numbered, and the share of the people up to each of them: few are common, most are rare."""
    rare = [("", f"{before}{after}") for before, after in product(BEFORE.split(), AFTER.split())]
    common = skewed(len(names.last))
    weights = [weight / sum(common) * (1 - RARE) for weight in common] + [RARE / len(rare)] * len(rare)
    shares = [0.0, *accumulate(weights)][:-1]
    return [(n, infix, name) for n, (infix, name) in enumerate([*names.last, *rare], 1)], shares


def agent_numbers() -> list[int]:
    """Give the agents, or whoever there is in an office that has none yet."""
    agents = (
        User.objects.filter(groups__name=Role.AGENT) if User.objects.filter(groups__name=Role.AGENT) else User.objects
    )
    return list(agents.order_by("pk").values_list("pk", flat=True))


def conversations(now: datetime) -> list[tuple[object, ...]]:
    """Give what is said, with the topic, team, norm, article and colleagues who are there that belong to it."""
    topics = {str(topic): topic for topic in Topic.objects.select_related("parent", "team")}
    articles = {article.topic_id: article.pk for article in Article.objects.order_by("-pk")}
    norms = {norm.team_id: norm for norm in Norm.objects.filter(kind=Norm.Kind.CALLBACK, topic=None, unit="days")}
    away, everybody = Absence.objects.now(now=now).values("user"), agent_numbers()
    rows = []
    for number, one in enumerate(content.conversations()):
        topic = topics.get(one.topic)
        team = topic.team if topic else None
        norm = norms.get(team.pk if team else None) or norms[None]
        workers = list(team.members.exclude(pk__in=away).order_by("pk").values_list("pk", flat=True)) if team else []
        known = (topic.pk, topic.team_id, articles.get(topic.pk)) if topic else (None, None, None)
        promise = (norm.term, norm.amount, workers or everybody)
        rows.append(
            (number, one.subject, one.text, one.question or one.subject, team.name if team else "KCC", *known, *promise)
        )
    return rows
