"""What the text of an article may hold, and its parts: a heading, the text below, for everybody or for colleagues."""

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import TypedDict

import nh3
from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge.models.word import Unfit, is_fit, tidy

TAGS = {
    "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "table", "thead", "tbody", "tr", "th", "td", "br",
    "blockquote",
}  # fmt: skip
ATTRIBUTES = {"*": set(), "a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
CLASSES = {"blockquote": {"warning"}}
HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)  # sure to find each of them in cleaned HTML, which is well formed


class SectionKind(models.TextChoices):
    """What a part of an article is about; those of a product page have a fixed order and a name of their own."""

    TEXT = "text", _("Uitleg")
    INTRO = "intro", _("Inleiding")
    APPLY = "apply", _("Aanvraag")
    CONDITIONS = "conditions", _("Voorwaarden")
    COSTS = "costs", _("Kosten")
    TERM = "term", pgettext_lazy("productpagina", "Termijn")
    OBJECTION = "objection", _("Bezwaar")
    CONTACT = "contact", _("Contact")
    MEMO = "memo", _("Voor medewerkers")  # deskMemo of the standard, never public


OF_A_PRODUCT = [kind for kind in SectionKind if kind not in (SectionKind.TEXT, SectionKind.MEMO)]


class Section(TypedDict):
    """One part of an article. Without a title of its own it has the name of its kind; html is clean."""

    kind: str
    title: str
    html: str
    internal: bool


def clean_html(html: str) -> str:
    """Give the HTML with only what an article may hold; everything else is dropped, scripts with their content."""
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, url_schemes={"http", "https", "mailto", "tel"}
    )


def must_be_fit(html: str) -> None:
    """Refuse HTML that would take minutes to read: raises Unfit."""
    if not is_fit(html):
        raise Unfit(
            str(_("Deze tekst is te lang of te ingewikkeld opgemaakt. Verdeel hem, of plak hem zonder opmaak."))
        )


def section(html: str, *, kind: str = SectionKind.TEXT, title: str = "", internal: bool = False) -> Section:
    """Give a part with clean text; what is for colleagues by its kind is never for everybody. Raises Unfit."""
    must_be_fit(html)
    internal = internal or kind == SectionKind.MEMO
    text = clean_html(html).strip()
    text = text if strip_tags(text).replace("&nbsp;", "").strip() else ""
    return Section(kind=str(kind), title=" ".join(title.split()), html=text, internal=internal)


def typed(html: str, *, kind: str = SectionKind.TEXT, title: str = "", internal: bool = False) -> Section:
    """Give a part with the text that somebody typed or pasted, out of a word processor too. Raises Unfit."""
    must_be_fit(html)
    return section(tidy(html), kind=kind, title=title, internal=internal)


def split(html: str) -> list[Section]:
    """Give the parts of a text with headings: each h2 begins one, what stands before the first is a part without.

    Raises Unfit.
    """
    must_be_fit(html)
    parts = HEADING.split(clean_html(html))
    found = [section(parts[0])] if strip_tags(parts[0]).strip() else []
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        found.append(section(text, title=unescape(strip_tags(heading))))
    return found


def is_internal(part: Section) -> bool:
    """Say whether a part is for colleagues only, by its mark or by its kind, whoever wrote the row."""
    return part["internal"] or part["kind"] == SectionKind.MEMO


def heading(part: Section) -> str:
    """Give the words above a part: its own, else the name of its kind; none where there is nothing below to name."""
    if part["title"] or part["kind"] == SectionKind.TEXT or not part["html"]:
        return part["title"]
    return str(SectionKind(part["kind"]).label)


def join(parts: Iterable[Section]) -> str:
    """Give the text of these parts as one piece of HTML, each under its heading."""
    return "".join(f"<h2>{escape(words)}</h2>{part['html']}" if (words := heading(part)) else part["html"]
                   for part in parts)  # fmt: skip
