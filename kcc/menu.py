"""The main menu by itself, for an open page that heard that what waits has changed."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import signed_in, wants_part
from kcc import context


@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """Give the menu as the page that asks shows it; to who opens this address, the page to begin on."""
    user = signed_in(request)
    if not wants_part(request):
        return HttpResponseRedirect(user.start_url)
    here = urlsplit(request.htmx.current_url_abs_path or "").path  # type: ignore[attr-defined]
    shown = context.menu(here, user, context.waiting(user))
    return render(request, "components/nav.html", {"nav": shown, "nav_foot": context.teams(user)})
