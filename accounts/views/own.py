"""The bell, one's own settings, and what an open page needs to stay open."""

from django.conf import settings as house
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import push
from accounts.forms import AvailabilityForm, LanguageForm, SettingsForm, ThemeForm
from accounts.http import answer, came_from, done, signed_in
from accounts.models import Notification
from accounts.sessions import end_of

BELL_ROWS = 20


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what this colleague must hear about, newest first."""
    rows = Notification.objects.for_user(signed_in(request)).latest_first()[:BELL_ROWS]
    return answer(request, "accounts/notifications.html", "accounts/_notifications.html", {"notifications": rows})


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark everything in the bell as read."""
    Notification.objects.for_user(signed_in(request)).read(now=timezone.now())
    return done(request, reverse("accounts:notifications"))


@require_http_methods(["GET", "POST"])
def notification(request: HttpRequest, uuid: str) -> HttpResponse:
    """Go to what a line in the bell is about; that line is then read."""
    row = get_object_or_404(Notification.objects.for_user(signed_in(request)), uuid=uuid)
    Notification.objects.for_user(signed_in(request)).filter(pk=row.pk).read(now=timezone.now())
    return HttpResponseRedirect(row.url)


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Let a colleague choose language, theme, density and shortcuts."""
    form = SettingsForm(request.POST or None, instance=signed_in(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        return done(request, reverse("accounts:settings"), message=_("Opgeslagen"))
    status = 422 if request.method == "POST" else 200
    return answer(request, "accounts/settings.html", "accounts/_settings.html", {"form": form}, status=status)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set light or dark for this colleague."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    user = signed_in(request)
    user.theme = form.cleaned_data["theme"]
    user.save(update_fields=["theme"])
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(came_from(request, reverse("contacts:desk")))


@require_POST
def availability(request: HttpRequest) -> HttpResponse:
    """Take calls, or none for now; the open pages of this colleague show it at once."""
    form, user = AvailabilityForm(request.POST), signed_in(request)
    if not form.is_valid():
        return HttpResponse(status=422)
    user.set_away(form.cleaned_data["away"])
    push.hint("call", f"user:{user.pk}")
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(came_from(request, reverse("contacts:desk")))
    return HttpResponse(status=204, headers={"HX-Trigger": "kcc:call"})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Set the language, also before signing in."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    chosen = form.cleaned_data["language"]
    if request.user.is_authenticated:
        user = signed_in(request)
        user.language = chosen
        user.save(update_fields=["language"])
    response = HttpResponseRedirect(came_from(request, reverse("contacts:desk")))
    response.set_cookie(
        house.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, secure=house.HTTPS, httponly=True, samesite="Lax"
    )
    return response


@require_GET
def events_token(request: HttpRequest) -> HttpResponse:
    """Give the address of the push stream with a fresh token."""
    channels = push.renewed(request.GET.get("t", ""), signed_in(request))
    return JsonResponse({"url": push.stream_url(request, channels)})


@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Give an open page what it needs to go on after its person logged in again elsewhere."""
    user, expires = str(signed_in(request).pk), end_of(request.session)
    return JsonResponse({"user": user, "token": get_token(request), "expires": expires})


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Keep the session open for another working day."""
    request.session.modified = True
    return HttpResponse(status=204, headers={"X-Session-Expires": str(end_of(request.session))})
