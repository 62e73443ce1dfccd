"""What an article said before: its versions, what differs between two of them, and back to one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import done, editors_only, signed_in
from accounts.models import Role
from accounts.uuids import as_uuid
from knowledge import prose
from knowledge.difference import compare, differs
from knowledge.models import Article, Version
from knowledge.models.versions import VersionQuerySet
from knowledge.views.edit import find, locked

SHOWN = 50


@require_GET
def versions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the versions of an article, and what differs between two: the last two, or those that were chosen."""
    article, known = _known(request, uuid)
    found = list(known.defer("sections", "sources")[: SHOWN + 1])
    shown = found[:SHOWN]
    latest = next((one for one in shown if one.dropped_at is None), None)
    new = _chosen(known, request.GET.get("new"), request.GET.get("version")) or (latest and known.get(pk=latest.pk))
    old = _chosen(known, request.GET.get("old")) or _before(known, new)
    context: dict[str, Any] = {
        "article": article, "versions": shown, "more": len(found) > SHOWN, "new": new, "old": old,
        "writes": signed_in(request).has_role(Role.EDITOR),
    }  # fmt: skip
    if old is not None and new is not None:
        context["differences"] = compare(old, new)
        context["differs"] = differs(context["differences"])
    return render(request, "knowledge/versions.html", context)


def _known(request: HttpRequest, uuid: UUID) -> tuple[Article, VersionQuerySet]:
    """Give an article that this person may read, and the versions of it that they may."""
    user = signed_in(request)
    article = get_object_or_404(Article.objects.visible_to(user).with_details(), uuid=uuid)
    return article, article.versions.visible_to(user)


def _chosen(known: VersionQuerySet, sent: str | None, number: str | None = None) -> Version | None:
    """Give the version that was chosen to compare, by its uuid or the number people see; what is none is not there."""
    if number and number.isascii() and number.isdigit() and len(number) < 9:
        return known.numbered(int(number))
    uuid = as_uuid(sent)
    return known.filter(uuid=uuid).first() if uuid else None


def _before(known: VersionQuerySet, version: Version | None) -> Version | None:
    """Give the version that another one came after."""
    if version is None:
        return None
    return known.published().first() if version.number is None else known.numbered(version.number - 1)


@require_GET
def version(request: HttpRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """Show an article as it was in one version."""
    article, known = _known(request, uuid)
    shown = get_object_or_404(known, uuid=version)
    writes = signed_in(request).has_role(Role.EDITOR)
    context = {"article": article, "version": shown, "prose": prose.render(shown.html), "writes": writes}
    return render(request, "knowledge/version.html", context)


@editors_only
@require_POST
def restore(request: HttpRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """Make a concept with the words of an older version, or of one that was put aside."""
    article, user = find(uuid), signed_in(request)
    old = get_object_or_404(article.versions.former(), uuid=version)
    if not article.open_for(user):
        return locked(request, article, status=409)
    Version.restore(old, by=user)
    message = _("De opzijgezette tekst staat klaar als concept")
    if old.number is not None:
        message = _("Versie %(n)d staat klaar als concept") % {"n": old.number}
    return done(request, reverse("knowledge:edit", args=[uuid]), message=message)
