"""Questions for which there is no article yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Notification, Role, User
from contacts.models.customer import Fold
from knowledge.masking import mask
from knowledge.models.article import Article

LONGEST = 200  # characters of a question


class GapQuerySet(models.QuerySet["Gap"]):
    """What was asked for, by whether it is there by now and by who asked."""

    def open(self) -> Self:
        """Give what nobody wrote an article for yet, nor said why not."""
        return self.filter(closed_at=None)

    def by_words(self, folded: Iterable[str]) -> "dict[str, Gap]":
        """Give what is open of these questions, each by its folded words and as it was asked first."""
        rows = self.open().filter(folded__in=set(folded)).order_by("-asked_at", "-pk")
        return {gap.folded: gap for gap in rows}

    def asked_already(self, query: str, *, by: User) -> "Gap | None":
        """Give what this colleague asked in these words and is still open."""
        return self.open().filter(asked_by=by, folded=Fold(Value(asked_words(query)))).order_by("pk").first()

    def newest(self) -> Self:
        """Put what was asked last first."""
        return self.order_by("-asked_at", "-pk")

    def alike(self, gap: "Gap") -> Self:
        """Give every time this was asked, in capitals or without accents too."""
        return self.filter(folded=gap.folded)

    def once_each(self) -> Self:
        """Give what is open, each question once as it was asked first, with how often it was asked and when last."""
        same = Gap.objects.open().filter(folded=OuterRef("folded")).order_by()
        earlier = same.filter(pk__lt=OuterRef("pk"))
        figures = same.values("folded")
        return self.open().annotate(
            times=Subquery(figures.annotate(n=Count("pk")).values("n")),
            last_at=Subquery(figures.annotate(last=Max("asked_at")).values("last")),
        ).filter(~Exists(earlier))  # fmt: skip

    def asked_with(self, gap: "Gap") -> Self:
        """Give each time the same was asked and is as open, or was closed together, the first first."""
        return self.alike(gap).filter(closed_at=gap.closed_at).with_people().order_by("asked_at", "pk")

    def readable_by(self, user: User) -> Self:
        """Give what this colleague may read: an editor all, others what they asked."""
        return self if user.has_role(Role.EDITOR) else self.filter(asked_by=user)

    def asked_after(self, moment: datetime) -> Self:
        """Give what was asked after this moment."""
        return self.filter(asked_at__gt=moment)

    def written(self, *, now: datetime) -> Self:
        """Give what is open although the article that was begun for it can be read by now."""
        return self.open().filter(article__in=Article.objects.published(), article__published_at__lte=now)

    def with_people(self) -> Self:
        """Fetch who asked and closed, and the article without its text, in the same query."""
        return self.select_related("asked_by", "closed_by", "article").defer("article__body", "article__sections")


class Gap(models.Model):
    """A question that no article answers, and that a colleague asks the editors to write one for."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    query = models.CharField(_("gezocht op"), max_length=200)  # as kept in the log of searches: nothing personal
    folded = models.GeneratedField(expression=Fold(F("query")), output_field=models.TextField(), db_persist=True)
    note = models.TextField(_("toelichting"), blank=True)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("gevraagd door")
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=timezone.now)
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="gaps", verbose_name=_("beantwoord met")
    )
    answer = models.CharField(_("wat is ermee gedaan"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("afgehandeld op"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("afgehandeld door")
    )

    objects = GapQuerySet.as_manager()

    class Meta:
        verbose_name = _("gevraagd artikel")
        verbose_name_plural = _("gevraagde artikelen")
        indexes = [
            models.Index(fields=["-asked_at"], condition=Q(closed_at=None), name="gap_open"),
            models.Index(fields=["folded"], condition=Q(closed_at=None), name="gap_alike"),
        ]

    def __str__(self) -> str:
        return self.query

    def get_absolute_url(self) -> str:
        return reverse("knowledge:gap", args=[self.uuid])

    @property
    def is_open(self) -> bool:
        """Say whether nobody wrote an article for it yet, nor said why not."""
        return self.closed_at is None

    @property
    def is_written(self) -> bool:
        """Say whether somebody is writing an article for this now."""
        return self.closed_at is None and self.article_id is not None

    @classmethod
    @transaction.atomic
    def ask(cls, query: str, *, note: str = "", by: User) -> "Gap":
        """Ask the editors for an article, with what is personal masked; who asks again changes the note."""
        User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)  # one click after the other
        gap = cls.objects.asked_already(query, by=by) or cls(query=asked_words(query), asked_by=by)
        gap.note = note or gap.note
        gap.save()
        return gap

    def begin(self, article: Article) -> None:
        """Write down that this article is being written for this question, each time it was asked.

        When it is published, `answer_written` closes the question.
        """
        Gap.objects.open().alike(self).update(article=article)
        self.refresh_from_db()

    @transaction.atomic
    def close(self, answer: str, *, article: Article | None = None, by: User | None) -> bool:
        """Say what was done with this question, each time it was asked, and tell who asked it; a second time nothing.

        Says whether it was still open.
        """
        rows = Gap.objects.open().alike(self).select_for_update(of=("self",), no_key=True)
        same = list(rows.select_related("asked_by").order_by("pk"))
        closed = {"answer": answer, "article": article, "closed_at": timezone.now(), "closed_by": by}
        Gap.objects.open().filter(pk__in=[gap.pk for gap in same]).update(**closed)
        self.refresh_from_db()
        askers = {gap.asked_by: gap for gap in reversed(same) if gap.asked_by is not None and gap.asked_by != by}
        lines = [gap._line(person, answer, article) for person, gap in askers.items() if person.is_active]
        Notification.objects.bulk_create(lines, ignore_conflicts=True)
        push.hint("bell", *(f"user:{line.recipient_id}" for line in lines))
        return bool(same)

    def _line(self, asker: User, answer: str, article: Article | None) -> Notification:
        with translation.override(asker.language):
            text = _t("Je vroeg om een artikel over “%(query)s”: %(said)s")
            text %= {"query": self.query[:60], "said": article.title if article is not None else answer}
        return Notification(
            recipient=asker, key=f"gap:{self.pk}", kind="gap", text=text[:200], url=self.get_absolute_url()
        )


def asked_words(query: str) -> str:
    """Give a question as the editors see it: one line, without what is personal."""
    return " ".join(mask(query.replace("\0", " ")).split())[:LONGEST]


def answer_written(*, now: datetime) -> int:
    """Close what was asked and has its article by now, and tell who asked; say how many questions that were."""
    return sum(gap.close("", article=gap.article, by=None) for gap in Gap.objects.written(now=now)[:50])
