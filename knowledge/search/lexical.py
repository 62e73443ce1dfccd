"""Finding by words: what a question looks for, how rare that is, and which articles say most of it.

All of it in PostgreSQL, in three queries along the index of the terms. What is saved is found at once.
"""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from knowledge.models import ArticleQuerySet
from knowledge.models.terms import FULL, STEM, pieces, stem
from knowledge.search.question import Question
from knowledge.search.synonyms import Meant, Remembered, current, told

PIECES = 2.0  # how much the pieces of a word count beside its stem
NEARLY_ALL = 0.95  # of the weight of a question
SOME = 50  # articles; among fewer a word that is in one would seem common
MANY = 1000  # articles; with fewer there is no need to save time
KEPT, MOST = 300, 50_000  # seconds that counts are good for, and terms of which they are kept
NEAR = 0.7  # how much a synonym counts beside the word itself
SHORTEST, COMPOUND = 5, 40  # letters of a word that is part of another, and of a compound
CARRIES = 1.0  # what all words say that tell articles apart; one that a third of the articles has says as much
NEAR_MOST = (0.4, 0.7)  # how much all synonyms count together: one that fits is enough; more for words no article has

COUNT = "SELECT term, count(*) FROM knowledge_posting WHERE term = ANY(%s) GROUP BY term"
FIND = """
WITH asked AS (SELECT * FROM unnest(%s::text[], %s::real[], %s::real[], %s::real[]) AS asked(term, own, instead, near)),
said AS (SELECT posting.article_id, sum(posting.{impact} * own) AS own,
                least(sum(posting.{impact} * instead), %s) + least(sum(posting.{impact} * near), %s) AS near
         FROM asked JOIN knowledge_posting posting USING (term) WHERE posting.{impact} > 0 GROUP BY 1),
meant AS (SELECT * FROM unnest(%s::bigint[], %s::real[]) AS meant(article_id, meant))
SELECT article_id, coalesce(own, 0), coalesce(near, 0) FROM said FULL JOIN meant USING (article_id)
WHERE article_id IN ({seen}) ORDER BY coalesce(own + near, 0) + coalesce(meant, 0) DESC, article_id LIMIT %s
"""
WHERE = """
SELECT article_id, sum(title * own), sum(keywords * own), sum(answer * own)
FROM unnest(%s::text[], %s::real[]) AS asked(term, own) JOIN knowledge_posting USING (term)
WHERE article_id = ANY(%s) GROUP BY 1
"""


@dataclass(frozen=True)
class Asked:
    """The terms of a question with what an article gains that is all about one; together the question's own are 1.

    Each has three worths: as a word of the question, as one of a synonym in the place of words that no article has,
    and as one of another synonym.
    """

    weights: dict[str, tuple[float, float, float]]
    near: list[str]  # words of synonyms
    worths: dict[str, float] = field(default_factory=dict)  # how much each word of the question says
    most: float = 0.0  # how much a word says that no article has
    near_most: float = NEAR_MOST[0]  # how much all other synonyms count together
    replaced: float = 0.0  # how much of the question synonyms stand in for
    text: str = ""  # of the question, with these in it
    said: int = 0  # words of it

    @classmethod
    def of(cls, question: Question, *, articles: int) -> "Asked":
        """Give the terms of a question with their worths, where there are so many articles."""
        known = current()
        counts = _counted(question, known, articles)
        meant = Meant.by(question.said, known, lambda said: _says(said, counts, articles))
        if meant.synonyms:
            question = replace(question, text=" ".join(meant.said), said=meant.said)
            counts |= _counted(question, known, articles)
        synonyms = {word: share for word, share in known.nearby(meant.said).items() if word not in meant.replaced}
        own = _terms(_parts([word for word in question.telling if word in meant.kept], counts))
        stand_in, near = _standing_in(meant, counts, articles), _terms(synonyms)
        worth = {term: _rarity(counts[term], articles) for term in {*own, *stand_in, *near}}
        replaced = sum(_worth(_terms(_parts(one[0], counts)), counts, articles) for one in meant.synonyms)
        whole = _worth(own, counts, articles) + replaced
        if not whole:
            return cls({}, [])
        weights = {}
        for term, rarity in worth.items():
            mine, instead = own.get(term, 0.0), stand_in.get(term, 0.0)
            rest = max(0.0, NEAR * near.get(term, 0.0) - mine - instead)
            weights[term] = (mine * rarity / whole, instead * rarity / whole, rest * rarity / whole)
        unknown = {part: 1.0 for part in _parts(question.telling, counts) if not counts[STEM + stem(part)]}
        least, most = NEAR_MOST
        telling = weights if articles < MANY else _telling(weights, counts)
        return cls(
            {term: weights[term] for term in telling if counts[term]},
            [*synonyms, *(word for each in meant.synonyms for one in each for word in one)],
            {word: _rarity(counts[STEM + stem(word)], articles) for word in question.telling},
            _rarity(0, articles),
            max(least, min(most, _worth(_terms(unknown), counts, articles) / whole)),
            replaced / whole,
            question.text,
            len(question.said),
        )

    @property
    def carries(self) -> bool:
        """Say whether its words tell articles apart or are most of what was said, unlike "ik wil er niet meer zijn"."""
        return sum(self.worths.values()) >= CARRIES or 2 * len(self.worths) >= self.said

    @property
    def arrays(self) -> list[Any]:
        """Give the terms, and for each what a thousandth of it is worth."""
        columns = zip(*self.weights.values(), strict=True) if self.weights else ((), (), ())
        return [list(self.weights), *([one / FULL for one in column] for column in columns)]

    def find(
        self, rows: ArticleQuerySet, meant: dict[int, float], *, public: bool, at_most: int
    ) -> list[tuple[int, tuple[float, float]]]:
        """Give the articles that say or mean most of it, best first, with how much they say in its words and others."""
        try:
            seen, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return []
        sql = FIND.format(impact="public" if public else "impact", seen=seen)
        with connection.cursor() as cursor:
            limits = [self.replaced, self.near_most]
            cursor.execute(sql, [*self.arrays, *limits, list(meant), list(meant.values()), *values, at_most])
            return [(article, (float(own), float(near))) for article, own, near in cursor.fetchall()]

    @property
    def stems(self) -> set[str]:
        """Give the term of each word that says what is asked."""
        return {STEM + stem(word) for word in self.worths}

    def parts(self, articles: list[int]) -> dict[int, tuple[float, float, float]]:
        """Give of each article what its title, keywords and short answer say of it."""
        with connection.cursor() as cursor:
            cursor.execute(WHERE, [*self.arrays[:2], articles])
            return {row[0]: (float(row[1]), float(row[2]), float(row[3])) for row in cursor.fetchall()}


def _terms(words: Mapping[str, float]) -> dict[str, float]:
    """Give the terms of words that count for so much: pieces of a longer word for more together, but not each."""
    terms: dict[str, float] = defaultdict(float)
    for word, share in words.items():
        terms[STEM + stem(word)] = max(share, terms[STEM + stem(word)])
        found = pieces(word)
        for piece in found:
            terms[piece] += share * PIECES / math.sqrt(len(found))
    return terms


def _says(said: Sequence[str], counts: Mapping[str, int], articles: int) -> bool:
    """Say whether articles have each word of an expression, and these tell articles apart or are most of it."""
    found = [counts[STEM + stem(word)] for word in told(said)]
    carries = 2 * len(found) >= len(said) or sum(_rarity(one, articles) for one in found) >= CARRIES
    return carries and all(found)


def _worth(terms: Mapping[str, float], counts: Mapping[str, int], articles: int) -> float:
    return sum(count * _rarity(counts[term], articles) for term, count in terms.items())


def _standing_in(meant: Meant, counts: Mapping[str, int], articles: int) -> dict[str, float]:
    """Give the terms of the synonyms in the place of words that no article has: each is worth as much as the first."""
    found: dict[str, float] = defaultdict(float)
    for synonyms in meant.synonyms:
        terms = [_terms(_parts(one, counts)) for one in synonyms]
        for each in terms:
            share = _worth(terms[0], counts, articles) / (_worth(each, counts, articles) or 1.0)
            found.update((term, max(found[term], share * count)) for term, count in each.items())
    return found


def _splits(word: str) -> list[tuple[str, str]]:
    """Give the ways to take a long word apart in two, also with an s between them."""
    places = range(SHORTEST, len(word) - SHORTEST + 1) if len(word) <= COMPOUND else ()
    found = [(word[:at], word[at:]) for at in places]
    return found + [(one[:-1], other) for one, other in found if one.endswith("s") and len(one) > SHORTEST]


def _terms_of_splits(words: Iterable[str]) -> set[str]:
    parts = {part for word in words for split in _splits(word) for part in split}
    return {term for part in parts for term in (STEM + stem(part), *pieces(part))}


def _counted(question: Question, known: Remembered, articles: int) -> Counter[str]:
    """Give in how many articles each term stands that may be looked for."""
    terms = _terms(dict.fromkeys([*question.telling, *known.nearby(question.said)], 1.0))
    return Counter(_counts.of([*terms, *_terms_of_splits(question.telling)], articles=articles))


def _parts(words: Iterable[str], counts: Mapping[str, int]) -> dict[str, float]:
    """Give the words, with their parts in the place of a compound that no article has."""
    return {part: 1.0 for word in words for part in _compound(word, counts) or (word,)}


def _compound(word: str, counts: Mapping[str, int]) -> tuple[str, str] | None:
    """Give the two words of which a word is made that no article has, when articles have both; the longest first."""
    if counts[STEM + stem(word)]:
        return None
    found = [split for split in _splits(word) if all(counts[STEM + stem(part)] for part in split)]
    return max(found, key=lambda split: len(split[0]), default=None)


def _telling(weights: dict[str, tuple[float, float, float]], counts: Mapping[str, int]) -> Iterator[str]:
    """Give the terms, rarest first, until they are nearly all of the weight: the commonest cost most, say least."""
    whole, taken = sum(map(sum, weights.values())), 0.0
    for term in sorted(weights, key=lambda term: (counts[term], term)):
        if taken > NEARLY_ALL * whole:
            return
        taken += sum(weights[term])
        yield term


@dataclass
class Counts:
    """In how many articles terms stand, as this process counted them not long ago."""

    until: float = 0.0
    known: dict[str, int] = field(default_factory=dict)

    def of(self, terms: Iterable[str], *, articles: int) -> Mapping[str, int]:
        """Give in how many each of these terms stands; where articles are many, as it was a short while ago."""
        now = time.monotonic()
        if articles < MANY or now > self.until or len(self.known) > MOST:
            self.until, self.known = now + KEPT, {}
        known, asked = self.known, dict.fromkeys(terms, 0)
        found = {term: known[term] for term in asked if term in known}
        if new := [term for term in asked if term not in found]:
            with connection.cursor() as cursor:
                cursor.execute(COUNT, [new])
                counted = dict(cursor.fetchall())
            known.update(counted)  # what no article has is asked again: one may have it a moment later
            found |= counted
        return asked | found


_counts = Counts()


def _rarity(count: int, articles: int) -> float:
    """Give how much a term says that stands in so many of the articles (the idf of BM25); among few, as among some."""
    articles = max(articles, SOME)
    return math.log(1 + (articles - min(count, articles) + 0.5) / (count + 0.5))
