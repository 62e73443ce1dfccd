"""What differs here from allauth's own ways of signing in."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.http import signed_in
from accounts.models import User


class Backend(AuthenticationBackend):
    """Signing in by name and password; fetches the user of a session with roles and teams at once."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):
    """Signing in to accounts that an administrator made: nobody can sign up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Gebruikersnaam of wachtwoord klopt niet."),
        "too_many_login_attempts": _("Te veel mislukte pogingen. Probeer het over vijf minuten opnieuw."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return signed_in(request).start_url


class MFAAdapter(DefaultMFAAdapter):
    """Two-step verification in the municipality's name."""

    def get_totp_issuer(self) -> str:
        return f"KCC {settings.MUNICIPALITY}"
