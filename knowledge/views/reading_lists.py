"""Reading lists by those who make them: which articles, who reads them, how far everybody is."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import done, signed_in, wants_part
from accounts.models import User
from knowledge.forms.reading import ArticleForm, GiveForm, ReadingListForm, SearchArticlesForm, TakeBackForm
from knowledge.models import Article, ReadingList
from knowledge.models.article import ArticleQuerySet
from knowledge.search import search
from knowledge.views.bulletins import writers_only
from knowledge.views.news import framed

FOUND = 8
LISTS = 200


@writers_only
@require_GET
def reading_lists(request: HttpRequest) -> HttpResponse:
    """Show the lists this colleague keeps."""
    user = signed_in(request)
    lists = ReadingList.objects.manageable_by(user).open().for_overview()[:LISTS]
    return render(request, "knowledge/reading_lists.html", {"lists": lists} | framed(user, "lists"))


@writers_only
@require_http_methods(["GET", "POST"])
def new_reading_list(request: HttpRequest) -> HttpResponse:
    """Let an editor or a team lead begin a list."""
    user = signed_in(request)
    form = ReadingListForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid():
        return done(request, _address(form.save()), message=_("Leeslijst gemaakt. Zet er nu artikelen op."))
    context = {"form": form} | framed(user, "lists")
    return render(request, "knowledge/reading_list_form.html", context, status=422 if form.errors else 200)


@writers_only
@require_http_methods(["GET", "POST"])
def change_reading_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a list be called otherwise, or be for another team."""
    user = signed_in(request)
    found = _find(user, uuid)
    form = ReadingListForm(request.POST if request.method == "POST" else None, by=user, known=found)
    if request.method == "POST" and form.is_valid():
        return done(request, _address(form.save()), message=_("Opgeslagen"))
    context = {"form": form, "list": found} | framed(user, "lists")
    return render(request, "knowledge/reading_list_form.html", context, status=form.status)


@writers_only
@require_GET
def reading_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a list: its articles in order, articles to add, and how far its readers are."""
    user = signed_in(request)
    found = _find(user, uuid)
    if wants_part(request):
        return render(request, "knowledge/_found_articles.html", _search(request, user, found))
    return _page(request, user, found, GiveForm(by=user, known=found))


@writers_only
@require_POST
def add_article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put an article last on the list."""
    found = _find(signed_in(request), uuid)
    fitted = found.add(_article(request, Article.objects.published()))
    message = "" if fitted else _("De lijst is vol. Haal er eerst een artikel af.")
    return done(request, f"{_address(found)}#artikelen", message=message)


@writers_only
@require_POST
def remove_article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an article off the list."""
    found = _find(signed_in(request), uuid)
    found.remove(_article(request, Article.objects.on_list(found)))
    return done(request, f"{_address(found)}#artikelen")


@writers_only
@require_POST
def move_article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let an article go one place up or down."""
    found = _find(signed_in(request), uuid)
    found.move(_article(request, Article.objects.on_list(found)), up=request.POST.get("to") == "up")
    return done(request, f"{_address(found)}#artikelen")


@writers_only
@require_POST
def give_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a colleague or a whole team to read this."""
    user = signed_in(request)
    found = _find(user, uuid)
    form = GiveForm(request.POST, by=user, known=found)
    if not form.is_valid():
        return _page(request, user, found, form)
    new = form.save()
    said = ngettext("Gegeven aan %(n)d collega", "Gegeven aan %(n)d collega’s", new) % {"n": new}
    return done(request, f"{_address(found)}#lezers", message=said if new else _("Iedereen had deze lijst al"))


@writers_only
@require_POST
def take_back_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a colleague no more to read this."""
    found = _find(signed_in(request), uuid)
    form = TakeBackForm(request.POST, known=found)
    if form.is_valid():
        found.take_back(form.cleaned_data["person"])
    return done(request, f"{_address(found)}#lezers")


@writers_only
@require_POST
def close_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask nobody to read this any more."""
    _find(signed_in(request), uuid, closed=True).close()
    return done(request, reverse("knowledge:reading_lists"), message=_("Leeslijst vervallen"))


def _find(user: User, uuid: UUID, *, closed: bool = False) -> ReadingList:
    lists = ReadingList.objects.manageable_by(user).select_related("team")
    return get_object_or_404(lists if closed else lists.open(), uuid=uuid)


def _article(request: HttpRequest, articles: ArticleQuerySet) -> Article:
    form = ArticleForm(request.POST, articles=articles.with_card())
    if not form.is_valid():
        raise Http404
    article: Article = form.cleaned_data["article"]
    return article


def _address(found: ReadingList) -> str:
    return reverse("knowledge:reading_list", args=[found.uuid])


def _search(request: HttpRequest, user: User, found: ReadingList) -> dict[str, Any]:
    form = SearchArticlesForm(request.GET)
    query = form.query.strip()
    hits = search(query, user=user, limit=FOUND, articles=Article.objects.published()) if query else []
    known = set(found.items.values_list("article_id", flat=True)) if hits else set()
    return {
        "search": form,
        "query": query,
        "hits": [(hit.article, hit.article.pk in known) for hit in hits],
        "list": found,
    }


def _page(request: HttpRequest, user: User, found: ReadingList, form: GiveForm) -> HttpResponse:
    context = {"items": list(found.items.with_articles()), "readers": found.progress(), "give_form": form}
    context |= _search(request, user, found) | framed(user, "lists")
    return render(request, "knowledge/reading_list.html", context, status=422 if form.errors else 200)
