from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.admin.register import Citizens, ReadOnlyInline
from contacts.models import Contact, Event


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
