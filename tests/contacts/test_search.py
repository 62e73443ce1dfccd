import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import Access, Case
from contacts.search import find
from tests import make


@pytest.fixture
def people(db):
    return {
        "fatima": make.customer("Fatima", "Amrani", infix="el", phone="+31691234567", email="f.elamrani@voorbeeld.nl",
                                postcode="1999AB", house_number=12, street="Meidoornstraat", city="Duinmeer"),
        "andre": make.customer("André", "Müller-Özdemir", email="andre@voorbeeld.nl"),
        "jan": make.customer("Jan", "Berg", infix="van der", postcode="1999AB", house_number=14),
        "janneke": make.customer("Janneke", "Vries", infix="de", birth_date="1980-04-03"),
        "bakkerij": make.customer("", "Bakkerij Visser", kind="organisation", kvk_number="12345678"),
    }  # fmt: skip


def names(query, user):
    return [customer.first_name or customer.last_name for customer in find(query, user=user).customers]


@pytest.mark.parametrize(
    ("query", "found", "kind"),
    [
        ("Fatima el Amrani", ["Fatima"], "name"),
        ("amrani fatima", ["Fatima"], "name"),
        ("el amrani", ["Fatima"], "name"),
        ("amra", ["Fatima"], "name"),
        ("fatema amrani", ["Fatima"], "name"),
        ("amranni", ["Fatima"], "name"),
        ("andre muller", ["André"], "name"),
        ("MÜLLER", ["André"], "name"),
        ("ozdemir", ["André"], "name"),
        ("van der berg", ["Jan"], "name"),
        ("jan", ["Jan", "Janneke"], "name"),
        ("bakkerij visser", ["Bakkerij Visser"], "name"),
        ("visser", ["Bakkerij Visser"], "name"),
        ("vries 3-4-1980", ["Janneke"], "name"),
        ("vries 31-02-1980", [], "name"),
        ("06 91 23 45 67", ["Fatima"], "phone"),
        ("06-91234567", ["Fatima"], "phone"),
        ("0031 6 91234567", ["Fatima"], "phone"),
        ("+31 (0)6 91234567", ["Fatima"], "phone"),
        ("069123", ["Fatima"], "phone"),
        ("691234567", ["Fatima"], "phone"),
        ("F.ElAmrani@Voorbeeld.nl", ["Fatima"], "email"),
        ("f.elam@", [], "email"),
        ("1999 ab 12", ["Fatima"], "postcode"),
        ("1999AB", ["Fatima", "Jan"], "postcode"),
        ("1999 AB 99", [], "postcode"),
        ("12345678", ["Bakkerij Visser"], "kvk"),
        ("zzqqxx", [], "name"),
        ("de", ["Jan", "Janneke"], "name"),
        ("", [], "none"),
    ],
)
def test_find(people, noor, query, found, kind):
    result = find(query, user=noor)
    assert sorted(names(query, noor)) == sorted(found)
    assert result.kind == kind


def test_find_by_reference(people, noor, office):
    contact = make.contact(people["fatima"])
    case = Case.open(contact=contact, title="Bezwaar", team=make.team(), by=noor)
    callback = make.callback(make.contact(people["jan"]))
    assert names(case.reference.lower(), noor) == ["Fatima"]
    assert names(callback.reference, noor) == ["Jan"]


def test_find_by_bsn_only_with_the_right(people, noor):
    people["jan"].set_bsn("999990019")
    people["jan"].save()
    assert names("999990019", noor) == []
    noor.is_superuser = True
    assert names("999990019", noor) == ["Jan"]


def test_a_typing_error_says_it_is_a_guess(people, noor):
    assert find("fatema", user=noor).guessed
    assert not find("fatima", user=noor).guessed


def test_search_takes_the_same_queries_for_one_as_for_many(django_assert_max_num_queries, noor, db):
    for place in range(30):
        make.contact(make.customer(f"Kees{place}", "Jansen", phone=f"0690{place:06}"))
    with django_assert_max_num_queries(4):
        assert len(find("jansen", user=noor).customers) == 20
    with django_assert_max_num_queries(5):
        assert len(find("06900000", user=noor).customers) == 20


def test_view_finds_and_writes_what_was_searched_but_not_the_words(as_user, noor, people):
    answer = as_user(noor).post(reverse("contacts:search"), {"q": "amrani"})
    assert "Fatima el Amrani" in answer.content.decode()
    row = Access.objects.get()
    assert (row.action, row.detail, row.results) == ("search", "name", 1)


def test_a_specialist_finds_only_customers_with_own_work(as_user, rachid, sam, people, office):
    make.callback(make.contact(people["fatima"]))
    assert names("amrani", rachid) == ["Fatima"]
    assert names("amrani", sam) == []


def test_an_administrator_finds_no_citizens(people, beheer):
    assert names("amrani", beheer) == []


def test_nobody_found_offers_a_new_customer_with_what_was_typed(as_user, noor, people):
    client = as_user(noor)
    assert "Geen klant gevonden" in client.post(reverse("contacts:search"), {"q": "Piet de Onbekende"}).content.decode()
    page = client.post(reverse("contacts:create"), {"q": "Piet de Onbekende"}).content.decode()
    assert 'value="Piet"' in page
    assert 'value="Onbekende"' in page


class AnyQuery(TestCase):
    """Whatever is typed, a search gives results or none."""

    def setUp(self):
        self.agent = make.user("noor")
        make.customer("Anna", "Jansen", phone="0690123456")

    @settings(max_examples=120)
    @given(st.one_of(st.text(max_size=200), st.text(alphabet="0123456789+-() @.'\"\\;%_*&|!:<>", max_size=40)))
    def test_never_an_error(self, query):
        find(query.encode("utf-8", "ignore").decode(), user=self.agent)


def test_one_sure_hit_opens_at_once(as_user, noor, people, office):
    client, search = as_user(noor), reverse("contacts:search")
    fatima = reverse("contacts:customer", args=[people["fatima"].uuid])
    assert client.post(search, {"q": "06 91234567"}).url == fatima
    assert client.post(search, {"q": "f.elamrani@voorbeeld.nl"}).url == fatima
    assert client.post(search, {"q": "amrani"}).status_code == 200  # a name may be shared: the agent looks first
    assert client.post(search, {"q": "06 91234567"}, headers={"HX-Request": "true"}).status_code == 200
    case = Case.open(contact=make.contact(None), title="Zonder klant", team=make.team(), by=noor)
    assert client.post(search, {"q": case.reference}).url == reverse("contacts:case", args=[case.uuid])


def test_a_birth_date_alone_is_no_telephone_number(people, noor):
    assert names("3-4-1980", noor) == ["Janneke"]
