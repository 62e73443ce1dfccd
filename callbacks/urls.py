from django.urls import path

from callbacks.views import actions, asking, detail, new, public, queue

app_name = "callbacks"
urlpatterns = [
    path("", queue.list_, name="list"),
    path("preview/", asking.preview, name="preview"),
    path("who/", asking.who, name="who"),
    path("new/", new.new, name="new"),
    path("addressees/", asking.addressees, name="addressees"),
    path("bulk/", queue.bulk, name="bulk"),
    path("<uuid:uuid>/", detail.detail, name="detail"),
    path("<uuid:uuid>/claim/", actions.claim, name="claim"),
    path("<uuid:uuid>/assign/", actions.assign, name="assign"),
    path("<uuid:uuid>/attempt/", actions.attempt, name="attempt"),
    path("<uuid:uuid>/complete/", actions.complete, name="complete"),
    path("<uuid:uuid>/cancel/", actions.cancel, name="cancel"),
    path("<uuid:uuid>/message/", actions.message, name="message"),
    path("<uuid:uuid>/postpone/", actions.postpone, name="postpone"),
    path("<uuid:uuid>/give-back/", actions.give_back, name="give_back"),
    path("<uuid:uuid>/remind/", actions.remind, name="remind"),
]
public_routes = (
    [
        path("", public.call_me, name="call_me"),
        path("received/<str:word>/", public.call_me_received, name="call_me_received"),
    ],
    "public",
)
