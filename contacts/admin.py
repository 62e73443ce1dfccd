"""Topics and norms for the functional administrator; for who may see citizens also the registers, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.http import signed_in
from accounts.paging import BoundedPaginator
from contacts.models import (
    Access,
    Address,
    Case,
    Contact,
    Customer,
    Event,
    Heartbeat,
    Inbound,
    Norm,
    Outgoing,
    Topic,
)


class ReadOnly(admin.ModelAdmin):
    """A register to look in: what happened is not changed by hand."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class Citizens(ReadOnly):
    """A register of whom and what citizens asked: opening a row, or its history, is written down as everywhere."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None and self.has_view_permission(request, found):
            customer_id = found.pk if isinstance(found, Customer) else found.customer_id
            Access.record(by=signed_in(request), action=Access.Action.VIEW, customer_id=customer_id, detail="admin")
        return found


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class SubtopicInline(admin.TabularInline):
    model = Topic
    extra = 0
    fields = ["name", "team", "upl_name", "closed_at"]
    show_change_link = True


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """The tree of themes and topics; a topic names the department that knows."""

    list_display = ["__str__", "team", "upl_name", "closed_at"]
    list_filter = ["team", ("parent", admin.RelatedOnlyFieldListFilter), ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["parent", "team"]
    search_fields = ["name", "parent__name", "upl_name"]
    autocomplete_fields = ["parent"]
    inlines = [SubtopicInline]


@admin.register(Norm)
class NormAdmin(admin.ModelAdmin):
    """How long the office allows itself; a change is a new row with a later start."""

    list_display = ["kind", "team", "topic", "amount", "unit", "starts_on"]
    list_filter = ["kind", "team"]
    list_select_related = ["team", "topic__parent"]
    autocomplete_fields = ["topic"]
    date_hierarchy = "starts_on"


class AddressInline(ReadOnlyInline):
    model = Address
    fields = ["kind", "network", "value", "typed"]


@admin.register(Customer)
class CustomerAdmin(Citizens):
    """Customers, to read; who looks for one does so on the page for that, where a name is in no address."""

    list_display = ["full_name", "kind", "city", "source", "verified_at"]
    list_filter = ["kind", "source", "confidential"]
    exclude = ["name_vector"]
    inlines = [AddressInline]

    @admin.display(description=_("naam"), ordering="last_name")
    def full_name(self, customer: Customer) -> str:
        return customer.name


class EventInline(ReadOnlyInline):
    model = Event
    fields = ["at", "kind", "by", "data"]
    fk_name = "contact"


@admin.register(Contact)
class ContactAdmin(Citizens):
    list_display = ["happened_at", "channel", "line", "customer", "agent", "outcome"]
    list_filter = ["channel", "direction", "outcome", "readable"]
    list_select_related = ["customer", "agent", "topic"]
    inlines = [EventInline]

    @admin.display(description=_("titel"))
    def line(self, contact: Contact) -> str:
        return contact.title


@admin.register(Case)
class CaseAdmin(Citizens):
    list_display = ["reference", "title", "customer", "team", "assignee", "due_at", "closed_at"]
    list_filter = ["team", ("closed_at", admin.EmptyFieldListFilter), "priority"]
    list_select_related = ["customer", "team", "assignee"]
    search_fields = ["reference__exact"]


@admin.register(Access)
class AccessAdmin(ReadOnly):
    """The log of who saw whose data, for the privacy officer."""

    list_display = ["at", "user", "action", "customer", "detail", "results"]
    list_filter = ["action", "user"]
    list_select_related = ["user", "customer"]
    search_fields = ["user__username__exact"]


@admin.register(Outgoing)
class OutgoingAdmin(ReadOnly):
    list_display = ["created_at", "kind", "subject", "attempts", "done_at", "parked_at", "last_error"]
    list_filter = ["kind", ("parked_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter)]


@admin.register(Inbound)
class InboundAdmin(ReadOnly):
    list_display = ["received_at", "source", "attempts", "done_at", "parked_at", "last_error"]
    list_filter = ["source", ("parked_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter)]
    exclude = ["raw"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    """Whether the scans that look after reminders and mail are alive."""

    list_display = ["name", "last_begin", "last_ok"]
