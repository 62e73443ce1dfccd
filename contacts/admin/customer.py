from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.register import Citizens, ReadOnly, ReadOnlyInline
from contacts.models import Access, Address, Customer


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


@admin.register(Access)
class AccessAdmin(ReadOnly):
    """The log of who saw whose data, for the privacy officer."""

    list_display = ["at", "user", "action", "customer", "detail", "results"]
    list_filter = ["action", "user"]
    list_select_related = ["user", "customer"]
    search_fields = ["user__username__exact"]
