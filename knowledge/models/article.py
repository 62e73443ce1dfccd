"""An article: what it says, who vouches for it, for whom it is and how it is found and used."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team, User
from accounts.worktime import LOCAL
from contacts.models import Contact, Topic
from knowledge.models.bell import tell
from knowledge.models.editing import Edited
from knowledge.models.editorial import Editorial
from knowledge.models.indexed import Indexed
from knowledge.models.maintenance import Maintenance
from knowledge.models.product import Product
from knowledge.models.text import Text
from knowledge.models.usage import Usage
from knowledge.models.usefulness import FIGURES, Useful
from knowledge.models.website import Website

if TYPE_CHECKING:
    from knowledge.models.version import Version

LONG = ("body", "sections", "sources")  # columns that no list shows
RECENT = timedelta(days=30)
MOST_COUNTED = 999  # uses of an article; more is 999+


class Kind(models.TextChoices):
    """How an article is made up: parts of one's own under a question, or the fixed ones of a product page."""

    QUESTION = "question", _("Vraag en antwoord")
    PRODUCT = "product", _("Productpagina")


class Audience(models.TextChoices):
    """For whom an article is, as the standard for government products tells them apart."""

    CITIZENS = "citizens", _("Inwoners")
    BUSINESSES = "businesses", _("Ondernemers")
    BOTH = "both", _("Inwoners en ondernemers")


class Language(models.TextChoices):
    """In which language an article is written; each language of it is an article of its own."""

    DUTCH = "nl", _("Nederlands")
    ENGLISH = "en", _("Engels")
    GERMAN = "de", _("Duits")
    FRENCH = "fr", _("Frans")
    POLISH = "pl", _("Pools")
    TURKISH = "tr", _("Turks")
    ARABIC = "ar", _("Arabisch")
    UKRAINIAN = "uk", _("Oekraïens")


class PlainText(Func):
    """The text of a piece of HTML; the first migration names it."""

    function = "regexp_replace"
    template = "regexp_replace(%(expressions)s, '<[^>]*>', ' ', 'g')"
    output_field = models.TextField()


class ArticleQuerySet(Maintenance, Website, Useful):  # type: ignore[override]  # each has an as_manager of its own
    """Articles by who may read them and by what they are about; upkeep, site and usefulness stand by their nouns."""

    def visible_to(self, user: User) -> Self:
        """Give the articles this user may read: editors in every state, everybody else what is published."""
        return self if user.has_role(Role.EDITOR) else self.published()

    def published(self) -> Self:
        """Give what holds today: published, not withdrawn, and within the days it is valid."""
        today = timezone.localdate()
        begun = Q(valid_from=None) | Q(valid_from__lte=today)
        not_over = Q(valid_until=None) | Q(valid_until__gte=today)
        return self.filter(begun, not_over, published_at__lte=timezone.now(), withdrawn_at=None)

    def for_public(self) -> Self:
        """Give what every citizen may read; of each article only its public parts."""
        return self.published().filter(internal=False)

    def of_kind(self, kind: str) -> Self:
        """Give the questions or the product pages; both for another word."""
        return self.filter(kind=kind) if kind in Kind.values else self

    def in_state(self, state: str) -> Self:
        """Give what is public, internal, or overdue for its check; all of it for another word."""
        overdue = Q(review_on__lt=timezone.localdate())
        states = {"public": Q(internal=False), "internal": Q(internal=True), "overdue": overdue}
        return self.filter(states.get(state, Q()))

    def for_audience(self, audience: str) -> Self:
        """Give what is for citizens, or for businesses; what is for both is in each. All of it for another word."""
        single = audience in (Audience.CITIZENS, Audience.BUSINESSES)
        return self.filter(audience__in=[audience, Audience.BOTH]) if single else self

    def in_language(self, language: str) -> Self:
        """Give what is written in this language; all of it for another word."""
        return self.filter(language=language) if language in Language.values else self

    def about(self, topic: Topic) -> Self:
        """Give the articles on this topic, or on any topic of this theme."""
        also = self.model.more_topics.through.objects.filter(Q(topic=topic) | Q(topic__parent=topic))
        return self.filter(Q(topic=topic) | Q(topic__parent=topic) | Q(pk__in=also.values("article")))

    def related_to(self, article: "Article") -> Self:
        """Give what an editor named beside this article, as a list shows it."""
        return self.filter(related=article).with_card().order_by("title", "pk")

    def in_languages_of(self, original: int) -> Self:
        """Give the article with this id in each language it was written in."""
        return self.filter(Q(pk=original) | Q(original=original)).with_card().order_by("language", "pk")

    def most_used(self, *, since: datetime) -> Self:
        """Give the articles that were used most since then first; for some articles, not for all of them."""
        used = Usage.objects.filter(article=OuterRef("pk"), at__gte=since).order_by().values("article")
        uses = Subquery(used.annotate(n=Count("pk")).values("n"))
        return self.annotate(uses=Coalesce(uses, Value(0))).order_by("-uses", "title", "pk")

    def asked_of(self, user: User) -> Self:
        """Give the articles on a reading list that this colleague was given."""
        through = Article.readinglist_set.through.objects.filter(list__closed_at=None, list__readers__user=user)
        return self.filter(pk__in=through.values("article"))

    def on_list(self, reading_list: Any) -> Self:
        """Give the articles on this reading list."""
        return self.filter(readinglist=reading_list)

    def newest(self) -> Self:
        """Put what changed last first."""
        return self.order_by("-changed_at", "-pk")

    def not_indexed(self) -> Self:
        """Give what the search does not know as it is now, because it was written past save()."""
        return self.filter(~Exists(Indexed.objects.current().filter(article=OuterRef("pk"))))

    def with_card(self) -> Self:
        """Give the articles as a list shows them, without the long text."""
        return self.defer(*LONG)

    def with_details(self) -> Self:
        """Fetch what a page of one article shows around it, in the same query."""
        return self.select_related("topic__parent", "topic__team", "owner", "team", "checked_by", "product")


class Article(Edited, Text):
    """One answer, with its short form for reading aloud, an owner who vouches for it and a date to check it again.

    Its words are those of the version that was published last; until the first they are those of its draft.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    external_id = models.CharField(_("extern kenmerk"), max_length=200, unique=True)
    kind = models.CharField(
        _("soort"), max_length=20, choices=Kind.choices, default=Kind.QUESTION, db_default=Kind.QUESTION
    )
    audience = models.CharField(
        _("doelgroep"), max_length=20, choices=Audience.choices, default=Audience.BOTH, db_default=Audience.BOTH
    )
    language = models.CharField(
        _("taal"), max_length=5, choices=Language.choices, default=Language.DUTCH, db_default=Language.DUTCH
    )
    original = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="translations", verbose_name=_("vertaling van")
    )
    body = models.TextField(_("tekst"), blank=True, editable=False)  # the sections as one text, for search and API
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("onderwerp")
    )
    more_topics = models.ManyToManyField(
        Topic, blank=True, related_name="articles_too", verbose_name=_("ook over deze onderwerpen")
    )
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("UPL-product")
    )
    related = models.ManyToManyField("self", blank=True, verbose_name=_("gerelateerde artikelen"))
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("afdeling")
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("eigenaar")
    )
    internal = models.BooleanField(_("intern"), default=False)
    version = models.PositiveIntegerField(_("versie"), default=1, editable=False)
    valid_from = models.DateField(_("geldig van"), null=True, blank=True)
    valid_until = models.DateField(_("geldig tot en met"), null=True, blank=True)
    checked_at = models.DateTimeField(_("gecontroleerd op"), null=True, blank=True)
    checked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("gecontroleerd door")
    )
    review_on = models.DateField(_("controleren vóór"), null=True, blank=True)
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("gewijzigd op"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("kennisartikel")
        verbose_name_plural = _("kennisartikelen")
        indexes = [
            models.Index(fields=["review_on"], condition=Q(withdrawn_at=None), name="article_to_check"),
            models.Index(fields=["valid_until"], condition=~Q(valid_until=None), name="article_expiring"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["original", "language"],
                name="article_once_per_language",
                violation_error_message=_("Dit artikel is er al in deze taal."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="article_valid_in_order",
                violation_error_message=_("De laatste geldige dag ligt voor de eerste."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, with the text of the sections in one piece beside them, and have the search know it at once.

        Where not all words are saved, the search is told those of the database: a colleague may have changed them.
        """
        self.body = self.html
        fields = kwargs.get("update_fields")
        said = {*fields} if isinstance(fields, list | tuple | set) else {*self.TEXT}
        if isinstance(fields, list | tuple | set) and "sections" in fields:
            kwargs["update_fields"] = {*fields, "body"}
        with transaction.atomic():
            super().save(*args, **kwargs)  # type: ignore[arg-type]
            if said >= {*self.TEXT}:
                Indexed.keep([self])
            elif {*self.TEXT, "changed_at"} & said:
                Indexed.keep([Article.objects.get(pk=self.pk)])

    def get_absolute_url(self) -> str:
        return reverse("knowledge:article", args=[self.uuid])

    @property
    def is_overdue(self) -> bool:
        """Say whether the day to check it has passed."""
        return self.review_on is not None and self.review_on < timezone.localdate()

    @property
    def is_over(self) -> bool:
        """Say whether its last valid day has passed."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def state(self) -> str:
        """Give the word for where this article stands: concept, withdrawn, coming, over, overdue or current."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.published_at is None or self.published_at > timezone.now():
            return "concept"
        if self.valid_from is not None and self.valid_from > timezone.localdate():
            return "coming"
        if self.is_over:
            return "over"
        return "overdue" if self.is_overdue else "current"

    @property
    def begins_at(self) -> datetime:
        """Give from when this may be read: the beginning of its first valid day when that lies ahead, else now."""
        now = timezone.now()
        return max(datetime.combine(self.valid_from, time.min, LOCAL), now) if self.valid_from is not None else now

    @property
    def is_readable(self) -> bool:
        """Say whether everybody who may read the knowledge base may read this now."""
        return self.state in ("overdue", "current")

    @property
    def draft(self) -> "Version | None":
        """Give what somebody is writing for this article and was not published yet."""
        return self.versions.open().first()

    @property
    def authors(self) -> set[int]:
        """Give the ids of who wrote these words, while nobody published them; what readers know is approved."""
        last = self.versions.order_by("-pk").first() if self.published_at is None else None
        return last.authors if last is not None else set()

    def count_uses(self, *, since: datetime) -> int:
        """Give in how many contacts this article was used since then, counted to 1000."""
        return self.usages.filter(at__gte=since)[: MOST_COUNTED + 1].count()

    def usefulness(self, *, since: datetime) -> dict[str, int]:
        """Give how often this was read, copied, used, called helpful and wrong since then."""
        return dict(Article.objects.filter(pk=self.pk).with_usefulness(since=since).values(*FIGURES).get())

    def count_reads(self, *, since: date) -> int:
        """Give how often colleagues and citizens opened this since that day."""
        found = self.reads.filter(day__gte=since).aggregate(n=Sum("count"))["n"]
        return found or 0

    @transaction.atomic
    def withdraw(self, *, by: User | None = None) -> bool:
        """Take this article away from everybody but editors, and let no plan bring it back; a second time nothing.

        Say whether there was anything to take away: not what nobody published.
        """
        if self.published_at is not None and self.withdrawn_at is None:
            self.withdrawn_at = timezone.now()
            self.save(update_fields=["withdrawn_at", "changed_at"])
            for planned in self.versions.scheduled():
                planned.hold(by=by)
            self.stir()
        return self.published_at is not None

    def bring_back(self) -> None:
        """Show an article again that was withdrawn; a second time changes nothing."""
        if self.withdrawn_at is not None:
            self.withdrawn_at = None
            self.save(update_fields=["withdrawn_at", "changed_at"])
            self.stir()

    def check_again(self, *, by: User | None) -> bool:
        """Write down that this article was checked today and is right; the next check is due after the usual months.

        Say whether there was anything to check: not what nobody published.
        """
        if self.published_at is None:
            return False
        self.checked_at, self.checked_by = timezone.now(), by
        self.review_on = Editorial.current().next_review(timezone.localdate())
        self.save(update_fields=["checked_at", "checked_by", "review_on"])
        return True

    @transaction.atomic
    def describe(
        self, values: dict[str, Any], *, topics: Iterable[Topic], related: Iterable["Article"], by: User
    ) -> None:
        """Have these facts besides its words from now on, and tell who vouches for it that they do."""
        owner = values.get("owner")
        if owner is not None:
            self.hand_over(owner, by=by)
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=[*values, "changed_at"])
        coming = self.bulletins.filter(version__isnull=False, starts_at__gt=timezone.now(), ends_at=None)
        coming.update(starts_at=self.begins_at)
        self.more_topics.set(topics)
        self.related.set(related)

    @transaction.atomic
    def hand_over(self, to: User, *, by: User) -> bool:
        """Have another colleague vouch for this article, and tell them; say whether they did not yet."""
        if not Article.objects.filter(pk=self.pk).exclude(owner=to).update(owner=to):
            return False
        self.owner = to
        words = _("%(name)s gaf je het artikel “%(title)s”")
        tell([to], words, title=self.title, url=reverse("knowledge:editorial"), by=by)
        return True

    def use(self, contact: Contact, *, by: User) -> None:
        """Write down that this article answered this contact; a second time changes nothing."""
        Usage.objects.get_or_create(article=self, contact=contact, defaults={"by": by})
