"""How the office keeps its knowledge, and when an article must be checked again."""

import calendar
import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered


class Editorial(models.Model):
    """How this office keeps its knowledge: who must look before publishing, and how often an article is checked."""

    four_eyes = models.BooleanField(
        _("vier ogen"), default=True, help_text=_("Wie een artikel schreef, keurt het niet zelf goed.")
    )
    review_months = models.PositiveSmallIntegerField(
        _("maanden tot de volgende controle"), default=6, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    notice_days = models.PositiveSmallIntegerField(
        _("dagen van tevoren waarschuwen"), default=14, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    feedback_days = models.PositiveSmallIntegerField(
        _("werkdagen om een melding te behandelen"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )

    class Meta:
        verbose_name = _("redactiebeleid")
        verbose_name_plural = _("redactiebeleid")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "Editorial":
        """Give how it is now, or what the product proposes; a change by an administrator works within 5 seconds."""
        return _current()

    @transaction.atomic
    def keep(self) -> None:
        """Let this hold from now on."""
        self.pk = 1
        self.save()
        transaction.on_commit(_current.forget)

    def next_review(self, day: datetime.date) -> datetime.date:
        """Give the day on which something that was checked on this day is due for its next check."""
        return add_months(day, self.review_months)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Give the same day so many months later, the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@remembered
def _current() -> Editorial:
    return Editorial.objects.order_by("pk").first() or Editorial()
