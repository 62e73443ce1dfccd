import hashlib
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.lease import WAITING, Leased, LeasedQuerySet


class Inbound(Leased):
    """What arrived from outside, byte for byte, kept before anybody tries to read it (reliability: store first)."""

    source = models.SlugField(_("bron"), max_length=40)
    key = models.CharField(_("sleutel"), max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    envelope = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("ontvangen op"), default=timezone.now)
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="arrivals")

    objects = LeasedQuerySet.as_manager()

    class Meta:
        verbose_name = _("binnengekomen bericht")
        verbose_name_plural = _("binnengekomen berichten")
        indexes = [models.Index(fields=["next_attempt_at"], condition=WAITING, name="inbound_due")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def store(cls, raw: bytes, *, source: str, envelope: dict[str, Any] | None = None) -> "Inbound":
        """Give the row that holds these bytes; the same bytes from the same source are stored once."""
        digest = hashlib.sha256(raw).hexdigest()
        inbound, _created = cls.objects.get_or_create(
            key=f"{source}:{digest}",
            defaults={"source": source, "sha256": digest, "raw": raw, "envelope": envelope or {}},
        )
        return inbound
