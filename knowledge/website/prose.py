"""The text of an article for everybody: its public parts, with links that lead citizens somewhere."""

import re
from html import escape, unescape
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from accounts.uuids import as_uuid
from knowledge import prose
from knowledge.models import Article
from knowledge.website import address

LINK = re.compile(r'<a href="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
INSIDE = re.compile(r"/knowledge/([0-9a-f-]{36})/")
OPEN_PATHS = ("/kennis/", "/contact/")
WIDE = re.compile(r"<table>.*?</table>", re.DOTALL)


def render(article: Article) -> prose.Prose:
    """Give the public text: a link to an article leads to its public page, one to a page for colleagues is no link."""
    made = prose.render(article.public_html)
    known = _public_pages(made.html)
    html = LINK.sub(lambda link: _link(link, known), made.html)
    html = WIDE.sub(lambda table: f'<div class="kcc-pub-wide" tabindex="0" role="group">{table[0]}</div>', html)
    # prose.render() cleaned it; a link was only taken away or given an address of ours, a table a box to scroll in.
    return prose.Prose(mark_safe(html), made.headings)  # noqa: S308


def sources(article: Article) -> list[tuple[str, str]]:
    """Give the words and the address of each source; what is no web address of somebody else has words only."""
    found = []
    for source in article.sources:
        url = str(source.get("url") or "").strip()
        words = str(source.get("title") or url).strip()
        outside = url.lower().startswith(("http://", "https://")) and _path(url) is None
        if words and (outside or words != url):
            found.append((words, url if outside else ""))
    return found


def _public_pages(html: str) -> dict[str, str]:
    """Give the public address of each article that the text links to, for those that are public."""
    uuids = {found for link in LINK.finditer(html) if (found := _uuid_in(unescape(link[1])))}
    if not uuids:
        return {}
    articles = Article.objects.for_public().with_address().filter(uuid__in=uuids)
    return {str(one.uuid): address.of_article(one) for one in articles}


def _uuid_in(href: str) -> str:
    found = INSIDE.fullmatch(_path(href) or "")
    uuid = as_uuid(found[1]) if found else None
    return str(uuid or "")


def _path(href: str) -> str | None:
    """Give the path of an address in this house, None for one elsewhere."""
    try:
        parts, home = urlsplit(href), urlsplit(settings.BASE_URL)
    except ValueError:
        return None
    elsewhere = parts.scheme not in ("", "http", "https") or (parts.netloc and parts.netloc != home.netloc)
    return None if elsewhere or (not parts.netloc and not parts.path) else parts.path


def _link(link: re.Match[str], known: dict[str, str]) -> str:
    href = unescape(link[1])
    path = _path(href)
    if path is None or path.startswith(OPEN_PATHS):
        return link[0]
    if uuid := _uuid_in(href):
        return f'<a href="{escape(known[uuid])}">{link[3]}</a>' if uuid in known else link[3]
    asked = parse_qs(urlsplit(href).query).get("q") if path == "/knowledge/" else None
    if asked:
        return f'<a href="{escape(reverse("kennis:search") + "?" + urlencode({"q": asked[0]}))}">{link[3]}</a>'
    return link[3]
