"""Where articles send their readers, and whether something answers there.

Addresses inside the product are looked up; those of other sites are asked over contacts.channels.line, which resolves a
name once and refuses addresses inside our own walls at every hop. A site is asked once a second at most.
"""

import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _t

from accounts import locks
from contacts.channels import line
from contacts.models import Heartbeat
from knowledge.models import Article, Link
from knowledge.models.link import DAY, HOUR, LONGEST

HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
HOPS = 5
URL_SECONDS, ASK_SECONDS = 12.0, 8.0  # with line.CONNECT a turn so ends within the time that a task has
TURN = 6.0  # seconds in which new addresses are begun with
APART = 1.0  # seconds between two requests to one site
BODY = 65536  # bytes read of a page: that it is there is enough
AT_ONCE = 200
MARGIN = timedelta(minutes=5)
MOVED = {301, 302, 303, 307, 308}
CLOSED = {401, 402, 403, 405, 406, 407, 418, 429, 451, 999}  # somebody is there, and does not talk to us
LATER = {429, 503}
ALONE = 3  # sites that cannot be reached in a row, and none that can: it is our own way out


def urls_of(article: Article) -> set[str]:
    """Give the addresses in the text and the sources of an article that can be looked at."""
    hrefs = {unescape(href) for part in article.sections for href in HREF.findall(part["html"])}
    found = {_bare(href.strip()) for href in hrefs | {source.get("url", "") for source in article.sources}}
    return {url for url in found if _fits(url) and (is_inside(url) or url.startswith(("http://", "https://")))}


def _fits(url: str) -> bool:
    return 0 < len(url.encode(errors="replace")) <= LONGEST


def _bare(url: str) -> str:
    """Give an address without the place on its page; one that is none as it is, to be told so when it is looked at."""
    try:
        return urldefrag(url).url
    except ValueError:
        return url


def _joined(url: str, location: str) -> str:
    """Give where a site sends us on, empty when that is no address."""
    try:
        return urldefrag(urljoin(url, location)).url
    except ValueError:
        return ""


def gather(articles: Iterable[Article]) -> None:
    """Have the addresses of these articles to look at, and forget those that are no longer in them."""
    articles = list(articles)
    Link.keep(articles, {article.pk: urls_of(article) for article in articles})


def gather_changed(*, everything: bool = False) -> None:
    """Gather of what was saved since the last time; what readers cannot read has nothing to look at."""
    known = Heartbeat.ages(["gather"]).get("gather")
    rows = Article.objects.order_by("pk")
    if known is not None and not everything:
        rows = rows.filter(changed_at__gte=known[0] - MARGIN)
    with Heartbeat.beat("gather"):
        last = 0
        while some := list(
            rows.filter(pk__gt=last).only("sections", "sources", "published_at", "withdrawn_at")[:AT_ONCE]
        ):
            shown = {
                article.pk: urls_of(article) for article in some if article.published_at and not article.withdrawn_at
            }
            Link.keep(some, shown)
            last = some[-1].pk


def is_inside(url: str) -> bool:
    """Say whether an address is one of this product itself."""
    return url.startswith(f"{settings.BASE_URL}/") or (url.startswith("/") and not url.startswith("//"))


def check_due(*, now: datetime, seconds: float = TURN) -> int:
    """Look at what is due for some seconds, and say at how many addresses; one process at a time does."""
    with locks.held("check:links") as mine:
        return Turn(now=now, seconds=seconds).go() if mine else 0


class Turn:
    """Some seconds of looking at addresses."""

    def __init__(self, *, now: datetime, seconds: float) -> None:
        self.now, self.until = now, time.monotonic() + seconds
        self.begun = time.monotonic()
        self.asked: dict[str, float] = {}
        self.unreachable: dict[str, str] = {}  # the first words about each site that could not be reached
        self.reached = False

    def go(self) -> int:
        """Look at what is due until the time is over, sites by turns; give at how many addresses."""
        looked = 0
        for url in self._urls():
            if time.monotonic() > self.until or self._is_alone():
                break
            self._look(url)
            looked += 1
        self._settle()
        return looked

    def _urls(self) -> list[str]:
        """Give the addresses that are due, those of one site far from each other."""
        due = Link.objects.due(now=self.now).values_list("url", flat=True)[:AT_ONCE]
        sites: dict[str, list[str]] = {}
        for url in dict.fromkeys(due):
            sites.setdefault(_site(url), []).append(url)
        rows = [(place, url) for urls in sites.values() for place, url in enumerate(urls)]
        return [url for _place, url in sorted(rows, key=lambda row: row[0])]

    def _look(self, url: str) -> None:
        rows = Link.objects.to(url)
        rows.wait(until=self.now + HOUR)  # whatever ends this turn meanwhile, the next one begins with others
        if is_inside(url):
            found = broken_inside(url)
            rows.failed(found, now=self.now, at_once=True) if found else rows.answered(now=self.now)
            rows.wait(until=self.now + DAY)
        elif not settings.CHECK_LINKS:
            rows.wait(until=self.now + DAY)
        else:
            self._look_outside(url)

    def _look_outside(self, url: str) -> None:
        rows = Link.objects.to(url)
        try:
            status = self._status(url)
        except line.Forbidden:
            note = "" if line.origin(url) else _t("Dit is geen geldig adres.")
            inside = _t("Niet gecontroleerd: dit adres is niet openbaar.")
            rows.failed(note, now=self.now) if note else rows.answered(now=self.now, note=inside)
        except line.Unreachable:
            self.unreachable.setdefault(url, _t("Deze website is niet te bereiken."))
        except line.BrokenOff:
            self.reached = True
            rows.failed(_t("Deze website antwoordt niet op tijd."), now=self.now)
        else:
            self.reached = True
            self._note(url, status)

    def _note(self, url: str, status: int) -> None:
        rows = Link.objects.to(url)
        if status in LATER:
            return  # asked again in an hour
        if status in MOVED:
            rows.failed(_t("Dit adres verwijst steeds door."), now=self.now)
        elif status < 400 or status in CLOSED:
            rows.answered(now=self.now)
        else:
            gone = status in (404, 410)
            words = (
                _t("Deze pagina bestaat niet (%(status)s).") if gone else _t("De website geeft een fout (%(status)s).")
            )
            rows.failed(words % {"status": status}, now=self.now)

    def _is_alone(self) -> bool:
        """Say whether some sites could not be reached and no site could."""
        return not self.reached and len({_site(url) for url in self.unreachable}) >= ALONE

    def _settle(self) -> None:
        """Count what could not be reached as failed, unless nothing could: then it is our own way out."""
        if self._is_alone():
            return
        for url, words in self.unreachable.items():
            Link.objects.to(url).failed(words, now=self.now)

    def _status(self, url: str) -> int:
        """Give what a site says about an address in the end: HEAD, and GET where that gives no good word."""
        until = time.monotonic() + URL_SECONDS
        try:
            status = self._followed("HEAD", url, until=until)
        except line.BrokenOff:  # some sites let nobody ask for the head alone
            status = 599
        return status if status < 400 else self._followed("GET", url, until=until)

    def _followed(self, method: str, url: str, *, until: float) -> int:
        status = 0
        for _hop in range(HOPS + 1):
            self._wait_turn(url)
            left = min(ASK_SECONDS, until - time.monotonic())
            if left <= 0:
                raise line.BrokenOff("No time left")
            answer = line.ask(method, url, ours=_own(url), limit=BODY, seconds=left, plain=True)
            status = answer.status
            if status not in MOVED or not answer.headers.get("location"):
                break
            further = _joined(url, answer.headers["location"])
            if not further:
                break
            url = further
        return status

    def _wait_turn(self, url: str) -> None:
        """Leave a second between two requests to one site, also after the turn before this one."""
        site = _site(url)
        wait = self.asked.get(site, self.begun) + APART - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self.asked[site] = time.monotonic()


def _own(url: str) -> str:
    """Give the base address of a site of our own that may stand inside our walls, when this is one."""
    place = line.origin(url)
    return next((base for base in settings.LINK_ORIGINS if line.origin(base) == place), "")


def _site(url: str) -> str:
    """Give the site of an address, or the address itself when it has none."""
    place = line.origin(url)
    return f"{place[1]}:{place[2]}" if place else url


def broken_inside(url: str) -> str:
    """Give what is wrong with an address of this product, empty when nothing is."""
    try:
        found = resolve(unquote(urlsplit(url).path))
    except (Resolver404, ValueError):
        return _t("Deze pagina bestaat niet.")
    uuid = found.kwargs.get("uuid")
    if found.app_name != "knowledge" or not isinstance(uuid, UUID):
        return ""
    article = Article.objects.filter(uuid=uuid).first()
    if article is None:
        return _t("Dit artikel bestaat niet meer.")
    return "" if article.is_readable else _t("Dit artikel is nu niet te lezen.")
