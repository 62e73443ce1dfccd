"""What is searched in the knowledge base, without who searched."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Count, Max, Q, Subquery, Value
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models.customer import Fold
from knowledge.masking import mask
from knowledge.models.article import Article
from knowledge.models.side_effect import side_effect

log = logging.getLogger(__name__)

READ = 400  # characters of what was typed; the search itself looks no further
LONGEST = 200  # characters that are kept
TYPING = timedelta(seconds=15)  # in which words typed on are still the same question
CHAIN = timedelta(minutes=15)  # in which other words belong to the question before them
KEPT = timedelta(days=400)  # a year to compare with, and a month to look at it
SLIP = 2  # letters that differ in one place: a typing error put right
MANY = 1000  # steps of a chain; more are not told apart
PIECE = 5_000  # rows thrown away at a time
MASKED = re.compile(r"\[[^\]]*\]")  # what stands for something personal
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Place(models.TextChoices):
    """Where somebody searched. What is typed in the palette (Ctrl+K) is not here: that names citizens."""

    PAGE = "page", _("Kennisbank")
    DESK = "desk", _("Werkplek")
    API = "api", _("API")
    PUBLIC = "public", _("Website")


class SearchingQuerySet(models.QuerySet["Searching"]):
    """Questions that were asked, by what came of them."""

    def unanswered(self, *, since: datetime) -> models.QuerySet["Searching", dict[str, Any]]:
        """Give what found nothing since then, each question once: folded, words, times and last, the most first."""
        nothing = self.filter(found=0, at__gte=since).values("folded")
        return nothing.annotate(times=Count("pk"), last=Max("at"), words=Max("text")).order_by("-times", "-last")

    def with_opened(self) -> Self:
        """Give the questions with the article that was opened, as a list shows them."""
        return self.select_related("opened").only(
            *("uuid", "at", "place", "text", "folded", "begun", "step", "found", "rank", "opened_at"),
            *("opened__uuid", "opened__title"),
        )

    def in_chain(self, chain: UUID, *, since: datetime) -> Self:
        """Give what was asked one after the other, the last first, unless that is longer ago."""
        return self.filter(chain=chain, at__gte=since).order_by("-at", "-pk")

    def forget(self, *, now: datetime) -> int:
        """Throw away some of what is older than it is kept, and say how many that were; none when all is gone."""
        old = self.filter(at__lt=now - KEPT).order_by("at").values("pk")[:PIECE]
        return self.filter(pk__in=Subquery(old)).delete()[0]


class Searching(models.Model):
    """One question that was asked of the knowledge base, and what came of it; who asked is not kept.

    What could be personal (numbers, addresses) is masked before it is stored. The words somebody types on the way to a
    question are one row, and those who try other words after it share its chain: what is asked on one page, from step 1
    again after a pause. What the desk proposes by itself from what is typed in a registration is nobody's question and
    not written down at all.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    chain = models.UUIDField(_("keten"), default=uuid4)
    step = models.PositiveSmallIntegerField(_("hoeveelste in de keten"), default=1, db_default=1)
    at = models.DateTimeField(_("moment"), default=timezone.now)
    place = models.CharField(_("waar"), max_length=10, choices=Place.choices)
    text = models.CharField(_("gezocht op"), max_length=200)
    folded = models.CharField(_("vergelijkbaar"), max_length=200)  # lower case, no accents: to count the same as one
    begun = models.CharField(_("begonnen met"), max_length=200, default="", db_default="")  # the first of its chain
    found = models.PositiveIntegerField(_("gevonden"))
    opened = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("geopend")
    )
    opened_at = models.DateTimeField(_("geopend op"), null=True, blank=True)
    # of what was opened, 1 is the first
    rank = models.PositiveSmallIntegerField(pgettext_lazy("lijst", "plaats"), null=True, blank=True)

    objects = SearchingQuerySet.as_manager()

    class Meta:
        verbose_name = _("zoekvraag")
        verbose_name_plural = _("zoekvragen")
        indexes = [
            models.Index(fields=["at"], name="searching_at"),
            models.Index(fields=["chain", "-at"], name="searching_chain"),
            models.Index(fields=["at"], condition=Q(found=0), name="searching_nothing"),
            models.Index(fields=["at"], condition=Q(step__gt=1), name="searching_again"),
            models.Index(fields=["folded", "-at"], name="searching_alike"),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def note(cls, typed: str, *, place: str, found: int, chain: UUID | None = None) -> UUID:
        """Write a question down without what is personal in it, and give the chain its page goes on with.

        It costs an INSERT or UPDATE and never fails: where nothing can be written, nothing is. A chain is None on a
        page that asks for the first time. Call it for what a person typed in a field to search with, for no other text.
        """
        text, is_new = kept(typed), chain is None
        chain = chain or uuid4()
        with side_effect(log, "A question"):
            if is_question(text):
                cls._note(text, place=place, found=found, chain=chain, is_new=is_new)
            elif MASKED.search(text):
                cls._take_back_digits(chain)
        return chain

    @classmethod
    def _take_back_digits(cls, chain: UUID) -> None:
        """Throw away the first digits of what turned out to be a number of somebody."""
        rows = cls.objects.in_chain(chain, since=timezone.now() - TYPING)
        last = rows.filter(opened_at=None).first()
        if last is not None and not re.search(r"[^\W\d_]", last.text):
            last.delete()

    @classmethod
    def _note(cls, text: str, *, place: str, found: int, chain: UUID, is_new: bool) -> None:
        now, question = timezone.now(), {"text": text, "found": found}
        rows = cls.objects.none() if is_new else cls.objects.in_chain(chain, since=now - CHAIN)
        last = rows.annotate(asked=folded(text)).first()
        if last is None or last.place != place:
            cls.objects.create(chain=chain, place=place, folded=folded(text), **question)
            return
        asked, row = vars(last)["asked"], cls.objects.filter(pk=last.pk)
        if asked == last.folded:
            if found > last.found:  # what is there now, or without a filter
                row.update(found=found)
        elif last.opened_at or last.at < now - TYPING or not same_question(last.folded, asked):
            after = {"step": min(last.step + 1, MANY), "begun": last.begun or last.folded}
            cls.objects.create(chain=chain, place=place, folded=asked, **question, **after)
        elif not last.is_wiped_out_by(asked, found=found):
            row.update(at=now, folded=asked, **question)

    def is_wiped_out_by(self, asked: str, *, found: int) -> bool:
        """Say whether these are the words that are left while somebody wipes them out, on the way to other words.

        A letter or two less that finds what nothing was found with is no wiping out, but a typing error put right.
        """
        left = len(self.folded) - len(asked)
        return self.folded.startswith(asked) and not (found and not self.found and left <= SLIP)

    @classmethod
    def open(cls, chain: UUID | None, article: Article, *, rank: int) -> None:
        """Write down which hit was opened after the last question of a chain, and as how manieth; the first counts."""
        if chain is None:
            return
        now = timezone.now()
        last = cls.objects.in_chain(chain, since=now - CHAIN).values("pk")[:1]
        with side_effect(log, "What was opened"):
            rows = cls.objects.filter(pk=Subquery(last), opened_at=None)
            rows.update(opened=article, opened_at=now, rank=min(rank, MANY))


def kept(typed: str) -> str:
    """Give what may be kept of what somebody typed: one line, without what is personal."""
    return " ".join(mask(UNPRINTABLE.sub(" ", typed[:READ])).split())[:LONGEST]


def is_question(text: str) -> bool:
    """Say whether words are left of it: one letter is no question yet, and a number of somebody never is one."""
    return len(re.findall(r"\w", MASKED.sub("", text))) > 1


def folded(text: str) -> Left:
    """Give by what a text is counted as the same: lower case, no accents."""
    return Left(Fold(Value(text)), LONGEST)


def same_question(before: str, after: str) -> bool:
    """Say whether somebody typed on, wiped out, or put a typing error right: the same question being typed."""
    if before.startswith(after) or after.startswith(before):
        return True
    begin = next(n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    a, b = before[begin:], after[begin:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if MASKED.fullmatch(b) and not re.search(r"[^\W\d_]", a):  # the first digits of what became a number of somebody
        return True
    return max(len(a), len(b)) <= SLIP and min(len(before), len(after)) > 2 * SLIP
