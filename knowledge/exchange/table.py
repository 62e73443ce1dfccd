"""Articles as a table: a CSV with a header, one article a row, its text as HTML under h2 headings."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape, unescape

from django.utils.html import strip_tags
from django.utils.translation import gettext as _t

from knowledge.exchange.entry import Entry, Findings, Mistake, Standing, Unusable, standing_of
from knowledge.exchange.item import LONGEST, Item, shown
from knowledge.exchange.markup import as_html, as_text
from knowledge.exchange.words import short
from knowledge.models import Article, Audience, Kind, Language
from knowledge.models.markup import Section, SectionKind, section, split

COLUMNS = (
    *("kenmerk", "titel", "kort_antwoord", "trefwoorden", "tekst", "soort", "doelgroep", "taal", "vertaling_van"),
    *("onderwerp", "product", "afdeling", "intern", "status", "geldig_van", "geldig_tot", "gerelateerd", "bronnen"),
)
NEEDED = ("kenmerk", "titel", "tekst")
KINDS = {"vraag": Kind.QUESTION, "product": Kind.PRODUCT}
AUDIENCES = {"inwoners": Audience.CITIZENS, "ondernemers": Audience.BUSINESSES, "beide": Audience.BOTH}
STATES = {"actief": Standing.CURRENT, "concept": Standing.CONCEPT, "ingetrokken": Standing.WITHDRAWN}
YES_OR_NO = {"ja": True, "nee": False}
FORMULA = re.compile(
    r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])"
)  # what a spreadsheet would run, with our guard in front or not
GUARDED = re.compile(r"'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
HEADING = re.compile(r'<h2 data-soort="(\w{1,20})"( data-intern="ja")?>(.*?)</h2>', re.DOTALL)
BETWEEN = " | "  # the title and the address of a source
MARK = "\ufeff"  # by which a spreadsheet knows UTF-8

csv.field_size_limit(LONGEST * 2)


def items(text: str, findings: Findings) -> Iterator[Item]:
    """Give the rows of a table as objects with the names of its columns. Raises Unusable."""
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    line = 1
    try:
        names = _header(next(rows, []))
        line = rows.line_num + 1
        for row in rows:
            item = Item({}, place=_t("regel %(line)s") % {"line": line}, findings=findings)
            line = rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                sizes = {"cells": len(row), "columns": len(names)}
                item.wrong("", _t("heeft %(cells)s cellen, de kop heeft er %(columns)s.") % sizes)
                continue
            item.data = {name: unguarded(cell) for name, cell in zip(names, row, strict=True)}
            yield item
    except csv.Error as error:
        place = _t("regel %(line)s") % {"line": line}
        raise Unusable(
            [*findings.mistakes, Mistake(_t("Dit is geen geldige CSV (%(error)s).") % {"error": error}, place)]
        ) from None


def _header(row: list[str]) -> list[str]:
    names = [name.strip().casefold() for name in row]
    wrong = []
    if missing := [name for name in NEEDED if name not in names]:
        words = _t("Dit is geen JSON, en voor een tabel ontbreken de kolommen: %(names)s.")
        wrong.append(Mistake(words % {"names": ", ".join(missing)}))
    else:
        unknown = [shown(name) for name in names if name not in COLUMNS]
        twice = sorted({shown(name) for name in names if names.count(name) > 1})
        for some, words in (
            (unknown, _t("Deze kolommen kennen wij niet: %(names)s.")),
            (twice, _t("Deze kolommen staan er twee keer in: %(names)s.")),
        ):
            if some:
                wrong.append(Mistake(words % {"names": ", ".join(some[:20])}, _t("regel 1")))
    if wrong:
        raise Unusable(wrong)
    return names


def entries(item: Item) -> list[Entry]:
    """Give the article of one row."""
    item.id = item.text("kenmerk", needed=True, longest=200).strip()
    text = item.text("tekst", needed=True)
    entry = Entry(
        place=item.place,
        id=item.id,
        title=item.text("titel", needed=True, longest=200).strip(),
        short_answer=item.text("kort_antwoord").replace("\r\n", "\n") or short(as_text(text)),
        sections=_sections(text),
        keywords=_optional(item, "trefwoorden", longest=500),
        sources=_sources(item),
        standing=STATES[item.choice("status", STATES) or "actief"],
        kind=KINDS[item.choice("soort", KINDS) or "vraag"],
        audience=AUDIENCES[item.choice("doelgroep", AUDIENCES) or "beide"] if "doelgroep" in item.data else None,
        language=item.choice("taal", Language.values) or Language.DUTCH,
        original=item.text("vertaling_van", longest=200).strip() or None,
        internal=YES_OR_NO[item.choice("intern", YES_OR_NO) or "nee"] if "intern" in item.data else None,
        teams=[name for name in [item.text("afdeling").strip()] if name] if "afdeling" in item.data else None,
        topic=_optional(item, "onderwerp"),
        product=_optional(item, "product"),
        related=_lines(item, "gerelateerd"),
        valid_from=item.day("geldig_van"),
        valid_until=item.day("geldig_tot"),
        says_valid="geldig_van" in item.data and "geldig_tot" in item.data,
    )
    return [entry]


def _optional(item: Item, field: str, *, longest: int = LONGEST) -> str | None:
    return item.text(field, longest=longest).strip() if field in item.data else None


def _lines(item: Item, field: str) -> list[str] | None:
    if field not in item.data:
        return None
    return [line.strip() for line in item.text(field).splitlines() if line.strip()]


def _sources(item: Item) -> list[dict[str, str]] | None:
    """Give the sources of a cell, a line each: a title, and after a bar its address."""
    lines = _lines(item, "bronnen")
    if lines is None:
        return None
    found = []
    for line in lines:
        title, _bar, url = f" {line} ".rpartition(BETWEEN)
        found.append({"title": (title if _bar else line).strip(), "url": url.strip() if _bar else ""})
    return found


def _sections(text: str) -> list[Section]:
    """Give the parts as this product wrote them, else those under the h2 headings of the text."""
    parts = HEADING.split(text)
    if len(parts) == 1:
        return split(as_html(text))
    found = [section(parts[0])] if strip_tags(parts[0]).strip() else []
    for kind, internal, title, html in zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4], strict=True):
        known = kind if kind in SectionKind.values else SectionKind.TEXT
        found.append(section(html, kind=known, title=unescape(strip_tags(title)), internal=bool(internal)))
    return found


def written(articles: Iterable[Article]) -> Iterator[str]:
    """Give the lines of a table of these articles; no cell is a formula."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";", quoting=csv.QUOTE_ALL)
    line.write(MARK)
    writer.writerow(COLUMNS)
    for article in articles:
        writer.writerow([guarded(cell) for cell in _row(article)])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def _row(article: Article) -> list[str]:
    cells = {
        "kenmerk": article.external_id,
        "titel": article.title,
        "kort_antwoord": article.short_answer,
        "trefwoorden": article.keywords,
        "tekst": "".join(_html(part) for part in article.sections),
        "soort": _word(KINDS, article.kind),
        "doelgroep": _word(AUDIENCES, article.audience),
        "taal": article.language,
        "vertaling_van": article.original.external_id if article.original else "",
        "onderwerp": str(article.topic) if article.topic else "",
        "product": article.product.uri if article.product else "",
        "afdeling": article.team.name if article.team else "",
        "intern": "ja" if article.internal else "nee",
        "status": _word(STATES, standing_of(article)),
        "geldig_van": article.valid_from.isoformat() if article.valid_from else "",
        "geldig_tot": article.valid_until.isoformat() if article.valid_until else "",
        "gerelateerd": "\n".join(other.external_id for other in article.related.all()),
        "bronnen": "\n".join(f"{source['title']}{BETWEEN}{source['url']}" for source in article.sources),
    }
    return [cells[name] for name in COLUMNS]


def _html(part: Section) -> str:
    internal = ' data-intern="ja"' if part["internal"] else ""
    return f'<h2 data-soort="{part["kind"]}"{internal}>{escape(part["title"], quote=False)}</h2>{part["html"]}'


def _word(words: Mapping[str, object], value: object) -> str:
    return next(word for word, known in words.items() if known == value)


def guarded(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula (OWASP); unguarded() gives the text back."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Give the text that guarded() made a cell of."""
    return cell[1:] if GUARDED.match(cell) else cell
