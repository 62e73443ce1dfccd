"""Reading lists: what new colleagues read, and how far each of them is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import push
from accounts.models import Notification, Role, Team, User
from knowledge.models.article import LONG, Article
from knowledge.models.version import Version

MOST_ARTICLES = 100


class ReadingListQuerySet(models.QuerySet["ReadingList"]):
    """Reading lists by who may change them."""

    def open(self) -> Self:
        """Give the lists that were not closed."""
        return self.filter(closed_at=None)

    def manageable_by(self, user: User) -> Self:
        """Give the lists this colleague may change and give: editors all, a team lead those of the own teams."""
        if user.has_role(Role.EDITOR):
            return self
        return self.filter(team__in=user.team_ids) if user.leads else self.none()

    def for_overview(self) -> Self:
        """Give the lists by name, with how many articles they have and how many readers."""
        counted = self.select_related("team").annotate(
            articles_count=Count("items", distinct=True), readers_count=Count("readers", distinct=True)
        )
        return counted.order_by("title", "pk")


class ReadingList(models.Model):
    """What somebody who begins here must have read: articles in an order."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("titel"), max_length=150)
    text = models.TextField(_("toelichting"), blank=True)
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="reading_lists", verbose_name=_("voor afdeling")
    )
    articles = models.ManyToManyField(Article, through="knowledge.ReadingItem", verbose_name=_("artikelen"))
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    closed_at = models.DateTimeField(_("vervallen op"), null=True, blank=True)

    objects = ReadingListQuerySet.as_manager()

    class Meta:
        verbose_name = _("leeslijst")
        verbose_name_plural = _("leeslijsten")

    def __str__(self) -> str:
        return self.title

    @classmethod
    def begin(cls, *, key: UUID, title: str, text: str, team: Team | None) -> "ReadingList":
        """Make a list without articles; a second time with the same key gives the first."""
        return cls.objects.get_or_create(uuid=key, defaults={"title": title, "text": text, "team": team})[0]

    def change(self, *, title: str, text: str, team: Team | None) -> None:
        """Give the list other words, or another department that may change it."""
        self.title, self.text, self.team = title, text, team
        self.save(update_fields=["title", "text", "team"])

    @transaction.atomic
    def add(self, article: Article) -> bool:
        """Put an article last on the list; say whether there was room for it. A second time changes nothing."""
        items = self._locked_items()
        if any(item.article_id == article.pk for item in items):
            return True
        if len(items) >= MOST_ARTICLES:
            return False
        last = items[-1].place + 1 if items else 0
        ReadingItem.objects.create(list=self, article=article, place=last)
        return True

    def remove(self, article: Article) -> None:
        """Take an article off the list; a second time changes nothing."""
        self.items.filter(article=article).delete()

    @transaction.atomic
    def move(self, article: Article, *, up: bool) -> None:
        """Let an article change places with the one before or after it; the first stays first, the last last."""
        items = self._locked_items()
        at = next((n for n, item in enumerate(items) if item.article_id == article.pk), None)
        to = -1 if at is None else at - 1 if up else at + 1
        if at is None or not 0 <= to < len(items):
            return
        items[at], items[to] = items[to], items[at]
        for place, item in enumerate(items):
            item.place = place
        ReadingItem.objects.bulk_update(items, ["place"])

    def close(self) -> None:
        """Ask nobody to read this any more; a second time changes nothing."""
        ReadingList.objects.filter(pk=self.pk, closed_at=None).update(closed_at=timezone.now())
        self.refresh_from_db(fields=["closed_at"])

    @transaction.atomic
    def give(self, people: Iterable[User], *, due_on: date | None, by: User) -> int:
        """Ask these colleagues to read this, by a day or not; say of how many that was new. Those hear it by bell."""
        asked = {person.pk: person for person in people}
        known = set(self.readers.filter(user__in=asked).values_list("user_id", flat=True))
        if due_on is not None:
            self.readers.filter(user__in=known).update(due_on=due_on)
        new = [person for pk, person in asked.items() if pk not in known]
        Reader.objects.bulk_create(
            [Reader(list=self, user=person, given_by=by, due_on=due_on) for person in new], ignore_conflicts=True
        )
        lines = [self._line(reader) for reader in self.readers.filter(user__in=new).select_related("user")]
        Notification.objects.bulk_create(lines, ignore_conflicts=True)
        push.hint("bell", *(f"user:{person.pk}" for person in new))
        return len(new)

    def take_back(self, person: User) -> None:
        """Ask this colleague no more; what was read stays read. A second time changes nothing."""
        self.readers.filter(user=person).delete()

    def _locked_items(self) -> "list[ReadingItem]":
        ReadingList.objects.select_for_update().only("pk").get(pk=self.pk)
        return list(self.items.order_by("place", "pk"))

    def _line(self, reader: "Reader") -> Notification:
        """Give the line for the bell; of its own for each time the list was given."""
        with translation.override(reader.user.language):
            text = _t("Je kreeg een leeslijst: %(title)s") % {"title": self.title}
        url = f"{reverse('knowledge:reading')}#{self.uuid}"
        key = f"reading:{self.uuid}:{reader.pk}"
        return Notification(recipient=reader.user, key=key, kind="reading", text=text[:200], url=url)

    def progress(self) -> "list[Progress]":
        """Give how far each reader is, by name; of the articles that can be read now. Three queries."""
        readable = set(self.items.readable().values_list("article_id", flat=True))
        readers = list(self.readers.with_people())
        reads = ArticleRead.objects.filter(article__in=readable, user__in=[reader.user_id for reader in readers])
        counts = dict(reads.order_by().values_list("user").annotate(Count("pk")))
        return [Progress(counts.get(one.user_id, 0), len(readable), reader=one) for one in readers]


class ReadingItemQuerySet(models.QuerySet["ReadingItem"]):
    """The articles of lists."""

    def readable(self) -> Self:
        """Give those of which the article can be read now."""
        return self.filter(article__in=Article.objects.published())

    def with_articles(self) -> Self:
        """Fetch the article without its text, in the same query."""
        return self.select_related("article__topic").defer(*(f"article__{name}" for name in LONG))

    def open_for(self, user: User) -> Self:
        """Give what this colleague was asked to read, can be read and was not ticked yet."""
        ticked = ArticleRead.objects.filter(user=user, article=OuterRef("article"))
        asked = self.filter(list__closed_at=None, list__readers__user=user)
        return asked.readable().exclude(Exists(ticked))

    def count_left(self, user: User) -> int:
        """Give how many articles this colleague must still read."""
        return self.open_for(user).aggregate(n=Count("article", distinct=True))["n"]


class ReadingItem(models.Model):
    """One article on a reading list, at its place."""

    list = models.ForeignKey(ReadingList, models.CASCADE, related_name="items", verbose_name=_("leeslijst"))
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("kennisartikel"))
    place = models.PositiveSmallIntegerField(pgettext_lazy("lijst", "plaats"), default=0)

    objects = ReadingItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("artikel op een leeslijst")
        verbose_name_plural = _("artikelen op een leeslijst")
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint(fields=["list", "article"], name="article_once_per_reading_list")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.article_id}"


class ReaderQuerySet(models.QuerySet["Reader"]):
    """Who got which list."""

    def with_people(self) -> Self:
        """Give the readers by name, of those who still work here."""
        kept = self.filter(user__is_active=True).select_related("user", "given_by")
        return kept.order_by("user__last_name", "user__first_name", "pk")

    def of(self, user: User) -> Self:
        """Give what this colleague got, of lists that were not closed."""
        return self.filter(user=user, list__closed_at=None).select_related("list__team", "given_by")


class Reader(models.Model):
    """Somebody who got a reading list, since when and by when it should be read."""

    list = models.ForeignKey(ReadingList, models.CASCADE, related_name="readers", verbose_name=_("leeslijst"))
    user = models.ForeignKey(User, models.CASCADE, related_name="reading", verbose_name=_("medewerker"))
    given_at = models.DateTimeField(_("gegeven op"), default=timezone.now)
    given_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("gegeven door")
    )
    due_on = models.DateField(_("lezen vóór"), null=True, blank=True)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("lezer")
        verbose_name_plural = _("lezers")
        constraints = [models.UniqueConstraint(fields=["list", "user"], name="reading_list_once_per_reader")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.user_id}"


class ArticleReadQuerySet(models.QuerySet["ArticleRead"]):
    """What was ticked as read."""

    def tick(self, article: Article, *, version: int, by: User) -> None:
        """Write down that this colleague read this version of the article; what was read later stands."""
        seen = {"version": min(version, article.version), "at": timezone.now()}
        row, new = self.get_or_create(user=by, article=article, defaults=seen)
        if not new:
            self.filter(pk=row.pk, version__lt=seen["version"]).update(**seen)

    def untick(self, article: Article, *, by: User) -> None:
        """Forget that this colleague read the article."""
        self.filter(user=by, article=article).delete()


class ArticleRead(models.Model):
    """That somebody ticked an article of a reading list as read, and which version of it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("kennisartikel"))
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("medewerker"))
    version = models.PositiveIntegerField(_("versie"))
    at = models.DateTimeField(_("gelezen op"), default=timezone.now)

    objects = ArticleReadQuerySet.as_manager()

    class Meta:
        verbose_name = _("gelezen artikel")
        verbose_name_plural = _("gelezen artikelen")
        constraints = [models.UniqueConstraint(fields=["user", "article"], name="article_read_once")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.user_id}"


@dataclass
class Progress:
    """How many of the articles of a list somebody read."""

    done: int
    total: int
    reader: Reader

    @property
    def left(self) -> int:
        """Give how many are not read yet."""
        return self.total - self.done

    @property
    def percent(self) -> int:
        """Give how much is read, 0 to 100; 0 of an empty list."""
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def is_late(self) -> bool:
        """Say whether something is unread after the day by which all should be."""
        return bool(self.left) and self.reader.due_on is not None and self.reader.due_on < timezone.localdate()


@dataclass
class Line:
    """One article on the list of a reader: when it was read, and whether it was changed noticeably since."""

    article: Article
    read_at: datetime | None
    changed: bool

    @property
    def is_read(self) -> bool:
        """Say whether it was read as it is now."""
        return self.read_at is not None and not self.changed


@dataclass
class Task:
    """A reading list as its reader sees it."""

    reader: Reader
    lines: list[Line]

    @property
    def progress(self) -> Progress:
        """Give how far the reader is."""
        return Progress(sum(line.read_at is not None for line in self.lines), len(self.lines), reader=self.reader)

    def step(self, article: Article) -> "Step | None":
        """Give the place of an article on this list, None when it is not on it."""
        at = next((place for place, line in enumerate(self.lines) if line.article.pk == article.pk), None)
        return None if at is None else Step(self, at)


@dataclass
class Step:
    """One article of a list while it is being read: where that is, and how its reader goes on."""

    task: Task
    at: int

    @property
    def line(self) -> Line:
        """Give the article with what was read of it."""
        return self.task.lines[self.at]

    @property
    def number(self) -> int:
        """Give its place on the list, from 1."""
        return self.at + 1

    @property
    def before(self) -> Line | None:
        """Give the article before it; None at the first."""
        return self.task.lines[self.at - 1] if self.at else None

    @property
    def next(self) -> Line | None:
        """Give what is still to be read, first of what comes after; when all is read, what comes after."""
        after, earlier = self.task.lines[self.at + 1 :], self.task.lines[: self.at]
        unread = [line for line in (*after, *earlier) if not line.is_read]
        return next(iter(unread or after), None)

    @property
    def address(self) -> str:
        """Give the part of an address that keeps the list beside its article."""
        return f"?{urlencode({'reading': str(self.task.reader.list.uuid)})}"


def tasks_of(user: User) -> list[Task]:
    """Give the reading lists of this colleague, the first one to be read first. Four queries, however many lists."""
    readers = list(Reader.objects.of(user).order_by(F("due_on").asc(nulls_last=True), "given_at", "pk"))
    lists = [reader.list_id for reader in readers]
    items = list(ReadingItem.objects.filter(list__in=lists).readable().with_articles().order_by("place", "pk"))
    articles = {item.article_id for item in items}
    reads = {read.article_id: read for read in ArticleRead.objects.filter(user=user, article__in=articles)}
    changed = _announced_after(reads.values())
    return [
        Task(reader, [_line(item, reads, changed) for item in items if item.list_id == reader.list_id])
        for reader in readers
    ]


def step_of(user: User, asked: str, article: Article) -> Step | None:
    """Give where a colleague is who reads this article from a list; None when the list is not theirs (any more)."""
    task = next((one for one in tasks_of(user) if str(one.reader.list.uuid) == asked), None) if asked else None
    return task.step(article) if task else None


def _line(item: ReadingItem, reads: "dict[int, ArticleRead]", changed: set[int]) -> Line:
    read = reads.get(item.article_id)
    return Line(item.article, read.at if read else None, item.article_id in changed)


def _announced_after(reads: Iterable[ArticleRead]) -> set[int]:
    """Give the articles of which a version was announced after the one that was read."""
    later = Q()
    for read in reads:
        later |= Q(article=read.article_id, number__gt=read.version)
    rows = Version.objects.filter(later, announced=True, published_at__isnull=False)
    return set(rows.values_list("article", flat=True)) if later else set()
