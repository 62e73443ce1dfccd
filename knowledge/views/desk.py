"""The knowledge base beside something that is typed: the registration form of the desk, or a letter."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import signed_in
from accounts.models import User
from contacts.models import Topic
from contacts.models.topic import choosable_topics
from knowledge import search as searching
from knowledge.forms import InsertForm, PanelForm, UsagePart
from knowledge.models import RECENT, Article, Gap, Place, Searching
from knowledge.models.searching import is_question, kept
from knowledge.talk import telling
from knowledge.views.read_counts import count_read
from knowledge.website.address import of_article

IN_PANEL = 5
SUGGESTED = 3
TO_INSERT = 8


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """Show the few best articles beside the registration form; those ticked as used stay, whatever is asked."""
    form, part = _read(request.GET, signed_in(request))
    chosen = form.cleaned_data.get("open")
    articles = (
        part.listed if chosen and part.listed else _found(form, part.user, form.cleaned_data["q"], limit=IN_PANEL)
    )
    if form.asks and not chosen:
        Searching.note(
            form.cleaned_data["q"], place=Place.DESK, found=len(articles), chain=form.cleaned_data.get("chain")
        )
    articles += [one for one in part.ticked if one not in articles]
    opened = next((one for one in articles if one.uuid == chosen), articles[0] if articles else None)
    response = _shown(request, form, part, articles, opened=opened, by_hand=bool(chosen and opened))
    if opened is not None and opened.uuid == chosen:
        count_read(request, response, opened)
        if form.cleaned_data["q"]:
            Searching.open(form.cleaned_data.get("chain"), opened, rank=articles.index(opened) + 1)
    said = next((one for one in choosable_topics() if opened and one.pk == opened.topic_id), None)
    if chosen and form.cleaned_data.get("topic") is None and said is not None:  # to open it says what it is about
        response["HX-Trigger"] = json.dumps({"kcc:suggest": {"field": "id_topic", "value": str(said.uuid)}})
    return response


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Show the articles that fit what is typed of a contact; asked by POST, because that names citizens.

    What somebody opened stays open, and what they ticked stays in sight: what is new comes below it.
    """
    user = signed_in(request)
    form, part = _read(request.POST, user)
    asked = form.cleaned_data["q"]
    query = asked or telling(form.cleaned_data["text"])
    fresh = _found(form, user, query, limit=IN_PANEL if asked else SUGGESTED)
    chosen = form.cleaned_data.get("open")
    opened = part.readable.filter(uuid=chosen).first() if chosen else None
    kept = [opened, *part.ticked] if opened else [one for one in part.ticked if one not in fresh]
    articles = list(dict.fromkeys([*kept, *fresh]))
    first = opened or (articles[0] if articles else None)
    return _shown(request, form, part, articles, opened=first, by_hand=opened is not None)


@require_http_methods(["GET", "POST"])
def insert(request: HttpRequest) -> HttpResponse:
    """Show the articles whose answer can be put in a letter; a letter asks by POST: its subject may name somebody."""
    form = InsertForm(request.POST or request.GET)
    form.is_valid()
    user, query = signed_in(request), form.cleaned_data["q"] or form.cleaned_data["about"]
    articles: list[Article] = []
    if query:
        said = Article.objects.published()  # a letter says nothing that readers can not see, whoever writes it
        articles = [hit.article for hit in searching.search(query, user=user, limit=TO_INSERT, articles=said)]
    if not form.cleaned_data["q"] and not articles:
        used = Article.objects.published().with_card().most_used(since=timezone.now() - RECENT)
        articles = list(used[:TO_INSERT])
    choices = [(one, text := plain(one), _letter(one, text)) for one in articles]
    context = {"query": form.cleaned_data["q"], "choices": choices}
    return render(request, f"knowledge/{'_' if request.method == 'POST' else ''}insert.html", context)


def plain(article: Article) -> str:
    """Give the short answer as plain text: a line for each point, without stars."""
    points = [point.replace("**", "").lstrip("-• ") for point in article.points]
    return points[0] if len(points) == 1 else "\n".join(f"- {point}" for point in points)


def _letter(article: Article, text: str) -> str:
    """Give what is put in a letter: the short answer, and where a citizen can read on."""
    if article.internal or not article.is_readable or not settings.PUBLIC_KNOWLEDGE:
        return text
    more = _("Lees meer: %(url)s") % {"url": settings.BASE_URL + of_article(article)}
    return f"{text}\n\n{more}"


def _read(data: QueryDict, user: User) -> tuple[PanelForm, UsagePart]:
    form = PanelForm(data)
    form.is_valid()
    return form, UsagePart(data, user=user)


def _found(form: PanelForm, user: User, query: str, *, limit: int) -> list[Article]:
    """Give what answers the question; without one what is used most about the chosen topic.

    Only what readers see, to editors too: it is said to a citizen.
    """
    topic: Topic | None = form.cleaned_data.get("topic")
    if query:
        meaning = not form.cleaned_data["typing"]
        said = Article.objects.published()
        hits = searching.search(query, user=user, limit=limit, topic=topic, articles=said, meaning=meaning)
        return [hit.article for hit in hits]
    if topic is None:
        return []
    about = Article.objects.published().with_card().about(topic)
    return list(about.most_used(since=timezone.now() - RECENT)[:limit])


def _shown(
    request: HttpRequest,
    form: PanelForm,
    part: UsagePart,
    articles: list[Article],
    *,
    opened: Article | None,
    by_hand: bool,
) -> HttpResponse:
    topics = {one.pk: str(one.uuid) for one in choosable_topics()}
    for one in articles:
        vars(one)["suggested"] = topics.get(one.topic_id or 0, "")  # what a contact is about that it answers
    context: dict[str, Any] = {
        "query": form.cleaned_data["q"],
        "topic": form.cleaned_data.get("topic"),
        "articles": articles,
        "opened": opened,
        "by_hand": by_hand,
        "knowledge_form": part,
    }
    if context["query"] and not articles:
        context["may_ask"] = is_question(kept(context["query"]))
        context["gap"] = Gap.objects.asked_already(context["query"], by=part.user)
    return render(request, "knowledge/_panel.html", context)
