"""Articles written to a file that reads back as the same articles."""

import json
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Prefetch

from knowledge.exchange import sdg, table, vac
from knowledge.models import Article, ArticleQuerySet, Kind

FORMATS = {"vac": "json", "sdg": "json", "csv": "csv"}
AT_ONCE = 500


def written(articles: ArticleQuerySet, form: str, *, public: bool = False) -> Iterator[str]:
    """Give the file of these articles in pieces: vac, csv, or sdg with the pages of products alone.

    A public one leaves out what is for colleagues: parts, and articles that others are related to.
    """
    if form == "sdg":
        articles = articles.filter(kind=Kind.PRODUCT, product__isnull=False, original=None, language__in=sdg.HEADINGS)
    found = _with_all(articles, public=public)
    if form == "csv":
        return table.written(found)
    if form == "sdg":
        return _as_list(sdg.written(article, base=settings.BASE_URL) for article in found)
    return _as_list(vac.written(article) for article in found)


def _with_all(articles: ArticleQuerySet, *, public: bool) -> Iterator[Article]:
    """Give the articles in the order of their ids, with everything a file tells of them."""
    shown = Article.objects.for_public() if public else Article.objects.all()
    light = shown.only("external_id").order_by("external_id")
    found = articles.with_details().select_related("team", "product", "topic__parent", "original")
    whole = shown.with_details().select_related("original", "product", "topic__parent")
    prefetched = found.prefetch_related(Prefetch("related", light), Prefetch("translations", whole))
    for article in prefetched.order_by("external_id").iterator(chunk_size=AT_ONCE):
        if public:
            for text in (article, *article.translations.all()):
                text.sections = text.public_sections
        yield article


def _as_list(values: Iterable[dict[str, object]]) -> Iterator[str]:
    lead = "[\n"
    for value in values:
        yield f"{lead}{json.dumps(value, ensure_ascii=False, indent=1)}"
        lead = ",\n"
    yield "\n]\n" if lead == ",\n" else "[]\n"
