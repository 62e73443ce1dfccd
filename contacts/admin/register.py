"""Registers: tables to look in, where nothing is changed by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.http import signed_in
from accounts.paging import BoundedPaginator
from contacts.models import Access, Customer


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
    """A register of whom and what citizens asked: opening it, a row or its history is written down as everywhere."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if self.has_view_permission(request):
            Access.record(by=signed_in(request), action=Access.Action.SEARCH, detail=f"admin {self.opts.model_name}")
        return super().changelist_view(request, extra_context)

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
