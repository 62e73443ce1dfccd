"""Questions with an answer as the object type VAC has them."""

from django.utils.translation import gettext as _t

from knowledge.exchange import beyond
from knowledge.exchange.addresses import address
from knowledge.exchange.entry import Entry, Standing, standing_of
from knowledge.exchange.item import Item
from knowledge.exchange.markup import as_html, as_text
from knowledge.exchange.words import short, tidy
from knowledge.models import Audience
from knowledge.models.article import Article
from knowledge.models.markup import Section, SectionKind, join, section, split

AUDIENCES = {
    "eu-burger": Audience.CITIZENS,
    "eu-bedrijf": Audience.BUSINESSES,
    "eu-burger-bedrijf": Audience.BOTH,
}
STATES = {"actief": Standing.CURRENT, "non-actief": Standing.CONCEPT, "te-verwijderen": Standing.WITHDRAWN}
UPL = "http://standaarden.overheid.nl/owms/terms/"
LONGEST_TITLE, MOST_KEYWORDS = 200, 500


def entries(item: Item) -> list[Entry]:
    """Give the article of one VAC."""
    answer, memo = item.text("antwoord", needed=True), item.text("toelichting")
    entry = Entry(
        place=item.place,
        id=item.id,
        title=" ".join(item.text("vraag", needed=True, longest=LONGEST_TITLE).split()),
        short_answer="",
        sections=[*split(as_html(answer)), *_memo(memo)],
        keywords=keywords(item),
        standing=STATES.get(item.choice("status", STATES, needed=True), Standing.CURRENT),
        audience=AUDIENCES.get(item.choice("doelgroep", AUDIENCES, needed=True)),
        teams=names(item, "afdelingen", "afdelingNaam"),
        related=names(item, "gerelateerdeVACs", "VAC"),
    )
    _take_products(entry, names(item, "gerelateerdeProducten", "product"))
    if (more := beyond.beside(item)) is not None:
        beyond.complete(entry, more)
        entry.keywords = exact_keywords(entry.keywords, more)
        parts = beyond.sections(more)
        if [answer, memo] == [public(parts), internal(parts)]:
            entry.sections = parts
    entry.short_answer = entry.short_answer or short(as_text(answer))
    if answer and not entry.sections:
        item.wrong("antwoord", _t("heeft geen tekst."))
    return [entry]


def _memo(text: str) -> list[Section]:
    return [section(as_html(text), kind=SectionKind.MEMO)] if text.strip() else []


def _take_products(entry: Entry, products: list[str] | None) -> None:
    """Have the first name of the UPL as the product; what else is there are articles that are related."""
    if products is None:
        return
    names = [uri for uri in products if uri.startswith(UPL)]
    entry.product = names[0] if names else ""
    entry.related = [*(entry.related or []), *(uri for uri in products if not uri.startswith(UPL))]


def keywords(item: Item) -> str | None:
    """Give the keywords of a list of {trefwoord}, as many as there is room for; None when there is no such list."""
    words = names(item, "trefwoorden", "trefwoord")
    if words is None:
        return None
    while len(", ".join(words)) > MOST_KEYWORDS:
        left = words.pop()
        item.warn("trefwoorden", _t("er is geen plaats meer voor “%(word)s”.") % {"word": left[:MOST_KEYWORDS]})
    return ", ".join(words)


def exact_keywords(said: str | None, more: Item) -> str | None:
    """Give the keywords as they were written, when they are still those of the list."""
    own = more.text("trefwoorden")
    return own if said is not None and [tidy(word) for word in _words(own) if tidy(word)] == _words(said) else said


def _words(keywords: str) -> list[str]:
    return [word.strip() for word in keywords.split(",") if word.strip()]


def keywords_of(article: Article) -> list[dict[str, str]]:
    """Give the keywords as a VAC has them."""
    return [{"trefwoord": word} for word in _words(article.keywords) if tidy(word)]


def names(item: Item, field: str, name: str) -> list[str] | None:
    """Give the text of one field of each object in a list; None when the file has no such list."""
    if item.data.get(field) is None:
        return None
    return [word for part in item.items(field) if (word := tidy(part.text(name, needed=True)))]


def public(parts: list[Section]) -> str:
    """Give the HTML of the parts for everybody, with their headings."""
    return join(part for part in parts if not part["internal"])


def internal(parts: list[Section]) -> str:
    """Give the HTML of the parts for colleagues, with their headings."""
    return join(part for part in parts if part["internal"])


def written(article: Article) -> dict[str, object]:
    """Give an article as a VAC."""
    states = {standing: word for word, standing in STATES.items()}
    audiences = {audience: word for word, audience in AUDIENCES.items()}
    vac: dict[str, object] = {
        "vraag": article.title,
        "status": states[standing_of(article)],
        "antwoord": public(article.sections) or as_html(article.short_answer),
        "doelgroep": audiences[Audience(article.audience)],
        "afdelingen": [{"afdelingNaam": article.team.name}] if article.team else [],
        "toelichting": internal(article.sections),
        "trefwoorden": keywords_of(article),
        "gerelateerdeVACs": [{"VAC": address(other.external_id)} for other in article.related.all()],
        "gerelateerdeProducten": [{"product": article.product.uri}] if article.product else [],
    }
    return vac | {beyond.NAME: beyond.written(article)}
