"""Print what each main page and action costs: queries, server time, size, and the cost of its main query by itself."""

import argparse
import sys
import time
from collections.abc import Iterator
from statistics import median, quantiles

from psycopg2.extensions import connection as Connection

from kcc.local.place import ROOT
from tests.bench import hooks, mail
from tests.bench.browser import Browser
from tests.bench.ground import Ground
from tests.bench.pages import Page, Pages
from tests.bench.system import System

HEAD = ("Page or action", "SQL", "ms med", "ms p95", "in SQL", "seen", "plain SQL", "kB")
WIDTHS = (46, 5, 8, 8, 8, 8, 10, 8)
WARM_UP = 10
LOGINS = ROOT / "kcc" / "demo" / "logins.txt"


def main() -> None:
    options = parse()
    ground = Ground.prepare()
    if options.storm:
        sys.exit(ground.storm(minutes=options.storm, seed=options.seed))
        return
    ground.database(options.contacts, fresh=options.fresh)
    for line in ground.facts():
        print(line)
    if options.hooks:
        hooks.measure(ground, rate=options.hooks, seconds=options.seconds)
        return
    if options.mail:
        mail.measure(ground, rate=options.mail, seconds=options.seconds)
        return
    with System(ground) as system, ground.connect() as found:
        agent, lead = Browser(ground.choices.port), Browser(ground.choices.port)
        password = LOGINS.read_text().split()[3]  # "Password for all: ..."
        agent.sign_in("s.dewit", password)
        lead.sign_in("m.bos", password)
        print(f"{options.times} times each, one at a time; ms = in the server, seen = by the client\n\n{row(HEAD)}")
        print(row(["-" * (width - 2) for width in WIDTHS]))
        for page in Pages(found, agent, lead).all():
            if options.only in page.name.lower():
                print(measure(page, found, options.times), flush=True)
        print("\nMemory (PSS, MB): " + " + ".join(memory(system)))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000, help="how many contacts the database must hold")
    parser.add_argument("--times", type=int, default=200, help="how often each page is asked for")
    parser.add_argument("--only", default="", type=str.lower, help="measure only what has this in its name")
    parser.add_argument("--hooks", type=float, metavar="RATE", help="instead, deliver so many a second at /hooks/")
    parser.add_argument("--mail", type=float, metavar="RATE", help="instead, send so many e-mails a second")
    parser.add_argument("--storm", type=float, metavar="MINUTES", help="instead, remind while all dies at random")
    parser.add_argument("--seed", type=int, default=1, help="of the storm")
    parser.add_argument("--seconds", type=float, default=60, help="how long to do so")
    parser.add_argument("--fresh", action="store_true", help="make and fill the database anew")
    return parser.parse_args()


def measure(page: Page, found: Connection, times: int) -> str:
    """Give the line of one page; an answer with another status than expected says so instead of looking fast."""
    answers = [page.ask() for _ in range(WARM_UP + times)][WARM_UP:]
    statuses = {answer.status for answer in answers}
    note = "" if statuses == {page.expected} else f"  status {statuses}, not {page.expected}"
    own = [answer.ms for answer in answers]
    shown = [
        page.name,
        span({answer.queries for answer in answers}),
        f"{median(own):.1f}",
        f"{quantiles(own, n=20)[-1]:.1f}",
        f"{median(answer.sql_ms for answer in answers):.1f}",
        f"{median(answer.seen_ms for answer in answers):.1f}",
        f"{median(bare_query(page, found, times)):.2f}" if page.sql else "",
        f"{median(len(answer.body) for answer in answers) / 1024:.1f}",
    ]
    return row(shown) + note


def bare_query(page: Page, found: Connection, times: int) -> Iterator[float]:
    """Give how long the main query takes by itself, without Django or a page around it."""
    with found.cursor() as cursor:
        for _ in range(times):
            begun = time.perf_counter()
            cursor.execute(page.sql, page.values or None)
            cursor.fetchall()
            yield (time.perf_counter() - begun) * 1000
        cursor.execute("DELETE FROM contacts_contact WHERE key LIKE 'bench:%'")  # what this wrote itself


def span(numbers: set[int]) -> str:
    return str(min(numbers)) if len(numbers) == 1 else f"{min(numbers)}-{max(numbers)}"


def row(cells: "list[str] | tuple[str, ...]") -> str:
    first, *others = zip(cells, WIDTHS, strict=True)
    return first[0].ljust(first[1]) + "".join(cell.rjust(width) for cell, width in others)


def memory(system: System) -> Iterator[str]:
    found = system.memory()
    yield from (f"{name} {megabytes:.0f}" for name, megabytes in found.items())
    core = sum(megabytes for name, megabytes in found.items() if name in {"web", "events", "fast", "slow"})
    yield f"\n  web, events and workers together {core:.0f}; everything {sum(found.values()):.0f}"


if __name__ == "__main__":
    main()
