"""What was written and said in a case, oldest first, and one message of it as its sender laid it out."""

import base64
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.http import answer, signed_in
from accounts.paging import place
from contacts.channels.reading.safe import safe_html
from contacts.models import Access, Case, Contact
from contacts.models.conversation import Conversation

PICTURES = 5_000_000  # bytes of the pictures that stand in one mail


def thread(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Give the context of contacts/_thread.html: the last contacts of this case, what is old folded to one line."""
    return {"thread": Conversation(case)}


@require_GET
def show_thread(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a case from its last turn on, and 304 when that is as it was; with ?all and ?before what came before."""
    user = signed_in(request)
    case = get_object_or_404(Case.objects.visible_to(user).with_details(), uuid=uuid)
    before = place(request.GET.get("before"))
    conversation = Conversation(case, before=before, unfolded="all" in request.GET or before is not None)
    if request.headers.get("If-None-Match") == f'"{conversation.version}"' and not conversation.unfolded:
        return HttpResponse(status=304, headers={"HX-Reswap": "none"})
    if conversation.unfolded:
        Access.record(by=user, action=Access.Action.VIEW, customer_id=case.customer_id, detail="thread")
    partial = "contacts/_earlier.html" if conversation.unfolded else "contacts/_thread.html"
    return answer(request, "contacts/thread.html", partial, {"case": case, "thread": conversation})


@require_GET
@xframe_options_sameorigin
def html(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one message as its sender laid it out, made harmless, for a frame without rights."""
    user = signed_in(request)
    rows = Contact.objects.visible_to(user).select_related("message").exclude(message__html="")
    contact = get_object_or_404(rows, uuid=uuid, message__isnull=False)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=contact.customer_id, detail="html")
    remote = "images" in request.GET
    page = safe_html(contact.message.html, images=_pictures(contact), remote=remote)
    # The one place where a mail becomes markup: cleaned just above, each time it is shown.
    body = mark_safe(page) if page is not None else SafeString("")  # noqa: S308
    context = {"body": body, "text": "" if page is not None else contact.text}
    response = render(request, "contacts/html.html", context)
    sources = "data: https: http:" if remote else "data:"
    response.headers["Content-Security-Policy"] = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; "
        f"img-src {sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _pictures(contact: Contact) -> dict[str, str]:
    """Give the pictures in the text by the name it calls them, as addresses that hold them: a frame without rights
    has no session with which it could ask for them."""
    found: dict[str, str] = {}
    room = PICTURES
    for picture in contact.attachments.exclude(content_id="").order_by("pk")[:100]:
        if not picture.is_picture or picture.is_quarantined or picture.waits_for_scan or picture.size > room:
            continue
        try:
            with picture.read() as file:
                content = base64.b64encode(file.read()).decode()
        except FileNotFoundError:
            continue
        room -= picture.size
        found[picture.content_id] = f"data:{picture.content_type};base64,{content}"
    return found
