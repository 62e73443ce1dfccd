import secrets
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User

PREFIX = "kcc_"  # so that a key that leaked is recognised as one


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def valid(self, *, now: datetime) -> "ApiKeyQuerySet":
        """Give the keys that open the door now."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, user__is_active=True)


class ApiKey(models.Model):
    """A key with which another system acts as a colleague; only its hash is kept, and it can be revoked."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("naam"), max_length=80, help_text=_("Welk systeem gebruikt deze sleutel?"))
    user = models.ForeignKey(
        User, models.CASCADE, related_name="api_keys", verbose_name=_("werkt als"),
        help_text=_("De sleutel mag wat deze medewerker mag."),
    )  # fmt: skip
    digest = models.CharField(_("kenmerk van de sleutel"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("geldig tot"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)
    used_at = models.DateTimeField(_("laatst gebruikt"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API-sleutel")
        verbose_name_plural = _("API-sleutels")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, *, name: str, user: User, expires_at: datetime | None = None) -> "tuple[ApiKey, str]":
        """Give a new key as a row and as the secret itself, which is shown once and can never be read again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(name=name, user=user, digest=hashed(secret), expires_at=expires_at), secret


def hashed(secret: str) -> str:
    """Give what is kept of a secret; it is random and long, so a plain hash cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()
