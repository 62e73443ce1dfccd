from collections.abc import Sequence

from django.urls import URLPattern, path

from contacts.forms import Part
from contacts.views import cases, customers, desk, drafts


def routes(*parts: type[Part]) -> tuple[Sequence[URLPattern], str]:
    """Give the routes of this app; parts are the forms of other apps that are saved together with a contact."""
    desk_parts = {"parts": parts}
    return [
        path("", desk.desk, desk_parts, name="desk"),
        path("customers/", customers.search, name="search"),
        path("customers/new/", customers.create, name="create"),
        path("customers/<uuid:uuid>/", desk.customer, desk_parts, name="customer"),
        path("customers/<uuid:uuid>/news/", desk.news, name="news"),
        path("customers/<uuid:uuid>/change/", customers.change, name="change"),
        path("customers/<uuid:uuid>/note/", customers.note, name="note"),
        path("customers/<uuid:uuid>/reveal/", customers.reveal, name="reveal"),
        path("customers/<uuid:uuid>/verify/", customers.verify, name="verify"),
        path("customers/<uuid:uuid>/match/", customers.match, name="match"),
        path("contacts/register/", desk.register, desk_parts, name="register"),
        path("contacts/<uuid:uuid>/", desk.contact, name="contact"),
        path("contacts/<uuid:uuid>/raw/", desk.raw, name="raw"),
        path("drafts/<uuid:uuid>/", drafts.save_draft, name="save_draft"),
        path("drafts/<uuid:uuid>/discard/", drafts.discard_draft, name="discard_draft"),
        path("cases/", cases.cases, name="cases"),
        path("cases/<uuid:uuid>/", cases.case, name="case"),
        path("cases/<uuid:uuid>/close/", cases.close, name="close"),
    ], "contacts"
