from email.utils import make_msgid
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.lease import WAITING, Leased, LeasedQuerySet


class Outgoing(Leased):
    """A message that is to leave the house, written in the same transaction as what it tells about.

    Its Message-ID is fixed before the first attempt. `handed_over_at` is committed just before the data goes to the
    mail server: a row that has it but no `done_at` may or may not have left (RFC 1047), and is never sent again by
    itself.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField(_("sleutel"), max_length=200, unique=True)
    kind = models.SlugField(_("soort"), max_length=40)
    contact = models.ForeignKey(
        "contacts.Contact", models.SET_NULL, null=True, blank=True, related_name="outgoing", verbose_name=_("klantcontact")
    )
    recipient = models.EmailField(_("aan"))
    subject = models.CharField(_("onderwerp"), max_length=200)
    body = models.TextField(_("tekst"))
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    handed_over_at = models.DateTimeField(_("overgedragen op"), null=True, blank=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        verbose_name = _("verzending")
        verbose_name_plural = _("verzendingen")
        indexes = [models.Index(fields=["next_attempt_at"], condition=WAITING, name="outgoing_due")]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def write(
        cls, *, key: str, kind: str, recipient: str, subject: str, body: str, headers: dict[str, str] | None = None
    ) -> "Outgoing":
        """Give the message with this key, ready to be sent by the sender task; the same key twice is one message."""
        message, _created = cls.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "recipient": recipient,
                "subject": subject[:200],
                "body": body,
                "headers": headers or {},
                "message_id": make_msgid(domain=settings.MAIL_DOMAIN),
            },
        )
        return message

    def hand_over(self) -> bool:
        """Commit that the data is about to leave; say whether this process still holds the row."""
        return self._as_holder(handed_over_at=timezone.now())
