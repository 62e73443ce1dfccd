from django.contrib import admin
from django.db import models
from django.forms import Textarea
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts.models import ReplyTemplate
from contacts.models.reply_template import PLACEHOLDERS


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(admin.ModelAdmin):
    """The texts that answers begin with; a word between braces that nobody can fill in is refused."""

    list_display = ["name", "team", "topic", "closed_at"]
    list_filter = ["team", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["team", "topic__parent"]
    search_fields = ["name", "text"]
    autocomplete_fields = ["topic"]
    fields = ["name", "text", "placeholders", "team", "topic", "closed_at"]
    readonly_fields = ["placeholders"]
    formfield_overrides = {models.TextField: {"widget": Textarea(attrs={"rows": 16, "cols": 90})}}

    @admin.display(description=_("invulwoorden"))
    def placeholders(self, template: ReplyTemplate) -> SafeString:
        return format_html_join(" ", "<code>{{{}}}</code>", ((name,) for name in PLACEHOLDERS))
