"""What the desk asks while a callback is being requested."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import signed_in
from accounts.uuids import as_uuid
from callbacks.forms import CallbackPart, ContactPart, PreviewForm
from callbacks.models import Addressee
from callbacks.who import described_people
from contacts.models import Access, Contact, Customer
from contacts.models.customer import CustomerQuerySet

SHOWN = ("GET", "POST")  # what was typed comes in a body and never in an address; nothing is done with it


@require_http_methods(SHOWN)
def preview(request: HttpRequest) -> HttpResponse:
    """Say what follows from who calls back: until when, what is asked, whether that person is there."""
    return _answer(request, "callbacks/_follows.html", _part(request))


@require_http_methods(SHOWN)
def who(request: HttpRequest) -> HttpResponse:
    """Give the choice of who calls back again, now that the topic implies a team; a person chosen by hand stays."""
    if request.method == "POST" and "callback-number" not in request.POST:
        return HttpResponse(status=204)  # the part is not shown: whatever was typed in it stays as it is
    return _answer(request, "callbacks/_who_again.html", _part(request, implied=True))


@require_GET
def addressees(request: HttpRequest) -> HttpResponse:
    """Give the teams and colleagues whose name holds what was typed."""
    found = described_people(Addressee.search(request.GET.get("q", "")[:80]))
    return render(request, "callbacks/_addressees.html", {"found": found})


def _part(request: HttpRequest, *, implied: bool = False) -> CallbackPart:
    """Give the part as it is filled in so far; with implied, by the department that the topic implies."""
    data, user = request.POST if request.method == "POST" else request.GET, signed_in(request)
    form = PreviewForm(data)
    typed: dict[str, Any] = {name: data[name].replace("\0", "") for name in data}
    typed.setdefault("callback-who", typed.get("who", ""))
    about = _contact(request, typed.get("contact", ""))
    part = ContactPart if about else CallbackPart
    topic = about.topic if about else form.chosen_topic
    kept = part.stored(typed)
    if implied and topic and not str(kept.get("who", "")).startswith("user:"):
        kept.pop("who", None)
    customer = about.customer if about else _customers(request).with_uuid(form.customer_word)
    return part(user=user, customer=customer, topic=topic, initial=kept)


def _customers(request: HttpRequest) -> CustomerQuerySet:
    return Customer.objects.visible_to(signed_in(request)).prefetch_related("addresses")


def _contact(request: HttpRequest, text: str) -> Contact | None:
    uuid = as_uuid(text)
    rows = Contact.objects.visible_to(signed_in(request)).select_related("customer", "topic__team")
    return get_object_or_404(rows, uuid=uuid) if uuid else None


def _answer(request: HttpRequest, template: str, part: CallbackPart) -> HttpResponse:
    """Answer with what follows; of whom an open callback is shown, that is written down."""
    for row in part.open_callbacks:
        customer_id = row.contact.customer_id
        Access.record(by=part.user, action=Access.Action.SEARCH, customer_id=customer_id, detail=row.reference)
    return render(request, template, {"part": part})
