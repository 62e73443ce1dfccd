"""A process answers several people at once: what they share is right for each of them."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import snowballstemmer
from django.db import connection

from accounts.models import User
from knowledge.models import Article
from knowledge.models.terms import STOP, stem
from knowledge.search import lexical, search
from tests import make

WORDS = [f"{one}{two}" for one in sorted(STOP)[:60] for two in ("vergunningen", "lijkheden", "ingen", "heid", "'s")]


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Have threads take each other's place as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_stems_are_those_of_the_word_itself(quick_turns: None) -> None:
    alone = snowballstemmer.stemmer("dutch")
    right = [alone.stemWord(word) for word in WORDS]
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: [stem.__wrapped__(word) for word in WORDS], range(12)):
            assert found == right


@pytest.mark.django_db
def test_what_was_counted_may_be_thrown_away_meanwhile() -> None:
    make.article("Paspoort")
    counts = lexical.Counts(until=float("inf"), known={"paspoort": 7})

    def other(execute: Any, *asked: Any) -> Any:
        counts.known = {}
        return execute(*asked)

    with connection.execute_wrapper(other):
        assert counts.of(["paspoort", "fiets"], articles=lexical.MANY) == {"paspoort": 7, "fiets": 0}


@pytest.mark.django_db
def test_what_was_asked_for_in_vain_is_found_once_it_is_there(noor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "MANY", 0)  # as where articles are many
    monkeypatch.setattr(lexical, "_counts", lexical.Counts())
    make.article("Paspoort")
    for _ in range(2):
        assert search("zeepkistenrace", user=noor, limit=5) == []
    article: Article = make.article("Zeepkistenrace")
    assert [hit.article for hit in search("zeepkistenrace", user=noor, limit=5)] == [article]
