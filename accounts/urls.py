from django.urls import path

from accounts.views import own as views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("theme/", views.theme, name="theme"),
    path("availability/", views.availability, name="availability"),
    path("language/", views.language, name="language"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read, name="read"),
    path("notifications/<uuid:uuid>/", views.notification, name="notification"),
    path("events-token/", views.events_token, name="events_token"),
    path("extend/", views.extend, name="extend"),
    path("resume/", views.resume, name="resume"),
]
