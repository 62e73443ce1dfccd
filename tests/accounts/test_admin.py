"""What an administrator may do with colleagues, and what the registers show and remember."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import Role, Team, User
from accounts.paging import BoundedPaginator
from contacts.models import Access, Case, Customer
from tests import make


@pytest.fixture
def root(db: None) -> User:
    return make.user("root", Role.AGENT, is_staff=True, is_superuser=True)


def change(client: Client, user: User, **fields: Any) -> Any:
    """Send the form of a colleague as the browser would, with these fields changed."""
    url = reverse("admin:accounts_user_change", args=[user.pk])
    form = client.get(url).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if name != "password"}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return client.post(url, data | fields)


def test_an_administrator_changes_a_colleague_but_makes_no_superuser(as_user: Any, beheer: User, noor: User) -> None:
    senior = Group.objects.get(name=Role.SENIOR)
    answer = change(as_user(beheer), noor, groups=[senior.pk], phone="4357", is_superuser="on", user_permissions=["1"])
    assert answer.status_code == 302
    noor = User.objects.get(pk=noor.pk)
    assert (noor.phone, set(noor.roles), noor.is_superuser) == ("4357", {"senior"}, False)
    assert not noor.user_permissions.exists()


def test_an_administrator_does_not_change_a_superuser(as_user: Any, beheer: User, root: User) -> None:
    client, before = as_user(beheer), User.objects.get(pk=root.pk)
    url = reverse("admin:accounts_user_change", args=[root.pk])
    assert client.post(url, {"username": "root", "email": "mijn@voorbeeld.nl"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    new = {"password1": "een-nieuw-wachtwoord", "password2": "een-nieuw-wachtwoord", "usable_password": "true"}
    assert client.get(password).status_code == 403
    assert client.post(password, new).status_code == 403
    after = User.objects.get(pk=root.pk)
    assert (after.email, after.password) == (before.email, before.password)
    assert as_user(root).get(password).status_code == 200


def test_an_administrator_gives_themselves_no_roles(as_user: Any, beheer: User) -> None:
    lead = Group.objects.get(name=Role.TEAM_LEAD)
    answer = change(as_user(beheer), beheer, groups=[lead.pk], phone="4358", is_staff="")
    assert answer.status_code == 302
    after = User.objects.get(pk=beheer.pk)
    assert (after.phone, set(after.roles), after.is_staff) == ("4358", {"administrator"}, True)


@pytest.mark.parametrize("page", ["change", "history"])
def test_opening_a_citizen_s_row_is_written_down(
    as_user: Any, office: None, root: User, jansen: Customer, parkeren: Team, page: str
) -> None:
    contact = make.contact(jansen)
    case = Case.open(contact=contact, title="Bezwaar", team=parkeren, by=root)
    client = as_user(root)
    for row in (jansen, contact, case):
        url = reverse(f"admin:contacts_{row._meta.model_name}_{page}", args=[row.pk])
        assert client.get(url).status_code == 200
    seen = Access.objects.values_list("user_id", "customer_id", "action", "detail")
    assert list(seen) == [(root.pk, jansen.pk, "view", "admin")] * 3


def test_no_name_of_a_citizen_stands_in_an_address(as_user: Any, root: User, jansen: Customer) -> None:
    client = as_user(root)
    page = client.get(reverse("admin:contacts_customer_changelist")).content.decode()
    assert 'name="q"' not in page
    assert reverse("contacts:search") in page
    assert client.get(reverse("admin:contacts_access_changelist"), {"q": "root"}).status_code == 200


def test_the_log_of_access_outlives_the_customer(as_user: Any, root: User, jansen: Customer) -> None:
    Access.record(by=root, action=Access.Action.VIEW, customer_id=jansen.pk)
    gone = jansen.pk
    jansen.delete()
    row = Access.objects.get()
    assert row.customer_id == gone
    client = as_user(root)
    assert client.get(reverse("admin:contacts_access_changelist")).status_code == 200
    assert client.get(reverse("admin:contacts_access_change", args=[row.pk])).status_code == 200


def test_registers_are_counted_to_a_limit(
    as_user: Any, root: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(BoundedPaginator, "LIMIT", 2)
    for _ in range(3):
        Access.record(by=root, action=Access.Action.SEARCH)
    client = as_user(root)
    with django_assert_max_num_queries(12) as asked:
        page = client.get(reverse("admin:contacts_access_changelist"))
    assert page.context["cl"].result_count == 2
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"] and "contacts_access" in query["sql"]]
    assert counts
    assert all("LIMIT 2" in sql for sql in counts)
    assert client.get(reverse("admin:contacts_contact_changelist")).status_code == 200
