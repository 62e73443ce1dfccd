"""The addresses in articles, and what answers there."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.indexes import HashIndex
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.models.article import Article

LONGEST = 1000  # bytes, so that an address fits in the index that has it once per article
WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)


class LinkQuerySet(models.QuerySet["Link"]):
    """Links by whether they work, and by when somebody looks again."""

    def broken(self) -> Self:
        """Give the addresses at which nothing answered well on two days."""
        return self.filter(failed_since__isnull=False)

    def due(self, *, now: datetime) -> Self:
        """Give the addresses to look at now, the longest ago first."""
        return self.filter(next_check_at__lte=now).order_by("next_check_at", "pk")

    def to(self, url: str) -> Self:
        """Give this address in each article that has it."""
        return self.filter(url=url)

    def answered(self, *, now: datetime, note: str = "") -> int:
        """Write down that something answers there; these are looked at again in a week."""
        return self.update(
            checked_at=now, next_check_at=now + WEEK, failures=0, failed_since=None, error=note[:200]
        )  # fmt: skip

    def wait(self, *, until: datetime) -> int:
        """Look at these later: whether something answers there is not known."""
        return self.update(next_check_at=until)

    @transaction.atomic
    def failed(self, error: str, *, now: datetime, at_once: bool = False) -> None:
        """Write down that nothing answers; broken is what failed on two days, at once where that is no accident."""
        today = timezone.localtime(now).date()
        for link in self.select_for_update():
            before = timezone.localtime(link.checked_at).date() if link.failures and link.checked_at else None
            if before is None or before != today:
                link.failures = min(link.failures + 1, 1000)
            if link.failed_since is None and (at_once or link.failures > 1):
                link.failed_since = now if at_once else link.checked_at
            link.checked_at, link.next_check_at, link.error = now, now + DAY, error[:200]
            link.save(update_fields=["failures", "failed_since", "checked_at", "next_check_at", "error"])


class Link(models.Model):
    """An address an article sends its readers to, and whether something answers there."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="links", verbose_name=_("kennisartikel"))
    url = models.CharField(_("adres"), max_length=1000)
    next_check_at = models.DateTimeField(_("volgende keer"), default=timezone.now)
    checked_at = models.DateTimeField(_("bekeken op"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("keer mislukt"), default=0)
    failed_since = models.DateTimeField(_("stuk sinds"), null=True, blank=True)
    error = models.CharField(_("fout"), max_length=200, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [models.UniqueConstraint(fields=["article", "url"], name="link_once_per_article")]
        indexes = [
            models.Index(fields=["next_check_at"], name="link_to_check"),
            models.Index(fields=["failed_since"], condition=~Q(failed_since=None), name="link_broken"),
            HashIndex(fields=["url"], name="link_url"),
        ]

    def __str__(self) -> str:
        return self.url

    @classmethod
    @transaction.atomic
    def keep(cls, articles: Iterable[Article], urls: dict[int, set[str]]) -> None:
        """Have of each article the addresses it has now; what is known of one that stays is kept."""
        pks = [article.pk for article in articles]
        known: dict[int, dict[str, int]] = {}
        for pk, article_id, url in cls.objects.filter(article__in=pks).values_list("pk", "article_id", "url"):
            known.setdefault(article_id, {})[url] = pk
        gone = [pk for id, rows in known.items() for url, pk in rows.items() if url not in urls.get(id, set())]
        cls.objects.filter(pk__in=gone).delete()
        new = [
            Link(article_id=id, url=url) for id in pks for url in sorted(urls.get(id, set()) - set(known.get(id, {})))
        ]
        Link.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
