from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from contacts.models import Norm, Question, Topic


class SubtopicInline(admin.TabularInline):
    model = Topic
    extra = 0
    fields = ["name", "team", "upl_name", "closed_at"]
    show_change_link = True


class QuestionInline(admin.TabularInline):
    """What is asked about a topic besides the message: on the public form, with a callback, or both."""

    model = Question
    extra = 0
    fields = ["label", "place", "team", "kind", "choices", "hint", "is_required", "position", "closed_at"]


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    """The question sets, by topic and department; one that is asked no more is closed, not deleted."""

    list_display = ["label", "place", "topic", "team", "kind", "is_required", "position", "closed_at"]
    list_filter = ["place", "team", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["topic__parent", "team"]
    search_fields = ["label", "topic__name", "team__name"]
    autocomplete_fields = ["topic", "team"]
    fields = ["label", "hint", "place", "topic", "team", "kind", "choices", "is_required", "position", "closed_at"]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """The tree of themes and topics; a topic names the department that knows."""

    list_display = ["__str__", "team", "public_name", "upl_name", "closed_at"]
    list_filter = ["team", ("parent", admin.RelatedOnlyFieldListFilter), ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["parent", "team"]
    search_fields = ["name", "parent__name", "upl_name"]
    autocomplete_fields = ["parent"]
    inlines = [SubtopicInline, QuestionInline]


@admin.register(Norm)
class NormAdmin(admin.ModelAdmin):
    """How long the office allows itself; a change is a new row with a later start."""

    list_display = ["kind", "team", "topic", "amount", "unit", "starts_on"]
    list_filter = ["kind", "team"]
    list_select_related = ["team", "topic__parent"]
    autocomplete_fields = ["topic"]
    date_hierarchy = "starts_on"

    def has_change_permission(self, request: HttpRequest, obj: Norm | None = None) -> bool:
        """A norm that has begun is history: it is replaced by one with a later start."""
        return not _has_begun(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Norm | None = None) -> bool:
        return not _has_begun(obj) and super().has_delete_permission(request, obj)


def _has_begun(norm: Norm | None) -> bool:
    return norm is not None and norm.has_begun(today=timezone.localdate())
