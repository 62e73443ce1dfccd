"""What a search engine asks first: robots.txt, and the list of pages."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemaps
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from knowledge.website import freshness
from knowledge.website.sitemap import SITEMAPS

ALLOWED = ["Allow: /kennis/", "Allow: /static/"]
UNWANTED = ["Disallow: /kennis/zoeken/", "Disallow: /kennis/*/hielp/"]


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines into the public site and nowhere else."""
    lines = ["User-agent: *", "Disallow: /"]
    if settings.PUBLIC_KNOWLEDGE:
        sitemap = f"Sitemap: {request.build_absolute_uri(reverse('kennis:sitemap'))}"
        lines = ["User-agent: *", *ALLOWED, *UNWANTED, "Disallow: /", "", sitemap]
    return freshness.keep(request, HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Give the list of the lists."""
    if not settings.PUBLIC_KNOWLEDGE:
        raise Http404
    return _kept(request, sitemaps.index(request, sitemaps=SITEMAPS, sitemap_url_name="kennis:sitemap_part"))


@login_not_required
@require_safe
def sitemap_part(request: HttpRequest, section: str) -> HttpResponse:
    """Give one list of pages, two thousand at a time; with ?p=2 the next ones."""
    if not settings.PUBLIC_KNOWLEDGE:
        raise Http404
    return _kept(request, sitemaps.sitemap(request, sitemaps=SITEMAPS, section=section))


def _kept(request: HttpRequest, lists: TemplateResponse) -> HttpResponse:
    return freshness.keep(request, lists.render())
