"""What the public site reads of the knowledge base; each selection is one of Article.objects.for_public()."""

import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from knowledge.models.reads import Reads

if TYPE_CHECKING:
    from knowledge.models.article import Article

FIGURES = 12  # of the 32 of a uuid, enough to tell a hundred million articles apart
NAMED = ("uuid", "title", "language", "original", "changed_at", "checked_at", "published_at", "valid_from", "topic")
TOPIC = tuple(
    f"{way}{name}" for way in ("topic__", "topic__parent__") for name in ("uuid", "name", "public_name", "closed_at")
)


class Website(models.QuerySet["Article"]):
    """The selections of the public site, which load no word that is for colleagues but the parts of the text."""

    def with_address(self) -> Self:
        """Give the articles with what a link to them shows, and nothing else."""
        return self.select_related("topic__parent").only(*NAMED, *TOPIC)

    def with_answer(self) -> Self:
        """Give the articles with a link and the short answer."""
        return self.select_related("topic__parent").only(*NAMED, *TOPIC, "short_answer")

    def with_public_text(self) -> Self:
        """Give the articles as their page shows them."""
        words = ("kind", "audience", "short_answer", "sections", "sources", "product__name", "product__uri")
        return self.select_related("topic__parent", "product").only(*NAMED, *TOPIC, *words)

    def beginning_with(self, figures: str) -> Self:
        """Give the article whose uuid begins with these twelve hexadecimal figures."""
        rest = 32 - FIGURES
        return self.filter(uuid__range=(UUID(figures + "0" * rest), UUID(figures + "f" * rest)))

    def beside(self, article: "Article") -> Self:
        """Give the same article in other languages, and the related ones."""
        root = article.original_id or article.pk
        through: Any = self.model.related.through
        related = through.objects.filter(from_article=article.pk).values("to_article")
        spoken = self.model._default_manager.filter(Q(pk=root) | Q(original=root)).values("pk")
        return self.filter(pk__in=related.union(spoken)).exclude(pk=article.pk).order_by("title")

    def under(self, theme: int) -> Self:
        """Give the articles on this theme or on a topic of it, by title."""
        also = self.model.more_topics.through.objects.filter(Q(topic=theme) | Q(topic__parent=theme))
        here = Q(topic=theme) | Q(topic__parent=theme) | Q(pk__in=also.values("article"))
        return self.filter(here).order_by("title", "pk")

    def places(self) -> set[tuple[int, int, str]]:
        """Give of each article under which themes it is: its key, the key of the theme, its language."""
        rows = self.order_by().exclude(topic=None)
        first = rows.values_list("pk", Coalesce("topic__parent", "topic"), "language")
        more = self.order_by().exclude(more_topics=None)
        also = more.values_list("pk", Coalesce("more_topics__parent", "more_topics"), "language")
        return {*first, *also}

    def most_read(self, *, since: datetime.date) -> Self:
        """Give what citizens read since that day, the most read first; the others are left out."""
        read = Reads.objects.filter(public=True, day__gte=since).order_by().values("article")
        times = read.annotate(times=Sum("count")).values("article", "times")
        counted = dict(times.order_by("-times", "article").values_list("article", "times")[:100])
        order = models.Case(*(models.When(pk=key, then=n) for key, n in counted.items()), default=0)
        return self.filter(pk__in=counted).order_by(order.desc(), "title") if counted else self.none()

    def last_changed(self) -> Self:
        """Put what was published last first."""
        return self.order_by(F("published_at").desc(nulls_last=True), "-pk")
