"""HTML of a mail made into the plain text that an agent reads first; the HTML itself is shown elsewhere, sanitised."""

import html
import re

import nh3

TAGS = {
    "a", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "table", "td", "th", "tr", "ul",
}  # fmt: skip
BREAKS = TAGS - {"a", "br", "td", "th", "hr"}
APART = {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"}
UNSEEN = {"script", "style", "title", "head", "noscript", "template"}
MARKS = {"blockquote": {"type", "class"}, "div": {"id", "class"}}
TOKEN = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>|([^<]+)")
QUOTES = re.compile(r'type="cite"|class="[^"]*\b(?:gmail_quote|protonmail_quote|yahoo_quoted|moz-cite)\b')
HISTORY = re.compile(r'id="(?:[^"]*_)?(?:divRplyFwdMsg|appendonsend)"')  # all that follows is the earlier message
SPACE = re.compile(r"[ \t\r\n\f\v]+")
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def declared_charset(data: bytes) -> str:
    """Give the charset that a page names for itself in its first kilobyte."""
    found = META.search(data[:1024])
    return found[1].decode("ascii") if found else ""


def to_text(markup: str) -> tuple[str, str]:
    """Give the text of a page, and the earlier message that the mail program marked as quoted in it."""
    page = nh3.clean(markup, tags=TAGS, clean_content_tags=UNSEEN, attributes=MARKS, link_rel=None, strip_comments=True)
    reader = _Reader()
    for token in TOKEN.finditer(page):
        closing, tag, attributes, text = token.groups()
        if text is not None:
            reader.write(text)
        elif closing:
            reader.close(tag)
        else:
            reader.open(tag, attributes)
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
    """Walks through clean markup and divides it into what was written now and what was quoted."""

    def __init__(self) -> None:
        self.own, self.quoted = _Page(), _Page()
        self.quotes: list[bool] = []  # for each open blockquote and div: whether it opened a quotation
        self.in_quotes, self.in_history, self.in_pre = 0, False, 0

    @property
    def page(self) -> _Page:
        return self.quoted if self.in_quotes or self.in_history else self.own

    def write(self, text: str) -> None:
        text = html.unescape(text).replace("\xa0", " ")
        if not self.in_pre:
            self.page.write(SPACE.sub(" ", text))
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self.page.end_line(self.page.gap + 1)
            self.page.write(line)

    def open(self, tag: str, attributes: str) -> None:
        if tag in MARKS:
            self.in_history = self.in_history or bool(HISTORY.search(attributes))
            self.quotes.append(bool(QUOTES.search(attributes)))
            self.in_quotes += self.quotes[-1]
        self.in_pre += tag == "pre"
        if tag == "br":
            self.page.end_line(min(self.page.gap + 1, 3))
        elif tag in BREAKS:
            self.page.end_line(2 if tag in APART else 1)
        elif tag in {"td", "th"}:
            self.page.write(" ")
        if tag == "li":
            self.page.bullet = "- "

    def close(self, tag: str) -> None:
        if tag in BREAKS:
            self.page.end_line(2 if tag in APART else 1)
        self.in_pre -= tag == "pre"
        if tag in MARKS and self.quotes:
            self.in_quotes -= self.quotes.pop()
