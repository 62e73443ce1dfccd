"""What we know of an article and a standard has no field for: an object beside its fields, which other readers skip."""

from typing import Any

from knowledge.exchange.entry import Entry
from knowledge.exchange.item import Item
from knowledge.models import Article, Kind, Language
from knowledge.models.markup import Section, SectionKind, section

NAME = "kennisbank"
LONGEST_ID, LONGEST_HEADING = 200, 300


def written(article: Article) -> dict[str, Any]:
    """Give what the standards leave out, for the same article to come back as it was."""
    return {
        "kenmerk": article.external_id,
        "soort": article.kind,
        "doelgroep": article.audience,
        "taal": article.language,
        "vertalingVan": article.original.external_id if article.original else None,
        "intern": article.internal,
        "onderwerp": str(article.topic) if article.topic else "",
        "product": article.product.uri if article.product else "",
        "geldigVan": article.valid_from.isoformat() if article.valid_from else None,
        "geldigTot": article.valid_until.isoformat() if article.valid_until else None,
        "kortAntwoord": article.short_answer,
        "trefwoorden": article.keywords,
        "bronnen": [{"titel": source["title"], "url": source["url"]} for source in article.sources],
        "delen": [
            {"soort": part["kind"], "titel": part["title"], "intern": part["internal"], "html": part["html"]}
            for part in article.sections
        ],
    }


def beside(item: Item) -> Item | None:
    """Give the fields we wrote beside those of the standard, None when another system made the file."""
    value = item.data.get(NAME)
    if not isinstance(value, dict):
        return None
    return item.inside(NAME, value)


def complete(entry: Entry, more: Item) -> None:
    """Have what the standard has no field for too."""
    entry.kind = more.choice("soort", Kind.values) or entry.kind
    entry.language = more.choice("taal", Language.values) or entry.language
    entry.original = more.text("vertalingVan", longest=LONGEST_ID) or entry.original
    entry.internal = more.truth("intern")
    entry.topic = more.text("onderwerp") if "onderwerp" in more.data else None
    entry.product = more.text("product") if "product" in more.data else entry.product
    entry.valid_from, entry.valid_until = more.day("geldigVan"), more.day("geldigTot")
    entry.says_valid = "geldigVan" in more.data or "geldigTot" in more.data
    entry.short_answer = more.text("kortAntwoord") or entry.short_answer
    if "bronnen" in more.data:
        sources = more.items("bronnen")
        entry.sources = [{"title": source.text("titel"), "url": source.text("url")} for source in sources]


def sections(more: Item) -> list[Section]:
    """Give the parts of the text as we wrote them."""
    found = []
    for part in more.items("delen"):
        kind = part.choice("soort", SectionKind.values) or SectionKind.TEXT
        internal = bool(part.truth("intern"))
        found.append(
            section(part.text("html"), kind=kind, title=part.text("titel", longest=LONGEST_HEADING), internal=internal)
        )
    return found
