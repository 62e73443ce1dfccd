"""What a reader does with an article: use it in the contact going on, say whether it helped, or ask for one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import agents_only, done, signed_in, wants_part
from accounts.worktime import NeverOpen
from knowledge.forms import AskForm, FeedbackForm, SearchForm
from knowledge.models import Article, Feedback, Gap
from knowledge.ongoing import Ongoing
from knowledge.views.article_context import foot, shown


@agents_only
@require_POST
def use(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note in the contact going on that this article was used, or take that back."""
    user = signed_in(request)
    article = get_object_or_404(Article.objects.visible_to(user).with_details(), uuid=uuid)
    ongoing = Ongoing.of(user)
    if ongoing is None or ongoing.name != request.POST.get("contact", ""):
        wrong = _("Je bent niet meer in dat contact. Kijk na in welk contact je bent.")
        return _again(request, article, {"wrong": wrong})
    if request.POST.get("on") == "1":
        ongoing.link(article)
    else:
        ongoing.unlink(article)
    return _foot(request, article)


@require_POST
def feedback(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down whether an article helped; what is wrong with it is work for who vouches for it."""
    user = signed_in(request)
    article = get_object_or_404(Article.objects.visible_to(user).with_details(), uuid=uuid)
    form = FeedbackForm(request.POST, auto_id=f"{article.uuid}-%s")
    if not form.is_valid():
        return _again(request, article, {"feedback_form": form})
    data = form.cleaned_data
    try:
        said = Feedback.give(article, helpful=data["helpful"], text="" if data["helpful"] else data["text"], by=user)
    except NeverOpen:
        form.add_error("text", _("Er zijn nog geen openingstijden. Vraag het de beheerder."))
        return _again(request, article, {"feedback_form": form})
    return _foot(request, article, {"said": said}, message=_("Bedankt. Dat helpt de redactie."))


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the editors for an article that is not there."""
    user = signed_in(request)
    form = AskForm(request.POST)
    if not form.is_valid():
        context = {"form": SearchForm(request.POST, languages=[]), "ask_form": form, "hits": []}
        part = wants_part(request)
        return render(request, "knowledge/_ask.html" if part else "knowledge/search.html", context, status=422)
    gap = Gap.ask(form.cleaned_data["q"], note=form.cleaned_data["note"], by=user)
    if wants_part(request):
        return render(request, "knowledge/_asked.html", {"gap": gap})
    return done(request, reverse("knowledge:search"), message=_("Je vraag is naar de redactie gestuurd."))


def _foot(
    request: HttpRequest, article: Article, context: dict[str, Any] | None = None, *, message: str = ""
) -> HttpResponse:
    """Answer with the foot of the article as it is now, or without htmx by going back to the page."""
    if wants_part(request):
        return render(request, "knowledge/_foot.html", foot(request, article) | (context or {}))
    return done(request, article.get_absolute_url() + foot(request, article)["address"], message=message)


def _again(request: HttpRequest, article: Article, context: dict[str, Any]) -> HttpResponse:
    """Show what is wrong, with what was typed."""
    if wants_part(request):
        return render(request, "knowledge/_foot.html", foot(request, article) | context, status=422)
    form = SearchForm(request.GET, languages=[])
    page = {"form": form, "hits": [], "article": article, "chosen": True} | shown(request, article) | context
    return render(request, "knowledge/search.html", page, status=422)
