"""The menu by itself, as an open page asks for it when something it counts has changed."""

from datetime import timedelta

from django.utils import timezone

from tests import make

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/callbacks/?view=all"}


def test_the_menu_comes_with_its_counts_and_where_one_is(as_user, kees, jansen, office):
    client = as_user(kees)
    assert "te laat" not in client.get("/menu/", headers=HTMX).content.decode()
    make.callback(make.contact(jansen, outcome="callback"), due_at=timezone.now() - timedelta(hours=1))
    text = client.get("/menu/", headers=HTMX).content.decode()
    assert "<html" not in text
    assert 'data-nav="callbacks" title="Terugbelverzoeken" aria-current="page"' in text
    assert "te laat" in text


def test_the_address_by_itself_leads_to_where_one_begins(as_user, noor, rachid):
    assert as_user(noor).get("/menu/").url == "/"
    assert as_user(rachid).get("/menu/").url == "/callbacks/"


def test_the_menu_costs_three_queries(as_user, noor, django_assert_max_num_queries):
    client = as_user(noor)
    client.get("/menu/", headers=HTMX)
    with django_assert_max_num_queries(3):
        client.get("/menu/", headers=HTMX)
