from django.urls import path

from insights.views import act, board, files, lists, wallboard

app_name = "insights"
urlpatterns = [
    path("callbacks/", board.callbacks, name="callbacks"),
    path("callbacks/list/", lists.list_, name="list"),
    path("callbacks/list.<slug:kind>", files.list_file, name="list_file"),
    path("callbacks/<uuid:uuid>/escalate/", act.escalate, name="escalate"),
    path("callbacks/<slug:by>/", board.page, name="page"),
    path("wallboards/", wallboard.wallboards, name="wallboards"),
    path("wallboards/<uuid:uuid>/revoke/", wallboard.revoke_wallboard, name="revoke_wallboard"),
    path("<slug:by>.<slug:kind>", files.file, name="file"),
]
