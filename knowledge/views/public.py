"""The public site /kennis/, for everybody: no signing in and no cookie, and each page the same for all who ask."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contacts.channels.pace import Pace
from contacts.models.question import public_topics
from contacts.views.exchange import address_of
from contacts.views.web import embeddable
from knowledge.forms.public import PublicSearchForm
from knowledge.models import Article, Place, Reads, Searching
from knowledge.search import TooMuch, search_public
from knowledge.website import address, freshness, prose, schema
from knowledge.website.shelf import Theme, shelf

ON_A_PAGE = 100
FOUND = 20
LONGEST = 400  # letters of a question; the rest says nothing new
pace = Pace(rate=0.5, burst=30)  # questions of one address
View = Callable[..., HttpResponse]


def on_the_site(view: View) -> View:
    """Show this view to everybody, in the language that its address asks for; nothing where there is no public site."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PUBLIC_KNOWLEDGE:
            raise Http404
        with translation.override("en" if request.GET.get("lang") == "en" else "nl"):
            return view(request, *args, **kwargs)

    return embeddable(shown)


@on_the_site
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show the search field, the themes and what is read most; a question in the address goes to the search."""
    if request.GET.get("q"):
        return HttpResponseRedirect(f"{reverse('kennis:search')}?{request.GET.urlencode()}")
    shown = shelf(language())
    home = request.build_absolute_uri(reverse("kennis:start"))
    data = schema.block(schema.site(home, request.build_absolute_uri(reverse("kennis:search"))))
    return freshness.keep(request, page(request, "kennis/start.html", {"shelf": shown, "schema": data}))


@on_the_site
@require_safe
def theme(request: HttpRequest, name: str) -> HttpResponse:
    """Show the articles on one theme, in the language asked for."""
    figures = address.figures_of(name)
    found = next((one for one in shelf(language()).themes if one.topic.uuid.hex.startswith(figures or "-")), None)
    if found is None:
        return missing(request)
    url = address.of_theme(found.topic, language())
    if request.path != url.partition("?")[0]:
        return HttpResponsePermanentRedirect(url)
    articles = Article.objects.for_public().in_language(language()).under(found.topic.pk).with_answer()
    part = Paginator(articles, ON_A_PAGE).get_page(request.GET.get("page"))
    return freshness.keep(request, page(request, "kennis/theme.html", _told_of_theme(request, found, part)))


def _told_of_theme(request: HttpRequest, found: Theme, part: Any) -> dict[str, Any]:
    """Give what one part of the list of a theme shows; the first has the address of the theme itself."""
    url = request.build_absolute_uri(address.of_theme(found.topic, language()))
    here = f"{url}{'&' if '?' in url else '?'}page={part.number}" if part.number > 1 else url
    elsewhere = address.of_theme(found.topic, other()) if shelf(other()).holds(found.topic) and here == url else ""
    crumbs = schema.crumbs((_("Antwoorden"), absolute(request, "start")), (found.name, url))
    told = {"theme": found, "part": part, "canonical": here, "schema": schema.block(crumbs)}
    return told | {"other_url": elsewhere}


@on_the_site
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what answers the question; what was asked is in nobody's cache."""
    form = PublicSearchForm(request.GET)
    form.is_valid()
    query = form.cleaned_data["q"][:LONGEST].strip()
    if query and not pace.allows(address_of(request)):
        return _wait(request, query, status=429)
    try:
        hits = search_public(query, limit=FOUND) if query else []
    except TooMuch:
        return _wait(request, query, status=503)
    if query and request.method == "GET":
        Searching.note(query, place=Place.PUBLIC, found=len(hits))
    return page(request, "kennis/search.html", {"query": query, "hits": hits, "shelf": shelf(language())})


def _wait(request: HttpRequest, query: str, *, status: int) -> HttpResponse:
    """Ask for patience, with the words as typed: 429 for who asks too fast, 503 for a question that takes too long."""
    response = page(request, "kennis/busy.html", {"query": query, "too_fast": status == 429}, status=status)
    response["Retry-After"] = "10"
    return response


@on_the_site
@require_safe
def article(request: HttpRequest, name: str) -> HttpResponse:
    """Show one article with what belongs to it."""
    found = find(name)
    if found is None:
        return missing(request)
    url = address.of_article(found)
    if request.path != url:
        return freshness.keep(request, HttpResponsePermanentRedirect(url))
    with translation.override("nl" if found.language == "nl" else "en"):
        whole = Article.objects.for_public().with_public_text().filter(pk=found.pk).first()
        if whole is None:  # withdrawn a moment ago
            return missing(request)
        answer = freshness.keep(request, page(request, "kennis/article.html", _told(request, whole)))
        if request.method == "GET" and answer.status_code == 200:
            Reads.count_one(found, public=True)
        return answer


def _told(request: HttpRequest, found: Article) -> dict[str, Any]:
    """Give what the page of an article shows."""
    url = request.build_absolute_uri(address.of_article(found))
    beside = list(Article.objects.for_public().beside(found).with_address())
    root = found.original_id or found.pk
    languages = [one for one in beside if (one.original_id or one.pk) == root and one.language != found.language]
    topics = [one for one in (found.topic, found.topic and found.topic.parent) if one]
    above = next((one for one in topics if one.parent_id is None and address.spoken_name(one)), None)
    steps = [(_("Antwoorden"), absolute(request, "start"))]
    if above is not None:
        steps.append((address.spoken_name(above), request.build_absolute_uri(address.of_theme(above, language()))))
    return {
        "article": found,
        "prose": prose.render(found),
        "sources": prose.sources(found),
        "related": [one for one in beside if one not in languages],
        "languages": languages,
        "theme": above,
        "asking": next((one.value for one in public_topics() if one.topic.pk == found.topic_id), ""),
        "canonical": url,
        "description": schema.description(found),
        "schema": schema.block(schema.about(found, url), schema.crumbs(*steps, (found.title, url))),
        "other_url": next((address.of_article(one) for one in languages if one.language == other()), ""),
    }


def find(name: str) -> Article | None:
    """Give the article at this address, when everybody may read it."""
    figures = address.figures_of(name)
    rows = Article.objects.for_public().with_address()
    return rows.beginning_with(figures).first() if figures else None


def missing(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing here, the same for what never was and what is no longer for everybody."""
    return page(request, "kennis/missing.html", {}, status=404)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Make a page without the request: it knows nobody, has no cookie, and is the same for all who ask."""
    around = {
        "municipality": settings.MUNICIPALITY,
        "theme_css": settings.THEME_CSS,
        "logo": settings.LOGO,
        "language": language(),
        "other": other(),
        "home": address.in_language(reverse("kennis:start"), language()),
        "host": request.build_absolute_uri("/").rstrip("/"),
        "canonical": request.build_absolute_uri(address.in_language(request.path, language())),
    }
    if "other_url" not in context:
        around["other_url"] = elsewhere()
    response = HttpResponse(render_to_string(template, around | context), status=status)
    response["Content-Language"] = language()
    return response


def absolute(request: HttpRequest, name: str) -> str:
    """Give the whole address of a page in the language that is shown."""
    return request.build_absolute_uri(address.in_language(reverse(f"kennis:{name}"), language()))


def language() -> str:
    """Give the language of the page that is being made."""
    return "en" if translation.get_language() == "en" else "nl"


def other() -> str:
    """Give the language of the site that is not shown."""
    return "nl" if language() == "en" else "en"


def elsewhere() -> str:
    """Give the start page in the other language, nothing as long as no article is written in it."""
    there = other() == "nl" or shelf(other()).count
    return address.in_language(reverse("kennis:start"), other()) if there else ""
