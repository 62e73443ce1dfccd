"""Answering: the editor under a thread, what is done with what was typed in it, and taking it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import agents_only, answer, done, signed_in, wants_part
from accounts.worktime import NeverOpen
from contacts.channels.networks import terms
from contacts.forms import Part
from contacts.forms.caution import Caution
from contacts.forms.reply import ReplyForm, read_people
from contacts.forms.writing import TooLarge, Writing
from contacts.models import Access, Case, Contact, Customer, Draft, Outgoing, ReplyTemplate
from contacts.models.answer import AlreadySent, Letter, Manner
from contacts.models.answer import withdraw as take_back
from contacts.models.draft import form_key
from contacts.models.norm import NoNorm
from contacts.models.recipients import as_typed
from contacts.models.reply_template import fill
from contacts.views.letter import place, uuid_or_404, writing_of
from contacts.views.queue import address, listed, onward

TEMPLATES = 100  # that an agent can choose from
ROWS = ("to", "cc", "bcc")


def editor(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Give the context of contacts/_editor.html: the answer being written in this case."""
    return {"editor": _shown(Writing(signed_in(request), case=case, asked=request.GET))}


@agents_only
@require_GET
def mail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an empty letter to a customer, or the one that was being written."""
    user = signed_in(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), uuid=uuid)
    Access.record(by=user, action=Access.Action.VIEW, customer_id=customer.pk, detail="mail")
    context = {"customer": customer, "editor": _shown(Writing(user, customer=customer))}
    return answer(request, "contacts/write.html", "contacts/_editor.html", context)


@require_POST
def send_answer(request: HttpRequest, uuid: UUID, *, parts: Sequence[type[Part]]) -> HttpResponse:
    """Send the letter, ten seconds from now or when it was asked for; first show what should be looked at."""
    writing = writing_of(request, uuid)
    form = writing.form(request.POST)
    if writing.case and (refusal := terms.refusal(writing.case, request.POST.get("text", ""))):
        form.add_error(None, refusal)
    if not form.is_valid():
        return _again(request, writing, form)
    try:
        letter = form.letter()
        cautions = writing.cautions(letter, seen=form.cleaned_data["seen"])
        if {one.code for one in cautions} - set(form.cleaned_data["confirmed"].split("\n")):
            return _again(request, writing, form, cautions)
        contact = _send(request, writing, form, letter, parts)
    except AlreadySent:
        data = request.POST.copy()
        data["key"] = str(uuid4())
        form = writing.form(data)
        form.add_error(None, _("Onder dit concept is al iets anders verstuurd of ingetrokken. Kijk het na."))
        return _again(request, writing, form)
    except (NoNorm, NeverOpen):
        form.add_error(None, _("Er zijn nog geen norm en openingstijden. Vraag het de beheerder."))
        return _again(request, writing, form)
    undo = reverse("contacts:withdraw", args=[contact.uuid])
    return done(request, _onward(request, writing), message=_said(contact, letter), undo=undo, event="saved")


@transaction.atomic
def _send(
    request: HttpRequest, writing: Writing, form: ReplyForm, letter: Letter, parts: Sequence[type[Part]]
) -> Contact:
    """Give the contact that the letter became, with the articles that were used in it."""
    contact = writing.send(form, letter, close="close" in request.POST)
    Draft.objects.filter(user=writing.user, uuid=form.cleaned_data["key"]).delete()  # begun while this was on its way
    bound = [part(request.POST, user=writing.user, customer=contact.customer, topic=contact.topic) for part in parts]
    for part in bound if contact.is_new else []:
        if part.wanted(contact.outcome) and part.is_valid():
            part.save(contact, by=writing.user)
    return contact


@require_POST
def save_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what is typed; 204 with the time in X-Draft-Saved. 410 when it was sent or thrown away meanwhile."""
    writing = writing_of(request, uuid)
    if writing.draft is None and not request.POST.get("text", "").strip():
        return HttpResponse(status=204)
    try:
        with transaction.atomic():
            if Draft.objects.select_for_update().exclude(discarded_at=None).filter(user=writing.user, uuid=uuid):
                return HttpResponse(status=410)
            draft = writing.keep(request.POST)
            # After keeping: that waits for a letter that is on its way, with which the draft goes.
            if Contact.objects.filter(key=form_key(writing.user, uuid)).exists():
                transaction.set_rollback(True)
                return HttpResponse(status=410)
    except TooLarge:
        return HttpResponse(status=422)
    saved = date_format(timezone.localtime(draft.updated_at), "H:i")
    return HttpResponse(status=204, headers={"X-Draft-Saved": saved})


@require_POST
def compose_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the letter by a button: answer all, forward, take somebody out, begin with a template."""
    writing = writing_of(request, uuid)
    try:
        writing.keep(request.POST, **_changes(request, writing))
    except TooLarge:
        return HttpResponse(status=422)
    if wants_part(request):
        return render(request, "contacts/_editor.html", {"editor": _shown(writing)})
    return done(request, place(request, writing))


@require_POST
def check_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what should be looked at before the letter as it is now leaves."""
    writing = writing_of(request, uuid)
    form = writing.form(request.POST)
    form.is_valid()
    return render(request, "contacts/_cautions.html", {"editor": _shown(writing, form, _look(writing, form))})


@require_POST
def fill_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the text of a template as plain text, filled in for this letter."""
    writing = writing_of(request, uuid)
    text = _template(request, writing)
    about = writing.customer or (writing.case.customer if writing.case else None)
    pk = about.pk if about else None
    Access.record(by=writing.user, action=Access.Action.VIEW, customer_id=pk, detail="template")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_POST
def discard_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the draft away, because its writer said so; for an hour it can be had back."""
    writing = writing_of(request, uuid)
    if writing.draft is not None:
        type(writing.draft).objects.filter(pk=writing.draft.pk).discard()
    undo = reverse("contacts:restore_answer", args=[writing.draft.uuid]) if writing.draft else ""
    return done(request, place(request, writing), message=_("Concept weggegooid"), undo=undo, event="saved")


@require_POST
def restore_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have a draft back that was thrown away."""
    found = signed_in(request).drafts.filter(uuid=uuid)
    draft = get_object_or_404(found.select_related("case", "customer"))
    found.restore()
    return done(request, place(request, Writing(draft.user, case=draft.case, customer=draft.customer)))


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back what this colleague sent, as long as nobody began to send it."""
    user = signed_in(request)
    own = Contact.objects.visible_to(user).select_related("case", "customer")
    contact = get_object_or_404(own, uuid=uuid, agent=user)
    draft = take_back(contact, by=user)
    if draft is not None:
        where = Writing(user, case=draft.case, customer=draft.customer)
        return done(request, place(request, where), message=_("Ingetrokken. Je tekst staat weer in het antwoord."))
    late = _("Te laat: dit bericht is al onderweg.") if contact.reached else _("Dit bericht was al ingetrokken.")
    return done(request, place(request, Writing(user, case=contact.case, customer=contact.customer)), message=late)


@require_POST
def resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send again what did not arrive or perhaps left, to a better address if one was typed."""
    row = _delivery(request, uuid)
    found, wrong = read_people(request.POST.get("to", ""))
    if wrong or len(found) > 1:
        return _back(request, row, _("Dit is geen e-mailadres. Er is niets verstuurd."))
    again = row.resend(by=signed_in(request), to=found[0][1] if found else "")
    return _back(request, row, _("Wordt opnieuw verstuurd") if again else _("Dit bericht wordt al verstuurd."))


@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take it that a message of which nobody knows whether it left, did."""
    row = _delivery(request, uuid)
    row.leave(by=signed_in(request))
    return _back(request, row, _("Zo gelaten. Het bericht geldt als verstuurd."))


def _delivery(request: HttpRequest, uuid: UUID) -> Outgoing:
    rows = Outgoing.objects.visible_to(signed_in(request)).select_related("contact__case", "contact__customer")
    return get_object_or_404(rows, uuid=uuid)


def _back(request: HttpRequest, row: Outgoing, message: str) -> HttpResponse:
    case, contact = (row.contact.case, row.contact) if row.contact else (None, None)
    if case is not None:
        return done(request, address(listed(request), case), message=message)
    return done(request, reverse("contacts:contact", args=[contact.uuid]) if contact else "/", message=message)


def _shown(writing: Writing, form: ReplyForm | None = None, cautions: list[Caution] | None = None) -> dict[str, Any]:
    """Give what the editor shows: the form as it is, and what should be looked at."""
    form = form or writing.form()
    if cautions is None:
        cautions = _look(writing, form)
    fresh = {one.address for one in cautions if one.address}
    case = writing.case
    templates = ReplyTemplate.objects.fitting(team=writing.team, topic=case.topic if case else None)
    return {
        "form": form,
        "writing": writing,
        "key": form["key"].value(),
        "cautions": cautions,
        "codes": "\n".join(one.code for one in cautions),
        "rows": [(form[name], read_people(str(form[name].value() or ""))[0], fresh) for name in ROWS],
        "templates": list(templates.only("uuid", "name")[:TEMPLATES]),
        "manners": [choice for choice in Manner.choices if choice[0] != Manner.NEW],
        "terms": terms.of(case) if case else None,
    }


def _look(writing: Writing, form: ReplyForm) -> list[Caution]:
    """Give what should be looked at in a letter that is not finished."""
    values = {name: form[name].value() or "" for name in (*ROWS, "text", "seen", "manner")}
    people = {name: read_people(str(values[name]))[0] for name in ROWS}
    along = [one for one in writing.files_about if str(one.uuid) in (form["along"].value() or [])]
    to, cc, bcc = (people[name] for name in ROWS)
    letter = Letter(text=str(values["text"]), along=along, to=to, cc=cc, bcc=bcc)
    return writing.cautions(letter, seen=str(values["seen"]))


def _again(
    request: HttpRequest, writing: Writing, form: ReplyForm, cautions: list[Caution] | None = None
) -> HttpResponse:
    """Show the letter again, with what was typed, what is wrong with it, and what should be looked at."""
    customer = writing.customer or (writing.case.customer if writing.case else None)
    pk = customer.pk if customer else None
    Access.record(by=writing.user, action=Access.Action.VIEW, customer_id=pk, detail="answer")
    editing = _shown(writing, form, cautions) | {"asks": True}
    context = {"customer": customer, "case": writing.case, "editor": editing}
    return answer(request, "contacts/write.html", "contacts/_editor.html", context, status=422)


def _changes(request: HttpRequest, writing: Writing) -> dict[str, Any]:
    """Give what a button in the editor changes of the letter."""
    if "remove" in request.POST:
        gone = request.POST["remove"].lower()
        rows = {name: read_people(request.POST.get(name, ""))[0] for name in ROWS}
        return {name: as_typed([one for one in found if one[1] != gone]) for name, found in rows.items()}
    if "template" in request.POST:
        text = request.POST.get("text", "").rstrip()
        return {"text": "\n\n".join(filter(None, [text, _template(request, writing)]))}
    if "turn" in request.POST:
        manner, _colon, about = request.POST["turn"].partition(":")
        about = about or request.POST.get("about", "")
        turned = Writing(writing.user, case=writing.case, asked={"manner": manner, "about": about})
        begin = turned.beginning()
        return {name: begin[name] for name in ("manner", "about", "to", "cc", "subject", "along")}
    return {}


def _template(request: HttpRequest, writing: Writing) -> str:
    """Give the text of the template that was chosen, filled in."""
    uuid = uuid_or_404(request.POST.get("template", ""))
    return fill(get_object_or_404(ReplyTemplate.objects.open(), uuid=uuid).text, writing.words())


def _onward(request: HttpRequest, writing: Writing) -> str:
    """Give where a colleague goes on after sending: as they chose for the queue, or to the customer they wrote to."""
    if writing.case is not None:
        return onward(request, writing.case)
    return reverse("contacts:customer", args=[writing.customer.uuid]) if writing.customer else "/"


def _said(contact: Contact, letter: Letter) -> str:
    """Give what to say after sending: to whom it goes, and when if that is later."""
    name, address = letter.to[0] if letter.to else ("", contact.party)
    who = name or address
    others = len(letter.to) + len(letter.cc) + len(letter.bcc) - 1
    if others > 0:
        who = (
            _("%(who)s en %(n)d anderen") % {"who": who, "n": others}
            if others > 1
            else _("%(who)s en een ander") % {"who": who}
        )
    if letter.not_before is not None:
        moment = date_format(timezone.localtime(letter.not_before), "l j F H:i")
        return _("Wordt %(moment)s verstuurd aan %(who)s") % {"moment": moment, "who": who}
    return _("Wordt verstuurd aan %(who)s") % {"who": who}
