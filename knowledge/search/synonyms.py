"""The synonyms that editors keep, as each process remembers them until one changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max

from knowledge.models import Near, Synonym
from knowledge.models.terms import STOP, stem, words

MOST = 3.0  # times a word that one of a synonym counts at most, and the other way round
Key = tuple[str, ...]


@dataclass
class Remembered:
    """The sets of synonyms as this process knows them, until one changes."""

    stamp: tuple[int, datetime | None] = (0, None)
    longest: int = 0
    near: dict[Key, list[list[str]]] = field(default_factory=dict)


_remembered = Remembered()


def nearby(said: Sequence[str]) -> dict[str, float]:
    """Give the telling words of the expressions that are near to what was said, and for how much of a word each counts.

    An expression counts for as many words as the one it stands for.
    """
    known = _current()
    stems = [stem(word) for word in said]
    found: dict[str, float] = {}
    for start in range(len(stems)):
        for size in range(1, min(known.longest, len(stems) - start) + 1):
            size_told = len(_told(said[start : start + size]))
            if not size_told:  # "is" says nothing, though it has the stem of "ISDE"
                continue
            for told in known.near.get(tuple(stems[start : start + size]), ()):
                share = min(MOST, max(1 / MOST, size_told / len(told)))
                found.update((word, max(share, found.get(word, 0.0))) for word in told if word not in said)
    return found


def _told(words_: Sequence[str]) -> list[str]:
    return [word for word in words_ if word not in STOP]


def _current() -> Remembered:
    global _remembered
    figures = Synonym.objects.aggregate(n=Count("pk"), last=Max("changed_at"))
    stamp = (figures["n"], figures["last"])
    if _remembered.stamp != stamp:
        _remembered = _read(stamp)
    return _remembered


def _read(stamp: tuple[int, datetime | None]) -> Remembered:
    known = Remembered(stamp)
    for expressions, near in Synonym.objects.values_list("words", "near"):
        split = [words(one) for one in expressions]
        for place, one in enumerate(split):
            if one and (near == Near.SAME or place == 0):
                others = [told for other in split if other != one and (told := _told(other))]
                known.near.setdefault(tuple(stem(word) for word in one), []).extend(others)
                known.longest = max(known.longest, len(one))
    return known
