"""How often articles are opened."""

import logging
from typing import TYPE_CHECKING

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.models.side_effect import side_effect

if TYPE_CHECKING:
    from knowledge.models.article import Article

log = logging.getLogger(__name__)


class Reads(models.Model):
    """How often an article was opened on a day, by colleagues or on the public site; by whom is not kept."""

    article = models.ForeignKey(
        "knowledge.Article", models.CASCADE, related_name="reads", verbose_name=_("kennisartikel"), db_index=False
    )
    day = models.DateField(_("dag"))
    public = models.BooleanField(_("op de website"), default=False)
    count = models.PositiveIntegerField(_("keer gelezen"), default=0)
    copied = models.PositiveIntegerField(_("keer gekopieerd"), default=0)

    class Meta:
        verbose_name = _("gelezen")
        verbose_name_plural = _("gelezen")
        constraints = [models.UniqueConstraint(fields=["article", "day", "public"], name="reads_once_a_day")]
        indexes = [models.Index(fields=["day"], name="reads_of_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}"

    @classmethod
    def count_one(cls, article: "Article", *, public: bool = False) -> None:
        """Count that somebody opened this article; whether they did so a moment ago is for the caller to know."""
        _add(article, public=public, read=1, copied=0)

    @classmethod
    def count_copy(cls, article: "Article", *, public: bool = False) -> None:
        """Count that somebody copied the answer of this article."""
        _add(article, public=public, read=0, copied=1)


def _add(article: "Article", *, public: bool, read: int, copied: int) -> None:
    """Add to the row of today in one statement; what cannot be written harms no page."""
    with side_effect(log, "A read"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO knowledge_reads AS reads (article_id, day, public, count, copied) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (article_id, day, public)
            DO UPDATE SET count = reads.count + excluded.count, copied = reads.copied + excluded.copied""",
            [article.pk, timezone.localdate(), public, read, copied],
        )
