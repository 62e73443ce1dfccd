from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from callbacks.forms import CallbackPart
from callbacks.urls import public_routes
from contacts.urls import routes as contact_routes
from insights.views.wallboard import wallboard
from kcc import menu, palette, styleguide
from kcc.api import router
from knowledge.forms import UsagePart
from knowledge.site_routes import site_routes

handler500 = "kcc.failure.server_error"
# The admin has no door of its own: everybody signs in with a second step and within the limits on trying.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# health/live and health/ready are answered before these, by kcc.health.HealthMiddleware.
urlpatterns: list[URLPattern | URLResolver] = [
    # The desk also saves a callback and the articles used, which contacts itself knows nothing of.
    path("", include(contact_routes(CallbackPart, UsagePart))),
    path("menu/", menu.menu, name="menu"),
    path("palette/", palette.palette, name="palette"),
    path("callbacks/", include("callbacks.urls")),
    path("contact/terugbellen/", include(public_routes)),  # an address that citizens read
    path("knowledge/", include("knowledge.urls")),
    path("", include(site_routes)),  # /kennis/, and what search engines ask first
    path("insights/", include("insights.urls")),
    path("wallboard/<str:token>/", wallboard, name="wallboard"),
    path("settings/", include("kcc.setting_routes")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.entrance")),
    path("api/v1/", include(router.urls)),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns.append(path("stijlgids/", styleguide.styleguide, name="styleguide"))
