"""What editors and owners do about one article: check it, handle what was said of it, hand it over."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import answer, back_to, done, signed_in
from accounts.models import Role, User
from knowledge import prose
from knowledge.forms.editorial import HandleForm, OwnerForm
from knowledge.models import RECENT, Article, Feedback
from knowledge.views.worklist_rows import edit_url, over


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one article to whoever must check it, and write down that it was checked and is right."""
    user = signed_in(request)
    article = _cared_for(user, uuid)
    if request.method == "POST":
        if not article.check_again(by=user):
            raise Http404
        assert article.review_on is not None
        message = _("Gecontroleerd. De volgende controle is vóór %(day)s.") % {
            "day": date_format(article.review_on, _("j b Y"))
        }
        beside = back_to(request, reverse("knowledge:editorial_list", args=["review"]))
        return done(request, beside, message=message)
    return _answer(request, article)


@require_http_methods(["GET", "POST"])
def handle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what somebody said beside the article, and write down what was done with it."""
    user, now = signed_in(request), timezone.now()
    said = get_object_or_404(Feedback.objects.readable_by(user, now=now).with_article(), uuid=uuid)
    handles = Feedback.objects.in_care_of(user, now=now).contains(said)
    if request.method == "GET":
        return _answer(request, said.article, said=said, handles=handles, form=HandleForm())
    said = get_object_or_404(Feedback.objects.in_care_of(user, now=now).with_article(), uuid=uuid, helpful=False)
    form = HandleForm(request.POST)
    if not form.is_valid():
        return _answer(request, said.article, said=said, handles=True, form=form, status=422)
    if said.handle(form.cleaned_data["answer"], by=user):
        return done(request, reverse("knowledge:editorial_list", args=["feedback"]), message=_("Melding behandeld"))
    name = said.handled_by.short_name if said.handled_by else _("Een collega")
    message = _("%(name)s heeft deze melding al behandeld.") % {"name": name}
    return done(request, said.get_absolute_url(), message=message)


@require_POST
def hand_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have another colleague vouch for an article from now on."""
    user = signed_in(request)
    article = _cared_for(user, uuid)
    form = OwnerForm(request.POST, article=article)
    if not form.is_valid():
        return _answer(request, article, owner_form=form, status=422)
    owner = form.cleaned_data["owner"]
    article.hand_over(owner, by=user)
    message = _("%(name)s is nu eigenaar van dit artikel.") % {"name": owner.name}
    return done(request, reverse("knowledge:editorial"), message=message)


def _cared_for(user: User, uuid: UUID) -> Article:
    """Give this article when this colleague sees to it. Raises Http404."""
    articles = Article.objects.in_care_of(user, now=timezone.now())
    return get_object_or_404(articles.with_details(), uuid=uuid)


def _answer(
    request: HttpRequest,
    article: Article,
    *,
    said: Feedback | None = None,
    handles: bool = True,
    form: HandleForm | None = None,
    owner_form: OwnerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the article at the left, and what it is about at the right."""
    user = signed_in(request)
    edits = user.has_role(Role.EDITOR)
    since = timezone.now() - RECENT
    context: dict[str, Any] = {
        "article": article,
        "prose": prose.render(article.html) if handles or Article.objects.visible_to(user).contains(article) else None,
        "said": said,
        "handles": handles,
        "form": form,
        "owner_form": (owner_form or OwnerForm(article=article)) if handles else None,
        "lateness": over(said.due_at) if said is not None and said.is_late and said.due_at is not None else "",
        "changes": said.changes_since() if said is not None else [],
        "others": [one for one in article.feedback.open().with_article().soonest_first()[:10] if one != said],
        "broken": article.links.broken()[:10] if handles else [],
        "uses": article.count_uses(since=since),
        "reads": article.count_reads(since=since.date()),
        "edit": edit_url(article) if edits else "",
    }
    return answer(request, "knowledge/editorial/check.html", "knowledge/editorial/_check.html", context, status=status)
