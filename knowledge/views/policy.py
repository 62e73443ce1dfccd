"""The setting of how this office keeps its knowledge."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import administrators_only, done
from knowledge.forms.editorial import EditorialForm
from knowledge.models import Editorial


@require_http_methods(["GET", "POST"])
@administrators_only
def policy(request: HttpRequest) -> HttpResponse:
    """Show and change how knowledge is kept: who looks before publishing, and how often an article is checked."""
    now = Editorial.objects.order_by("pk").first() or Editorial()
    form = EditorialForm(request.POST if request.method == "POST" else None, instance=now)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).keep()
        return done(request, reverse("settings:editorial"), message=_("Opgeslagen"))
    return render(request, "settings/editorial.html", {"section": "editorial", "form": form}, status=form.status)
