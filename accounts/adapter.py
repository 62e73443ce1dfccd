"""What differs here from allauth's own ways of signing in."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.http import signed_in
from accounts.models import User

log = logging.getLogger(__name__)


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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account; when it cannot leave, the page answers as if it had, the same to everybody."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            log.warning("The mail %s did not leave: %s", template_prefix, type(error).__name__)


class MFAAdapter(DefaultMFAAdapter):
    """Two-step verification in the municipality's name."""

    def get_totp_issuer(self) -> str:
        return f"KCC {settings.MUNICIPALITY}"
