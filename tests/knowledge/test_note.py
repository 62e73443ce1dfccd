"""What is asked of the knowledge base is kept as questions: one for what somebody typed, nothing of who it was."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from accounts.uuids import as_uuid
from knowledge.models import Article, Feedback, Place, Reads, Searching
from knowledge.models.searching import KEPT, same_question
from knowledge.models.usefulness import FIGURES
from knowledge.tasks import forget_searches
from tests import make

pytestmark = pytest.mark.django_db


def asked(
    *typed: str | tuple[str, int], chain: UUID | None = None, seconds: float = 2, place: str = Place.PAGE
) -> UUID:
    """Type these one after the other on one page, each finding 3 articles unless said otherwise."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for one in typed:
            words, found = one if isinstance(one, tuple) else (one, 3)
            clock.shift(timedelta(seconds=seconds))
            chain = Searching.note(words, place=place, found=found, chain=chain)
    assert chain is not None
    return chain


def kept() -> list[tuple[int, str, int]]:
    return list(Searching.objects.order_by("at", "pk").values_list("step", "text", "found"))


def test_the_words_on_the_way_to_a_question_are_one() -> None:
    asked("ri", "rijb", "rijbewijs", ("Rijbewijs kwijt", 2))
    assert kept() == [(1, "Rijbewijs kwijt", 2)]
    row = Searching.objects.get()
    assert (row.folded, row.place, row.begun, row.opened_at) == ("rijbewijs kwijt", "page", "", None)


def test_other_words_are_the_next_step_of_the_chain() -> None:
    asked("rijbewijs kwijt", "vermissing", "vermissing reisdocument", ("aangifte doen", 0))
    assert kept() == [(1, "rijbewijs kwijt", 3), (2, "vermissing reisdocument", 3), (3, "aangifte doen", 0)]
    assert Searching.objects.values("chain").distinct().count() == 1
    assert set(Searching.objects.exclude(step=1).values_list("begun", flat=True)) == {"rijbewijs kwijt"}


def test_who_wipes_words_out_is_on_the_way_to_other_words() -> None:
    asked(("zeppelin huren", 0), ("zeppelin h", 0), ("zepp", 2), "pa", "paspoort")
    assert kept() == [(1, "zeppelin huren", 0), (2, "paspoort", 3)]


def test_a_typing_error_put_right_is_the_same_question() -> None:
    asked(("paspoort verlangen", 0), "paspoort verlengen")
    asked(("rijbewijsx", 0), "rijbewijs")
    assert kept() == [(1, "paspoort verlengen", 3), (1, "rijbewijs", 3)]


def test_the_same_words_again_are_no_other_question() -> None:
    chain = asked(("Café", 0))
    asked(("cafe", 4), ("CAFÉ", 1), chain=chain, seconds=60)
    assert kept() == [(1, "Café", 4)]


def test_who_waits_or_opens_something_asks_anew() -> None:
    asked("rijbewijs", "rijbewijs kwijt", seconds=20)
    chain = asked("paspoort")
    Searching.open(chain, make.article(), rank=2)
    asked("paspoort kind", chain=chain)
    assert [step for step, _text, _found in kept()] == [1, 2, 1, 2]


def test_a_page_that_stood_open_begins_again_at_the_first_step() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        chain = asked("rijbewijs")
        clock.shift(timedelta(minutes=16))
        asked("rijbewijs", chain=chain)
        clock.shift(timedelta(minutes=1))
        asked("rijbewijs kwijt", chain=chain)
    assert kept() == [(1, "rijbewijs", 3), (1, "rijbewijs", 3), (2, "rijbewijs kwijt", 3)]


def test_another_place_is_another_chain() -> None:
    asked("rijbewijs kwijt", chain=asked("rijbewijs"), place=Place.DESK)
    assert [step for step, _text, _found in kept()] == [1, 1]


def test_a_page_may_name_its_chain_before_it_asks() -> None:
    chain = uuid4()
    assert asked("rijbewijs", chain=chain) == chain
    assert Searching.objects.get().chain == chain


def test_what_was_opened_is_kept_once() -> None:
    first, second = make.article("Eén"), make.article("Twee")
    chain = asked("rijbewijs", "vermissing van een paspoort")
    Searching.open(chain, first, rank=3)
    Searching.open(chain, second, rank=1)
    Searching.open(uuid4(), second, rank=1)
    Searching.open(None, second, rank=1)
    assert list(Searching.objects.order_by("step").values_list("opened", "rank")) == [(None, None), (first.pk, 3)]
    first.delete()
    row = Searching.objects.get(step=2)
    assert row.opened_id is None
    assert row.opened_at is not None


def test_nothing_personal_is_kept() -> None:
    asked("paspoort van 123456782\0, jansen@voorbeeld.nl \ud800", "bel 06-12345678 terug over de hond")
    assert [text for _step, text, _found in kept()] == [
        "paspoort van [nummer] , [e-mail]",
        "bel [telefoon] terug over de hond",
    ]


@pytest.mark.parametrize("typed", ["", "  ", "\0", "a", "?!", "…", "\ud800\udfff", "123456782", "0612345678 ?"])
def test_what_is_no_question_is_not_kept(typed: str) -> None:
    chain = uuid4()
    assert Searching.note(typed, place=Place.PAGE, found=0, chain=chain) == chain
    assert kept() == []


def test_the_first_digits_of_somebodys_number_are_not_kept_either() -> None:
    asked(("1234", 0), ("12345678", 0), ("123456782", 0))
    assert kept() == []
    asked("paspoort", "paspoort 1234", "paspoort 123456782")
    assert [text for _step, text, _found in kept()] == ["paspoort [nummer]"]


@given(some.text(max_size=60), some.text(max_size=60))
def test_any_text_can_be_asked_after_any_other(one: str, other: str) -> None:
    chain = Searching.note(one, place=Place.PAGE, found=1)
    Searching.note(other, place=Place.PAGE, found=0, chain=chain)
    assert Searching.objects.filter(chain=chain).count() <= 2
    same_question(one, other)


@pytest.mark.parametrize("typed", ["x" * 1_000_000, "ﬃ" * 400, "ß" * 400, "huis ١٢٣ " * 400, "' OR 1=1 --", "%s %(x)s"])
def test_any_length_and_sign_will_do(typed: str) -> None:
    Searching.note(typed, place=Place.API, found=0)
    assert len(Searching.objects.get().text) <= 200


def test_it_costs_two_small_queries_and_harms_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(3):  # with a savepoint around it, which outside a test is a transaction
        chain = Searching.note("rijbewijs", place=Place.PAGE, found=1)
    with django_assert_num_queries(4):
        Searching.note("rijbewijs kwijt", place=Place.PAGE, found=1, chain=chain)


@pytest.mark.django_db(transaction=True)
def test_where_nothing_can_be_written_the_search_goes_on(caplog) -> None:
    article, chain = make.article(), Searching.note("rijbewijs", place=Place.PAGE, found=1)
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert Searching.note("Jansen kwijt", place=Place.PAGE, found=1, chain=chain) == chain
        Searching.open(chain, article, rank=1)
        Reads.count_one(article)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
    assert kept() == [(1, "rijbewijs", 1)]
    assert not Reads.objects.exists()
    assert len(caplog.records) == 3
    assert "Jansen" not in caplog.text


@pytest.mark.parametrize("text", ["", None, "x", "\0", "1" * 31, "{", "x" * 1_000_000])
def test_what_is_no_chain(text: str | None) -> None:
    assert as_uuid(text) is None


def test_old_questions_are_thrown_away() -> None:
    now = timezone.now()
    old = [
        Searching(text="oud", folded="oud", found=1, place="page", at=now - KEPT - timedelta(days=1)) for _ in range(3)
    ]
    Searching.objects.bulk_create([*old, Searching(text="van toen", folded="van toen", found=1, at=now - KEPT / 2)])
    assert forget_searches() == 3
    assert [text for _step, text, _found in kept()] == ["van toen"]
    assert forget_searches() == 0


def test_reads_and_copies_are_counted_per_day_and_place() -> None:
    article = make.article()
    for _ in range(3):
        Reads.count_one(article)
    Reads.count_one(article, public=True)
    Reads.count_copy(article)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        Reads.count_copy(article)
    figures = Reads.objects.order_by("day", "public").values_list("public", "count", "copied")
    assert list(figures) == [(False, 3, 1), (True, 1, 0), (False, 0, 1)]


def test_what_an_article_is_good_for(noor, office, django_assert_num_queries) -> None:
    article, other = make.article("Eén"), make.article("Twee")
    since = timezone.now() - timedelta(days=30)
    Reads.count_one(article)
    Reads.count_one(article, public=True)
    Reads.count_copy(article)
    article.use(make.contact(), by=noor)
    Feedback.give(article, helpful=True, by=None)
    Feedback.give(article, helpful=False, text="Klopt niet.", by=None)
    Reads.objects.create(article=article, day=since.date() - timedelta(days=2), count=50)
    with django_assert_num_queries(1):
        found = list(Article.objects.with_usefulness(since=since).most_useful("read").with_card())
    assert found == [article, other]
    assert [vars(found[0])[name] for name in (*FIGURES, "by_public")] == [2, 1, 1, 1, 1, 1, 1]
    assert [vars(found[1])[name] for name in FIGURES] == [0, 0, 0, 0, 0, 0]
