"""The agent desktop: who it is, what went before, and the form that registers what is said now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import push
from accounts.http import agents_only, answer, done, signed_in, swaps_content, wants_part
from accounts.models import User
from accounts.uuids import as_uuid
from contacts.forms import Part
from contacts.forms.call import Preset
from contacts.forms.contact import AlreadySaved, ContactForm, holds_bsn
from contacts.models import Access, Call, Channel, Contact, Customer, Draft, Outcome
from contacts.models.call import has_exchange
from contacts.models.topic import Topic, choosable_topics
from contacts.views.timeline import tab

Parts = Sequence[type[Part]]

OPEN_DRAFTS = 20


@require_GET
def desk(request: HttpRequest, *, parts: Parts) -> HttpResponse:
    """Show the desk without a customer: search, go on with a draft, or begin an anonymous contact."""
    user = signed_in(request)
    if not user.works_at_kcc:
        return HttpResponseRedirect(user.start_url)
    recent = Customer.objects.visible_to(user).recently_seen_by(user)
    return _page(request, None, registration(request, None, parts) | {"recent": recent})


@require_GET
def customer(request: HttpRequest, uuid: UUID, *, parts: Parts) -> HttpResponse:
    """Show one customer with the whole timeline, ready to register the contact that is going on."""
    user = signed_in(request)
    found = Customer.objects.visible_to(user).with_counts().prefetch_related("addresses").filter(uuid=uuid).first()
    if found is None:
        return _moved(request, uuid)
    context = {"customer": found} | tab(request, found)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=found.pk, detail=context["tab"])
    if wants_part(request) and not swaps_content(request):
        return answer(request, "contacts/customer.html", "contacts/_customer_tab.html", context)
    context |= registration(request, found, parts)
    context["events_url"] = push.stream_url(request, push.channels_of(user, f"customer:{found.pk}"))
    return _page(request, found, context)


@agents_only
@require_POST
def register(request: HttpRequest, *, parts: Parts) -> HttpResponse:
    """Save the contact, and the callback and articles filled in with it, in one transaction."""
    user = signed_in(request)
    found = None
    if request.POST.get("customer"):
        visible = Customer.objects.visible_to(user).with_counts().prefetch_related("addresses")
        found = visible.with_uuid(request.POST["customer"])
        if found is None:
            raise Http404
    typed = request.POST.copy()
    typed["key"] = str(as_uuid(typed.get("key")) or uuid4())  # a form that lost its key is still a form
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
        return _again(request, form, bound, found, status=422 if swaps_content(request) else 409)
    draft = reverse("contacts:save_draft", args=[form.cleaned_data["key"]])
    request.session["saved_draft"] = draft
    return done(request, _next(request, contact), message=_said(contact), told={"kcc:saved": {"draft": draft}})


def registration(request: HttpRequest, found: Customer | None, parts: Parts) -> dict[str, Any]:
    """Give the forms of the desk, filled with the draft that was left for this customer."""
    user = signed_in(request)
    drafts = list(Draft.objects.of(user)[:OPEN_DRAFTS])
    draft = _draft(request, found, drafts)
    typed: dict[str, Any] = draft.values() if draft else {}
    key = draft.uuid if draft else uuid4()
    call = _call(request, user, draft)
    asked = _asked(request)
    wanted = typed.get("topic", "") or asked.get("topic", "")
    topic = _topic(wanted, found if draft is None and not wanted else None, call)
    initial = {
        "channel": request.GET.get("via", Channel.PHONE),
        "conversation": as_uuid(request.GET.get("conversation")),
        "call": call.uuid if call else None,
        "topic": topic.uuid if topic else "",
    }
    preset = Preset.of(call, request.GET.get("outcome", "")) if draft is None else Preset()
    chosen = {"outcome": asked["outcome"]} if "outcome" in asked else {}
    if "topic" in asked and topic is not None:
        chosen["topic"] = str(topic.uuid)
    form = ContactForm(customer=found, initial=initial | preset.contact | typed | chosen | {"key": key})
    # What a part presets from the topic is fetched when it is asked for, unless it was being filled in already.
    known = topic if draft or chosen else None
    who = {"who": asked["who"]} if "who" in asked else {}
    unbound = [
        part(user=user, customer=found, topic=known, initial=preset.parts | who | part.stored(typed)) for part in parts
    ]
    context = {
        "form": form,
        "draft": draft,
        "draft_key": key,
        "drafts": sorted(drafts, key=lambda one: one.created_at),
        "chosen_topic": topic,
        "holds_bsn": holds_bsn(str(typed.get("text", ""))),
        "saved_draft": (saved := request.session.pop("saved_draft", "")),
        "focus": _focus(request, found, saved),
    }
    return context | {f"{part.name}_form": part for part in unbound}


def _asked(request: HttpRequest) -> dict[str, str]:
    """Give what another page has chosen already: what is done with it, what it is about and who does it."""
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in ("outcome", "topic", "who")}
    if asked["outcome"] not in Outcome.values:
        del asked["outcome"]
    return {name: value for name, value in asked.items() if value}


def _draft(request: HttpRequest, found: Customer | None, drafts: list[Draft]) -> Draft | None:
    """Give the draft to go on with: the one asked for, that of the call, or the last about this customer."""
    asked, call, via = (request.GET.get(name) for name in ("draft", "call", "via"))
    mine = [draft for draft in drafts if draft.customer_id == (found.pk if found else None)]
    if asked:
        return next((draft for draft in mine if str(draft.uuid) == asked), None)
    if call:
        return next((draft for draft in mine if draft.values().get("call") == call), None)
    return next((draft for draft in mine if not via or draft.values().get("channel") == via), None)


def _call(request: HttpRequest, user: User, draft: Draft | None) -> Call | None:
    """Give the telephone call that is being written down: the one opened, or the one this user is in."""
    if not has_exchange():
        return None
    if asked := request.GET.get("call"):
        return Call.objects.visible_to(user).select_related("connection").with_uuid(asked)
    current = Call.objects.at_desk_of(user, now=timezone.now())
    before = draft is not None and current is not None and draft.created_at < current.began_at
    return None if before else current


def _page(request: HttpRequest, found: Customer | None, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer with the desk, of a customer or of nobody; for a swap without the shell around it."""
    name = "contacts/desk.html" if found is None else "contacts/customer.html"
    swaps = swaps_content(request)
    response = render(request, name, context | {"base": "swap.html" if swaps else "base.html"}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if swaps and request.method == "GET":
        response["HX-Replace-Url"] = request.get_full_path()
    return response


def _again(
    request: HttpRequest, form: ContactForm, parts: list[Part], found: Customer | None, *, status: int = 422
) -> HttpResponse:
    """Show the desk again with what was typed and what is wrong with it."""
    user = signed_in(request)
    context: dict[str, Any] = {"form": form, "draft_key": form["key"].value()} | _drafts(user, form["key"].value())
    context |= {f"{part.name}_form": part for part in parts}
    context["errors"] = [(bound[name], wrong) for bound in [form, *parts] for name, wrong in _errors(bound)]
    if found is None:
        context["recent"] = Customer.objects.visible_to(user).recently_seen_by(user)
    else:
        Access.record(by=user, action=Access.Action.VIEW, customer_id=found.pk, detail="timeline")
        context |= {"customer": found} | tab(request, found)
    return _page(request, found, context, status=status)


def _drafts(user: User, key: str) -> dict[str, Any]:
    """Give what this agent is typing, oldest first, and which of it has this key: that is in the form."""
    drafts = sorted(Draft.objects.of(user)[:OPEN_DRAFTS], key=lambda one: one.created_at)
    return {"drafts": drafts, "draft": next((one for one in drafts if str(one.uuid) == key), None)}


def _errors(form: Any) -> list[tuple[str, Any]]:
    return [(name, wrong) for name, wrong in form.errors.items() if name in form.fields] if form.is_bound else []


def _said(contact: Contact) -> str:
    """Give what to say after saving; of a callback what the citizen may hear: by whom, and until when."""
    row = contact.callbacks.select_related("team", "assignee").first() if contact.outcome == Outcome.CALLBACK else None
    if row is None:
        added = contact.repeats_of.first() if contact.outcome == Outcome.CALLBACK else None
        if added and added.due_at < timezone.now():
            return _("Contact opgeslagen en toegevoegd aan %(to)s, die al te laat is") % {"to": added}
        return _("Contact opgeslagen en toegevoegd aan %(to)s") % {"to": added} if added else _("Contact opgeslagen")
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


def _topic(uuid: str, found: Customer | None, call: Call | None) -> Topic | None:
    """Give the topic of a draft; without one that of this customer's last contact, or of the line that was called."""
    latest = found.latest_topic if found else None
    line = call.connection.topic_id if call else None
    topics = choosable_topics()
    chosen = next((one for one in topics if str(one.uuid) == uuid or one.pk == latest), None)
    return chosen or next((one for one in topics if one.pk == line), None)


def _focus(request: HttpRequest, found: Customer | None, saved: str) -> str:
    """Give where somebody who works by keyboard goes on: the note, or the search for the next customer."""
    if found is None:
        return "start"
    return "search" if saved and "conversation" not in request.GET else "note"


def _moved(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go to the customer into which this one was merged, with the call or tab asked for. Raises Http404 for none."""
    kept = Customer.objects.kept_for(uuid)
    if kept is None:
        raise Http404
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(reverse("contacts:customer", args=[kept.uuid]) + query)
