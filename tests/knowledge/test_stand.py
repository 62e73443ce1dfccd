"""An editor's open page hears what colleagues do with the article."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import push
from accounts.models import User
from knowledge.models import Article, Version
from tests import make
from tests.knowledge.writing import at, opened

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def article(db: None) -> Article:
    return make.article("Paspoort", short_answer="Kort.", body="<h2>Uitleg</h2><p>Oud</p>")


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What is told to open pages, in order."""
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(push, "_publish", lambda event, channels: told.append((event, *channels)))
    return told


def stands(client: Client, article: Article, *, since: str = "") -> str:
    early = str(int((timezone.now() - timedelta(minutes=1)).timestamp()))
    return client.get(at(article, "edit/stand/"), {"since": since or early}).content.decode()


def test_what_colleagues_did(article: Article, as_user: Browser, marit: User, mies: User) -> None:
    writing = as_user(marit)
    version = opened(article, marit)
    assert "kcc-notice is-warn" not in stands(writing, article)
    version.submit(by=marit)
    assert "bood dit aan" not in stands(writing, article)  # one's own doing is no news
    assert f"{mies.short_name} gaf dit terug" not in stands(writing, article)
    version.send_back("De kosten\nkloppen niet.", by=mies)
    shown = stands(writing, article)
    assert f"{mies.short_name} gaf dit terug" in shown
    assert "De kosten<br>kloppen niet." in shown
    assert 'value="submit"' in shown  # and it can be offered again
    version.submit(by=marit)
    version.approve(by=mies)
    shown = stands(writing, article)
    assert f"{mies.short_name} keurde dit goed" in shown
    assert 'value="publish"' in shown
    assert "Goedgekeurd" in shown
    version.publish(by=mies)
    assert f"{mies.short_name} publiceerde dit" in stands(writing, article)
    article.refresh_from_db()
    article.withdraw(by=mies)
    assert "Dit artikel is ingetrokken" in stands(writing, article)
    assert "Dit artikel is ingetrokken" not in stands(as_user(mies), article, since="99999999999")


def test_a_colleague_offers_takes_over_and_puts_aside(
    article: Article, as_user: Browser, marit: User, mies: User
) -> None:
    writing = as_user(marit)
    writing.get(at(article))
    opened(article, marit).submit(by=mies)
    article.take_over(by=mies)
    shown = stands(writing, article)
    assert f"{mies.short_name} bood dit aan" in shown
    assert f"{mies.short_name} bewerkt dit artikel sinds" in shown
    assert "Wat jij schreef, blijft hier staan." in shown
    Version.objects.open().get().put_aside(by=mies)
    assert "Dit concept is opzij gezet" in stands(writing, article)


def test_looking_takes_no_lock(article: Article, as_user: Browser, marit: User) -> None:
    stands(as_user(marit), article)
    article.refresh_from_db()
    assert article.editor is None


@pytest.mark.parametrize("since", ["x", "-1", "99999999999", "9" * 400, "¼", "\0"])
def test_a_strange_moment(since: str, article: Article, as_user: Browser, marit: User) -> None:
    assert as_user(marit).get(at(article, "edit/stand/"), {"since": since}).status_code == 200


def test_only_editors_hear(article: Article, as_user: Browser, noor: User, marit: User) -> None:
    assert as_user(noor).get(at(article, "edit/stand/")).status_code == 403
    url = as_user(marit).get(at(article)).context["events_url"]
    token = url.partition("?t=")[2].replace("%3A", ":")
    assert f"article:{article.pk}" in push.renewed(token, marit)


def test_open_pages_are_told(
    article: Article,
    marit: User,
    mies: User,
    hints: list[tuple[str, ...]],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    channel = ("article", f"article:{article.pk}")

    def told(act: Callable[[], object]) -> bool:
        hints.clear()
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():  # type: ignore[attr-defined]
            act()
        return channel in hints

    version = opened(article, marit)
    assert told(lambda: version.submit(by=marit))
    assert told(lambda: version.send_back("Nee", by=mies))
    assert not told(lambda: version.send_back("Nee", by=mies))
    assert told(lambda: version.submit(by=marit))
    assert told(lambda: version.approve(by=mies))
    moment = timezone.now() + timedelta(days=1)
    assert told(lambda: version.schedule(moment, summary="", announced=False, by=mies))
    assert told(lambda: version.hold(by=marit))
    assert told(lambda: version.publish(by=mies))
    article.refresh_from_db()
    assert told(lambda: article.withdraw(by=mies))
    assert told(article.bring_back)
    assert told(lambda: article.take_over(by=mies))
