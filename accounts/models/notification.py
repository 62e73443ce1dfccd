from collections.abc import Callable
from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def for_user(self, user: User) -> Self:
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def latest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def read(self, *, now: datetime) -> int:
        """Mark these as read and say how many were not."""
        return self.unread().update(read_at=now)

    @transaction.atomic
    def more(
        self, n: int, *, recipient: User, key: str, kind: str, say: Callable[[int], tuple[str, str]]
    ) -> "Notification":
        """Let one line of this colleague tell of n more: it says how many there are by then, and is new again.

        The words and the address of so many come from `say`.
        """
        lines = self.select_for_update()
        line = lines.get_or_create(recipient=recipient, key=key, defaults={"kind": kind, "number": 0})[0]
        line.number += n
        text, line.url = say(line.number)
        line.text, line.created_at, line.read_at = text[:200], timezone.now(), None
        line.save(update_fields=["number", "text", "url", "created_at", "read_at"])
        return line


class Notification(models.Model):
    """One line in the bell of one colleague; the key makes it arrive once however often it is sent."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(User, models.CASCADE, related_name="notifications", verbose_name=_("ontvanger"))
    key = models.CharField(_("sleutel"), max_length=200)
    kind = models.SlugField(_("soort"), max_length=40, db_index=False)
    text = models.CharField(_("tekst"), max_length=200)
    url = models.CharField(_("adres"), max_length=200)
    number = models.PositiveIntegerField(_("aantal"), default=1, db_default=1)  # of what it tells
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    read_at = models.DateTimeField(_("gelezen op"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("melding")
        verbose_name_plural = _("meldingen")
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="one_notification_per_key")]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notification_newest"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.text
