from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phone
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


AT_KCC = (Role.AGENT, Role.SENIOR, Role.TEAM_LEAD)  # who may see every customer, contact, case and callback


class People(UserManager["User"]):
    use_in_migrations = False

    def signed_in(self, pk: int) -> "User | None":
        """Give the user of a session with roles and teams, in one query, because every request begins with it."""
        groups = User.groups.through.objects.filter(user=OuterRef("pk")).values("group__name")
        teams = User.teams.through.objects.filter(user=OuterRef("pk")).order_by("-team__is_kcc", "team__name")
        away: Any = self.model._meta.get_field("absences").related_model
        known = self.annotate(
            role_names=ArraySubquery(groups),
            known_team_ids=ArraySubquery(teams.values("team_id")),
            team_names=ArraySubquery(teams.values("team__name")),
            is_absent=Exists(away.objects.now(now=timezone.now()).filter(user=OuterRef("pk"))),
        )
        return known.filter(pk=pk).first()

    def colleagues(self, text: str = "", *, team: Team | None = None) -> "models.QuerySet[User]":
        """Give who works here by words of a name or a department, or of this team; who takes calls and is in first."""
        found = self.filter(is_active=True, teams__closed_at=None, teams__isnull=False)
        for word in text.replace("\0", "").split()[:5]:
            found = found.filter(
                Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(teams__name__icontains=word)
            )
        if team is not None:
            found = found.filter(teams=team)
        mine = User.teams.through.objects.filter(user=OuterRef("pk"), team__closed_at=None).order_by("team__name")
        named = found.annotate(team_names=ArraySubquery(mine.values("team__name")))
        available = models.F("away_since").asc(nulls_first=True)
        return named.order_by(available, models.F("last_login").desc(nulls_last=True), "last_name", "pk").distinct()

    def looked_after_by(self, user: "User") -> "models.QuerySet[User]":
        """Give whose absence this user may write down besides the own.

        For a senior or team lead who works in the own teams, for a coordinator who works there, for an administrator
        everybody.
        """
        found = self.filter(is_active=True)
        if user.administers:
            return found
        teams = Q(coordinator=user)
        if user.has_role(Role.SENIOR, Role.TEAM_LEAD):
            teams |= Q(pk__in=user.team_ids)
        members = User.teams.through.objects.filter(team__in=Team.objects.filter(teams, closed_at=None))
        return found.filter(pk__in=members.values("user"))

    def without_team(self) -> "models.QuerySet[User]":
        """Give who works here in no open team, by name."""
        members = User.teams.through.objects.filter(team__closed_at=None)
        found = self.filter(is_active=True).exclude(pk__in=members.values("user"))
        return found.order_by("last_name", "first_name", "pk")

    def beside(self, people: "models.QuerySet[User]") -> "models.QuerySet[User]":
        """Give who works in an open team together with one of these people, themselves included, with their teams."""
        through = User.teams.through.objects.filter(team__closed_at=None)
        shared = through.filter(user__in=people).values("team")
        found = self.filter(is_active=True, pk__in=through.filter(team__in=shared).values("user"))
        return found.prefetch_related("teams").order_by("last_name", "first_name", "pk")

    def at_telephones(self, sent: Iterable[str]) -> "list[User]":
        """Give the colleagues an exchange means by these words: a telephone, else a login, an id or a full name.

        A word that fits nobody, or several people alike, is passed over. One query, however many words.
        """
        words = list(dict.fromkeys(word.strip().lower() for word in sent if word.strip()))
        if not words:
            return []
        extensions = {word: _extensions(word) for word in words}
        full = Lower(Concat("first_name", Value(" "), "last_name"))
        known = self.alias(login=Lower("username"), full=full, id_text=Cast("uuid", models.CharField()))
        one_of = Q(extension__in=set().union(*extensions.values()))
        one_of |= Q(login__in=words) | Q(full__in=words) | Q(id_text__in=words)
        people = list(known.filter(one_of, is_active=True)[:500])
        return list(dict.fromkeys(one for word in words if (one := _meant(word, extensions[word], people))))


def _extensions(word: str) -> set[str]:
    """Give the ways in which the telephone an exchange names may stand with a colleague."""
    number = phone.received(word) or ""
    national = "".join(letter for letter in phone.display(number) if letter.isdigit())
    return {word, number, number.removeprefix("+"), national} - {""}


def _meant(word: str, extensions: set[str], people: "Sequence[User]") -> "User | None":
    ways: list[Callable[[User], bool]] = [
        lambda one: one.extension in extensions,
        lambda one: one.username.lower() == word,
        lambda one: str(one.uuid) == word,
        lambda one: one.get_full_name().lower() == word,
    ]
    for fits in ways:
        if found := [one for one in people if fits(one)]:
            return found[0] if len(found) == 1 else None
    return None


class User(AbstractUser):
    """A colleague who signs in."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Systeem")
        LIGHT = "light", _("Licht")
        DARK = "dark", _("Donker")

    class Away(models.TextChoices):
        """What somebody does who takes no calls; empty is available."""

        BREAK = "break", _("Pauze")
        OFF = "off", _("Niet beschikbaar")

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
    away_as = models.CharField(_("afwezig als"), max_length=5, choices=Away, blank=True, default="", db_default="")
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

    @property
    def availability(self) -> str:
        """Give in words whether calls may come: Beschikbaar, Pauze, Niet beschikbaar."""
        if self.away_since is None:
            return str(_("Beschikbaar"))
        return str(self.get_away_as_display() or self.Away.OFF.label)

    def set_away(self, kind: str) -> None:
        """Take no calls from now on, as on a break or off work; an empty kind is available again."""
        if (kind, bool(kind)) != (self.away_as, bool(self.away_since)):
            self.away_as, self.away_since = kind, timezone.now() if kind else None
            self.save(update_fields=["away_as", "away_since"])

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
        return self.has_role(*AT_KCC)

    def works_for(self, team: Team) -> bool:
        """Say whether this user may see what this department has to do: the contact centre all, a specialist there."""
        return self.works_at_kcc or (self.has_role(Role.SPECIALIST) and team.pk in self.team_ids)

    @property
    def handles_questions(self) -> bool:
        """Say whether questions of citizens come to this user: all of them, or those for the own departments."""
        return self.has_role(*AT_KCC, Role.SPECIALIST)

    @property
    def leads(self) -> bool:
        return self.has_role(Role.TEAM_LEAD)

    @property
    def administers(self) -> bool:
        """Say whether this user keeps the settings of the office."""
        return self.has_role(Role.ADMINISTRATOR)

    @property
    def may_assign(self) -> bool:
        """Say whether this user may hand a callback to somebody else."""
        return self.has_role(Role.SENIOR, Role.TEAM_LEAD, Role.SPECIALIST)

    @property
    def may_merge(self) -> bool:
        """Say whether this user may make one customer of two."""
        return self.has_role(Role.SENIOR, Role.TEAM_LEAD)

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
