from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from knowledge.models.article import Article, Language
from knowledge.models.bell import tell
from knowledge.models.bulletin import Bulletin
from knowledge.models.editorial import Editorial
from knowledge.models.text import Text


class NotYet(Exception):
    """A version cannot be published: it waits for somebody to approve it. The message is for the screen."""


class Overtaken(Exception):
    """Somebody else wrote in this article since the page was opened; what they wrote stands in version, when open."""

    def __init__(self, version: "Version | None" = None) -> None:
        super().__init__()
        self.version = version


class VersionQuerySet(models.QuerySet["Version"]):
    def open(self) -> Self:
        """Give what is being written, waits for approval or for its moment: at most one of an article."""
        return self.filter(published_at=None, dropped_at=None)

    def published(self) -> Self:
        """Give what readers have seen, newest first."""
        return self.filter(published_at__isnull=False).order_by("-number")

    def drafts(self) -> Self:
        """Give what somebody still writes or must still publish, the one changed last first."""
        theirs = Q(submitted_at=None) | Q(approved_at__isnull=False)
        return self.open().filter(theirs, publish_at=None).order_by("-changed_at", "pk")

    def waiting(self) -> Self:
        """Give what waits for approval, the longest first."""
        return self.open().filter(submitted_at__isnull=False, approved_at=None).order_by("submitted_at", "pk")

    def scheduled(self) -> Self:
        """Give what is published later by itself, the first first."""
        return self.open().filter(publish_at__isnull=False).order_by("publish_at", "pk")

    def due(self, *, now: datetime) -> Self:
        """Give what must be published now."""
        return self.scheduled().filter(publish_at__lte=now)

    def visible_to(self, user: User) -> Self:
        """Give what readers have seen, and to editors what is being written or was put aside, newest first."""
        found = self if user.has_role(Role.EDITOR) else self.published()
        ended = Coalesce("published_at", "dropped_at").desc(nulls_first=True)
        return found.select_related("written_by", "approved_by", "published_by").order_by(ended, "-pk")

    def former(self) -> Self:
        """Give what readers have seen and what was put aside: what the article can be taken back to."""
        return self.exclude(published_at=None, dropped_at=None)

    def numbered(self, number: int) -> "Version | None":
        """Give the version with the number that people see."""
        return self.filter(number=number).first()

    def put_aside(self, *, by: User) -> None:
        """Have nothing open: what was being written stays as it was, and who wrote it hears where it is."""
        for version in self.open().with_article():
            version.put_aside(by=by)

    def with_article(self) -> Self:
        return self.select_related("article__owner", "article__team", "written_by")


class Version(Text):
    """What an article said from a moment on, or will say: concept, submitted, approved, published; who did it stays.

    Published ones have a number and never change. Of an article at most one is open.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="versions", verbose_name=_("kennisartikel"))
    number = models.PositiveIntegerField(_("nummer"), null=True, blank=True)
    summary = models.CharField(_("wat is er veranderd"), max_length=300, blank=True)
    announced = models.BooleanField(_("gemeld in Wat is nieuw"), default=False)
    written_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("geschreven door")
    )
    created_at = models.DateTimeField(_("begonnen op"), default=timezone.now)
    changed_at = models.DateTimeField(_("gewijzigd op"), default=timezone.now)
    submitted_at = models.DateTimeField(_("aangeboden op"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("aangeboden door")
    )
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("goedgekeurd door")
    )
    returned_at = models.DateTimeField(_("teruggegeven op"), null=True, blank=True)
    returned_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("teruggegeven door")
    )
    remark = models.TextField(_("opmerking"), blank=True)
    publish_at = models.DateTimeField(_("publiceren op"), null=True, blank=True)
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("gepubliceerd door")
    )
    dropped_at = models.DateTimeField(_("weggegooid op"), null=True, blank=True)
    page = models.UUIDField(null=True, editable=False)  # the open page of an editor that wrote these words
    writers = ArrayField(models.BigIntegerField(), default=list, editable=False)  # ids of all who wrote in it

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("versie")
        verbose_name_plural = _("versies")
        constraints = [
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(published_at=None, dropped_at=None),
                name="one_open_version",
                violation_error_message=_("Van dit artikel is al een concept open."),
            ),
            models.UniqueConstraint(fields=["article", "number"], name="version_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["publish_at"], condition=Q(published_at=None, dropped_at=None), name="version_scheduled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number or _('concept')})"

    @property
    def state(self) -> str:
        """Give the word for where this version stands: dropped, published, scheduled, approved, submitted or draft."""
        if self.dropped_at is not None:
            return "dropped"
        if self.published_at is not None:
            return "published"
        if self.publish_at is not None:
            return "scheduled"
        if self.approved_at is not None:
            return "approved"
        return "submitted" if self.submitted_at is not None else "draft"

    @property
    def is_open(self) -> bool:
        return self.published_at is None and self.dropped_at is None

    @property
    def stamp(self) -> str:
        """Give a short word that is another one as soon as these words were changed, submitted words included."""
        return f"{self.pk}-{self.changed_at.timestamp():.6f}"

    @classmethod
    @transaction.atomic
    def first(cls, *, uuid: UUID, title: str, by: User, **about: Any) -> "Version":
        """Give the concept of a new article with this title; asked twice with the same uuid it is the same one.

        So it is with a translation that a colleague began at the same time.
        """
        original = about.get("original")
        if original is not None:
            Article.objects.select_for_update(of=("self",)).get(pk=original.pk)
            there = original.translations.filter(language=about.get("language", Language.DUTCH)).first()
            if there is not None:
                return cls.begin(there, by=by)
        known = {"title": title, "short_answer": "", "external_id": f"kcc-{uuid}", "owner": by, **about}
        article, created = Article.objects.get_or_create(uuid=uuid, defaults=known)
        version = cls.begin(article, by=by)
        if created and article.original is not None:
            draft = article.original.draft if article.original.published_at is None else None
            version.write(article.original, by=by, writers=draft.writers if draft is not None else [])
        return version

    @classmethod
    @transaction.atomic
    def keep(
        cls, article: Article, text: Text, *, page: UUID, seen: str, by: User, instead: bool = False
    ) -> "Version | None":
        """Give the open version with these words, from a page that showed those of a stamp; none if nothing differs.

        With instead, what somebody else was writing is put aside as it was, and this takes its place.
        Raises Overtaken when somebody else, or another page, wrote other words since.
        """
        locked = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        known = locked.versions.open().first()
        if known is None and seen != stamp_of(locked):
            raise Overtaken
        if known is not None and known.page != page and known.stamp != seen and not known.says_the_same(text):
            raise Overtaken(known)
        before = known.writers if known is not None else []
        if known is not None and instead and not known.says_the_same(text):
            known = locked.versions.put_aside(by=by)
        if known is None and locked.says_the_same(text):
            return None
        version = known or cls.begin(locked, by=by)
        version.write(text, by=by, page=page, writers=before)
        return version

    @classmethod
    @transaction.atomic
    def begin(cls, article: Article, *, by: User | None) -> "Version":
        """Give the open version of an article, begun with the words of today when there is none."""
        Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        known = article.versions.open().first()
        if known is not None:
            return known
        version = cls(article=article, written_by=by, writers=[by.pk] if by is not None else [])
        version.take(article)
        version.save()
        return version

    @classmethod
    @transaction.atomic
    def restore(cls, old: "Version", *, by: User) -> "Version":
        """Give the open version of the article with the words of a former one, for somebody to look at and publish.

        What was being written is put aside as it was. Words that nobody approved yet stay those of who wrote them.
        """
        Article.objects.select_for_update(of=("self",)).get(pk=old.article_id)
        old.article.versions.put_aside(by=by)
        version = cls.begin(old.article, by=by)
        version.write(old, by=by, writers=old.writers if old.published_at is None else [])
        return version

    @transaction.atomic
    def write(self, text: Text, *, by: User | None, page: UUID | None = None, writers: Iterable[int] = ()) -> None:
        """Have these words from now on; what was submitted or approved is a concept again, for it was of other words.

        Until the first publication the article itself goes by the words of its draft.
        """
        self._lock()
        self._must_be_open()
        if self.says_the_same(text):
            return
        self.take(text)
        planner = self.published_by if self.publish_at is not None else None
        self.written_by, self.changed_at, self.page = by, timezone.now(), page
        self.writers = sorted({*self.writers, *writers} | ({by.pk} if by is not None else set()))
        self.submitted_at = self.submitted_by = self.approved_at = self.approved_by = self.publish_at = None
        self.save()
        if self.article.published_at is None:
            self._hand_over()
        if by is not None:
            words = _("%(name)s wijzigde “%(title)s”. Het wordt niet meer vanzelf gepubliceerd.")
            self._tell([planner], words, to="edit", by=by)

    def submit(self, *, by: User) -> bool:
        """Offer this for approval; say whether it was not yet."""
        self._must_be_open()
        rows = Version.objects.open().filter(pk=self.pk, submitted_at=None)
        return self._changed(rows.update(submitted_at=timezone.now(), submitted_by=by, returned_at=None, remark=""))

    def may_be_approved_by(self, user: User) -> bool:
        """Say whether this editor may approve this: with four eyes nobody who wrote in it or submitted it."""
        if not Editorial.current().four_eyes:
            return True
        return user.pk not in (*self.writers, self.written_by_id, self.submitted_by_id)

    @property
    def needs_approval(self) -> bool:
        """Say whether somebody else must look at this before it can be published."""
        return self.approved_at is None and Editorial.current().four_eyes

    @transaction.atomic
    def approve(self, *, by: User) -> bool:
        """Approve these words, and tell who wrote them; say whether that was still to be done.

        Raises NotYet when they are one's own.
        """
        self._must_be_open()
        if not self.may_be_approved_by(by):
            raise NotYet(str(_("Je schreef dit zelf. Vraag een collega om het goed te keuren.")))
        rows = Version.objects.open().filter(pk=self.pk, approved_at=None, changed_at=self.changed_at)
        approved = self._changed(rows.update(approved_at=timezone.now(), approved_by=by))
        if approved:
            words = _("%(name)s keurde “%(title)s” goed. Je kunt het publiceren.")
            self._tell([self.written_by, self.submitted_by], words, to="edit", by=by)
        return approved

    @transaction.atomic
    def send_back(self, remark: str, *, by: User) -> bool:
        """Give this back to its writer with a remark, and tell them; say whether it was offered for approval."""
        self._must_be_open()
        people = [self.written_by, self.submitted_by]
        rows = Version.objects.open().filter(pk=self.pk, submitted_at__isnull=False)
        changes = {"returned_at": timezone.now(), "returned_by": by, "remark": remark}
        free = {"submitted_at": None, "submitted_by": None, "approved_at": None, "approved_by": None}
        returned = self._changed(rows.update(**changes, **free, publish_at=None))
        if returned:
            self._tell(people, _("%(name)s gaf “%(title)s” terug met een opmerking"), to="edit", by=by)
        return returned

    @transaction.atomic
    def schedule(self, moment: datetime, *, summary: str, announced: bool, by: User) -> None:
        """Publish this at a moment to come, by itself. Raises NotYet when it must be approved first."""
        self._lock(unchanged=True)
        self._must_be_open()
        self._must_be_approved()
        self.summary, self.announced, self.publish_at, self.published_by = summary, announced, moment, by
        self.save(update_fields=["summary", "announced", "publish_at", "published_by"])

    def hold(self) -> bool:
        """Publish this not by itself after all; say whether it was going to be."""
        rows = Version.objects.scheduled().filter(pk=self.pk)
        return self._changed(rows.update(publish_at=None))

    @transaction.atomic
    def publish(self, *, summary: str = "", announced: bool = False, by: User | None) -> bool:
        """Let readers read this from now on; say whether it was not published yet. Raises NotYet without approval.

        The article has these words, the next number, and counts as checked today.
        """
        article = self._lock(unchanged=True)
        if not self.is_open:
            return False
        self._must_be_approved()
        now = timezone.now()
        last = article.versions.exclude(number=None).order_by("-number").values_list("number", flat=True).first()
        self.article, self.number, self.published_at, self.published_by = article, (last or 0) + 1, now, by
        self.summary, self.announced, self.publish_at = summary or self.summary, announced or self.announced, None
        self.save()
        article.published_at = now if article.published_at is None else article.published_at
        article.withdrawn_at, article.version = None, self.number
        article.checked_at, article.checked_by = now, by
        if article.review_on is None or article.is_overdue:
            article.review_on = Editorial.current().next_review(timezone.localdate())
        self._hand_over()
        if self.announced and not article.is_over:
            Bulletin.announce(self)
        return True

    @transaction.atomic
    def drop(self, *, by: User) -> None:
        """Throw this concept away; an article goes with it that nobody ever read and no colleague wrote in."""
        self._lock()
        self._must_be_open()
        theirs = self.article.versions.exclude(writers__contained_by=[by.pk]).exists()
        if theirs or self.article.published_at is not None:
            self.put_aside(by=by)
            return
        if self.article.translations.exists():
            raise NotYet(str(_("Er zijn vertalingen van dit artikel. Het kan daarom niet weg.")))
        self.article.delete()

    def put_aside(self, *, by: User) -> None:
        """Be written no more, for everybody to look at and take back; who wrote it hears when a colleague did this."""
        self.dropped_at = timezone.now()
        self.save(update_fields=["dropped_at"])
        self._tell([self.written_by], _("%(name)s zette jouw tekst voor “%(title)s” opzij"), to="versions", by=by)

    def _tell(self, people: Iterable[User | None], words: Any, *, to: str, by: User) -> None:
        """Tell these colleagues, and lead them to that page of the article."""
        tell(people, words, title=self.title, url=reverse(f"knowledge:{to}", args=[self.article.uuid]), by=by)

    def _lock(self, *, unchanged: bool = False) -> Article:
        """Let nobody else change the article or its versions until the transaction ends, and see them as they are.

        Raises NotYet when these must be the words this was loaded with, and are not.
        """
        article, known = Article.objects.select_for_update(of=("self",)).get(pk=self.article_id), self.changed_at
        self.refresh_from_db()
        self.article = article
        if unchanged and self.is_open and self.changed_at != known:
            raise NotYet(str(_("Een collega heeft de tekst intussen gewijzigd. Bekijk die eerst.")))
        return article

    def _hand_over(self) -> None:
        self.article.take(self)
        self.article.save()

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise NotYet(str(_("Deze versie is al gepubliceerd of weggegooid.")))

    def _must_be_approved(self) -> None:
        if self.needs_approval:
            raise NotYet(str(_("Een collega moet deze versie eerst goedkeuren.")))

    def _changed(self, rows: int) -> bool:
        self.refresh_from_db()
        return rows == 1


def stamp_of(article: Article) -> str:
    """Give the stamp of what an editor begins with: the open version, else the words that readers know."""
    shown = article.draft or article.versions.published().first()
    return shown.stamp if shown is not None else ""
