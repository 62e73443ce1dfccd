"""Handling what somebody said of an article."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Feedback, Version
from tests import make

LIST = "/knowledge/editorial/feedback/"


@pytest.fixture
def said(noor, rachid, parkeren, office):
    article = make.article("Parkeren", owner=rachid, team=parkeren)
    return Feedback.give(article, helpful=False, text="Het bedrag klopt niet.", by=noor)


def url(said):
    return reverse("knowledge:handle", args=[said.uuid])


def test_the_owner_sees_it_beside_the_article_and_handles_it(said, as_user, rachid, noor):
    client = as_user(rachid)
    page = client.get(url(said)).content.decode()
    assert "Het bedrag klopt niet." in page
    assert "Noor Bakker" in page
    assert "ontvangstbevestiging" in page
    assert client.post(url(said), {"answer": "Bedrag aangepast."}).headers["Location"] == LIST
    said.refresh_from_db()
    assert (said.handled_by, said.answer) == (rachid, "Bedrag aangepast.")
    line = noor.notifications.get()
    assert line.text == "Je melding over “Parkeren” is behandeld: Bedrag aangepast."
    assert "Bedrag aangepast." in as_user(noor).get(line.url).content.decode()


def test_twice_changes_nothing(said, as_user, rachid, marit, noor):
    as_user(rachid).post(url(said), {"answer": "Aangepast."})
    again = as_user(marit).post(url(said), {"answer": "Iets anders."}, follow=True).content.decode()
    assert "R. Yilmaz heeft deze melding al behandeld." in again
    said.refresh_from_db()
    assert said.answer == "Aangepast."
    assert noor.notifications.count() == 1


@pytest.mark.parametrize("answer", ["", "   ", "a\0b", "x" * 2001])
def test_a_wrong_answer_is_refused_and_kept(said, as_user, rachid, answer):
    response = as_user(rachid).post(url(said), {"answer": answer})
    assert response.status_code == 422
    assert response.context["form"]["answer"].value() == answer
    said.refresh_from_db()
    assert said.is_open


def test_a_stranger_does_not_find_it_and_who_said_it_only_reads_it(said, as_user, sam, noor):
    assert as_user(sam).get(url(said)).status_code == 404
    assert as_user(sam).post(url(said), {"answer": "x"}).status_code == 404
    page = as_user(noor).get(url(said)).content.decode()
    assert "Het bedrag klopt niet." in page
    assert "Wat heb je gedaan?" not in page
    assert as_user(noor).post(url(said), {"answer": "x"}).status_code == 404
    assert as_user(noor).get(reverse("knowledge:handle", args=[uuid4()])).status_code == 404


def test_who_said_it_reads_no_article_that_was_withdrawn(said, as_user, noor, rachid):
    said.article.withdraw()
    page = as_user(noor).get(said.get_absolute_url()).content.decode()
    assert "Uitleg" not in page
    assert "Dit artikel is nu niet te lezen." in page
    assert "Uitleg" in as_user(rachid).get(said.get_absolute_url()).content.decode()


def test_it_says_which_version_it_was_about(said, as_user, marit, mies):
    version = Version.begin(said.article, by=marit)
    Version.objects.filter(pk=version.pk).update(short_answer="Het is **40 euro**.", approved_at=timezone.now())
    version.refresh_from_db()
    version.publish(summary="Nieuwe bedragen", by=mies)
    assert version.number is not None
    before = version.number - 1
    Feedback.objects.filter(pk=said.pk).update(version=before)
    page = as_user(marit).get(url(said)).content.decode()
    assert f"Het ging over versie {before}. Nu geldt versie {version.number}." in page
    assert "Nieuwe bedragen" in page
    assert reverse("knowledge:versions", args=[said.article.uuid]) in page


def test_late_ones_come_first_and_are_marked(said, as_user, rachid, office):
    other = Feedback.give(make.article("Ander", owner=rachid), helpful=False, text="Ook niet", by=None)
    Feedback.objects.filter(pk=other.pk).update(due_at=timezone.now() - timedelta(days=8))
    lines = as_user(rachid).get(LIST).context["lines"]
    assert [(line.title, line.tone) for line in lines] == [("Ander", "bad"), ("Parkeren", "")]
    assert lines[0].lead.endswith("te laat")


def test_a_thumb_up_is_no_work(said, as_user, rachid, noor):
    thanks = Feedback.give(said.article, helpful=True, by=None)
    assert as_user(rachid).get(url(thanks)).status_code == 404
    assert len(as_user(rachid).get(LIST).context["lines"]) == 1


def test_the_page_costs_the_same_however_much_was_said(said, as_user, rachid, django_assert_max_num_queries):
    for n in range(8):
        Feedback.give(said.article, helpful=False, text=f"Nog {n}", by=None)
    client = as_user(rachid)
    client.get(url(said))
    with django_assert_max_num_queries(20):
        client.get(url(said))
