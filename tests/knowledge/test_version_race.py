"""Two editors at the same moment: nobody's words are lost, no number is given twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Bulletin, NotYet, Overtaken, Version
from knowledge.models.versions import stamp_of
from knowledge.publication import publish_due
from tests import make
from tests.knowledge.writing import four_eyes, words

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Give what each of these came to, done at the same moment: what it gave, or what it raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(60)
            return act()
        except (NotYet, Overtaken, Version.DoesNotExist, Article.DoesNotExist) as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def article(marit: User) -> Article:
    four_eyes(on=False)
    return make.article("Paspoort")


def test_two_begin(article: Article, marit: User, mies: User) -> None:
    for _again in range(5):
        Version.objects.all().delete()
        one, other = at_once(lambda: Version.begin(article, by=marit), lambda: Version.begin(article, by=mies))
        assert one == other


def test_two_publish(article: Article, marit: User) -> None:
    for number in range(1, 6):
        Version.begin(article, by=marit).write(words(f"Versie {number}"), by=marit)
        both = [Version.objects.open().get() for _n in range(2)]
        came = at_once(*(partial(one.publish, summary="Nieuw", announced=True, by=marit) for one in both))
        assert sorted(came) == [False, True]
        article.refresh_from_db()
        assert (article.version, article.title) == (number, f"Versie {number}")
        assert Bulletin.objects.count() == number


def test_publishing_while_a_colleague_writes(article: Article, marit: User, mies: User) -> None:
    for n in range(6):
        version = Version.begin(article, by=marit)
        version.write(words(f"Oud {n}"), by=marit)
        mine, theirs = (Version.objects.get(pk=version.pk) for _n in range(2))
        came = at_once(partial(mine.publish, by=marit), partial(theirs.write, words(f"Nieuw {n}"), by=mies))
        article.refresh_from_db()
        if came[0] is True:  # published what Marit saw, and Mies hears that her words are not in it
            assert isinstance(came[1], NotYet)
            assert article.title == f"Oud {n}"
        else:  # written first: Marit must look again
            assert isinstance(came[0], NotYet)
            assert Version.objects.open().get().title == f"Nieuw {n}"
            Version.objects.open().get().publish(by=mies)


def test_two_pages_keep(article: Article, marit: User, mies: User) -> None:
    for n in range(5):
        seen = stamp_of(article)
        came = at_once(
            partial(Version.keep, article, words(f"Marit {n}"), page=uuid4(), seen=seen, by=marit),
            partial(Version.keep, article, words(f"Mies {n}"), page=uuid4(), seen=seen, by=mies),
        )
        assert sum(isinstance(one, Overtaken) for one in came) == 1
        kept = next(one for one in came if isinstance(one, Version))
        assert Version.objects.open().get().title == kept.title
        Version.objects.open().get().publish(by=marit)
        article.refresh_from_db()


def test_two_take_it_to_write(article: Article, marit: User, mies: User) -> None:
    one, other = (Article.objects.get(pk=article.pk) for _n in range(2))
    assert sorted(at_once(lambda: one.open_for(marit), lambda: other.open_for(mies))) == [False, True]


def test_dropping_while_a_colleague_publishes(article: Article, marit: User, mies: User) -> None:
    for _again in range(4):
        version = Version.begin(article, by=marit)
        version.write(words("Half af"), by=marit)
        mine, theirs = (Version.objects.get(pk=version.pk) for _n in range(2))
        dropped, published = at_once(partial(mine.drop, by=marit), partial(theirs.publish, by=mies))
        version.refresh_from_db()
        assert (version.state == "published") == (published is True) == isinstance(dropped, NotYet)


def ready(article: Article, marit: User, mies: User) -> Version:
    version = Version.begin(article, by=marit)
    version.write(words("Klaar"), by=marit)
    version.submit(by=marit)
    version.approve(by=mies)
    return version


def test_giving_back_while_it_is_published(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=True)
    for _again in range(5):
        version = ready(article, marit, mies)
        mine, theirs = (Version.objects.get(pk=version.pk) for _n in range(2))
        given, published = at_once(
            partial(mine.send_back, "Dit klopt niet!", by=mies), partial(theirs.publish, by=marit)
        )
        version.refresh_from_db()
        if given is True:  # then it is not published, and the remark stands
            assert isinstance(published, NotYet)
            assert (version.state, version.remark, version.approved_by) == ("draft", "Dit klopt niet!", None)
            version.drop(by=marit)
        else:
            assert isinstance(given, NotYet)
            assert (version.state, version.remark, published) == ("published", "", True)
            Version.objects.all().delete()


def test_giving_back_while_it_is_planned(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=True)
    tomorrow = timezone.now() + timedelta(days=1)
    for _again in range(5):
        version = ready(article, marit, mies)
        mine, theirs = (Version.objects.get(pk=version.pk) for _n in range(2))
        given, _planned = at_once(
            partial(mine.send_back, "Nee", by=mies),
            partial(theirs.schedule, tomorrow, summary="", announced=False, by=marit),
        )
        version.refresh_from_db()
        assert (given, version.state, version.remark) == (True, "draft", "Nee")
        version.drop(by=marit)


def test_holding_while_it_is_published(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=True)
    for _again in range(5):
        version = ready(article, marit, mies)
        version.schedule(timezone.now() - timedelta(seconds=1), summary="", announced=False, by=marit)
        mine = Version.objects.get(pk=version.pk)
        held, count = at_once(mine.hold, partial(publish_due, now=timezone.now()))
        version.refresh_from_db()
        assert (held, version.state) == ((True, "approved") if count == 0 else (False, "published"))
        Version.objects.all().delete()
