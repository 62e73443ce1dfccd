"""What the functional administrator keeps: colleagues, departments, opening hours."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.http import signed_in
from accounts.models import ClosingDay, Notification, OpeningHours, Role, Team, User

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
    list_display = ["day", "name"]
    search_fields = ["name"]
    date_hierarchy = "day"


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
