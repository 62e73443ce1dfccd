from django.urls import path

from insights.views import act, board, files, knowledge, lists, wallboard

app_name = "insights"
urlpatterns = [
    path("callbacks/", board.callbacks, name="callbacks"),
    path("callbacks/list/", lists.list_, name="list"),
    path("callbacks/list.<slug:kind>", files.list_file, name="list_file"),
    path("callbacks/<uuid:uuid>/escalate/", act.escalate, name="escalate"),
    path("callbacks/<slug:by>/", board.page, name="page"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/list/", knowledge.knowledge_list, name="knowledge_list"),
    path("knowledge/list.<slug:kind>", knowledge.knowledge_list_file, name="knowledge_list_file"),
    path("knowledge.<slug:kind>", knowledge.knowledge_file, name="knowledge_file"),
    path("knowledge/<uuid:uuid>/ask/", knowledge.ask, name="ask"),
    path("wallboards/", wallboard.wallboards, name="wallboards"),
    path("wallboards/<uuid:uuid>/revoke/", wallboard.revoke_wallboard, name="revoke_wallboard"),
    path("<slug:by>.<slug:kind>", files.file, name="file"),
]
