"""Whether what was found answers anything at all. If not, "no results" is the honest answer, and the one that is noted.

The terms of a question order what is found, but a few pieces of four letters stand in any article. So among the best
hits there must be one that says enough of the words: the word itself, another form of it, what an editor calls a
synonym, or a word that is nearly the same or part of it ("pasport", "parkeervergunningaanvraag"). Or one that means
enough of it (meaning.ALONE).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from django.db import connection

from knowledge.models.terms import PIECE, STEM, pieces, stem
from knowledge.search import meaning
from knowledge.search.lexical import Asked

LOOKED = 10  # hits
HALF = 0.4  # of what the words of the question are worth
ONE = 0.5  # of what a word is worth that no article has; who asks in a long sentence need not be told half of it
SYNONYM = 0.1  # worth of synonyms that is as good as a word; HALF of what they stand in for, if that is more
BEGINNING = 3  # letters of a word that somebody still types
ALIKE = 0.75  # of the letters of two words in the same order: a typing error
SHARED = 0.4  # of their pieces, to look at the letters at all
STEMS = "SELECT article_id, term FROM knowledge_posting WHERE article_id = ANY(%s) AND {impact} > 0 AND term ^@ %s"

Found = Sequence[tuple[int, Mapping[str, float]]]


def answers(found: Found, asked: Asked, *, public: bool) -> bool:
    """Say whether one of the best of these, each an article with the parts of its sum, has to do with the question."""
    best = found[:LOOKED]
    synonym = max(SYNONYM, HALF * asked.replaced)
    if any(parts["meaning"] >= meaning.ALONE or parts["synonym"] >= synonym for _article, parts in best):
        return True
    worths = {word: worth for word, worth in asked.worths.items() if len(word) > 1}
    if not best or not worths:
        return False
    enough = min(HALF * sum(worths.values()), ONE * asked.most)
    stems = _stems(best, public=public)
    known: dict[tuple[str, str], bool] = {}
    return any(_worth(worths, each) >= enough for each in stems) or any(
        _worth(worths, each, known) >= enough for each in stems
    )


def _stems(best: Found, *, public: bool) -> list[set[str]]:
    """Give the stems of the words of each article."""
    stems: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(STEMS.format(impact="public" if public else "impact"), [[one for one, _parts in best], STEM])
        for article, term in cursor.fetchall():
            stems[article].add(term.removeprefix(STEM))
    return list(stems.values())


def _worth(worths: Mapping[str, float], stems: set[str], known: dict[tuple[str, str], bool] | None = None) -> float:
    """Give what the words are worth that an article says; with what is known of words also those nearly the same."""
    return sum(
        worth
        for word, worth in worths.items()
        if stem(word) in stems or (known is not None and any(_alike(word, one, known) for one in stems))
    )


def _alike(word: str, other: str, known: dict[tuple[str, str], bool]) -> bool:
    if (word, other) not in known:
        known[word, other] = alike(word, other)
    return known[word, other]


def alike(word: str, other: str) -> bool:
    """Say whether a word begins the other, is part of it or the other way round, or is nearly the same."""
    if len(word) >= BEGINNING and other.startswith(word):
        return True
    if min(len(word), len(other)) <= PIECE:
        return False
    if other in word or word in other:
        return True
    mine, its = set(pieces(word)), set(pieces(other))
    if len(mine & its) < SHARED * min(len(mine), len(its)):
        return False
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= ALIKE
