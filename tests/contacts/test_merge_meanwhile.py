"""Two records become one while somebody else is at work with one of them."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from contacts.models import Access, Channel, Contact, Customer, Draft, Merge
from contacts.models.merge import Refused
from tests import make

SignIn = Callable[[User], Client]
BSN, OTHER_BSN = "111222333", "123456782"


@pytest.fixture
def bakker(db: None) -> Customer:
    return make.customer("A.", "Jansen-Bakker", phone="06 90123456", email="anna@voorbeeld.nl")


def merge(kept: Customer, gone: Customer, by: User) -> Merge:
    return Merge.merge(kept=kept, gone=gone, theirs=set(), reason="Zelfde adres.", by=by)


def with_bsn(customer: Customer, number: str) -> Customer:
    customer.set_bsn(number)
    customer.save()
    return customer


def test_what_arrives_for_the_record_that_went_is_of_the_one_that_stayed(
    kees: User, jansen: Customer, bakker: Customer
) -> None:
    merge(jansen, bakker, kees)  # bakker was looked up before this
    late = Contact.register(key="late", channel=Channel.EMAIL, by=None, customer=bakker)
    unknown = make.contact(party="anna@voorbeeld.nl", channel="email")
    assert unknown.match(bakker, by=kees)
    assert late.customer == unknown.customer == jansen
    assert not Contact.objects.filter(customer=bakker).exists()


@pytest.mark.django_db(transaction=True)
def test_a_contact_that_is_being_written_is_waited_for(kees: User, jansen: Customer, bakker: Customer) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def arrive() -> None:
        with transaction.atomic():
            Contact.register(key="meanwhile", channel=Channel.EMAIL, by=None, customer=bakker)
            begun.set()
            go_on.wait(60)
        connection.close()

    def unite() -> None:
        merge(jansen, bakker, kees)
        connection.close()

    writing, merging = threading.Thread(target=arrive), threading.Thread(target=unite)
    writing.start()
    assert begun.wait(60)
    merging.start()
    merging.join(0.2)
    assert merging.is_alive()  # it waits
    go_on.set()
    writing.join()
    merging.join()
    assert Contact.objects.get(key="meanwhile").customer == jansen


def test_what_an_agent_was_typing_is_kept(noor: User, as_user: SignIn, jansen: Customer, bakker: Customer) -> None:
    client, key = as_user(noor), str(uuid4())
    draft = {"customer": str(bakker.uuid), "text": "Vraagt naar haar bezwaar.", "channel": "phone"}
    client.post(f"/drafts/{key}/", draft)
    merge(jansen, bakker, noor)
    assert client.post(f"/drafts/{key}/", draft | {"text": "Vraagt naar haar bezwaar, weer."}).status_code == 204
    assert Draft.objects.get().customer == jansen
    filled = draft | {"key": key, "outcome": "answered", "topic": str(make.topic().uuid)}
    assert client.post("/contacts/register/", filled).status_code == 302
    assert Contact.objects.get().customer == jansen


def test_an_old_address_leads_on_with_what_was_asked(
    noor: User, as_user: SignIn, jansen: Customer, bakker: Customer
) -> None:
    merge(jansen, bakker, noor)
    old = reverse("contacts:customer", args=[bakker.uuid])
    assert as_user(noor).get(f"{old}?tab=notes")["Location"].endswith(f"{jansen.uuid}/?tab=notes")


def test_a_bsn_that_came_since_stays_where_it_is(kees: User, jansen: Customer, bakker: Customer) -> None:
    made = merge(jansen, with_bsn(bakker, BSN), kees)
    jansen.refresh_from_db()
    with_bsn(jansen, OTHER_BSN)  # the first was an error of typing
    made.undo(by=kees)
    jansen.refresh_from_db()
    bakker.refresh_from_db()
    assert (jansen.bsn, bakker.bsn) == (OTHER_BSN, BSN)
    assert Customer.objects.by_bsn(BSN).get() == bakker


def test_a_bsn_that_is_a_third_ones_by_now_keeps_two_together(kees: User, jansen: Customer, bakker: Customer) -> None:
    made = merge(jansen, with_bsn(bakker, BSN), kees)
    jansen.refresh_from_db()
    with_bsn(jansen, OTHER_BSN)
    with_bsn(make.customer("Anna", "J."), BSN)
    with pytest.raises(Refused, match="BSN"):
        made.undo(by=kees)
    bakker.refresh_from_db()
    assert bakker.merged_into == jansen


def test_who_saw_any_of_the_records_is_in_the_log(
    kees: User, as_user: SignIn, jansen: Customer, bakker: Customer
) -> None:
    third = make.customer("Anna", "J.")
    for one, why in ((third, "eerste"), (bakker, "tweede"), (jansen, "derde")):
        Access.record(by=kees, action=Access.Action.VIEW, customer_id=one.pk, detail=why)
    merge(bakker, third, kees)
    merge(jansen, bakker, kees)
    page = as_user(kees).get(f"/customers/{jansen.uuid}/accesses/").content.decode()
    assert all(why in page for why in ("eerste", "tweede", "derde"))


def test_who_looks_alike_is_a_search(noor: User, as_user: SignIn, jansen: Customer, bakker: Customer) -> None:
    as_user(noor).get(f"/customers/{jansen.uuid}/merge/")
    seen = Access.objects.get(detail="duplicates")
    assert (seen.user, seen.results) == (noor, 1)
