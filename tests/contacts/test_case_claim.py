"""Who has a case in hand: by opening it, one at a time, until they leave, answer or do nothing for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from contacts.models import Access, Case, Presence
from contacts.models.claim import NEARLY_OVER, TERM
from tests import make


@pytest.fixture
def case(jansen, office):
    return make.case(jansen)


def page(case):
    return reverse("contacts:case", args=[case.uuid])


def test_who_opens_has_it_for_a_quarter_of_an_hour(case, noor):
    begun = timezone.now()
    assert case.claim(by=noor)
    assert case.holder == noor
    assert begun <= case.held_since <= timezone.now()
    assert begun + TERM <= case.held_until <= timezone.now() + TERM


def test_who_has_it_keeps_the_moment_it_began_when_opening_again(case, noor):
    case.claim(by=noor)
    begun = case.held_since
    Case.objects.update(held_until=timezone.now() + timedelta(minutes=2))
    assert case.claim(by=noor)
    assert case.held_since == begun
    assert case.held_until > timezone.now() + NEARLY_OVER


def test_the_second_sees_who_was_first_and_may_read(case, noor, lotte, as_user):
    as_user(noor).get(page(case))
    answer = as_user(lotte).get(page(case))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Wordt behandeld door N. Bakker sinds" in text
    assert "Overnemen" in text
    assert Case.objects.get().holder == noor


def test_a_claim_that_ended_is_free(case, noor, lotte):
    case.claim(by=noor)
    Case.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert Case.objects.get().holder is None
    assert Case.objects.get().claim(by=lotte)
    assert Case.objects.get().holder == lotte


@pytest.mark.django_db(transaction=True)
def test_of_two_who_race_one_has_it(case, noor, lotte):
    def claim(user):
        try:
            return Case.objects.get().claim(by=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, [noor, lotte])) == [False, True]


def test_opening_reads_and_is_written_down(case, noor, as_user):
    assert case.is_unread
    as_user(noor).get(page(case))
    assert not Case.objects.get().is_unread
    assert Access.objects.get(customer=case.customer_id).detail == case.reference


def test_taking_over_tells_the_first(case, noor, lotte, as_user):
    case.claim(by=noor)
    assert as_user(lotte).post(reverse("contacts:take_over", args=[case.uuid])).status_code == 302
    found = Case.objects.get()
    assert found.holder == lotte
    assert found.events.get(kind="case_taken_over").data == {"from": "N. Bakker"}
    told = Notification.objects.get()
    assert told.recipient == noor
    assert "L. Vermeulen nam over" in told.text
    assert "Wordt behandeld door L. Vermeulen" in as_user(noor).get(page(case)).content.decode()


def test_taking_over_what_nobody_has_tells_nobody(case, noor):
    assert case.take_over(by=noor)
    assert case.take_over(by=noor)
    assert not Notification.objects.exists()
    assert not case.events.exists()


def test_a_closed_case_is_in_nobodys_hands(case, noor, lotte, as_user):
    case.claim(by=noor)
    case.close(result="Gedaan", by=noor)
    assert Case.objects.get().holder is None
    assert not Case.objects.get().claim(by=lotte)
    assert as_user(lotte).post(reverse("contacts:take_over", args=[case.uuid])).status_code == 409


def test_answering_lays_it_down(case, noor):
    case.claim(by=noor)
    case.answered(at=timezone.now())
    found = Case.objects.get()
    assert (found.holder, found.is_answered) == (None, True)


def test_a_specialist_opens_what_the_own_team_has(rachid, sam, jansen, office, as_user):
    case = make.case(jansen, team=make.team("Parkeren"))
    assert as_user(rachid).get(page(case)).status_code == 200
    assert Case.objects.get().holder == rachid
    assert as_user(sam).get(page(case)).status_code == 404


def test_who_looks_at_what_another_team_has_leaves_it_with_them(noor, rachid, jansen, office, as_user):
    case = make.case(jansen, team=make.team("Parkeren"))
    text = as_user(noor).get(page(case)).content.decode()
    found = Case.objects.get()
    assert (found.holder, found.is_unread) == (None, True)
    assert "Deze zaak is van Parkeren. Je kijkt alleen mee." in text
    assert "In behandeling nemen" in text
    assert as_user(noor).post(reverse("contacts:take_over", args=[case.uuid])).status_code == 302
    text = as_user(noor).get(page(case)).content.decode()
    assert "Je behandelt dit bericht tot" in text
    assert "Je kijkt alleen mee" not in text
    assert "Wordt behandeld door N. Bakker" in as_user(rachid).get(page(case)).content.decode()


def test_what_is_given_to_somebody_or_asked_of_their_team_is_theirs(noor, rachid, parkeren, jansen, office, as_user):
    given = make.case(jansen, team=parkeren, assignee=noor)
    asked = make.case(jansen, consulted_team=parkeren, consulted_at=timezone.now())
    as_user(noor).get(page(given))
    as_user(rachid).get(page(asked))
    assert Case.objects.get(pk=given.pk).holder == noor
    assert Case.objects.get(pk=asked.pk).holder == rachid


def test_others_are_refused(case, noor, sam, beheer, as_user):
    url = reverse("contacts:take_over", args=[case.uuid])
    assert as_user(noor).get(url).status_code == 405
    assert as_user(sam).post(url).status_code == 404
    assert as_user(beheer).get(page(case)).status_code == 404


def test_the_page_takes_the_same_queries_for_any_number(noor, jansen, office, as_user, django_assert_max_num_queries):
    case, client = make.case(jansen), as_user(noor)
    for number in range(20):
        make.contact(jansen, channel="email").join(case, by=None)
        case.note(f"Notitie {number}", by=noor)
        Presence.see(case, by=make.user(f"kijker{number}", teams=[make.team("Voorlijn")]))
    client.get(page(case))
    with django_assert_max_num_queries(42) as few:
        client.get(page(case))
    for number in range(20, 30):
        make.contact(jansen, channel="email").join(case, by=None)
        case.note(f"Notitie {number}", by=noor)
    with django_assert_max_num_queries(len(few)):
        client.get(page(case))


def test_only_the_head_is_asked_for_again(case, noor, as_user):
    answer = as_user(noor).get(reverse("contacts:case_state", args=[case.uuid]), HTTP_HX_REQUEST="true")
    text = answer.content.decode()
    assert 'id="bericht-kop"' in text
    assert "<html" not in text
    assert Case.objects.get().holder is None  # looking at the head is not opening
