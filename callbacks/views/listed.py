"""The list that a page about one callback was opened from: the address of that page carries its view and filters."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.http import signed_in
from callbacks.forms import FilterForm
from callbacks.models import Callback, Queue

KEPT = ("view", "team", "topic", "person", "due", "reachable", "day")


def listed(request: HttpRequest) -> Queue | None:
    """Give the list this page was opened from, None when it was opened by itself, as from a mail."""
    if "view" not in request.GET:
        return None
    return Queue(signed_in(request), timezone.now(), **FilterForm(request.GET).filters())


def state(queue: Queue | None, **changes: Any) -> str:
    """Give the view and filters of a list as the query of an address, with changes."""
    if queue is None:
        return ""
    kept = {name: getattr(queue, name) for name in KEPT} | changes
    return urlencode({name: str(value) for name, value in kept.items() if value})


def address(queue: Queue | None, callback: Callback | None = None, **changes: Any) -> str:
    """Give the address of a list, or of a callback opened from it."""
    path, query = callback.get_absolute_url() if callback else reverse("callbacks:list"), state(queue, **changes)
    return f"{path}?{query}" if query else path
