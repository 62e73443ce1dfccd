"""The addresses of those who keep the knowledge base right."""

from django.urls import URLPattern, path

from knowledge.views import editorial, exchange, gaps, upkeep

routes: list[URLPattern] = [
    path("editorial/", editorial.start, name="editorial"),
    path("editorial/check/", editorial.check_all, name="check_all"),
    path("editorial/articles/<uuid:uuid>/", upkeep.check, name="check"),
    path("editorial/articles/<uuid:uuid>/owner/", upkeep.hand_over, name="hand_over"),
    path("editorial/feedback/<uuid:uuid>/", upkeep.handle, name="handle"),
    path("editorial/gaps/<uuid:uuid>/", gaps.gap, name="gap"),
    path("editorial/gaps/<uuid:uuid>/write/", gaps.write, name="write_gap"),
    path("editorial/gaps/<uuid:uuid>/answered/", gaps.answered, name="answered_gap"),
    path("editorial/gaps/<uuid:uuid>/refuse/", gaps.refuse, name="refuse_gap"),
    path("editorial/exchange/", exchange.exchange, name="exchange"),
    path("editorial/exchange/<slug:form>/", exchange.export, name="export"),
    path("editorial/<slug:which>/", editorial.list_, name="editorial_list"),
]
