"""Finding the article that answers while the citizen is still talking, in PostgreSQL's own means.

Words are found by their Dutch stem with accents folded, the last one also as the beginning of a longer word. The first
query counts how many articles have each word. The second finds: articles with all the words, then with some of the
telling ones, and for a word that no article has those whose title or keywords look like it (typing errors, compounds).

The order is a sum that can be explained to an editor; Hit.rank is that sum and the article carries its parts:
    complete   2     the article has all the words
    words      0–1   how well the words fit: title and keywords count fully, short answer 0.4, text 0.2
    title      0–½   how much the title looks like the question
    letters    0–1   second query only: how much title and keywords look like the words that no article has
    topic      ¼     the article is about the topic of the contact
    overdue   −0.1   the date to check the article again has passed
"""

import re
from dataclasses import dataclass, field
from functools import cached_property, reduce
from html import unescape
from operator import add, and_, or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import (
    CombinedSearchQuery,
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVectorField,
)
from django.db.models import (
    Case,
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.models import User
from contacts.models import Topic
from contacts.models.customer import Fold
from knowledge.models import CONFIG, Article, ArticleQuerySet

LONGEST = 400  # characters of a question; the rest says nothing new
MOST = 12  # words of a question
COMMON = 200  # a word in this many articles says too little to find one by
CLOSELY = 60  # articles that are ranked in full
NEVER = -1
BEGINNING = 3  # letters from which on a word may be the beginning of a longer one
LIKENESS = 4  # letters from which on a word may be misspelt
START, STOP = "\x02", "\x03"  # around each hit in a passage, for the template filter marked
WEIGHTS = [0.1, 0.2, 0.4, 1.0]  # D (unused), text, short answer, title and keywords

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')

Terms = SearchQuery | CombinedSearchQuery


class Heads(Func):
    """The words of title, keywords and short answer."""

    function = "ts_filter"
    template = "ts_filter(%(expressions)s, '{a,b}')"
    output_field = SearchVectorField()


class Likeness(Func):
    """How much a word looks like a piece of a text, by the letters they share."""

    function = "word_similarity"
    output_field = FloatField()


class Size(Func):
    """How many words a query looks for: none when all of them are stop words."""

    function = "numnode"
    output_field = IntegerField()


@dataclass(frozen=True)
class Hit:
    """An article that was found, a passage of it with the words between hit markers, and how well it fits."""

    article: Article
    passage: str
    rank: float = 0.0

    @classmethod
    def of(cls, article: Article) -> "Hit":
        """Give an article as a hit where nothing was asked: its passage is the short answer."""
        return cls(article, _tidy(article.short_answer))


@dataclass
class Question:
    """What was typed, taken apart: words, "phrases" that must be there, and -words that must not."""

    text: str
    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    beginning: str = ""

    @classmethod
    def read(cls, typed: str) -> "Question":
        """Take any text apart; what holds no letter or digit is left out."""
        text = UNPRINTABLE.sub(" ", typed)[:LONGEST]
        question = cls(" ".join(text.split()))
        for minus, phrase, word in TERM.findall(text):
            term = phrase or word
            kind = question.unwanted if minus else question.phrases if phrase else question.words
            if re.search(r"\w", term) and term not in kind and len(kind) < MOST:
                kind.append(term)
        last = text.rpartition(" ")[2]
        if question.words and question.words[-1] == last and len(last) >= BEGINNING and re.fullmatch(r"\w+", last):
            question.beginning = last
        return question

    @cached_property
    def terms(self) -> list[Terms]:
        """Give one query for each phrase and word; the last word also as the beginning of a longer one."""
        terms: list[Terms] = [_exactly(term) for term in self.phrases + self.words]
        if self.beginning:
            terms[-1] |= SearchQuery(f"'{self.beginning}':*", config=CONFIG, search_type="raw")
        return terms

    @cached_property
    def some(self) -> Terms:
        return reduce(or_, self.terms)

    @cached_property
    def every(self) -> Terms:
        return reduce(and_, self.terms)


def search(
    query: str,
    *,
    user: User,
    limit: int,
    topic: Topic | None = None,
    articles: ArticleQuerySet | None = None,
) -> list[Hit]:
    """Give the articles this user may read that answer the question, best first; an article about topic gains a little.

    Any text will do as a question. Pass articles to search only among those.
    """
    question = Question.read(query)
    if not question.terms:
        return []
    rows = (Article.objects.all() if articles is None else articles).visible_to(user).with_card()
    for phrase in question.phrases:
        rows = rows.filter(vector=_exactly(phrase))
    for term in question.unwanted:
        rows = rows.exclude(vector=_exactly(term))
    counts = _count(rows, question.terms)
    strange = _strange(question, counts)
    parts = _wanted(rows, question, counts, strange)
    if not parts:
        return []
    # A later part of a UNION ALL under a LIMIT is not begun when the parts before it gave enough.
    enough = CLOSELY * 2 if strange else CLOSELY
    wanted = parts[0].union(*parts[1:], all=True)[:enough] if len(parts) > 1 else parts[0]
    hits = _ranked(rows.filter(pk__in=wanted), question, topic, strange=strange)[:limit]
    return [Hit(article, _tidy(vars(article)["passage"]), vars(article)["rank"]) for article in hits]


def _exactly(term: str) -> SearchQuery:
    return SearchQuery(term, config=CONFIG, search_type="phrase")


def _count(rows: ArticleQuerySet, terms: list[Terms]) -> list[int]:
    """Give for each term in how many articles it stands, counted to 200; -1 for words that are never looked for."""
    counts = {
        f"term_{place}": Case(
            When(Exact(Size(term), 0), then=Value(NEVER)),
            default=Func(ArraySubquery(rows.filter(vector=term).values("pk")[:COMMON]), function="cardinality"),
            output_field=IntegerField(),
        )
        for place, term in enumerate(terms)
    }
    found = list(rows.order_by().annotate(**counts).values_list(*counts)[:1])
    return list(found[0]) if found else [NEVER] * len(terms)


def _wanted(
    rows: ArticleQuerySet, question: Question, counts: list[int], strange: list[str]
) -> list[QuerySet[Article, Any]]:
    """Give the articles to look at closely, in parts of which each is needed only where those before it were few.

    A word in very many articles tells little: it finds none beside words that tell more, and those with it in their
    title or keywords come before all others. So the cost follows what is shown, and not what there is.
    """
    asked = list(zip(question.phrases + question.words, question.terms, counts, strict=True))
    telling = [term for _text, term, count in asked if 0 < count < COMMON]
    common = [Q(vector=term, folded__contains=Fold(Value(text))) for text, term, count in asked if count == COMMON]
    fit = SearchRank(F("vector"), question.some, weights=WEIGHTS).desc()
    parts = []
    if strange:
        parts.append(rows.filter(_alike(strange)).order_by(_likeness(strange).desc(), "pk"))
    if len(asked) > 1:
        parts.append(rows.filter(vector=question.every).order_by(fit, "pk"))
    if telling:
        parts.append(rows.filter(vector=reduce(or_, telling)).order_by(fit, "pk"))
    elif common:
        parts.append(rows.filter(reduce(or_, common)).order_by(fit, "pk"))
        parts.append(rows.filter(vector=question.some).order_by(fit, "pk"))
    return [part.values("pk")[:CLOSELY] for part in parts]


def _strange(question: Question, counts: list[int]) -> list[str]:
    """Give the words that stand in no article and are long enough to be misspelt, or a compound."""
    words = zip(question.words, counts[len(question.phrases) :], strict=True)
    return [word for word, count in words if count == 0 and len(word) >= LIKENESS]


def _ranked(rows: ArticleQuerySet, question: Question, topic: Topic | None, *, strange: list[str]) -> ArticleQuerySet:
    """Give the rows best first, with the parts of their rank and a passage, which is made for the rows shown only."""
    parts = {
        "complete": _worth(2, Q(vector=question.every)),
        "words": SearchRank(F("vector"), question.some, weights=WEIGHTS),
        "title_likeness": Likeness(Fold(F("title")), Fold(Value(question.text)), function="similarity") / 2,
        "letters": _likeness(strange),
        "on_topic": _worth(0.25, Q(topic=topic) if topic else Q(pk__in=[])),
        "overdue": _worth(-0.1, Q(review_on__lt=timezone.localdate())),
    }
    rank = reduce(add, (F(part) for part in parts))
    return (
        rows.alias(heads=Heads("vector"))
        .annotate(**parts)
        .annotate(rank=ExpressionWrapper(rank, output_field=FloatField()), passage=_passage(question.some))
        .order_by("-rank", "title", "pk")
    )


def _worth(value: float, condition: Q) -> Case:
    return Case(When(condition, then=Value(float(value))), default=Value(0.0), output_field=FloatField())


def _alike(words: list[str]) -> Q:
    """Give the condition that title or keywords hold a word that looks like one of these, or that is a piece of it."""
    folded = [Fold(Value(word)) for word in words]
    misspelt = (Q(folded__trigram_strict_word_similar=word) for word in folded)
    compound = (Q(folded__trigram_word_similar=word) for word in folded)
    return reduce(or_, [*misspelt, *compound])


def _likeness(words: list[str]) -> Expression:
    """Give how much title and keywords look like the words, on average."""
    if not words:
        return Value(0.0)
    alike = [Likeness(Fold(Value(word)), F("folded")) for word in words]
    return ExpressionWrapper(reduce(add, alike) / float(len(alike)), FloatField())


def _passage(some: Terms) -> Case:
    """Give the short answer with the words marked, or a piece of the text when only that holds them."""
    marks: dict[str, Any] = {"config": CONFIG, "start_sel": START, "stop_sel": STOP}
    piece = SearchHeadline("plain", some, max_fragments=2, min_words=8, max_words=20, fragment_delimiter=" … ", **marks)
    answer = SearchHeadline("short_answer", some, highlight_all=True, **marks)
    return Case(When(~Q(heads=some) & Q(vector=some), then=piece), default=answer)


def _tidy(passage: str) -> str:
    return unescape(" ".join(passage.replace("**", "").split()))
