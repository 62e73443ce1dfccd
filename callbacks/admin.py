"""The callback register for the administrator: to look at and to search, not to change; the screens do that."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from callbacks.models import Attempt, Callback, Handover, Policy, Postponement, Reminder
from contacts.admin import ReadOnly, ReadOnlyInline


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("late", _("Te laat")), ("completed", _("Afgerond of vervallen"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Callback]:
        if self.value() == "late":
            return queryset.overdue(now=timezone.now())
        return {"open": queryset.open, "completed": queryset.completed}.get(self.value() or "", queryset.all)()


class AttemptInline(ReadOnlyInline):
    model = Attempt
    fields = ["at", "by", "result"]


class HandoverInline(ReadOnlyInline):
    """From whom to whom it went; why is a colleague's own words, which may name a citizen, and stays on the page."""

    model = Handover
    fields = ["at", "kind", "from_team", "from_person", "to_team", "to_person", "by"]
    fk_name = "callback"


class PostponementInline(ReadOnlyInline):
    model = Postponement
    fields = ["at", "before", "until", "by"]


class ReminderInline(ReadOnlyInline):
    model = Reminder
    fields = ["occurrence", "due_at", "done_at", "parked_at", "last_error"]


@admin.register(Callback)
class CallbackAdmin(ReadOnly):
    list_display = ["reference", "team", "assignee", "requested_at", "due_at", "status_label"]
    list_filter = [StateFilter, "team"]
    list_select_related = ["team", "assignee"]
    search_fields = ["reference__startswith"]
    search_help_text = _("Zoek op kenmerk, bijvoorbeeld T-2026-10042.")
    date_hierarchy = "requested_at"
    ordering = ["-requested_at"]
    fields = [
        "reference", "team", "assignee", "requested_at", "due_at", "term", "claimed_at", "first_attempt_at",
        "next_attempt_at", "completed_at", "completed_by", "cancelled_at",
    ]  # fmt: skip
    inlines = [AttemptInline, HandoverInline, PostponementInline, ReminderInline]


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    """How departments call back; the row without a department holds for all that have none of their own."""

    list_display = [
        "__str__", "max_attempts", "day_parts", "first_percent", "second_percent", "lead_percent", "digest_at",
    ]  # fmt: skip
    list_select_related = ["team"]


class WaitingFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Wacht")), ("parked", _("Apart gezet na fouten")), ("done", _("Verstuurd"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        fits: dict[str, dict[str, bool]] = {
            "waiting": {"done_at__isnull": True, "parked_at__isnull": True},
            "parked": {"parked_at__isnull": False},
            "done": {"done_at__isnull": False},
        }
        return queryset.filter(**fits.get(self.value() or "", {}))


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    list_display = ["callback", "occurrence", "due_at", "attempts", "done_at", "parked_at", "last_error"]
    list_filter = [WaitingFilter]
    list_select_related = ["callback"]
    search_fields = ["callback__reference__startswith"]
    search_help_text = _("Zoek op kenmerk van het terugbelverzoek.")
    ordering = ["-due_at"]
    actions = ["send_again"]

    @admin.action(description=_("Opnieuw proberen"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        """Give parked reminders another round of tries."""
        waiting = queryset.filter(parked_at__isnull=False, done_at=None)
        n = waiting.update(parked_at=None, lease_until=None, attempts=0, next_attempt_at=timezone.now())
        words = ngettext(
            "%(n)d herinnering wordt opnieuw verstuurd.", "%(n)d herinneringen worden opnieuw verstuurd.", n
        )
        self.message_user(request, words % {"n": n})
