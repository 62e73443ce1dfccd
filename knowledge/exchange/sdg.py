"""Product pages as the object type kennisartikel of the Single Digital Gateway has them, one article for a language."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _t

from knowledge.exchange import beyond
from knowledge.exchange.entry import Entry, Standing, standing_of
from knowledge.exchange.item import Item
from knowledge.exchange.markup import as_html, as_text
from knowledge.exchange.vac import exact_keywords, keywords, keywords_of, names
from knowledge.exchange.words import short
from knowledge.models import Article, Audience, Kind, Language, SectionKind
from knowledge.models.markup import Section, section

AUDIENCES = {"eu-burger": Audience.CITIZENS, "eu-bedrijf": Audience.BUSINESSES}
FIELDS = {  # in the order of a product page
    "tekst": SectionKind.INTRO,
    "procedureBeschrijving": SectionKind.APPLY,
    "vereisten": SectionKind.CONDITIONS,
    "kostenEnBetaalmethoden": SectionKind.COSTS,
    "uitersteTermijn": SectionKind.TERM,
    "bezwaarEnBeroep": SectionKind.OBJECTION,
    "contact": SectionKind.CONTACT,
    "notice": SectionKind.TEXT,
    "deskMemo": SectionKind.MEMO,
}
BELOW = {"vereisten": "bewijs", "uitersteTermijn": "wtdBijGeenReactie"}  # what has no part of its own with us
HEADINGS = {
    "nl": {"bewijs": "Bewijs", "wtdBijGeenReactie": "Als u niets hoort", "notice": "Bijzonderheden"},
    "en": {"bewijs": "Documents", "wtdBijGeenReactie": "If you hear nothing", "notice": "Details"},
}
LONGEST_TITLE = 200
FIRST = str(Language.DUTCH)  # the language other languages are translations of


def entries(item: Item) -> list[Entry]:
    """Give the articles of one product, the Dutch one first."""
    common: dict[str, Any] = {
        "kind": Kind.PRODUCT,
        "product": item.text("upnUri", needed=True, longest=300).strip(),
        "audience": AUDIENCES.get(item.choice("doelgroep", AUDIENCES, needed=True)),
        "teams": names(item, "afdelingen", "afdelingnaam"),
    }
    standing, day = Standing.CURRENT, item.day("publicatieDatum")
    if "publicatieDatum" in item.data and day is None:
        standing = Standing.CONCEPT
    if day is not None and day > timezone.localdate():
        common |= {"valid_from": day, "says_valid": True}
    texts = item.items("vertalingen")
    if not texts:
        item.wrong("vertalingen", _t("ontbreekt of is leeg."))
    by_language: dict[str, Entry] = {}
    for text in texts:
        entry = _entry(text, item.id, common | {"standing": standing})
        if entry.language in by_language:
            text.wrong("taal", _t("“%(value)s” komt twee keer voor.") % {"value": entry.language})
        by_language[entry.language] = entry
    if FIRST in by_language:
        for language, entry in by_language.items():
            if language != FIRST:
                entry.original = entry.original or by_language[FIRST].id
    return sorted(by_language.values(), key=lambda entry: entry.language != FIRST)


def _entry(text: Item, id: str, common: dict[str, Any]) -> Entry:
    language = text.choice("taal", Language.values, needed=True) or FIRST
    parts = [part for field in FIELDS if (part := _part(text, field, language)) is not None]
    entry = Entry(
        place=text.place,
        id=id if language == FIRST else f"{id}:{language}",
        title=" ".join(text.text("titel", needed=True, longest=LONGEST_TITLE).split()),
        short_answer=short(as_text(next((text.text(field) for field in FIELDS if text.data.get(field)), ""))),
        sections=parts,
        keywords=keywords(text),
        language=language,
        **common,
    )
    if (more := beyond.beside(text)) is not None:
        beyond.complete(entry, more)
        entry.id = more.text("kenmerk", longest=beyond.LONGEST_ID) or entry.id
        entry.keywords = exact_keywords(entry.keywords, more)
        if entry.audience == Audience.CITIZENS and more.text("doelgroep") == Audience.BOTH:
            entry.audience = Audience.BOTH
        own = beyond.sections(more)
        if fields(own, language) == {field: text.text(field) for field in fields(own, language)}:
            entry.sections = own
    if not entry.sections:
        text.wrong("tekst", _t("ontbreekt: dit artikel heeft geen tekst."))
    return entry


def _part(text: Item, field: str, language: str) -> Section | None:
    html = as_html(text.text(field))
    below = BELOW.get(field, "")
    if below and (more := as_html(text.text(below))):
        html += f"<h3>{_heading(below, language)}</h3>{more}"
    title = _heading(field, language) if field == "notice" else ""
    return section(html, kind=FIELDS[field], title=title) if html else None


def _heading(field: str, language: str) -> str:
    return HEADINGS.get(language, HEADINGS[FIRST])[field]


def fields(parts: list[Section], language: str) -> dict[str, str]:
    """Give the texts of a product page in the fields of the standard; a part that has none goes under the details."""
    found = dict.fromkeys(FIELDS, "")
    by_kind = {kind: field for field, kind in FIELDS.items()}
    for part in parts:
        field = "deskMemo" if part["internal"] else by_kind.get(SectionKind(part["kind"]), "notice")
        titled = f"<h3>{part['title']}</h3>" if part["title"] and part["title"] != _heading("notice", language) else ""
        found[field] += as_html(f"{titled}{part['html']}") if titled else part["html"]
    return found


def written(article: Article, *, base: str) -> dict[str, object]:
    """Give a product page with its translations as a kennisartikel."""
    audiences = {audience: word for word, audience in AUDIENCES.items()}
    translations = (text for text in article.translations.all() if text.withdrawn_at is None)
    texts = [text for text in (article, *translations) if text.language in HEADINGS]  # the standard knows no others
    return {
        "url": f"{base}{article.get_absolute_url()}",
        "uuid": str(article.uuid),
        "upnUri": article.product.uri if article.product else "",
        "publicatieDatum": _published(article),
        "productAanwezig": True,
        "productValtOnder": None,
        "verantwoordelijkeOrganisatie": _organisation(base),
        "locaties": None,
        "doelgroep": audiences.get(Audience(article.audience), "eu-burger"),
        "afdelingen": [{"afdelingnaam": article.team.name}] if article.team else [],
        "vertalingen": [_translation(text) for text in texts],
        "beschikbareTalen": [text.language for text in texts],
    }


def _organisation(base: str) -> dict[str, str]:
    term = settings.MUNICIPALITY.replace(" ", "_")
    return {
        "url": base,
        "owmsIdentifier": f"http://standaarden.overheid.nl/owms/terms/{term}_(gemeente)",
        "owmsPrefLabel": settings.MUNICIPALITY,
        "owmsEndDate": "9999-12-31T00:00:00Z",
    }


def _published(article: Article) -> str | None:
    if standing_of(article) != Standing.CURRENT or article.published_at is None:
        return None
    return (article.valid_from or timezone.localdate(article.published_at)).isoformat()


def _translation(article: Article) -> dict[str, object]:
    return {
        "taal": article.language,
        "titel": article.title,
        **fields(article.sections, article.language),
        "trefwoorden": keywords_of(article),
        "datumWijziging": article.changed_at.isoformat(),
        beyond.NAME: beyond.written(article),
    }
