"""The versions of an article: written, offered, approved, published and brought back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.models.article import Article, Language
from knowledge.models.bell import tell
from knowledge.models.bulletin import Bulletin
from knowledge.models.editorial import Editorial
from knowledge.models.four_eyes import GONE, Changed, FourEyes, NotYet
from knowledge.models.on_page import OnPage, Overtaken
from knowledge.models.text import Text
from knowledge.models.versions import VersionQuerySet, stamp_of


class Version(FourEyes, OnPage, Text):
    """What an article said from a moment on, or will say: concept, submitted, approved, published; who did it stays.

    Published ones have a number and never change. Of an article at most one is open.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="versions", verbose_name=_("kennisartikel"))
    number = models.PositiveIntegerField(_("nummer"), null=True, blank=True)
    summary = models.CharField(_("wat is er veranderd"), max_length=300, blank=True)
    announced = models.BooleanField(_("gemeld in Wat is nieuw"), default=False)
    opens = models.BooleanField(_("maakt het artikel openbaar"), default=False, db_default=False)
    created_at = models.DateTimeField(_("begonnen op"), default=timezone.now)
    changed_at = models.DateTimeField(_("gewijzigd op"), default=timezone.now)
    publish_at = models.DateTimeField(_("publiceren op"), null=True, blank=True)
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("gepubliceerd door")
    )
    dropped_at = models.DateTimeField(_("weggegooid op"), null=True, blank=True)

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
    def planner(self) -> User | None:
        """Give who had this published later by itself, while it is going to be."""
        return self.published_by if self.publish_at is not None else None

    @property
    def is_open(self) -> bool:
        """Say whether it was neither published nor put aside."""
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
            version.write(article.original, by=by, writers=article.original.authors)
        return version

    @classmethod
    @transaction.atomic
    def keep(
        cls, article: Article, text: Text, *, page: UUID, seen: str, by: User, turn: str = "", instead: bool = False
    ) -> "Version | None":
        """Give the open version with these words, from a page that showed those of a stamp; none if nothing differs.

        What the page sent before the words that are there changes nothing (see `accounts.turns`).
        With instead, what somebody else was writing is put aside as it was, and this takes its place.
        Raises Overtaken when somebody else, or another page, wrote other words since.
        """
        locked = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        known, aside = locked.versions.open().first(), None
        if known is None and seen != stamp_of(locked):
            raise Overtaken
        if known is not None and known.is_ahead_of(page, turn):
            return known
        if known is not None and known.page != page and not known.was_seen(seen) and not known.says_the_same(text):
            raise Overtaken(known)
        before = known.authors if known is not None else set()
        if known is not None and instead and not known.says_the_same(text):
            known, aside = None, locked.versions.put_aside(by=by)
        if known is None and locked.says_the_same(text) and not (aside and aside.opens):
            return None
        version = known or cls.begin(locked, by=by)
        version.write(text, by=by, page=page, turn=turn, writers=before)
        version.go_on_from(aside, by=by)
        return version

    @classmethod
    @transaction.atomic
    def begin(cls, article: Article, *, by: User | None) -> "Version":
        """Give the open version of an article, begun with the words of today when there is none.

        What nobody published yet is of those who wrote it, also when it was put aside meanwhile.
        """
        locked = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        known = locked.versions.open().first()
        if known is not None:
            return known
        writers = locked.authors | ({by.pk} if by is not None else set())
        version = cls(article=locked, written_by=by, writers=sorted(writers))
        version.take(locked)
        version.save()
        return version

    @classmethod
    @transaction.atomic
    def restore(cls, old: "Version", *, by: User) -> "Version":
        """Give the open version of the article with the words of a former one, for somebody to look at and publish.

        What was being written is put aside as it was. Words that nobody approved yet stay those of who wrote them, and
        so does the wish to make the article public.
        """
        Article.objects.select_for_update(of=("self",)).get(pk=old.article_id)
        aside = old.article.versions.put_aside(by=by)
        version = cls.begin(old.article, by=by)
        version.write(old, by=by, writers=old.authors if old.published_at is None else [])
        version.go_on_from(aside, by=by)
        version.go_on_from(old, by=by)
        return version

    @transaction.atomic
    def write(
        self, text: Text, *, by: User | None, page: UUID | None = None, turn: str = "", writers: Iterable[int] = ()
    ) -> None:
        """Have these words from now on; what was submitted or approved is a concept again, for it was of other words.

        Until the first publication the article itself goes by the words of its draft.
        """
        self._lock()
        self._must_be_open()
        if self.says_the_same(text):
            if not self.authors.issuperset(writers):
                self._begin_again(by=by, writers=writers)
            return self.note(page, turn)
        self.take(text)
        self.written_by, self.page, self.turn = by, page, turn
        self._begin_again(by=by, writers=writers)
        if self.article.published_at is None:
            self._hand_over()

    @transaction.atomic
    def open_up(self, opens: bool, *, by: User, writers: Iterable[int] = ()) -> None:
        """Make the whole article public when this is published, or leave it to colleagues.

        That is for another editor to look at, as other words are. Without any other words nothing is left to publish.
        """
        self._lock()
        self._must_be_open()
        if self.opens == opens:
            return
        self.opens = opens
        self._begin_again(by=by, writers=writers)
        if not opens and self.article.published_at is not None and self.says_the_same(self.article):
            self.delete()

    def go_on_from(self, former: "Version | None", *, by: User) -> None:
        """Make the article public as this one would have, which nobody published; its writers are of this one too."""
        if former is not None and former.published_at is None and former.opens and self.article.internal:
            self.open_up(True, by=by, writers=former.authors)

    def was_seen(self, seen: str) -> bool:
        """Say whether the page with this stamp showed these words, in this version or in what readers have."""
        if seen == self.stamp or self.article.published_at is None:
            return seen == self.stamp
        last = self.article.versions.published().first()
        return seen == (last.stamp if last is not None else "") and self.says_the_same(self.article)

    @transaction.atomic
    def submit(self, *, by: User) -> bool:
        """Offer this for approval; say whether it was not yet.

        Who wrote in it may offer it again after a colleague did who wrote nothing, so that this colleague can approve.
        """
        self._lock(unchanged=True)
        self._must_be_open()
        if not self.may_be_offered_by(by):
            return False
        self.submitted_at, self.submitted_by, self.returned_at, self.remark = timezone.now(), by, None, ""
        self.save(update_fields=["submitted_at", "submitted_by", "returned_at", "remark"])
        self.article.stir()
        return True

    @transaction.atomic
    def approve(self, *, by: User) -> bool:
        """Approve these words, and tell who wrote them; say whether that was still to be done.

        Raises NotYet when this editor is no second pair of eyes.
        """
        offered_by = self.submitted_by_id
        self._lock(unchanged=True)
        self._must_be_open()
        if self.approved_at is not None or self.submitted_by_id != offered_by:
            return False
        if objection := self.objection(by):
            raise NotYet(objection)
        self.approved_at, self.approved_by = timezone.now(), by
        self.save(update_fields=["approved_at", "approved_by"])
        self.article.stir()
        words = _("%(name)s keurde “%(title)s” goed. Je kunt het publiceren.")
        self._tell([self.written_by, self.submitted_by], words, to="edit", by=by)
        return True

    @transaction.atomic
    def send_back(self, remark: str, *, by: User) -> bool:
        """Give this back with a remark, and tell who wrote, offered and planned it; say whether it was offered at all.

        What was approved without an offer can be given back too.
        """
        self._lock(unchanged=True)
        self._must_be_open()
        if self.submitted_at is None and self.approved_at is None:
            return False
        people = [self.written_by, self.submitted_by, self.planner]
        self.returned_at, self.returned_by, self.remark = timezone.now(), by, remark
        self.take_back()
        self.publish_at = None
        self.save()
        self._tell(people, _("%(name)s gaf “%(title)s” terug met een opmerking"), to="edit", by=by)
        self.article.stir()
        return True

    @transaction.atomic
    def schedule(self, moment: datetime, *, summary: str, announced: bool, by: User) -> None:
        """Publish this at a moment to come, by itself. Raises NotYet when it must be approved first."""
        self._lock(unchanged=True)
        self._must_be_open()
        self._must_be_approved()
        self.summary, self.announced, self.publish_at, self.published_by = summary, announced, moment, by
        self.save(update_fields=["summary", "announced", "publish_at", "published_by"])
        self.article.stir()

    @transaction.atomic
    def hold(self, *, by: User | None = None) -> bool:
        """Publish this not by itself after all, and tell who planned it; say whether it was going to be."""
        self._lock(unchanged=True)
        if self.state != "scheduled":
            return False
        self._unplan(by=by)
        return True

    @transaction.atomic
    def publish(self, *, summary: str = "", announced: bool = False, by: User | None) -> bool:
        """Let readers read this from now on; say whether it was not published yet. Raises NotYet without approval.

        The article has these words, the next number, and counts as checked today; citizens may read it when this opens
        it to them.
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
        article.internal = article.internal and not self.opens
        article.checked_at, article.checked_by = now, by
        if article.review_on is None or article.is_overdue:
            article.review_on = Editorial.current().next_review(timezone.localdate())
        self._hand_over()
        article.stir()
        if self.announced and not article.is_over:
            Bulletin.announce(self)
        return True

    @transaction.atomic
    def drop(self, *, by: User) -> None:
        """Throw this concept away; an article goes with it that nobody ever read and no colleague had a hand in.

        Raises NotYet while such an article has translations.
        """
        self._lock()
        self._must_be_open()
        if self.article.published_at is not None or self.article.versions.handled_by_others(by).exists():
            self.put_aside(by=by)
            return
        if self.article.translations.exists():
            raise NotYet(str(_("Er zijn vertalingen van dit artikel. Het kan daarom niet weg.")))
        self.article.delete()

    def put_aside(self, *, by: User) -> None:
        """Be written no more, for everybody to look at and take back; who wrote or planned it hears a colleague did."""
        self._unplan(by=by, but=self.written_by)
        self.dropped_at = timezone.now()
        self.save(update_fields=["dropped_at"])
        self._tell([self.written_by], _("%(name)s zette jouw tekst voor “%(title)s” opzij"), to="versions", by=by)

    def _unplan(self, *, by: User | None, but: User | None = None) -> None:
        """Have no moment to be published at, and tell who planned it, but not who hears of this another way."""
        planner, self.publish_at = self.planner, None
        self.save(update_fields=["publish_at"])
        self.article.stir()
        if by is not None and planner != but:
            words = _("%(name)s zette de geplande publicatie van “%(title)s” stop")
            self._tell([planner], words, to="versions", by=by)

    def _tell(self, people: Iterable[User | None], words: Any, *, to: str, by: User) -> None:
        """Tell these colleagues, and lead them to that page of the article."""
        tell(people, words, title=self.title, url=reverse(f"knowledge:{to}", args=[self.article.uuid]), by=by)

    def _lock(self, *, unchanged: bool = False) -> Article:
        """Let nobody else change the article or its versions until the transaction ends, and see them as they are.

        Raises Changed when these must be the words this was loaded with, and are not; NotYet when they are gone.
        """
        known = self.changed_at
        try:
            article = Article.objects.select_for_update(of=("self",)).get(pk=self.article_id)
            self.refresh_from_db()
        except ObjectDoesNotExist:
            raise NotYet(str(GONE)) from None
        self.article = article
        if unchanged and self.is_open and self.changed_at != known:
            raise Changed
        return article

    def _begin_again(self, *, by: User | None, writers: Iterable[int] = ()) -> None:
        """Be a concept of this writer too, for what was submitted or approved is another now; its planner hears it."""
        planner = self.planner
        self.writers = sorted({*self.writers, *writers} | ({by.pk} if by is not None else set()))
        self.changed_at = timezone.now()
        self.take_back()
        self.publish_at = None
        self.save()
        if by is not None:
            words = _("%(name)s wijzigde “%(title)s”. Het wordt niet meer vanzelf gepubliceerd.")
            self._tell([planner], words, to="edit", by=by)

    def _hand_over(self) -> None:
        self.article.take(self)
        self.article.save()

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise NotYet(str(GONE))
