"""manage.py evaluate_search FILE: how well and how fast the search finds what questions should find."""

import csv
import math
import statistics
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.models import Article, Passage
from knowledge.search import index, meaning
from knowledge.search.finding import find

HEADER = {"query", "id"}
LOOKED = 30  # hits in which the right article is looked for
SHOWN = 5  # a question is a miss when the right article is not among so many
PAUSE, QUIET = 2, 600  # seconds to wait for the worker that is at it, and seconds without any progress to give up after
TELL = 20  # seconds between two lines about it


@dataclass
class Query:
    """A question, and the articles of which any answers it."""

    line: int
    text: str
    ids: set[str]


@dataclass
class Figures:
    """The rank of the right article for each question (0 is not found), and the seconds each took."""

    ranks: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def recall(self, first: int) -> float:
        return sum(0 < rank <= first for rank in self.ranks) / len(self.ranks)

    def __str__(self) -> str:
        recalls = "  ".join(f"R@{first} {self.recall(first):.3f}" for first in (1, 3, 5))
        mrr = statistics.fmean(1 / rank if rank else 0.0 for rank in self.ranks)
        times = sorted(1000 * one for one in self.seconds)
        slow = times[min(len(times) - 1, int(0.95 * len(times)))]
        return f"{recalls}  MRR {mrr:.3f}  median {statistics.median(times):.0f} ms  p95 {slow:.0f} ms"


class Command(BaseCommand):
    help = (
        "Ask the questions of a CSV file (query,id; id is the external id) and print how well the search answers. "
        "A question on more rows has more right answers: any of them counts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV in UTF-8 with the columns query and id")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        queries = read(file)
        self.index()
        names = ["lexical", "whole"] if meaning.is_on() else ["lexical"]
        for name in names:
            self.measure(name, queries)

    def index(self) -> None:
        """Have the search know every article, with its meaning where that is on; a worker may be at it as well."""
        if count := index.catch_up():
            self.stdout.write(f"{count} articles indexed.")
        if not meaning.is_on():
            self.stdout.write("Comparing by meaning is off (KCC_SEARCH_MEANING) or not possible on this machine.")
            return
        known, since, told = -1, time.monotonic(), -math.inf
        while not index.embed(seconds=20):
            left, now = Passage.objects.filter(vector=None).count(), time.monotonic()
            if left != known:
                known, since = left, now
                if now - told >= TELL:
                    told = now
                    self.stdout.write(f"{left} passages to be compared by meaning before the figures are right ...")
            elif now - since > QUIET:
                raise CommandError(f"{left} passages wait, and nothing happened to them for {QUIET} seconds.")
            time.sleep(PAUSE)

    def measure(self, name: str, queries: list[Query]) -> None:
        rows, figures, misses = Article.objects.published(), Figures(), []
        find(queries[0].text, rows, limit=LOOKED, meaning=name == "whole")  # loads what the first question loads
        for query in queries:
            began = time.perf_counter()
            hits = find(query.text, rows, limit=LOOKED, meaning=name == "whole")
            figures.seconds.append(time.perf_counter() - began)
            right = (place for place, hit in enumerate(hits, 1) if comparable(hit.article.external_id) in query.ids)
            rank = next(right, 0)
            figures.ranks.append(rank)
            if not 0 < rank <= SHOWN:
                first = hits[0].article.title if hits else "nothing"
                misses.append(f"  line {query.line}: {query.text!r} found at {rank or '-'}, first was {first!r}")
        self.stdout.write(f"{name}: {len(queries)} questions  {figures}")
        self.stdout.write("\n".join([f"{name}: {len(misses)} not among the first {SHOWN}", *misses]))


def comparable(number: str) -> str:
    """Give an external id as it is compared: without spaces around it, in small letters."""
    return number.strip().casefold()


def read(file: Path) -> list[Query]:
    """Give the questions of the file. Raises CommandError that names each line that is wrong."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: dit bestand is niet te lezen als tekst in UTF-8 ({error}).") from error
    rows, wrong = _rows(text, file), []
    known = {comparable(one) for one in Article.objects.published().values_list("external_id", flat=True)}
    queries: dict[str, Query] = {}
    for line, row in rows:
        query, number = ((row.get(name) or "").strip() for name in ("query", "id"))
        if None in row or not query or not number:
            wrong.append(f"regel {line}: hier horen een vraag (query) en een kenmerk (id), en niets daarna.")
        elif comparable(number) not in known:
            wrong.append(f"regel {line}: er is geen gepubliceerd artikel met het kenmerk “{number}”.")
        else:
            queries.setdefault(query, Query(line, query, set())).ids.add(comparable(number))
    if wrong or not queries:
        raise CommandError("\n".join(f"{file}, {one}" for one in wrong or ["regel 2: er staat geen vraag in."]))
    return list(queries.values())


def _rows(text: str, file: Path) -> list[tuple[int, dict[str | None, Any]]]:
    """Give the rows with their line numbers: comma, semicolon or tab between, columns in any order."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = csv.DictReader(StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    try:
        header = [name.strip().lower() for name in rows.fieldnames or []]
        if not HEADER.issubset(header) or len(set(header)) < len(header):
            raise CommandError(f"{file}, regel 1: op de eerste regel moeten de kolommen query en id staan.")
        rows.fieldnames = header
        return [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        raise CommandError(f"{file}, regel {rows.line_num}: dit is geen CSV ({error}).") from error
