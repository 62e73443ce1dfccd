"""VACs, product pages of the SDG and tables are read as what they are."""

import contextlib
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from contacts.models import Topic
from knowledge.exchange import words
from knowledge.exchange.entry import Unusable
from knowledge.exchange.intake import take_in
from knowledge.exchange.markup import as_html, paragraphs
from knowledge.exchange.reading import read
from knowledge.models import Article, Product
from tests import make

pytestmark = pytest.mark.django_db
UPL = "http://standaarden.overheid.nl/owms/terms/parkeervergunning"


def vac(**fields: Any) -> dict[str, Any]:
    values = {
        "vraag": "Hoe vraag ik een parkeervergunning aan?",
        "status": "actief",
        "antwoord": "Dat doet u online.\n\nU heeft nodig:\n- uw kenteken\n- DigiD",
        "doelgroep": "eu-burger",
        "afdelingen": [{"afdelingId": "1", "afdelingNaam": "parkeren"}],
        "toelichting": "Vraag naar het kenteken & de straat.",
        "trefwoorden": [{"trefwoord": "auto"}, {"trefwoord": "bewonersvergunning"}],
        "gerelateerdeProducten": [{"product": UPL}],
    }
    return {name: value for name, value in (values | fields).items() if value is not ...}


def product(**fields: Any) -> dict[str, Any]:
    dutch = {
        "taal": "nl",
        "titel": "Parkeervergunning",
        "tekst": "Met een vergunning parkeert u in uw straat. Zij geldt een jaar.",
        "procedureBeschrijving": "1. Log in met DigiD.\n2. Betaal.",
        "vereisten": "U woont in de wijk.",
        "bewijs": "Uw kenteken.",
        "kostenEnBetaalmethoden": "**€ 40** per jaar.",
        "uitersteTermijn": "Binnen 5 werkdagen.",
        "wtdBijGeenReactie": "Bel 14 0299.",
        "bezwaarEnBeroep": "Binnen [6 weken](https://duinmeer.voorbeeld.nl/bezwaar).",
        "contact": "<p>Bel ons<script>alert(1)</script></p>",
        "notice": "Niet op koopzondag.",
        "deskMemo": "Controleer de wijk.",
        "trefwoorden": [{"trefwoord": "parkeren"}],
        "datumWijziging": "2026-01-02T10:00:00Z",
    }
    english = {"taal": "en", "titel": "Parking permit", "tekst": "Park in your street.", "datumWijziging": "2026-01-02"}
    values = {
        "url": "https://sdg.voorbeeld.nl/producten/9f0c7f3a-2d5c-4f3c-9a0e-0b6a3a1f0001",
        "uuid": "9f0c7f3a-2d5c-4f3c-9a0e-0b6a3a1f0001",
        "upnUri": UPL,
        "publicatieDatum": "2026-01-01",
        "productAanwezig": True,
        "productValtOnder": None,
        "verantwoordelijkeOrganisatie": {},
        "locaties": None,
        "doelgroep": "eu-bedrijf",
        "vertalingen": [english, dutch],
        "beschikbareTalen": ["nl", "en"],
    }
    return values | fields


def take(data: Any, *, name: str = "bestand.json", **options: Any) -> Any:
    raw = data.encode() if isinstance(data, str) else json.dumps(data).encode()
    entries, warnings = read(raw, name=name)
    result = take_in(entries, source=name, **options)
    result.warnings = [*warnings, *result.warnings]
    return result


def refused(data: Any, *, name: str = "bestand.json") -> str:
    with pytest.raises(Unusable) as error:
        take(data, name=name)
    return str(error.value)


def test_a_vac_is_a_question_with_its_memo_for_colleagues() -> None:
    parkeren = make.team("Parkeren")
    Product.objects.get_or_create(uri=UPL, defaults={"name": "parkeervergunning"})
    result = take(vac(id="vac-1"))
    article = Article.objects.get(external_id="vac-1")
    assert (len(result.new), result.warnings) == (1, [])
    assert article.title == "Hoe vraag ik een parkeervergunning aan?"
    assert (article.kind, article.audience, article.team, article.product.uri) == (
        *("question", "citizens", parkeren),
        UPL,
    )
    assert article.keywords == "auto, bewonersvergunning"
    assert article.public_html == (
        "<p>Dat doet u online.</p><p>U heeft nodig:</p><ul><li>uw kenteken</li><li>DigiD</li></ul>"
    )
    memo = article.sections[-1]
    assert (memo["kind"], memo["internal"]) == ("memo", True)
    assert memo["html"] == "<p>Vraag naar het kenteken &amp; de straat.</p>"
    assert article.short_answer.startswith("Dat doet u online.")


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda one: one | {"uuid": "abc"},
        lambda one: [one | {"url": "https://objecten.voorbeeld.nl/api/v2/objects/abc"}],
        lambda one: {"results": [{"uuid": "abc", "url": "https://x.nl/abc", "record": {"index": 1, "data": one}}]},
        lambda one: {"uuid": "abc", "record": {"data": one}},
    ],
    ids=["one", "list", "objects", "object"],
)
def test_a_vac_comes_alone_in_a_list_or_from_the_objects_api(wrapped: Any) -> None:
    take(wrapped(vac()))
    assert Article.objects.get().external_id == "abc"
    assert take(wrapped(vac())).unchanged == 1


def test_a_vac_without_any_id_is_known_by_its_question() -> None:
    take([vac(), vac(vraag="Wat kost parkeren?")])
    again = take([vac(vraag="wat kost  parkeren?"), vac(antwoord="Bij de balie.")])
    assert (again.unchanged, len(again.changed), Article.objects.count()) == (0, 2, 2)


def test_status_says_where_a_vac_stands() -> None:
    take([vac(id="a", status="non-actief"), vac(id="b", status="te-verwijderen"), vac(id="c")])
    states = dict(Article.objects.values_list("external_id", "pk"))
    assert {name: Article.objects.get(pk=pk).state for name, pk in states.items()} == {
        "a": "concept",
        "b": "withdrawn",
        "c": "current",
    }
    result = take([vac(id="a"), vac(id="b"), vac(id="c", status="te-verwijderen")])
    assert (len(result.changed), result.withdrawn) == (3, {"c"})
    assert [Article.objects.get(external_id=id).state for id in "abc"] == ["current", "current", "withdrawn"]
    assert take([vac(id="c", status="te-verwijderen")]).unchanged == 1


def test_unknown_departments_products_and_relations_are_told_and_no_mistake() -> None:
    result = take(
        vac(
            id="v",
            afdelingen=[{"afdelingNaam": "Havendienst"}],
            gerelateerdeVACs=[{"VAC": "https://x.nl/vac/weg"}],
            gerelateerdeProducten=[{"product": f"{UPL}-weg"}],
        )
    )
    said = [str(warning) for warning in result.warnings]
    assert said == [
        "item 1 (id v): afdeling “Havendienst” bestaat hier niet.",
        f"item 1 (id v): product “{(UPL + chr(45) + 'weg')[:60]}…” staat niet in de UPL-lijst.",
        "item 1 (id v): gerelateerd artikel “https://x.nl/vac/weg” bestaat hier niet.",
    ]


def test_related_vacs_find_each_other() -> None:
    data = [vac(id="a", gerelateerdeVACs=[{"VAC": "https://x.nl/vac/b"}]), vac(id="b")]
    take(data)
    a, b = Article.objects.order_by("external_id")
    assert list(a.related.all()) == [b]
    assert list(b.related.all()) == [a]
    assert take(data).unchanged == 2


def test_every_mistake_in_a_vac_is_named() -> None:
    said = refused(
        [
            vac(id="a", status="kapot", doelgroep=...),
            vac(id="b", antwoord="  ", vraag=3),
            vac(id="c", trefwoorden=["los"], afdelingen=[{}]),
            vac(id="d", trefwoorden={"trefwoord": "x"}),
        ]
    )
    for line in [
        "item 1 (id a), veld status: “kapot” is geen van: actief, non-actief, te-verwijderen",
        "item 1 (id a), veld doelgroep: ontbreekt of is leeg.",
        "item 2 (id b), veld antwoord: ontbreekt of is leeg.",
        "item 2 (id b), veld vraag: is geen tekst, maar een getal.",
        "item 3, trefwoorden 1 (id c): is geen object met velden, maar tekst.",
        "item 3, afdelingen 1 (id c), veld afdelingNaam: ontbreekt of is leeg.",
        "item 4 (id d), veld trefwoorden: is geen lijst, maar een object.",
    ]:
        assert line in said, line
    assert said.count("veld antwoord") == 1
    assert not Article.objects.exists()


def test_a_product_page_has_its_sections_and_each_language_is_an_article() -> None:
    Product.objects.get_or_create(uri=UPL, defaults={"name": "parkeervergunning"})
    take([product()])
    page = Article.objects.get(external_id="9f0c7f3a-2d5c-4f3c-9a0e-0b6a3a1f0001")
    assert (page.kind, page.audience, page.product.name) == ("product", "businesses", "parkeervergunning")
    found = {part["kind"]: part["html"] for part in page.sections}
    assert list(found) == ["intro", "apply", "conditions", "costs", "term", "objection", "contact", "text", "memo"]
    assert found["apply"] == "<ol><li>Log in met DigiD.</li><li>Betaal.</li></ol>"
    assert found["conditions"] == "<p>U woont in de wijk.</p><h3>Bewijs</h3><p>Uw kenteken.</p>"
    assert found["costs"] == "<p><strong>€ 40</strong> per jaar.</p>"
    assert found["term"].endswith("<h3>Als u niets hoort</h3><p>Bel 14 0299.</p>")
    assert 'href="https://duinmeer.voorbeeld.nl/bezwaar"' in found["objection"]
    assert "script" not in found["contact"]
    assert "alert" not in found["contact"]
    assert page.short_answer.startswith("Met een vergunning parkeert u")
    english = page.translations.get()
    assert (english.external_id, english.language) == (f"{page.external_id}:en", "en")
    assert english.sections[0]["html"] == "<p>Park in your street.</p>"
    assert take([product()]).unchanged == 2


def test_every_mistake_in_a_product_page_is_named() -> None:
    twice = [{"taal": "nl", "titel": "A", "tekst": "x"}, {"taal": "nl", "titel": "B", "tekst": "x"}]
    said = refused(
        [
            product(upnUri=None, publicatieDatum="gisteren", vertalingen=[]),
            product(uuid="b", url="x", vertalingen=twice),
            product(uuid="c", vertalingen=[{"taal": "xx", "tekst": 3}]),
        ]
    )
    for line in [
        "veld upnUri: ontbreekt of is leeg.",
        "veld publicatieDatum: “gisteren” is geen datum als 2026-12-31.",
        "veld vertalingen: ontbreekt of is leeg.",
        "item 2, vertalingen 2 (id b), veld taal: “nl” komt twee keer voor.",
        "item 3, vertalingen 1 (id c), veld taal: “xx” is geen van: nl, en",
        "item 3, vertalingen 1 (id c), veld titel: ontbreekt of is leeg.",
        "item 3, vertalingen 1 (id c), veld tekst: is geen tekst, maar een getal.",
    ]:
        assert line in said, line


@pytest.mark.parametrize("comma", [";", ",", "\t"])
def test_a_table_is_read_with_each_separator(comma: str) -> None:
    topic: Topic = make.topic("parkeervergunning", theme="Parkeren")
    head = [
        "Kenmerk",
        "titel",
        "tekst",
        "kort_antwoord",
        "trefwoorden",
        "onderwerp",
        "intern",
        "geldig_van",
        "geldig_tot",
    ]
    row = ["t-1", "Wat kost het?", '"Regel één\n\nRegel twee"', "€ 40", '"a, b"', "parkeren: Parkeervergunning", "ja"]
    text = "\ufeff" + comma.join(head) + "\r\n" + comma.join([*row, "2026-01-01", ""]) + "\r\n\r\n"
    take(text, name="tabel.csv")
    article = Article.objects.get(external_id="t-1")
    assert article.sections[0]["html"] == "<p>Regel één</p><p>Regel twee</p>"
    assert (article.short_answer, article.keywords, article.topic, article.internal) == ("€ 40", "a, b", topic, True)
    assert str(article.valid_from) == "2026-01-01"
    assert take(text, name="tabel.csv").unchanged == 1
    take("kenmerk;titel;tekst\nt-1;Wat kost het?;Nieuw\n", name="tabel.csv")
    article.refresh_from_db()
    assert (article.sections[0]["html"], article.keywords, article.topic) == ("<p>Nieuw</p>", "a, b", topic)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("titel;tekst\nA;B\n", "ontbreken de kolommen: kenmerk"),
        ("kenmerk;titel;tekst;kleur\n1;A;B;rood\n", "regel 1: Deze kolommen kennen wij niet: kleur."),
        ("kenmerk;titel;tekst;titel\n1;A;B;C\n", "Deze kolommen staan er twee keer in: titel."),
        ("kenmerk;titel;tekst\n1;A\n", "regel 2: heeft 2 cellen, de kop heeft er 3."),
        ("kenmerk;titel;tekst\n1;A;\n", "regel 2 (id 1), veld tekst: ontbreekt of is leeg."),
        ('kenmerk;titel;tekst\n1;"A\nB";C\n2;;D\n', "regel 4 (id 2), veld titel: ontbreekt of is leeg."),
        ('kenmerk;titel;tekst\n1;A;"B\n', "Dit is geen geldige CSV"),
        ("kenmerk;titel;tekst;intern\n1;A;B;misschien\n", "“misschien” is geen van: ja, nee"),
        ("kenmerk;titel;tekst;status\n1;A;B;weg\n", "“weg” is geen van: actief, concept, ingetrokken"),
        ("kenmerk;titel;tekst;geldig_van\n1;A;B;1 mei\n", "veld geldig_van: “1 mei” is geen datum"),
        ("kenmerk;titel;tekst\n1;A;B\n1;A;B\n", "regel 3 (id 1), veld id: komt twee keer voor, ook bij regel 2."),
        ("kenmerk;titel;tekst;vertaling_van\n1;A;B;weg\n", "is een vertaling van “weg”"),
        (
            "kenmerk;titel;tekst;geldig_van;geldig_tot\n1;A;B;2026-02-01;2026-01-01\n",
            "de laatste geldige dag ligt voor de eerste",
        ),
    ],
)
def test_every_mistake_in_a_table_is_named(text: str, words: str) -> None:
    assert words in refused(text, name="tabel.csv")
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("vraag uw gemeente.wat moet u doen?", "Vraag uw gemeente.\nWat moet u doen?"),
        ("kijk op duo.nl.daar staat het", "Kijk op duo.nl.\nDaar staat het"),
        ("mail naar info@x.nl.dan hoort u het", "Mail naar info@x.nl.dan hoort u het"),
        ("o.a. de gemeente. ook www.wetten.nl. daar", "O.a. de gemeente. Ook www.wetten.nl. Daar"),
        ("bel je\\xa0gemeente\xa0 nu", "Bel je gemeente nu"),
        ("wat kost het? dat hangt af van de brp.", "Wat kost het? Dat hangt af van de BRP."),
        ("rijksoverheid.nl/brp is er. digid.nl ook", "rijksoverheid.nl/brp is er. digid.nl ook"),
        ("betaal bijv. 2,50 euro (max. 3 uur). klaar", "Betaal bijv. 2,50 euro (max. 3 uur). Klaar"),
        ("wat heeft u nodig:een pas", "Wat heeft u nodig: een pas"),
    ],
)
def test_lost_spaces_and_capitals_come_back_where_that_is_sure(before: str, after: str) -> None:
    assert words.with_capitals(words.unglued(words.tidy(before))) == after


def test_a_list_between_semicolons_becomes_a_list_only_when_that_is_sure() -> None:
    assert paragraphs("Neem mee: een pas; een foto; geld. Tot dan.") == (
        "<p>Neem mee:</p><ul><li>een pas</li><li>een foto</li><li>geld</li></ul><p>Tot dan.</p>"
    )
    assert paragraphs("Neem mee: een pas; geld.") == "<p>Neem mee: een pas; geld.</p>"
    assert paragraphs("Een < twee & drie") == "<p>Een &lt; twee &amp; drie</p>"


def test_text_html_and_markdown_become_clean_html() -> None:
    assert as_html("a < b\nc > d") == "<p>a &lt; b<br>c &gt; d</p>"
    assert as_html("<p onclick='x()'>a</p><script>b</script>") == "<p>a</p>"
    assert as_html('<p title="Bel Jan"><a lang="nl" title="x" href="/knowledge/">a</a></p>') == (
        '<p><a href="/knowledge/" rel="noopener noreferrer">a</a></p>'
    )
    assert as_html("<b>vet</b><h1>Kop</h1>") == "<strong>vet</strong><h2>Kop</h2>"
    assert as_html("# Kop\n* een\n* twee\n\nZie [hier](javascript:x) of [daar](https://x.nl/?a=1&b=2)") == (
        "<h3>Kop</h3><ul><li>een</li><li>twee</li></ul>"
        '<p>Zie [hier](javascript:x) of <a href="https://x.nl/?a=1&amp;b=2" rel="noopener noreferrer">daar</a></p>'
    )


OURS = {"kenmerk": "a", "soort": "product", "delen": [{"soort": "costs", "html": "x"}], "bronnen": [{"titel": "x"}]}
PUBLIC = {"id": "p", "vraag": "Mag dat?", "inleiding": "Ja.", "onderdelen": [{"kop": "a", "tekst": "b"}]}
WHOLE = [vac(id="a"), vac(id="a", kennisbank=OURS), product(), PUBLIC, {"uuid": "x", "record": {"data": vac()}}]
FIELD = st.sampled_from([*vac(), *product(), *product()["vertalingen"][1], *PUBLIC, *OURS, "results", "record", "html"])
VALUES = ["actief", "eu-burger", "nl", "2026-01-01", "<p>x", "a: b; c; d.", "\x00", "\ud800", "x" * 300, UPL, OURS]
LEAF = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    st.sampled_from(VALUES),
)
ANYTHING = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELD, inner, max_size=10), max_leaves=40
)
SPOILT = st.builds(
    lambda whole, wrong: json.loads(json.dumps(whole)) | wrong,
    st.sampled_from(WHOLE),
    st.dictionaries(FIELD, ANYTHING, min_size=1, max_size=3),
)


@given(data=ANYTHING | st.lists(SPOILT, min_size=1, max_size=3))
@examples(max_examples=300)
def test_whatever_a_file_holds_is_read_or_refused(db: None, data: Any) -> None:
    with transaction.atomic():
        with contextlib.suppress(Unusable):
            take(data)
        transaction.set_rollback(True)


@given(
    text=st.text(max_size=200) | st.lists(st.text(max_size=20)).map(lambda row: "kenmerk;titel;tekst\n" + ";".join(row))
)
@examples(max_examples=200)
def test_whatever_a_table_holds_is_read_or_refused(db: None, text: str) -> None:
    with transaction.atomic():
        with contextlib.suppress(Unusable):
            entries, _warnings = read(text.encode(errors="surrogatepass"), name="tabel.csv")
            take_in(entries, source="tabel.csv")
        transaction.set_rollback(True)


def test_short_answers_end_where_a_sentence_ends() -> None:
    text = "Eerst dit. " + "woord " * 58 + "einde. En dit niet meer."
    assert words.short(text) == "Eerst dit."
    assert len(words.short("woord " * 100).split()) == 61
    assert words.short("Zie o.a. de wet. Klaar.") == "Zie o.a. de wet. Klaar."
