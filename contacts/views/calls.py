"""Telephone calls: who calls now, whose call it is, and which calls nobody answered."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.http import agents_only, answer, back_to, done, signed_in, wants_part
from accounts.models import User
from accounts.paging import page, place
from contacts import telephone
from contacts.forms.call import DialForm, HandleForm, NumberForm
from contacts.models import Call, Customer

PAGE = 50
VIEWS = ("mine", "all", "recent")


@require_GET
def ringing(request: HttpRequest) -> HttpResponse:
    """Give who calls now and the call this user is in, for an open page that heard of a call."""
    if not wants_part(request):
        return done(request, reverse("contacts:calls"))
    return render(request, "contacts/_telephone.html", {"telephone": telephone.of(request, part=True)})


@require_POST
def open_(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open what belongs to a call, and say that this user picks it up if they say so."""
    user = signed_in(request)
    call = _find(user, uuid)
    said = ""
    if {"take", "answers"} & set(request.POST) and not call.take(by=user):
        taken = _("%(name)s heeft dit gesprek al") % {"name": call.agent.short_name} if call.agent else ""
        said = taken or _("Dit gesprek is al voorbij")
    else:
        telephone.opened(request, call)
    return done(request, _place_of(request, call, user), message=said)


@require_POST
def release_call(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave a call to colleagues after all."""
    call = _find(signed_in(request), uuid)
    call.release(by=signed_in(request))
    return done(request, back_to(request, reverse("contacts:calls")))


@require_POST
def handle_call(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that nothing is left to do about this call."""
    _find(signed_in(request), uuid).handle(by=signed_in(request))
    return done(request, back_to(request, reverse("contacts:calls")), message=_("Afgehandeld"))


@agents_only
@require_POST
def handle_calls(request: HttpRequest) -> HttpResponse:
    """Write that down of the calls that were ticked."""
    user, form = signed_in(request), HandleForm(request.POST)
    if not form.is_valid():
        return done(
            request, back_to(request, reverse("contacts:calls")), message=_("Kies eerst een of meer gesprekken")
        )
    calls = Call.objects.visible_to(user).with_uuids(form.cleaned_data["chosen"])
    for call in calls:
        call.handle(by=user)
    said = ngettext("%(n)d gesprek afgehandeld", "%(n)d gesprekken afgehandeld", len(calls)) % {"n": len(calls)}
    return done(request, back_to(request, reverse("contacts:calls")), message=said)


@agents_only
@require_POST
def call_number(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note the number of a call with the customer whose it turns out to be."""
    user, form = signed_in(request), NumberForm(request.POST)
    call = _find(user, uuid)
    form.is_valid()
    customer = get_object_or_404(Customer.objects.visible_to(user), uuid=form.cleaned_data.get("customer"))
    call.belongs_to(customer, by=user)
    return done(request, _card(customer, call), message=_("Nummer toegevoegd bij %(name)s") % {"name": customer.name})


@require_POST
def dialled(request: HttpRequest) -> HttpResponse:
    """Write down that somebody pressed a number; the telephone dials by itself meanwhile."""
    user, form = signed_in(request), DialForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    number = form.cleaned_data["number"]
    customer = Customer.objects.visible_to(user).with_uuid(str(form.cleaned_data["customer"]))
    if customer is not None:
        customer.track("number_dialled", by=user, number=number)
    call = Call.objects.visible_to(user).with_uuid(form.cleaned_data["call"])
    if call is not None:
        call.call_back(by=user)
    return HttpResponse(status=204)


@agents_only
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Show the calls nobody answered, of one's own teams or of all; or the latest calls, answered or not."""
    user, now = signed_in(request), timezone.now()
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    rows = Call.objects.meant_for(user) if view == "mine" else Call.objects.visible_to(user)
    rows = rows.newest() if view == "recent" else rows.missed(now=now).once_per_number(now=now).with_times(now=now)
    shown = page(rows.after(place(request.GET.get("after"))).with_details(), size=PAGE, moment=lambda one: one.began_at)
    context = {"calls": shown, "view": view, "now": now, "key": uuid4()}
    return answer(request, "contacts/calls.html", "contacts/_calls.html", context)


def _find(user: User, uuid: UUID) -> Call:
    return get_object_or_404(Call.objects.visible_to(user).with_details(), uuid=uuid)


def _place_of(request: HttpRequest, call: Call, user: User) -> str:
    """Give where to go with a call: to the customer that was chosen or is known, else to a fresh contact."""
    named = request.POST.get("answers") or request.POST.get("customer") or (call.customer and call.customer.uuid)
    customer = Customer.objects.visible_to(user).with_uuid(str(named))
    if customer is not None:
        return _card(customer, call)
    query = "?" + urlencode({"call": str(call.uuid)})
    if request.POST.get("to") == "new":
        return reverse("contacts:create") + query
    return (reverse("contacts:desk") if user.works_at_kcc else user.start_url) + query


def _card(customer: Customer, call: Call) -> str:
    return reverse("contacts:customer", args=[customer.uuid]) + "?" + urlencode({"call": str(call.uuid)})
