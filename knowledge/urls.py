from django.urls import path

from knowledge.edit_routes import routes as edit_routes
from knowledge.editorial_routes import routes as editorial_routes
from knowledge.news_routes import routes as news_routes
from knowledge.views import desk, read_counts, reader, respond

app_name = "knowledge"

urlpatterns = [
    path("", reader.search, name="search"),
    path("ask/", respond.ask, name="ask"),
    path("panel/", desk.panel, name="panel"),
    path("suggest/", desk.suggest, name="suggest"),
    path("insert/", desk.insert, name="insert"),
    path("<uuid:uuid>/", reader.article, name="article"),
    path("<uuid:uuid>/copied/", read_counts.copied, name="copied"),
    path("<uuid:uuid>/use/", respond.use, name="use"),
    path("<uuid:uuid>/feedback/", respond.feedback, name="feedback"),
    *edit_routes,
    *news_routes,
    *editorial_routes,
]
