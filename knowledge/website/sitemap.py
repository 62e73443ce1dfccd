"""What search engines are told to look at: the start page, the themes and every article for everybody."""

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse

from knowledge.models import Article, ArticleQuerySet
from knowledge.website import address
from knowledge.website.shelf import shelf


class Articles(Sitemap):
    """Every article that is public now, in the order in which they came, so that a page of the list hardly changes."""

    limit = 2_000

    def items(self) -> ArticleQuerySet:
        return Article.objects.for_public().only("uuid", "title", "changed_at").order_by("pk")

    def location(self, item: Any) -> str:
        return address.of_article(item)

    def lastmod(self, item: Any) -> datetime:
        changed_at: datetime = item.changed_at
        return changed_at

    def get_latest_lastmod(self) -> datetime | None:
        """Give when an article changed last, without reading them all."""
        latest: datetime | None = Article.objects.for_public().aggregate(at=Max("changed_at"))["at"]
        return latest


class Pages(Sitemap):
    """The start page and the themes, in each language that has articles."""

    def items(self) -> list[str]:
        found = []
        for language in ("nl", "en"):
            shown = shelf(language)
            if shown.count or language == "nl":
                found.append(address.in_language(reverse("kennis:start"), language))
            found += [address.of_theme(theme.topic, language) for theme in shown.themes]
        return found

    def location(self, item: Any) -> str:
        return str(item)


SITEMAPS: dict[str, Any] = {"pages": Pages, "articles": Articles}
