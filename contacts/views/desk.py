"""The agent desktop: who it is, what went before, and the form that registers what is said now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import push
from accounts.http import agents_only, answer, done, signed_in, wants_part
from accounts.paging import encode, page, place
from contacts.forms import Part
from contacts.forms.contact import AlreadySaved, ContactForm
from contacts.models import Access, Channel, Contact, Customer, Draft, Outcome
from contacts.models.topic import Topic, choosable_topics

Parts = Sequence[type[Part]]

PAGE = 20
LARGEST_PAGE = 100


@require_GET
def desk(request: HttpRequest, *, parts: Parts) -> HttpResponse:
    """Show the desk without a customer: search, go on with a draft, or begin an anonymous contact."""
    user = signed_in(request)
    if not user.works_at_kcc:
        return HttpResponseRedirect(user.start_url)
    recent = Customer.objects.visible_to(user).recently_seen_by(user)
    context = registration(request, None, parts) | {"recent": recent}
    return answer(request, "contacts/desk.html", "contacts/_desk.html", context)


@require_GET
def customer(request: HttpRequest, uuid: UUID, *, parts: Parts) -> HttpResponse:
    """Show one customer with the whole timeline, ready to register the contact that is going on."""
    user = signed_in(request)
    found = get_object_or_404(Customer.objects.visible_to(user).with_counts().prefetch_related("addresses"), uuid=uuid)
    context = {"customer": found} | tab(request, found)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.pk, detail=context["tab"])
    if not wants_part(request):
        context |= registration(request, found, parts)
        context["events_url"] = push.stream_url(request, push.channels_of(user, f"customer:{found.pk}"))
    return answer(request, "contacts/customer.html", "contacts/_customer_tab.html", context)


@agents_only
@require_POST
def register(request: HttpRequest, *, parts: Parts) -> HttpResponse:
    """Save the contact, and the callback and articles filled in with it, in one transaction."""
    user = signed_in(request)
    found = None
    if request.POST.get("customer"):
        found = get_object_or_404(
            Customer.objects.visible_to(user).with_counts().prefetch_related("addresses"),
            uuid=_uuid(request.POST["customer"]),
        )
    typed = request.POST.copy()
    typed["key"] = str(_uuid(typed.get("key")) or uuid4())  # a form that lost its key is still a form
    form = ContactForm(typed, customer=found)
    fine = form.is_valid()
    topic = form.cleaned_data.get("topic")
    bound = [part(request.POST, user=user, customer=found, topic=topic) for part in parts]
    wanted = [part for part in bound if part.wanted(request.POST.get("outcome", ""))]
    if not all([fine, *(part.is_valid() for part in wanted)]):
        shown = [
            part if part in wanted else type(part)(user=user, customer=found, topic=topic, initial=part.typed())
            for part in bound
        ]
        return _again(request, form, shown, found)
    try:
        contact = form.save(wanted, by=user)
    except AlreadySaved:
        form.add_error("text", _("Onder dit concept is al een ander contact opgeslagen. Sla dit nog een keer op."))
        typed["key"] = str(uuid4())
        return _again(request, form, bound, found, status=409)
    request.session["saved_draft"] = reverse("contacts:save_draft", args=[form.cleaned_data["key"]])
    return done(request, _next(request, contact), message=_said(contact))


def registration(request: HttpRequest, found: Customer | None, parts: Parts) -> dict[str, Any]:
    """Give the forms of the desk, filled with the draft that was left for this customer."""
    user = signed_in(request)
    drafts = list(Draft.objects.of(user)[:20])
    asked = request.GET.get("draft")
    mine = [draft for draft in drafts if draft.customer_id == (found.pk if found else None)]
    draft = next((one for one in mine if asked in (None, str(one.uuid))), None)
    typed: dict[str, Any] = draft.values() if draft else {}
    key = draft.uuid if draft else uuid4()
    initial = {
        "channel": request.GET.get("via", Channel.PHONE),
        "conversation": _uuid(request.GET.get("conversation")),
    }
    topic = _topic(typed.get("topic", ""), found if draft is None else None)
    initial["topic"] = topic.uuid if topic else ""
    form = ContactForm(customer=found, initial=initial | typed | {"key": key})
    # What a part presets from the topic is fetched when it is asked for, unless it was being filled in already.
    known = topic if draft else None
    unbound = [part(user=user, customer=found, topic=known, initial=part.stored(typed)) for part in parts]
    context = {
        "form": form,
        "draft": draft,
        "draft_key": key,
        "drafts": [one for one in drafts if one != draft],
        "saved_draft": (saved := request.session.pop("saved_draft", "")),
        "focus": _focus(request, found, saved),
    }
    return context | {f"{part.name}_form": part for part in unbound}


def tab(request: HttpRequest, found: Customer) -> dict[str, Any]:
    """Give what the chosen tab of a customer shows; the timeline unless another was asked for."""
    chosen = request.GET.get("tab", "timeline")
    if chosen == "callbacks":
        rows = found.contacts.filter(callbacks__isnull=False).timeline().with_details().with_outcome()
        return {"tab": chosen, "callback_contacts": rows[:50]}
    if chosen == "cases":
        return {"tab": chosen, "cases": found.cases.select_related("team", "assignee").order_by("-opened_at")[:50]}
    if chosen in {"details", "notes"}:
        return {"tab": chosen, "changes": found.events.select_related("by").order_by("-at")[:20]}
    return {"tab": "timeline"} | timeline(request, found)


def timeline(request: HttpRequest, found: Customer) -> dict[str, Any]:
    """Give one page of the customer's timeline: contacts newest first, each with what came of it."""
    chosen = [channel for channel in request.GET.getlist("channel") if channel in Channel.values]
    rows = found.contacts.timeline(before=place(request.GET.get("after")), channels=chosen)
    shown = page(rows.with_details().with_outcome(), size=_size(request), moment=lambda contact: contact.happened_at)
    counts = found.channel_counts  # type: ignore[attr-defined]
    return {
        "timeline": shown,
        "chips": [
            (channel, Channel(channel).label, counts[channel]) for channel in Channel.values if channel in counts
        ],
        "chosen": chosen,
        "paging": bool(request.GET.get("after")),
        "seen_place": encode(timezone.now()),
    }


@require_GET
def news(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say how many contacts came into this timeline since the page was made; the list itself never shifts by itself."""
    found = get_object_or_404(Customer.objects.visible_to(signed_in(request)), uuid=uuid)
    since = place(request.GET.get("since"))
    count = found.contacts.filter(registered_at__gt=since[0], reached=True)[:100].count() if since else 0
    context = {"customer": found, "count": count, "since": request.GET.get("since", "")}
    return answer(request, "contacts/_news.html", "contacts/_news.html", context)


@require_GET
def contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one contact on its own, with everything that happened to it."""
    user = signed_in(request)
    found = get_object_or_404(Contact.objects.visible_to(user).with_details().select_related("customer"), uuid=uuid)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.customer_id, detail="contact")
    context = {"contact": found, "events": found.events.select_related("by").order_by("at")}
    return answer(request, "contacts/contact.html", "contacts/_contact.html", context)


@require_GET
def raw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the message exactly as it arrived, as a download that no browser opens."""
    user = signed_in(request)
    found = get_object_or_404(Contact.objects.visible_to(user), uuid=uuid)
    arrival = get_object_or_404(found.arrivals.all()[:1])
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.customer_id, detail="raw mail")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.uuid}.eml"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(bytes(arrival.raw), content_type="application/octet-stream", headers=headers)


def _again(
    request: HttpRequest, form: ContactForm, parts: list[Part], found: Customer | None, *, status: int = 422
) -> HttpResponse:
    """Show the desk again with what was typed and what is wrong with it."""
    context: dict[str, Any] = {"form": form, "draft_key": form["key"].value(), "drafts": []}
    context |= {f"{part.name}_form": part for part in parts}
    context["errors"] = [(bound[name], messages) for bound in [form, *parts] for name, messages in _errors(bound)]
    if found is None:
        return answer(request, "contacts/desk.html", "contacts/_desk.html", context, status=status)
    Access.record(by=signed_in(request), action=Access.Action.VIEW, customer_id=found.pk, detail="timeline")
    context |= {"customer": found} | tab(request, found)
    return answer(request, "contacts/customer.html", "contacts/customer.html", context, status=status)


def _errors(form: Any) -> list[tuple[str, Any]]:
    return [(name, messages) for name, messages in form.errors.items() if name in form.fields] if form.is_bound else []


def _said(contact: Contact) -> str:
    """Give what to say after saving; of a callback what the citizen may hear: by whom, and until when."""
    row = contact.callbacks.select_related("team", "assignee").first() if contact.outcome == Outcome.CALLBACK else None
    if row is None:
        return _("Contact opgeslagen")
    who = row.assignee.short_name if row.assignee else row.team.name
    due = date_format(timezone.localtime(row.due_at), "l j F H:i")
    told = {"reference": row.reference, "who": who, "due": due}
    return _("Contact opgeslagen. %(reference)s voor %(who)s, uiterlijk %(due)s") % told


def _next(request: HttpRequest, contact: Contact) -> str:
    """Give where to go after saving: the start, or the same customer in the same conversation for the next question."""
    if "save_next" in request.POST and contact.customer:
        query = urlencode({"conversation": str(contact.conversation), "via": contact.channel})
        return reverse("contacts:customer", args=[contact.customer.uuid]) + "?" + query
    return reverse("contacts:customer", args=[contact.customer.uuid]) if contact.customer else reverse("contacts:desk")


def _topic(uuid: str, found: Customer | None) -> Topic | None:
    """Give the topic of a draft; without one that of this customer's last contact, which this is most likely about."""
    latest = found.latest_topic if found else None
    return next((one for one in choosable_topics() if str(one.uuid) == uuid or one.pk == latest), None)


def _focus(request: HttpRequest, found: Customer | None, saved: str) -> str:
    """Give where somebody who works by keyboard goes on: the note, or the search for the next customer."""
    if found is None:
        return "start"
    return "search" if saved and "conversation" not in request.GET else "note"


def _size(request: HttpRequest) -> int:
    asked = request.GET.get("size", "")
    return min(max(int(asked), 1), LARGEST_PAGE) if asked.isdecimal() and len(asked) < 4 else PAGE


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
