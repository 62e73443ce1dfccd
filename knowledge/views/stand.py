"""What colleagues did with an article while an editor has it open: told at once, and nothing typed goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import editors_only, signed_in
from accounts.models import User
from knowledge.models import Article, Version
from knowledge.views.edit import find, standing


@dataclass(frozen=True)
class Event:
    """What a colleague did: a word for it, when, and who, as far as that is known."""

    verb: str
    at: datetime | None
    by: User | None = None
    remark: str = ""


@editors_only
@require_GET
def stand(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what others did with an article since its page came, and the buttons that go with where it stands now.

    The words on the page are those that came with it: the buttons are about these, and refused when there are others.
    """
    article, user = find(uuid), signed_in(request)
    since = _moment(request.GET.get("since", ""))
    seen = request.GET.get("seen", "")[:80] or "-"
    context = standing(article, user) | {"events": list(_events(article, user, since)), "seen": seen}
    return render(request, "knowledge/_stand.html", context)


def _events(article: Article, user: User, since: datetime) -> Iterator[Event]:
    """Give what others did since then."""
    for version in article.versions.visible_to(user)[:2]:  # what is open, and what was before it
        yield from _last_of(version, user, since)
    if article.withdrawn_at is not None and article.withdrawn_at >= since:
        yield Event("withdrawn", article.withdrawn_at)
    if article.editor not in (None, user) and article.edited_since is not None and article.edited_since >= since:
        yield Event("taken_over", article.edited_since, article.editor)


def _last_of(version: Version, user: User, since: datetime) -> list[Event]:
    """Give what was done last with a version, if another did it since then."""
    done = [
        Event("returned", version.returned_at, version.returned_by, version.remark),
        Event("submitted", version.submitted_at, version.submitted_by),
        Event("approved", version.approved_at, version.approved_by),
        Event("published", version.published_at, version.published_by),
        Event("dropped", version.dropped_at),
    ]
    return [one for one in done if one.at is not None and one.at >= since and one.by != user][-1:]


def _moment(text: str) -> datetime:
    """Give a moment in seconds; what is none is now, since which nothing was done."""
    known = text.isascii() and text.isdigit() and len(text) < 12
    return datetime.fromtimestamp(int(text), tz=UTC) if known else datetime.now(tz=UTC)
