from django.urls import path

from callbacks import views

app_name = "callbacks"
urlpatterns = [
    path("", views.list_, name="list"),
    path("preview/", views.preview, name="preview"),
    path("who/", views.who, name="who"),
    path("addressees/", views.addressees, name="addressees"),
    path("bulk/", views.bulk, name="bulk"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/claim/", views.claim, name="claim"),
    path("<uuid:uuid>/assign/", views.assign, name="assign"),
    path("<uuid:uuid>/attempt/", views.attempt, name="attempt"),
    path("<uuid:uuid>/complete/", views.complete, name="complete"),
    path("<uuid:uuid>/cancel/", views.cancel, name="cancel"),
    path("<uuid:uuid>/remind/", views.remind, name="remind"),
]
