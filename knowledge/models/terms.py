"""What a text is found by: the stems of its words, and the pieces of four letters they are made of.

The pieces find what a dictionary would be needed for otherwise: parts of compounds ("parkeervergunningaanvraag"),
other forms of a word, typing errors, and the beginning of a word while somebody types.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

import snowballstemmer

PIECE = 4  # letters
STEM = "="  # before a stem, to tell it from a piece
LONGEST_WORD = 60  # letters; what is longer is no word
FULL = 1000  # the impact of a term that a text is all about
SOON_ENOUGH = 1.2  # k1 of BM25: how soon more of the same word says nothing new
BY_LENGTH = 0.5  # b of BM25: how much a word counts for less in a longer text
# How much a word counts in each field, and how many words that has on average (what does not say much left out).
WEIGHTS = {"title": 2.0, "keywords": 2.0, "answer": 1.5, "headings": 1.5, "text": 1.0}
LENGTHS = {"title": 5, "keywords": 6, "answer": 12, "headings": 8, "text": 130}

WORD = re.compile(r"[^\W_]+(?:[:.][0-9]+)*")
# Words that say nothing of what is asked: they are left out of questions and texts.
STOP = frozenset(
    """aan al alleen als alstublieft ander andere bent ben bij bijvoorbeeld ce dan dat de der deze die dit doe doen doet
    door dus een eens eigenlijk en er even ga gaan gaat gedaan geen geldt goedemiddag goedemorgen graag had hallo haar
    heb hebben heeft heel hem het hier hij hoe hoi hun iemand iets ik in informatie is ja je jij jou jouw jullie kan kon
    krijg krijgen krijgt kun kunnen kunt laat laten maar mag mee men met mij mijn mijzelf moest moet moeten mogen naar
    net niet nog nodig nu of om omdat ons onze ook op over s t te tegen ten ter toch toe toen tot u uit uw van vanwege
    veel vind vinden voor vraag want waar waarom wanneer waren was wat we weet wel welk welke werd weten wie wij wil
    willen wilt word worden wordt ze zeg zelf zich zij zijn zo zou zouden zoals zonder zullen""".split()  # noqa: SIM905
)

_dutch, _dutch_is_in_use = snowballstemmer.stemmer("dutch"), threading.Lock()  # it keeps the word it is at in itself


def fold(text: str) -> str:
    """Give the text in lower case without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Give the words of a text, folded; a number keeps what follows its colon or point ("4:17", "8.1")."""
    return [found[0] for found in WORD.finditer(fold(text)) if len(found[0]) <= LONGEST_WORD]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Give the stem of a Dutch word; what is no word comes back as it is."""
    with _dutch_is_in_use:
        return str(_dutch.stemWord(word))


@lru_cache(maxsize=50_000)
def pieces(word: str) -> tuple[str, ...]:
    """Give every four letters of a word in a row, its ends marked; a short word is one piece."""
    marked = f"_{word}_"
    return tuple(marked[at : at + PIECE] for at in range(max(1, len(marked) - PIECE + 1)))


def telling(text: str) -> list[str]:
    """Give the words that say what a text is about, in their order."""
    return [word for word in words(text) if word not in STOP]


def impacts(fields: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Give for each term of the fields how much of the text it is, at most 1000, and how each field adds to that."""
    parts: dict[str, dict[str, float]] = {}
    for name, text in fields.items():
        found = telling(text)
        rate = WEIGHTS[name] / (1 - BY_LENGTH + BY_LENGTH * len(found) / LENGTHS[name])
        for term, count in Counter(_terms(found)).items():
            parts.setdefault(term, {})[name] = rate * count
    return {term: _saturated(each) for term, each in parts.items()}


def _terms(found: list[str]) -> Iterator[str]:
    for word in found:
        yield STEM + stem(word)
        yield from pieces(word)


def _saturated(parts: dict[str, float]) -> dict[str, int]:
    whole = sum(parts.values())
    return {name: max(1, round(FULL * part / (SOON_ENOUGH + whole))) for name, part in parts.items()}
