"""What articles said and who saw to it, for the administrator to look at; nothing of it changes here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contacts.admin import ReadOnly
from knowledge.models import Version
from knowledge.models.versions import VersionQuerySet


class StandingFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("drafts", _("Concept")), ("waiting", _("Ter goedkeuring")), ("scheduled", _("Gepland")),
                ("published", _("Gepubliceerd"))]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: Any) -> VersionQuerySet:
        parts = {"drafts": queryset.drafts, "waiting": queryset.waiting, "scheduled": queryset.scheduled}
        part = (parts | {"published": queryset.published}).get(self.value() or "")
        return part() if part else queryset


@admin.register(Version)
class VersionAdmin(ReadOnly):
    list_display = ["title", "number", "state", "written_by", "approved_by", "published_by", "published_at"]
    list_filter = [StandingFilter, "announced"]
    list_select_related = ["article", "written_by", "approved_by", "published_by"]
    search_fields = ["title"]
    search_help_text = _("Zoek in titel")
    ordering = ["-pk"]
    list_per_page = 50
