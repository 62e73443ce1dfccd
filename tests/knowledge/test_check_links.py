"""Addresses in articles are looked at politely and safely, and are broken only when that is sure."""

import os
import random
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.test import override_settings
from django.utils import timezone

from contacts.channels import line
from contacts.models import Heartbeat
from knowledge import links, tasks
from knowledge.models import Article, Link
from knowledge.models.markup import section
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.outside.drops import until_drops
from tests.outside.server import Asked, Reply, Server

pytestmark = pytest.mark.django_db
DROPS = 400
NOW = (timezone.now() + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)  # after what is made


class Site(Server):
    """A site with pages of each kind; /hop/3 redirects three times, /kills has a turn killed as Celery does."""

    def answer(self, asked: Asked) -> Reply:
        path = asked.path
        if path == "/kills":
            os.kill(os.getpid(), signal.SIGUSR1)
            return Reply(hangs=True)
        if path == "/drips":
            return Reply(drips=DROPS) if asked.method == "GET" else Reply(405)
        if path == "/nohead":
            return Reply(200 if asked.method == "GET" else 404, b"x" * 200_000)
        if path.startswith("/hop/"):
            left = int(path.removeprefix("/hop/"))
            return Reply(302, b"", {"Location": f"/hop/{left - 1}"}) if left else Reply(200, b"")
        if path == "/nowhere":
            return Reply(302, b"", {"Location": "http://["})
        if path == "/inside":
            return Reply(301, b"", {"Location": "http://127.0.0.1:9/admin"})
        known = {"/ok": 200, "/gone": 404, "/broken": 500, "/login": 403, "/busy": 429}
        return Reply(known.get(path, 404), b"")


class Clock:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(links, "APART", 0.01)
    running = Site()
    with running, override_settings(LINK_ORIGINS=[running.url], CHECK_LINKS=True):
        yield running


def article(*urls: str, **fields: Any) -> Article:
    text = "".join(f'<p><a href="{url}">hier</a></p>' for url in urls)
    made = make.article(sections=[section(text)], **fields)
    links.gather([made])
    return made


def look(*, now: datetime = NOW) -> int:
    Link.objects.update(next_check_at=now)
    return links.check_due(now=now)


def errors() -> dict[str, tuple[int, bool]]:
    return {link.url.rpartition("/")[2]: (link.failures, link.failed_since is not None) for link in Link.objects.all()}


def test_addresses_come_from_the_text_and_the_sources() -> None:
    html = (
        '<a href="https://a.nl/x#deel">a</a><a href="mailto:x@y.nl">m</a><a href="tel:14">t</a><a href="#hier">h</a>'
        '<a href="/knowledge/?q=x&amp;y=1">k</a><a href="//b.nl/x">b</a>'
    )
    made = make.article(
        sections=[section(html), section('<a href="https://c.nl">c</a>', internal=True)],
        sources=[{"title": "Wet", "url": "https://wet.nl"}, {"title": "Leeg", "url": ""}],
    )
    assert links.urls_of(made) == {"https://a.nl/x", "/knowledge/?q=x&y=1", "https://c.nl", "https://wet.nl"}


def test_gathering_keeps_what_is_known_and_forgets_what_is_gone() -> None:
    made = article("https://a.nl/", "https://b.nl/")
    Link.objects.filter(url="https://a.nl/").update(failures=1)
    made.sections = [section('<a href="https://a.nl/">a</a><a href="https://c.nl/">c</a>')]
    made.save()
    links.gather_changed()
    assert dict(Link.objects.values_list("url", "failures")) == {"https://a.nl/": 1, "https://c.nl/": 0}
    made.withdraw()
    links.gather_changed()
    assert not Link.objects.exists()


def test_what_did_not_change_is_not_gathered_again(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        article(f"https://a.nl/{number}")
    links.gather_changed(everything=True)
    Article.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    Link.objects.filter(url="https://a.nl/3").delete()
    links.gather_changed()
    assert Link.objects.count() == 19
    with django_assert_max_num_queries(12):
        links.gather_changed(everything=True)
    assert Link.objects.count() == 20


def test_a_page_that_answers_is_looked_at_again_in_a_week(site: Site) -> None:
    article(*(f"{site.url}/{page}" for page in ("ok", "nohead", "login", "hop/5")))
    assert look() == 4
    assert set(errors().values()) == {(0, False)}
    assert set(Link.objects.values_list("next_check_at", flat=True)) == {NOW + timedelta(days=7)}
    assert [asked.method for asked in site.asked if asked.path == "/ok"] == ["HEAD"]
    assert [asked.method for asked in site.asked if asked.path == "/nohead"] == ["HEAD", "GET"]


def test_a_site_that_hangs_up_on_head_is_asked_for_the_page(site: Site) -> None:
    article(f"{site.url}/ok")
    site.fail(Reply(drops=True))
    look()
    assert [asked.method for asked in site.asked] == ["HEAD", "GET"]
    assert errors() == {"ok": (0, False)}
    for _time in range(2):
        site.fail(Reply(drops=True))
    look()
    assert errors() == {"ok": (1, False)}
    assert Link.objects.get().error == "Deze website antwoordt niet op tijd."


def test_broken_is_what_failed_on_two_days(site: Site) -> None:
    article(*(f"{site.url}/{page}" for page in ("gone", "broken", "hop/6")))
    look()
    look(now=NOW + timedelta(hours=2))
    assert set(errors().values()) == {(1, False)}
    look(now=NOW + timedelta(days=1))
    assert set(errors().values()) == {(2, True)}
    assert Link.objects.broken().count() == 3
    assert set(Link.objects.values_list("error", flat=True)) == {
        "Deze pagina bestaat niet (404).",
        "De website geeft een fout (500).",
        "Dit adres verwijst steeds door.",
    }
    assert {link.failed_since for link in Link.objects.all()} == {NOW + timedelta(hours=2)}


def test_what_answers_again_is_whole(site: Site) -> None:
    article(f"{site.url}/ok")
    Link.objects.update(failures=3, failed_since=NOW, checked_at=NOW, error="stuk")
    look(now=NOW + timedelta(days=1))
    link = Link.objects.get()
    assert (link.failures, link.failed_since, link.error) == (0, None, "")


def test_a_busy_site_is_asked_later(site: Site) -> None:
    article(f"{site.url}/busy")
    look()
    link = Link.objects.get()
    assert (link.failures, link.next_check_at) == (0, NOW + timedelta(hours=1))


def test_one_address_in_many_articles_is_asked_once(site: Site) -> None:
    for number in range(5):
        article(f"{site.url}/ok", title=f"Artikel {number}")
    assert look() == 1
    assert len(site.asked) == 1
    assert Link.objects.filter(checked_at=NOW).count() == 5


@override_settings(LINK_ORIGINS=[], CHECK_LINKS=True)
def test_what_is_inside_our_walls_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "APART", 0.0)
    with Site() as inside:
        article(f"{inside.url}/gone", "http://169.254.169.254/latest/", "http://[::1]/", "http://localhost/")
        look()
        look(now=NOW + timedelta(days=1))
        assert inside.asked == []
    assert set(Link.objects.values_list("failures", "failed_since", "error")) == {
        (0, None, "Niet gecontroleerd: dit adres is niet openbaar.")
    }


def test_a_redirect_does_not_lead_inside_our_walls(site: Site) -> None:
    article(f"{site.url}/inside")
    look()
    assert Link.objects.get().error == "Niet gecontroleerd: dit adres is niet openbaar."
    assert [asked.path for asked in site.asked] == ["/inside"]


def test_what_is_no_address_is_broken(site: Site) -> None:
    made = make.article(sources=[{"title": "A", "url": "http://exa mple.nl/"}, {"title": "B", "url": "https://"}])
    links.gather([made])
    look()
    look(now=NOW + timedelta(days=1))
    assert set(Link.objects.values_list("error", flat=True)) == {"Dit is geen geldig adres."}
    assert Link.objects.broken().count() == 2


def test_without_a_way_out_nothing_is_broken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = [f"http://127.0.0.1:{port}" for port in (1, 2, 3, 4)]
    article(*dead)
    with override_settings(LINK_ORIGINS=dead):
        assert look() == 3
        assert set(errors().values()) == {(0, False)}
        article(f"{site.url}/ok")
        with override_settings(LINK_ORIGINS=[*dead[:2], site.url]):
            Link.objects.exclude(url__in=[*dead[:2], f"{site.url}/ok"]).delete()
            look()
    found = {link.url: link.failures for link in Link.objects.all()}
    assert found == {dead[0]: 1, dead[1]: 1, f"{site.url}/ok": 0}


def test_the_setting_switches_the_outside_off(site: Site) -> None:
    article(f"{site.url}/gone", "/knowledge/weg/")
    with override_settings(CHECK_LINKS=False):
        look()
        look(now=NOW + timedelta(days=1))
    assert site.asked == []
    assert [link.url for link in Link.objects.broken()] == ["/knowledge/weg/"]


def test_our_own_pages_are_looked_up(settings: Any) -> None:
    known, hidden = make.article("Eén"), make.article("Twee", published_at=None)
    gone = "/knowledge/9f0c7f3a-2d5c-4f3c-9a0e-0b6a3a1f0001/"
    whole = f"{settings.BASE_URL}{known.get_absolute_url()}"
    article(known.get_absolute_url(), whole, "/knowledge/?q=x", hidden.get_absolute_url(), gone, "/weg")
    look()
    assert {link.url: link.error for link in Link.objects.broken()} == {
        hidden.get_absolute_url(): "Dit artikel is nu niet te lezen.",
        gone: "Dit artikel bestaat niet meer.",
        "/weg": "Deze pagina bestaat niet.",
    }
    make.article("Drie", uuid="9f0c7f3a-2d5c-4f3c-9a0e-0b6a3a1f0001")
    look(now=NOW + timedelta(days=1))
    assert Link.objects.broken().count() == 2


def test_a_site_is_asked_once_a_second(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "APART", 1.0)
    clock = Clock()
    monkeypatch.setattr(links, "time", clock)
    article(f"{site.url}/ok", f"{site.url}/hop/1")
    look()
    assert clock.slept == [1.0, 1.0, 1.0]


def test_the_task_gathers_and_looks(site: Site) -> None:
    make.article(sections=[section(f'<a href="{site.url}/ok">x</a>')])
    assert tasks.check_links() == 1
    assert Link.objects.get().failures == 0
    assert tasks.check_links() == 0
    assert set(Heartbeat.ages(["links", "gather"])) == {"links", "gather"}


def test_plain_http_to_the_world_is_asked_only_when_that_is_meant() -> None:
    with pytest.raises(line.Forbidden, match="Not over TLS"):
        line.ask("GET", "http://8.8.8.8/")
    with pytest.raises(line.Forbidden, match="Not a public address"):
        line.ask("GET", "http://127.0.0.1/", plain=True)


def test_what_is_no_address_stops_nothing(site: Site) -> None:
    none = [{"title": "Geen adres", "url": url} for url in ("http://[", "https://x]y/")]
    article(f"{site.url}/nowhere", f"{site.url}/gone", f"{site.url}/ok", sources=none)
    look()
    assert Link.objects.exclude(checked_at=None).count() == 5
    assert errors()["nowhere"] == (1, False)
    assert errors()["ok"] == (0, False)


@pytest.fixture
def killable() -> Iterator[None]:
    def killed(*_signal: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGUSR1, killed)
    yield
    signal.signal(signal.SIGUSR1, before)


def test_a_turn_that_is_killed_is_followed_by_one_for_the_others(site: Site, killable: None) -> None:
    article(f"{site.url}/kills", f"{site.url}/ok")
    Link.objects.filter(url__endswith="/kills").update(next_check_at=NOW - timedelta(days=1))
    Link.objects.filter(url__endswith="/ok").update(next_check_at=NOW)
    with pytest.raises(SoftTimeLimitExceeded):
        links.check_due(now=NOW)
    assert links.check_due(now=NOW + timedelta(minutes=1)) == 1
    assert [asked.path for asked in site.asked] == ["/kills", "/ok"]
    killing = Link.objects.get(url__endswith="/kills")
    assert (killing.next_check_at, killing.checked_at) == (NOW + timedelta(hours=1), None)


def test_a_page_that_comes_by_drops_holds_up_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    until_drops(monkeypatch, lambda: site.dripped)
    article(f"{site.url}/drips", f"{site.url}/ok")
    assert look() == 2
    assert 0 < site.dripped < DROPS
    assert errors() == {"drips": (0, False), "ok": (0, False)}


def test_a_turn_ends_before_the_time_of_a_task_is_over(settings: Any) -> None:
    limits = tasks.check_links.soft_time_limit, tasks.check_links.time_limit
    assert limits == (settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT)
    assert links.TURN + links.URL_SECONDS + line.CONNECT < settings.CELERY_TASK_SOFT_TIME_LIMIT


def test_an_address_that_is_too_long_to_keep_is_left_out() -> None:
    letters = random.Random(1)  # such as an index cannot press together
    short, long = ("".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(length)) for length in (300, 900))
    made = article(f"https://voorbeeld.nl/{short}", f"https://voorbeeld.nl/{long}")
    assert [link.url for link in made.links.all()] == [f"https://voorbeeld.nl/{short}"]
