"""Text as other systems have it, plain, with the marks of Markdown or as HTML, made into clean HTML."""

import re
from html import escape, unescape

from django.utils.html import strip_tags

from knowledge.models.markup import clean_html, must_be_fit

HTML = re.compile(
    r"</?(?:p|br|ul|ol|li|strong|em|b|i|a|h[1-6]|table|tr|td|th|thead|tbody|div|span|blockquote)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
ENDS = re.compile(r"</(?:p|li|h[23]|tr|td|th)>|<br>")
OLD = [(re.compile(rf"<(/?){old}(?=[\s>/])", re.IGNORECASE), rf"<\1{new}") for old, new in
       (("b", "strong"), ("i", "em"), ("h1", "h2"), ("h[4-6]", "h3"))]  # fmt: skip
BULLET = re.compile(r"[-*•·]\s+(.*)")
DASH = re.compile(r"^[-•·]\s+")
NUMBER = re.compile(r"\d{1,2}[.)]\s+(.*)")
HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(((?:https?://|mailto:|tel:)[^\s()<>]{1,1000})\)")
STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
ENUMERATED = re.compile(r"(?P<intro>[^;]*:) ?(?P<items>[^;.:]+(?:; ?[^;.:]+){2,})\.(?:\s+(?P<rest>.*))?$", re.DOTALL)


def as_html(text: str) -> str:
    """Give clean HTML: HTML is cleaned, in other text the lines, lists, links and headings are made into it.

    Raises Unfit.
    """
    must_be_fit(text)
    if HTML.search(text):
        for pattern, new in OLD:
            text = pattern.sub(new, text)
        return clean_html(text).strip()
    return clean_html("".join(_blocks(text)))


def as_text(text: str) -> str:
    """Give the words of HTML or of other text, a line for each paragraph or point."""
    html = as_html(text)
    return unescape(strip_tags(ENDS.sub(r"\n\g<0>", html))).strip()


def paragraphs(text: str) -> str:
    """Give plain text as paragraphs, a line each; "a: b; c; d." becomes a list, for nothing else is written so."""
    return clean_html("".join(html for line in text.splitlines() if line.strip() for html in _enumerated(line.strip())))


def _enumerated(line: str) -> list[str]:
    found = ENUMERATED.match(line)
    if found is None:
        return [f"<p>{escape(line, quote=False)}</p>"]
    items = "".join(f"<li>{escape(DASH.sub('', item.strip()), quote=False)}</li>" for item in found["items"].split(";"))
    rest = _enumerated(found["rest"].strip()) if (found["rest"] or "").strip() else []
    return [f"<p>{escape(found['intro'].strip(), quote=False)}</p><ul>{items}</ul>", *rest]


def _blocks(text: str) -> list[str]:
    """Give the pieces of a text with the marks of Markdown as HTML."""
    made: list[str] = []
    kind, held = "", list[str]()

    def end() -> None:
        nonlocal kind
        if kind == "p":
            made.append(f"<p>{'<br>'.join(held)}</p>")
        elif kind:
            made.append(f"<{kind}>{''.join(f'<li>{item}</li>' for item in held)}</{kind}>")
        kind = ""
        held.clear()

    for line in map(str.strip, text.splitlines()):
        now, words = _line(line)
        if now != kind or now == "h3":
            end()
        if now == "h3":
            made.append(f"<h3>{_inline(words)}</h3>")
        elif now:
            kind = now
            held.append(_inline(words))
    end()
    return made


def _line(line: str) -> tuple[str, str]:
    """Give what a line belongs to, and its words."""
    if not line:
        return "", ""
    for kind, pattern in (("ul", BULLET), ("ol", NUMBER), ("h3", HEADING)):
        if found := pattern.fullmatch(line):
            return kind, found[1]
    return "p", line


def _inline(words: str) -> str:
    words = STRONG.sub(r"<strong>\1</strong>", escape(words, quote=False))
    return LINK.sub(lambda found: f'<a href="{found[2].replace(chr(34), "%22")}">{found[1]}</a>', words)
