from django.urls import path
from kcc.health import live
app_name="insights"
urlpatterns=[path("callbacks/", live, name="callbacks")]
