from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Team, office_hours
from accounts.worktime import LOCAL, OfficeHours
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

    def for_list(self) -> Self:
        """Give the norms by kind, of the whole office first, each after the one it takes over from."""
        nulls_first = [F(name).asc(nulls_first=True) for name in ("team__name", "topic__parent__name", "topic__name")]
        return self.select_related("team", "topic__parent").order_by("kind", *nulls_first, "starts_on")

    def to_come(self, *, today: date) -> Self:
        """Give the norms that have not begun, which alone may still be taken back."""
        return self.filter(starts_on__gt=today)

    def withdraw(self, norm: "Norm") -> bool:
        """Take back that norm if it is among these; say whether it was."""
        return bool(self.filter(pk=norm.pk).delete()[0])


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

    @property
    def about(self) -> str:
        """Give for what it holds: a topic, a department, or everything."""
        return ", ".join(str(one) for one in (self.topic, self.team) if one) or _t("Alle afdelingen")

    def clean(self) -> None:
        """Keep what was from being rewritten: a norm that has begun stays as it is, and none begins in the past."""
        today = timezone.localdate()
        known = Norm.objects.filter(pk=self.pk).values_list("starts_on", flat=True).first() if self.pk else None
        if known is not None and known <= today:
            raise ValidationError(_("Deze norm geldt al. Voeg een nieuwe toe met een begindatum."))
        starts: date | None = self.starts_on  # None while a form could not read it
        if starts is not None and starts < today:
            raise ValidationError({"starts_on": _("Kies vandaag of later: wat geweest is, verandert niet.")})

    def has_begun(self, *, today: date) -> bool:
        return self.starts_on <= today

    def due(self, start: datetime, *, hours: OfficeHours | None = None) -> datetime:
        """Give the last moment (UTC) that keeps this norm for something that came in at start. Raises NeverOpen.

        In the hours of the office, or in others that somebody thinks of.
        """
        hours = hours or office_hours()
        if self.unit == self.Unit.DAYS:
            return hours.add_days(start, self.amount)
        return hours.add_minutes(start, self.amount * 60)

    @classmethod
    def promise(
        cls, kind: str, *, team: Team | None, topic: Topic | None, start: datetime | None = None
    ) -> tuple[datetime, str]:
        """Give the moment something that came in at start is due, and the norm in words. Raises NoNorm, NeverOpen."""
        start = start or timezone.now()
        norm = cls.objects.in_force(kind, team=team, topic=topic, on=start.astimezone(LOCAL).date())
        if norm is None:
            raise NoNorm(kind)
        return norm.due(start), norm.term


class NoNorm(Exception):
    """No norm of this kind was set up for the office."""


@dataclass(frozen=True)
class Span:
    """A norm, and the last day on which it holds: the day before the next one for the same begins."""

    norm: Norm
    until: date | None
    today: date

    @property
    def state(self) -> str:
        """Give whether it holds now (current), did (past) or will (coming)."""
        if not self.norm.has_begun(today=self.today):
            return "coming"
        return "past" if self.until is not None and self.until < self.today else "current"

    @property
    def replaced_on(self) -> date | None:
        return self.until + timedelta(days=1) if self.until else None


def spans(norms: Iterable[Norm], *, today: date) -> list[Span]:
    """Give these norms, in the order of for_list, each with the day on which it ends."""
    rows = list(norms)
    found = []
    for norm, following in zip(rows, [*rows[1:], None], strict=False):
        same = following is not None and all(
            getattr(norm, name) == getattr(following, name) for name in ("kind", "team_id", "topic_id")
        )
        until = following.starts_on - timedelta(days=1) if same and following is not None else None
        found.append(Span(norm, until, today))
    return found
