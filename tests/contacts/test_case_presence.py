"""Who else is at a case: looking, typing or idle, told by open pages and void after a minute."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import tasks
from contacts.models import Case, Presence
from contacts.models.claim import NEARLY_OVER
from contacts.models.queue import Queue
from tests import make


@pytest.fixture
def case(jansen, office):
    return make.case(jansen)


@pytest.fixture
def hints(monkeypatch):
    """The events that were hinted, in order."""
    found = []
    monkeypatch.setattr("contacts.models.work.push.hint", lambda event, *channels: found.append(event))
    return found


def url(case):
    return reverse("contacts:presence", args=[case.uuid])


def hand(user, case):
    return next(line.hand for line in Queue(user, timezone.now()).lines if line.case == case)


def test_others_see_it_in_the_list_and_in_the_head(case, noor, lotte, as_user):
    assert hand(noor, case) is None
    client = as_user(lotte)
    client.post(url(case), {"state": "viewing"})
    assert (hand(noor, case).icon, hand(noor, case).text) == ("eye", "L. Vermeulen")
    client.post(url(case), {"state": "typing"})
    assert (hand(noor, case).icon, hand(noor, case).text) == ("lock", "L. Vermeulen schrijft")
    client.post(url(case), {"state": "idle"})
    assert hand(noor, case).is_idle
    text = as_user(noor).get(reverse("contacts:case_state", args=[case.uuid])).content.decode()
    assert "L. Vermeulen is inactief" in text
    assert hand(lotte, case) is None  # of oneself there is nothing to say


def test_what_one_has_in_hand_or_was_given_is_said(case, noor, lotte):
    case.assign(to=lotte, by=None)
    assert (hand(noor, case).icon, hand(noor, case).text) == ("user", "L. Vermeulen")
    assert (hand(lotte, case).icon, hand(lotte, case).text) == ("pencil", "Jij")
    case.claim(by=noor)
    assert hand(noor, case).text == "Jij"
    assert (hand(lotte, case).icon, hand(lotte, case).text) == ("lock", "N. Bakker")


def test_only_a_change_is_told(case, noor, as_user, hints):
    client = as_user(noor)
    client.post(url(case), {"state": "viewing"})
    assert hints == ["cases"]
    client.post(url(case), {"state": "viewing"})
    assert hints == ["cases"]
    client.post(url(case), {"state": "typing"})
    assert hints == ["cases", "cases"]


def test_being_there_takes_few_queries(case, noor, as_user, django_assert_max_num_queries):
    client = as_user(noor)
    client.post(url(case), {"state": "viewing"})
    with django_assert_max_num_queries(9):
        client.post(url(case), {"state": "viewing"})


def test_who_is_busy_gets_more_time_and_who_is_idle_does_not(case, noor, as_user):
    case.claim(by=noor)
    nearly = timezone.now() + timedelta(minutes=3)
    Case.objects.update(held_until=nearly)
    client = as_user(noor)
    client.post(url(case), {"state": "idle"})
    assert Case.objects.get().held_until == nearly
    client.post(url(case), {"state": "typing"})
    assert (Case.objects.get().held_until or nearly) > timezone.now() + NEARLY_OVER


def test_leaving_lays_it_down(case, noor, as_user):
    client = as_user(noor)
    client.get(reverse("contacts:case", args=[case.uuid]))
    seen = client.post(url(case), {"state": "viewing"}).headers["X-Seen"]
    assert Case.objects.get().holder == noor
    assert client.post(url(case), {"state": "left", "seen": seen}).status_code == 204
    assert Case.objects.get().holder is None
    assert not Presence.objects.exists()


def test_leaving_a_page_that_was_opened_again_leaves_nothing(case, noor, as_user):
    client = as_user(noor)
    seen = client.get(reverse("contacts:case", args=[case.uuid])).context["seen"]
    client.get(reverse("contacts:case", args=[case.uuid]))
    client.post(url(case), {"state": "left", "seen": seen})  # comes after the new page, as a browser sends it
    assert Case.objects.get().holder == noor
    assert Presence.objects.count() == 1


def test_what_a_page_told_while_it_was_left_goes_with_it(case, noor, as_user):
    client = as_user(noor)
    seen = client.get(reverse("contacts:case", args=[case.uuid])).context["seen"]
    client.post(url(case), {"state": "typing", "page": "k3x"})  # its answer came too late for the page
    client.post(url(case), {"state": "left", "seen": seen, "page": "other"})
    client.post(url(case), {"state": "left", "seen": seen, "page": ""})
    assert Presence.objects.get().is_typing
    client.post(url(case), {"state": "left", "seen": seen, "page": "k3x"})
    assert Case.objects.get().holder is None
    assert not Presence.objects.exists()


def test_who_says_nothing_for_a_minute_is_gone(case, noor, lotte, hints):
    Presence.see(case, by=lotte)
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert hand(noor, case) is None
    hints.clear()
    tasks.resume()
    assert not Presence.objects.exists()
    assert hints == ["cases"]


@pytest.mark.parametrize("data", [{}, {"state": "dancing"}, {"state": "\0"}, {"state": ["viewing", "x"]}])
def test_nonsense_is_refused(case, noor, as_user, data):
    assert as_user(noor).post(url(case), data).status_code == 422


@pytest.mark.parametrize("seen", ["", "abc", "9" * 400, "-5", "1e9", "\0", "٣"])
def test_leaving_with_a_moment_that_is_none_changes_nothing(case, noor, as_user, seen):
    client = as_user(noor)
    client.post(url(case), {"state": "viewing"})
    assert client.post(url(case), {"state": "left", "seen": seen}).status_code == 204
    assert Presence.objects.count() == 1


def test_strangers_are_refused(case, sam, noor, as_user):
    assert as_user(sam).post(url(case), {"state": "viewing"}).status_code == 404
    assert as_user(noor).get(url(case)).status_code == 405
