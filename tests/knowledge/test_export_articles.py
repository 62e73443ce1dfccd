"""What is written to a file reads back as the same: nothing changes, and in an empty house the same comes to be."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from knowledge.exchange import table
from knowledge.exchange.intake import take_in
from knowledge.exchange.reading import read
from knowledge.exchange.writing import written
from knowledge.models import Article, Audience, Kind, Product, Version
from knowledge.models.markup import SectionKind, section
from tests import make
from tests.conftest import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
TOLD = (
    *("external_id", "title", "short_answer", "keywords", "sections", "sources", "kind", "audience", "language"),
    *("internal", "team_id", "topic_id", "product_id", "valid_from", "valid_until"),
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=60)
SIGNS = st.sampled_from(
    ["=1+1", "+31", "-", "@a", "'=x", "''", '"', ";", "a;b", "<b>vet</b>", "&amp;", "# kop", "- punt", "a\tb"]
)
TEXT = st.one_of(WORDS, SIGNS)
LINE = TEXT.map(lambda text: " ".join(text.split()) or "x")
HTML = st.lists(
    st.one_of(
        LINE.map(lambda text: f"<p>{table.escape(text)}</p>"),
        LINE.map(lambda text: f"<h3>{table.escape(text)}</h3><ul><li>{table.escape(text)}</li></ul>"),
        TEXT,
        st.just('<a href="https://x.nl/?a=1&b=2">x</a><br>\n<table><tr><th scope="col">k</th></tr></table>'),
    ),
    max_size=3,
).map("".join)
SECTIONS = st.lists(
    st.builds(
        lambda html, kind, title, internal: section(html, kind=kind, title=title, internal=internal),
        HTML,
        st.sampled_from(SectionKind.values),
        TEXT,
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
).filter(lambda parts: any(part["html"] and not part["internal"] for part in parts))
ARTICLES = st.fixed_dictionaries(
    {
        "title": LINE.map(lambda text: text[:200]),
        "short_answer": st.lists(LINE, min_size=1, max_size=3).map("\n".join),
        "keywords": TEXT.map(lambda text: text.strip()),
        "sections": SECTIONS,
        "sources": st.lists(
            st.fixed_dictionaries({"title": LINE, "url": st.sampled_from(["", "https://x.nl/a?b=c|d"])}), max_size=2
        ),
        "kind": st.sampled_from(Kind.values),
        "audience": st.sampled_from(Audience.values),
        "internal": st.booleans(),
        "valid_from": st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 1, 1))),
        "valid_until": st.one_of(st.none(), st.dates(date(2026, 1, 2), date(2030, 1, 1))),
        "withdrawn_at": st.sampled_from([None, timezone.now()]),
        "published_at": st.sampled_from([timezone.now() - timedelta(days=1)] * 3 + [None]),
    }
)


def file(form: str, **options: Any) -> bytes:
    return "".join(written(Article.objects.all(), form, **options)).encode()


def again(form: str, **options: Any) -> Any:
    entries, _warnings = read(file(form), name=f"alles.{'csv' if form == 'csv' else 'json'}")
    return take_in(entries, source="alles", **options)


def told() -> list[tuple[Any, ...]]:
    found = Article.objects.order_by("external_id")
    return [(*(getattr(article, name) for name in TOLD), article.state) for article in found]


@pytest.mark.parametrize("form", ["vac", "csv"])
@given(data=st.lists(ARTICLES, min_size=1, max_size=3))
@examples(max_examples=60)
def test_every_article_comes_back_as_it_was(db: None, form: str, data: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        for number, fields in enumerate(data):
            article = make.article(external_id=f"'=id {number}/ü", **fields)
            version = Version.begin(article, by=None)
            if article.published_at:
                Version.objects.filter(pk=version.pk).update(number=1, published_at=article.published_at)
        before, raw = told(), file(form)
        result = again(form)
        assert (result.unchanged, result.new, result.changed, result.withdrawn) == (len(data), set(), set(), set())
        assert told() == before
        Article.objects.all().delete()
        entries, _warnings = read(raw, name="alles")
        take_in(entries, source="alles")
        assert told() == [(*row[:-1], row[-1]) for row in before]
        transaction.set_rollback(True)


@pytest.mark.parametrize("form", ["vac", "csv"])
def test_what_articles_are_connected_to_comes_back(form: str) -> None:
    product = Product.objects.create(name="parkeervergunning", uri="http://standaarden.overheid.nl/owms/terms/parkeer")
    first = make.article("Eén", external_id="een/1", topic=make.topic(), team=make.team(), product=product)
    second = make.article("Twee", external_id="twee", language="en", original=first)
    third = make.article("Drie", external_id="drie")
    first.related.add(second, third)
    before, raw = told(), file(form)
    assert again(form).unchanged == 3
    Article.objects.all().delete()
    entries, warnings = read(raw, name="alles")
    assert not warnings
    assert not take_in(entries, source="alles").warnings
    assert told() == before
    first = Article.objects.get(external_id="een/1")
    assert list(first.translations.values_list("external_id", flat=True)) == ["twee"]
    assert {other.external_id for other in first.related.all()} == {"twee", "drie"}


def test_product_pages_come_back_as_they_were() -> None:
    product = Product.objects.create(name="parkeervergunning", uri="http://standaarden.overheid.nl/owms/terms/parkeer")
    parts = [
        section("<p>Hallo.</p>", kind="intro"),
        section("<p>€ 40</p>", kind="costs", title="Wat kost het?"),
        section("<p>Let op.</p>", title="Weetje"),
        section("<p>Geheim.</p>", kind="text", internal=True),
        section("<p>Memo.</p>", kind="memo"),
    ]
    page = make.article("Parkeren", kind="product", product=product, sections=parts, audience="both")
    make.article("Parking", kind="product", product=product, language="en", original=page, sections=parts[:2])
    make.article("Een vraag")
    data = json.loads(file("sdg"))
    assert len(data) == 1
    assert data[0]["vertalingen"][0]["tekst"] == "<p>Hallo.</p>"
    assert [text["taal"] for text in data[0]["vertalingen"]] == ["nl", "en"]
    result = again("sdg")
    assert (result.changed, result.unchanged) == (set(), 2)


def test_what_is_for_colleagues_stays_out_of_a_public_file() -> None:
    parts = [section("<p>Open.</p>"), section("<p>Geheim.</p>", internal=True), section("<p>Memo.</p>", kind="memo")]
    known = make.article("Openbaar", sections=parts)
    known.related.add(make.article("Intern artikel", internal=True, external_id="intern-1"))
    make.article("Ingetrokken", withdrawn_at=timezone.now())
    make.article("Concept", published_at=None)
    for form in ("vac", "csv"):
        text = "".join(written(Article.objects.for_public(), form, public=True))
        assert "Open." in text
        for secret in ("Geheim", "Memo.", "Intern artikel", "intern-1", "Ingetrokken", "Concept"):
            assert secret not in text, secret


def test_no_cell_is_a_formula() -> None:
    make.article("=HYPERLINK(1)", keywords="@x", short_answer="\t-1+2", external_id="+31")
    rows = list(csv.reader(io.StringIO(file("csv").decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [rows[1][place] for place in range(4)] == ["'+31", "'=HYPERLINK(1)", "'\t-1+2", "'@x"]
    assert again("csv").unchanged == 1


def test_a_vac_fits_the_schema_of_the_standard() -> None:
    make.article("Eén", team=make.team(), keywords="a, b")
    vac = json.loads(file("vac"))[0]
    assert {"doelgroep", "status", "vraag", "antwoord"} <= set(vac)
    assert (vac["status"], vac["doelgroep"]) == ("actief", "eu-burger-bedrijf")
    assert vac["trefwoorden"] == [{"trefwoord": "a"}, {"trefwoord": "b"}]
    assert vac["afdelingen"] == [{"afdelingNaam": "Parkeren"}]


def test_a_vac_that_was_changed_elsewhere_has_the_changed_text() -> None:
    make.article("Eén", external_id="een")
    data = json.loads(file("vac"))
    data[0]["antwoord"] = "<h2>Nieuw</h2><p>Anders.</p>"
    entries, _warnings = read(json.dumps(data).encode(), name="x")
    assert take_in(entries, source="x").changed == {"een"}
    assert Article.objects.get().sections == [section("<p>Anders.</p>", title="Nieuw")]


def test_the_command_writes_each_format(tmp_path: Path) -> None:
    make.article("Eén")
    make.article("Twee", internal=True)
    for name, options in (("a.json", {}), ("a.csv", {}), ("b.json", {"format": "sdg"}), ("c.json", {"public": True})):
        call_command("export_articles", str(tmp_path / name), stdout=io.StringIO(), **options)
    assert [vac["vraag"] for vac in json.loads((tmp_path / "a.json").read_text())] == ["Eén", "Twee"]
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert json.loads((tmp_path / "b.json").read_text()) == []
    assert [vac["vraag"] for vac in json.loads((tmp_path / "c.json").read_text())] == ["Eén"]
    said = io.StringIO()
    call_command("export_articles", "-", stdout=said)
    assert len(json.loads(said.getvalue())) == 2
    with pytest.raises(CommandError):
        call_command("export_articles", str(tmp_path / "weg" / "a.json"), stdout=io.StringIO())


def test_a_file_takes_a_bounded_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        make.article(f"Artikel {number}", topic=make.topic(f"onderwerp {number}"))
    for form in ("vac", "csv"):
        with django_assert_num_queries(3):
            file(form)
