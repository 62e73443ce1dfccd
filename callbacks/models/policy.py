from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered
from accounts.models import Team


class PolicyQuerySet(models.QuerySet["Policy"]):
    def for_team(self, team: Team | None) -> "Policy | None":
        """Give the policy of exactly this department, or for none that of the office."""
        return self.filter(team=team).first()

    def teams(self) -> "models.QuerySet[Team]":
        """Give the departments in name order, each with whether it has a policy of its own."""
        own = Policy.objects.filter(team=OuterRef("pk"))
        return Team.objects.filter(closed_at=None).annotate(has_policy=Exists(own)).order_by("name")

    @transaction.atomic
    def keep(self, policy: "Policy") -> None:
        """Let this hold for its department from now on, also when another made one for it a moment ago."""
        values = {field.attname: getattr(policy, field.attname) for field in Policy._meta.fields if field.name != "id"}
        self.update_or_create(team_id=values.pop("team_id"), defaults=values)
        transaction.on_commit(_policies.forget)

    @transaction.atomic
    def drop(self, team: Team) -> None:
        """Let this department follow the office again."""
        self.filter(team=team).delete()
        transaction.on_commit(_policies.forget)


class Policy(models.Model):
    """How a department calls back: how often it tries, who hears what when, and when nobody is disturbed by mail.

    Percentages are of the working time between the request and its deadline. Without a team it holds for all
    departments that have none of their own.
    """

    team = models.OneToOneField(
        Team, models.CASCADE, null=True, blank=True, related_name="policy", verbose_name=_("afdeling")
    )
    max_attempts = models.PositiveSmallIntegerField(
        _("aantal pogingen"), default=3, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    day_parts = models.PositiveSmallIntegerField(
        _("op hoeveel dagdelen"), default=2, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    first_percent = models.PositiveSmallIntegerField(
        _("eerste herinnering"), null=True, blank=True, default=50, validators=[MaxValueValidator(99)]
    )
    second_percent = models.PositiveSmallIntegerField(
        _("tweede herinnering"), null=True, blank=True, default=90, validators=[MaxValueValidator(99)]
    )
    lead_percent = models.PositiveSmallIntegerField(
        _("naar de teamleider"), null=True, blank=True, default=150,
        validators=[MinValueValidator(100), MaxValueValidator(1000)],
    )  # fmt: skip
    lead_repeats = models.PositiveSmallIntegerField(
        _("naar de teamleider bij zoveel keer opnieuw bellen"), null=True, blank=True, default=2,
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    digest_at = models.TimeField(_("dagelijks overzicht om"), null=True, blank=True, default=time(8, 30))
    quiet_from = models.TimeField(_("geen e-mail vanaf"), null=True, blank=True, default=time(18))
    quiet_until = models.TimeField(_("geen e-mail tot"), null=True, blank=True, default=time(7, 30))

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("terugbelbeleid")
        verbose_name_plural = _("terugbelbeleid")
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                name="one_policy_per_team",
                nulls_distinct=False,
                violation_error_message=_("Deze afdeling heeft al een eigen beleid."),
            ),
            models.CheckConstraint(
                condition=Q(first_percent=None) | Q(second_percent=None) | Q(first_percent__lt=F("second_percent")),
                name="policy_reminds_in_order",
                violation_error_message=_("De tweede herinnering moet na de eerste komen."),
            ),
        ]

    def __str__(self) -> str:
        return self.team.name if self.team else str(_("Alle afdelingen"))

    @classmethod
    def of(cls, team: Team) -> "Policy":
        """Give the policy of a department, else that of the office, else what the product proposes."""
        known = _policies()
        return known.get(team.pk) or known.get(None) or cls()


@remembered
def _policies() -> dict[int | None, Policy]:
    """Give every policy by the id of its team; a change by an administrator works within 5 seconds."""
    return {policy.team_id: policy for policy in Policy.objects.select_related("team")}
