"""Two records that are one customer: suggested, compared, merged, and parted again within 30 days."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import agents_only, done, only, signed_in
from contacts import search as searching
from contacts.forms.customer import MergeForm, SearchForm
from contacts.models import Access, Customer, Merge
from contacts.models.merge import Comparison, Refused, alike, refusal


@agents_only
@require_GET
def duplicates(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say how many others may be the same person; asked by the customer page after it was shown."""
    user = signed_in(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), uuid=uuid)
    found = alike(customer)
    if found:
        Access.record(by=user, action=Access.Action.SEARCH, detail="duplicates", results=len(found))
    return render(request, "contacts/_duplicates.html", {"customer": customer, "found": found})


@agents_only
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose the other record: those that look like it, or by a search; by POST, as every search."""
    user = signed_in(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), uuid=uuid)
    form = SearchForm(request.POST) if request.method == "POST" else SearchForm()
    query = form.cleaned_data.get("q", "") if form.is_bound and form.is_valid() else ""
    if query:
        found = searching.find(query, user=user)
        others = [one for one in found.customers if one.pk != customer.pk]
        Access.record(by=user, action=Access.Action.SEARCH, detail=f"merge {found.kind}", results=len(others))
    else:
        others = searching.details(one.pk for one in alike(customer))
        Access.record(by=user, action=Access.Action.SEARCH, detail="duplicates", results=len(others))
    context = {"customer": customer, "others": others, "query": query, "form": form}
    return render(request, "contacts/merge.html", context, status=422 if form.errors else 200)


@agents_only
@require_http_methods(["GET", "POST"])
def merge_with(request: HttpRequest, uuid: UUID, other: UUID) -> HttpResponse:
    """Show both side by side, and make them one with a reason."""
    user = signed_in(request)
    visible = Customer.objects.visible_to(user).with_counts().prefetch_related("addresses")
    kept, gone = get_object_or_404(visible, uuid=uuid), get_object_or_404(visible, uuid=other)
    compared = Comparison(kept, gone)
    form = MergeForm(request.POST if request.method == "POST" else None, differing=compared.choosable)
    if request.method == "POST":
        if not user.may_merge:
            raise PermissionDenied
        if form.is_valid():
            try:
                made = Merge.merge(
                    kept=kept, gone=gone, theirs=form.theirs, reason=form.cleaned_data["reason"], by=user
                )
                undo = reverse("contacts:undo_merge", args=[made.uuid])
                url = reverse("contacts:customer", args=[kept.uuid])
                return done(request, url, message=_("Klanten samengevoegd"), undo=undo)
            except Refused as why:
                form.add_error(None, str(why))
    for one in (kept, gone):
        Access.record(by=user, action=Access.Action.VIEW, customer_id=one.pk, detail="merge")
    context = {"kept": kept, "gone": gone, "compared": compared, "form": form, "refusal": refusal(kept, gone)}
    return render(request, "contacts/merge_with.html", context, status=422 if form.errors else 200)


@only(lambda user: user.may_merge)
@require_POST
def undo_merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Part two customers again."""
    made = get_object_or_404(Merge, uuid=uuid)
    try:
        made.undo(by=signed_in(request))
        message = _("Samenvoeging ongedaan gemaakt")
    except Refused as why:
        message = str(why)
    return done(request, reverse("contacts:customer", args=[made.kept.uuid]), message=message)
