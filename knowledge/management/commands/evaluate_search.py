"""manage.py evaluate_search FILE: how well and how fast the search finds what questions should find."""

import csv
import statistics
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.models import Article, Passage
from knowledge.search import index, meaning
from knowledge.search.finding import find

HEADER = ["query", "id"]
LOOKED = 30  # hits in which the right article is looked for
SHOWN = 5  # a question is a miss when the right article is not among so many


@dataclass(frozen=True)
class Query:
    line: int
    text: str
    id: str


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
    help = "Ask the questions of a CSV file (query,id; id is the external id) and print how well the search answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV in UTF-8 with the columns query and id")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        queries = read(file)
        self.index()
        names = ["lexical", "whole"] if meaning.is_on() else ["lexical"]
        for name in names:
            self.measure(name, queries)

    def index(self) -> None:
        """Have the search know every article, with its meaning where that is on."""
        if count := index.catch_up():
            self.stdout.write(f"{count} articles indexed.")
        if not meaning.is_on():
            self.stdout.write("Comparing by meaning is off (KCC_SEARCH_MEANING) or not possible on this machine.")
            return
        while not index.embed(seconds=20):  # or a worker is at it, which comes to the same
            self.stdout.write(f"{Passage.objects.filter(vector=None).count()} passages to go ...")
            time.sleep(1)

    def measure(self, name: str, queries: list[Query]) -> None:
        rows, figures, misses = Article.objects.published(), Figures(), []
        find(queries[0].text, rows, limit=LOOKED, meaning=name == "whole")  # loads what the first question loads
        for query in queries:
            began = time.perf_counter()
            hits = find(query.text, rows, limit=LOOKED, meaning=name == "whole")
            figures.seconds.append(time.perf_counter() - began)
            found = [hit.article.external_id for hit in hits]
            rank = found.index(query.id) + 1 if query.id in found else 0
            figures.ranks.append(rank)
            if not 0 < rank <= SHOWN:
                first = hits[0].article.title if hits else "nothing"
                misses.append(f"  line {query.line}: {query.text!r} found at {rank or '-'}, first was {first!r}")
        self.stdout.write(f"{name}: {len(queries)} questions  {figures}")
        self.stdout.write("\n".join([f"{name}: {len(misses)} not among the first {SHOWN}", *misses]))


def read(file: Path) -> list[Query]:
    """Give the questions of the file. Raises CommandError that names each line that is wrong."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {error}") from error
    rows = csv.DictReader(text.splitlines(keepends=True))
    if [name.strip().lower() for name in rows.fieldnames or []] != HEADER:
        raise CommandError(f"{file}, line 1: the first line must be: query,id")
    rows.fieldnames = HEADER
    queries, wrong = [], []
    for row in rows:
        query = Query(rows.line_num, (row["query"] or "").strip(), (row["id"] or "").strip())
        if None in row or not query.text or not query.id:
            wrong.append(f"line {query.line}: a query and an id, nothing more, must stand here")
        queries.append(query)
    known = set(Article.objects.published().values_list("external_id", flat=True))
    wrong += [f"line {one.line}: no published article has the id {one.id!r}" for one in queries if one.id not in known]
    if wrong or not queries:
        raise CommandError("\n".join(f"{file}, {one}" for one in wrong or ["line 2: there is no question"]))
    return queries
