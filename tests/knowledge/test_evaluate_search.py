"""manage.py evaluate_search says how well the search answers, and what is wrong with a file."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from knowledge.management.commands.evaluate_search import Figures
from knowledge.models import Article, Indexed
from tests import make

pytestmark = pytest.mark.django_db


def write(path: Path, *rows: tuple[str, ...], header: str = "query,id") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header + "\n")
        csv.writer(file).writerows(rows)
    return path


def run(file: Path) -> str:
    out = StringIO()
    call_command("evaluate_search", str(file), stdout=out)
    return out.getvalue()


def test_figures_and_misses_of_the_whole_and_of_words_alone(tmp_path: Path) -> None:
    make.article("Paspoort aanvragen", external_id="a")
    row = {"title": "How to get divorced", "short_answer": "Ask a lawyer.", "published_at": timezone.now()}
    Article.objects.bulk_create([Article(external_id="b", **row)])  # not indexed yet
    said = run(write(tmp_path / "q.csv", ("paspoort", "a"), ("ik wil scheiden van mijn man", "b"), ("pasport", "b")))
    assert "1 articles indexed." in said
    lexical, whole = (
        next(line for line in said.splitlines() if line.startswith(name)) for name in ("lexical", "whole")
    )
    assert "lexical: 3 questions  R@1 0.333  R@3 0.333  R@5 0.333  MRR 0.333  median" in lexical
    assert "whole: 3 questions  R@1 0.667" in whole
    assert "line 3: 'ik wil scheiden van mijn man' found at -, first was 'nothing'" in said
    assert "line 4: 'pasport' found at" in said


def test_says_when_meaning_is_off(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_MEANING = False
    make.article("Paspoort aanvragen", external_id="a")
    said = run(write(tmp_path / "q.csv", ("paspoort", "a")))
    assert "Comparing by meaning is off" in said
    assert "R@1 1.000" in said
    assert "whole" not in said
    assert Indexed.objects.get().embedded_at is None


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        ([("paspoort", "a")], "vraag,id", "regel 1: op de eerste regel moeten de kolommen query en id staan"),
        (
            [("paspoort", "a"), ("kip", "zzz")],
            "query,id",
            "regel 3: er is geen gepubliceerd artikel met het kenmerk “zzz”",
        ),
        ([("", "a")], "query,id", "regel 2: hier horen een vraag"),
        ([("paspoort",)], "query,id", "regel 2: hier horen een vraag"),
        ([("paspoort", "a", "b")], "query,id", "regel 2: hier horen een vraag"),
        ([], "query,id", "er staat geen vraag in"),
    ],
)
def test_errors_name_the_line(rows: list[tuple[str, ...]], header: str, said: str, tmp_path: Path) -> None:
    make.article("Paspoort aanvragen", external_id="a")
    with pytest.raises(CommandError, match=said):
        run(write(tmp_path / "q.csv", *rows, header=header))


def test_takes_what_spreadsheets_write(tmp_path: Path) -> None:
    make.article("Paspoort aanvragen", external_id="Ab-1")
    file = tmp_path / "q.csv"
    for text in [
        "\ufeffquery,id\r\npaspoort,AB-1 \r\n\r\n",
        "Id;Query\n ab-1;paspoort\n",
        'id\tquery\tnote\nab-1\t"hoe vraag ik, als burger,\neen paspoort aan"\tx\n',
    ]:
        file.write_text(text, encoding="utf-8")
        assert "lexical: 1 questions  R@1 1.000" in run(file), text


def test_any_of_the_articles_of_a_question_is_right(tmp_path: Path) -> None:
    make.article("Paspoort aanvragen", external_id="a")
    make.article("Rijbewijs aanvragen", external_id="b")
    said = run(write(tmp_path / "q.csv", ("paspoort", "b"), ("paspoort", "a"), ("rijbewijs", "b")))
    assert "lexical: 2 questions  R@1 1.000" in said


def test_waits_for_a_worker_that_is_at_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make.article("Paspoort aanvragen", external_id="a")
    done, waited = iter([False, False, False, True]), []
    monkeypatch.setattr("knowledge.search.index.embed", lambda seconds: next(done))
    monkeypatch.setattr("time.sleep", waited.append)
    said = run(write(tmp_path / "q.csv", ("paspoort", "a")))
    assert waited == [2, 2, 2]
    assert said.count("passages to be compared by meaning") == 1


def test_unreadable_file_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_bytes(b"query,id\n\xff,a")
    for file in (tmp_path / "q.csv", tmp_path / "gone.csv", tmp_path):
        with pytest.raises(CommandError):
            run(file)


def test_figures() -> None:
    figures = Figures([1, 2, 0, 5], [0.01, 0.02, 0.03, 0.04])
    assert str(figures) == "R@1 0.250  R@3 0.500  R@5 0.750  MRR 0.425  median 25 ms  p95 40 ms"
