"""What differs between two texts of an article, word by word, for people to read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _

from knowledge.models.markup import Section, SectionKind, heading
from knowledge.models.text import Text

MOST_LINES = 1500  # of one part; what is longer is compared as a whole
MOST_WORK = 6_000_000  # pairs of words looked at in all; after that lines are compared as a whole
ALIKE = 0.35  # lines that share less are another line, not a changed one
NEAR = 1  # unchanged lines shown around a change
BLOCKS = {"p", "li", "h2", "h3", "tr", "blockquote"}
WORDS = re.compile(r"(?:\d+(?:[.,:/]\d+)+|[\w’'-]+)\s*|[^\w\s]\s*|\s+")  # an amount is one word, "27,50"


@dataclass(frozen=True)
class Line:
    """One line: what it is (same, added, removed, changed) and its pieces as (same, added or removed, words)."""

    kind: str
    pieces: list[tuple[str, str]]


@dataclass(frozen=True)
class Field:
    """One part of an article with what differs in it: runs of lines, each folded away or shown."""

    name: str
    runs: list[tuple[bool, list[Line]]]  # (folded, lines)
    kind: str = "changed"

    @property
    def is_same(self) -> bool:
        """Say whether nothing differs in it."""
        return self.kind == "same"


class Work:
    """How much comparing may still be done, so that no two texts keep a page waiting."""

    def __init__(self) -> None:
        self.left = MOST_WORK

    def allows(self, amount: int) -> bool:
        """Take this much of what may be done; say whether that much was left."""
        self.left -= amount
        return self.left >= 0


def compare(old: Text, new: Text) -> list[Field]:
    """Give the parts of two texts side by side, in the order of the new one, with what differs."""
    left = Work()
    fields = [
        _field(left, _("Titel"), [old.title], [new.title]),
        _field(left, _("Kort antwoord"), old.short_answer.splitlines(), new.short_answer.splitlines()),
        *_sections(left, old.sections, new.sections),
        _field(left, _("Trefwoorden"), [old.keywords], [new.keywords]),
        _field(left, _("Bronnen"), _sources(old), _sources(new)),
    ]
    return [field for field in fields if field.runs]


def differs(fields: Iterable[Field]) -> bool:
    """Say whether anything differs in these parts."""
    return any(not field.is_same for field in fields)


def _sources(text: Text) -> list[str]:
    return [" ".join([one.get("title", ""), one.get("url", "")]).strip() for one in text.sources]


def _sections(left: Work, old: list[Section], new: list[Section]) -> Iterator[Field]:
    """Pair the parts of both by kind and heading, and what is left by their place."""
    before, after = [_named(old), _named(new)]
    pairs = SequenceMatcher(None, [key for key, _part in before], [key for key, _part in after], autojunk=False)
    for what, a, b, c, d in pairs.get_opcodes():
        gone, come = [part for _key, part in before[a:b]], [part for _key, part in after[c:d]]
        both = min(len(gone), len(come)) if what in ("equal", "replace") else 0
        for one, other in zip(gone[:both], come[:both], strict=True):
            renamed = one["title"] != other["title"]
            yield _field(left, _title(other), _lines(one, titled=renamed), _lines(other, titled=renamed))
        yield from (_field(left, _title(one), _lines(one), [], kind="removed") for one in gone[both:])
        yield from (_field(left, _title(one), [], _lines(one), kind="added") for one in come[both:])


def _named(parts: list[Section]) -> list[tuple[tuple[str, str], Section]]:
    return [((part["kind"], part["title"]), part) for part in parts]


def _title(part: Section) -> str:
    return heading(part) or str(SectionKind(part["kind"]).label)


def _lines(part: Section, *, titled: bool = False) -> list[str]:
    who = [_("Alleen voor medewerkers")] if part["internal"] else []
    return [*([part["title"]] if titled else []), *who, *plain_lines(part["html"])]


def _field(left: Work, name: str, old: list[str], new: list[str], kind: str = "") -> Field:
    old, new = [line for line in old if line.strip()], [line for line in new if line.strip()]
    lines = list(_compared(left, old, new))
    same = all(line.kind == "same" for line in lines)
    return Field(name, list(_folded(lines)), kind or ("same" if same else "changed"))


def _compared(left: Work, old: list[str], new: list[str]) -> Iterator[Line]:
    if len(old) > MOST_LINES or len(new) > MOST_LINES:
        old, new = ["\n".join(old)], ["\n".join(new)]
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = old[a:b], new[c:d]
        if what == "equal":
            yield from (Line("same", [("same", line)]) for line in come)
            continue
        paired = min(len(gone), len(come))
        for one, other in zip(gone[:paired], come[:paired], strict=True):
            yield from _changed(left, one, other)
        yield from (Line("removed", [("removed", line)]) for line in gone[paired:])
        yield from (Line("added", [("added", line)]) for line in come[paired:])


def _changed(left: Work, old: str, new: str) -> Iterator[Line]:
    """Give one line with the words that came and went, or two lines where hardly a word stayed."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if not left.allows(len(before) * len(after)) or matcher.quick_ratio() < ALIKE or matcher.ratio() < ALIKE:
        yield Line("removed", [("removed", old)])
        yield Line("added", [("added", new)])
        return
    pieces: list[tuple[str, str]] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(after[c:d])))
            continue
        for kind, words in (("removed", "".join(before[a:b])), ("added", "".join(after[c:d]))):
            pieces += [(kind, words)] if words else []
    yield Line("changed", pieces)


def _folded(lines: list[Line]) -> Iterator[tuple[bool, list[Line]]]:
    """Give the lines in runs: those around a change are shown, three or more that stayed are folded."""
    shown = [False] * len(lines)
    for n, line in enumerate(lines):
        if line.kind != "same":
            for near in range(max(0, n - NEAR), min(len(lines), n + NEAR + 1)):
                shown[near] = True
    start = 0
    for n in range(1, len(lines) + 1):
        if n == len(lines) or shown[n] != shown[start]:
            yield not shown[start], lines[start:n]
            start = n


def plain_lines(html: str) -> list[str]:
    """Give the text of clean HTML, a paragraph, point or row of a table a line; a link with where it leads."""
    reader = _Lines()
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.lines


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.text = ""
        self.href = ""
        self.lists: list[tuple[str, int]] = []
        self.in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        if tag in BLOCKS and not (tag == "p" and (self.in_cell or self.text in self._marks())):
            self.flush()
        if tag in ("ul", "ol"):
            self.flush()
            self.lists.append((tag, 0))
        elif tag == "li" and self.lists:
            kind, n = self.lists[-1]
            self.lists[-1] = (kind, n + 1)
            self.text = f"{n + 1}. " if kind == "ol" else "• "
        elif tag == "blockquote":
            self.text = "⚠ " if dict(attrs).get("class") else "“ "
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""
        elif tag == "br":
            self.text += " "
        elif tag in ("td", "th"):
            self.in_cell = True

    def _marks(self) -> list[str]:
        return ["• ", "⚠ ", "“ ", *(f"{n}. " for _kind, n in self.lists)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.href:
            self.text += f" ({self.href})"
            self.href = ""
        elif tag in ("ul", "ol") and self.lists:
            self.flush()
            self.lists.pop()
        elif tag in ("td", "th"):
            self.text += " | "
            self.in_cell = False
        elif tag in BLOCKS and tag != "p":
            self.flush()
        elif tag == "p":
            self.text += " " if self.in_cell else "\n"

    def handle_data(self, data: str) -> None:
        self.text += data

    def flush(self) -> None:
        for one in self.text.split("\n"):
            line = " ".join(one.split()).removesuffix("|").strip()
            if line.strip("| ") and f"{line} " not in self._marks():
                self.lines.append(line)
        self.text = ""
