"""One object of a file, asked field by field; what is wrong with a field is written down with its place."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _t

from knowledge.exchange.entry import Findings, Mistake

LONGEST = 200_000  # characters of one text
SHOWN = 60  # characters of an id or value in a message
MOST = 1_000  # things in a list of one article
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Item:
    """The fields of one article; a wrong one is empty, and a mistake."""

    def __init__(self, data: dict[str, Any], *, place: str, findings: Findings, id: str = "") -> None:
        self.data, self.place, self.id, self._findings = data, place, id, findings

    def wrong(self, field: str, message: str) -> None:
        """Note a mistake in a field: nothing of the file is taken in then."""
        self._findings.mistakes.append(Mistake(message, self.place, shown(self.id), shown(field)))

    def warn(self, field: str, message: str) -> None:
        """Note what is taken in otherwise than it was written."""
        self._findings.warnings.append(Mistake(message, self.place, shown(self.id), shown(field)))

    def text(self, field: str, *, needed: bool = False, longest: int = LONGEST) -> str:
        """Give the text of a field, empty when there is none."""
        value = self.data.get(field)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.wrong(field, _t("is geen tekst, maar %(what)s.") % {"what": what(value)})
            return ""
        return self.checked(field, value, needed=needed, longest=longest)

    def checked(self, field: str, value: str, *, needed: bool = False, longest: int = LONGEST) -> str:
        """Give a text that may be kept; empty, with a mistake, when it is too long, cannot be stored or is missing."""
        if len(value) > longest:
            self.wrong(
                field, _t("is te lang: %(size)s tekens, hooguit %(most)s.") % {"size": len(value), "most": longest}
            )
        elif (found := UNSTORABLE.search(value)) is not None:
            code = f"U+{ord(found[0]):04X}"
            words = _t("bevat op plaats %(at)s een teken dat niet in een tekst hoort (%(code)s).")
            self.wrong(field, words % {"at": found.start() + 1, "code": code})
        elif needed and not value.strip():
            self.wrong(field, _t("ontbreekt of is leeg."))
        else:
            return value
        return ""

    def choice(self, field: str, choices: Collection[str], *, needed: bool = False) -> str:
        """Give the value of a field that has one of a few words; empty when it has none or is wrong."""
        value = self.text(field, needed=needed, longest=LONGEST).strip()
        if value and value not in choices:
            values = {"value": shown(value), "choices": ", ".join(choices)}
            self.wrong(field, _t("“%(value)s” is geen van: %(choices)s.") % values)
            return ""
        return value

    def truth(self, field: str) -> bool | None:
        """Give a field that is true or false, None when it is not there."""
        value = self.data.get(field)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(field, _t("is geen ja of nee (true of false), maar %(what)s.") % {"what": what(value)})
        return None

    def day(self, field: str) -> date | None:
        """Give the day of a field, of a moment the day it is on."""
        value = self.text(field).strip()
        try:
            return datetime.fromisoformat(value).date() if value else None
        except ValueError:
            self.wrong(field, _t("“%(value)s” is geen datum als 2026-12-31.") % {"value": shown(value)})
            return None

    def items(self, field: str) -> list["Item"]:
        """Give the objects in a list, each with its place in it."""
        found = []
        for number, value in enumerate(self.list(field), 1):
            place = _t("%(place)s, %(field)s %(number)s") % {
                "place": self.place, "field": shown(field), "number": number,
            }  # fmt: skip
            item = Item(value if isinstance(value, dict) else {}, place=place, findings=self._findings, id=self.id)
            if isinstance(value, dict):
                found.append(item)
            else:
                item.wrong("", _t("is geen object met velden, maar %(what)s.") % {"what": what(value)})
        return found

    def inside(self, field: str, value: dict[str, Any]) -> "Item":
        """Give the object in a field."""
        place = f"{self.place}, {shown(field)}"
        return Item(value, place=place, findings=self._findings, id=self.id)

    def list(self, field: str) -> list[Any]:
        """Give the values of a field that is a list; empty when it has none, or is none, which is a mistake."""
        value = self.data.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(field, _t("is geen lijst, maar %(what)s.") % {"what": what(value)})
            return []
        if len(value) > MOST:
            self.wrong(field, _t("heeft %(size)s onderdelen, hooguit %(most)s.") % {"size": len(value), "most": MOST})
            return []
        return value


def shown(text: str) -> str:
    """Give a value short and printable, for a message."""
    text = UNSTORABLE.sub("�", text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def what(value: object) -> str:
    """Give the word for a kind of value in a file."""
    if isinstance(value, bool):
        return _t("ja of nee")
    names = {
        str: _t("tekst"),
        int: _t("een getal"),
        float: _t("een getal"),
        list: _t("een lijst"),
        dict: _t("een object"),
    }
    return names.get(type(value), _t("leeg"))
