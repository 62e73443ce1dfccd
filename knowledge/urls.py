from django.urls import path

from knowledge import views

app_name = "knowledge"

urlpatterns = [
    path("", views.search, name="search"),
    path("panel/", views.panel, name="panel"),
    path("<uuid:uuid>/", views.article, name="article"),
]
