"""How every request of this house is treated: signed in, in the user's language, never cached, no text lost."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import (
    LoginRequiredMiddleware as DjangoLoginRequiredMiddleware,
)
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.models import Role, User

View = Callable[..., HttpResponse]
GetResponse = Callable[[HttpRequest], HttpResponse]
SECRET_FIELDS = {"csrfmiddlewaretoken", "login", "code"}  # and every name with "password" in it
SECRET_PATHS = ("/accounts/", "/admin/")


class NoStoreMiddleware:
    """Keeps pages out of every cache: nearly each of them shows personal data (ASVS 14.3.2).

    What says of itself that it is public is the same for everybody: it varies by no cookie and sets none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        elif "public" in response["Cache-Control"]:
            _make_common(response)
        return response


def _make_common(response: HttpResponse) -> None:
    """Take from a page for everybody what the session middleware adds, because the visitor was looked at anyway."""
    response.cookies.clear()
    others = [name for name in (one.strip() for one in response.get("Vary", "").split(",")) if name.lower() != "cookie"]
    if any(others):
        response["Vary"] = ", ".join(others)
    else:
        response.headers.pop("Vary", None)


class LanguageMiddleware:
    """Shows each colleague the language they chose, a visitor that of the cookie, and else Dutch."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.user.is_authenticated:
            chosen = request.user.language
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Asks everybody to sign in, and gives typed text back to who was signed out meanwhile."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        login = resolve_url(settings.LOGIN_URL)
        if htmx := getattr(request, "htmx", None):
            back = urlsplit(htmx.current_url_abs_path or "/").path
            return HttpResponse(status=401, headers={"HX-Redirect": f"{login}?{urlencode({'next': back})}"})
        if request.method == "POST":
            return resubmit(request, status=401, login=login)
        return super().handle_no_permission(request, view_func)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token expired, as it does by signing in: 403, with the text and a button to send it again."""
    login = "" if request.user.is_authenticated else resolve_url(settings.LOGIN_URL)
    return resubmit(request, status=403, login=login)


def resubmit(request: HttpRequest, *, status: int, login: str = "") -> HttpResponse:
    """Show what was typed when a form could not be taken, so that it can be sent again after signing in."""
    context = {"fields": typed(request), "path": request.path, "login": login, "token": get_token(request)}
    return render(request, "resubmit.html", context, status=status)


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Give what was typed in a form, to be sent again: nothing secret, and nothing of signing in or of the admin.

    Only a form of our own pages comes back: a foreign page must not make one that a colleague merely has to press.
    """
    if request.method != "POST" or request.path.startswith(SECRET_PATHS) or not _is_ours(request):
        return []
    return [(name, value) for name, values in request.POST.lists() if not _is_secret(name) for value in values]


def _is_ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False


def _is_secret(field: str) -> bool:
    return field in SECRET_FIELDS or "password" in field.lower()


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asked for the part of a page that changes; going back in history needs the whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def swaps_content(request: HttpRequest) -> bool:
    """Say whether htmx puts the answer in #inhoud: the page but its shell, as swap.html gives it, and quickly."""
    return getattr(getattr(request, "htmx", None), "target", None) == "inhoud" and wants_part(request)


def answer(
    request: HttpRequest, page: str, partial: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Answer a GET with the page, or for htmx with the part of it that changes: one URL, one template in the other."""
    response = render(request, partial if wants_part(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def back_to(request: HttpRequest, otherwise: str, *, field: str = "next") -> str:
    """Give the page of ours that a form was sent from, as it names it in a field; nothing else is believed."""
    named = request.POST.get(field, "")
    return named if named.startswith("/") and url_has_allowed_host_and_scheme(named, allowed_hosts=None) else otherwise


def done(
    request: HttpRequest,
    url: str,
    *,
    message: str = "",
    event: str = "",
    undo: str = "",
    told: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer a POST that did its work: go to url, with a message for the screen (and the event kcc:<event>).

    With an address in undo the message has a button that posts to it, for ten seconds.
    A form of which the answer goes into #inhoud hears that it is done at once, with the events in told; what stands at
    url comes after that, without its shell: only a page that swap.html can frame.
    An address with control characters is not one of ours: then it is the start page.
    """
    url = iri_to_uri(url) if url.isprintable() else "/"
    if swaps_content(request):
        return _heard(request, url, message, undo, told or {})
    if message:
        messages.success(request, message, extra_tags=undo)
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(url)
    headers = {"HX-Redirect": url}
    if event:
        headers["HX-Trigger"] = f"kcc:{event}"
    return HttpResponse(status=204, headers=headers)


def _heard(request: HttpRequest, url: str, message: str, undo: str, told: dict[str, Any]) -> HttpResponse:
    """Tell the page that it is done, and where to fetch what it shows now; an undo comes with that, as a form."""
    if undo:
        messages.success(request, message, extra_tags=undo)
    elif message:
        told = told | {"kcc:toast": {"text": message, "kind": "ok"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told | {"kcc:content": {"url": url}})})


def signed_in(request: HttpRequest) -> User:
    """Give the colleague behind a request that passed the login check."""
    assert isinstance(request.user, User)
    return request.user


def agents_only(view: View) -> View:
    """Keep a view to who may see every customer: others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).works_at_kcc:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def editors_only(view: View) -> View:
    """Keep a view to who writes the knowledge base: others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).has_role(Role.EDITOR):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def administrators_only(view: View) -> View:
    """Keep a view to who keeps the settings of the office: others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).administers:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
