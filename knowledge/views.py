"""The knowledge base: one page with the hits on the left and an article on the right, and the panel of the desk."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import answer, signed_in
from accounts.models import User
from contacts.models.topic import choosable_topics
from knowledge import prose
from knowledge import search as searching
from knowledge.forms import PanelForm, SearchForm, UsagePart
from knowledge.models import RECENT, Article
from knowledge.search import Hit

SHOWN = 30
IN_PANEL = 5


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, with the first article opened."""
    user = signed_in(request)
    form, hits = _find(request, user)
    first = Article.objects.with_details().get(pk=hits[0].article.pk) if hits else None
    return _answer(request, form, hits, first)


@require_GET
def article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one article, beside the hits it was chosen from."""
    user = signed_in(request)
    found = get_object_or_404(Article.objects.visible_to(user).with_details(), uuid=uuid)
    return _answer(request, *_find(request, user), found)


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """Show the few best articles beside the registration form; those ticked as used stay, whatever is asked."""
    user = signed_in(request)
    form = PanelForm(request.GET)
    form.is_valid()
    query, topic = form.cleaned_data["q"], form.cleaned_data.get("topic")
    articles: list[Article] = []
    if query:
        articles = [hit.article for hit in searching.search(query, user=user, limit=IN_PANEL, topic=topic)]
    elif topic:
        about = Article.objects.visible_to(user).with_card().about(topic)
        articles = list(about.most_used(since=timezone.now() - RECENT)[:IN_PANEL])
    part, chosen = UsagePart(request.GET, user=user), form.cleaned_data.get("open")
    articles += [one for one in part.ticked if one not in articles]
    opened = next((one for one in articles if one.uuid == chosen), articles[0] if articles else None)
    context = {"query": query, "topic": topic, "articles": articles, "opened": opened, "knowledge_form": part}
    response = render(request, "knowledge/_panel.html", context)
    said = next((one for one in choosable_topics() if opened and one.pk == opened.topic_id), None)
    if chosen and topic is None and said is not None:  # who opens an article has said what it is about
        response["HX-Trigger"] = json.dumps({"kcc:suggest": {"field": "id_topic", "value": str(said.uuid)}})
    return response


def _find(request: HttpRequest, user: User) -> tuple[SearchForm, list[Hit]]:
    """Give the hits in the chosen part of the knowledge base; without a question what is used most or changed last."""
    form = SearchForm(request.GET)
    form.is_valid()
    query, topic = form.cleaned_data["q"], form.cleaned_data.get("topic")
    articles = Article.objects.of_kind(form.cleaned_data.get("kind", ""))
    articles = articles.about(topic) if topic else articles
    if query:
        return form, searching.search(query, user=user, limit=SHOWN + 1, articles=articles)
    articles = articles.visible_to(user).with_card()
    articles = articles.most_used(since=timezone.now() - RECENT) if topic else articles.newest()
    return form, [Hit.of(one) for one in articles[: SHOWN + 1]]


def _answer(request: HttpRequest, form: SearchForm, hits: list[Hit], shown: Article | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "hits": hits[:SHOWN], "more": len(hits) > SHOWN, "article": shown}
    if shown is not None:
        context["prose"] = prose.render(shown.body)
        context["uses"] = shown.count_uses(since=timezone.now() - RECENT)
        context["link"] = request.build_absolute_uri(shown.get_absolute_url())
    return answer(request, "knowledge/search.html", "knowledge/_split.html", context)
