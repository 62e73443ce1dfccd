"""What the functional administrator keeps: colleagues, departments, opening hours."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms import ClosingDayForm
from accounts.http import signed_in
from accounts.models import Absence, ApiKey, ClosingDay, Notification, OpeningHours, Role, Team, User

admin.site.site_header = _("Beheer klantcontact")
admin.site.site_title = _("Beheer")
admin.site.index_title = _("Instellingen van het klantcontactcentrum")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Colleagues with their roles and departments; somebody who left is made inactive, never deleted."""

    list_display = ["username", "full_name", "email", "role_names", "team_names", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "teams"]
    search_fields = ["username", "first_name", "last_name", "email"]
    filter_horizontal = ["teams", "groups"]
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        (_("Wie"), {"fields": ["first_name", "last_name", "email", "phone", "extension"]}),
        (_("Werk"), {"fields": ["groups", "teams", "is_staff"]}),
        (_("Scherm"), {"fields": ["language", "theme", "density", "shortcuts"], "classes": ["collapse"]}),
        (_("Wanneer"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"fields": ["username", "first_name", "last_name", "email", "password1", "password2", "groups", "teams"]},
        ),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Keep everybody from giving themselves roles."""
        own = ["groups", "is_staff"] if obj is not None and obj.pk == signed_in(request).pk else []
        return [*self.readonly_fields, *own]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep superusers, and with that their passwords, to superusers."""
        if obj is not None and obj.is_superuser and not signed_in(request).is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups", "teams")

    @admin.display(description=_("naam"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.name

    @admin.display(description=_("rollen"))
    def role_names(self, user: User) -> str:
        return ", ".join(
            str(Role(group.name).label) if group.name in Role.values else group.name for group in user.groups.all()
        )

    @admin.display(description=_("afdelingen"))
    def team_names(self, user: User) -> str:
        return ", ".join(team.name for team in user.teams.all())

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class MemberInline(admin.TabularInline):
    model = User.teams.through
    verbose_name = _("medewerker")
    verbose_name_plural = _("medewerkers")
    autocomplete_fields = ["user"]
    extra = 0


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Departments, with who works there and who coordinates the callbacks."""

    list_display = ["name", "is_kcc", "coordinator", "email", "size", "closed_at"]
    list_filter = ["is_kcc", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["coordinator"]
    search_fields = ["name", "email"]
    autocomplete_fields = ["coordinator"]
    readonly_fields = ["closed_at"]  # closing is done in the settings, where open work is seen
    inlines = [MemberInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(people=Count("members"))

    @admin.display(description=_("medewerkers"), ordering="people")
    def size(self, team: Team) -> int:
        return team.people  # type: ignore[attr-defined]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin):
    list_display = ["weekday", "opens", "closes"]
    list_filter = ["weekday"]


@admin.register(ClosingDay)
class ClosingDayAdmin(admin.ModelAdmin):
    """Days to come on which the office is closed; what is behind us is history."""

    form = ClosingDayForm
    list_display = ["day", "name"]
    search_fields = ["name"]
    date_hierarchy = "day"

    def has_change_permission(self, request: HttpRequest, obj: ClosingDay | None = None) -> bool:
        return _is_to_come(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ClosingDay | None = None) -> bool:
        return _is_to_come(obj) and super().has_delete_permission(request, obj)


def _is_to_come(obj: ClosingDay | None) -> bool:
    return obj is None or obj.day >= timezone.localdate()


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    """Who is away from when until when; why is kept nowhere. What is over is ended, not deleted."""

    list_display = ["user", "starts_at", "ends_at", "substitute", "ended_at", "by"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter), "user__teams"]
    list_select_related = ["user", "substitute", "by"]
    search_fields = ["user__username__exact", "user__last_name"]
    autocomplete_fields = ["user", "substitute"]
    fields = ["user", "starts_at", "ends_at", "substitute", "by", "created_at", "ended_at"]
    readonly_fields = ["by", "created_at", "ended_at"]
    actions = ["end"]

    def get_readonly_fields(self, request: HttpRequest, obj: Absence | None = None) -> list[str]:
        return ["user", *self.readonly_fields] if obj is not None else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        if not change:
            obj.by = signed_in(request)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Beëindigen: weer aanwezig"), permissions=["change"])
    def end(self, request: HttpRequest, chosen: QuerySet[Absence]) -> None:
        """Let these colleagues be back from now on."""
        for row in chosen:
            row.end(now=timezone.now(), by=signed_in(request))


class ApiKeyForm(forms.ModelForm):
    """A new key: for which system, as whom, until when."""

    class Meta:
        model = ApiKey
        fields = ["name", "user", "expires_at"]

    def clean_expires_at(self) -> Any:
        until = self.cleaned_data["expires_at"]
        if until is not None and until <= timezone.now():
            raise ValidationError(_("Dit ligt in het verleden."))
        return until


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Keys for other systems. The key itself is shown once, when it is made; it is revoked, never deleted."""

    form = ApiKeyForm
    list_display = ["name", "user", "created_at", "expires_at", "used_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    fields = ["name", "user", "expires_at", "created_at", "used_at", "revoked_at"]
    readonly_fields = ["created_at", "used_at", "revoked_at"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return ["name", "user", "expires_at"] if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return [] if obj is None else ["user", "expires_at", *self.readonly_fields]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer who works here; a key that may do everything is for a superuser to make."""
        people = User.objects.filter(is_active=True)
        may_all = signed_in(request).is_superuser
        return super().formfield_for_foreignkey(
            db_field, request, queryset=people if may_all else people.filter(is_superuser=False), **options
        )

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            ApiKey.objects.filter(pk=obj.pk).update(name=obj.name)
            return
        made, secret = ApiKey.issue(name=obj.name, user=obj.user, expires_at=obj.expires_at)
        obj.pk, obj.uuid, obj.digest, obj.created_at = made.pk, made.uuid, made.digest, made.created_at
        form.secret = secret

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        request.kcc_form = form  # type: ignore[attr-defined]  # which knows the key, for response_add
        return super().save_form(request, form, change)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key, this once: it goes into no message and no session."""
        secret = request.kcc_form.secret  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Nieuwe API-sleutel"),
            "opts": self.opts,
            "original": obj,
            "secret": secret,
        }
        return TemplateResponse(request, "admin/accounts/apikey/issued.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Intrekken"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        """Let these keys open nothing any more."""
        n = chosen.filter(revoked_at=None).update(revoked_at=timezone.now())
        words = ngettext("%(n)d sleutel ingetrokken.", "%(n)d sleutels ingetrokken.", n) % {"n": n}
        self.message_user(request, words, messages.SUCCESS)


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    """For a superuser who has to find out whether somebody was told."""

    list_display = ["created_at", "recipient", "kind", "text", "read_at"]
    list_filter = ["kind", ("read_at", admin.EmptyFieldListFilter)]
    list_select_related = ["recipient"]
    search_fields = ["recipient__username__exact"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
