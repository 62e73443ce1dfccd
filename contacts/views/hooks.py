"""The door where other systems deliver: /hooks/<uuid>/. Answers in status codes; 200 and 202 mean committed."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contacts.channels.networks import hook as door

WORDS = {
    200: "ok",
    202: "accepted",
    400: "incomplete",
    401: "not authorised",
    403: "forbidden",
    409: "another body came under this id",
    411: "length required",
    413: "too large",
    415: "not JSON",
    429: "too many",
    503: "come again later",
}
LATER = {429: "1", 503: "30"}  # seconds


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take in one delivery, or answer the question by which Meta looks whether this address is ours."""
    try:
        return _deliver(request, uuid) if request.method == "POST" else _handshake(request, uuid)
    except (OperationalError, InterfaceError):  # nothing was stored, so the sender must come again
        return _say(503)


def _handshake(request: HttpRequest, uuid: UUID) -> HttpResponse:
    echo = door.challenge(uuid, request.GET)
    return _say(403) if echo is None else HttpResponse(echo, content_type="text/plain; charset=utf-8")


def _deliver(request: HttpRequest, uuid: UUID) -> HttpResponse:
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in request.headers:
        return _say(411)
    if len(length) > 12 or int(length) > door.SIZE:
        return _say(413)
    if request.content_type != "application/json":
        return _say(415)
    try:
        raw = request.read(door.SIZE + 1)
    except (UnreadablePostError, OSError):
        return _say(400)
    if len(raw) != int(length):
        return _say(400)  # the sender went away halfway
    return _say(door.accept(uuid, request.headers, raw, address=_address(request)))


def _address(request: HttpRequest) -> str:
    """Give the address of the sender as our own proxies told it."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def _say(status: int) -> HttpResponse:
    response = HttpResponse(WORDS[status] + "\n", status=status, content_type="text/plain; charset=utf-8")
    if status in LATER:
        response["Retry-After"] = LATER[status]
    return response
