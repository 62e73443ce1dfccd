"""What is being typed, kept on the server from the first key press."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import agents_only, done, signed_in
from accounts.models import User
from contacts.forms.contact import DraftForm, holds_bsn
from contacts.models import Contact, Customer, Draft
from contacts.models.draft import form_key


@agents_only
@require_POST
def save_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what is typed; 204 with the time in X-Draft-Saved. 410 when it was saved or thrown away meanwhile."""
    user = signed_in(request)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    known = Draft.objects.filter(uuid=uuid, user=user).first()
    if Contact.objects.filter(key=form_key(user, uuid)).exists() or (known and known.discarded_at):
        return HttpResponse(status=410)
    if known is None and not form.worth_keeping:
        return HttpResponse(status=204)
    customer = Customer.objects.visible_to(user).with_uuid(str(form.cleaned_data["customer"]))
    now = timezone.now()
    try:
        _keep(uuid, user, customer=customer, data=form.cleaned_data["typed"], updated_at=now)
    except IntegrityError:  # the uuid of somebody else's draft
        return HttpResponse(status=404)
    headers = {"X-Draft-Saved": date_format(timezone.localtime(now), "H:i")}
    if holds_bsn("".join(form.cleaned_data["typed"].get("text", []))):
        headers["X-Draft-Bsn"] = "1"
    return HttpResponse(status=204, headers=headers)


@transaction.atomic
def _keep(uuid: UUID, user: User, *, data: dict[str, Any], **values: Any) -> None:
    """Keep this of the draft, unless its page sent something after it; what other pages put in it stays."""
    draft, _is_new = Draft.objects.select_for_update().get_or_create(uuid=uuid, user=user, defaults=values)
    if draft.is_ahead_of(data):
        return
    draft.data = data | draft.noted
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save(update_fields=["data", *values])


@agents_only
@require_POST
def discard_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw a draft away, because its writer said so; for a while it can be had back."""
    Draft.objects.filter(user=signed_in(request), uuid=uuid).discard()
    draft = reverse("contacts:save_draft", args=[uuid])
    request.session["saved_draft"] = draft
    found = Customer.objects.visible_to(signed_in(request)).with_uuid(request.POST.get("customer", ""))
    url = reverse("contacts:customer", args=[found.uuid]) if found else reverse("contacts:desk")
    undo = reverse("contacts:restore_draft", args=[uuid])
    return done(request, url, message=_("Concept weggegooid"), undo=undo, told={"kcc:saved": {"draft": draft}})


@agents_only
@require_POST
def restore_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have back what was thrown away, and go on with it."""
    found = get_object_or_404(Draft.objects.select_related("customer"), user=signed_in(request), case=None, uuid=uuid)
    Draft.objects.filter(pk=found.pk).restore()
    return done(request, found.url, message=_("Concept teruggezet"))
