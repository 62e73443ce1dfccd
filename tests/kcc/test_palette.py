"""Ctrl+K: what is found, by whom, and that every search is written down."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from contacts.models import Access, Case, Draft
from tests import make

URL = "/palette/"


def ask(client, query=""):
    answer = client.post(URL, {"q": query})
    assert answer.status_code == 200
    return answer.content.decode()


def heads(text):
    return [" ".join(head.split()) for head in re.findall(r'role="presentation"[^>]*>([^<]+)<', text)]


@pytest.fixture
def case(jansen, office):
    topic = make.topic(team=make.team())
    contact = make.contact(jansen, topic=topic, outcome="")
    return Case.open(contact=contact, title="Bezwaar parkeervergunning", team=topic.team, by=None)


def test_before_typing_there_is_what_was_open_last_and_what_one_can_do(as_user, noor, jansen):
    client = as_user(noor)
    client.get(reverse("contacts:customer", args=[jansen.uuid]))
    Draft.objects.create(uuid=uuid4(), user=noor, customer=jansen, data={"text": ["Half verhaal"]})
    text = ask(client)
    assert heads(text) == ["Open concepten", "Laatst bekeken", "Acties"]
    for words in (
        "Half verhaal",
        "Anna Jansen",
        "Anoniem contact",
        "Pak volgende",
        "Naar Werkvoorraad",
        "Mijn instellingen",
    ):
        assert words in text
    assert Access.objects.filter(action="search").count() == 0


def test_a_customer_with_the_kind_of_question_and_the_open_work(as_user, noor, jansen, case):
    callback = make.callback(make.contact(jansen, outcome="callback"))
    text = ask(as_user(noor), "06-90 12 34 56")
    assert heads(text) == ["Zoek op telefoonnummer", "Open zaken", "Open terugbelverzoeken"]
    for words in ("Anna Jansen", case.reference, callback.reference):
        assert words in text
    assert f'data-start="/customers/{jansen.uuid}/?draft=new"' in text
    row = Access.objects.get(action="search")
    assert (row.user, row.detail, row.results) == (noor, "phone", 1)


@pytest.mark.parametrize("written", ["{0}", "{1}", "#{1}", "z-{1}", "{2}-{1}"])
def test_a_reference_in_full_or_its_number_alone(as_user, noor, case, written):
    _letter, year, number = case.reference.split("-")
    text = ask(as_user(noor), written.format(case.reference, number, year))
    assert heads(text)[0] == "Kenmerk"
    assert reverse("contacts:case", args=[case.uuid]) in text


def test_an_article_and_an_action_by_their_words(as_user, noor):
    article = make.article("Grofvuil laten ophalen")
    text = ask(as_user(noor), "grofvuil")
    assert "Kennisbank" in heads(text)
    assert article.get_absolute_url() in text
    text = ask(as_user(noor), "instell")
    assert reverse("accounts:settings") in text


def test_nothing_found_offers_a_new_customer(as_user, noor):
    text = ask(as_user(noor), "Zwaluwstaart")
    assert heads(text) == ["Zoek op naam: geen klant gevonden"]
    assert f'data-post="{reverse("contacts:create")}"' in text


def test_two_letters_are_not_searched_among_people(as_user, noor, jansen):
    assert "Anna Jansen" not in ask(as_user(noor), "ja")
    assert Access.objects.count() == 0


def test_a_specialist_finds_only_what_is_theirs(as_user, rachid, sam, jansen, case):
    make.callback(make.contact(jansen, outcome="callback"))
    own, other = ask(as_user(rachid), "jansen"), ask(as_user(sam), "jansen")
    assert "Anna Jansen" in own
    assert case.reference in own
    for words in ("Anna Jansen", case.reference, "T-2", "Nieuwe klant"):
        assert words not in other
    assert heads(ask(as_user(sam), case.reference)) == []
    actions = ask(as_user(sam))
    assert "Anoniem contact" not in actions
    assert "Naar Terugbelverzoeken" in actions


def test_the_administrator_sees_no_citizens(as_user, beheer, jansen, case):
    assert "Jansen" not in ask(as_user(beheer), "jansen")
    assert "Naar Beheer" in ask(as_user(beheer))


@pytest.mark.parametrize(
    "query", ["\0", "x" * 5000, "'; --", "((", '"', "%", "\u200b", "999990019", "Z-2026-99999999999"]
)
def test_strange_questions_are_no_error(as_user, noor, jansen, query):
    ask(as_user(noor), query)


def test_only_by_post_and_signed_in(client, as_user, noor):
    assert as_user(noor).get(URL).status_code == 405
    assert client.post(URL, {"q": "jansen"}).status_code == 401


def test_a_search_costs_a_bounded_number_of_queries(as_user, noor, office, django_assert_max_num_queries):
    for n in range(3):
        one = make.customer(f"Anna{n}", "Jansen")
        topic = make.topic(f"lamp {n}", team=make.team())
        for _case in range(4):
            Case.open(contact=make.contact(one, topic=topic), title="Lamp", team=topic.team, by=None)
        make.callback(make.contact(one, outcome="callback"))
    client = as_user(noor)
    ask(client, "jansen")
    with django_assert_max_num_queries(14):
        assert ask(client, "jansen").count('role="option"') >= 9


@pytest.mark.parametrize(
    ("typed", "first"), [("paspoort", "Kennisbank"), ("p.aspoort@voorbeeld.nl", "Zoek op e-mailadres")]
)
def test_a_new_customer_comes_after_what_there_is(as_user, noor, typed, first):
    make.article("Paspoort aanvragen")
    text = ask(as_user(noor), typed)
    assert heads(text)[0].startswith(first)
    if first == "Kennisbank":
        assert heads(text) == ["Kennisbank", "Zoek op naam: geen klant gevonden"]
