from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.forms.mailbox import MailboxForm
from contacts.models import Mailbox


@admin.register(Mailbox)
class MailboxAdmin(admin.ModelAdmin):
    """The addresses of the office. A secret is typed here and shown nowhere."""

    form = MailboxForm
    list_display = ["address", "team", "state", "last_ok_at", "failing_since", "backlog", "acknowledge"]
    list_select_related = ["team"]
    search_fields = ["address", "name", "aliases"]
    autocomplete_fields = ["team", "topic"]
    readonly_fields = ["state", "last_ok_at", "failing_since", "last_error", "backlog"]

    def get_fieldsets(self, request: HttpRequest, obj: Mailbox | None = None) -> Any:
        access = ["sign_in", "username", "secret", "refresh_token", "forget_secret"]
        oauth = ["oauth_token_url", "oauth_client_id", "oauth_scope"]
        works = {"fields": ["state", "last_ok_at", "failing_since", "last_error", "backlog"]}
        return [
            (None, {"fields": ["address", "name", "aliases", "closed_at"]}),
            (
                _("Wiens werk het is"),
                {"fields": ["team", "topic", "reply_to_is_sender", "follow_up", "follow_up_days"]},
            ),
            (_("Ontvangstbevestiging"), {"fields": ["acknowledge", "acknowledgement"]}),
            (
                _("Ophalen met IMAP"),
                {
                    "description": _("Leeg als de post door de mailserver wordt afgeleverd."),
                    "fields": ["host", "port", "security", *access, *oauth, "folder", "done_folder"],
                },
            ),
            *([(_("Werking"), works)] if obj else []),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Mailbox | None = None) -> bool:
        """Cases remember at which address they came in: a mailbox that is over is closed, not deleted."""
        return False

    @admin.display(description=_("werkt"))
    def state(self, mailbox: Mailbox) -> str:
        if mailbox.closed_at is not None:
            return _t("opgeheven")
        if not mailbox.host:
            return _t("wordt bezorgd")
        if mailbox.failing_since is not None:
            return _t("werkt niet")
        return _t("werkt") if mailbox.last_ok_at else _t("nog niet opgehaald")
