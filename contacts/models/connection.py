import json
import secrets
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from contacts.models.topic import Topic
from contacts.seal import seal, unseal


def new_token() -> str:
    return secrets.token_urlsafe(24)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of_kind(self, kind: str) -> Self:
        return self.open().filter(kind=kind)


class Connection(models.Model):
    """An account of the office on an outside network, or a system that tells us things: a telephone exchange."""

    class Kind(models.TextChoices):
        CTI = "cti", _("Telefooncentrale")
        MASTODON = "mastodon", _("Mastodon")
        WHATSAPP = "whatsapp", _("WhatsApp")
        MESSENGER = "messenger", _("Messenger")
        INSTAGRAM = "instagram", _("Instagram")
        WEBHOOK = "webhook", _("Ander systeem (webhook)")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("soort"), max_length=9, choices=Kind)
    name = models.CharField(_("naam"), max_length=80, help_text=_("Zoals collega's het kennen: WhatsApp gemeente."))
    token = models.CharField(
        _("geheim deel van het adres"), max_length=64, unique=True, default=new_token, editable=False
    )
    external_id = models.CharField(
        _("nummer bij het netwerk"),
        max_length=100,
        blank=True,
        help_text=_("Id van het telefoonnummer, de pagina of het account bij het netwerk."),
    )
    base_url = models.URLField(
        _("adres van het netwerk"), blank=True, help_text=_("Leeg: het gewone adres van het netwerk.")
    )
    secrets_sealed = models.TextField(editable=False, blank=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="connections", verbose_name=_("afdeling")
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("onderwerp")
    )
    allowed_addresses = models.TextField(
        _("toegestane IP-adressen"), blank=True, help_text=_("Een adres of reeks per regel; leeg is overal vandaan.")
    )
    character_limit = models.PositiveIntegerField(_("langste bericht, in tekens"), null=True, blank=True)
    cursor = models.CharField(max_length=100, blank=True, editable=False)
    last_ok_at = models.DateTimeField(_("laatst gelukt"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("mislukt sinds"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("laatste fout"), max_length=300, blank=True, editable=False)
    closed_at = models.DateTimeField(_("opgeheven op"), null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        verbose_name = _("koppeling")
        verbose_name_plural = _("koppelingen")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def secrets(self) -> dict[str, Any]:
        """Give the secrets by name: app_secret, verify_token, access_token, signing (a list, for rotation)."""
        if not self.secrets_sealed:
            return {}
        found: dict[str, Any] = json.loads(
            unseal(self.secrets_sealed, bound_to=f"contacts_connection.secrets:{self.uuid}")
        )
        return found

    def set_secrets(self, **values: Any) -> None:
        """Seal these secrets onto the connection beside those it has, unsaved."""
        text = json.dumps(self.secrets | values)
        self.secrets_sealed = seal(text, bound_to=f"contacts_connection.secrets:{self.uuid}")

    def worked(self) -> None:
        """Note that the network answered as it should."""
        Connection.objects.filter(pk=self.pk).update(last_ok_at=timezone.now(), failing_since=None, last_error="")

    def failed(self, error: object) -> None:
        """Note that the network did not answer as it should, and since when that is so."""
        text = f"{type(error).__name__}: {error}"[:300] if isinstance(error, Exception) else str(error)[:300]
        Connection.objects.filter(pk=self.pk).update(last_error=text)
        Connection.objects.filter(pk=self.pk, failing_since=None).update(failing_since=timezone.now())
