"""The pages of allauth that this house uses; its others, such as signing up, keep their names but are not found."""

from allauth.account.urls import urlpatterns as account
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


@login_not_required
def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


urlpatterns = [
    *(page if page.name in OPEN else URLPattern(page.pattern, closed, name=page.name) for page in account),
    path("2fa/", include("allauth.mfa.urls")),
]
