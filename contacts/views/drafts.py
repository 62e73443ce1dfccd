"""What is being typed, kept on the server from the first key press."""

from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import agents_only, done, signed_in
from contacts.forms.contact import DraftForm
from contacts.models import Contact, Customer, Draft
from contacts.models.draft import form_key


@agents_only
@require_POST
def save_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what is typed; 204 with the time in X-Draft-Saved. 410 when the contact was saved meanwhile."""
    user = signed_in(request)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    if Contact.objects.filter(key=form_key(user, uuid)).exists():
        return HttpResponse(status=410)
    known = Draft.objects.filter(uuid=uuid, user=user).exists()
    if not known and not form.worth_keeping:
        return HttpResponse(status=204)
    customer = Customer.objects.visible_to(user).filter(uuid=form.cleaned_data["customer"]).first()
    now = timezone.now()
    values = {"customer": customer, "data": form.cleaned_data["typed"], "updated_at": now}
    try:
        Draft.objects.update_or_create(uuid=uuid, user=user, defaults=values)
    except IntegrityError:  # the uuid of somebody else's draft
        return HttpResponse(status=404)
    return HttpResponse(status=204, headers={"X-Draft-Saved": date_format(timezone.localtime(now), "H:i")})


@agents_only
@require_POST
def discard_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw a draft away, because its writer said so."""
    Draft.objects.filter(user=signed_in(request), uuid=uuid).delete()
    request.session["saved_draft"] = reverse("contacts:save_draft", args=[uuid])
    back = request.POST.get("customer", "")
    found = Customer.objects.visible_to(signed_in(request)).with_uuid(back)
    url = reverse("contacts:customer", args=[found.uuid]) if found else reverse("contacts:desk")
    return done(request, url, message=_("Concept weggegooid"))
