"""The piece of an article to show beside its title, with the words of the question marked."""

import re
from collections import defaultdict
from collections.abc import Iterable

from knowledge.models import Passage
from knowledge.models.terms import PIECE, STOP, fold, pieces, stem
from knowledge.search.hit import START, tidy
from knowledge.search.hit import STOP as END
from knowledge.search.question import Question

MOST = 32  # words of a piece
BEFORE = 6  # of them before the first that is marked
ALIKE = 0.6  # part of its letters that a word shares with one of the question to be marked as well
TOKEN = re.compile(r"[^\W_]+(?:[:.][0-9]+)*")
Piece = tuple[str, str]  # heading and text


class Marker:
    """Knows which words of a text are those of a question, or another form or part of them."""

    def __init__(self, question: Question, near: Iterable[str]) -> None:
        self.stems = {stem(word) for word in [*question.telling, *near]}
        self.beginnings = {"ge", *(one[:2] for one in self.stems)}  # stemming takes time, and changes only "ge" here
        self.pieces = [frozenset(pieces(word)) for word in question.telling if len(word) > PIECE]
        shared = sorted({piece for one in self.pieces for piece in one})
        self.shared = re.compile("|".join(map(re.escape, shared)) or r"(?!)")  # most words have none
        self.seen: set[str] = set()
        self.known: dict[str, str] = {}  # of the words that were seen those to mark, with the stem they stand for

    def learn(self, found: set[str]) -> None:
        """Find out which of these words stand for one in the question."""
        new = found - self.seen
        self.seen |= new
        self.known.update((word, meant) for word in new if (meant := self._meant(fold(word))))

    def _meant(self, word: str) -> str:
        if word[:2] in self.beginnings and stem(word) in self.stems:
            return stem(word)
        if len(word) <= PIECE or word in STOP or not self.shared.search(f"_{word}_"):
            return ""
        mine = frozenset(pieces(word))
        alike = any(len(mine & one) >= ALIKE * min(len(mine), len(one)) for one in self.pieces)
        return stem(word) if alike else ""

    def count(self, text: str) -> int:
        """Give how many words of the question are in the text."""
        found = set(TOKEN.findall(text))
        self.learn(found)
        return len({self.known[word] for word in found & self.known.keys()})

    def places(self, text: str) -> list[tuple[int, int, str]]:
        """Give begin, end and stem of each word to mark."""
        self.learn(set(TOKEN.findall(text)))
        return [(*one.span(), self.known[one[0]]) for one in TOKEN.finditer(text) if one[0] in self.known]


def best_passages(
    articles: Iterable[int], question: Question, near: Iterable[str], meant: dict[int, int], *, public: bool
) -> dict[int, Piece]:
    """Give for each article the heading and text of what answers best: by words, else by meaning."""
    rows = Passage.objects.filter(article__in=list(articles)).defer("vector", "folded").order_by("place")
    if public:
        rows = rows.filter(internal=False)
    of_article: dict[int, list[Passage]] = defaultdict(list)
    for row in rows:
        of_article[row.article_id].append(row)
    marker = Marker(question, near)
    return {article: _best(found, marker, meant.get(article)) for article, found in of_article.items()}


def _best(passages: list[Passage], marker: Marker, meant: int | None) -> Piece:
    """Give the short answer where it says as much as any, else the section with most of the words."""
    said = {one.pk: marker.count(one.text) for one in passages}
    best = max(passages, key=lambda one: (said[one.pk], one.place == 0, one.pk == meant))
    if not said[best.pk]:
        best = next((one for one in passages if one.pk == meant), best)
    text = tidy(best.text)
    return best.heading, _cut(text, marker.places(text), best.place)


def _cut(text: str, places: list[tuple[int, int, str]], place: int) -> str:
    """Give the text with its words marked: all of a short answer, of a section the part that says most."""
    tokens = list(TOKEN.finditer(text))
    if place == 0 or len(tokens) <= MOST:
        return _marked(text, places, 0, len(text))
    starts = [found.start() for found in tokens]
    begins = [max(0, starts.index(begin) - BEFORE) for begin, _end, _word in places if begin in starts] or [0]
    first = max(begins, key=lambda n: len({word for begin, _e, word in places if _within(begin, tokens, n)}))
    last = min(first + MOST, len(tokens)) - 1
    piece = _marked(text, places, tokens[first].start(), tokens[last].end())
    return ("… " if first else "") + piece + ("" if last == len(tokens) - 1 else " …")


def _within(begin: int, tokens: list[re.Match[str]], first: int) -> bool:
    last = min(first + MOST, len(tokens)) - 1
    return tokens[first].start() <= begin <= tokens[last].start()


def _marked(text: str, places: list[tuple[int, int, str]], begin: int, end: int) -> str:
    written, at = [], begin
    for first, last, _word in places:
        if begin <= first and last <= end:
            written += [text[at:first], START, text[first:last], END]
            at = last
    return "".join([*written, text[at:end]])
