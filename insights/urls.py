from django.urls import path

from insights import views

app_name = "insights"
urlpatterns = [
    path("callbacks/", views.callbacks, name="callbacks"),
    path("callbacks.csv", views.callbacks_csv, name="callbacks_csv"),
]
