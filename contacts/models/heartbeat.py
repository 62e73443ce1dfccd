from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
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
        """Note the begin and, when the block ends without an error, the end of one scan; give the moment it began.

        By the clock of the database, and each in one statement: a process that is frozen here holds up no other.
        """
        row = cls.objects.filter(name=name)
        if not row.update(last_begin=Now()):
            Heartbeat.objects.bulk_create([Heartbeat(name=name, last_begin=Now())], ignore_conflicts=True)
        yield timezone.now()
        row.update(last_ok=Now())

    @classmethod
    def ages(cls, names: Iterable[str]) -> dict[str, tuple[datetime, timedelta]]:
        """Give when each of these scans last ended well, and how long ago that is, by the clock of the database.

        One that never did is not among them.
        """
        known = cls.objects.filter(name__in=names, last_ok__isnull=False)
        rows = known.values_list("name", "last_ok", Now() - F("last_ok"))
        return {name: (last_ok, age) for name, last_ok, age in rows}
