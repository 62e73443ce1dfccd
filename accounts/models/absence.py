from datetime import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def now(self, *, now: datetime) -> Self:
        """Give the absences that hold at this moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), ended_at=None, starts_at__lte=now)

    def to_come(self, *, now: datetime) -> Self:
        """Give the absences that hold now or later, those that begin first first."""
        current = self.filter(Q(ends_at=None) | Q(ends_at__gt=now), ended_at=None)
        return current.select_related("user", "substitute").order_by("starts_at", "pk")

    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def of_people(self, people: "models.QuerySet[User]") -> Self:
        return self.filter(user__in=people)

    def over(self, start: datetime, end: datetime | None) -> Self:
        """Give the absences that hold at some moment from start until end; without an end there is none."""
        begun = Q() if end is None else Q(starts_at__lt=end)
        return self.filter(begun, Q(ends_at=None) | Q(ends_at__gt=start), ended_at=None).order_by("starts_at")


class Absence(models.Model):
    """A stretch of time in which a colleague does no work; why is nobody's business, so it is not kept.

    What waits for that person goes to the substitute, or back to the team. Without an end it lasts until somebody ends
    it; `ended_at` is when it was ended early or withdrawn.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("medewerker"))
    starts_at = models.DateTimeField(_("afwezig vanaf"), default=timezone.now)
    ends_at = models.DateTimeField(_("afwezig tot"), null=True, blank=True)
    substitute = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="replaces", verbose_name=_("vervanger"),
        help_text=_("Krijgt de open terugbelverzoeken. Leeg: ze gaan terug naar de afdeling."),
    )  # fmt: skip
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ingevoerd door")
    )
    created_at = models.DateTimeField(_("ingevoerd op"), default=timezone.now)
    ended_at = models.DateTimeField(_("beëindigd op"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("afwezigheid")
        verbose_name_plural = _("afwezigheid")
        indexes = [models.Index(fields=["user", "starts_at"], condition=Q(ended_at=None), name="absence_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_start",
                violation_error_message=_("De einddatum moet na de begindatum liggen."),
            ),
            models.CheckConstraint(
                condition=Q(substitute=None) | ~Q(substitute=F("user")),
                name="absence_replaced_by_another",
                violation_error_message=_("Kies een ander als vervanger."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {timezone.localtime(self.starts_at):%d-%m-%Y %H:%M}"

    @classmethod
    @transaction.atomic
    def plan(
        cls, *, user: User, starts_at: datetime, ends_at: datetime | None, substitute: User | None, by: User
    ) -> "Absence":
        """Write down that a colleague is away in that time. Raises Overlap when part of it was written down already."""
        User.objects.select_for_update().only("pk").get(pk=user.pk)
        already = cls.objects.of(user).over(starts_at, ends_at).first()
        if already is not None:
            raise Overlap(already)
        return cls.objects.create(user=user, starts_at=starts_at, ends_at=ends_at, substitute=substitute, by=by)

    def clean(self) -> None:
        """Keep the administrator, too, from writing down the same time twice."""
        others = Absence.objects.filter(user_id=self.user_id).exclude(pk=self.pk)
        is_ahead = self.user_id and getattr(self, "starts_at", None) is not None and self.ended_at is None
        if is_ahead and others.over(self.starts_at, self.ends_at).exists():
            raise ValidationError(_("Voor deze tijd is al afwezigheid ingevoerd."))
        if self.user_id and self.substitute is not None and not share_a_team(self.user, self.substitute):
            raise ValidationError({"substitute": _("Deze collega werkt niet bij dezelfde afdeling.")})

    def is_over(self, *, now: datetime) -> bool:
        return self.ended_at is not None or (self.ends_at is not None and self.ends_at <= now)

    def has_begun(self, *, now: datetime) -> bool:
        return self.starts_at <= now

    def end(self, *, now: datetime, by: User | None) -> None:
        """Let this colleague be back from now on; a second time changes nothing."""
        if self.ended_at is None:
            self.ended_at = now
            self.save(update_fields=["ended_at"])


def share_a_team(one: User, other: User) -> bool:
    """Say whether these colleagues work together in a team that exists."""
    return one.teams.filter(closed_at=None, pk__in=other.teams.values("pk")).exists()


class Overlap(Exception):
    """This colleague is away already in part of that time."""

    def __init__(self, already: Absence) -> None:
        super().__init__(str(already))
        self.already = already


def absences(users: "list[User] | models.QuerySet[User]", *, now: datetime) -> dict[int, Absence]:
    """Give the absence of each of these colleagues who is away now, by id; one query."""
    rows = Absence.objects.now(now=now).filter(user__in=users).select_related("substitute").order_by("starts_at")
    return {row.user_id: row for row in rows}


def stands_in(user: User, *, now: datetime) -> User | None:
    """Give who does the work of this colleague now: themselves, a substitute who is there, or None: the team does.

    A substitute who is away too is replaced in turn; a circle of absent people ends with the team.
    """
    seen: set[int] = set()
    person: User | None = user
    while person is not None and person.pk not in seen:
        seen.add(person.pk)
        if not person.is_active:
            return None
        away = Absence.objects.now(now=now).of(person).select_related("substitute").order_by("-starts_at").first()
        if away is None:
            return person
        person = away.substitute
    return None
