"""The door where a telephone exchange tells of its calls: /api/v1/cti/<token>/. 200 means committed."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from contacts.channels import phone

log = logging.getLogger(__name__)

LATER = {429: "1", 503: "5"}  # seconds
DOOR = "/api/v1/cti/"


@csrf_exempt
@login_not_required
def cti(request: HttpRequest, token: str) -> HttpResponse:
    """Take in one event of a call; the answer is {} or says in one word what was wrong with it."""
    request.path = DOOR  # whatever goes wrong from here on is logged with it, and the rest of the path is a secret
    if request.method != "POST":
        return _say(405, "POST only", Allow="POST")
    try:
        phone.receive(token, _fields(request), address=address_of(request))
    except phone.Refused as refusal:
        log.warning("Refused an event of a telephone exchange: %s", refusal.reason)
        return _say(refusal.status, refusal.reason)
    except (OperationalError, InterfaceError):  # nothing was written, so the exchange may come again
        return _say(503, "come again later")
    return JsonResponse({})


def _fields(request: HttpRequest) -> phone.Fields:
    """Give the fields of an event, from a form of either kind or from JSON. Raises Refused."""
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()):
        raise phone.Refused(400, "invalid length")
    if len(length) > 9 or int(length) > phone.SIZE:
        raise phone.Refused(413, "too large")
    try:
        if request.content_type == "application/json" or request.body[:1] == b"{":
            return phone.from_json(request.body)
        return dict(request.POST.lists())
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation, UnicodeError, LookupError):
        raise phone.Refused(400, "unreadable") from None


def address_of(request: HttpRequest) -> str:
    """Give the address a request came from as our own proxies told it; empty when they did not."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def _say(status: int, reason: str, **headers: Any) -> HttpResponse:
    if status in LATER:
        headers["Retry-After"] = LATER[status]
    response = JsonResponse({"error": reason}, status=status, headers=headers)
    vars(response)["_has_been_logged"] = True  # Django would log the path, and that is a secret
    return response
