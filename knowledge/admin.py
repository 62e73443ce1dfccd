"""What administrators keep of the knowledge base; its words are written where their versions are kept."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.http import signed_in
from knowledge import editorial_admin as editorial_admin
from knowledge import news_admin as news_admin
from knowledge import version_admin as version_admin
from knowledge.models import Article, Synonym
from knowledge.models.opening import settle
from knowledge.models.synonym import LONGEST, SEPARATOR

STATES = {
    "current": _("Actueel"),
    "overdue": _("Controle verlopen"),
    "concept": _("Concept"),
    "withdrawn": _("Ingetrokken"),
    "coming": _("Nog niet geldig"),
    "over": _("Niet meer geldig"),
}


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("published", _("Gepubliceerd")), ("concept", _("Concept")), ("withdrawn", _("Ingetrokken"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if self.value() == "withdrawn":
            return queryset.filter(withdrawn_at__isnull=False)
        published = queryset.filter(published_at__lte=timezone.now(), withdrawn_at=None)
        if self.value() == "published":
            return published
        if self.value() == "concept":
            return queryset.filter(withdrawn_at=None).exclude(pk__in=published.values("pk"))
        return queryset


class ReviewFilter(admin.SimpleListFilter):
    title = _("controle")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Verlopen")), ("month", _("Binnen een maand")), ("none", _("Zonder datum"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        today = timezone.localdate()
        if self.value() == "overdue":
            return queryset.filter(review_on__lt=today)
        if self.value() == "month":
            return queryset.filter(review_on__range=(today, today + timedelta(days=31)))
        if self.value() == "none":
            return queryset.filter(review_on=None)
        return queryset


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["title", "topic", "team", "owner", "review_on", "standing"]
    list_filter = [ReviewFilter, StateFilter, "internal", "team"]
    list_select_related = ["topic__parent", "team", "owner"]
    search_fields = ["title", "keywords"]
    search_help_text = _("Zoek in titel en trefwoorden")
    ordering = ["review_on", "title"]
    list_per_page = 50
    actions = ["bring_back", "withdraw", "check_again"]
    readonly_fields = [
        *("title", "short_answer", "keywords"),
        *("standing", "version", "checked_at", "published_at", "withdrawn_at", "changed_at", "words"),
    ]
    autocomplete_fields = ["original", "related"]
    raw_id_fields = ["product"]
    filter_horizontal = ["more_topics"]
    fieldsets = [
        (None, {"fields": ["title", "short_answer", "keywords", "words"]}),
        (
            _("Waar hoort het bij"),
            {
                "fields": [
                    *("kind", "audience", "language", "original", "topic", "more_topics", "product", "related"),
                    *("team", "owner", "internal", "external_id"),
                ]
            },
        ),
        (
            _("Controle en publicatie"),
            {
                "fields": [
                    "valid_from",
                    "valid_until",
                    "review_on",
                    "standing",
                    "version",
                    "checked_at",
                    "published_at",
                    "withdrawn_at",
                    "changed_at",
                ]
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Article, form: forms.ModelForm, change: bool) -> None:
        """Save what was changed here and nothing else: somebody may publish other words meanwhile."""
        if "internal" in form.changed_data:
            wanted, obj.internal = obj.internal, settle(obj, internal=obj.internal, by=signed_in(request))
            if obj.internal != wanted:
                words = _("Dit artikel wordt openbaar zodra een collega het goedkeurt en het wordt gepubliceerd.")
                self.message_user(request, words, messages.WARNING)
        kept = {field.name for field in Article._meta.concrete_fields}
        obj.save(update_fields=[*(name for name in form.changed_data if name in kept), "changed_at"])

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Go to where an article is written, for its versions are kept there."""
        return HttpResponseRedirect(reverse("knowledge:new"))

    @admin.display(description=_("tekst"))
    def words(self, article: Article) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("knowledge:edit", args=[article.uuid]), _("Tekst bewerken"))

    def get_view_on_site_url(self, obj: Article | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None

    @admin.display(description=_("status"))
    def standing(self, article: Article) -> Any:
        return STATES[article.state] if article.pk else STATES["concept"]

    @admin.action(description=_("Terugzetten"), permissions=["change"])
    def bring_back(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        for article in articles:
            article.bring_back()
        self._say(request, list(articles), _("Teruggezet"))

    @admin.action(description=_("Intrekken"), permissions=["change"])
    def withdraw(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        gone = [article for article in articles if article.withdraw(by=signed_in(request))]
        self._say(request, gone, _("Ingetrokken"))

    @admin.action(description=_("Gecontroleerd: klopt nog"), permissions=["change"])
    def check_again(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        right = [article for article in articles if article.check_again(by=signed_in(request))]
        self._say(request, right, _("Gecontroleerd"))

    def _say(self, request: HttpRequest, articles: list[Article], word: Any) -> None:
        """Write in the log of each article what was done with it, and say how many they were."""
        for article in articles:
            self.log_change(request, article, str(word))
        count = len(articles)
        done = ngettext("%(word)s: %(count)d artikel.", "%(word)s: %(count)d artikelen.", count)
        self.message_user(request, done % {"word": word, "count": count}, messages.SUCCESS)


class Words(SimpleArrayField):
    """Expressions with | between them; what is too long or too little the model says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(forms.CharField(), delimiter=SEPARATOR, **options)

    def prepare_value(self, value: Any) -> Any:
        return f" {SEPARATOR} ".join(value) if isinstance(value, list) else value


class SynonymForm(forms.ModelForm):
    words = Words(
        label=_("Woorden"),
        help_text=_("Zet | tussen de woorden, bijvoorbeeld: bankstel | grofvuil. Ze werken meteen in de zoekfunctie."),
        widget=forms.TextInput(attrs={"size": 100, "maxlength": 30 * (LONGEST + 3)}),
    )

    class Meta:
        model = Synonym
        fields = ["words", "near"]


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    form = SynonymForm
    list_display = ["__str__", "near", "changed_at"]
    list_filter = ["near"]
    ordering = ["-changed_at", "-pk"]
    list_per_page = 50
    search_fields = ["words"]
    search_help_text = _("Zoek een woord")
