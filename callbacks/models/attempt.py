from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from callbacks.models.callback import Callback
from callbacks.models.result import Result
from contacts.models import Contact

LATELY = timedelta(days=7)


class Attempt(models.Model):
    """One try to reach the citizen, with how it ended; the contact is the outgoing call itself."""

    callback = models.ForeignKey(
        Callback, models.CASCADE, related_name="attempts", verbose_name=_("terugbelverzoek"), db_index=False
    )
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="attempt", verbose_name=_("klantcontact"))
    result = models.CharField(_("resultaat"), max_length=12, choices=Result)
    note = models.TextField(_("notitie"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="attempts", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)

    class Meta:
        ordering = ["at"]
        verbose_name = _("poging")
        verbose_name_plural = _("pogingen")
        indexes = [models.Index(fields=["callback", "at"], name="attempt_of_callback")]

    def __str__(self) -> str:
        return self.get_result_display()

    @classmethod
    def note_spoken(cls, *, now: datetime) -> int:
        """Write with each callback when the citizen was first spoken to where only its attempts say so, and count them.

        During an upgrade the version before still writes attempts without it. Bounded: of what is open or ended lately.
        """
        spoken = cls.objects.filter(callback=OuterRef("pk"), result=Result.SPOKEN)
        recent = (Callback.objects.open(), Callback.objects.ended_between(now - LATELY, now))
        found = [row for rows in recent for row in rows.filter(Exists(spoken), spoken_at=None)]
        for row in found:
            first = cls.objects.filter(callback=row, result=Result.SPOKEN).values("at")[:1]
            Callback.objects.filter(pk=row.pk, spoken_at=None).update(spoken_at=first)
        return len(found)

    @property
    def when(self) -> str:
        """Give the moment as short as a list can show it: 09:15 today, ma 16:05 this week, 19 nov before that."""
        local = timezone.localtime(self.at)
        days = (timezone.localdate() - local.date()).days
        return date_format(local, "H:i" if days == 0 else "D H:i" if days < 7 else _t("j b"))

    @property
    def short_result(self) -> str:
        return _t("voicemail") if self.result == Result.VOICEMAIL else self.get_result_display().lower()
