"""What colleagues and citizens say of an article, and what is done with it."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Notification, User, office_hours
from accounts.worktime import LOCAL
from knowledge.models.article import Article
from knowledge.models.editorial import Editorial

if TYPE_CHECKING:
    from knowledge.models.version import Version

SECOND_THOUGHT = timedelta(minutes=1)  # in which who gave feedback changes it instead of giving more


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Feedback by what must still be done with it, and who may see it."""

    def open(self) -> Self:
        """Give what somebody must still look at: not helpful, with a reason, and not handled."""
        return self.filter(helpful=False, handled_at=None)

    def overdue(self, *, now: datetime) -> Self:
        """Give what should have been handled before now."""
        return self.open().filter(due_at__lt=now)

    def in_care_of(self, user: User, *, now: datetime) -> Self:
        """Give what is about the articles this colleague sees to."""
        return self.filter(article__in=Article.objects.in_care_of(user, now=now))

    def readable_by(self, user: User, *, now: datetime) -> Self:
        """Give what this colleague sees to or said themselves."""
        return self.filter(Q(article__in=Article.objects.in_care_of(user, now=now)) | Q(by=user), helpful=False)

    def soonest_first(self) -> Self:
        """Put what is due first at the top."""
        return self.order_by("due_at", "pk")

    def with_article(self) -> Self:
        """Fetch the article and the people, in the same query."""
        return self.select_related("article__owner", "article__team", "by", "handled_by")


class Feedback(models.Model):
    """What a colleague said of an article: that it helped, or what is wrong with it, which is work with a term."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="feedback", verbose_name=_("kennisartikel"))
    version = models.PositiveIntegerField(_("versie"))
    helpful = models.BooleanField(_("hielp"))
    text = models.TextField(_("wat klopt er niet"), blank=True)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("door")
    )  # empty: a citizen on the public site
    at = models.DateTimeField(_("moment"), default=timezone.now)
    due_at = models.DateTimeField(_("uiterlijk"), null=True, blank=True)
    handled_at = models.DateTimeField(_("behandeld op"), null=True, blank=True)
    handled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("behandeld door")
    )
    answer = models.TextField(_("wat is ermee gedaan"), blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("terugkoppeling")
        verbose_name_plural = _("terugkoppeling")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(helpful=False, handled_at=None), name="feedback_open"),
            models.Index(fields=["article", "-at"], name="feedback_of_article"),
        ]

    def __str__(self) -> str:
        helped = _("hielp") if self.helpful else _("hielp niet")
        return f"{self.article.title}: {helped}, {date_format(timezone.localtime(self.at), _t('j b Y H:i'))}"

    def get_absolute_url(self) -> str:
        return reverse("knowledge:handle", args=[self.uuid])

    @property
    def is_open(self) -> bool:
        """Say whether somebody must still look at it."""
        return not self.helpful and self.handled_at is None

    @property
    def is_late(self) -> bool:
        """Say whether it should have been handled by now."""
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @classmethod
    @transaction.atomic
    def give(
        cls, article: Article, *, helpful: bool, text: str = "", by: User | None, uuid: UUID | None = None
    ) -> "Feedback":
        """Write down what somebody said; what is wrong is due after so many working days. Raises NeverOpen.

        Who says something else of the same article within a minute changes what they said, but what was said in words
        stays and the other words stand beside it. The same uuid twice is one.
        """
        said = cls(article=article, by=by, uuid=uuid or uuid4())
        if by is not None or uuid is not None:
            Article.objects.select_for_update(no_key=True).only("pk").get(pk=article.pk)  # one click after the other
        if uuid is not None and (known := cls.objects.filter(uuid=uuid).first()):
            return known
        if by is not None:
            recent = cls.objects.filter(article=article, by=by, at__gt=timezone.now() - SECOND_THOUGHT)
            said = recent.filter(handled_at=None, text__in=["", text]).order_by("-at").first() or said
        said.version, said.helpful, said.text = article.version, helpful, text
        said.due_at = None if helpful else office_hours().add_days(said.at, Editorial.current().feedback_days)
        said.save()
        said.plan_notices()
        return said

    def plan_notices(self) -> None:
        """Write down as rows when somebody must hear of this: at once, on the last day, and when it is late."""
        if self.due_at is None:
            return
        last_day = datetime.combine(timezone.localtime(self.due_at).date(), time.min, tzinfo=LOCAL)
        moments = {"new": self.at, "late": self.due_at}
        if last_day > self.at:
            moments["due"] = last_day
        notices = self.article.notices
        rows = [
            notices.model(
                article=self.article, occurrence=f"feedback:{self.uuid}:{step}", due_at=at, next_attempt_at=at
            )
            for step, at in moments.items()
        ]
        notices.bulk_create(rows, ignore_conflicts=True)

    @transaction.atomic
    def handle(self, answer: str, *, by: User) -> bool:
        """Write down what was done with it, and tell who said it; say whether it was still open."""
        rows = Feedback.objects.open().filter(pk=self.pk)
        changed = rows.update(handled_at=timezone.now(), handled_by=by, answer=answer)
        self.refresh_from_db()
        if changed and self.by is not None and self.by != by and self.by.is_active:
            self._tell(self.by)
        return changed == 1

    def changes_since(self) -> "models.QuerySet[Version]":
        """Give the versions that were published after this was said, the newest first."""
        later = self.article.versions.published().filter(number__gt=self.version)
        return later.select_related("published_by").defer("sections")

    def _tell(self, giver: User) -> None:
        with translation.override(giver.language):
            text = _t("Je melding over “%(title)s” is behandeld: %(answer)s")
            text %= {"title": self.article.title[:80], "answer": self.answer}
        line = {"kind": "feedback", "text": text[:200], "url": self.get_absolute_url()}
        Notification.objects.get_or_create(recipient=giver, key=f"feedback:{self.pk}:handled", defaults=line)
        push.hint("bell", f"user:{giver.pk}")
