"""What search engines read of a page: schema.org in JSON-LD. A browser takes it for data and runs none of it."""

import json
from textwrap import shorten
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _t

from knowledge.models import Article, Audience, Kind
from knowledge.models.markup import heading

ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
LONGEST = 155  # letters of a description that search engines show

Data = dict[str, Any]


def block(*things: Data) -> SafeString:
    """Give the block of a page that says what stands on it; nothing in it can end the block."""
    data = json.dumps({"@context": "https://schema.org", "@graph": list(things)}, ensure_ascii=False)
    # Below no < > & is left, so a text can neither close the element nor begin another.
    return mark_safe(f'<script type="application/ld+json">{data.translate(ESCAPED)}</script>')  # noqa: S308


def about(article: Article, url: str) -> Data:
    """Give a question with its answer, or a service with who gives it."""
    common = {"inLanguage": article.language, "url": url, "dateModified": _changed(article)}
    if article.kind == Kind.QUESTION:
        answer = {"@type": "Answer", "text": public_text(article)}
        question = {"@type": "Question", "name": article.title, "acceptedAnswer": answer}
        return {"@type": "FAQPage", "name": article.title, "mainEntity": [question], **common}
    office = _t("Gemeente %(name)s") % {"name": settings.MUNICIPALITY}
    service: Data = {
        "@type": "GovernmentService",
        "name": article.title,
        "description": description(article),
        "url": url,
        "availableLanguage": article.language,
        "provider": {"@type": "GovernmentOrganization", "name": office},
        "areaServed": {"@type": "AdministrativeArea", "name": settings.MUNICIPALITY},
        "audience": [{"@type": "Audience", "audienceType": words} for words in _audiences(article)],
    }
    if article.product is not None:
        service |= {"serviceType": article.product.name, "sameAs": article.product.uri}
    return service


def crumbs(*pages: tuple[str, str]) -> Data:
    """Give the way to a page: the words and the address of each step."""
    steps = [
        {"@type": "ListItem", "position": place, "name": words, "item": url}
        for place, (words, url) in enumerate(pages, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def site(url: str, search: str) -> Data:
    """Give the site itself, with where its search is."""
    find = {"@type": "SearchAction", "target": f"{search}?q={{words}}", "query-input": "required name=words"}
    name = _t("Antwoorden van de gemeente %(name)s") % {"name": settings.MUNICIPALITY}
    return {"@type": "WebSite", "name": name, "url": url, "potentialAction": find}


def description(article: Article) -> str:
    """Give the short answer as one line, cut at a word."""
    return shorten(" ".join(article.points).replace("**", ""), LONGEST, placeholder=" …")


def public_text(article: Article) -> str:
    """Give the short answer and the text for everybody, without markup."""
    parts = [" ".join(article.points).replace("**", "")]
    for part in article.public_sections:
        parts += [heading(part), strip_tags(part["html"].replace("</", " </"))]
    return " ".join(" ".join(parts).split())


def _changed(article: Article) -> str:
    moment = max(moment for moment in (article.checked_at, article.published_at, article.changed_at) if moment)
    return moment.isoformat()


def _audiences(article: Article) -> list[str]:
    if article.audience == Audience.BOTH:
        return [str(Audience.CITIZENS.label), str(Audience.BUSINESSES.label)]
    return [str(Audience(article.audience).label)]
