"""How long a page of the public site may be kept, and how a browser or proxy learns that it still holds.

A page is the same for everybody who asks for its address: it is kept for five minutes and may be shown a minute longer
while it is asked anew. What is withdrawn is so gone everywhere within six minutes.
"""

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

KEPT = 300  # seconds
LONGER = 60  # seconds in which it is shown while it is asked anew
SHEETS = ("kcc/css/tokens.css", "kcc/css/public.css", "kcc/vendor/icons.svg")


def mark(*parts: object) -> str:
    """Give the ETag of a page made of these parts: another one when a word, the look or the release is another."""
    made_of = repr((parts, translation.get_language(), settings.MUNICIPALITY, _look(settings.THEME_CSS, settings.LOGO)))
    return f'"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}"'


@lru_cache
def _look(theme: str, logo: str) -> str:
    """Give in a word how pages are made here: the templates, the style sheets, the words of the other language."""
    folders = [
        (Path(settings.BASE_DIR, "templates", "kennis"), "*.html"),
        (Path(settings.BASE_DIR, "locale"), "*/*/*.mo"),
    ]
    files = sorted(file for folder, names in folders for file in folder.glob(names))
    look = hashlib.sha256(settings.VERSION.encode())
    for file in files:
        look.update(file.read_bytes())
    for sheet in (*SHEETS, theme, logo):
        look.update(static(sheet).encode() if sheet else b"-")
    return look.hexdigest()


def still_good(request: HttpRequest, mark: str, changed_at: datetime | None) -> HttpResponse | None:
    """Give the answer that the page the other side has still holds, None when it must be made."""
    moment = int(changed_at.timestamp()) if changed_at else None
    response = get_conditional_response(request, etag=mark, last_modified=moment)
    return keep(response, mark, changed_at) if response is not None else None


def keep(response: HttpResponse, mark: str = "", changed_at: datetime | None = None) -> HttpResponse:
    """Let everybody keep this page for a while; NoStoreMiddleware sees to it that it is nobody's own."""
    response["Cache-Control"] = f"public, max-age={KEPT}, stale-while-revalidate={LONGER}"
    if mark:
        response["ETag"] = mark
    if changed_at:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    return response
