"""How every request of this house is treated: signed in, in the user's language, never cached, no text lost."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import (
    LoginRequiredMiddleware as DjangoLoginRequiredMiddleware,
)
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.urls import is_valid_path
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.legible import legible
from accounts.models import Role, User

Answer = TypeVar("Answer", bound=HttpResponseBase)
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
    """Asks everybody to sign in, and gives typed text back to who was signed out meanwhile.

    A part of a page that htmx asks for never leads away from it: what is typed there stays, and the page says the rest.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        if getattr(request, "htmx", None):
            return HttpResponse(status=401)
        if request.method == "POST":
            return resubmit(request, status=401, login=resolve_url(settings.LOGIN_URL))
        return super().handle_no_permission(request, view_func)


class WayBackMiddleware:
    """Leads who opens the address of a form in a browser to the page the form stands on.

    One comes there after signing in again, or by asking for the page of a refused form once more.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        opened = opened and not request.path.startswith("/api/")
        if response.status_code != 405 or not opened or wants_part(request):
            return response
        asked = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(iri_to_uri(_page_above(request.path)) + (f"?{asked}" if asked else ""))


def _page_above(path: str) -> str:
    """Give the nearest address above this one at which there is something."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            break
    return path


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token expired, as it does by signing in: 403, with the text and a button to send it again.

    A page that sent it by htmx has the text, and fetches its new token: 401, as for who is signed out.
    """
    if getattr(request, "htmx", None):
        return HttpResponse(status=401)
    login = "" if request.user.is_authenticated else resolve_url(settings.LOGIN_URL)
    return resubmit(request, status=403, login=login)


def resubmit(request: HttpRequest, *, status: int, login: str = "") -> HttpResponse:
    """Show what was typed when a form could not be taken, so that it can be sent again after signing in."""
    fields = typed(request)
    texts = legible(value for _name, value in fields)
    context = {"fields": fields, "texts": texts, "path": request.path, "login": login, "token": get_token(request)}
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


def came_from(request: HttpRequest, otherwise: str) -> str:
    """Give the page of ours on which a form stood, as the browser tells it; for a form that has no field for that."""
    htmx = getattr(request, "htmx", None)
    told = (htmx.current_url if htmx else None) or request.headers.get("Referer", "")
    if not told or not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return otherwise
    parts = urlsplit(told)
    if parts.path.startswith("//"):
        return otherwise  # as an address by itself that is another host
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


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


def only(may: Callable[[User], bool]) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Keep a view to the colleagues of whom may says so: others get 403."""

    def keep(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
            if not may(signed_in(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return keep


agents_only = only(lambda user: user.works_at_kcc)  # who may see every customer
editors_only = only(lambda user: user.has_role(Role.EDITOR))  # who writes the knowledge base
leads_only = only(lambda user: user.leads)
administrators_only = only(lambda user: user.administers)  # who keeps the settings of the office
