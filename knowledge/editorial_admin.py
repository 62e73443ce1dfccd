"""What is said of articles, asked for and told, for the administrator to look at; the screens do the work."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contacts.admin import ReadOnly
from knowledge.models import Editorial, Feedback, Gap, Notice


class HandledFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("late", _("Te laat"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Feedback]:
        if self.value() == "late":
            return queryset.overdue(now=timezone.now())
        return queryset.open() if self.value() == "open" else queryset.all()


class ClosedFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Gap]:
        return queryset.open() if self.value() == "open" else queryset.all()


class WaitingFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Wacht")), ("parked", _("Apart gezet na fouten")), ("done", _("Verstuurd"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        fits: dict[str, dict[str, bool]] = {
            "waiting": {"done_at__isnull": True, "parked_at__isnull": True},
            "parked": {"parked_at__isnull": False},
            "done": {"done_at__isnull": False},
        }
        return queryset.filter(**fits.get(self.value() or "", {}))


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly):
    list_display = ["article", "at", "helpful", "by", "due_at", "handled_at", "handled_by"]
    list_filter = [HandledFilter, "helpful"]
    list_select_related = ["article", "by", "handled_by"]
    search_fields = ["article__title"]
    search_help_text = _("Zoek in de titel van het artikel")
    ordering = ["-at"]
    fields = ["article", "version", "helpful", "text", "by", "at", "due_at", "handled_at", "handled_by", "answer"]


@admin.register(Gap)
class GapAdmin(ReadOnly):
    list_display = ["query", "asked_by", "asked_at", "article", "closed_at", "closed_by"]
    list_filter = [ClosedFilter]
    list_select_related = ["asked_by", "article", "closed_by"]
    search_fields = ["query"]
    ordering = ["-asked_at"]
    fields = ["query", "note", "asked_by", "asked_at", "article", "answer", "closed_at", "closed_by"]


@admin.register(Editorial)
class EditorialAdmin(ReadOnly):
    """How the office keeps its knowledge; it is set at Instellingen › Redactie."""

    list_display = ["four_eyes", "review_months", "notice_days", "feedback_days"]


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ["article", "occurrence", "due_at", "attempts", "done_at", "parked_at", "last_error"]
    list_filter = [WaitingFilter]
    list_select_related = ["article"]
    search_fields = ["article__title"]
    ordering = ["-due_at"]
    actions = ["send_again"]

    @admin.action(description=_("Opnieuw proberen"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        """Give parked notices another round of tries."""
        waiting = queryset.filter(parked_at__isnull=False, done_at=None)
        n = waiting.update(parked_at=None, lease_until=None, attempts=0, next_attempt_at=timezone.now())
        words = ngettext(
            "%(n)d herinnering wordt opnieuw verstuurd.", "%(n)d herinneringen worden opnieuw verstuurd.", n
        )
        self.message_user(request, words % {"n": n})
