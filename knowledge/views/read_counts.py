"""That somebody read or copied an article, counted once in ten minutes without keeping who it was."""

import re
import time
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.http import signed_in
from accounts.uuids import as_uuid
from knowledge.models import Article, Reads, Searching

COOKIE = "kcc-read"  # what this browser opened a moment ago; it stays there and nobody else keeps it
ONCE = 10  # minutes in which opening the same article again is the same reading
MOST = 40  # of which a browser remembers
MARK = re.compile(r"([rc][0-9a-f]{8})-(\d{1,10})")


@require_POST
def copied(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Count that the answer was copied, for which the question before it counts as answered by this article."""
    article = get_object_or_404(Article.objects.visible_to(signed_in(request)).with_card(), uuid=uuid)
    response = HttpResponse(status=204)
    if _is_new(request, response, "c", article):
        Reads.count_copy(article)
    rank = request.POST.get("n", "")
    if rank.isascii() and rank.isdigit() and len(rank) < 4:
        Searching.open(as_uuid(request.POST.get("chain")), article, rank=max(1, int(rank)))
    return response


def count_read(request: HttpRequest, response: HttpResponse, article: Article) -> None:
    """Count that a colleague opened this article, unless this browser did so a moment ago."""
    if _is_new(request, response, "r", article):
        Reads.count_one(article)


def _is_new(request: HttpRequest, response: HttpResponse, kind: str, article: Article) -> bool:
    now = int(time.time() // 60)
    known = MARK.findall(request.COOKIES.get(COOKIE, "")[:2000])
    marks = {mark: int(minute) for mark, minute in known if now - ONCE < int(minute) <= now}
    mark = f"{kind}{article.uuid.hex[:8]}"
    if mark in marks:
        return False
    recent = [*list(marks.items())[-MOST + 1 :], (mark, now)]
    response.set_cookie(
        COOKIE, ".".join(f"{name}-{minute}" for name, minute in recent), max_age=ONCE * 60, httponly=True,
        samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return True
