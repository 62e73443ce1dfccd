"""Text out of a word processor becomes the text of an article; what would take minutes to read is refused."""

from pathlib import Path

import pytest

from knowledge.models.markup import section, split, typed
from knowledge.models.word import DEEPEST, MOST_CHARACTERS, Unfit

PASTED = (Path(__file__).parent / "pasted.html").read_text()


def test_a_letter_of_word_becomes_an_article() -> None:
    html = typed(PASTED)["html"]
    assert "<h3>Paspoort aanvragen</h3>" in html
    assert "<strong>Let op:</strong> u komt <em>zelf</em> langs." in html
    flat = html.replace("\n", "")
    assert "<ul><li>een pasfoto<ul><li>niet ouder dan 6 maanden</li></ul></li><li>uw oude paspoort</li></ul>" in flat
    assert "<ol><li>Maak een afspraak</li><li>Kom langs</li></ol>" in flat
    assert "<td><p>€ 83,87</p></td>" in html
    assert 'href="https://www.rijksoverheid.nl/paspoort"' in html
    for rubbish in ("mso", "Mso", "o:p", "<!--", "Normal", "javascript", "style", "·", "font"):
        assert rubbish not in html


def test_what_stood_there_stays() -> None:
    kept = '<p>a &lt;b&gt; &amp;amp; c</p><blockquote class="warning"><p>Let op</p></blockquote>'
    assert typed(kept)["html"] == kept
    table = '<table><tbody><tr><th scope="col">K</th><td colspan="2">1</td></tr></tbody></table>'
    assert typed(table)["html"] == table
    assert typed('<p>Bel <a href="tel:14012" rel="noopener noreferrer">14 012</a></p>')["html"].count("tel:14012") == 1


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>&nbsp;</p><p></p>", ""),
        ("<b>vet</b><i>schuin</i>", "<strong>vet</strong><em>schuin</em>"),
        ("<h1>Kop</h1><h5>Kop</h5>", "<h3>Kop</h3><h3>Kop</h3>"),
        ("<p onclick='x()'>a<script>x()</script><img src=x onerror=y></p>", "<p>a</p>"),
        ("<blockquote class='warning is-late'>a</blockquote>", '<blockquote class="warning">a</blockquote>'),
        ("<a href='javascript:x()'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<p>open<ul><li>x<li>y", "<p>open</p><ul><li>x</li><li>y</li></ul>"),
        ("<!-- nooit dicht <p>a</p>", ""),
        ("\ud83d tekst", None),
    ],
)
def test_text_is_cleaned(html: str, clean: str | None) -> None:
    if clean is None:  # half a character never gets this far: forms read UTF-8
        with pytest.raises(UnicodeEncodeError):
            typed(html)
    else:
        assert typed(html)["html"] == clean


@pytest.mark.parametrize(
    "html",
    ["<div>" * 100_000, "<b>" * (DEEPEST + 1), "<p><b>" * 20_000, "x" * (MOST_CHARACTERS + 1), "<table><td>" * 5000,
     "<" * 100_000, "<i><p></b>" * 9000],
    ids=["deep", "bold", "blown up", "long", "tables", "brackets", "misnested"],
)  # fmt: skip
def test_what_takes_minutes_to_read_is_refused(html: str) -> None:
    for read in (typed, section, split):
        with pytest.raises(Unfit, match="te lang of te ingewikkeld"):
            read(html)  # type: ignore[operator]


def test_a_large_text_is_read() -> None:
    html = "".join(
        f"<p>Alinea {n} met <strong>vet</strong> en een <a href='https://x.nl/{n}'>link</a>.</p>" for n in range(1500)
    )
    assert typed(html)["html"].count("<p>") == 1500
    assert typed("<ul><li>" * 20 + "diep")["html"].count("<ul>") == 20
