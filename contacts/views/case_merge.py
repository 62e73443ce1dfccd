"""Making two cases one, and one case two."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import done, signed_in
from contacts.forms.case import MergeForm
from contacts.models.case_merge import CaseMerge, split, unmerge
from contacts.models.undo import Undo
from contacts.views.cases import conflict, find, show
from contacts.views.queue import address, listed
from contacts.views.undo import remember


@require_POST
def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a case go up in another one, whose page comes next."""
    found, user = find(request, uuid), signed_in(request)
    form = MergeForm(request.POST, case=found, user=user)
    if not form.is_valid():
        return show(request, found, wrong=form, status=422)
    both = CaseMerge(found, form.cleaned_data["into"])
    if both.obstacle:
        form.add_error("into", both.obstacle)
        return show(request, found, wrong=form, status=422)
    with Undo.watch([found]) as undo:
        merged = both.merge(by=user)
    if not merged:
        return conflict(request, found)
    words = _("Samengevoegd met %(reference)s") % {"reference": both.kept.reference}
    return done(request, address(listed(request), both.kept), message=words, undo=remember(request, undo))


@require_POST
def unmerge_case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a merged case one of its own again."""
    found = find(request, uuid)
    if not unmerge(found, by=signed_in(request)):
        return conflict(request, found)
    words = _("%(reference)s staat weer op zichzelf") % {"reference": found.reference}
    return done(request, address(listed(request), found), message=words)


@require_POST
def split_case(request: HttpRequest, uuid: UUID, contact: UUID) -> HttpResponse:
    """Take one message out into a case of its own, whose page comes next."""
    found = find(request, uuid)
    message = get_object_or_404(found.contacts.select_related("customer", "topic"), uuid=contact)
    new = split(message, by=signed_in(request))
    if new is None:
        return conflict(request, found)
    words = _("Bericht afgesplitst naar %(reference)s") % {"reference": new.reference}
    return done(request, address(listed(request), new), message=words)
