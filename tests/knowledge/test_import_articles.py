"""Articles come out of a file: all or none, twice is once, and what is wrong is said with its place."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from knowledge.exchange import intake, reading
from knowledge.exchange.entry import Entry, Standing, Unusable
from knowledge.exchange.intake import take_in
from knowledge.models import Article, Changed, Editorial, Version
from tests import bench, make
from tests.conftest import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SET = Path(bench.__file__).with_name("search") / "vac.json"


def question(number: int = 1, **fields: Any) -> dict[str, Any]:
    values = {
        "id": f"vraag-{number}",
        "vraag": f"Mag ik {number} bomen kappen?",
        "inleiding": "Dat mag met een vergunning. Die vraagt u aan bij de gemeente.",
        "onderdelen": [{"kop": "Kosten", "tekst": "Een aanvraag is gratis."}],
        "kort_antwoord": "met een vergunning",
        "hoofdletters": True,
        "noemt_gemeente": True,
    }
    return {name: value for name, value in (values | fields).items() if value is not ...}


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(data: Any, name: str = "vragen.json") -> str:
        path = tmp_path / name
        raw = data if isinstance(data, bytes) else (data if isinstance(data, str) else json.dumps(data)).encode()
        path.write_bytes(raw)
        return str(path)

    return write


def read(path: str, *options: str) -> str:
    said = StringIO()
    call_command("import_articles", path, *options, stdout=said, stderr=said)
    return said.getvalue()


def entries(path: str) -> list[Entry]:
    return reading.read(Path(path).read_bytes(), name="vragen.json")[0]


def refused(path: str) -> str:
    said = StringIO()
    with pytest.raises(CommandError, match="Niets ingelezen") as error:
        call_command("import_articles", path, stdout=said, stderr=said)
    assert error.value.returncode == 1
    return said.getvalue()


def test_the_whole_public_set_is_read_and_a_second_time_changes_nothing() -> None:
    assert "252 nieuw, 0 gewijzigd" in read(str(SET))
    before = list(Article.objects.order_by("pk").values_list("changed_at", "version", "review_on"))
    assert "0 nieuw, 0 gewijzigd, 252 ongewijzigd" in read(str(SET))
    assert list(Article.objects.order_by("pk").values_list("changed_at", "version", "review_on")) == before
    assert Version.objects.published().count() == 252
    assert Article.objects.published().for_public().count() == 252
    assert {article.external_id: article.title for article in Article.objects.all()} == {
        found["id"]: found["vraag"] for found in json.loads(SET.read_text())
    }
    for article in Article.objects.all():
        assert 0 < len(article.short_answer.split()) <= 60
        assert "xa0" not in article.body
        assert "\xa0" not in article.body
        assert article.body == article.html


def test_an_article_of_the_set_reads_as_a_citizen_expects() -> None:
    read(str(SET))
    first = Article.objects.get(external_id="0038f3c3-6266-4d40-965b-a78e96241c22")
    assert first.short_answer == "Informatie over werken bij de overheid vind je op werkenbijdeoverheid.nl."
    assert [part["title"] for part in first.sections[:2]] == ["", "Werken bij de overheid"]
    assert first.sections[1]["html"].startswith("<p>Op werkenbijdeoverheid.nl staan vacatures van onder andere")
    assert "<li>gemeenten</li><li>provincies</li>" in first.sections[1]["html"]
    police = first.sections[6]["html"]
    assert "kombijdepolitie.nl.</p><p>Informatie over politievrijwilligers" in police
    assert first.audience == "both"
    assert first.owner is None


def test_what_is_new_can_be_read_at_once_and_is_checked_later(file: Any) -> None:
    assert "2 artikelen gelezen: 2 nieuw" in read(file([question(1), question(2)]))
    article = Article.objects.get(external_id="vraag-1")
    assert article.state == "current"
    assert article.review_on == Editorial.current().next_review(timezone.localdate(article.created_at))
    version = article.versions.get()
    assert (version.number, version.summary, version.title) == (1, "Ingelezen uit vragen.json", article.title)
    assert version.says_the_same(article)
    assert article.short_answer == "Dat mag met een vergunning."


def test_changed_text_is_the_next_version(file: Any) -> None:
    read(file([question(1), question(2)]))
    Article.objects.update(review_on="2020-01-01")
    assert "0 nieuw, 1 gewijzigd, 1 ongewijzigd" in read(file([question(1, inleiding="Nooit."), question(2)]))
    article = Article.objects.get(external_id="vraag-1")
    assert (article.version, article.sections[0]["html"]) == (2, "<p>Nooit.</p>")
    assert [version.number for version in article.versions.published()] == [2, 1]
    assert article.versions.get(number=1).sections[0]["html"].startswith("<p>Dat mag")
    assert article.review_on.year > 2020
    assert Article.objects.get(external_id="vraag-2").version == 1


def test_concepts_wait_for_an_editor(file: Any) -> None:
    path = file([question(1)])
    assert "1 nieuw" in read(path, "--concept")
    assert "1 ongewijzigd" in read(path, "--concept")
    article = Article.objects.get()
    assert (article.state, article.draft.state) == ("concept", "draft")
    assert "1 gewijzigd" in read(path)
    article.refresh_from_db()
    assert (article.state, article.version, article.draft) == ("current", 1, None)
    assert article.versions.count() == 1


def test_a_concept_of_what_readers_know_stands_beside_it(file: Any) -> None:
    read(file([question(1)]))
    changed = file([question(1, inleiding="Nooit.")])
    assert "1 gewijzigd" in read(changed, "--concept")
    assert "1 ongewijzigd" in read(changed, "--concept")
    article = Article.objects.get()
    assert article.sections[0]["html"].startswith("<p>Dat mag")
    assert article.draft.sections[0]["html"] == "<p>Nooit.</p>"
    assert "1 gewijzigd" in read(file([question(1, inleiding="Altijd.")]), "--concept")
    assert Article.objects.get().draft.sections[0]["html"] == "<p>Altijd.</p>"


def test_what_a_colleague_is_writing_stays(file: Any) -> None:
    read(file([question(1)]))
    article = Article.objects.get()
    draft = Version.begin(article, by=make.user("mies", "editor"))
    draft.write(Version(title="Mijn titel", short_answer="Nee."), by=draft.written_by)
    path = file([question(1, inleiding="Nooit.")])
    said = StringIO()
    with pytest.raises(CommandError, match=r"^Niets ingelezen: 1 fout in "):
        call_command("import_articles", path, "--concept", stdout=said, stderr=said)
    assert "item 1 (id vraag-1): Een collega schrijft aan dit artikel" in said.getvalue()
    assert "1 gewijzigd" in read(path)
    assert Article.objects.get().draft.title == "Mijn titel"


def test_a_dry_run_says_what_would_change_and_changes_nothing(file: Any) -> None:
    assert "1 nieuw" in read(file([question(1)]), "--dry-run")
    assert not Article.objects.exists()


def test_every_mistake_is_named_with_its_place_and_nothing_is_written(file: Any) -> None:
    data = [
        question(1),
        question(2, vraag=17),
        question(3, vraag=...),
        question(4, id=...),
        question(5, onderdelen="Kosten"),
        question(6, onderdelen=[{"kop": "Goed", "tekst": ""}, "mis", {"kop": [], "tekst": 3}]),
        question(7, hoofdletters="nee"),
        question(8, inleiding="een\x00twee"),
        question(9, inleiding="half \ud800"),
        question(10, vraag="x" * 201),
        question(1, vraag="Nog eens?"),
        question(12, id="i" * 1_000_000),
        question(13, inleiding="", onderdelen=[], kort_antwoord=None),
        "geen object",
        {"titel": "iets anders"},
    ]
    said = refused(file(data))
    for words in [
        "item 2 (id vraag-2), veld vraag: is geen tekst, maar een getal.",
        "item 3 (id vraag-3), veld vraag: ontbreekt of is leeg.",
        "item 4, veld id: ontbreekt of is leeg.",
        "item 5 (id vraag-5), veld onderdelen: is geen lijst, maar tekst.",
        "item 6, onderdelen 2 (id vraag-6): is geen object met velden, maar tekst.",
        "item 6, onderdelen 3 (id vraag-6), veld kop: is geen tekst, maar een lijst.",
        "item 6, onderdelen 3 (id vraag-6), veld tekst: is geen tekst, maar een getal.",
        "item 7 (id vraag-7), veld hoofdletters: is geen ja of nee",
        "item 8 (id vraag-8), veld inleiding: bevat op plaats 4 een teken dat niet in een tekst hoort (U+0000).",
        "item 9 (id vraag-9), veld inleiding: bevat op plaats 6 een teken dat niet in een tekst hoort (U+D800).",
        "item 10 (id vraag-10), veld vraag: is te lang: 201 tekens, hooguit 200.",
        "item 11 (id vraag-1), veld id: komt twee keer voor, ook bij item 1.",
        "item 12, veld id: is te lang: 1000000 tekens, hooguit 200.",
        "item 13 (id vraag-13), veld inleiding: ontbreekt",
        "item 14: is geen object met velden, maar tekst.",
        "item 15",
    ]:
        assert words in said, words
    assert max(map(len, said.splitlines())) < 300
    assert not Article.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Het bestand is leeg"),
        (b"  \n", "Het bestand is leeg"),
        (b"[{", "geen geldige JSON"),
        (b'[{"id": 1,}]', "regel 1, teken 1"),
        (b"[]", "geen artikelen"),
        (b"{}", "geen soort artikel"),
        (b'{"results": []}', "geen artikelen"),
        (b"[" * 200_000, "te diep genest"),
        (b'[{"vraag":' * 50_000, "te diep genest"),
        (b"[" + b"9" * 5000 + b"]", "geen geldige JSON"),
        (b"[NaN]", "geen geldige JSON"),
        (b"17", "ontbreken de kolommen"),
        (b"\xff\xfe[\x00]\x00", "geen UTF-8 (byte 1)"),
        (b'[{"id": "a\xe9"}]', "geen UTF-8"),
        (b"\x00" * 100, "ontbreken de kolommen"),
        (b"PK\x03\x04" + b"\x00" * 50, "ontbreken de kolommen"),
    ],
)
def test_what_is_no_list_of_articles_is_refused(file: Any, raw: bytes, words: str) -> None:
    assert words in refused(file(raw, "vragen"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    gone = str(tmp_path / "weg.json")
    said = {gone: f"^Het bestand {re.escape(gone)} is er niet.$", str(tmp_path): "is een map, geen bestand.$"}
    for path, words in (said | {"a\0b": "^Het bestand a�b kan niet worden geopend.$"}).items():
        with pytest.raises(CommandError, match=words):
            call_command("import_articles", path)


@pytest.mark.django_db(transaction=True)
def test_one_file_is_taken_in_at_a_time(file: Any) -> None:
    path = file([question(1)])
    with transaction.atomic():
        intake.take_in([], source="andere")

        def meanwhile() -> str:
            try:
                return refused(path)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert "Er wordt al een bestand ingelezen." in pool.submit(meanwhile).result()
    assert "1 nieuw" in read(path)


def test_a_thousand_articles_take_a_bounded_number_of_queries(
    file: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = file([question(number) for number in range(1000)])
    with django_assert_max_num_queries(44):
        read(many)
    with django_assert_max_num_queries(44):
        read(many)
    changed = file([question(number, inleiding=f"Anders {number}.") for number in range(1000)])
    with django_assert_max_num_queries(50):
        assert "1000 gewijzigd" in read(changed)


def test_a_concept_lets_nobody_read_what_they_could_not(file: Any) -> None:
    read(file([question(1)]))
    Article.objects.update(internal=True)
    sent = entries(file([question(1, inleiding="Nooit.")]))
    sent[0].internal = False
    done = take_in(sent, source="x", concept=True)
    article = Article.objects.get()
    assert article.internal
    assert (article.draft.sections[0]["html"], article.draft.opens) == ("<p>Nooit.</p>", True)
    assert not done.warnings
    assert not take_in(sent, source="x", concept=True).changed
    sent[0].says_valid, sent[0].valid_until = True, date(2030, 1, 1)
    assert "Alleen de tekst is overgenomen" in take_in(sent, source="x", concept=True).warnings[0].message
    assert take_in(sent, source="x").changed == {"vraag-1"}
    assert not Article.objects.get().internal


def test_a_concept_that_makes_public_is_looked_at_anew(file: Any) -> None:
    read(file([question(1)]))
    Article.objects.update(internal=True)
    marit, mies = make.user("marit", "editor"), make.user("mies", "editor")
    article = Article.objects.get()
    sent = entries(file([question(1)]))
    sent[0].internal = False
    draft = Version.begin(article, by=mies)
    with pytest.raises(Unusable, match="Een collega schrijft aan dit artikel"):
        take_in(sent, source="x", by=marit, concept=True)
    half = Version(title="Half af", short_answer="Kort.", sections=article.sections, sources=article.sources)
    draft.write(half, by=mies)
    draft.submit(by=mies)
    draft.approve(by=marit)
    assert take_in(sent, source="x", by=mies, concept=True).changed == {"vraag-1"}
    draft.refresh_from_db()
    assert (draft.title, draft.opens, draft.state) == ("Half af", True, "draft")
    assert Article.objects.get().internal


def test_who_reads_in_other_words_is_their_writer(file: Any) -> None:
    read(file([question(1)]), "--concept")
    marit = make.user("marit", "editor")
    take_in(entries(file([question(1, inleiding="Nooit.")])), source="x", by=marit, concept=True)
    draft = Article.objects.get().draft
    assert (draft.written_by, draft.may_be_approved_by(marit)) == (marit, False)


def test_what_a_file_withdraws_does_not_come_back_by_itself(file: Any) -> None:
    read(file([question(1)]))
    article = Article.objects.get()
    later = Version.begin(article, by=None)
    Version.objects.filter(pk=later.pk).update(publish_at=timezone.now() + timedelta(days=1))
    sent = entries(file([question(1)]))
    sent[0].standing = Standing.WITHDRAWN
    take_in(sent, source="x")
    assert Article.objects.get().state == "withdrawn"
    assert not Version.objects.scheduled().exists()


def test_who_approves_saw_for_whom_it_is_by_a_file_too(file: Any) -> None:
    read(file([question(1)]), "--concept")
    Article.objects.update(internal=True)
    mies = make.user("mies", "editor")
    seen = Article.objects.get().draft
    sent = entries(file([question(1)]))
    sent[0].internal = False
    take_in(sent, source="x", by=make.user("marit", "editor"), concept=True)
    assert not Article.objects.get().internal
    with pytest.raises(Changed):
        seen.approve(by=mies)


def test_words_that_were_put_aside_are_still_of_who_wrote_them(file: Any) -> None:
    read(file([question(1)]), "--concept")
    marit, mies = make.user("marit", "editor"), make.user("mies", "editor")
    draft = Article.objects.get().draft
    draft.write(Version(title="Van Mies", short_answer="Kort."), by=mies)
    draft.drop(by=marit)
    take_in(entries(file([question(1)])), source="x", by=marit, concept=True)
    assert Article.objects.get().draft.writers == sorted([marit.pk, mies.pk])


def test_who_planned_it_hears_that_a_file_withdraws_it(file: Any) -> None:
    read(file([question(1)]))
    marit, mies = make.user("marit", "editor"), make.user("mies", "editor")
    version = Version.begin(Article.objects.get(), by=mies)
    version.write(Version(title="Nieuw", short_answer="Kort."), by=mies)
    version.approve(by=marit)
    version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=mies)
    sent = entries(file([question(1)]))
    sent[0].standing = Standing.WITHDRAWN
    take_in(sent, source="x", by=marit)
    version.refresh_from_db()
    assert version.publish_at is None
    assert mies.notifications.latest("pk").text.endswith("zette de geplande publicatie van “Nieuw” stop")
