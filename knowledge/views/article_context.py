"""What the page of one article shows around its text."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.http import signed_in
from accounts.models import Role, Team
from contacts.models import Outcome
from knowledge import prose
from knowledge.forms import FeedbackForm, SearchForm
from knowledge.models import RECENT, Article
from knowledge.models.reading_list import step_of
from knowledge.ongoing import Ongoing, topic_of

RELATED = 6
REFERS = {"doorverwijzen", "doorverwijzen naar"}  # headings below which the department stands


def shown(request: HttpRequest, article: Article) -> dict[str, Any]:
    """Give the context of knowledge/_article.html."""
    user = signed_in(request)
    parts, headings = prose.in_parts(article.sections)
    readable = Article.objects.visible_to(user)
    first = article.original_id or article.pk
    team = article.team or (article.topic.team if article.topic else None)
    return {
        "parts": parts,
        "headings": headings,
        "refers": next((name for name, words in headings if words.casefold() in REFERS), ""),
        "uses": article.count_uses(since=timezone.now() - RECENT),
        "useful": article.usefulness(since=timezone.now() - RECENT) if user.has_role(Role.EDITOR) else None,
        "sources": [source(one) for one in article.sources],
        "link": request.build_absolute_uri(article.get_absolute_url()),
        "since": article.versions.published().values_list("published_at", flat=True).first(),
        "department": team,
        "related": list(readable.related_to(article)[:RELATED]),
        "translations": list(readable.in_languages_of(first).exclude(pk=article.pk)),
    } | foot(request, article, team=team)


def source(said: dict[str, Any]) -> tuple[str, str]:
    """Give the words of a source and where it is, where that is an address of the web."""
    url = str(said.get("url") or "")
    return str(said.get("title") or "") or url, url if url.startswith(("https://", "http://")) else ""


def foot(request: HttpRequest, article: Article, *, team: Team | None = None) -> dict[str, Any]:
    """Give the context of knowledge/_foot.html, and where one goes on: to have somebody call back, or down a list."""
    user = signed_in(request)
    ongoing = Ongoing.of(user)
    step = step_of(user, request.GET.get("reading", ""), article)
    return {
        "step": step,
        "address": step.address if step else SearchForm(request.GET, languages=[]).address,
        "article": article,
        "ongoing": ongoing,
        "is_linked": ongoing.has(article) if ongoing else False,
        "linked_at": ongoing.linked_at(article) if ongoing else None,
        "feedback_form": FeedbackForm(auto_id=f"{article.uuid}-%s"),
        "callback_url": _callback_url(ongoing, article, team) if user.works_at_kcc else "",
    }


def _callback_url(ongoing: Ongoing | None, article: Article, team: Team | None) -> str:
    """Give the desk with the contact going on, where a callback about this article is ready to be asked for."""
    topic = topic_of(article)
    asked = {"outcome": Outcome.CALLBACK.value}
    if topic is not None:
        asked["topic"] = str(topic.uuid)
    if team is not None and (topic is None or topic.team_id != team.pk):
        asked["who"] = f"team:{team.uuid}"
    url = ongoing.url if ongoing else reverse("contacts:desk")
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"
