"""Which letter a request is about, and where it is written."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.http import signed_in
from accounts.uuids import as_uuid
from contacts.forms.writing import Writing
from contacts.models import Case, Customer, Draft
from contacts.views.queue import address, listed


def writing_of(request: HttpRequest, uuid: UUID) -> Writing:
    """Give the letter that a form is about: in a case this colleague may see, or first to a customer."""
    user = signed_in(request)
    if Draft.objects.filter(uuid=uuid).exclude(user=user).exists():
        raise Http404
    if wanted := request.POST.get("case"):
        rows = Case.objects.visible_to(user).with_details()
        case = get_object_or_404(rows, uuid=uuid_or_404(wanted)).survivor
        return Writing(user, case=case, key=uuid, asked=request.POST)
    if not user.works_at_kcc:
        raise Http404
    wanted = request.POST.get("customer", "")
    customer = get_object_or_404(Customer.objects.visible_to(user), uuid=uuid_or_404(wanted))
    return Writing(user, customer=customer, key=uuid, asked=request.POST)


def uuid_or_404(text: str) -> UUID:
    """Give the uuid that a form names. Raises Http404 for what is none."""
    uuid = as_uuid(text)
    if uuid is None:
        raise Http404
    return uuid


def place(request: HttpRequest, writing: Writing) -> str:
    """Give the page on which this letter is written: the case beside the list it was opened from, or one of its own."""
    if writing.case is not None:
        return f"{address(listed(request), writing.case)}#antwoord"
    return reverse("contacts:mail", args=[writing.customer.uuid]) if writing.customer else reverse("contacts:cases")
