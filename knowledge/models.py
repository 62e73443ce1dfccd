"""The knowledge base: articles that answer questions, and where they were used."""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

import nh3
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Count, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team, User
from contacts.models import Contact, Topic
from contacts.models.customer import Fold

CONFIG = "kcc_dutch"  # text search configuration of the first migration: Dutch stems, accents folded
SEARCHED = ("plain", "vector", "folded")  # columns that only the search reads
RECENT = timedelta(days=30)
REVIEW_AFTER = timedelta(days=182)
MOST_COUNTED = 999  # uses of an article; more is 999+
TAGS = {
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
    "blockquote",
}
ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}


def clean_html(html: str) -> str:
    """Give the HTML with only what an article may hold; everything else is dropped, scripts with their content."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"})


class PlainText(Func):
    """The text of a piece of HTML, good enough to search in and to show a passage of."""

    function = "regexp_replace"
    template = "regexp_replace(%(expressions)s, '<[^>]*>', ' ', 'g')"
    output_field = models.TextField()


class ArticleQuerySet(models.QuerySet["Article"]):
    def visible_to(self, user: User) -> Self:
        """Give the articles this user may read: editors in every state, everybody else what is published."""
        return self if user.has_role(Role.EDITOR) else self.published()

    def published(self) -> Self:
        return self.filter(published_at__lte=timezone.now(), withdrawn_at=None)

    def of_kind(self, kind: str) -> Self:
        """Give the articles of one kind: public, internal, or overdue for their check; all of them for another word."""
        overdue = Q(review_on__lt=timezone.localdate())
        kinds = {"public": Q(internal=False), "internal": Q(internal=True), "overdue": overdue}
        return self.filter(kinds.get(kind, Q()))

    def about(self, topic: Topic) -> Self:
        """Give the articles on this topic, or on any topic of this theme."""
        return self.filter(Q(topic=topic) | Q(topic__parent=topic))

    def most_used(self, *, since: datetime) -> Self:
        """Give the articles that were used most since then first; for some articles, not for all of them."""
        used = Usage.objects.filter(article=OuterRef("pk"), at__gte=since).order_by().values("article")
        uses = Subquery(used.annotate(n=Count("pk")).values("n"))
        return self.annotate(uses=Coalesce(uses, Value(0))).order_by("-uses", "title", "pk")

    def newest(self) -> Self:
        return self.order_by("-changed_at", "-pk")

    def with_card(self) -> Self:
        """Give the articles as a list shows them, without the long text."""
        return self.defer("body", *SEARCHED)

    def with_details(self) -> Self:
        return self.defer(*SEARCHED).select_related("topic__parent", "owner", "team")


class Article(models.Model):
    """One answer, with its short form for reading aloud, an owner who vouches for it and a date to check it again."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    external_id = models.CharField(_("extern kenmerk"), max_length=200, unique=True)
    title = models.CharField(_("titel"), max_length=200)
    short_answer = models.TextField(_("kort antwoord"), help_text=_("Hooguit 60 woorden; een regel per punt."))
    body = models.TextField(_("tekst"), blank=True)
    keywords = models.CharField(
        _("trefwoorden"), max_length=500, blank=True, help_text=_("Woorden van de burger die niet in de titel staan.")
    )
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("onderwerp")
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("afdeling")
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("eigenaar")
    )
    internal = models.BooleanField(_("intern"), default=False)
    version = models.PositiveIntegerField(_("versie"), default=1, editable=False)
    checked_at = models.DateTimeField(_("gecontroleerd op"), null=True, blank=True)
    review_on = models.DateField(_("controleren vóór"), null=True, blank=True)
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("gewijzigd op"), auto_now=True)
    plain = models.GeneratedField(expression=PlainText(F("body")), output_field=models.TextField(), db_persist=True)
    vector = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=CONFIG)
        + SearchVector("keywords", weight="A", config=CONFIG)
        + SearchVector("short_answer", weight="B", config=CONFIG)
        + SearchVector("body", weight="C", config=CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    folded = models.GeneratedField(
        expression=Fold(models.functions.Concat(F("title"), Value(" "), F("keywords"))),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("kennisartikel")
        verbose_name_plural = _("kennisartikelen")
        indexes = [
            GinIndex(fields=["vector"], name="article_words"),
            GinIndex(OpClass(F("folded"), name="gin_trgm_ops"), name="article_letters"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.body = clean_html(self.body)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("knowledge:article", args=[self.uuid])

    @property
    def points(self) -> list[str]:
        """Give the lines of the short answer, one a point; **words** between stars are the key figures."""
        return [line.strip() for line in self.short_answer.splitlines() if line.strip()]

    @property
    def is_overdue(self) -> bool:
        return self.review_on is not None and self.review_on < timezone.localdate()

    @property
    def state(self) -> str:
        """Give the word for where this article stands: concept, withdrawn, overdue or current."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.published_at is None or self.published_at > timezone.now():
            return "concept"
        return "overdue" if self.is_overdue else "current"

    def count_uses(self, *, since: datetime) -> int:
        """Give in how many contacts this article was used since then, counted to 1000."""
        return self.usages.filter(at__gte=since)[: MOST_COUNTED + 1].count()

    def publish(self) -> None:
        """Show this article to everybody; a second time changes nothing."""
        if self.withdrawn_at is not None or self.state == "concept":
            self.published_at, self.withdrawn_at = timezone.now(), None
            self.save(update_fields=["published_at", "withdrawn_at", "changed_at"])

    def withdraw(self) -> None:
        """Take this article away from everybody but editors; a second time changes nothing."""
        if self.withdrawn_at is None:
            self.withdrawn_at = timezone.now()
            self.save(update_fields=["withdrawn_at", "changed_at"])

    def check_again(self) -> None:
        """Write down that this article was checked today and is right; the next check is due in half a year."""
        self.checked_at = timezone.now()
        self.review_on = timezone.localdate() + REVIEW_AFTER
        self.save(update_fields=["checked_at", "review_on"])

    def use(self, contact: Contact, *, by: User) -> None:
        """Write down that this article answered this contact; a second time changes nothing."""
        Usage.objects.get_or_create(article=self, contact=contact, defaults={"by": by})


class Usage(models.Model):
    """That an article was used in a contact: what the figures on usefulness count."""

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="usages", verbose_name=_("kennisartikel"), db_index=False
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="usages", verbose_name=_("klantcontact"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("door"))
    at = models.DateTimeField(_("moment"), default=timezone.now)

    class Meta:
        verbose_name = _("gebruik")
        verbose_name_plural = _("gebruik")
        constraints = [models.UniqueConstraint(fields=["article", "contact"], name="used_once_per_contact")]
        indexes = [models.Index(fields=["article", "-at"], name="usage_of_article")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.contact_id}"
