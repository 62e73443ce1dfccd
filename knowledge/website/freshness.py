"""How long a page of the public site may be kept, and how a browser or proxy learns that it still holds.

A page is the same for everybody who asks for its address. A proxy keeps it for three minutes and a browser for one,
each from when it got it, and both may show it half a minute longer while they ask anew. Whether it still holds is told
from the page itself, made again: nothing on it can be forgotten. What is withdrawn is gone everywhere in six minutes.
"""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

BY_PROXIES, BY_BROWSERS = 180, 60  # seconds
LONGER = 30  # seconds in which it is shown while it is asked anew
CACHE_CONTROL = f"public, max-age={BY_BROWSERS}, s-maxage={BY_PROXIES}, stale-while-revalidate={LONGER}"


def keep(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """Let everybody keep this page for a while; who has the very same one is told that it still holds.

    NoStoreMiddleware sees to it that it is nobody's own. It names no moment of its last change: what leaves a page has
    none.
    """
    page["Cache-Control"] = CACHE_CONTROL
    if page.status_code != 200:
        return page
    del page["Last-Modified"]
    page["ETag"] = f'"{hashlib.sha256(page.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=page["ETag"], response=page) or page
