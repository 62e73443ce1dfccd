"""„Hielp dit?” on the public site: a yes is one press, a no may say why. Nothing personal is asked, or kept."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.worktime import NeverOpen
from contacts.channels.pace import Pace
from contacts.forms.web import new_token
from contacts.views.exchange import address_of
from contacts.views.web import FIELDS
from knowledge.forms.public import SayForm
from knowledge.masking import mask
from knowledge.models import Article, Feedback
from knowledge.views import public
from knowledge.website import address

pace = Pace(rate=1 / 30, burst=10)  # what one address says; a school or a library has one for many
again = Pace(rate=1 / 600, burst=1)  # a yes of one address about one article


@csrf_exempt  # it acts for nobody who is signed in, and a page that everybody shares carries no token of one visitor
@public.on_the_site
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, name: str) -> HttpResponse:
    """Take in whether an article helped, and show the form for what is wrong with it."""
    article = public.find(name)
    if article is None:
        return public.missing(request)
    with translation.override("nl" if article.language == "nl" else "en"):
        if request.method != "POST":
            return _page(request, article, SayForm(initial={"token": new_token()}))
        length = request.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdecimal()) or len(length) > 9 or int(length) > FIELDS:
            return _page(request, article, SayForm({"token": new_token()}), status=413)
        if request.POST.get("helpful") == "yes":
            return _yes(request, article)
        return _no(request, article)


@public.on_the_site
@require_http_methods(["GET", "HEAD"])
def thanks(request: HttpRequest, name: str) -> HttpResponse:
    """Thank whoever said something, whether it was kept or not."""
    article = public.find(name)
    if article is None:
        return public.missing(request)
    with translation.override("nl" if article.language == "nl" else "en"):
        return public.page(request, "kennis/thanks.html", {"article": article})


def _yes(request: HttpRequest, article: Article) -> HttpResponse:
    visitor = address_of(request)
    if not request.POST.get("website") and again.allows((visitor, article.pk)) and pace.allows(visitor):
        Feedback.give(article, helpful=True, by=None)
    return _thanks(article)


def _no(request: HttpRequest, article: Article) -> HttpResponse:
    form = SayForm(request.POST)
    if not form.is_valid():
        return _again(request, article, form)
    if form.is_trap:
        return _thanks(article)
    if not pace.allows(address_of(request)):
        form.add_error(None, _("U hebt net al een paar keer gereageerd. Wacht een minuut en probeer het opnieuw."))
        response = _again(request, article, form, status=429)
        response["Retry-After"] = "30"
        return response
    assert form.stamp is not None
    try:
        Feedback.give(article, helpful=False, text=mask(form.cleaned_data["text"]), by=None, uuid=form.stamp[0])
    except NeverOpen:  # no opening hours are set, so nobody could be given a term
        form.add_error(None, _("Dit lukt nu niet. Stel uw vraag met het contactformulier."))
        return _again(request, article, form)
    return _thanks(article)


def _thanks(article: Article) -> HttpResponse:
    return HttpResponseRedirect(reverse("kennis:thanks", args=[address.name_of(article)]))


def _again(request: HttpRequest, article: Article, form: SayForm, *, status: int = 422) -> HttpResponse:
    """Show the form with what was typed and what is wrong with it; an old token is made new."""
    if form.stamp is None:
        typed = request.POST.copy()
        typed["token"] = new_token()
        form.data = typed
    return _page(request, article, form, status=status)


def _page(request: HttpRequest, article: Article, form: SayForm, *, status: int = 200) -> HttpResponse:
    context = {"article": article, "form": form, "action": reverse("kennis:feedback", args=[address.name_of(article)])}
    return public.page(request, "kennis/feedback.html", context, status=status)
