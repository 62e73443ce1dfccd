"""The page of a mail made harmless: what is shown in a frame without rights, and only what a letter needs.

Nothing in it runs, nothing is fetched unless the reader asks for it, and no link tells where it was clicked.
"""

import re
from collections.abc import Mapping

import nh3

from contacts.channels.reading import nesting

SIZE = 1_500_000  # characters of a page
LINKS = 5000
TINY = 3  # pixels: such pictures only tell the sender that the mail was read

TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del", "div",
    "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p",
    "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
DROPPED = {
    "applet", "audio", "base", "canvas", "embed", "frame", "frameset", "head", "iframe", "link", "math", "meta",
    "noembed", "noframes", "noscript", "object", "option", "script", "select", "style", "svg", "template",
    "textarea", "title", "video", "xml",
}  # fmt: skip
ANY = {"style", "title", "dir", "lang", "align", "valign", "width", "height", "bgcolor"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": ANY,
    "a": {"href"},
    "img": {"src", "alt"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
}
SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}  # the last two for pictures only
MEASURE = re.compile(r"\d{1,5}(?:\.\d{1,3})?(?:px|%|pt|em)?")
SHORT = re.compile(r"[\w#%.,' -]{1,100}")
BLANKS = re.compile(r"[\x00-\x20\x7f]+")
LINK = re.compile(r"(?:https?:/{0,2}|mailto:|tel:)[^/\s]", re.IGNORECASE)
REMOTE = re.compile(r"(?:https?:)?//[^/\s]", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,[A-Za-z0-9+/=]+", re.IGNORECASE)
IMG = re.compile(r'<img((?: [a-z-]+="[^"]*+")++)>')
PAIR = re.compile(r' ([a-z-]+)="([^"]*+)"')

PROPERTY = re.compile(
    r"color|background|background-color|font|font-(?:family|size|style|weight|variant)|text-(?:align|decoration|indent)"
    r"|line-height|letter-spacing|vertical-align|white-space|list-style(?:-type)?|direction|float|clear|display"
    r"|border|border-(?:top|right|bottom|left)(?:-(?:color|style|width))?|border-(?:color|style|width|collapse|spacing)"
    r"|(?:padding|margin)(?:-(?:top|right|bottom|left))?|(?:max-|min-)?width|(?:max-|min-)?height|word-(?:break|wrap)"
    r"|overflow-wrap|table-layout"
)
VALUE = re.compile(r"(?:[\w\s#%.,'\"!+]|-(?!\d|\.)|\b(?:rgba?|hsla?)\([\d\s.,%/]{1,40}\)){1,300}", re.IGNORECASE)
DISPLAYS = {"block", "inline", "inline-block", "none", "list-item", "table", "table-row", "table-cell"}


def safe_html(markup: str, *, images: Mapping[str, str], remote: bool) -> str | None:
    """Give a page as it may be shown, or None when it is too large or too deep: then its text is shown.

    `images` gives for the Content-ID of a picture in the same mail the address where we serve it. Pictures from
    elsewhere keep their address in data-src, unless `remote` says that the reader wants them.
    """
    if len(markup) > SIZE or not nesting.is_bearable(markup):
        return None
    guard = _Guard(images)
    page = nh3.clean(
        markup.replace("\0", ""),
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=guard.attribute,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return IMG.sub(lambda found: _picture(found, guard.ours, remote=remote), page)


class _Guard:
    """Looks at each attribute that is let through at all."""

    def __init__(self, images: Mapping[str, str]) -> None:
        self.images = {name.strip("<>").lower(): place for name, place in images.items()}
        self.ours: set[str] = set()
        self.links = 0

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return style(value) or None
        if name == "href":
            self.links += 1
            address = BLANKS.sub("", value)
            return address if self.links <= LINKS and tag == "a" and LINK.match(address) else None
        if name == "src":
            return self._source(BLANKS.sub("", value)) if tag == "img" else None
        if name in {"alt", "title", "rel", "target"}:
            return value[:1000]
        if name in {"width", "height"}:
            return value if MEASURE.fullmatch(value.strip()) else None
        return value if SHORT.fullmatch(value) else None

    def _source(self, value: str) -> str | None:
        if value[:4].lower() == "cid:":
            place = self.images.get(value[4:].strip("<>").lower())
            if place is not None:
                self.ours.add(place)
            return place
        return value if REMOTE.match(value) or PICTURE.fullmatch(value) else None


def style(value: str) -> str:
    """Give what of a style only says how words and boxes look: no addresses, no places, no expressions."""
    if "\\" in value or "/*" in value or len(value) > 5000:
        return ""
    kept = []
    for declaration in value.split(";"):
        name, _colon, words = declaration.partition(":")
        name, words = name.strip().lower(), words.strip()
        if not PROPERTY.fullmatch(name) or not VALUE.fullmatch(words):
            continue
        if name == "display" and words.lower().removesuffix("!important").strip() not in DISPLAYS:
            continue
        kept.append(f"{name}:{words}")
    return ";".join(kept)


def _picture(found: re.Match[str], ours: set[str], *, remote: bool) -> str:
    """Give a picture as it may be shown: ours as it is, others without their address unless they are wanted."""
    pairs = dict(PAIR.findall(found[1]))
    source = pairs.get("src", "").replace("&amp;", "&")
    if not REMOTE.match(source) or source in ours:
        return found[0]
    if any(_is_tiny(pairs.get(name, "")) for name in ("width", "height")):
        return ""
    return found[0] if remote else found[0].replace(' src="', ' data-src="', 1)


def _is_tiny(measure: str) -> bool:
    number = measure.strip().removesuffix("px")
    return number.isdigit() and int(number) < TINY
