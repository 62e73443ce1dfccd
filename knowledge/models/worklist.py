"""What waits for the editors, and of it what a colleague sees to: lists that go on, and how long each is."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet, Value
from django.utils import timezone

from accounts.models import Role, Team, User
from accounts.paging import Page, Place, page
from knowledge.models.article import RECENT, Article, ArticleQuerySet
from knowledge.models.editorial import Editorial
from knowledge.models.feedback import Feedback
from knowledge.models.gap import Gap
from knowledge.models.link import Link
from knowledge.models.maintenance import HARDLY
from knowledge.models.searching import Searching
from knowledge.models.version import Version
from knowledge.models.versions import VersionQuerySet

__all__ = ["HARDLY", "LISTS", "Worklist"]

COUNTED = 100  # nothing is counted further than this
SHOWN = 50
UNUSED = datetime.timedelta(days=90)  # how long an article must stand there before it counts as never used
JUST_OVER = 30  # days that an article which is no longer valid stays among those that expire


@dataclass(frozen=True)
class Worklist:
    """The lists as far as one colleague sees to them, narrowed to a team or to who vouches for the article."""

    user: User
    now: datetime.datetime
    team: Team | None = None
    person: User | None = None
    nobody: bool = False  # only what nobody vouches for

    @property
    def today(self) -> datetime.date:
        """Give the day it is, local."""
        return timezone.localtime(self.now).date()

    @property
    def edits(self) -> bool:
        """Say whether this colleague is an editor, who sees to every article."""
        return self.user.has_role(Role.EDITOR)

    @property
    def names(self) -> list[str]:
        """Give the lists this colleague has."""
        return [name for name, source in LISTS.items() if self.edits or not source.of_editors]

    def rows(self, name: str) -> QuerySet[Any]:
        """Give one list in its order."""
        source = LISTS[name]
        rows = source.rows(self)
        if source.narrow is not None:
            way = source.narrow
            if self.team is not None:
                rows = rows.filter(**{f"{way}team": self.team})
            if self.person is not None or self.nobody:
                rows = rows.filter(**{source.person or f"{way}owner": self.person})
        return rows

    def page(self, name: str, *, after: Place | None) -> Page[Any]:
        """Give the next rows of one list after a place; of a list that does not go on its first."""
        source, rows = LISTS[name], self.rows(name)
        if not source.order:
            return Page(list(rows[:COUNTED]), "")
        if after is not None:
            rows = rows.filter(source.beyond(after))
        return page(rows, size=SHOWN, moment=source.moment)

    def counts(self, *names: str) -> dict[str, int]:
        """Give how many are in each of these lists, counted to a hundred, in one query."""
        parts = [self.rows(name).order_by().annotate(k=Value(name)).values_list("k")[:COUNTED] for name in names]
        counts = dict.fromkeys(names, 0)
        for (name,) in parts[0].union(*parts[1:], all=True):
            counts[name] += 1
        return counts

    def unanswered(self) -> list[dict[str, Any]]:
        """Give the questions of the last thirty days that found nothing, the most asked first.

        With each what colleagues asked the editors about it, in gap.
        """
        asked = list(Searching.objects.unanswered(since=self.now - RECENT)[:COUNTED])
        gaps = Gap.objects.with_people().by_words(one["folded"] for one in asked)
        return [one | {"gap": gaps.get(one["folded"])} for one in asked]

    def people(self) -> QuerySet[User]:
        """Give who vouches for any of these articles or writes in one, to narrow a list to."""
        cared = Article.objects.in_care_of(self.user, now=self.now).order_by()
        writing = Version.objects.open().filter(article__in=cared)
        people = Q(pk__in=cared.values("owner")) | Q(pk__in=writing.values("written_by"))
        return User.objects.filter(people).order_by("last_name", "first_name", "pk")

    # The lists by name; each is what LISTS says of it.
    def articles(self) -> ArticleQuerySet:
        """Give the articles to see to, with what a line shows."""
        found = Article.objects.in_care_of(self.user, now=self.now).kept(now=self.now)
        return found.with_card().select_related("owner", "team", "topic__parent", "checked_by")

    def review(self) -> ArticleQuerySet:
        """Give what must be checked, or soon."""
        return self.articles().to_check(today=self.today, days=Editorial.current().notice_days)

    def overdue(self) -> ArticleQuerySet:
        """Give what should have been checked before today."""
        return self.articles().overdue(today=self.today).order_by("review_on", "pk")

    def expiring(self) -> ArticleQuerySet:
        """Give what is soon no longer valid, or is so since shortly."""
        return self.articles().expiring(today=self.today, days=Editorial.current().notice_days, past=JUST_OVER)

    def unused(self) -> ArticleQuerySet:
        """Give what nobody used and hardly anybody read for so long, the oldest first."""
        return self.articles().unused(since=self.now - UNUSED)

    def used(self) -> ArticleQuerySet:
        """Give what was used lately, the most used first."""
        return self.articles().most_used(since=self.now - RECENT).filter(uses__gt=0)

    def versions(self) -> VersionQuerySet:
        """Give the versions to see to, without their text: of these articles, and what this colleague wrote."""
        found = Version.objects.with_article().defer("sections", "article__sections", "article__body")
        if self.edits:
            return found
        return found.filter(
            Q(article__in=Article.objects.in_care_of(self.user, now=self.now)) | Q(written_by=self.user)
        )

    def feedback(self) -> QuerySet[Feedback]:
        """Give what was said of these articles and nobody handled, what is due first at the top."""
        found = Feedback.objects.open().in_care_of(self.user, now=self.now).with_article()
        return found.defer("article__sections", "article__body").soonest_first()

    def late(self) -> QuerySet[Feedback]:
        """Give what of that should have been handled by now."""
        return self.feedback().filter(due_at__lt=self.now)

    def links(self) -> QuerySet[Link]:
        """Give the links in these articles that do not work, the longest first."""
        cared = Article.objects.in_care_of(self.user, now=self.now).kept(now=self.now)
        found = Link.objects.broken().filter(article__in=cared).select_related("article__owner", "article__team")
        return found.defer("article__sections", "article__body").order_by("failed_since", "pk")


@dataclass(frozen=True)
class Source:
    """What a list is made of, and how it goes on."""

    rows: Callable[[Worklist], QuerySet[Any]]
    order: str = ""  # the moment or day its order begins with; without it the list does not go on
    narrow: str | None = "article__"  # the way from a row to its article; None: no team, nobody who vouches
    person: str = ""  # who a row belongs to when that is not who vouches for its article
    of_editors: bool = False

    @property
    def field(self) -> str:
        """Give the name of the field that the order begins with."""
        return self.order.removeprefix("-")

    def moment(self, row: Model) -> datetime.datetime:
        """Give where in the order a row stands; a day counts from its beginning in UTC."""
        value = getattr(row, self.field)
        if isinstance(value, datetime.datetime):
            return value
        return datetime.datetime.combine(value, datetime.time.min, tzinfo=datetime.UTC)

    def beyond(self, place: Place) -> Q:
        """Give what comes after this place in the list."""
        moment, pk = place
        dated = self.field in ("review_on", "valid_until")
        value = moment.date() if dated else moment
        further = "lt" if self.order.startswith("-") else "gt"
        return Q(**{f"{self.field}__{further}": value}) | Q(**{self.field: value, "pk__gt": pk})


LISTS = {
    "review": Source(Worklist.review, "review_on", ""),
    "drafts": Source(lambda work: work.versions().drafts(), "-changed_at", person="written_by"),
    "approval": Source(lambda work: work.versions().waiting(), "submitted_at", person="written_by"),
    "scheduled": Source(lambda work: work.versions().scheduled(), "publish_at", person="written_by"),
    "feedback": Source(Worklist.feedback, "due_at"),
    "gaps": Source(
        lambda work: Gap.objects.once_each().with_people().order_by("asked_at", "pk"), "asked_at", None, of_editors=True
    ),
    "expiring": Source(Worklist.expiring, "valid_until", ""),
    "links": Source(Worklist.links, "failed_since"),
    "unused": Source(Worklist.unused, "published_at", ""),
    "used": Source(Worklist.used, "", ""),
    "overdue": Source(Worklist.overdue, "review_on", ""),
    "late": Source(Worklist.late, "due_at"),
    "own": Source(
        lambda work: work.versions().drafts().filter(written_by=work.user), "-changed_at", person="written_by"
    ),
}
