"""The form of citizens who want to be called: no signing in, no cookie, and a website may show it in a frame."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import wants_part
from accounts.worktime import NeverOpen
from callbacks.channels import web
from callbacks.forms.public import CallMeForm
from contacts.forms.web import new_token
from contacts.models.norm import NoNorm
from contacts.views.exchange import address_of
from contacts.views.web import FIELDS, embeddable, frame, pace

SALT = "kcc.callback-received"


@csrf_exempt  # it acts for nobody who is signed in, and a frame on another site gets no cookie
@embeddable
@require_http_methods(["GET", "POST"])
def call_me(request: HttpRequest) -> HttpResponse:
    """Ask whom to call about what, and take it in; choosing a topic shows what is asked and when we can call."""
    if request.method != "POST":
        form = CallMeForm(initial={"topic": request.GET.get("topic", ""), "token": new_token()})
        return _page(request, form, partial="web/_call_me_asked.html")
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdecimal()) or len(length) > 9 or int(length) > FIELDS:
        return _too_large(request)
    if "show" in request.POST:  # without JavaScript: only show what is asked about the topic
        typed = {name: value for name, value in request.POST.items() if name != "show"}
        return _page(request, CallMeForm(initial=typed | {"token": typed.get("token") or new_token()}))
    form = CallMeForm(request.POST)
    if not form.is_valid():
        return _again(request, form)
    if not pace.allows(address_of(request)):
        form.add_error(None, _("U hebt net al een paar berichten gestuurd. Wacht een minuut en probeer het opnieuw."))
        response = _again(request, form, status=429)
        response["Retry-After"] = "30"
        return response
    asked = _asked(form)
    try:
        web.receive(asked)
    except (NoNorm, NeverOpen):  # taken away by an administrator since the form was checked
        form.add_error(
            None, _("Wij kunnen u over dit onderwerp nu niet bellen. Stel uw vraag met het contactformulier.")
        )
        return _again(request, form)
    return HttpResponseRedirect(_received_url(request, asked))


@embeddable
@require_GET
def call_me_received(request: HttpRequest, word: str) -> HttpResponse:
    """Say until when we call, and that is all: whoever reads this address may be somebody else."""
    try:
        due, team, *slot = signing.loads(word, salt=SALT)
        told = {"due": datetime.fromisoformat(due), "team": team, "slot": slot[0] if slot else ""}
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    return render(request, "web/call_me_received.html", frame(request) | told)


def _asked(form: CallMeForm) -> web.Asked:
    assert form.stamp is not None
    assert form.promised is not None
    data = form.cleaned_data
    return web.Asked(
        uuid=form.stamp[0],
        topic=form.about,
        team=form.promised[0],
        due_at=form.promised[1],
        name=data["name"],
        phone=data["phone"],
        email=data["email"],
        question=data["question"],
        answers=form.answers(),
        slot=form.chosen_slot,
        language=data["language"],
        is_trap=form.is_trap,
    )


def _received_url(request: HttpRequest, asked: web.Asked) -> str:
    told = [asked.due_at.isoformat(), asked.team.name, *([str(asked.slot)] if asked.slot else [])]
    url = reverse("public:call_me_received", args=[signing.dumps(told, salt=SALT)])
    return f"{url}?embed=1" if "embed" in request.GET else url


def _again(request: HttpRequest, form: CallMeForm, *, status: int = 422) -> HttpResponse:
    """Show the form with what was typed and what is wrong with it; an old token is made new."""
    if form.stamp is None:
        typed = request.POST.copy()
        typed["token"] = new_token()
        form.data = typed
    return _page(request, form, status=status)


def _too_large(request: HttpRequest) -> HttpResponse:
    form = CallMeForm({"token": new_token()})
    form.errors.clear()
    form.add_error("question", _("Uw tekst is te lang. Maak hem korter."))
    return _page(request, form, status=413)


def _page(request: HttpRequest, form: CallMeForm, *, partial: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = frame(request) | {"form": form}
    template = partial if partial and wants_part(request) else "web/call_me.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response
