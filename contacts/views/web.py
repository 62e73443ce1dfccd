"""The public form, for everybody: no signing in, no cookie, and it may stand inside the municipality's own pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import wants_part
from contacts.channels import upload, web
from contacts.channels.pace import Pace
from contacts.forms.web import FASTEST, WebForm, new_token
from contacts.models import Contact
from contacts.views.exchange import address_of

SALT = "kcc.web-received"
FIELDS = 1024 * 1024  # bytes of a form besides its files
pace = Pace(rate=1 / 30, burst=10)  # forms of one address; a school or a library has one for many
View = Callable[..., HttpResponse]


def embeddable(view: View) -> View:
    """Let the pages named in the settings show this view in a frame."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response._csp_replace = {"frame-ancestors": [SELF, *settings.WEB_FORM_ORIGINS]}  # type: ignore[attr-defined]
        return response

    return login_not_required(xframe_options_exempt(shown))


@csrf_exempt  # it acts for nobody who is signed in, and a frame on another site gets no cookie
@embeddable
@require_http_methods(["GET", "POST"])
def web_form(request: HttpRequest) -> HttpResponse:
    """Ask what it is about and take it in; choosing a topic shows what is asked about that."""
    if request.method != "POST":
        form = WebForm(initial={"topic": request.GET.get("topic", ""), "token": new_token()})
        return _page(request, form, partial="web/_questions.html")
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > settings.UPLOAD_TOTAL + FIELDS:
        return _too_large(request)
    if "show" in request.POST:  # without JavaScript: only show what is asked about the topic
        typed = {name: value for name, value in request.POST.items() if name != "show"}
        return _page(request, WebForm(initial=typed | {"token": typed.get("token") or new_token()}))
    form = WebForm(request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, form)
    if not pace.allows(address_of(request)):
        form.add_error(None, _("U hebt net al een paar berichten gestuurd. Wacht een minuut en probeer het opnieuw."))
        response = _again(request, form, status=429)
        response["Retry-After"] = "30"
        return response
    try:
        contact = web.receive(_sent(form))
    except upload.Unwanted as error:
        form.add_error("files", str(error))
        return _again(request, form)
    return HttpResponseRedirect(_received_url(request, contact))


@embeddable
@require_GET
def web_received(request: HttpRequest, word: str) -> HttpResponse:
    """Say that it arrived, under which reference."""
    try:
        reference = signing.loads(word, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    return render(request, "web/received.html", frame(request) | {"reference": reference})


def _sent(form: WebForm) -> web.Sent:
    assert form.stamp is not None
    data = form.cleaned_data
    return web.Sent(
        uuid=form.stamp[0],
        topic=form.about,
        name=data["name"],
        email=data["email"],
        phone=data["phone"],
        message=data["message"],
        answers=form.answers(),
        files=data["files"],
        is_trap=form.is_trap,
    )


def _received_url(request: HttpRequest, contact: Contact) -> str:
    reference = contact.case.reference if contact.case else ""
    url = reverse("contacts:web_received", args=[signing.dumps(reference, salt=SALT)])
    return f"{url}?embed=1" if "embed" in request.GET else url


def _again(request: HttpRequest, form: WebForm, *, status: int = 422) -> HttpResponse:
    """Show the form with what was typed and what is wrong with it; an old token is made new.

    No browser sends a file twice by itself, so it is said that files must be chosen again.
    """
    if form.stamp is None:
        typed = request.POST.copy()
        typed["token"] = new_token(ago=FASTEST)  # who sends at once what was filled in already is no machine
        form.data = typed
    if request.FILES:
        form.add_error("files", _("Kies uw foto's of bestanden opnieuw: die zijn nog niet verstuurd."))
    return _page(request, form, status=status)


def _too_large(request: HttpRequest) -> HttpResponse:
    """Say that the files are too large, without taking them in."""
    form = WebForm({"token": new_token()})
    form.errors.clear()
    told = _("Uw bestanden zijn samen te groot. Stuur hooguit %(most)s mee.")
    form.add_error("files", told % {"most": filesizeformat(settings.UPLOAD_TOTAL)})
    return _page(request, form, status=413)


def _page(request: HttpRequest, form: WebForm, *, partial: str = "", status: int = 200) -> HttpResponse:
    context = frame(request) | {"form": form}
    template = partial if partial and wants_part(request) else "web/form.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give what the page around the form needs: no token against forged posts, because that comes with a cookie."""
    return {"embedded": "embed" in request.GET, "csrf_token": ""}
