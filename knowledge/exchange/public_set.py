"""The public questions and answers of the government, as lists of {id, vraag, inleiding, onderdelen, kort_antwoord}."""

from html import unescape

from django.utils.html import strip_tags
from django.utils.translation import gettext as _t

from knowledge.exchange.entry import Entry
from knowledge.exchange.item import Item
from knowledge.exchange.markup import paragraphs
from knowledge.exchange.words import in_full, sentence, short, tidy, unglued, with_capitals
from knowledge.models.markup import Section, section

FIELDS = ("inleiding", "onderdelen", "kort_antwoord")
LONGEST_ID, LONGEST_TITLE = 200, 200


def entries(item: Item) -> list[Entry]:
    """Give the article of one question of the set, none when something in it is wrong."""
    title = item.text("vraag", needed=True, longest=LONGEST_TITLE)
    lower = item.truth("hoofdletters") is False
    intro = mended(item.text("inleiding"), lower=lower)
    parts = [part for number in item.items("onderdelen") if (part := _part(number, lower=lower)) is not None]
    answer = _answer(tidy(item.text("kort_antwoord")), intro, parts, lower=lower)
    sections = [section(paragraphs(intro)), *parts] if intro else parts
    if not sections and answer:
        sections = [section(paragraphs(answer))]
    if not answer:
        item.wrong("inleiding", _t("ontbreekt, net als tekst in de onderdelen en een kort antwoord."))
        return []
    return [Entry(place=item.place, id=item.id, title=title, short_answer=answer, sections=sections, audience=None)]


def _part(item: Item, *, lower: bool) -> Section | None:
    title, text = mended(item.text("kop"), lower=lower), mended(item.text("tekst"), lower=lower)
    return section(paragraphs(text), title=title.strip('"“”')) if text or title else None


def _answer(answer: str, intro: str, parts: list[Section], *, lower: bool) -> str:
    """Give what can be read aloud: where the set has a few words out of a sentence, the whole of it."""
    if not answer:
        return short(intro) or short(_words(parts[:1]))
    whole = in_full(answer, intro) or in_full(answer, _words(parts))
    return short(whole or sentence(with_capitals(answer) if lower else answer))


def _words(parts: list[Section]) -> str:
    return unescape(strip_tags("".join(part["html"] for part in parts).replace("</", "\n</")))


def mended(text: str, *, lower: bool) -> str:
    """Give a text of the set with its spaces, lines and capitals."""
    text = unglued(tidy(text))
    return with_capitals(text) if lower else text
