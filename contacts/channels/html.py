"""HTML of a mail made into the plain text that an agent reads first; the HTML itself is shown elsewhere, sanitised."""

import html
import re
from collections import Counter

BREAKS = {
    "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "table", "tr",
    "ul",
}  # fmt: skip
APART = {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"}
BOXES = {"blockquote", "div", "pre"}
UNSEEN = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "template")}
# No branch looks past the next < or > in vain, so that a page costs no more than its length.
TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:-->|\Z))"
    r"|<(?P<closing>/?)(?P<tag>[a-z][a-z0-9]*+)(?P<attributes>(?:[^<>\"']|\"[^\"<>]*+\"|'[^'<>]*+')*+)>"
    r"|<[/!?a-z][^>]*+(?:>|\Z)"
    r"|(?P<text>[^<]++|<)",
    re.IGNORECASE | re.DOTALL,
)
QUOTES = re.compile(
    r"type\s*=\s*[\"']?cite|class\s*=[^=]*?\b(?:gmail_quote|protonmail_quote|yahoo_quoted|moz-cite)\b", re.IGNORECASE
)
# Outlook puts these above the earlier message, and no end below it.
HISTORY = re.compile(r"id\s*=\s*[\"']?\w*?(?:divRplyFwdMsg|appendonsend)", re.IGNORECASE)
ATTRIBUTES = 500  # characters of a tag that are looked at
SPACE = re.compile(r"[ \t\r\n\f\v]+")
GAP = 3  # newlines at most between two words
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def declared_charset(data: bytes) -> str:
    """Give the charset that a page names for itself in its first kilobyte."""
    found = META.search(data[:1024])
    return found[1].decode("ascii") if found else ""


def to_text(markup: str) -> tuple[str, str]:
    """Give the text of a page, and the earlier message that the mail program marked as quoted in it."""
    reader, at = _Reader(), 0
    while token := TOKEN.match(markup, at):
        at, tag = token.end(), (token["tag"] or "").lower()
        if token["text"]:
            reader.write(token["text"])
        elif token["closing"]:
            reader.close(tag)
        elif tag in UNSEEN:
            end = UNSEEN[tag].search(markup, at)
            at = end.start() if end else len(markup)
        elif tag:
            reader.open(tag, token["attributes"][:ATTRIBUTES])
    return reader.own.text, reader.quoted.text


class _Page:
    """Lines being written, with at most one empty line between them."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.gap = 2  # newlines since the last word
        self.bullet = ""

    def write(self, words: str) -> None:
        if self.gap or (self.parts and self.parts[-1].endswith(" ")):
            words = words.lstrip(" ")
        if words:
            self.parts.append(self.bullet + words)
            self.gap, self.bullet = 0, ""

    def end_line(self, gap: int) -> None:
        if self.gap < gap:
            self.parts.append("\n" * (gap - self.gap))
            self.gap = gap

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in "".join(self.parts).split("\n")).strip("\n")


class _Reader:
    """Walks through the tags and divides the text into what was written now and what was quoted."""

    def __init__(self) -> None:
        self.own, self.quoted = _Page(), _Page()
        self.boxes: list[tuple[str, bool]] = []  # the open ones, and whether they opened a quotation
        self.open_tags: Counter[str] = Counter()
        self.in_quotes, self.in_history = 0, False

    @property
    def page(self) -> _Page:
        return self.quoted if self.in_quotes or self.in_history else self.own

    def write(self, text: str) -> None:
        text = html.unescape(text).replace("\xa0", " ")
        if not self.open_tags["pre"]:
            self.page.write(SPACE.sub(" ", text))
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self.page.end_line(min(self.page.gap + 1, GAP))
            self.page.write(line)

    def open(self, tag: str, attributes: str) -> None:
        if tag in BOXES:
            self.in_history = self.in_history or bool(HISTORY.search(attributes))
            quotes = bool(QUOTES.search(attributes))
            self.boxes.append((tag, quotes))
            self.open_tags[tag] += 1
            self.in_quotes += quotes
        if tag == "br":
            self.page.end_line(min(self.page.gap + 1, GAP))
        elif tag in BREAKS:
            self.page.end_line(2 if tag in APART else 1)
        elif tag in {"td", "th"}:
            self.page.write(" ")
        if tag == "li":
            self.page.bullet = "- "

    def close(self, tag: str) -> None:
        if tag in BREAKS:
            self.page.end_line(2 if tag in APART else 1)
        while self.open_tags[tag]:  # what was left open inside it ends too
            inner, quotes = self.boxes.pop()
            self.open_tags[inner] -= 1
            self.in_quotes -= quotes
            if inner == tag:
                return
