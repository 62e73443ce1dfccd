from datetime import date, datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Team, office_hours
from accounts.worktime import LOCAL
from contacts.models.topic import Topic


class NormQuerySet(models.QuerySet["Norm"]):
    def in_force(self, kind: str, *, team: Team | None, topic: Topic | None, on: date) -> "Norm | None":
        """Give the norm that holds on that day: of the topic, else of the team, else of the whole office."""
        fits = Q(team=None) | Q(team=team), Q(topic=None) | Q(topic=topic)
        return (
            self.filter(*fits, kind=kind, starts_on__lte=on)
            .order_by(F("topic").asc(nulls_last=True), F("team").asc(nulls_last=True), "-starts_on")
            .first()
        )


class Norm(models.Model):
    """How long the office allows itself, from a date on; a new norm changes no promise made under the old one."""

    class Kind(models.TextChoices):
        CALLBACK = "callback", _("Terugbellen")
        EMAIL = "email", _("E-mail en zaken beantwoorden")
        SOCIAL = "social", _("Social beantwoorden")

    class Unit(models.TextChoices):
        DAYS = "days", _("werkdagen")
        HOURS = "hours", _("werkuren")

    kind = models.CharField(_("soort"), max_length=10, choices=Kind)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, verbose_name=_("afdeling"))
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, verbose_name=_("onderwerp"))
    amount = models.PositiveSmallIntegerField(_("aantal"), validators=[MinValueValidator(1)])
    unit = models.CharField(_("eenheid"), max_length=5, choices=Unit, default=Unit.DAYS)
    starts_on = models.DateField(_("geldt vanaf"))

    objects = NormQuerySet.as_manager()

    class Meta:
        verbose_name = _("servicenorm")
        verbose_name_plural = _("servicenormen")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "team", "topic", "starts_on"],
                name="one_norm_per_day",
                nulls_distinct=False,
                violation_error_message=_("Er is al een norm voor deze afdeling en dit onderwerp vanaf die datum."),
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="norm_allows_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.term}"

    @property
    def term(self) -> str:
        """Give the term in words: 2 werkdagen."""
        if self.unit == self.Unit.DAYS:
            return ngettext("%(n)d werkdag", "%(n)d werkdagen", self.amount) % {"n": self.amount}
        return ngettext("%(n)d werkuur", "%(n)d werkuren", self.amount) % {"n": self.amount}

    def due(self, start: datetime) -> datetime:
        """Give the last moment (UTC) that keeps this norm for something that came in at start."""
        if self.unit == self.Unit.DAYS:
            return office_hours().add_days(start, self.amount)
        return office_hours().add_minutes(start, self.amount * 60)

    @classmethod
    def promise(
        cls, kind: str, *, team: Team | None, topic: Topic | None, start: datetime | None = None
    ) -> tuple[datetime, str]:
        """Give the moment something that came in at start is due, and the norm in words. Raises NoNorm, NeverOpen."""
        start = start or timezone.now()
        norm = cls.objects.in_force(kind, team=team, topic=topic, on=start.astimezone(LOCAL).date())
        if norm is None:
            raise NoNorm(kind)
        with translation.override(settings.LANGUAGE_CODE):  # kept with what was promised, whoever reads it later
            return norm.due(start), norm.term


class NoNorm(Exception):
    """No norm of this kind was set up for the office."""
