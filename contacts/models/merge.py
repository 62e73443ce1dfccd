from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contacts.models.customer import Customer

REVERSIBLE = timedelta(days=30)


class Merge(models.Model):
    """That two records turned out to be one customer: what was chosen, what moved, and how to undo it for 30 days."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Customer, models.PROTECT, related_name="merges", verbose_name=_("blijft"))
    gone = models.ForeignKey(Customer, models.PROTECT, related_name="merged_away", verbose_name=_("gaat op"))
    reason = models.CharField(_("reden"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)
    before = models.JSONField(default=dict)  # the fields of the one that stays, as they were
    moved = models.JSONField(default=dict)  # ids of the rows that moved, by model
    undone_at = models.DateTimeField(_("ongedaan gemaakt op"), null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("samenvoeging")
        verbose_name_plural = _("samenvoegingen")
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=models.Q(undone_at=None), name="merged_away_once"),
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
