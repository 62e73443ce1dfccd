"""The terms of articles, as the search by words looks them up."""

import re
from collections.abc import Iterable
from html import unescape
from io import StringIO
from typing import TYPE_CHECKING

from django.db import connection, models
from django.utils.html import strip_tags

from knowledge.models.terms import impacts

if TYPE_CHECKING:
    from knowledge.models.article import Article

BETWEEN_WORDS = re.compile(r"<(?!/?(?:a|em|strong)[ >])")  # where a tag of cleaned HTML begins that ends a word
COLUMNS = ("article_id", "term", "impact", "public", "title", "keywords", "answer")


class Posting(models.Model):
    """How much one article is about one term, in thousandths; of it what title, keywords and short answer add.

    What is left of the impact is of headings and text. public counts only what everybody may read.
    """

    pk = models.CompositePrimaryKey("article_id", "term")
    article = models.ForeignKey("knowledge.Article", models.CASCADE, related_name="+", db_index=False)
    term = models.CharField(max_length=70, db_collation="C")
    impact = models.SmallIntegerField()
    public = models.SmallIntegerField()
    title = models.SmallIntegerField()
    keywords = models.SmallIntegerField()
    answer = models.SmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["term"], include=["article", "impact", "public"], name="posting_of_term")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.term}"

    @classmethod
    def replace(cls, articles: Iterable["Article"]) -> None:
        """Write the terms of these articles anew."""
        articles = list(articles)
        cls.objects.filter(article__in=articles).delete()
        # Words hold no tab, line end or backslash, so they need no escape.
        lines = "".join("\t".join(map(str, row)) + "\n" for article in articles for row in _rows(article))
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY knowledge_posting ({', '.join(COLUMNS)}) FROM STDIN", StringIO(lines))


def _rows(article: "Article") -> Iterable[tuple[int | str, ...]]:
    public = impacts(_fields(article, internal=False))
    for term, parts in impacts(_fields(article, internal=True)).items():
        heads = (parts.get(name, 0) for name in ("title", "keywords", "answer"))
        yield (article.pk, term, sum(parts.values()), sum(public.get(term, {}).values()), *heads)


def _fields(article: "Article", *, internal: bool) -> dict[str, str]:
    """Give the text of an article by field; without what is for colleagues only when internal is not wanted."""
    sections = article.sections if internal else article.public_sections
    return {
        "title": article.title,
        "keywords": article.keywords,
        "answer": article.short_answer,
        "headings": " ".join(part["title"] for part in sections),
        "text": " ".join(words_of_html(part["html"]) for part in sections),
    }


def words_of_html(html: str) -> str:
    """Give the words of a piece of HTML."""
    return " ".join(unescape(strip_tags(BETWEEN_WORDS.sub(" <", html))).split())
