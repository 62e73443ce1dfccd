"""Asking for a callback from a contact that is there already: from a case, or from the timeline."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import answer, done, signed_in
from accounts.uuids import as_uuid
from callbacks.forms import ContactPart
from callbacks.models import Callback
from callbacks.views.detail import back
from contacts.models import Access, Contact


@require_http_methods(["GET", "POST"])
@transaction.atomic
def new(request: HttpRequest) -> HttpResponse:
    """Ask for everything a callback needs, and make it; a contact has one callback, however often it is asked for."""
    user = signed_in(request)
    data = request.POST if request.method == "POST" else None
    contact = _find(request, (data or request.GET).get("contact", ""))
    existing = contact.callbacks.with_titles().first()
    if data is not None and existing is not None:
        return done(request, back(request, existing), message=told(existing, contact), event="callbacks")
    part = ContactPart.about(contact, user=user, data=data)
    if data is not None and part.is_valid():
        callback = part.request(contact, by=user)
        return done(request, back(request, callback), message=told(callback, contact), event="callbacks")
    Access.record(by=user, action=Access.Action.VIEW, customer_id=contact.customer_id, detail=str(contact.uuid))
    named = (data or request.GET).get("next", "")
    context = {"contact": contact, "callback_form": part, "existing": existing, "next": named}
    return answer(request, "callbacks/new.html", "callbacks/_new.html", context, status=200 if data is None else 422)


def _find(request: HttpRequest, text: str) -> Contact:
    """Give the contact that is meant, with what the form needs of it. Raises Http404."""
    uuid: UUID | None = as_uuid(text)
    if uuid is None:
        raise Http404
    rows = Contact.objects.visible_to(signed_in(request)).select_related("customer", "topic__team", "message", "case")
    return get_object_or_404(rows.prefetch_related("customer__addresses"), uuid=uuid)


def told(callback: Callback, contact: Contact) -> str:
    """Give what to say after saving: by whom, and until when; or to which callback this contact was added."""
    if callback.contact_id != contact.pk and callback.due_at < timezone.now():
        return _("Toegevoegd aan %(reference)s, die al te laat is") % {"reference": callback.reference}
    if callback.contact_id != contact.pk:
        return _("Toegevoegd aan %(reference)s") % {"reference": callback.reference}
    who = callback.assignee.short_name if callback.assignee else callback.team.name
    due = date_format(timezone.localtime(callback.due_at), "l j F H:i")
    words = {"reference": callback.reference, "who": who, "due": due}
    return _("%(reference)s voor %(who)s, uiterlijk %(due)s") % words
