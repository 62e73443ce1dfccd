from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contacts.admin.register import ReadOnly
from contacts.models import Heartbeat, Inbound, Outgoing


@admin.register(Outgoing)
class OutgoingAdmin(ReadOnly):
    list_display = ["created_at", "kind", "subject", "attempts", "done_at", "parked_at", "last_error"]
    list_filter = ["kind", ("parked_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter)]


@admin.register(Inbound)
class InboundAdmin(ReadOnly):
    """What came in, as it came: also what could not be read, and the reports that belong to nothing we know."""

    list_display = ["received_at", "source", "mailbox", "automatic", "joined", "state", "attempts", "last_error"]
    list_filter = [
        "source",
        "automatic",
        "is_unreadable",
        "joined",
        ("parked_at", admin.EmptyFieldListFilter),
        ("done_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["mailbox"]
    exclude = ["raw"]
    raw_id_fields = ["contact", "duplicate_of"]
    actions = ["retry"]

    @admin.display(description=_("stand"))
    def state(self, inbound: Inbound) -> str:
        if inbound.parked_at is not None:
            return _t("opzijgezet")
        return _t("in de tijdlijn") if inbound.done_at is not None else _t("wacht")

    @admin.action(description=_("Opnieuw proberen wat is opzijgezet"))
    def retry(self, request: HttpRequest, chosen: QuerySet[Inbound]) -> None:
        """Let what was set aside be tried again."""
        pks = list(chosen.values_list("pk", flat=True))
        tried = Inbound.objects.filter(pk__in=pks).retry(now=timezone.now())
        self.message_user(
            request,
            ngettext("%(n)d wordt opnieuw geprobeerd.", "%(n)d worden opnieuw geprobeerd.", tried) % {"n": tried},
        )


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    """Whether the scans that look after reminders and mail are alive."""

    list_display = ["name", "last_begin", "last_ok"]
