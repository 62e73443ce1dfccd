import hashlib
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.connection import Connection
from contacts.models.contact import Contact
from contacts.models.lease import WAITING, Leased, LeasedQuerySet
from contacts.models.mailbox import Mailbox


class InboundQuerySet(LeasedQuerySet["Inbound"]):
    def with_message_ids(self, message_ids: list[str]) -> Self:
        """Give the mails with one of these Message-IDs that are in a timeline. An id links; others may use it too."""
        found = self.filter(message_id__in=message_ids, contact__isnull=False).exclude(message_id="")
        return found.select_related("contact__case", "contact__customer").defer("raw")


class Inbound(Leased):
    """What arrived from outside, byte for byte, kept before anybody tries to read it (reliability: store first)."""

    class Automatic(models.TextChoices):
        AUTO_REPLY = "auto_reply", _("Automatisch antwoord")
        BOUNCE = "bounce", _("Niet bezorgd")
        BULK = "bulk", _("Mailing")
        RECEIPT = "receipt", _("Leesbevestiging")

    class Joined(models.TextChoices):
        TOKEN = "token", _("antwoord op ons adres")
        REFERENCES = "references", _("antwoord op een eerder bericht")
        SUBJECT = "subject", _("kenmerk in het onderwerp")

    source = models.SlugField(_("bron"), max_length=40, db_index=False)
    key = models.CharField(_("sleutel"), max_length=200)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    envelope = models.JSONField(default=dict)
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    message_id = models.CharField(max_length=255, blank=True)
    content_digest = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )  # the same for one mail that came by two ways
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="duplicates", db_index=False
    )
    is_unreadable = models.BooleanField(_("niet leesbaar"), default=False, db_default=False)
    automatic = models.CharField(_("automatisch"), max_length=10, choices=Automatic, blank=True)
    joined = models.CharField(_("gekoppeld door"), max_length=10, choices=Joined, blank=True)
    received_at = models.DateTimeField(_("ontvangen op"), default=timezone.now)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="arrivals")

    objects = InboundQuerySet.as_manager()

    class Meta:
        verbose_name = _("binnengekomen bericht")
        verbose_name_plural = _("binnengekomen berichten")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=WAITING, name="inbound_due"),
            models.Index(fields=["-received_at"], condition=models.Q(is_unreadable=True), name="inbound_unreadable"),
            models.Index(fields=["message_id"], condition=~models.Q(message_id=""), name="inbound_by_message_id"),
        ]
        constraints = [models.UniqueConstraint(fields=["key"], name="inbound_once_per_key")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def store(cls, raw: bytes, *, source: str, envelope: dict[str, Any] | None = None) -> "Inbound":
        """Give the row that holds this mail; the same mail is stored once, by whatever door it comes."""
        inbound, _created = cls.objects.get_or_create(
            key=fingerprint(raw),
            defaults={
                "source": source,
                "sha256": hashlib.sha256(raw).hexdigest(),
                "raw": raw,
                "envelope": envelope or {},
            },
        )
        return inbound

    def settle(self, contact: Contact, *, message_id: str = "", automatic: str = "", joined: str = "") -> bool:
        """Mark this mail done, with the contact it became, if this process still holds it; say whether it did."""
        self.contact, self.message_id, self.automatic, self.joined = contact, message_id, automatic, joined
        self.done_at = timezone.now()
        return self._as_holder(
            contact=contact,
            message_id=message_id,
            automatic=automatic,
            joined=joined,
            done_at=self.done_at,
            lease_until=None,
            last_error="",
        )


def fingerprint(raw: bytes) -> str:
    """Give the hash that makes a mail the same mail: SHA-256 over its bytes, however a file or SMTP ends its lines."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()
