"""The knowledge base beside something that is typed: the registration form of the desk, or a letter."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
USED = gettext_lazy("Gebruikt in dit contact")
TO_INSERT = 8


@dataclass(frozen=True)
class Shown:
    """Articles of the panel that stand together: what was found, or under a name of its own what was chosen before."""

    articles: list[Article]
    name: str = ""


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """Show the few best articles beside the registration form; those ticked as used stay, apart."""
    form, part = _read(request.GET, signed_in(request))
    chosen, query = form.cleaned_data.get("open"), form.cleaned_data["q"]
    groups = _as_listed(part) if chosen else []
    if not groups:
        found = _found(form, part.user, query, limit=IN_PANEL)
        groups = [Shown(found), Shown([one for one in part.ticked if one not in found], str(USED))]
    if form.asks and not chosen:
        Searching.note(query, place=Place.DESK, found=len(groups[0].articles), chain=form.cleaned_data.get("chain"))
    results = [one for group in groups if not group.name for one in group.articles]
    listed = [one for group in groups for one in group.articles]
    opened = next((one for one in listed if one.uuid == chosen), results[0] if results else None)
    by_hand = opened is not None and opened.uuid == chosen
    response = _shown(request, form, part, groups, found=bool(results), opened=opened, by_hand=by_hand)
    if opened is not None and by_hand:
        count_read(request, response, opened)
        if query and opened in results:
            Searching.open(form.cleaned_data.get("chain"), opened, rank=results.index(opened) + 1)
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
    reads = [opened] if opened and opened not in part.ticked else []
    kept = sorted(part.ticked, key=lambda one: one != opened) if opened else [x for x in part.ticked if x not in fresh]
    new = [one for one in fresh if one not in reads and one not in kept]
    groups = [Shown(reads, "" if opened in fresh else _("Geopend")), Shown(kept, str(USED)), Shown(new)]
    first = opened or next((one for group in groups for one in group.articles), None)
    return _shown(request, form, part, groups, found=bool(fresh), opened=first, by_hand=opened is not None)


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
    choices = [(one, text := answer_in_words(one), _letter(one, text)) for one in articles]
    context = {"query": form.cleaned_data["q"], "choices": choices}
    return render(request, f"knowledge/{'_' if request.method == 'POST' else ''}insert.html", context)


def answer_in_words(article: Article) -> str:
    """Give the short answer as plain text: a line for each point, without stars."""
    points = [point.replace("**", "").lstrip("-• ") for point in article.points]
    return points[0] if len(points) == 1 else "\n".join(f"- {point}" for point in points)


def _letter(article: Article, text: str) -> str:
    """Give what is put in a letter: the short answer, and where a citizen can read on."""
    if article.internal or not article.is_readable or not settings.PUBLIC_KNOWLEDGE:
        return text
    more = _("Lees meer: %(url)s") % {"url": settings.BASE_URL + of_article(article)}
    return f"{text}\n\n{more}"


def _as_listed(part: UsagePart) -> list[Shown]:
    """Give what the panel shows, as it shows it: to open one moves no other."""
    named = groupby(part.listed, key=lambda one: str(USED) if one in part.apart else "")
    return [Shown(list(ones), name) for name, ones in named]


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
    groups: list[Shown],
    *,
    found: bool,
    opened: Article | None,
    by_hand: bool,
) -> HttpResponse:
    groups = [group for group in groups if group.articles]
    articles = [one for group in groups for one in group.articles]
    topics = {one.pk: str(one.uuid) for one in choosable_topics()}
    for one in articles:
        vars(one)["suggested"] = topics.get(one.topic_id or 0, "")  # what a contact is about that it answers
    context: dict[str, Any] = {
        "query": form.cleaned_data["q"],
        "topic": form.cleaned_data.get("topic"),
        "groups": groups,
        "articles": articles,
        "found": found,
        "opened": opened,
        "by_hand": by_hand,
        "knowledge_form": part,
    }
    if context["query"] and not found:
        context["said"] = request.method == "GET" and not form.cleaned_data["typing"]  # once for each question
        context["may_ask"] = is_question(kept(context["query"]))
        context["gap"] = Gap.objects.asked_already(context["query"], by=part.user)
    return render(request, "knowledge/_panel.html", context)
