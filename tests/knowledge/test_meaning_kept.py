"""Each process keeps the vectors of all passages: what is saved changes those of a few articles, and of no other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy
import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from knowledge.models import Article, Indexed, Passage
from knowledge.models.markup import section
from knowledge.search import meaning
from knowledge.tasks import index_articles
from tests import make
from tests.conftest import DjangoAssertNumQueries

QUESTION = "oma is gestorven"


@pytest.fixture
def articles(db: None, monkeypatch: pytest.MonkeyPatch) -> list[Article]:
    """Some articles, two of a block."""
    monkeypatch.setattr(meaning, "OF_A_BLOCK", 2)
    monkeypatch.setattr(meaning, "_matrix", None)
    made = [make.article(f"Artikel {n}", short_answer=f"Over {word}.") for n, word in enumerate(WORDS)]
    index_articles()
    return made


WORDS = ["begraven", "trouwen", "verhuizen", "parkeren", "afval", "honden", "belasting", "reizen"]


def is_as_read_anew() -> bool:
    """Say whether what is kept says the same as all of it would that was read just now."""
    kept, question = meaning.compare(QUESTION, public=False), meaning.of_question(QUESTION)
    anew = meaning.Matrix({n: meaning._read(n, None) for n in range(Article.objects.order_by("pk").last().pk + 1)})
    return kept == anew.alike(question, public=False) and meaning.compare(QUESTION, public=True) == anew.alike(
        question, public=True
    )


def test_a_save_reads_one_block_and_shares_the_rest(
    articles: list[Article], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = meaning._current()
    with django_assert_num_queries(1):
        assert meaning._current() is before
    articles[3].title = "Parkeren bij huis"
    articles[3].save()
    index_articles()
    with django_assert_num_queries(2):
        after = meaning._current()
    changed = [n for n in after.blocks if after.blocks[n] is not before.blocks.get(n)]
    assert changed == [articles[3].pk // 2]
    assert is_as_read_anew()


def test_what_is_kept_follows_every_change(articles: list[Article]) -> None:
    assert is_as_read_anew()
    one, two, three, four = articles[:4]
    one.sections = [section("<p>Bij een sterfgeval belt u een uitvaartondernemer.</p>", kind="memo")]
    one.save()
    assert one.pk not in meaning.compare(QUESTION, public=False).scores  # until it is compared anew
    index_articles()
    assert is_as_read_anew()
    public, every = (meaning.compare(QUESTION, public=only) for only in (True, False))
    assert public.scores[one.pk] < every.scores[one.pk]
    one.sections = [one.sections[0] | {"kind": "text"}]  # the same words, for everybody: nothing is compared anew
    one.save()
    assert Indexed.objects.get(article=one).embedded_at
    assert is_as_read_anew()
    two.delete()
    three.delete()
    four.withdrawn_at = timezone.now()
    four.save()
    articles.append(make.article("Nieuw", short_answer="Over sterven."))
    index_articles()
    assert is_as_read_anew()
    scores = meaning.compare(QUESTION, public=False).scores
    assert articles[-1].pk in scores
    assert two.pk not in scores


def test_a_change_with_an_earlier_moment_is_seen(articles: list[Article]) -> None:
    """Of two who save at once the first may be the last to be seen; their clocks may differ too."""
    meaning._current()
    Passage.objects.filter(article=articles[0]).update(internal=True)
    Indexed.objects.filter(article=articles[0]).update(embedded_at=F("embedded_at") - timedelta(seconds=1))
    assert is_as_read_anew()
    assert articles[0].pk not in meaning.compare(QUESTION, public=True).scores


@pytest.mark.django_db(transaction=True)
def test_threads_get_whole_answers_while_articles_change(articles: list[Article]) -> None:
    passages = Passage.objects.count()

    def ask() -> bool:
        try:
            found = meaning._current()
        finally:
            connection.close()
        in_order = bool(numpy.all(numpy.diff(found.articles) >= 0))
        rows = sum(len(block.vectors) for block in found.blocks.values())
        return in_order and rows == len(found.articles) == len(found.passages) == len(found.internal)

    with ThreadPoolExecutor(4) as threads:
        answers = []
        for turn in range(40):
            answers += [threads.submit(ask) for _ in range(4)]
            Indexed.objects.filter(article=articles[turn % 7]).update(embedded_at=timezone.now())
            if turn == 20:
                articles[7].delete()
        assert all(one.result() for one in answers)
    assert is_as_read_anew()
    assert len(meaning._current().passages) == Passage.objects.count() < passages
