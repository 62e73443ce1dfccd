"""The queue of callbacks and one callback: who acts, what was tried, how it ended."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import answer, done, signed_in
from accounts.models import Role, Team
from accounts.paging import place
from callbacks.forms import (
    AddForm,
    AssignForm,
    AttemptForm,
    BulkForm,
    CancelForm,
    CompleteForm,
    FilterForm,
    PreviewForm,
    RemindForm,
    due,
)
from callbacks.models import Addressee, Callback, Ended, Queue, Result
from callbacks.models.queue import version
from contacts.models import Access, Contact, Topic
from contacts.models.topic import choosable_topics

TEXTS = {"assign": _, "remind": _}


@require_GET
def list_(request: HttpRequest) -> HttpResponse:
    """Show the callbacks of one view, those due first; 304 when nothing happened since it was asked before."""
    user = signed_in(request)
    if not (user.works_at_kcc or user.has_role(Role.SPECIALIST)):
        raise PermissionDenied
    now = timezone.now()
    etag = _etag(request, now)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag, "HX-Reswap": "none"})
    queue = Queue(user, now)
    view = request.GET.get("view", "")
    view = view if view in queue.VIEWS else queue.first_view
    form = FilterForm(request.GET)
    form.is_valid()
    filters = form.cleaned_data
    rows = queue.rows(view).chosen(team=filters.get("team"), topic=filters.get("topic"))
    rows = rows.reachable_at(now) if filters.get("reachable") else rows
    counts = queue.counts(rows)
    page = queue.page(rows, after=place(request.GET.get("after")), newest_first=view == "completed")
    context = {"queue": queue, "view": view, "filters": filters, "counts": counts, "page": page, "now": now, "etag": etag}
    context |= {"groups": [] if view == "completed" else queue.groups(page.rows, counts)} | _choices(request, view, filters)
    response = answer(request, "callbacks/list.html", "callbacks/_list.html", context)
    response["ETag"] = etag
    return response
