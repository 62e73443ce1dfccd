"""The line under the top bar of every page that tells of disruptions, as one colleague sees it."""

from collections.abc import Collection, Sequence

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from knowledge.models.disruption import Strip, ask_disruptions, disruptions

FOLDED = "folded"  # in the session: the disruptions whose line was folded


def of(request: HttpRequest, user: User, *, fresh: bool = False, marks: Collection[str] | None = None) -> Strip:
    """Give the line for this colleague; fresh asks the database, for a page that heard of a change.

    Marks are those of the disruptions there are now: where other ones are remembered, they are asked again.
    """
    known = ask_disruptions() if fresh else disruptions()
    if marks is not None and set(marks) != {one.mark for one in known}:
        disruptions.forget()
        known = disruptions()
    return Strip.of(known, user.team_ids, now=timezone.now(), folded=request.session.get(FOLDED, []))


def fold(request: HttpRequest, keys: Sequence[str]) -> None:
    """Fold the line for the rest of the session while it tells of these alone; unfold it with none."""
    request.session[FOLDED] = list(keys)
