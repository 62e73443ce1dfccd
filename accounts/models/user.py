from functools import cached_property
from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models.team import Team


class Role(models.TextChoices):
    """What somebody does; each role is a Django group of this name, and a person may have several."""

    AGENT = "agent", _("KCC-medewerker")
    SENIOR = "senior", _("Senior medewerker")
    TEAM_LEAD = "team lead", _("Teamleider")
    EDITOR = "editor", _("Redacteur")
    SPECIALIST = "specialist", _("Vakspecialist")
    ADMINISTRATOR = "administrator", _("Functioneel beheerder")
    PRIVACY_OFFICER = "privacy officer", _("Privacyfunctionaris")


class People(UserManager["User"]):
    use_in_migrations = False

    def signed_in(self, pk: int) -> "User | None":
        """Give the user of a session with roles and teams, in one query, because every request begins with it."""
        groups = User.groups.through.objects.filter(user=OuterRef("pk")).values("group__name")
        teams = User.teams.through.objects.filter(user=OuterRef("pk")).order_by("-team__is_kcc", "team__name")
        known = self.annotate(
            role_names=ArraySubquery(groups),
            known_team_ids=ArraySubquery(teams.values("team_id")),
            team_names=ArraySubquery(teams.values("team__name")),
        )
        return known.filter(pk=pk).first()


class User(AbstractUser):
    """A colleague who signs in."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Systeem")
        LIGHT = "light", _("Licht")
        DARK = "dark", _("Donker")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        COMFORT = "comfort", _("Ruim")

    class Language(models.TextChoices):
        NL = "nl", "Nederlands"
        EN = "en", "English"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    teams = models.ManyToManyField(Team, related_name="members", blank=True, verbose_name=_("afdelingen"))
    phone = models.CharField(_("toestel"), max_length=20, blank=True)
    theme = models.CharField(_("thema"), max_length=5, choices=Theme, default=Theme.AUTO)
    density = models.CharField(_("dichtheid"), max_length=7, choices=Density, default=Density.COMPACT)
    language = models.CharField(_("taal"), max_length=2, choices=Language, default=Language.NL)
    extension = models.CharField(_("toestelnummer"), max_length=40, blank=True, default="", db_default="")
    away_since = models.DateTimeField(_("niet beschikbaar sinds"), null=True, blank=True)
    shortcuts = models.BooleanField(_("sneltoetsen"), default=True)

    objects: ClassVar[People] = People()

    class Meta:
        verbose_name = _("medewerker")
        verbose_name_plural = _("medewerkers")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Give the full name, or the login where no name was entered."""
        return self.get_full_name() or self.username

    @property
    def short_name(self) -> str:
        """Give the name as colleagues write it in lists: S. de Wit."""
        return f"{self.first_name[:1]}. {self.last_name}" if self.first_name and self.last_name else self.name

    @property
    def initials(self) -> str:
        """Give two letters for the avatar: the first of the first name and of the family name proper."""
        family = self.last_name.split()
        return (self.first_name[:1] + (family[-1][:1] if family else "") or self.username[:2]).upper()

    @cached_property
    def roles(self) -> frozenset[str]:
        """Give the roles of this user, read once per request."""
        known: list[str] | None = getattr(self, "role_names", None)
        return frozenset(self.groups.values_list("name", flat=True) if known is None else known)

    @cached_property
    def team_ids(self) -> tuple[int, ...]:
        """Give the ids of the teams this user works in, read once per request."""
        known: list[int] | None = getattr(self, "known_team_ids", None)
        return tuple(self.teams.values_list("pk", flat=True) if known is None else known)

    def has_role(self, *roles: str) -> bool:
        return self.is_superuser or not self.roles.isdisjoint(roles)

    @property
    def works_at_kcc(self) -> bool:
        """Say whether this user may see every customer, contact, case and callback."""
        return self.has_role(Role.AGENT, Role.SENIOR, Role.TEAM_LEAD)

    @property
    def leads(self) -> bool:
        return self.has_role(Role.TEAM_LEAD)

    @property
    def may_assign(self) -> bool:
        """Say whether this user may hand a callback to somebody else."""
        return self.has_role(Role.SENIOR, Role.TEAM_LEAD, Role.SPECIALIST)

    @property
    def start_url(self) -> str:
        """Give the page this user's roles begin on."""
        if self.works_at_kcc:
            return "/"
        if self.has_role(Role.SPECIALIST):
            return "/callbacks/"
        if self.has_role(Role.EDITOR):
            return "/knowledge/"
        return "/admin/" if self.is_staff else "/accounts/settings/"
