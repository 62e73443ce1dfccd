"""What colleagues asked an article for, and what the editors do with it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, done, editors_only, signed_in
from accounts.models import Role
from knowledge import search as searching
from knowledge.forms.editorial import AnsweredForm, RefuseForm
from knowledge.models import Article, Gap, Version

OFFERED = 6


@require_GET
def gap(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what was asked, with what may answer it; to who asked it, what came of it."""
    user = signed_in(request)
    return _answer(request, get_object_or_404(Gap.objects.readable_by(user).with_people(), uuid=uuid))


@require_POST
@editors_only
def write(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin an article for what was asked; pressed twice it is the same one."""
    asked = get_object_or_404(Gap.objects.with_people(), uuid=uuid)
    if not asked.is_open:
        return _was_closed(request, asked)
    title = asked.query[:1].upper() + asked.query[1:]
    version = Version.first(uuid=asked.uuid, title=title, by=signed_in(request))
    asked.begin(version.article)
    return done(request, reverse("knowledge:edit", args=[version.article.uuid]))


@require_POST
@editors_only
def answered(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say which article answers what was asked already."""
    user = signed_in(request)
    asked = get_object_or_404(Gap.objects.with_people(), uuid=uuid)
    form = AnsweredForm(request.POST, readable=Article.objects.published())
    if not form.is_valid():
        return _answer(request, asked, answered_form=form, status=422)
    if not asked.close("", article=form.cleaned_data["article"], by=user):
        return _was_closed(request, asked)
    return done(request, _list(), message=_("Doorgegeven aan wie erom vroeg."))


@require_POST
@editors_only
def refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say why no article comes."""
    user = signed_in(request)
    asked = get_object_or_404(Gap.objects.with_people(), uuid=uuid)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _answer(request, asked, refuse_form=form, status=422)
    if not asked.close(form.cleaned_data["answer"], by=user):
        return _was_closed(request, asked)
    return done(request, _list(), message=_("Doorgegeven aan wie erom vroeg."))


def _was_closed(request: HttpRequest, asked: Gap) -> HttpResponse:
    name = asked.closed_by.short_name if asked.closed_by else _("Een collega")
    return done(request, asked.get_absolute_url(), message=_("%(name)s was je voor.") % {"name": name})


def _list() -> str:
    return reverse("knowledge:editorial_list", args=["gaps"])


def _answer(
    request: HttpRequest,
    asked: Gap,
    *,
    answered_form: AnsweredForm | None = None,
    refuse_form: RefuseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    edits = user.has_role(Role.EDITOR)
    words = request.GET.get("q", "").strip() or asked.query
    hits = searching.search(words, user=user, limit=OFFERED) if edits and asked.is_open else []
    context = {
        "gap": asked,
        "all": Gap.objects.asked_with(asked)[:20] if edits else [asked],
        "edits": edits,
        "words": words,
        "hits": [hit for hit in hits if hit.article.is_readable],
        "answered_form": answered_form,
        "refuse_form": refuse_form or RefuseForm(),
    }
    return answer(request, "knowledge/editorial/gap.html", "knowledge/editorial/_gap.html", context, status=status)
