"""The text of an article as the screen shows it: safe, and with a place to go to at each heading."""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from knowledge.models import clean_html

# Sure to find each of them, because cleaned HTML is well formed and its h2 has no attributes.
HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


@dataclass(frozen=True)
class Prose:
    """Safe HTML, and its headings as (id, words)."""

    html: SafeString
    headings: list[tuple[str, str]]


def render(body: str) -> Prose:
    """Give the text of an article with an id on each h2, cleaned once more."""
    headings: list[tuple[str, str]] = []

    def place(found: re.Match[str]) -> str:
        words = " ".join(unescape(strip_tags(found[1])).split())
        name = f"deel-{slugify(words) or len(headings) + 1}"  # deel-: no heading may take the id of a part of the page
        if any(name == known for known, _words in headings):
            name = f"{name}-{len(headings) + 1}"
        headings.append((name, words))
        return f'<h2 id="{name}">{found[1]}</h2>'

    html = HEADING.sub(place, clean_html(body))
    # The one place where an article becomes markup. It was cleaned when it was saved, and is cleaned again above
    # because rows may also come from an import, an older list of tags or the database itself; the ids are our slugs.
    return Prose(mark_safe(html), headings)  # noqa: S308
