"""The synonyms that editors keep, as each process remembers them until one changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max

from knowledge.models import Near, Synonym
from knowledge.models.terms import STOP, stem, words

MOST = 3.0  # times a word that one of a synonym counts at most, and the other way round
Key = tuple[str, ...]


@dataclass(frozen=True)
class Expression:
    """One in what was said that has synonyms: where it stands, and the words of each synonym."""

    start: int
    end: int
    synonyms: list[list[str]]

    def meets(self, other: "Expression") -> bool:
        """Say whether the two share a word."""
        return self.start < other.end and other.start < self.end


@dataclass
class Remembered:
    """The sets of synonyms as this process knows them, until one changes."""

    stamp: tuple[int, datetime | None] = (0, None)
    longest: int = 0
    near: dict[Key, list[list[str]]] = field(default_factory=dict)

    def nearby(self, said: Sequence[str]) -> dict[str, float]:
        """Give the telling words of expressions near to what was said, and for how much of a word each counts.

        An expression counts for as many words as the one it stands for.
        """
        found: dict[str, float] = {}
        for one in self.expressions(said):
            size = len(told(said[one.start : one.end]))
            for near in map(told, one.synonyms):
                share = min(MOST, max(1 / MOST, size / len(near)))
                found.update((word, max(share, found.get(word, 0.0))) for word in near if word not in said)
        return found

    def expressions(self, said: Sequence[str]) -> Iterator[Expression]:
        """Give those in what was said that have synonyms."""
        stems = [stem(word) for word in said]
        for start in range(len(stems)):
            for end in range(start + 1, min(start + self.longest, len(stems)) + 1):
                synonyms = self.near.get(tuple(stems[start:end]))
                if synonyms and told(said[start:end]):  # "is" says nothing, though it has the stem of "ISDE"
                    yield Expression(start, end, synonyms)


_remembered = Remembered()


@dataclass(frozen=True)
class Meant:
    """What was said, with a synonym in the place of each expression that articles do not say."""

    said: list[str]
    kept: set[str]  # words that nothing stands in for
    replaced: set[str]
    synonyms: list[list[list[str]]]  # that could stand in, each with its telling words; the first of them does

    @classmethod
    def by(cls, said: Sequence[str], sets: Remembered, says: Callable[[Sequence[str]], bool]) -> "Meant":
        """Give what was meant: synonyms that articles have come before others, long expressions before short ones."""
        found: list[Expression] = []
        for one in sorted(sets.expressions(said), key=lambda one: one.start - one.end):
            if not says(said[one.start : one.end]) and not any(map(one.meets, found)):
                known = [each for each in one.synonyms if says(each)]
                found.append(Expression(one.start, one.end, known or one.synonyms))
        meant, kept = list(said), list(said)
        for one in sorted(found, key=lambda one: -one.start):
            meant[one.start : one.end] = one.synonyms[0]
            kept[one.start : one.end] = []
        return cls(meant, set(kept), set(said) - set(kept), [[told(each) for each in one.synonyms] for one in found])


def told(said: Sequence[str]) -> list[str]:
    """Give the words that say something."""
    return [word for word in said if word not in STOP]


def current() -> Remembered:
    """Give the sets as they are, after a small question whether one changed."""
    global _remembered
    figures = Synonym.objects.aggregate(n=Count("pk"), last=Max("changed_at"))
    stamp = (figures["n"], figures["last"])
    if _remembered.stamp != stamp:
        _remembered = _read(stamp)
    return _remembered


def _read(stamp: tuple[int, datetime | None]) -> Remembered:
    known = Remembered(stamp)
    for expressions, near in Synonym.objects.newest().values_list("words", "near"):
        split = [words(one) for one in expressions]
        for place, one in enumerate(split):
            if one and (near == Near.SAME or place == 0):
                others = [other for other in split if other != one and told(other)]
                known.near.setdefault(tuple(stem(word) for word in one), []).extend(others)
                known.longest = max(known.longest, len(one))
    return known
