"""The search itself: what is found by words and by meaning, in one order."""

import math
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from psycopg2.errors import QueryCanceled

from accounts.models import User
from contacts.models import Topic
from knowledge.models import RECENT, Article, ArticleQuerySet, Indexed, Passage, Posting, Usage
from knowledge.search import evidence
from knowledge.search import meaning as meanings
from knowledge.search.hit import Hit, Part
from knowledge.search.lexical import Asked
from knowledge.search.passages import best_passages
from knowledge.search.question import Question, pattern

ON_TOPIC, USED, OVERDUE = 0.05, 0.02, -0.02
ASKED = 1.0  # what a title or keyword is worth that is the question: who wrote it there says that this is the answer
TITLED = 0.15  # what a title gains that has all that is asked: "paspoort kwijt" is asked of what is called so
OURS, OURS_OF_ONE_WORD = 0.01, 0.2  # who types one word says what it is about, not what is asked: then ours comes first
OFTEN = 50  # uses in 30 days from which on more of them say nothing new
CLOSELY = 3  # how many times what is shown is looked at with all parts
LEAST = 0.1  # of the question that an article says to be found by its words
WORTH, FIRST = (0.5, 0.6), 5  # of the best hit; what is worth less is not shown, among the first hits and after them
FEW, TOLD = 8, 0.2  # hits, and what the words of an article must be worth to be shown after them
PATIENCE = "2s"  # for one statement of a search by anybody; the slowest there should be takes a third of it
ASIDE = 0.5  # meaning of one found by it alone, where the best was found by the synonyms that editors keep


class TooMuch(Exception):
    """The database took too long over a question of anybody, and was stopped."""


def search(
    query: str,
    *,
    user: User,
    limit: int,
    topic: Topic | None = None,
    articles: ArticleQuerySet | None = None,
    meaning: bool = True,
) -> list[Hit]:
    """Give the articles this user may read that answer the question, best first; an article about topic gains a little.

    Any text will do as a question. Pass articles to search only among those. Without meaning it is fast enough for
    every key that is pressed.
    """
    rows = (Article.objects.all() if articles is None else articles).visible_to(user)
    return find(query, rows, limit=limit, topic=topic, meaning=meaning)


def search_public(
    query: str, *, limit: int, articles: ArticleQuerySet | None = None, meaning: bool = True
) -> list[Hit]:
    """Give the articles for everybody that answer the question; what is for colleagues only is never looked at.

    Raises TooMuch when the database would be at it for longer than anybody may keep it busy.
    """
    rows = (Article.objects.all() if articles is None else articles).for_public()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE])
            return find(query, rows, limit=limit, meaning=meaning, public=True)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuch from error
        raise


def find(
    query: str,
    rows: ArticleQuerySet,
    *,
    limit: int,
    topic: Topic | None = None,
    meaning: bool = True,
    public: bool = False,
) -> list[Hit]:
    """Give those of the rows that answer the question, best first."""
    question = Question.read(query)
    if not question:
        return []
    rows = _demanded(rows, question, public=public)
    asked = Asked.of(question, articles=Indexed.objects.count())
    alike = meanings.compare(asked.text if meaning and question.has_words else "", public=public)
    said = dict(asked.find(rows, alike.best(), public=public, at_most=max(limit * CLOSELY, 60)))
    found = _without_tail(_ranked(said, alike, topic, question, asked), asked)
    if not evidence.answers([(article.pk, parts) for article, parts in found], asked, public=public):
        return []
    return _hits(found[:limit], question, asked, alike, public=public)


def _demanded(rows: ArticleQuerySet, question: Question, *, public: bool) -> ArticleQuerySet:
    """Give the rows with every phrase, and without what is not wanted."""
    for phrase in question.phrases:
        rows = rows.filter(_holds(phrase, public=public))
    for phrase in question.unwanted:
        rows = rows.exclude(_holds(phrase, public=public))
    return rows


def _holds(phrase: list[str], *, public: bool) -> Any:
    texts = Passage.objects.filter(article=OuterRef("pk"), folded__regex=pattern(phrase))
    return Exists(texts.filter(internal=False) if public else texts)


Found = list[tuple[Article, dict[str, float]]]


def _ranked(
    said: dict[int, tuple[float, float]],
    alike: meanings.Alike,
    topic: Topic | None,
    question: Question,
    asked: Asked,
) -> Found:
    """Give the articles best first with the parts of their sum; what is worth little beside the best is left out."""
    ours = OURS if len(asked.worths) > 1 else OURS_OF_ONE_WORD
    stems = asked.stems
    used = Usage.objects.filter(article=OuterRef("pk"), at__gte=timezone.now() - RECENT)
    named = Posting.objects.filter(article=OuterRef("pk"), term__in=stems, title__gt=0)
    found = []
    for article in Article.objects.filter(pk__in=said).with_card().annotate(uses=_number(used), named=_number(named)):
        own, near = said[article.pk]
        parts = {"words": own, "synonym": near, "meaning": alike.meaning(article.pk)}
        parts["asked"] = ASKED if question.is_among(f"{article.title}, {article.keywords}") else 0.0
        if parts["meaning"] < meanings.NEAR and own + near < LEAST and not parts["asked"]:
            continue
        parts["titled"] = TITLED if len(stems) > 1 and vars(article)["named"] == len(stems) else 0.0
        parts["topic"] = ON_TOPIC if topic is not None and article.topic_id == topic.pk else 0.0
        parts["ours"] = ours if article.owner_id or article.team_id else 0.0
        parts["use"] = USED * min(1.0, math.log1p(vars(article)["uses"]) / math.log1p(OFTEN))
        parts["review"] = OVERDUE if article.is_overdue else 0.0
        found.append((article, parts))
    found.sort(key=lambda one: (-sum(one[1].values()), one[0].title, one[0].pk))
    best = max((parts for _article, parts in found), key=_without_asked, default={})
    return [one for one in found if one[1] is best or one[1]["asked"] or not _is_aside(one[1], best)]


def _number(rows: QuerySet[Any]) -> Coalesce:
    """Give how many there are of these rows of an article."""
    return Coalesce(Subquery(rows.order_by().values("article").annotate(n=Count("*")).values("n")), Value(0))


def _without_asked(parts: dict[str, float]) -> float:
    """Give what the rest says of an article: this one part is worth so much that nothing can be measured by it."""
    return sum(parts.values()) - parts["asked"]


def _is_aside(parts: dict[str, float], best: dict[str, float]) -> bool:
    """Say whether this one was found by a weak meaning only, where editors said what the words of the question mean."""
    found_by_words = parts["words"] + parts["synonym"] >= LEAST
    return best["synonym"] >= evidence.SYNONYM and not found_by_words and parts["meaning"] < ASIDE


def _without_tail(found: Found, asked: Asked) -> Found:
    """Give those of them, best first, that are worth enough beside the best.

    Where no words carry, all are worth nearly the same: then a few are shown, not all of them.
    """
    worths = [_without_asked(parts) for _article, parts in found]
    best = max(worths, default=0.0)
    told = [asked.carries and parts["words"] + parts["synonym"] >= TOLD for _article, parts in found]
    return [
        one
        for n, one in enumerate(found)
        if one[1]["asked"] or (worths[n] >= WORTH[n >= FIRST] * best and (n < FEW or told[n]))
    ]


def _hits(
    found: Found,
    question: Question,
    asked: Asked,
    alike: meanings.Alike,
    *,
    public: bool,
) -> list[Hit]:
    """Give the hits with their best passages, and what the words are worth shared out over the fields."""
    if not found:
        return []
    fields = asked.parts([article.pk for article, _parts in found])
    passages = best_passages(
        [article.pk for article, _parts in found], question, asked.near, alike.passages, public=public
    )
    hits = []
    for article, parts in found:
        heads = dict(zip(("title", "keywords", "answer"), fields.get(article.pk, (0.0, 0.0, 0.0)), strict=True))
        words = heads | {"text": max(0.0, parts["words"] - sum(heads.values()))}
        shown = [Part(name, worth) for name, worth in (words | parts).items() if name != "words" and worth]
        heading, passage = passages.get(article.pk, ("", article.short_answer))
        hits.append(Hit(article, passage, sum(parts.values()), shown, heading))
    return hits
