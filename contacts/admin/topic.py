from django.contrib import admin

from contacts.models import Norm, Question, Topic


class SubtopicInline(admin.TabularInline):
    model = Topic
    extra = 0
    fields = ["name", "team", "upl_name", "closed_at"]
    show_change_link = True


class QuestionInline(admin.TabularInline):
    """What the public form asks about a topic besides the message."""

    model = Question
    extra = 0
    fields = ["label", "kind", "choices", "hint", "is_required", "position", "closed_at"]


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
