"""Bulletins and reading lists as administrators see them; they are written on pages of their own."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from knowledge.models import Bulletin, Reader, ReadingItem, ReadingList


@admin.register(Bulletin)
class BulletinAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "important", "starts_at", "ends_at", "withdrawn_at", "written_by", "confirmed"]
    list_filter = ["kind", "important", "teams"]
    list_select_related = ["written_by"]
    search_fields = ["title", "text"]
    ordering = ["-starts_at"]
    list_per_page = 50
    actions = ["withdraw"]
    fields = [
        *("kind", "title", "text", "article", "teams", "important", "starts_at", "ends_at"),
        *("written_by", "created_at", "changed_at", "withdrawn_at"),
    ]
    readonly_fields = [
        *("kind", "title", "text", "article", "teams", "important", "starts_at", "ends_at"),
        *("written_by", "created_at", "changed_at", "withdrawn_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bulletin]:
        counted = Count("reads", filter=Q(reads__confirmed_at__isnull=False))
        return super().get_queryset(request).annotate(confirmed=counted)

    @admin.display(description=_("bevestigd"))
    def confirmed(self, bulletin: Any) -> int:
        return int(bulletin.confirmed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_view_on_site_url(self, obj: Bulletin | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None

    @admin.action(description=_("Intrekken"), permissions=["change"])
    def withdraw(self, request: HttpRequest, bulletins: QuerySet[Bulletin]) -> None:
        for bulletin in bulletins:
            bulletin.withdraw()
            self.log_change(request, bulletin, str(_("Ingetrokken")))
        count = len(bulletins)
        done = ngettext("%(count)d bericht ingetrokken.", "%(count)d berichten ingetrokken.", count)
        self.message_user(request, done % {"count": count}, messages.SUCCESS)


class ItemInline(admin.TabularInline):
    model = ReadingItem
    autocomplete_fields = ["article"]
    extra = 0


class ReaderInline(admin.TabularInline):
    model = Reader
    fields = ["user", "given_at", "given_by", "due_on"]
    readonly_fields = ["user", "given_at", "given_by", "due_on"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # giving a list tells its reader


@admin.register(ReadingList)
class ReadingListAdmin(admin.ModelAdmin):
    list_display = ["title", "team", "created_at", "closed_at"]
    list_filter = ["team"]
    list_select_related = ["team"]
    search_fields = ["title"]
    ordering = ["title"]
    readonly_fields = ["created_at"]
    inlines = [ItemInline, ReaderInline]
