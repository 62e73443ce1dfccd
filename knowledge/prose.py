"""The text of an article as the screen shows it: safe, and with a place to go to at each heading."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from knowledge.models.markup import HEADING, Section, clean_html, heading

Headings = list[tuple[str, str]]


@dataclass(frozen=True)
class Prose:
    """Safe HTML, and its headings as (id, words)."""

    html: SafeString
    headings: Headings


@dataclass(frozen=True)
class Part:
    """One part of an article: its heading with an id, empty where there is none, and safe HTML."""

    name: str
    words: str
    html: SafeString
    internal: bool


def render(body: str) -> Prose:
    """Give the text of an article with an id on each h2, cleaned once more."""
    headings: Headings = []
    return Prose(_placed(body, headings), headings)


def in_parts(parts: Iterable[Section]) -> tuple[list[Part], Headings]:
    """Give the parts of an article with their headings; two of the same name go to places of their own."""
    headings: Headings = []
    found = []
    for part in parts:
        words = heading(part)
        name = _name(words, headings) if words else ""
        html = _placed(part["html"], headings)
        found.append(Part(name, words, html, part["internal"]))
    return found, headings


def _name(words: str, headings: Headings) -> str:
    """Give the id of a heading, and remember it."""
    name = f"deel-{slugify(words) or len(headings) + 1}"  # deel-: no heading may take the id of a part of the page
    if any(name == known for known, _words in headings):
        name = f"{name}-{len(headings) + 1}"
    headings.append((name, words))
    return name


def _placed(body: str, headings: Headings) -> SafeString:
    def place(found: re.Match[str]) -> str:
        words = " ".join(unescape(strip_tags(found[1])).split())
        return f'<h2 id="{escape(_name(words, headings))}">{found[1]}</h2>'

    # The one place where an article becomes markup. It was cleaned when it was saved, and is cleaned again here
    # because rows may also come from an import, an older list of tags or the database itself; the ids are our slugs.
    return mark_safe(HEADING.sub(place, clean_html(body)))  # noqa: S308
