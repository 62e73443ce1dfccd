"""Connections to networks and other systems. A secret is typed or made here, shown once at most, and never again."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.channels.networks.hook import META
from contacts.forms.connection import SECRETS, ConnectionForm
from contacts.models import Connection

KIND = Connection.Kind
MADE_HERE = {KIND.CTI, KIND.WEBHOOK}  # kinds whose secret this house makes
HELP = {
    KIND.CTI: _("Maak met Nieuw geheim het adres, en vul dat bij de telefooncentrale in voor gebeurtenissen."),
    KIND.MASTODON: _("Maak op de server bij Ontwikkeling een applicatie met read:notifications, read:statuses en "
                     "write:statuses, en vul hier het adres van de server en het toegangstoken in."),
    KIND.WHATSAPP: _("Vul bij Meta onder WhatsApp, Configuratie, dit adres en het controlewoord in, en kies messages."),
    KIND.MESSENGER: _("Vul bij Meta onder Messenger, Webhooks, dit adres en het controlewoord in, en kies messages, "
                      "message_echoes, message_deliveries en message_reads."),
    KIND.INSTAGRAM: _("Vul bij Meta onder Instagram, Webhooks, dit adres en het controlewoord in, en kies messages."),
    KIND.WEBHOOK: _("Maak met Nieuw geheim een geheim, en vul dat met dit adres in bij het andere systeem."),
}  # fmt: skip


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):
    """The office's accounts on networks, and the systems that tell us things."""

    form = ConnectionForm
    change_form_template = "admin/contacts/connection/change_form.html"
    list_display = ["name", "kind", "team", "state", "last_ok_at", "closed_at"]
    list_filter = ["kind", ("closed_at", admin.EmptyFieldListFilter), ("failing_since", admin.EmptyFieldListFilter)]
    list_select_related = ["team"]
    autocomplete_fields = ["team", "topic"]
    readonly_fields = ["address", "explanation", "known_secrets", "state", "last_ok_at", "failing_since", "last_error"]

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> list[str]:
        return [*self.readonly_fields, "kind"] if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        own = [name for name, (_label, kinds) in SECRETS.items() if obj is None or obj.kind in kinds]
        works = [(_("Werking"), {"fields": ["state", "last_ok_at", "failing_since", "last_error"]})] if obj else []
        address = ["address", "explanation", "known_secrets"] if obj else []
        theirs = [] if obj and obj.kind in MADE_HERE else ["external_id", "base_url"]
        limits = ["allowed_addresses"] if obj and obj.kind in MADE_HERE else ["character_limit", "allowed_addresses"]
        return [
            (None, {"fields": ["kind", "name", "team", "topic", "closed_at"]}),
            (_("Bij het netwerk"), {"fields": [*address, *theirs, *own]}),
            (_("Grenzen"), {"fields": limits}),
            *works,
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        """Messages remember over which connection they came: one that is over is closed, not deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Connection, form: ModelForm, change: bool) -> None:
        if isinstance(form, ConnectionForm) and (typed := form.typed_secrets()):
            obj.set_secrets(**typed)
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Connection, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the page that says what to fill in at the other side."""
        self.message_user(request, _t("De koppeling is toegevoegd. Vul nu bij de andere kant in wat hieronder staat."))
        return HttpResponseRedirect(reverse("admin:contacts_connection_change", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.new_secret)
        name = "contacts_connection_new_secret"
        return [path("<path:object_id>/new-secret/", own, name=name), *super().get_urls()]

    def new_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a new secret and show it, this once.

        A signing secret goes on working until the next one is made; the old address of an exchange ends at once.
        """
        found = get_object_or_404(Connection, pk=object_id if object_id.isdecimal() and len(object_id) < 19 else 0)
        if not self.has_change_permission(request, found) or found.kind not in MADE_HERE:
            raise PermissionDenied
        made = ""
        if request.method == "POST":
            made = found.new_secret()
            self.log_change(request, found, _t("Nieuw geheim gemaakt."))
            if found.kind == KIND.CTI:
                made = settings.BASE_URL + reverse("contacts:cti", args=[made])
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Nieuw geheim"),
            "opts": self.opts,
            "original": found,
            "made": made,
            "is_address": found.kind == KIND.CTI,
        }
        return TemplateResponse(request, "admin/contacts/connection/new_secret.html", context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        original = context.get("original")
        context["makes_secret"] = original is not None and original.kind in MADE_HERE
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("adres voor het andere systeem"))
    def address(self, connection: Connection) -> str:
        if connection.kind in META or connection.kind == KIND.WEBHOOK:
            return settings.BASE_URL + reverse("contacts:hook", args=[connection.uuid])
        return _t("geheim, zie Nieuw geheim") if connection.kind == KIND.CTI else "–"

    @admin.display(description=_("wat te doen"))
    def explanation(self, connection: Connection) -> str:
        return str(HELP.get(KIND(connection.kind), ""))

    @admin.display(description=_("ingevulde geheimen"))
    def known_secrets(self, connection: Connection) -> str:
        """Name which secrets there are, never what they are."""
        known = connection.secrets
        names = [str(label) for name, (label, _kinds) in SECRETS.items() if known.get(name)]
        signing = len(known.get("signing", []))
        return ", ".join(names + ([_t("%(n)d geheimen om te ondertekenen") % {"n": signing}] if signing else [])) or "–"

    @admin.display(description=_("werkt"))
    def state(self, connection: Connection) -> str:
        if connection.closed_at is not None:
            return _t("opgeheven")
        if connection.failing_since is not None:
            return _t("werkt niet")
        return _t("werkt") if connection.last_ok_at else _t("nog niet gebruikt")
