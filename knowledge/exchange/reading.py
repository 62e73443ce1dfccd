"""What a file holds, by its shape: the public set, VACs, articles of the SDG or a table."""

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _t

from knowledge.exchange import beyond, public_set, sdg, table, vac
from knowledge.exchange.entry import Entry, Findings, Mistake, Unusable
from knowledge.exchange.item import Item, shown, what
from knowledge.exchange.words import tidy
from knowledge.models.word import Unfit

MOST_BYTES = 200 * 1024 * 1024
MOST_ARTICLES = 50_000
LONGEST_ID = 200
Shape = Callable[[Item], list[Entry]]
SHAPES: list[tuple[tuple[str, ...], Shape]] = [  # which fields tell what an object is
    (("vertalingen", "upnUri"), sdg.entries),
    (public_set.FIELDS, public_set.entries),
    (("antwoord", "vraag"), vac.entries),
]


def read(raw: bytes, *, name: str, most_bytes: int = MOST_BYTES) -> tuple[list[Entry], list[Mistake]]:
    """Give the articles of a file, and what is worth knowing about it. Raises Unusable with everything wrong in it."""
    if len(raw) > most_bytes:
        size = _t("Het bestand is groter dan %(most)s MB.") % {"most": most_bytes // 1024 // 1024}
        raise Unusable([Mistake(size)])
    text, findings = decoded(raw), Findings()
    is_table = text.lstrip()[:1] not in ("{", "[") and not name.lower().endswith(".json")
    items = table.items(text, findings) if is_table else _items(_loaded(text), findings)
    found = [entry for item in items for entry in _entries(item, table.entries if is_table else None, findings)]
    _check_days(found, findings)
    _check_twice(found, findings)
    if findings.mistakes:
        raise Unusable(findings.mistakes)
    _check_number(len(found))
    return found, findings.warnings


def decoded(raw: bytes) -> str:
    """Give the text of a file in UTF-8. Raises Unusable."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = _t("Het bestand is geen UTF-8 (byte %(at)s). Bewaar het als “CSV UTF-8” of als JSON in UTF-8.")
        raise Unusable([Mistake(words % {"at": error.start + 1})]) from None
    if not text.strip():
        raise Unusable([Mistake(_t("Het bestand is leeg."))])
    return text


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = _t("regel %(line)s, teken %(column)s") % {"line": error.lineno, "column": error.colno}
        raise Unusable([Mistake(_t("Dit is geen geldige JSON (%(error)s).") % {"error": error.msg}, place)]) from None
    except RecursionError:
        raise Unusable([Mistake(_t("De JSON is te diep genest."))]) from None
    except ValueError as error:  # a number of thousands of figures, or none at all
        words = _t("Dit is geen geldige JSON (%(error)s).") % {"error": shown(str(error))}
        raise Unusable([Mistake(words)]) from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number of JSON")


def _items(data: Any, findings: Findings) -> Iterable[Item]:
    """Give the objects of a file: a list, one object, or as the Objects API wraps them."""
    values = data
    if isinstance(data, dict):
        values = data["results"] if isinstance(data.get("results"), list) else [data]
    if not isinstance(values, list):
        raise Unusable(
            [Mistake(_t("Er moet een lijst van artikelen in staan, maar er staat %(what)s.") % {"what": what(data)})]
        )
    _check_number(len(values))
    for number, value in enumerate(values, 1):
        item = Item({}, place=_t("item %(number)s") % {"number": number}, findings=findings)
        if isinstance(value, dict):
            item.data = _unwrapped(value)
            yield item
        else:
            item.wrong("", _t("is geen object met velden, maar %(what)s.") % {"what": what(value)})


def _check_number(size: int) -> None:
    if not size:
        raise Unusable([Mistake(_t("Er staan geen artikelen in het bestand."))])
    if size > MOST_ARTICLES:
        sizes = {"size": size, "most": MOST_ARTICLES}
        raise Unusable([Mistake(_t("Er staan %(size)s artikelen in, hooguit %(most)s.") % sizes)])


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    """Give the fields of an object of the Objects API with its own uuid and url beside them."""
    record = value.get("record")
    if not isinstance(record, dict) or not isinstance(record.get("data"), dict):
        return value
    around = {name: value[name] for name in ("uuid", "url") if name in value}
    return around | record["data"]


def _entries(item: Item, shape: Shape | None, findings: Findings) -> list[Entry]:
    """Give the articles of one object; none when something in it is wrong, for then nothing of the file is kept."""
    before = len(findings.mistakes)
    if shape is None:
        item.id, shape = _id(item), _shape(item.data)
    if shape is None:
        item.wrong("", _t("is geen soort artikel dat wij kennen: er is geen vraag met antwoord, geen vertalingen."))
        return []
    try:
        found = shape(item)
    except Unfit as error:
        item.wrong("", str(error))
        return []
    return found if len(findings.mistakes) == before else []


def _shape(data: dict[str, Any]) -> Shape | None:
    for fields, shape in SHAPES:
        if any(name in data for name in fields):
            return shape
    return None


def _id(item: Item) -> str:
    """Give what an article is known by: its own mark, else the end of its address, else its question."""
    more = beyond.beside(item)
    own = [(more, "kenmerk")] if more is not None else []
    for asked, field in (*own, (item, "id"), (item, "uuid"), (item, "identificatie"), (item, "url")):
        if asked.data.get(field) is not None:
            value = asked.text(field, needed=True, longest=LONGEST_ID).strip()
            return value.rstrip("/").rsplit("/", 1)[-1] if field == "url" else value
    question = item.data.get("vraag")
    if "antwoord" in item.data and isinstance(question, str) and question.strip():
        return f"vac-{sha256(tidy(question).casefold().encode(errors='replace')).hexdigest()[:24]}"
    item.wrong("id", _t("ontbreekt of is leeg."))
    return ""


def _check_days(found: list[Entry], findings: Findings) -> None:
    for entry in found:
        if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
            words = _t("de laatste geldige dag ligt voor de eerste.")
            findings.mistakes.append(Mistake(words, entry.place, shown(entry.id)))


def _check_twice(found: list[Entry], findings: Findings) -> None:
    seen: dict[str, str] = {}
    for entry in found:
        if entry.id in seen:
            words = _t("komt twee keer voor, ook bij %(place)s.") % {"place": seen[entry.id]}
            findings.mistakes.append(Mistake(words, entry.place, shown(entry.id), "id"))
        seen.setdefault(entry.id, entry.place)
