"""Putting back what was just done: kept in the session of who did it, for as long as a message offers it and a bit."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import came_from, done, signed_in
from contacts.models.undo import Undo

KEPT = 5  # actions that one colleague can still undo
SECONDS = 600


def remember(request: HttpRequest, undo: Undo) -> str:
    """Keep what was done for a while; give the address to post to for undoing it, nothing when nothing changed."""
    if not undo.changes:
        return ""
    key, now = str(uuid4()), timezone.now().timestamp()
    known = {name: one for name, one in request.session.get("undo", {}).items() if now - one["at"] < SECONDS}
    latest = dict(sorted(known.items(), key=lambda item: item[1]["at"])[-KEPT + 1 :])
    request.session["undo"] = latest | {key: {"at": now, "changes": undo.changes}}
    return reverse("contacts:undo", args=[key])


@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put back what was done, as far as nobody changed it since; a second time changes nothing."""
    known = request.session.get("undo", {})
    kept = known.pop(str(uuid), None)
    request.session["undo"] = known
    if kept is None:
        return done(
            request,
            came_from(request, reverse("contacts:cases")),
            message=_("Dit kan niet meer ongedaan worden gemaakt."),
        )
    count = Undo(kept["changes"]).undo(by=signed_in(request))
    left = len(kept["changes"]) - count
    words = _("Ongedaan gemaakt") if count else _("Niet ongedaan gemaakt")
    if left:
        words += ". " + ngettext(
            "%(n)d bericht is intussen door een collega gewijzigd",
            "%(n)d berichten zijn intussen door een collega gewijzigd",
            left,
        ) % {"n": left}
    return done(request, came_from(request, reverse("contacts:cases")), message=words)
