"""The addresses of writing: an article, its versions, and its way to readers."""

from django.urls import path

from knowledge.views import edit, publish, stand, versions

routes = [
    path("new/", edit.new, name="new"),
    path("<uuid:uuid>/edit/", edit.edit, name="edit"),
    path("<uuid:uuid>/edit/save/", edit.save, name="save"),
    path("<uuid:uuid>/edit/hint/", edit.hint, name="hint"),
    path("<uuid:uuid>/edit/stand/", stand.stand, name="stand"),
    path("<uuid:uuid>/edit/put-back/", edit.put_back, name="put_back"),
    path("<uuid:uuid>/edit/take-over/", edit.take_over, name="take_over"),
    path("<uuid:uuid>/edit/lay-down/", edit.lay_down, name="lay_down"),
    path("<uuid:uuid>/describe/", edit.describe, name="describe"),
    path("<uuid:uuid>/translate/", edit.translate, name="translate"),
    path("<uuid:uuid>/preview/", publish.preview, name="preview"),
    path("<uuid:uuid>/submit/", publish.submit, name="submit"),
    path("<uuid:uuid>/approve/", publish.approve, name="approve"),
    path("<uuid:uuid>/send-back/", publish.send_back, name="send_back"),
    path("<uuid:uuid>/publish/", publish.publish, name="publish"),
    path("<uuid:uuid>/hold/", publish.hold, name="hold"),
    path("<uuid:uuid>/drop/", publish.drop, name="drop"),
    path("<uuid:uuid>/withdraw/", publish.withdraw, name="withdraw"),
    path("<uuid:uuid>/bring-back/", publish.bring_back, name="bring_back"),
    path("<uuid:uuid>/versions/", versions.versions, name="versions"),
    path("<uuid:uuid>/versions/<uuid:version>/", versions.version, name="version"),
    path("<uuid:uuid>/versions/<uuid:version>/restore/", versions.restore, name="restore"),
    path("products/", edit.products, name="products"),
]
