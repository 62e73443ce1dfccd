"""Finding a customer, and keeping what the office knows about one."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import permission_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import agents_only, answer, done, only, signed_in, wants_part
from accounts.models import Role, User
from accounts.paging import page, place
from accounts.uuids import as_uuid
from contacts import search as searching
from contacts.forms.customer import AddressForm, CustomerForm, NotesForm, RevealForm, SearchForm
from contacts.models import Access, Call, Contact, Customer
from contacts.models.contact import ADDRESS_KINDS
from contacts.models.customer import split_postcode


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Find customers by whatever was typed; by POST, so that no name or number stands in an address or a log."""
    user = signed_in(request)
    form = SearchForm(request.POST) if request.method == "POST" else SearchForm()
    context: dict[str, object] = {"form": form, "contact": _contact_to_match(request)}
    status = 200
    if request.method == "POST":
        status = 200 if form.is_valid() else 422
        query = form.cleaned_data.get("q", "")
        found = searching.find(query, user=user)
        if query:
            Access.record(by=user, action=Access.Action.SEARCH, detail=found.kind, results=len(found.customers))
        context |= {"found": found, "query": query}
        if found.sure and not wants_part(request) and context["contact"] is None:
            return HttpResponseRedirect(reverse("contacts:customer", args=[found.customers[0].uuid]))
        if found.case is not None and not wants_part(request):
            return HttpResponseRedirect(reverse("contacts:case", args=[found.case.uuid]))
    else:
        context["recent"] = Customer.objects.visible_to(user).recently_seen_by(user)
    return answer(request, "contacts/search.html", "contacts/_results.html", context, status=status)


@agents_only
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Add a customer; coming from a search the fields are filled with what was searched for."""
    contact = _contact_to_match(request)
    if request.method == "POST" and "last_name" in request.POST:
        form = CustomerForm(request.POST, may_set_bsn=_may_set_bsn(request))
        if form.is_valid():
            customer = _add(form, contact, by=signed_in(request))
            return done(request, reverse("contacts:customer", args=[customer.uuid]), message=_("Klant toegevoegd"))
        context = {"form": form, "contact": contact}
        return answer(request, "contacts/create.html", "contacts/_customer_form.html", context, status=422)
    call = Call.objects.visible_to(signed_in(request)).with_uuid(request.GET.get("call"))
    query = request.POST.get("q") or (call.shown_number if call else "")
    form = CustomerForm(initial={"key": uuid4()} | guess(query, contact))
    return answer(request, "contacts/create.html", "contacts/_customer_form.html", {"form": form, "contact": contact})


@agents_only
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change what the office knows of a customer; a new number or address is added to those there are."""
    customer = get_object_or_404(Customer.objects.visible_to(signed_in(request)), uuid=uuid)
    Access.record(by=signed_in(request), action=Access.Action.VIEW, customer_id=customer.pk, detail="change")
    data = request.POST if request.method == "POST" else None
    form = CustomerForm(data, instance=customer, may_set_bsn=_may_set_bsn(request))
    if request.method == "POST" and form.is_valid():
        form.keep(by=signed_in(request))
        return done(
            request, reverse("contacts:customer", args=[uuid]) + "?tab=details", message=_("Gegevens opgeslagen")
        )
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "customer": customer}
    return answer(request, "contacts/create.html", "contacts/_customer_form.html", context, status=status)


@agents_only
@require_POST
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what colleagues should know of this customer."""
    customer = get_object_or_404(Customer.objects.visible_to(signed_in(request)), uuid=uuid)
    form, status = NotesForm(request.POST), 422
    if form.is_valid():
        kept = customer.note(form.cleaned_data["notes"], seen=form.cleaned_data["seen"], by=signed_in(request))
        if not kept:
            theirs = _("Een collega heeft de notities intussen gewijzigd. Er staat nu: %(notes)s")
            form.add_error("notes", theirs % {"notes": customer.notes or "–"})
            status = 409
    if form.errors:
        Access.record(by=signed_in(request), action=Access.Action.VIEW, customer_id=customer.pk, detail="notes")
        context = {"customer": customer, "notes_form": form}
        return answer(request, "contacts/note.html", "contacts/_notes.html", context, status=status)
    return done(request, reverse("contacts:customer", args=[uuid]) + "?tab=notes", message=_("Notities opgeslagen"))


@permission_required("contacts.reveal_bsn", raise_exception=True)
@require_POST
def reveal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the personal number once, for a reason that is written down."""
    user = signed_in(request)
    customer = get_object_or_404(Customer.objects.visible_to(user).exclude(bsn_sealed=""), uuid=uuid)
    form = RevealForm(request.POST)
    context = {"customer": customer, "reveal_form": form}
    if not form.is_valid():
        return answer(request, "contacts/reveal.html", "contacts/_bsn.html", context, status=422)
    reason = form.cleaned_data["reason"]
    Access.record(by=user, action=Access.Action.REVEAL, customer_id=customer.pk, detail=reason)
    return answer(request, "contacts/reveal.html", "contacts/_bsn.html", context | {"bsn": customer.bsn})


@agents_only
@require_POST
def remove_address(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget a number or address that is no longer this customer's."""
    customer = get_object_or_404(Customer.objects.visible_to(signed_in(request)), uuid=uuid)
    form = AddressForm(request.POST)
    found = form.is_valid() and customer.remove_address(form.cleaned_data["address"], by=signed_in(request))
    said = _("Contactgegeven weggehaald") if found else _("Dit contactgegeven was er al niet meer.")
    return done(request, reverse("contacts:customer", args=[uuid]) + "?tab=details", message=said)


@only(lambda user: user.has_role(Role.PRIVACY_OFFICER, Role.TEAM_LEAD))
@require_GET
def accesses(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show who saw this customer's data, when and why: for the privacy officer and who leads."""
    customer = get_object_or_404(Customer, uuid=uuid)
    rows = Access.objects.of_records(customer.record_ids, before=place(request.GET.get("after")))
    Access.record(by=signed_in(request), action=Access.Action.VIEW, customer_id=customer.pk, detail="accesses")
    context = {"customer": customer, "accesses": page(rows, size=50, moment=lambda access: access.at)}
    return render(request, "contacts/accesses.html", context)


@agents_only
@require_POST
def verify(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that this customer's identity was checked."""
    customer = get_object_or_404(Customer.objects.visible_to(signed_in(request)), uuid=uuid)
    customer.verify(by=signed_in(request))
    return done(request, reverse("contacts:customer", args=[uuid]), message=_("Klant geverifieerd"))


@agents_only
@require_POST
def match(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a contact of an unknown person in this customer's timeline."""
    user = signed_in(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), uuid=uuid)
    contact = _contact_to_match(request)
    matched = contact is not None and contact.match(customer, by=user)
    said = (
        _("Contact gekoppeld")
        if matched
        else _("Niet gekoppeld: een collega heeft dit contact al bij een klant gezet.")
    )
    return done(request, reverse("contacts:customer", args=[uuid]), message=said)


def _add(form: CustomerForm, contact: Contact | None, *, by: User) -> Customer:
    """Give the customer of this form, with the contact they came with; the same form twice is one customer."""
    key = form.cleaned_data.get("key") or uuid4()
    known = Customer.objects.filter(uuid=key)
    if found := known.first():
        return found
    form.instance.uuid = key
    try:
        with transaction.atomic():
            customer = form.keep(by=by)
            if contact is not None:
                contact.match(customer, by=by)
    except IntegrityError:  # the same form at the same moment
        return known.get()
    return customer


def guess(query: str, contact: Contact | None) -> dict[str, object]:
    """Give the fields of a new customer that a search, or the contact the person came with, already says."""
    text = (query or (contact.party if contact else "")).replace("\0", " ").strip()[:200]
    if "@" in text:
        return {"email": text}
    if place := split_postcode(text):
        return {"postcode": place[0], "house_number": place[1], "house_suffix": place[2]}
    if text and not any(letter.isalpha() for letter in text):
        return {"phone": text}
    address: dict[str, object] = (
        {contact.channel: contact.party} if contact and contact.channel in ADDRESS_KINDS else {}
    )
    first, _space, rest = text.partition(" ")
    words = rest.split()
    infix = [word for word in words[:-1] if word.lower() in searching.INFIXES]
    last = [word for word in words if word not in infix]
    return address | {
        "first_name": first if last else "",
        "infix": " ".join(infix),
        "last_name": " ".join(last) or first,
    }


def _may_set_bsn(request: HttpRequest) -> bool:
    return signed_in(request).has_perm("contacts.reveal_bsn")


def _contact_to_match(request: HttpRequest) -> Contact | None:
    """Give the unmatched contact that a search is for, when it is for one."""
    uuid = as_uuid(request.POST.get("contact") or request.GET.get("contact"))
    if uuid is None:
        return None
    return Contact.objects.visible_to(signed_in(request)).filter(uuid=uuid, customer=None).first()
