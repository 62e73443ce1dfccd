import hashlib
from datetime import datetime
from itertools import zip_longest
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.connection import Connection
from contacts.models.contact import Contact
from contacts.models.lease import WAITING, Leased, LeasedQuerySet
from contacts.models.mailbox import Mailbox

UNMATCHED = models.Q(automatic="bounce", joined="")
MAIL = ("smtp", "imap", "import")  # the sources of e-mail


class InboundQuerySet(LeasedQuerySet["Inbound"]):
    def with_message_ids(self, message_ids: list[str]) -> Self:
        """Give the mails with one of these Message-IDs that are in a timeline. An id links; others may use it too."""
        return self.filter(message_id__in=message_ids, contact__isnull=False).exclude(message_id="")

    def in_turn(self, *, now: datetime, limit: int) -> list[int]:
        """Give the keys of the oldest due rows, of mail and of the networks by turns: neither waits for the other."""
        mail, others = self.filter(source__in=MAIL), self.exclude(source__in=MAIL)
        due = (list(rows.due(now=now).values_list("pk", flat=True)[:limit]) for rows in (mail, others))
        return [pk for pair in zip_longest(*due) for pk in pair if pk is not None][:limit]

    def unreadable(self, *, since: datetime) -> Self:
        """Give what came in since then and could not be read."""
        return self.filter(is_unreadable=True, received_at__gte=since)

    def waiting(self, *, since: datetime) -> Self:
        """Give what came in before then and nobody has looked at yet."""
        return self.filter(WAITING, attempts=0, received_at__lt=since)

    def unmatched(self, *, since: datetime) -> Self:
        """Give the reports since then of mail that was not delivered, of which nobody knows what mail that was."""
        return self.filter(UNMATCHED, received_at__gte=since)

    def parked(self) -> Self:
        """Give what was set aside for a person to look at."""
        return self.exclude(parked_at=None)

    def retry(self, *, now: datetime) -> int:
        """Let what was set aside be tried again, as if it just came in; give how many that are."""
        return self.parked().update(parked_at=None, attempts=0, lease_until=None, next_attempt_at=now)


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
            models.Index(fields=["-received_at"], condition=UNMATCHED, name="inbound_unmatched"),
            models.Index(fields=["parked_at"], condition=~models.Q(parked_at=None), name="inbound_parked"),
            models.Index(fields=["message_id"], condition=~models.Q(message_id=""), name="inbound_by_message_id"),
        ]
        constraints = [models.UniqueConstraint(fields=["key"], name="inbound_once_per_key")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def store(
        cls, raw: bytes, *, source: str, envelope: dict[str, Any] | None = None, mailbox: Mailbox | None = None
    ) -> "Inbound":
        """Give the row that holds this mail; the same mail is stored once, by whatever door it comes."""
        inbound, _created = cls.objects.get_or_create(
            key=fingerprint(raw),
            defaults={
                "source": source,
                "sha256": hashlib.sha256(raw).hexdigest(),
                "raw": raw,
                "envelope": envelope or {},
                "mailbox": mailbox,
            },
        )
        return inbound

    def settle(self, contact: Contact, **found: Any) -> bool:
        """Mark this mail done, with the contact it became and what was found in it; say whether that was still ours.

        False when another process holds the row by now: nothing is written then.
        """
        changes = {"contact": contact, "done_at": timezone.now(), "lease_until": None, "last_error": "", **found}
        for name, value in changes.items():
            setattr(self, name, value)
        return self._as_holder(**changes)


def fingerprint(raw: bytes) -> str:
    """Give the hash that makes a mail the same mail: SHA-256 over its bytes, however a file or SMTP ends its lines."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()
