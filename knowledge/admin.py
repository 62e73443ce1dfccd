"""The knowledge base for editors and administrators, until it has an editor of its own."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from knowledge.models import Article, clean_html

MOST_WORDS = 60
TEXT = ["title", "short_answer", "body", "keywords"]  # what makes another version when it changes
STATES = {
    "current": _("Actueel"),
    "overdue": _("Controle verlopen"),
    "concept": _("Concept"),
    "withdrawn": _("Ingetrokken"),
}


class ArticleForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = [*TEXT, "external_id", "topic", "team", "owner", "internal", "review_on"]
        widgets = {"body": forms.Textarea(attrs={"rows": 30, "cols": 100, "class": "vLargeTextField"})}

    def clean_short_answer(self) -> str:
        answer = _lines(self.cleaned_data["short_answer"])
        if (count := len(answer.split())) > MOST_WORDS:
            raise ValidationError(
                _("Het korte antwoord heeft %(count)d woorden. Gebruik er hooguit %(most)d."),
                params={"count": count, "most": MOST_WORDS},
            )
        return answer

    def clean_body(self) -> str:
        return clean_html(_lines(self.cleaned_data["body"]))

    @property
    def text_changed(self) -> bool:
        """Say whether the words of the article became other words; line ends of the browser do not count."""
        return any(self.cleaned_data[name] != self.initial.get(name) for name in TEXT)


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
    form = ArticleForm
    list_display = ["title", "topic", "team", "owner", "review_on", "standing"]
    list_filter = [ReviewFilter, StateFilter, "internal", "team"]
    list_select_related = ["topic__parent", "team", "owner"]
    search_fields = ["title", "keywords"]
    search_help_text = _("Zoek in titel en trefwoorden")
    ordering = ["review_on", "title"]
    list_per_page = 50
    actions = ["publish", "withdraw", "check_again"]
    readonly_fields = ["standing", "version", "checked_at", "published_at", "withdrawn_at", "changed_at"]
    fieldsets = [
        (None, {"fields": ["title", "short_answer", "body", "keywords"]}),
        (_("Waar hoort het bij"), {"fields": ["topic", "team", "owner", "internal", "external_id"]}),
        (
            _("Controle en publicatie"),
            {
                "fields": [
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return super().get_queryset(request).defer("plain", "vector", "folded")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"external_id": f"kcc-{uuid4().hex[:12]}", "owner": request.user.pk}

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        if change and form.text_changed:
            obj.version += 1
        super().save_model(request, obj, form, change)

    def get_view_on_site_url(self, obj: Article | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None

    @admin.display(description=_("status"))
    def standing(self, article: Article) -> Any:
        return STATES[article.state] if article.pk else STATES["concept"]

    @admin.action(description=_("Publiceren"), permissions=["change"])
    def publish(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        self._each(request, articles, "publish", _("Gepubliceerd"))

    @admin.action(description=_("Intrekken"), permissions=["change"])
    def withdraw(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        self._each(request, articles, "withdraw", _("Ingetrokken"))

    @admin.action(description=_("Gecontroleerd: klopt nog"), permissions=["change"])
    def check_again(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        self._each(request, articles, "check_again", _("Gecontroleerd"))

    def _each(self, request: HttpRequest, articles: QuerySet[Article], verb: str, word: Any) -> None:
        """Do the verb on each article, write it in the log under that word, and say how many it were."""
        for article in articles:
            getattr(article, verb)()
            self.log_change(request, article, str(word))
        count = len(articles)
        done = ngettext("%(word)s: %(count)d artikel.", "%(word)s: %(count)d artikelen.", count)
        self.message_user(request, done % {"word": word, "count": count}, messages.SUCCESS)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
