from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from callbacks.forms import CallbackPart
from contacts.urls import routes as contact_routes
from kcc import health, styleguide
from kcc.api import router
from knowledge.forms import UsagePart

urlpatterns = [
    # The desk also saves a callback and the articles used, which contacts itself knows nothing of.
    path("", include(contact_routes(CallbackPart, UsagePart))),
    path("callbacks/", include("callbacks.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("insights/", include("insights.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(router.urls)),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns.append(path("stijlgids/", styleguide.styleguide, name="styleguide"))
