"""The desk (balie): visits registered in a few taps on a tablet, while the next visitor is walking up."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import agents_only, done, signed_in
from contacts.forms.visit import VisitForm
from contacts.models.visit import usual_topics, visits_of

WAITS = [0, 5, 10, 15, 30]  # minutes, to tap


@agents_only
@require_http_methods(["GET", "POST"])
def visits(request: HttpRequest) -> HttpResponse:
    """Register a visit and be ready for the next; today's own visits stand beside it."""
    user = signed_in(request)
    if request.method == "POST":
        form = VisitForm(request.POST, auto_id="id_%s")
        if not form.is_valid():
            return _page(request, form, status=422)
        form.save(by=user)
        return done(request, reverse("contacts:visits"), message=_("Bezoek opgeslagen"))
    return _page(request, VisitForm(initial={"key": uuid4()}, auto_id="id_%s"))


def _page(request: HttpRequest, form: VisitForm, *, status: int = 200) -> HttpResponse:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    context: dict[str, Any] = {
        "form": form,
        "topics": usual_topics(),
        "waits": WAITS,
        "visits": visits_of(signed_in(request), since=today),
    }
    return render(request, "contacts/visits.html", context, status=status)
