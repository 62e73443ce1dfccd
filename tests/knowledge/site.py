"""Reading the pages of the public site."""

import json
import re
from typing import Any

from django.http import HttpResponse

from knowledge.models import Article
from knowledge.website import address


def url_of(article: Article) -> str:
    return address.of_article(article)


def text(response: Any) -> str:
    return str(response.content.decode())


def data_of(page: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["@context"] == "https://schema.org"
    return list(data["@graph"])


def shared(response: HttpResponse) -> bool:
    """Say whether everybody may keep this page: nothing in it is of one visitor."""
    return (
        response["Cache-Control"] == "public, max-age=60, s-maxage=180, stale-while-revalidate=30"
        and not response.has_header("Vary")
        and not response.cookies
    )
