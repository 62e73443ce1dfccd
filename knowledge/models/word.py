"""HTML as word processors and browsers paste it, made into what an article holds: real lists, two kinds of emphasis."""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

MOST_CHARACTERS = 200_000  # of one part: a book chapter; beyond it reading HTML could take minutes
MOST_TAGS = 20_000
DEEPEST = 60  # elements within elements; a table in a list in a quote needs about ten

TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
NEVER_OPEN = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
CLOSES_ITSELF = {"p", "li", "tr", "td", "th", "thead", "tbody", "dt", "dd", "option"}  # one after another is no nesting
SAME = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
NOT_TEXT = {"script", "style", "xml", "title", "template", "svg", "math", "o:p"}
COMMENT = re.compile(
    r"<!--.*?(?:-->|\Z)|<![^>]*(?:>|\Z)|<\?[^>]*(?:>|\Z)", re.DOTALL
)  # the parser takes long over open ones
LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d+)", re.I)
BULLET = re.compile(r"^[\s\xa0]*(?:[·•o§\uf0b7\uf0a7\uf0d8–-])[\s\xa0]*$", re.I)  # before a point; else a number


class Unfit(ValueError):
    """This HTML is too long or too deep to read. The message is for the screen."""


def is_fit(html: str) -> bool:
    """Say whether this HTML can be read in a moment, by looking at its tags one by one and building nothing."""
    if len(html) > MOST_CHARACTERS or html.count("<") > MOST_TAGS:
        return False
    depth = 0
    opened: dict[str, int] = {}
    for found in TAG.finditer(html):
        closing, name = found[1], found[2].lower()
        if name in NEVER_OPEN or name in CLOSES_ITSELF:
            continue
        if not closing:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
        elif opened.get(name):
            opened[name] -= 1
            depth -= 1
        if depth > DEEPEST:
            return False
    return True


def tidy(html: str) -> str:
    """Give the HTML with lists where a word processor wrote paragraphs that look like one, and h3 for every heading.

    What must not be there is left in: cleaning comes after it.
    """
    parser = _Tidy()
    parser.feed(COMMENT.sub("", html))
    parser.close()
    return "".join(parser.written())


class _Tidy(HTMLParser):
    """Writes what it reads, but for what word processors do their own way."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.skipped: list[str] = []  # open elements that hold no text of the article
        self.level = 0  # of the point that is being read; 0 is none
        self.mark = ""  # what stands before the point
        self.in_mark = 0  # open spans around it
        self.lists: list[str] = []  # the open lists: ul or ol, each with an open li

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_TEXT:
            self.skipped.append(tag)
        if self.skipped:
            return
        values = {name: value or "" for name, value in attrs}
        style = values.get("style", "")
        if tag == "span" and (self.in_mark or "mso-list:ignore" in style.lower().replace(" ", "")):
            self.in_mark += 1
        elif self.in_mark:
            return
        elif tag == "p" and (found := LIST.search(style)):
            self.level, self.mark = min(int(found[1]), 6), ""
            self.out.append("")  # where the list begins, when its mark is known
            self.place = len(self.out) - 1
        elif tag in ("p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div"):
            self._end_lists()
            self._write(tag, values)
        else:
            self._write(tag, values)

    def _write(self, tag: str, values: dict[str, str]) -> None:
        kept = "".join(f' {name}="{escape(value)}"' for name, value in values.items() if name in KEPT)
        self.out.append(f"<{SAME.get(tag, tag)}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag in self.skipped:
                while self.skipped.pop() != tag:
                    pass
        elif self.in_mark:
            self.in_mark -= tag == "span"
        elif tag == "p" and self.level:
            self.out[self.place] = "".join(self._to_level("ul" if BULLET.match(self.mark) else "ol"))
            self.level = 0
        elif tag not in NEVER_OPEN:
            self.out.append(f"</{SAME.get(tag, tag)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in NEVER_OPEN:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if self.in_mark:
            self.mark += data
            return
        if self.lists and not self.level and data.strip():
            self._end_lists()
        self.out.append(escape(data, quote=False))

    def _to_level(self, kind: str) -> Iterator[str]:
        """Open and close lists until a point of this level can be written."""
        while len(self.lists) > self.level:
            yield f"</li></{self.lists.pop()}>"
        if len(self.lists) == self.level and self.lists[-1] == kind:
            yield "</li><li>"
            return
        if len(self.lists) == self.level:
            yield f"</li></{self.lists.pop()}>"
        while len(self.lists) < self.level:
            self.lists.append(kind)
            yield f"<{kind}><li>"

    def _end_lists(self) -> None:
        while self.lists:
            self.out.append(f"</li></{self.lists.pop()}>")

    def written(self) -> Iterator[str]:
        """Give what was written, with every list at its end."""
        self._end_lists()
        yield from self.out


KEPT = {"href", "colspan", "rowspan", "scope", "class"}
