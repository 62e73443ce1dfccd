import datetime
from collections import defaultdict

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered
from accounts.worktime import OfficeHours


class OpeningHours(models.Model):
    """One stretch of a weekday in which the office is open; a day may have several, or none."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("maandag")
        TUESDAY = 1, _("dinsdag")
        WEDNESDAY = 2, _("woensdag")
        THURSDAY = 3, _("donderdag")
        FRIDAY = 4, _("vrijdag")
        SATURDAY = 5, _("zaterdag")
        SUNDAY = 6, _("zondag")

    weekday = models.PositiveSmallIntegerField(_("dag"), choices=Weekday)
    opens = models.TimeField(_("opent om"))
    closes = models.TimeField(_("sluit om"))

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = _("openingstijd")
        verbose_name_plural = _("openingstijden")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")),
                name="opens_before_it_closes",
                violation_error_message=_("De sluitingstijd moet na de openingstijd liggen."),
            ),
            models.UniqueConstraint(fields=["weekday", "opens"], name="one_opening_per_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class ClosingDay(models.Model):
    """A day on which this office is closed besides the public holidays."""

    day = models.DateField(_("datum"), unique=True)
    name = models.CharField(_("reden"), max_length=80)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("sluitingsdag")
        verbose_name_plural = _("sluitingsdagen")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


@remembered
def office_hours() -> OfficeHours:
    """Give the office's opening hours; a change by an administrator works within 5 seconds in every process."""
    week: defaultdict[int, list[tuple[datetime.time, datetime.time]]] = defaultdict(list)
    for weekday, opens, closes in OpeningHours.objects.values_list("weekday", "opens", "closes"):
        week[weekday].append((opens, closes))
    closed = frozenset(ClosingDay.objects.values_list("day", flat=True))
    return OfficeHours({day: tuple(stretches) for day, stretches in week.items()}, closed)
