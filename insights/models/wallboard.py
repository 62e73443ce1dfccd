import secrets
from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.models.api_key import hashed


class WallboardQuerySet(models.QuerySet["Wallboard"]):
    def open(self) -> Self:
        """Give the wallboards whose address still works."""
        return self.filter(revoked_at=None, team__closed_at=None)

    def with_token(self, token: str) -> "Wallboard | None":
        """Give the wallboard behind an address; None when there is none, or when it was revoked."""
        return self.open().filter(digest=hashed(token)).select_related("team").first()

    def was_revoked(self, token: str) -> bool:
        """Say whether there was a wallboard behind this address that is not shown any more."""
        return self.filter(digest=hashed(token)).exists() and self.with_token(token) is None

    def for_list(self) -> Self:
        return self.open().select_related("team", "by").order_by("team__name", "pk")


class Wallboard(models.Model):
    """A screen on the wall of one team: whoever has its address sees figures and no person; the address can be revoked.

    Of the address only a hash is kept, so that it cannot be read back; who lost it makes a new one.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="wallboards", verbose_name=_("afdeling"))
    name = models.CharField(_("waar hangt het"), max_length=80)
    digest = models.CharField(_("kenmerk van het adres"), max_length=64, unique=True, editable=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("gemaakt door"))
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    revoked_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)

    objects = WallboardQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallboard")
        verbose_name_plural = _("wallboards")

    def __str__(self) -> str:
        return f"{self.team}: {self.name}"

    @classmethod
    def hang(cls, *, team: Team, name: str, by: User | None) -> "tuple[Wallboard, str]":
        """Give a new wallboard, and the secret in its address, which can be shown this once only."""
        token = secrets.token_urlsafe(24)
        return cls.objects.create(team=team, name=name, by=by, digest=hashed(token)), token

    def revoke(self, *, now: datetime) -> None:
        """Let its address work no longer; a second time changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = now
            self.save(update_fields=["revoked_at"])
