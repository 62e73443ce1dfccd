"""HTML of a mail made into the plain text that an agent reads first; the HTML itself is shown elsewhere, sanitised."""

import html
import re
from collections import Counter

BREAKS = {
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tr", "ul",
}  # fmt: skip
APART = {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"}
BOXES = {"blockquote", "div", "pre", "span"}
UNSEEN = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "template")}
# No branch looks past the next < or > in vain, so that a page costs no more than its length.
TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:-->|\Z))"
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]++|[^\s<>\"'=/@]{1,64}+@[^\s<>\"'=]{1,250}+)>"
    r"|<(?P<closing>/?)(?P<tag>[a-z][a-z0-9]*+)(?P<attributes>(?:=\s*+\"[^\"<]*+\"|=\s*+'[^'<]*+'|[^<>\"']|\"[^\"<>]*+\"|'[^'<>]*+')*+)>"
    r"|<[/!?a-z][^>]*+(?:>|\Z)"
    r"|(?P<text>[^<]++|<)",
    re.IGNORECASE | re.DOTALL,
)
QUOTES = re.compile(
    r"type\s*=\s*[\"']?cite|class\s*=[^=]*?\b(?:x_)*(?:gmail_quote|protonmail_quote|yahoo_quoted|moz-cite|zmail_extra"
    r"|tutanota_quote|ms-outlook-mobile-reference-message)\b"
    r"|(?:name|id|data-marker)\s*=\s*[\"']?(?:x_)*(?:messageReplySection|quote\b|isReplyContent|__QUOTED_TEXT__"
    r"|mail-editor-reference-message-container)",
    re.IGNORECASE,
)
# Outlook puts these above the earlier message, and no end below it.
HISTORY = re.compile(r"id\s*=\s*[\"']?\w*?(?:divRplyFwdMsg|appendonsend)", re.IGNORECASE)
HIDDEN = re.compile(r"style\s*=[^=]*?(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]{1,200})\"|'([^']{1,200})')", re.IGNORECASE)
SIMPLE_TAG = re.compile(r"<param>[^<]{0,500}</param>|</?[a-z][a-z0-9-]{0,60}>", re.IGNORECASE)
ATTRIBUTES = 500  # characters of a tag that are looked at
LINE_ENDS = re.compile(rf"<(?:br|{'|'.join(sorted(BREAKS))})[\s/>]", re.IGNORECASE)
SPACE = re.compile(r"[ \t\r\n\f\v]+")
GAP = 3  # newlines at most between two words
PICTURES, LISTS = 50, 50
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def declared_charset(data: bytes) -> str:
    """Give the charset that a page names for itself in its first kilobyte."""
    found = META.search(data[:1024])
    return found[1].decode("ascii") if found else ""


def to_text(markup: str) -> tuple[str, str]:
    """Give the text of a page, and the earlier message that the mail program marked as quoted in it.

    When answers stand between several quoted pieces, all is text, and what is quoted bears marks (>).
    """
    reader = _read(markup)
    if not reader.says_something:
        reader = _read(markup, hide=False)
    return reader.divided()


def _read(markup: str, *, hide: bool = True) -> "_Reader":
    reader, at = _Reader(hide=hide), 0
    endless: set[str] = set()
    if not LINE_ENDS.search(markup):
        reader.open_tags["pre"] = 1  # plain text that says to be a page: its lines are lines
    while token := TOKEN.match(markup, at):
        at, tag = token.end(), (token["tag"] or "").lower()
        if token["text"]:
            reader.write(token["text"])
        elif token["address"]:
            reader.write(html.escape(token[0]))
        elif token["closing"]:
            reader.close(tag)
        elif tag in UNSEEN and tag not in endless:
            end = UNSEEN[tag].search(markup, at)
            endless |= set() if end else {tag}  # it would hide all that follows: the second time it is passed over
            at = end.start() if end else len(markup) if hide else at
        elif tag:
            reader.open(tag, token["attributes"][:ATTRIBUTES])
    return reader


def without_tags(markup: str) -> str:
    """Give the words of a text with tags in it that are not those of a page (RFC 1896)."""
    return html.unescape(SIMPLE_TAG.sub("", markup.replace("<<", "&lt;")))


class _Page:
    """Lines being written, with at most one empty line between them."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.gap = 2  # newlines since the last word
        self.bullet = ""

    def write(self, words: str, *, as_it_is: bool = False) -> None:
        if not as_it_is and (self.gap or (self.parts and self.parts[-1].endswith(" "))):
            words = words.lstrip(" ")
        if words.strip() or (words and not self.gap):
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
    """Walks through the tags and divides the text into pieces that were written now and pieces that were quoted."""

    def __init__(self, *, hide: bool) -> None:
        self.pages: list[tuple[bool, _Page]] = [(False, _Page())]  # whether it was quoted
        self.boxes: list[tuple[str, bool, bool]] = []  # the open ones; whether they opened a quotation, are hidden
        self.open_tags: Counter[str] = Counter()
        self.in_quotes, self.in_history = 0, False
        self.hide, self.hidden = hide, 0
        self.pictures: list[str] = []  # what they show
        self.lists: list[int | None] = []  # the open ones, with the number of the last item

    @property
    def page(self) -> _Page:
        return self.pages[-1][1]

    @property
    def says_something(self) -> bool:
        return any(page.parts for _quoted, page in self.pages)

    def divided(self) -> tuple[str, str]:
        pieces = [(quoted, text) for quoted, page in self.pages if (text := page.text).strip()]
        if not pieces:
            return "\n".join(self.pictures), ""
        first = next((number for number, (quoted, _text) in enumerate(pieces) if quoted), len(pieces))
        last = max((number for number, (quoted, _text) in enumerate(pieces) if quoted), default=-1)
        if any(not quoted for quoted, _text in pieces[first:last]):
            return "\n\n".join(_marked(text) if quoted else text for quoted, text in pieces), ""
        own, quoted = ("\n\n".join(text for is_quoted, text in pieces if is_quoted is want) for want in (False, True))
        return own, quoted

    def write(self, text: str) -> None:
        if self.hidden:
            return
        text = html.unescape(text).replace("\xa0", " ")
        if not self.open_tags["pre"]:
            self.page.write(SPACE.sub(" ", text))
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self.page.end_line(min(self.page.gap + 1, GAP))
            self.page.write(line, as_it_is=True)

    def open(self, tag: str, attributes: str) -> None:
        if tag in BOXES:
            self._open_box(tag, attributes)
        if tag == "br":
            self.page.end_line(min(self.page.gap + 1, GAP))
        elif tag in BREAKS:
            self.page.end_line(2 if tag in APART else 1)
        elif tag in {"td", "th"}:
            self.page.write(" ")
        elif tag == "img" and len(self.pictures) < PICTURES and (shows := ALT.search(attributes)):
            self.pictures.append(f"[{SPACE.sub(' ', html.unescape(shows[1] or shows[2])).strip()}]")
        if tag in {"ol", "ul"} and len(self.lists) < LISTS:
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.page.bullet = self._bullet()

    def _bullet(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number + 1}. "

    def _open_box(self, tag: str, attributes: str) -> None:
        hidden = self.hide and bool(HIDDEN.search(attributes))
        quotes = tag != "span" and bool(QUOTES.search(attributes))
        self.in_history = self.in_history or (tag != "span" and bool(HISTORY.search(attributes)))
        self.boxes.append((tag, quotes, hidden))
        self.open_tags[tag] += 1
        self.in_quotes += quotes
        self.hidden += hidden
        self._turn()

    def close(self, tag: str) -> None:
        if tag in BREAKS:
            self.page.end_line(2 if tag in APART else 1)
        if tag in {"ol", "ul"} and self.lists:
            self.lists.pop()
        if tag == "span" and not (self.boxes and self.boxes[-1][0] == "span"):
            return  # it closes nothing that matters
        while self.open_tags[tag]:  # what was left open inside it ends too
            inner, quotes, hidden = self.boxes.pop()
            self.open_tags[inner] -= 1
            self.in_quotes -= quotes
            self.hidden -= hidden
            if inner == tag:
                break
        self._turn()

    def _turn(self) -> None:
        """Begin a new piece where quoted text begins or ends."""
        quoted = bool(self.in_quotes or self.in_history)
        if quoted != self.pages[-1][0]:
            if self.pages[-1][1].parts or len(self.pages) == 1:
                self.pages.append((quoted, _Page()))
            else:
                self.pages.pop()
                if self.pages[-1][0] != quoted:
                    self.pages.append((quoted, _Page()))


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
