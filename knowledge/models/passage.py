"""The pieces of articles: what a hit shows, and what is compared by meaning."""

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from knowledge.models.markup import is_internal
from knowledge.models.posting import words_of_html
from knowledge.models.terms import fold

if TYPE_CHECKING:
    from knowledge.models.article import Article

LONGEST = 1500  # characters of one passage: what the model of meaning reads well in one go
MOST = 60  # passages of an article
FORM = 2  # of the vectors; another number has every passage compared anew


class Passage(models.Model):
    """A piece of an article to show among hits and to compare by meaning: the short answer, or part of a section."""

    article = models.ForeignKey("knowledge.Article", models.CASCADE, related_name="passages", db_index=False)
    place = models.PositiveSmallIntegerField()  # 0 is the short answer
    heading = models.CharField(max_length=300)
    text = models.TextField()
    folded = models.TextField()  # what a phrase is looked for in
    internal = models.BooleanField()
    digest = models.CharField(max_length=64)
    vector = models.BinaryField(null=True)  # 384 numbers of two bytes; empty until the task has made it

    class Meta:
        indexes = [GinIndex(OpClass(models.F("folded"), name="gin_trgm_ops"), name="passage_letters")]
        constraints = [models.UniqueConstraint(fields=["article", "place"], name="passage_once_per_place")]

    def __str__(self) -> str:
        return f"{self.article_id}.{self.place}"

    @property
    def meaning(self) -> str:
        """Give what is compared by meaning; call it on rows with their article."""
        return _meaning(self.article.title, self.heading, self.text)

    @staticmethod
    def replace(articles: Iterable["Article"]) -> None:
        """Write the passages of these articles anew; one that says the same keeps its vector."""
        articles = list(articles)
        known = Passage.objects.filter(article__in=articles).exclude(vector=None)
        vectors = {digest: bytes(vector or b"") for digest, vector in known.values_list("digest", "vector")}
        Passage.objects.filter(article__in=articles).delete()
        rows = [row for article in articles for row in _passages(article)]
        for row in rows:
            row.vector = vectors.get(row.digest)
        Passage.objects.bulk_create(rows, batch_size=1000)


def _passages(article: "Article") -> list[Passage]:
    found = [("", article.short_answer, False)]
    for part in article.sections:
        found += [(part["title"], text, is_internal(part)) for text in _pieces(words_of_html(part["html"]))]
    rows = [_passage(article, place, *each) for place, each in enumerate(found[:MOST])]
    rows[0].folded = fold(f"{article.title} | {article.keywords} | {article.short_answer}")
    return rows


def _passage(article: "Article", place: int, heading: str, text: str, internal: bool) -> Passage:
    heading, text = heading[:300], " ".join(text.split())
    digest = sha256(f"{FORM} {_meaning(article.title, heading, text)}".encode("utf-8", "replace")).hexdigest()
    folded = fold(f"{heading} | {text}")
    return Passage(
        article=article, place=place, heading=heading, text=text, folded=folded, internal=internal, digest=digest
    )


def _meaning(title: str, heading: str, text: str) -> str:
    return f"{title} {heading}. {text}" if heading else f"{title} {text}"


def _pieces(text: str) -> list[str]:
    """Give the text in pieces of which none is very long, each ending where a sentence ends if one does."""
    found = []
    while len(text) > LONGEST:
        end = text.rfind(". ", LONGEST // 2, LONGEST) + 1 or text.rfind(" ", 1, LONGEST)
        end = end if end > 0 else LONGEST
        found.append(text[:end])
        text = text[end:].strip()
    return [*found, text] if text else found
