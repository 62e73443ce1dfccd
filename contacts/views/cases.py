"""The work that contacts left behind."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import answer, done, signed_in
from accounts.paging import page, place
from contacts.forms.case import CloseForm
from contacts.models import Access, Case

PAGE = 50


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show the open cases this user may see, the oldest risk first."""
    rows = Case.objects.visible_to(signed_in(request)).open().oldest_risk_first(after=place(request.GET.get("after")))
    context = {"cases": page(rows, size=PAGE, moment=lambda case: case.due_at)}
    return answer(request, "contacts/cases.html", "contacts/_cases.html", context)


@require_GET
def case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one case with the contacts that belong to it, newest first."""
    return _show(request, _find(request, uuid), CloseForm())


@require_POST
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close a case with what came of it."""
    found, form = _find(request, uuid), CloseForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    if not found.close(result=form.cleaned_data["result"], by=signed_in(request)):
        form.add_error("result", _("Een collega heeft deze zaak intussen gesloten."))
        return _show(request, _find(request, uuid), form, status=409)
    return done(request, reverse("contacts:case", args=[uuid]), message=_("Zaak gesloten"))


def _find(request: HttpRequest, uuid: UUID) -> Case:
    rows = Case.objects.visible_to(signed_in(request)).select_related("customer", "team", "assignee", "topic__parent")
    return get_object_or_404(rows, uuid=uuid)


def _show(request: HttpRequest, found: Case, form: CloseForm, *, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.customer_id, detail="case")
    contacts = found.contacts.timeline().with_details().select_related("customer")[:100]
    context = {"case": found, "contacts": contacts, "form": form}
    return answer(request, "contacts/case.html", "contacts/_case.html", context, status=status)
