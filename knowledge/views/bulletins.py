"""Bulletins by those who write them: the list, a new one, and what can be done with it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import done, only, signed_in, wants_part
from accounts.models import User
from accounts.paging import page, place
from knowledge.forms.news import BulletinForm, writes_news
from knowledge.models import Article, Bulletin
from knowledge.search import search
from knowledge.views.news import confirmations, framed, visible

PAGE = 50
OFFERED = 12
writers_only = only(writes_news)


@writers_only
@require_GET
def written(request: HttpRequest) -> HttpResponse:
    """Show the bulletins this colleague may change, those to come first."""
    user = signed_in(request)
    rows = Bulletin.objects.manageable_by(user).standing().with_card().with_confirmed().newest()
    rows = rows.after(place(request.GET.get("after")))
    context = {"bulletins": page(rows, size=PAGE, moment=lambda row: row.starts_at)}
    return render(request, "knowledge/bulletins.html", context | framed(user, "written"))


@writers_only
@require_http_methods(["GET", "POST"])
def new_bulletin(request: HttpRequest) -> HttpResponse:
    """Let an editor or a team lead write a bulletin."""
    user = signed_in(request)
    article = request.GET.get("article", "")
    form = BulletinForm(request.POST if request.method == "POST" else None, by=user, article=article)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        message = _("Bericht klaargezet") if made.state == "coming" else _("Bericht geplaatst")
        return done(request, made.get_absolute_url(), message=message)
    return _form(request, user, form, None)


@writers_only
@require_http_methods(["GET", "POST"])
def change_bulletin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let who may change a bulletin say it otherwise."""
    user = signed_in(request)
    found = managed(user, uuid)
    if found.withdrawn_at is not None:
        return done(request, found.get_absolute_url())
    form = BulletinForm(request.POST if request.method == "POST" else None, by=user, bulletin=found)
    if request.method == "POST" and form.is_valid():
        return done(request, form.save().get_absolute_url(), message=_("Bericht gewijzigd"))
    return _form(request, user, form, found)


@writers_only
@require_POST
def withdraw_bulletin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a bulletin away from everybody."""
    managed(signed_in(request), uuid).withdraw()
    return done(request, reverse("knowledge:written"), message=_("Bericht ingetrokken"))


@writers_only
@require_POST
def end_bulletin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that a disruption is over."""
    found = managed(signed_in(request), uuid)
    found.end()
    return done(request, found.get_absolute_url(), message=_("De storing is voorbij"))


@require_POST
def remind_readers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Remind those who did not confirm, by bell: a team lead the own people, who may change it everybody."""
    user = signed_in(request)
    found = get_object_or_404(visible(user), uuid=uuid)
    seen = confirmations(user, found)
    if seen is None:
        raise PermissionDenied
    told = found.remind(seen.waiting) if found.state == "current" else 0
    message = ngettext("%(n)d collega herinnerd", "%(n)d collega’s herinnerd", told) % {"n": told}
    return done(request, found.get_absolute_url(), message=message if told else _("Iedereen is vandaag al herinnerd"))


@writers_only
@require_GET
def article_options(request: HttpRequest) -> HttpResponse:
    """Give the articles that fit what was typed, for a field that chooses one."""
    user, query = signed_in(request), request.GET.get("q", "").replace("\0", " ")[:200]
    if not wants_part(request) and not query:
        return HttpResponseRedirect(reverse("knowledge:search"))
    hits = search(query, user=user, limit=OFFERED, articles=Article.objects.published()) if query.strip() else []
    return render(request, "knowledge/_article_options.html", {"found": [hit.article for hit in hits]})


def managed(user: User, uuid: UUID) -> Bulletin:
    """Give a bulletin that this colleague may change. Raises Http404 for any other."""
    return get_object_or_404(Bulletin.objects.manageable_by(user).with_reading(user).with_card(), uuid=uuid)


def _form(request: HttpRequest, user: User, form: BulletinForm, found: Bulletin | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "bulletin": found}
    return render(request, "knowledge/bulletin_form.html", context | framed(user, "written"), status=form.status)
