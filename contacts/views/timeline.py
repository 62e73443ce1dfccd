"""What happened with a customer, and one contact of it: opened in its place, or on a page of its own."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import agents_only, answer, done, signed_in
from accounts.paging import page, place
from contacts.forms.contact import CorrectForm
from contacts.models import Access, Channel, Contact, Customer
from contacts.models.draft import form_key
from contacts.models.merge import merges_of
from contacts.models.selection import CALLBACK
from contacts.timeline import Timeline, entries

PAGE = 20
CALLBACKS = 50
LOG = 500
LARGEST_PAGE = 100


def tab(request: HttpRequest, found: Customer) -> dict[str, Any]:
    """Give what the chosen tab of a customer shows; the timeline unless another was asked for."""
    chosen = request.GET.get("tab", "timeline")
    if chosen == "callbacks":
        rows = found.contacts.timeline(channels=[CALLBACK]).with_details().with_outcome()
        return {"tab": chosen, "entries": list(entries(rows[:CALLBACKS], chosen=[CALLBACK])), "remind_key": uuid4()}
    if chosen == "cases":
        return {"tab": chosen, "cases": found.cases.select_related("team", "assignee").order_by("-opened_at")[:50]}
    if chosen in {"details", "notes"}:
        merged = merges_of(found) if chosen == "details" else []
        return {"tab": chosen, "merges": merged, "changes": found.events.select_related("by").order_by("-at")[:20]}
    shown = Timeline.of(
        found,
        channels=request.GET.getlist("channel"),
        before=place(request.GET.get("after")),
        size=_size(request),
    )
    return {"tab": "timeline", "timeline": shown, "remind_key": uuid4()}


@require_GET
def news(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say how much came into this timeline since the page was made; the list itself never shifts by itself."""
    user = signed_in(request)
    found = get_object_or_404(Customer.objects.visible_to(user), uuid=uuid)
    since = place(request.GET.get("since"))
    count = found.contacts.count_new(since=since[0], own=form_key(user, "")) if since else 0
    context = {"customer": found, "count": count, "since": request.GET.get("since", "")}
    return answer(request, "contacts/_news.html", "contacts/_news.html", context)


@require_GET
def contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one contact with everything that happened to it, and the messages around it when it is one of several."""
    found = _find(request, uuid)
    Access.record(by=signed_in(request), action=Access.Action.VIEW, customer_id=found.customer_id, detail="contact")
    return answer(request, "contacts/contact.html", "contacts/_entry.html", _around(found) | {"of": _part(request)})


@agents_only
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mend an error in a closed contact; what it was, and why it was changed, stays visible."""
    user, found = signed_in(request), _find(request, uuid)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.customer_id, detail="correct")
    form = CorrectForm(request.POST if request.method == "POST" else None, contact=found)
    if request.method == "POST" and form.is_valid():
        changed = form.save(by=user)
        said = _("Contact gecorrigeerd") if changed else _("Er is niets gewijzigd")
        return done(request, reverse("contacts:contact", args=[uuid]), message=said)
    context = _around(found) | {"form": form}
    status = 422 if request.method == "POST" else 200
    return answer(request, "contacts/contact.html", "contacts/_correct.html", context, status=status)


@require_GET
def raw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the message exactly as it arrived, as a download that no browser opens."""
    user = signed_in(request)
    found = get_object_or_404(Contact.objects.visible_to(user).select_related("message"), uuid=uuid)
    message = getattr(found, "message", None)
    if message is not None and message.deleted_at is not None:
        raise Http404  # its writer took it back
    kept: str = message.data.get("raw", "") if message is not None else ""  # of a delivery only what is this contact's
    content = kept.encode() or bytes(get_object_or_404(found.arrivals.all()[:1]).raw)
    ending = "json" if found.network else "eml"
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.customer_id, detail="raw mail")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.uuid}.{ending}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@agents_only
@require_GET
def unmatched(request: HttpRequest) -> HttpResponse:
    """Show what came from people nobody recognised, the latest first, each to be put with its customer."""
    rows = Contact.objects.unmatched(before=place(request.GET.get("after"))).threads(customer=None)
    found = page(rows.with_details().with_thread(), size=PAGE, moment=lambda contact: contact.happened_at)
    Access.record(by=signed_in(request), action=Access.Action.VIEW, detail="unmatched", results=len(found.rows))
    context = {"entries": list(entries(found.rows, chosen=Channel.values)), "next": found.next}
    return answer(request, "contacts/unmatched.html", "contacts/_unmatched.html", context)


def _find(request: HttpRequest, uuid: UUID) -> Contact:
    rows = Contact.objects.visible_to(signed_in(request)).with_details().with_thread().with_outcome()
    return get_object_or_404(rows.select_related("customer"), uuid=uuid)


def _around(found: Contact) -> dict[str, Any]:
    """Give a contact with the messages of its conversation, its log, and that of the callback it asked for."""
    written = list(Contact.objects.of_conversation(found).with_messages()[:100]) if found.is_written else []
    log = list(found.events.select_related("by").order_by("at")[:LOG])
    return {
        "contact": found,
        "conversation": written,
        "events": [event for event in log if not event.kind.startswith("callback_")],
        "callback_events": [event for event in log if event.kind.startswith("callback_")][::-1],
    }


def _part(request: HttpRequest) -> str:
    """Give what of the contact is opened in its place: the callback it asked for, or the contact itself."""
    return "callback" if request.GET.get("of") == "callback" else "contact"


def _size(request: HttpRequest) -> int:
    asked = request.GET.get("size", "")
    return min(max(int(asked), 1), LARGEST_PAGE) if asked.isdecimal() and len(asked) < 4 else PAGE
