from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.memory import remembered


class Team(models.Model):
    """A department, or a team of the contact centre itself; work always belongs to one."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("naam"), max_length=80, unique=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    is_kcc = models.BooleanField(_("hoort bij het KCC"), default=False)
    coordinator = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="coordinates",
        verbose_name=_("coördinator"),
        help_text=_("Krijgt bericht als een terugbelverzoek te laat is."),
    )
    signature = models.TextField(
        _("ondertekening"),
        blank=True,
        help_text=_("Onder elke e-mail van deze afdeling. Mag {medewerker} bevatten."),
        default="",
        db_default="",
    )
    queues = models.CharField(
        _("wachtrijen"),
        max_length=300,
        blank=True,
        help_text=_("Namen van de wachtrijen van de telefooncentrale, met komma's ertussen."),
        default="",
        db_default="",
    )
    closed_at = models.DateTimeField(_("opgeheven op"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("afdeling")
        verbose_name_plural = _("afdelingen")

    def __str__(self) -> str:
        return self.name

    @property
    def queue_names(self) -> set[str]:
        """Give the queues of the telephone exchange that this team answers, in small letters."""
        return {name.strip().casefold() for name in self.queues.split(",") if name.strip()}


@remembered
def open_teams() -> list[Team]:
    """Give the teams that exist now, in name order; a change by an administrator shows within 5 seconds."""
    return list(Team.objects.filter(closed_at=None))
