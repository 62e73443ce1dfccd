"""Which articles the search knows, and as they were when."""

from hashlib import sha256
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from knowledge.models.passage import Passage
from knowledge.models.posting import Posting

if TYPE_CHECKING:
    from knowledge.models.article import Article

FORM = 3  # of what Posting and Passage hold; another number has every article indexed anew


class IndexedQuerySet(models.QuerySet["Indexed"]):
    """What the search knows of articles."""

    def current(self) -> Self:
        """Give those that say what their article says now."""
        return self.filter(form=FORM, changed_at=F("article__changed_at"))

    def without_meaning(self) -> Self:
        """Give those of which a passage was not compared by meaning yet."""
        return self.filter(embedded_at=None)


class Indexed(models.Model):
    """That the search knows the words of an article as they were then, and since when also what they mean."""

    article = models.OneToOneField("knowledge.Article", models.CASCADE, primary_key=True, related_name="indexed")
    form = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    changed_at = models.DateTimeField()  # of the article
    indexed_at = models.DateTimeField()
    embedded_at = models.DateTimeField(null=True)

    objects = IndexedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["indexed_at"], condition=models.Q(embedded_at=None), name="indexed_without_meaning")
        ]

    def __str__(self) -> str:
        return str(self.article_id)

    @classmethod
    def keep(cls, articles: "list[Article]") -> None:
        """Have the search know these articles as they are, in the transaction that saves them; the same is kept."""
        with transaction.atomic():
            known = {one.article_id: one for one in cls.objects.filter(article__in=articles, form=FORM)}
            changed = [one for one in articles if one.pk not in known or known[one.pk].digest != _digest(one)]
            Posting.replace(changed)
            Passage.replace(changed)
            waiting = Passage.objects.filter(article__in=changed, vector=None).values_list("article", flat=True)
            cls._note(articles, known, {one.pk for one in changed}, set(waiting.distinct()))

    @staticmethod
    def _note(articles: "list[Article]", known: "dict[int, Indexed]", changed: set[int], waiting: set[int]) -> None:
        now = timezone.now()
        rows = []
        for article in articles:
            row = known.get(article.pk) or Indexed(article=article)
            row.form, row.digest, row.changed_at = FORM, _digest(article), article.changed_at
            if article.pk in changed:
                row.indexed_at, row.embedded_at = now, None if article.pk in waiting else now
            rows.append(row)
        fields = ["form", "digest", "changed_at", "indexed_at", "embedded_at"]
        Indexed.objects.bulk_create(rows, update_conflicts=True, unique_fields=["article"], update_fields=fields)


def _digest(article: "Article") -> str:
    said = repr((article.title, article.keywords, article.short_answer, article.sections))
    return sha256(said.encode("utf-8", "replace")).hexdigest()
