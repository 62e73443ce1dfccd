from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from callbacks.models.callback import Callback
from callbacks.models.promise import Ended


class Postponement(models.Model):
    """That the citizen agreed to be called later; the norm's own moment stays with the callback, for the figures."""

    callback = models.ForeignKey(
        Callback, models.CASCADE, related_name="postponements", verbose_name=_("terugbelverzoek")
    )
    before = models.DateTimeField(_("was uiterlijk"))
    until = models.DateTimeField(_("uitgesteld tot"))
    reason = models.CharField(_("wat is afgesproken"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("uitstel")
        verbose_name_plural = _("uitstel")

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.until), "D j M H:i")

    @classmethod
    @transaction.atomic
    def agree(cls, callback: Callback, *, until: datetime, reason: str, by: User | None) -> bool:
        """Promise the citizen, who agreed, to call before another moment; the norm's own moment stays as it was.

        Says whether that is the promise now; it is not when the moment has passed. The same moment again is the same
        agreement. Raises Ended.
        """
        callback.lock()
        now = timezone.now()
        if not callback.is_open:
            raise Ended
        if until <= now:
            return False
        if callback.norm_due_at is not None and callback.due_at == until:
            return True
        cls.objects.create(callback=callback, before=callback.due_at, until=until, reason=reason[:200], by=by, at=now)
        callback.norm_due_at, callback.due_at, callback.next_attempt_at = callback.norm_at, until, None
        callback.save(update_fields=["norm_due_at", "due_at", "next_attempt_at"])
        callback.plan_reminders()
        callback.track("callback_postponed", by=by, until=until.isoformat(), reason=reason[:200])
        return True
