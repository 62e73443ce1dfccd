from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contacts.models import Case, Customer, Merge
from contacts.models.merge import Refused, alike
from tests import make

SignIn = Callable[[User], Client]
BSN, OTHER_BSN = "111222333", "123456782"


@pytest.fixture
def bakker(db: None) -> Customer:
    return make.customer("A.", "Jansen-Bakker", phone="06 90123456", email="anna@voorbeeld.nl", notes="Belt vaak.")


def merge(kept: Customer, gone: Customer, by: User, *theirs: str) -> Merge:
    return Merge.merge(kept=kept, gone=gone, theirs=set(theirs), reason="Zelfde adres.", by=by)


def with_bsn(customer: Customer, number: str) -> Customer:
    customer.set_bsn(number)
    customer.save()
    return customer


def test_everything_of_the_one_moves_to_the_other(noor: User, jansen: Customer, bakker: Customer, office: None) -> None:
    contact = make.contact(bakker)
    callback = make.callback(contact)
    case = Case.open(contact=contact, title="Kapvergunning", team=make.team(), by=noor)
    merge(jansen, bakker, noor)
    contact.refresh_from_db()
    case.refresh_from_db()
    callback.contact.refresh_from_db()
    assert contact.customer == case.customer == callback.contact.customer == jansen
    assert {str(address) for address in jansen.addresses.all()} == {
        "+31690123456", "a.jansen@voorbeeld.nl", "anna@voorbeeld.nl",
    }  # fmt: skip
    assert list(jansen.events.values_list("kind", flat=True)) == ["customer_merged"]


def test_fields_are_taken_as_chosen_and_notes_of_both_stay(noor: User, jansen: Customer, bakker: Customer) -> None:
    Customer.objects.filter(pk=bakker.pk).update(birth_date=date(1980, 5, 4), city="Duinmeer")
    merge(jansen, bakker, noor, "birth_date", "address")
    jansen.refresh_from_db()
    assert (jansen.name, jansen.birth_date, jansen.city) == ("Anna Jansen", date(1980, 5, 4), "Duinmeer")
    assert jansen.notes == "Belt vaak."


def test_a_register_wins_from_own_input(noor: User, jansen: Customer, bakker: Customer) -> None:
    Customer.objects.filter(pk=bakker.pk).update(source=Customer.Source.BRP, city="Duinmeer")
    merge(jansen, bakker, noor)
    jansen.refresh_from_db()
    assert (jansen.last_name, jansen.city, jansen.source) == ("Jansen-Bakker", "Duinmeer", "brp")


def test_undo_gives_both_back_what_was_theirs(noor: User, jansen: Customer, bakker: Customer) -> None:
    old, with_bsn_ = make.contact(bakker), with_bsn(bakker, BSN)
    made = merge(jansen, with_bsn_, noor, "name")
    jansen.refresh_from_db()
    assert jansen.bsn == BSN
    since = make.contact(jansen)
    made.undo(by=noor)
    made.undo(by=noor)
    for row in (jansen, bakker, old, since):
        row.refresh_from_db()
    assert (jansen.name, jansen.bsn, bakker.name, bakker.bsn) == ("Anna Jansen", "", "A. Jansen-Bakker", BSN)
    assert (old.customer, since.customer) == (bakker, jansen)
    assert bakker.merged_into is None
    assert Customer.objects.by_bsn(BSN).get() == bakker
    assert bakker.addresses.count() == 2


def test_undo_leaves_what_was_changed_since(noor: User, jansen: Customer, bakker: Customer) -> None:
    made = merge(jansen, bakker, noor, "name")
    Customer.objects.filter(pk=jansen.pk).update(last_name="Jansen-de Wit")
    made.undo(by=noor)
    jansen.refresh_from_db()
    assert jansen.last_name == "Jansen-de Wit"
    assert jansen.first_name == "Anna"


def test_two_different_bsns_are_two_people(noor: User, jansen: Customer, bakker: Customer) -> None:
    with_bsn(jansen, BSN)
    with_bsn(bakker, OTHER_BSN)
    with pytest.raises(Refused, match="BSN"):
        merge(jansen, bakker, noor)
    assert not Merge.objects.exists()


def test_nobody_is_merged_with_themselves_or_twice(noor: User, jansen: Customer, bakker: Customer) -> None:
    with pytest.raises(Refused):
        merge(jansen, jansen, noor)
    merge(jansen, bakker, noor)
    with pytest.raises(Refused):
        merge(jansen, bakker, noor)


def test_after_thirty_days_it_stays(noor: User, jansen: Customer, bakker: Customer) -> None:
    made = merge(jansen, bakker, noor)
    Merge.objects.update(at=timezone.now() - timedelta(days=30, minutes=1))
    with pytest.raises(Refused, match="30 dagen"):
        made.undo(by=noor)


def test_chains_are_undone_from_the_end(noor: User, jansen: Customer, bakker: Customer) -> None:
    third = make.customer("Anna", "J.")
    first = merge(jansen, bakker, noor)
    second = merge(third, jansen, noor)
    with pytest.raises(Refused):
        first.undo(by=noor)
    second.undo(by=noor)
    first.undo(by=noor)
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_who_may_be_the_same_is_suggested(jansen: Customer, bakker: Customer) -> None:
    make.customer("Berend", "Jansen")
    assert alike(jansen) == [bakker]


def test_the_page_compares_and_merges_with_a_way_back(
    kees: User, as_user: SignIn, jansen: Customer, bakker: Customer
) -> None:
    client = as_user(kees)
    page = client.get(f"/customers/{jansen.uuid}/merge/{bakker.uuid}/").content.decode()
    assert "Verschilt" in page
    answer = client.post(
        f"/customers/{jansen.uuid}/merge/{bakker.uuid}/", {"name": "gone", "reason": "Zelfde adres en telefoon."}
    )
    assert answer["Location"] == f"/customers/{jansen.uuid}/"
    jansen.refresh_from_db()
    assert jansen.last_name == "Jansen-Bakker"
    assert client.get(f"/customers/{bakker.uuid}/")["Location"] == f"/customers/{jansen.uuid}/"
    made = Merge.objects.get()
    assert "Samengevoegd" in client.get(f"/customers/{jansen.uuid}/?tab=details").content.decode()
    client.post(f"/merges/{made.uuid}/undo/")
    assert client.get(f"/customers/{bakker.uuid}/").status_code == 200


def test_without_a_reason_nothing_is_merged(kees: User, as_user: SignIn, jansen: Customer, bakker: Customer) -> None:
    assert as_user(kees).post(f"/customers/{jansen.uuid}/merge/{bakker.uuid}/", {"reason": " "}).status_code == 422
    assert not Merge.objects.exists()


def test_two_bsns_are_refused_in_words(kees: User, as_user: SignIn, jansen: Customer, bakker: Customer) -> None:
    with_bsn(jansen, BSN)
    with_bsn(bakker, OTHER_BSN)
    answer = as_user(kees).post(f"/customers/{jansen.uuid}/merge/{bakker.uuid}/", {"reason": "Zelfde."})
    assert answer.status_code == 422
    assert "de BSN&#x27;s verschillen" in answer.content.decode()


def test_an_agent_sees_who_is_alike_but_does_not_merge(
    noor: User, as_user: SignIn, jansen: Customer, bakker: Customer
) -> None:
    client = as_user(noor)
    assert "Mogelijk dezelfde persoon (1)" in client.get(f"/customers/{jansen.uuid}/duplicates/").content.decode()
    assert bakker.name in client.get(f"/customers/{jansen.uuid}/merge/").content.decode()
    assert "Samenvoegen</span>" not in client.get(f"/customers/{jansen.uuid}/merge/{bakker.uuid}/").content.decode()
    assert client.post(f"/customers/{jansen.uuid}/merge/{bakker.uuid}/", {"reason": "Zelfde."}).status_code == 403
    assert not Merge.objects.exists()


def test_a_merged_record_is_found_nowhere(noor: User, kees: User, jansen: Customer, bakker: Customer) -> None:
    merge(jansen, bakker, kees)
    assert Customer.objects.recognise("email", "anna@voorbeeld.nl") == jansen
    assert list(Customer.objects.visible_to(noor)) == [jansen]


def test_a_stranger_sees_nothing(sam: User, as_user: SignIn, jansen: Customer, bakker: Customer) -> None:
    assert as_user(sam).get(f"/customers/{jansen.uuid}/merge/{bakker.uuid}/").status_code == 403
    assert as_user(sam).get(f"/customers/{jansen.uuid}/duplicates/").status_code == 403
