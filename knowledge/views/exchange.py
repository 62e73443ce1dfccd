"""Articles out of a file and into one, for who writes the knowledge base and who keeps the settings."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import done, only, signed_in, wants_part
from accounts.models import Role
from knowledge.exchange.entry import Unusable
from knowledge.exchange.writing import FORMATS, written
from knowledge.forms.exchange import IntakeForm
from knowledge.models import Article

SHOWN = 100  # mistakes and warnings on the screen
FILES = {
    "vac": (_("Vragen en antwoorden (VAC)"), _("JSON, alle artikelen. Leest precies zo terug.")),
    "sdg": (_("Productpagina’s (SDG)"), _("JSON volgens de Single Digital Gateway, alleen met een UPL-product.")),
    "csv": (_("Tabel voor een spreadsheet"), _("CSV, een artikel per regel. Leest precies zo terug.")),
}
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
keepers_only = only(lambda user: user.has_role(Role.EDITOR, Role.ADMINISTRATOR))


@keepers_only
@require_http_methods(["GET", "POST"])
def exchange(request: HttpRequest) -> HttpResponse:
    """Show what can be read and written; a file that is sent is tried, or read in when that was asked."""
    user = signed_in(request)
    if request.method == "GET":
        return _page(request, IntakeForm(user=user))
    form = IntakeForm(request.POST, request.FILES, user=user)
    if not form.is_valid():
        return _page(request, form, status=422)
    dry = request.POST.get("act") != "take"
    try:
        total, result = form.take(dry=dry)
    except Unusable as error:
        found = {
            "mistakes": error.mistakes[:SHOWN],
            "count": len(error.mistakes),
            "name": form.cleaned_data["file"].name,
        }
        return _page(request, form, found, status=422)
    if not dry:
        return done(request, reverse("knowledge:exchange"), message=result.told(total))
    found = {"result": result, "total": total, "name": form.cleaned_data["file"].name}
    return _page(request, form, found | {"warnings": result.warnings[:SHOWN], "count": len(result.warnings)})


def _page(
    request: HttpRequest, form: IntakeForm, found: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    found = found or {}
    context = {
        "form": form,
        "found": found,
        "more": max(found.get("count", 0) - SHOWN, 0),
        "files": [(name, *words, reverse("knowledge:export", args=[name])) for name, words in FILES.items()],
        "part": wants_part(request),
        "edits": signed_in(request).has_role(Role.EDITOR),
    }
    template = "_exchange.html" if wants_part(request) else "exchange.html"
    return render(request, f"knowledge/editorial/{template}", context, status=status)


@keepers_only
@require_GET
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Give all articles as a file; what the caller may not read is not in the house."""
    if form not in FORMATS:
        raise Http404
    response = StreamingHttpResponse(written(Article.objects.all(), form), content_type=TYPES[FORMATS[form]])
    name = f"kennisbank-{form}-{timezone.localdate():%Y-%m-%d}.{FORMATS[form]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
