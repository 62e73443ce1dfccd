"""What is new: bulletins, and which of them each colleague read and confirmed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Notification, Role, Team, User
from accounts.paging import Place
from knowledge.models.article import LONG, Article

if TYPE_CHECKING:
    from knowledge.models.version import Version

FRESH = timedelta(days=30)  # what is older and not important is not counted as unread any more
MOST_TOLD = 2000  # colleagues reminded at once
MARK = Concat(
    Value("bulletin "), Cast("pk", models.TextField()), Value(" "), Cast("changed_at", models.TextField()),
    output_field=models.TextField(),
)  # fmt: skip
AHEAD = timedelta(days=1)  # a disruption that begins within this is known before
ON_THE_WALL = timedelta(days=14)


class BulletinKind(models.TextChoices):
    """What a bulletin is about; that an article changed is written by the system alone."""

    NEWS = "news", _("Nieuws")
    INSTRUCTION = "instruction", _("Werkinstructie")
    DISRUPTION = "disruption", _("Storing")
    CHANGE = "change", _("Gewijzigd artikel")


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Bulletins by when they hold, for whom they are, and what is read of them."""

    def current(self, *, now: datetime) -> Self:
        """Give what holds now: begun, not ended, not withdrawn."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, withdrawn_at=None)

    def begun(self, *, now: datetime) -> Self:
        """Give what was ever shown and not withdrawn, also what ended."""
        return self.filter(starts_at__lte=now, withdrawn_at=None)

    def for_user(self, user: User) -> Self:
        """Give what is for everybody or for a team of this colleague."""
        teams = Bulletin.teams.through.objects.filter(bulletin=OuterRef("pk"))
        return self.filter(~Exists(teams) | Exists(teams.filter(team__in=user.team_ids)))

    def for_team(self, team: Team) -> Self:
        """Give what is for everybody or for this team."""
        teams = Bulletin.teams.through.objects.filter(bulletin=OuterRef("pk"))
        return self.filter(~Exists(teams) | Exists(teams.filter(team=team)))

    def manageable_by(self, user: User) -> Self:
        """Give what this colleague may change: editors all, a team lead the own and what is for own teams alone."""
        if user.has_role(Role.EDITOR):
            return self
        if not user.leads:
            return self.none()
        teams = Bulletin.teams.through.objects.filter(bulletin=OuterRef("pk"))
        for_own = Exists(teams) & ~Exists(teams.exclude(team__in=user.team_ids))
        return self.filter(Q(written_by=user) | for_own)

    def visible_to(self, user: User, *, now: datetime) -> Self:
        """Give what this colleague may open: what is shown to them, and whatever they may change."""
        shown = Bulletin.objects.begun(now=now).for_user(user).values("pk")
        managed = Bulletin.objects.manageable_by(user).values("pk")
        return self.filter(Q(pk__in=shown) | Q(pk__in=managed))

    def to_confirm_by(self, user: User, *, now: datetime) -> Self:
        """Give what holds now and what this colleague must still confirm."""
        return self.current(now=now).filter(important=True).exclude(_confirmed(user))

    def confirmed_or_plain(self, user: User, *, now: datetime) -> Self:
        """Give all but what this colleague must still confirm."""
        ended = Q(ends_at__isnull=False, ends_at__lte=now)
        return self.filter(Q(important=False) | ended | _confirmed(user))

    def unread_by(self, user: User, *, now: datetime) -> Self:
        """Give what is for this colleague and holds now, began lately and was not read, or must still be confirmed."""
        unread = ~Exists(_reads(user)) & Q(starts_at__gt=now - FRESH)
        return self.for_user(user).current(now=now).filter(unread | Q(important=True) & ~_confirmed(user))

    def with_reading(self, user: User) -> Self:
        """Give with each when this colleague read and confirmed it."""
        reads = _reads(user)
        return self.annotate(
            read_at=Subquery(reads.values("read_at")), confirmed_at=Subquery(reads.values("confirmed_at"))
        )

    def with_card(self) -> Self:
        """Give with each what a card shows: the article without its text, the teams, who wrote it."""
        kept = self.select_related("article", "version", "written_by").prefetch_related("teams")
        long = [f"article__{name}" for name in LONG]
        return kept.defer(*long, "version__sections", "version__sources")

    def with_confirmed(self) -> Self:
        """Give with each by how many colleagues it was confirmed."""
        return self.annotate(confirmed=Count("reads", filter=Q(reads__confirmed_at__isnull=False)))

    def of_kind(self, kind: str) -> Self:
        """Give those of one kind; all of them for another word."""
        return self.filter(kind=kind) if kind in BulletinKind.values else self

    def holding(self, words: str) -> Self:
        """Give those that hold each of these words, in the title or in the text."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(Q(title__icontains=word) | Q(text__icontains=word))
        return found

    def standing(self) -> Self:
        """Give what was not withdrawn, also what is to come and what ended."""
        return self.filter(withdrawn_at=None)

    def disruptions(self) -> Self:
        """Give the disruptions among them."""
        return self.filter(kind=BulletinKind.DISRUPTION)

    def lasting(self, *, now: datetime) -> Self:
        """Give what goes on now or begins within a day."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now + AHEAD, withdrawn_at=None)

    def with_mark(self) -> Self:
        """Give with each a word that is another one after every change."""
        return self.annotate(mark=MARK)

    def marks(self) -> "models.QuerySet[Bulletin, tuple[str]]":
        """Give those words alone."""
        return self.order_by().annotate(mark=MARK).values_list("mark")

    def for_wall(self, *, now: datetime) -> Self:
        """Give disruptions first, of those the important ones, then what began within a fortnight; the newest first."""
        breaks = Q(kind=BulletinKind.DISRUPTION)
        first = Case(When(breaks & Q(important=True), then=0), When(breaks, then=1), default=2)
        return self.filter(breaks | Q(starts_at__gt=now - ON_THE_WALL)).order_by(first, "-starts_at", "-pk")

    def newest(self) -> Self:
        """Put what began last first."""
        return self.order_by("-starts_at", "-pk")

    def after(self, place: Place | None) -> Self:
        """Give what comes after this place in the list, the newest first."""
        if place is None:
            return self
        return self.filter(Q(starts_at__lt=place[0]) | Q(starts_at=place[0], pk__lt=place[1]))


def _reads(user: User) -> "models.QuerySet[BulletinRead]":
    return BulletinRead.objects.filter(bulletin=OuterRef("pk"), user=user)


def _confirmed(user: User) -> Exists:
    return Exists(_reads(user).filter(confirmed_at__isnull=False))


class Bulletin(models.Model):
    """Something colleagues must know: news, a work instruction, a disruption, an article that changed."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("soort"), max_length=20, choices=BulletinKind.choices, default=BulletinKind.NEWS)
    title = models.CharField(_("titel"), max_length=150)
    text = models.TextField(_("tekst"), blank=True)
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="bulletins", verbose_name=_("kennisartikel")
    )
    version = models.OneToOneField(
        "knowledge.Version",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="bulletin",
        verbose_name=_("versie"),
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="bulletins", verbose_name=_("voor afdelingen"))
    important = models.BooleanField(_("belangrijk: collega’s bevestigen dat ze het lazen"), default=False)
    starts_at = models.DateTimeField(_("vanaf"), default=timezone.now)
    ends_at = models.DateTimeField(_("tot"), null=True, blank=True)
    written_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("geschreven door")
    )
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    changed_at = models.DateTimeField(_("gewijzigd op"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)

    objects = BulletinQuerySet.as_manager()

    read_at: datetime | None  # with_reading
    confirmed_at: datetime | None

    class Meta:
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        indexes = [models.Index(fields=["-starts_at"], condition=Q(withdrawn_at=None), name="bulletin_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="bulletin_ends_after_it_starts",
                violation_error_message=_("Het bericht eindigt voor het begint."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:bulletin", args=[self.uuid])

    @property
    def state(self) -> str:
        """Give the word for where this bulletin stands: withdrawn, coming, over or current."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        now = timezone.now()
        if self.starts_at > now:
            return "coming"
        return "over" if self.ends_at is not None and self.ends_at <= now else "current"

    @property
    def is_live(self) -> bool:
        """Say whether this is a disruption that goes on now."""
        return self.kind == BulletinKind.DISRUPTION and self.state == "current"

    @property
    def is_fresh(self) -> bool:
        """Say whether this holds now and began lately."""
        return self.state == "current" and self.starts_at > timezone.now() - FRESH

    @property
    def must_be_confirmed(self) -> bool:
        """Say whether the reader of with_reading must still confirm this."""
        return self.important and self.confirmed_at is None and self.state == "current"

    @property
    def is_unread(self) -> bool:
        """Say whether this counts as unread for the reader of with_reading."""
        return self.must_be_confirmed or (self.read_at is None and self.is_fresh)

    @property
    def is_changed(self) -> bool:
        """Say whether this was changed after it was written."""
        return self.changed_at > self.created_at + timedelta(minutes=1)

    @property
    def is_first(self) -> bool:
        """Say whether this tells of an article that was new."""
        return self.version is not None and self.version.number == 1

    def is_managed_by(self, user: User) -> bool:
        """Say whether this colleague may change it, as manageable_by does."""
        if user.has_role(Role.EDITOR):
            return True
        teams = {team.pk for team in self.teams.all()}
        return user.leads and (self.written_by_id == user.pk or (bool(teams) and teams <= set(user.team_ids)))

    @classmethod
    @transaction.atomic
    def write(cls, *, key: UUID, by: User | None, teams: Iterable[Team] = (), **words: Any) -> "Bulletin":
        """Write what colleagues must know; a second time with the same key gives the first. The writer has read it."""
        bulletin, created = cls.objects.get_or_create(uuid=key, defaults={"written_by": by, **words})
        if created:
            bulletin.teams.set(teams)
            if by is not None:
                bulletin.confirm(by=by) if bulletin.important else bulletin.read(by=by)
            bulletin.tell()
        return bulletin

    @classmethod
    def announce(cls, version: "Version") -> "Bulletin":
        """Tell everybody that an article changed, and what, once they can read it; of each version once."""
        bulletin, created = cls.objects.get_or_create(
            version=version,
            defaults={
                "kind": BulletinKind.CHANGE,
                "title": version.title[:150],
                "text": version.summary,
                "article": version.article,
                "written_by": version.published_by,
                "starts_at": version.article.begins_at,
            },
        )
        if created:
            bulletin.tell()
        return bulletin

    @transaction.atomic
    def change(self, *, teams: Iterable[Team], **words: Any) -> None:
        """Say this from now on, to these teams; who read or confirmed it, did."""
        before = self.channels()
        for name, value in words.items():
            setattr(self, name, value)
        self.changed_at = timezone.now()
        self.save(update_fields=[*words, "changed_at"])
        self.teams.set(teams)
        self.tell(*before)

    @transaction.atomic
    def withdraw(self) -> None:
        """Take this away from everybody; a second time changes nothing."""
        if self._claim(withdrawn_at=timezone.now()):
            self.tell()

    @transaction.atomic
    def end(self) -> None:
        """Let a disruption be over now; one that did not begin or was over stays as it is."""
        if self.is_live and self._claim(ends_at=max(timezone.now(), self.starts_at + timedelta(microseconds=1))):
            self.tell()

    def _claim(self, **moments: datetime) -> bool:
        rows = Bulletin.objects.filter(pk=self.pk, withdrawn_at=None)
        changed = rows.update(changed_at=timezone.now(), **moments)
        self.refresh_from_db(fields=[*moments, "changed_at"])
        return changed == 1

    def read(self, *, by: User) -> None:
        """Write down that this colleague read it; a second time changes nothing."""
        BulletinRead.objects.get_or_create(bulletin=self, user=by)

    def unread(self, *, by: User) -> None:
        """Let this be unread again for this colleague; what was confirmed stays so."""
        BulletinRead.objects.filter(bulletin=self, user=by, confirmed_at=None).delete()

    def confirm(self, *, by: User) -> None:
        """Write down that this colleague says to have read it, and when; a second time keeps the first moment."""
        now = timezone.now()
        BulletinRead.objects.get_or_create(bulletin=self, user=by, defaults={"read_at": now})
        BulletinRead.objects.filter(bulletin=self, user=by, confirmed_at=None).update(confirmed_at=now)

    def channels(self) -> list[str]:
        """Give who must hear of this at once: everybody, or these teams and the writer."""
        teams = list(self.teams.values_list("pk", flat=True))
        if not teams:
            return ["all"]
        return [*(f"team:{pk}" for pk in teams), *([f"user:{self.written_by_id}"] if self.written_by_id else [])]

    def tell(self, *more: str) -> None:
        """Let open pages ask again what is new."""
        push.hint("news", *sorted({*self.channels(), *more}))

    def remind(self, people: Iterable[User]) -> int:
        """Put a line in the bell of those who did not confirm this, once a day each; say of how many."""
        waiting = list(people)[:MOST_TOLD]
        key = self.reminder_key()
        told = Notification.objects.filter(recipient__in=waiting, key=key).values_list("recipient_id", flat=True)
        known = set(told)
        rows = [self._line(person, key) for person in waiting if person.pk not in known]
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        push.hint("bell", *(f"user:{row.recipient_id}" for row in rows))
        return len(rows)

    def reminder_key(self) -> str:
        """Give the name of today's reminder of this."""
        return f"bulletin:{self.uuid}:{timezone.localdate().isoformat()}"

    def _line(self, person: User, key: str) -> Notification:
        with translation.override(person.language):
            text = _t("Lees en bevestig: %(title)s") % {"title": self.title}
        return Notification(recipient=person, key=key, kind="bulletin", text=text[:200], url=self.get_absolute_url())


class BulletinRead(models.Model):
    """That a colleague read a bulletin, and confirmed it where that was asked."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="reads", verbose_name=_("bericht"))
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("medewerker"))
    read_at = models.DateTimeField(_("gelezen op"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)

    class Meta:
        verbose_name = _("gelezen bericht")
        verbose_name_plural = _("gelezen berichten")
        constraints = [models.UniqueConstraint(fields=["bulletin", "user"], name="bulletin_read_once")]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.user_id}"
