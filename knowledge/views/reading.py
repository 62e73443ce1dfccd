"""What a colleague was asked to read, and how far they are."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, back_to, done, signed_in, wants_part
from accounts.models import User
from knowledge.forms.reading import ReadForm
from knowledge.models import Article, ArticleRead
from knowledge.models.reading_list import tasks_of
from knowledge.views.news import framed


@require_GET
def reading(request: HttpRequest) -> HttpResponse:
    """Show the reading lists this colleague was given, with what is read of them."""
    return _answer(request, signed_in(request))


@require_POST
def read_article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that this colleague read an article of a list as it stood on their page; what does not say is not."""
    user, form = signed_in(request), ReadForm(request.POST)
    article = _asked(user, uuid)
    if form.is_valid():
        ArticleRead.objects.tick(article, version=form.cleaned_data["version"], by=user)
    return _back(request)


@require_POST
def unread_article(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let an article of a list be unread again."""
    user = signed_in(request)
    ArticleRead.objects.untick(_asked(user, uuid), by=user)
    return _back(request)


def _asked(user: User, uuid: UUID) -> Article:
    return get_object_or_404(Article.objects.published().asked_of(user).with_card(), uuid=uuid)


def _back(request: HttpRequest) -> HttpResponse:
    """Answer with the lists as they are now, or with the article that is read beside its list."""
    beside = back_to(request, "")
    if beside and wants_part(request):
        return HttpResponseRedirect(beside)
    if wants_part(request):
        return _answer(request, signed_in(request))
    return done(request, beside or reverse("knowledge:reading"))


def _answer(request: HttpRequest, user: User) -> HttpResponse:
    context: dict[str, Any] = {"tasks": tasks_of(user)}
    return answer(request, "knowledge/reading.html", "knowledge/_tasks.html", context | framed(user, "reading"))
