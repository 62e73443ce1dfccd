"""The wallboards: the screen itself for whoever has its address, and the page where a lead hangs and removes them."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import push
from accounts.http import answer, done, leads_only, signed_in, wants_part
from insights.forms import WallboardForm
from insights.models import Wallboard
from insights.wall import Wall

FRESH = "wallboard"  # in the session: the address just made, until it is shown


@login_not_required
@require_GET
def wallboard(request: HttpRequest, token: str) -> HttpResponse:
    """Show the figures of one team to whoever has this address; 404 when it was revoked or never existed.

    A screen that still hangs when its address was revoked loads itself again: then it is blank, and asks no more.
    """
    board = Wallboard.objects.with_token(token)
    if board is None:
        if not Wallboard.objects.was_revoked(token):
            raise Http404
        if wants_part(request):
            return HttpResponse(status=404, headers={"HX-Refresh": "true"})
        return render(request, "insights/revoked.html", status=404)
    now = timezone.now()
    context = {
        "wall": Wall(board.team, now),
        "url": request.path,
        "stream": push.stream_url(request, ["all", "kcc", f"team:{board.team_id}"]),
    }
    return answer(request, "insights/wallboard.html", "insights/_wallboard.html", context)


@require_http_methods(["GET", "POST"])
@leads_only
def wallboards(request: HttpRequest) -> HttpResponse:
    """Show which screens hang where; hang a new one, of which the address is shown once."""
    form = WallboardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _board, token = Wallboard.hang(**form.cleaned_data, by=signed_in(request))
        request.session[FRESH] = settings.BASE_URL + reverse("wallboard", args=[token])
        return done(request, reverse("insights:wallboards"), message=_("Wallboard gemaakt"))
    context = {"form": form, "boards": Wallboard.objects.for_list(), "address": request.session.pop(FRESH, "")}
    return render(request, "insights/wallboards.html", context, status=422 if form.is_bound else 200)


@require_POST
@leads_only
def revoke_wallboard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    get_object_or_404(Wallboard, uuid=uuid).revoke(now=timezone.now())
    return done(request, reverse("insights:wallboards"), message=_("Het adres werkt niet meer"))
