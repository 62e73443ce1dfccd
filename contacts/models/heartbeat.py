from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a periodic scan last began and last ended well; its age shows whether reminders are being looked after."""

    name = models.CharField(_("taak"), max_length=40, primary_key=True)
    last_begin = models.DateTimeField(_("laatst begonnen"))
    last_ok = models.DateTimeField(_("laatst gelukt"), null=True)

    class Meta:
        verbose_name = _("hartslag")
        verbose_name_plural = _("hartslagen")

    def __str__(self) -> str:
        return self.name

    @classmethod
    @contextmanager
    def beat(cls, name: str) -> Iterator[datetime]:
        """Note the begin and, when the block ends without an error, the end of one scan; give the moment it began."""
        now = timezone.now()
        cls.objects.update_or_create(name=name, defaults={"last_begin": now})
        yield now
        cls.objects.filter(name=name).update(last_ok=timezone.now())
