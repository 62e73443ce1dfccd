"""What colleagues ask an article for, and what the editors do with it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Article, Gap, Version
from knowledge.models.gap import answer_written
from tests import make


@pytest.fixture
def gap(noor, lotte):
    made = Gap.objects.create(query="Laadpaal", asked_by=noor, note="Elke dag.")
    Gap.objects.create(query="laadpáál", asked_by=lotte)
    Gap.objects.create(query="Hond", asked_by=lotte)
    return made


def url(gap, verb="gap"):
    return reverse(f"knowledge:{verb}", args=[gap.uuid])


def test_the_same_question_is_one_with_a_count(gap, as_user, marit):
    rows = Gap.objects.once_each().order_by("pk")
    assert [(row.query, row.times) for row in rows] == [("Laadpaal", 2), ("Hond", 1)]
    page = as_user(marit).get("/knowledge/editorial/gaps/").content.decode()
    assert "2 keer" in page
    assert page.count("Openen") == 2 * 2


def test_an_article_is_made_of_it_and_who_asked_hears_when_it_is_published(gap, as_user, marit, mies, noor, lotte):
    client = as_user(marit)
    pages = {client.post(url(gap, "write_gap")).headers["Location"] for _ in range(2)}
    article = Article.objects.get(title="Laadpaal")
    assert pages == {reverse("knowledge:edit", args=[article.uuid])}
    assert Gap.objects.filter(article=article).count() == 2
    assert "Er wordt al aan geschreven" in client.get(url(gap)).content.decode()
    assert answer_written(now=timezone.now()) == 0
    version = Version.begin(article, by=marit)
    version.approve(by=mies)
    version.publish(by=mies)
    assert answer_written(now=timezone.now()) == 1
    assert answer_written(now=timezone.now()) == 0
    for asker in (noor, lotte):
        line = asker.notifications.get()
        assert "Laadpaal" in line.text
        assert article.get_absolute_url() in as_user(asker).get(line.url).content.decode()
    assert Gap.objects.open().get().query == "Hond"


def test_an_article_that_answers_it_already_is_told(gap, as_user, marit, noor, lotte):
    article = make.article("Laadpaal in uw straat")
    response = as_user(marit).post(url(gap, "answered_gap"), {"article": str(article.uuid)})
    assert response.headers["Location"] == "/knowledge/editorial/gaps/"
    assert noor.notifications.get().text == "Je vroeg om een artikel over “Laadpaal”: Laadpaal in uw straat"
    assert lotte.notifications.count() == 1
    assert Gap.objects.filter(article=article, closed_by=marit).count() == 2


def test_why_no_article_comes_is_told(gap, as_user, marit, noor):
    as_user(marit).post(url(gap, "refuse_gap"), {"answer": "Dat doet de provincie."})
    line = noor.notifications.get()
    assert line.text == "Je vroeg om een artikel over “Laadpaal”: Dat doet de provincie."
    assert "Dat doet de provincie." in as_user(noor).get(line.url).content.decode()


def test_twice_changes_nothing(gap, as_user, marit, mies, noor):
    as_user(marit).post(url(gap, "refuse_gap"), {"answer": "Nee."})
    for verb, data in (("refuse_gap", {"answer": "Toch niet."}), ("write_gap", {})):
        said = as_user(mies).post(url(gap, verb), data, follow=True).content.decode()
        assert "M. de Vries was je voor." in said
    gap.refresh_from_db()
    assert gap.answer == "Nee."
    assert noor.notifications.count() == 1


@pytest.mark.parametrize("answer", ["", "  ", "a\0b", "x" * 301])
def test_a_wrong_reason_is_refused(gap, as_user, marit, answer):
    assert as_user(marit).post(url(gap, "refuse_gap"), {"answer": answer}).status_code == 422
    assert Gap.objects.open().count() == 3


def test_an_article_that_does_not_exist_or_nobody_reads_is_refused(gap, as_user, marit, office):
    concept = make.article("Concept", published_at=None)
    for wrong in ("", "x", "\0", str(uuid4()), str(concept.uuid)):
        assert as_user(marit).post(url(gap, "answered_gap"), {"article": wrong}).status_code == 422
    assert Gap.objects.open().count() == 3


def test_only_editors_handle_it_and_only_who_asked_reads_it(gap, as_user, noor, lotte, kees):
    for verb in ("write_gap", "answered_gap", "refuse_gap"):
        assert as_user(noor).post(url(gap, verb), {"answer": "x"}).status_code == 403
        assert as_user(noor).get(url(gap, verb)).status_code == 405
    page = as_user(noor).get(url(gap)).content.decode()
    assert "De redactie kijkt ernaar." in page
    assert "Lotte" not in page
    for stranger in (lotte, kees):
        assert as_user(stranger).get(url(gap)).status_code == 404


@pytest.mark.parametrize("words", ["", "\0", "x" * 10_000, "de het een", "' OR 1=1 --", '"'])
def test_whatever_is_searched_for_is_no_error(gap, as_user, marit, office, words):
    assert as_user(marit).get(url(gap), {"q": words}).status_code == 200


def test_who_asked_hears_nothing_until_the_article_can_be_read(gap, noor):
    today = timezone.localdate()
    article = make.article("Laadpaal in uw straat", valid_from=today + timedelta(days=1))
    gap.begin(article)
    assert answer_written(now=timezone.now()) == 0
    Article.objects.filter(pk=article.pk).update(valid_from=today)
    assert answer_written(now=timezone.now()) == 1
    assert noor.notifications.count() == 1
