"""What people see when a page fails. Nothing here asks the database: it may be what failed."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from accounts.http import typed

RETRY_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 with what was typed while the database does not answer, and 500 after any other failure."""
    if not _database_failed(sys.exc_info()[1]):
        return HttpResponse(render_to_string("500.html", {"municipality": settings.MUNICIPALITY}), status=500)
    fields = typed(request)
    context = {
        "municipality": settings.MUNICIPALITY,
        "fields": fields,
        "path": request.path,
        "token": get_token(request) if fields else "",
        "again": "" if request.method == "GET" else "/",
    }
    page = render_to_string("503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def _database_failed(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__
    return False
