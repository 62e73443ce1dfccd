"""What the search knows follows what was written, however it was written."""

import pytest
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Indexed, Posting
from knowledge.models.markup import section, split
from knowledge.search import index, search, search_public
from tests import make

pytestmark = pytest.mark.django_db


def found(query: str, user: User) -> list[str]:
    return [hit.article.title for hit in search(query, user=user, limit=5)]


def test_saved_is_found_at_once(noor: User) -> None:
    article = make.article("Paspoort")
    assert found("hondenbelasting", noor) == []
    article.keywords = "hondenbelasting"
    article.save(update_fields=["keywords", "changed_at"])
    assert found("hondenbelasting", noor) == ["Paspoort"]
    article.keywords = ""
    article.save()
    assert found("hondenbelasting", noor) == []


def test_saving_the_same_writes_nothing_new() -> None:
    article = make.article("Paspoort")
    before = Indexed.objects.get(article=article)
    article.save()
    after = Indexed.objects.get(article=article)
    assert (after.indexed_at, after.digest) == (before.indexed_at, before.digest)
    assert after.changed_at == article.changed_at
    assert not Article.objects.not_indexed().exists()


def test_made_in_one_go_is_found_by_the_scan(noor: User) -> None:
    rows = [
        Article(external_id=str(n), title=f"Paspoort {n}", short_answer="Kort.", published_at=timezone.now())
        for n in range(120)
    ]
    Article.objects.bulk_create(rows)
    assert found("paspoort", noor) == []
    assert index.catch_up() == 120
    assert index.catch_up() == 0
    assert len(found("paspoort", noor)) == 5


def test_another_form_of_the_index_has_all_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    make.article("Paspoort")
    monkeypatch.setattr("knowledge.models.indexed.FORM", 99)
    assert index.catch_up() == 1
    assert index.catch_up() == 0


def test_gone_with_its_article() -> None:
    make.article("Paspoort").delete()
    assert not Posting.objects.exists()
    assert not Indexed.objects.exists()


def test_the_website_never_finds_what_is_for_colleagues(noor: User) -> None:
    memo = section("<p>Haal bij agressie de slagboom omlaag.</p>", title="Veiligheid", kind="memo")
    make.article("Balie", sections=[*split("<h2>Waar</h2><p>Op het plein.</p>"), memo])
    make.article("Agressie aan de telefoon", internal=True)
    assert set(found("agressie", noor)) == {"Balie", "Agressie aan de telefoon"}
    assert set(found("slagboom", noor)) == {"Balie"}
    for query in ["agressie", "slagboom", "bij agressie", "veiligheid"]:
        assert search_public(query, limit=5) == [], query
    (hit,) = search_public("balie plein", limit=5)
    assert "agressie" not in hit.passage
    assert search_public("balie -slagboom", limit=5)  # nor does leaving it out tell that it is there
    for hit in search_public("balie agressie", limit=5):
        assert "gressie" not in hit.passage
        assert hit.rank == pytest.approx(sum(part.worth for part in hit.parts))


def test_very_long_text_has_passages_of_a_readable_length() -> None:
    article = make.article("Lang", body="<p>" + "Dit is een zin van zeven woorden lang. " * 400 + "x" * 5000 + "</p>")
    lengths = [len(passage.text) for passage in article.passages.all()]
    assert max(lengths) <= 1500
    assert sum(lengths) > 15_000


def test_a_passage_reads_as_the_text_does() -> None:
    words = "<p>Kies <em>Vermissing</em>, of <a href='/x'>Mijn <strong>Duinmeer</strong></a>. Kost € 2<br>Ga</p>"
    article = make.article("Paspoort", short_answer="", body=f"{words}<ul><li>A</li><li>B</li></ul>")
    assert article.passages.order_by("pk").last().text == "Kies Vermissing, of Mijn Duinmeer. Kost € 2 Ga A B"
