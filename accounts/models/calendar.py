import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered
from accounts.worktime import OfficeHours, Stretch


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

    @classmethod
    def week(cls) -> dict[int, list[Stretch]]:
        """Give the stretches of each weekday on which the office opens, as they are in the database now."""
        return by_weekday(cls.objects.values_list("weekday", "opens", "closes"))

    @classmethod
    @transaction.atomic
    def set_week(cls, week: Mapping[int, Iterable[Stretch]]) -> None:
        """Let the office be open in these stretches from now on; what was promised before keeps its moment."""
        list(cls.objects.select_for_update())  # of two at once, the second goes after the first
        cls.objects.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(weekday=day, opens=opens, closes=closes)
            for day, found in week.items()
            for opens, closes in found
        )
        transaction.on_commit(office_hours.forget)


def by_weekday(rows: Iterable[tuple[int, datetime.time, datetime.time]]) -> dict[int, list[Stretch]]:
    week: defaultdict[int, list[Stretch]] = defaultdict(list)
    for weekday, opens, closes in rows:
        week[weekday].append((opens, closes))
    return dict(week)


class ClosingDayQuerySet(models.QuerySet["ClosingDay"]):
    def to_come(self, *, today: datetime.date) -> Self:
        """Give the closing days of today and later, soonest first."""
        return self.filter(day__gte=today).order_by("day")

    def past(self, *, today: datetime.date) -> Self:
        return self.filter(day__lt=today).order_by("-day")

    def on(self, day: datetime.date) -> Self:
        return self.filter(day=day)

    def withdraw(self) -> int:
        """Let the office be open on these days after all; say how many there were."""
        gone = self.delete()[0]
        transaction.on_commit(office_hours.forget)
        return gone


class ClosingDay(models.Model):
    """A day on which this office is closed besides the public holidays."""

    day = models.DateField(_("datum"), unique=True)
    name = models.CharField(_("reden"), max_length=80)

    objects = ClosingDayQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name = _("sluitingsdag")
        verbose_name_plural = _("sluitingsdagen")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


@remembered
def office_hours() -> OfficeHours:
    """Give the office's opening hours; a change by an administrator works within 5 seconds in every process."""
    return hours_with(OpeningHours.week())


def hours_with(week: Mapping[int, Iterable[Stretch]]) -> OfficeHours:
    """Give what the office hours would be with these opening hours, and the closing days there are."""
    closed = frozenset(ClosingDay.objects.values_list("day", flat=True))
    return OfficeHours({day: tuple(stretches) for day, stretches in week.items()}, closed)
