"""What a team lead does from the board, besides what the queue can do already."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import back_to, done, leads_only, signed_in
from callbacks.forms import RemindForm
from callbacks.models import Callback


@require_POST
@leads_only
def escalate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let the team leads of the department and its coordinator hear of this callback at once."""
    user = signed_in(request)
    callback = get_object_or_404(Callback.objects.visible_to(user), uuid=uuid)
    form, back = RemindForm(request.POST), back_to(request, reverse("insights:callbacks"))
    if not form.is_valid() or not callback.is_open:
        return done(request, back, message=_("Niet gemeld: dit verzoek is intussen afgerond"), event="callbacks")
    callback.escalate(key=str(form.cleaned_data["key"]), by=user)
    return done(request, back, message=_("Gemeld aan de teamleider en de coördinator"), event="callbacks")
