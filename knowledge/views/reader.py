"""The knowledge base: one page with the hits on the left and an article on the right."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import answer, signed_in, wants_part
from accounts.memory import remembered
from accounts.models import Role, User
from knowledge import search as searching
from knowledge.forms import AskForm, SearchForm
from knowledge.models import RECENT, Article, Gap, Place, Searching
from knowledge.models.searching import is_question
from knowledge.search import Hit
from knowledge.views.article_context import shown
from knowledge.views.read_counts import count_read

SHOWN = 30
ARTICLE = re.compile(r"/knowledge/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/(\?[^#]*)")
FEWER = 6  # words of a question, each of which can be asked alone


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, with the first article opened."""
    user = signed_in(request)
    form, hits = _find(request, user)
    if form.query and not form.cleaned_data["typing"]:
        _note(form, hits)
    if _comes_late(request, form):
        return HttpResponse(status=204)
    first = Article.objects.with_details().get(pk=hits[0].article.pk) if hits else None
    response = _answer(request, form, hits, shown(request, first) if first else {})
    if wants_part(request):
        response["HX-Replace-Url"] = reverse("knowledge:search") + form.address
    return response


@require_GET
def article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one article, beside the hits or the reading list it was chosen from."""
    user = signed_in(request)
    found = get_object_or_404(Article.objects.visible_to(user).with_details(), uuid=uuid)
    around = shown(request, found)
    form, hits = (_form(request), []) if around["step"] else _find(request, user)
    if form.query and form.cleaned_data["chain"] and not around["step"]:
        _note(form, hits)
        if rank := place_among(hits, found):
            Searching.open(form.page, found, rank=rank)
    response = _answer(request, form, hits, around, chosen=True)
    count_read(request, response, found)
    return response


def _comes_late(request: HttpRequest, form: SearchForm) -> bool:
    """Say whether one of the quick hits of this same question was opened meanwhile: that page stays as it is."""
    htmx = getattr(request, "htmx", None)
    at = ARTICLE.match((htmx.current_url_abs_path if wants_part(request) and htmx else None) or "")
    return bool(at and form.query and at[1] == form.address)


@remembered
def languages() -> list[str]:
    """Give the languages articles are written in; a new one shows within 5 seconds."""
    return sorted(Article.objects.order_by().values_list("language", flat=True).distinct())


def _find(request: HttpRequest, user: User) -> tuple[SearchForm, list[Hit]]:
    """Give the hits in the chosen part of the knowledge base; without a question what is used most or changed last."""
    form = _form(request)
    articles = form.narrow(Article.objects.all())
    if form.query:
        meaning = not form.cleaned_data["typing"]
        return form, searching.search(form.query, user=user, limit=SHOWN + 1, articles=articles, meaning=meaning)
    articles = articles.visible_to(user).with_card()
    articles = articles.most_used(since=timezone.now() - RECENT) if form.topic_chosen else articles.newest()
    return form, [Hit.of(one) for one in articles[: SHOWN + 1]]


def _ask(form: SearchForm, user: User) -> dict[str, Any]:
    """Give how to ask for an article: what this colleague asked already, or the form; nothing for a mere number."""
    if not is_question(form.shown_query):
        return {}
    asked = None if form.cleaned_data["typing"] else Gap.objects.asked_already(form.query, by=user)
    return {"gap": asked} if asked else {"ask_form": AskForm(initial={"q": form.shown_query})}


def _form(request: HttpRequest) -> SearchForm:
    return SearchForm(request.GET, languages=languages())


def place_among(hits: list[Hit], article: Article) -> int:
    """Give as how manieth an article was found, 0 when it was not."""
    return next((place for place, hit in enumerate(hits, 1) if hit.article == article), 0)


def _note(form: SearchForm, hits: list[Hit]) -> None:
    """Write down what was asked; that nothing is left behind a filter does not say that there is no article."""
    if hits or not form.chosen:
        Searching.note(form.query, place=Place.PAGE, found=min(len(hits), SHOWN), chain=form.page)


def _answer(
    request: HttpRequest, form: SearchForm, hits: list[Hit], around: dict[str, Any], *, chosen: bool = False
) -> HttpResponse:
    """Answer with what was found, and with the opened article and what stands around it."""
    user, opened = signed_in(request), around.get("article")
    context: dict[str, Any] = {
        "form": form,
        "hits": hits[:SHOWN],
        "more": len(hits) > SHOWN,
        "explains": user.has_role(Role.EDITOR),
        "chosen": chosen,  # by the reader, and not only the best hit
        "rank": place_among(hits, opened) if opened else 0,
    } | around
    if opened is not None and around["step"] is None:
        context["address"] = form.address
    if form.query:
        words = [word for word in dict.fromkeys(form.shown_query.split()) if len(word) > 3 and word != form.shown_query]
        context |= {"fewer": words[:FEWER]} | _ask(form, user)
    return answer(request, "knowledge/search.html", "knowledge/_split.html", context)
