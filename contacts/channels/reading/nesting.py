"""Whether a page of a stranger can be taken apart in reasonable time, seen in one walk over its tags.

The sanitiser builds a tree as browsers do (WHATWG HTML, "tree construction"), and that costs the square of how deep it
goes: two megabytes of open tags keep it busy for minutes. So its depth is reckoned first, and never too low: an end tag
counts only where a browser would heed it.
"""

import re

DEPTH = 400
AGAIN = 200_000  # times that an open font or bold is begun anew in a following paragraph
STEPS = 5_000_000  # past open elements, to find the one that ends
ATTRIBUTES = 300  # of one tag
LONG = 2000  # characters of the attributes from which they are counted

_S = r"[\t\n\f\r ]"
TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<end>/?)(?P<tag>[a-z][^\t\n\f\r />]*+)(?P<attributes>(?:[^>=]++|={_S}*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>"
    r"|<[/!?a-z][^>]*+(?:>|\Z)"
    r"|(?P<text>[^<]++|<)",
    re.IGNORECASE | re.DOTALL,
)
NAME = re.compile(r"\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r /=\"']++")
VOID = {
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr", "html", "head", "body",
}  # fmt: skip
RAW = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript")
}
FORMATS = {
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
}  # fmt: skip
CELLS = {"td", "th"}
MARKERS = CELLS | {"caption", "object", "applet", "marquee", "template"}
ROWS = CELLS | {"tr", "tbody", "thead", "tfoot", "caption", "colgroup"}
SCOPES = MARKERS | {"table", "select", "html"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "button", "center", "details", "dialog", "dir", "div", "dl",
    "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "listing", "main", "menu", "nav", "ol", "pre",
    "search", "section", "summary", "ul", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
SPECIAL = (BLOCKS - {"dialog"}) | SCOPES | ROWS | {"dd", "dt", "form", "frameset", "li", "p", "noscript", "plaintext"}
ITEM_WALLS = SPECIAL - {"address", "div", "p"}
PARAGRAPH_WALLS = SCOPES | {"button"}
LIST_WALLS = SCOPES | {"ol", "ul"}
TABLE_WALLS = {"table", "template", "select"}
ENDS_PARAGRAPH = (BLOCKS - {"button"}) | {"p", "form", "li", "dd", "dt", "plaintext"}
FOREIGN = {"svg", "math"}


def is_bearable(markup: str) -> bool:
    """Tell whether a page is not made to cost time: not too deep, and nothing in it that multiplies itself."""
    tree, at = _Tree(), 0
    while token := TOKEN.match(markup, at):
        at, tag = token.end(), (token["tag"] or "").lower()
        if token["text"]:
            tree.text(token["text"])
        elif tag and token["end"]:
            tree.close(tag)
        elif tag:
            if not _few(token["attributes"]):
                return False
            tree.open(tag)
            if tag == "plaintext" and not tree.foreign:
                return tree.bearable
            if tag in RAW and not tree.foreign:
                end = RAW[tag].search(markup, at)
                at = end.start() if end else len(markup)
        if not tree.bearable:
            return False
    return True


def _few(attributes: str) -> bool:
    return len(attributes) < LONG or sum(1 for _ in NAME.finditer(attributes)) <= ATTRIBUTES * 2


class _Tree:
    """The elements that are open, as a browser would have them."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.lost: list[str] = []  # formats that ended with their block and begin anew in what follows
        self.again = self.steps = 0
        self.foreign = False  # in a drawing other rules hold: from there on nothing closes

    @property
    def bearable(self) -> bool:
        return len(self.stack) + len(self.lost) <= DEPTH and self.again <= AGAIN and self.steps <= STEPS

    def text(self, text: str) -> None:
        if self.lost and not text.isspace():
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.again += len(self.lost)
        self.stack += self.lost
        self.lost = []

    def open(self, tag: str) -> None:
        if self.foreign or tag in FOREIGN:
            self.foreign = True
            self.stack.append(tag)
            return
        if tag in ROWS and "table" not in self.stack:
            return  # browsers pass over it
        if tag in {"a", "nobr"}:
            self._close_format(tag)
        elif tag in ENDS_PARAGRAPH:
            self._pop_to({"p"}, PARAGRAPH_WALLS)
        if tag in {"li", "dd", "dt"}:
            self._pop_to({"li"} if tag == "li" else {"dd", "dt"}, ITEM_WALLS)
        elif tag in CELLS:
            self._pop_to(CELLS, TABLE_WALLS | {"caption"})
        elif tag == "tr":
            self._pop_to({"tr"}, TABLE_WALLS | {"caption"})
        elif tag not in SPECIAL and self.lost:
            self._begin_anew()
        if tag not in VOID:
            self.stack.append(tag)

    def close(self, tag: str) -> None:
        if self.foreign or tag in VOID:
            return
        if tag in FORMATS:
            self._close_format(tag)
        elif tag == "form":
            self._take_out(tag, SCOPES)
        elif tag == "p":
            self._pop_to({tag}, PARAGRAPH_WALLS)
        elif tag == "li":
            self._pop_to({tag}, LIST_WALLS)
        elif tag in ROWS or tag == "table":
            self._pop_to({tag}, TABLE_WALLS)
        elif tag in BLOCKS or tag in MARKERS or tag in {"dd", "dt", "select"}:
            self._pop_to({tag}, SCOPES)
        else:
            self._pop_to({tag}, SPECIAL)

    def _pop_to(self, tags: set[str], walls: set[str]) -> None:
        """Close the nearest of these, with what was left open in it, if no wall stands before it."""
        for number in range(len(self.stack) - 1, -1, -1):
            name = self.stack[number]
            self.steps += 1
            if name in tags:
                inner = self.stack[number:]
                del self.stack[number:]
                if not MARKERS & tags:
                    self.lost += [one for one in inner if one in FORMATS]
                return
            if name in walls:
                return

    def _close_format(self, tag: str) -> None:
        if tag in self.lost:
            self.lost.reverse()
            self.lost.remove(tag)
            self.lost.reverse()
            return
        self._take_out(tag, SCOPES)

    def _take_out(self, tag: str, walls: set[str]) -> None:
        for number in range(len(self.stack) - 1, -1, -1):
            self.steps += 1
            if self.stack[number] == tag:
                del self.stack[number]
                return
            if self.stack[number] in walls:
                return
