"""Files of a message: given as downloads that no browser opens by itself, and added to a letter."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import done, signed_in, wants_part
from contacts.channels import upload
from contacts.forms.writing import TooLarge, Writing
from contacts.models import Access, Attachment
from contacts.views.letter import place, writing_of

ALONE = {  # whatever is in the file: nothing of it runs, and no page shows it
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
ACTIVE = {"text/html", "image/svg+xml", "application/xml", "text/x-script"}  # could do something in a browser
MOST = 20  # files chosen at once


@require_GET
def attachment(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Give a file as a download; with ?show a picture as such. None that may hold a virus."""
    user = signed_in(request)
    rows = Attachment.objects.visible_to(user).select_related("contact")
    found = get_object_or_404(rows, uuid=uuid)
    customer = found.contact.customer_id if found.contact else None
    Access.record(by=user, action=Access.Action.VIEW, customer_id=customer, detail="attachment")
    if found.is_quarantined:
        told = _("In dit bestand is een virus gevonden (%(finding)s). Je kunt het niet openen.")
        return _refuse(request, found, told % {"finding": found.finding}, status=403)
    if found.waits_for_scan:
        told = _("Dit bestand wordt nog op virussen gecontroleerd. Probeer het over een minuut opnieuw.")
        return _refuse(request, found, told, status=503)
    try:
        content = found.read()
    except FileNotFoundError:
        return _refuse(request, found, _("Dit bestand is er niet meer. Vraag het de beheerder."), status=410)
    shown = "show" in request.GET and found.is_picture
    kind = "application/octet-stream" if found.content_type in ACTIVE else found.content_type
    response = FileResponse(content, as_attachment=not shown, filename=found.name, content_type=kind)
    for name, value in ALONE.items():
        response.headers[name] = value
    return response


def _refuse(request: HttpRequest, found: Attachment, why: str, *, status: int) -> HttpResponse:
    context = {"attachment": found, "why": why}
    return render(request, "contacts/refused.html", context, status=status)


@require_POST
def attach(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Add files to the letter that is being written: they are kept with it from now on."""
    writing = writing_of(request, uuid)
    try:
        draft = writing.keep(request.POST)
    except TooLarge:
        return HttpResponse(status=422)
    used = sum(one.size for one in writing.files)
    number, refused = len(writing.files), []
    for file in request.FILES.getlist("files")[:MOST]:
        try:
            number += 1
            used += upload.take_in(file, number=number, used=used, draft=draft).size
        except upload.Unwanted as why:
            refused.append(str(why))
    return _list(request, writing, refused)


@require_POST
def remove_attachment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a file out of the letter that is being written; a second time changes nothing."""
    user = signed_in(request)
    rows = Attachment.objects.of_letters_by(user).select_related("draft__case__connection", "draft__customer")
    found = get_object_or_404(rows, uuid=uuid)
    draft = found.draft
    assert draft is not None
    found.delete()
    writing = Writing(user, case=draft.case, customer=draft.customer, key=draft.uuid)
    if request.POST.get("case") or request.POST.get("customer"):
        writing.keep(request.POST)
    return _list(request, writing, [])


def _list(request: HttpRequest, writing: Writing, refused: list[str]) -> HttpResponse:
    """Show the files of a letter, and why others were not taken."""
    writing.__dict__.pop("files", None)
    if wants_part(request):
        context: dict[str, Any] = {"editor": {"key": writing.uuid}, "files": writing.files, "refused": refused}
        return render(request, "contacts/_files.html", context, status=422 if refused else 200)
    for why in refused:
        messages.error(request, why)
    return done(request, place(request, writing))
