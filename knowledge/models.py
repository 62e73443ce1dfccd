"""The knowledge base: articles that answer questions, and where they were used."""

from typing import Self
from uuid import uuid4

import nh3
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team, User
from contacts.models import Contact, Topic
from contacts.models.customer import Fold

CONFIG = "kcc_dutch"  # text search configuration of the first migration: Dutch stems, accents folded
TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "table", "thead", "tbody", "tr", "th", "td", "br", "blockquote"}
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

    def with_details(self) -> Self:
        return self.select_related("topic__parent", "owner", "team")


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
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("afdeling"))
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("eigenaar"))
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

    @property
    def points(self) -> list[str]:
        """Give the lines of the short answer, one a point; **words** between stars are the key figures."""
        return [line.strip() for line in self.short_answer.splitlines() if line.strip()]

    @property
    def is_overdue(self) -> bool:
        return self.review_on is not None and self.review_on < timezone.localdate()

    def use(self, contact: Contact, *, by: User) -> None:
        """Write down that this article answered this contact; a second time changes nothing."""
        Usage.objects.get_or_create(article=self, contact=contact, defaults={"by": by})


class Usage(models.Model):
    """That an article was used in a contact: what the figures on usefulness count."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="usages", verbose_name=_("kennisartikel"))
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
