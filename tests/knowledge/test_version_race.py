"""Two editors at the same moment: nobody's words are lost, no number is given twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from knowledge.models import Article, Bulletin, Editorial, NotYet, Overtaken, Version
from knowledge.models.version import stamp_of
from tests import make
from tests.knowledge.writing import uuid4

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Give what each of these came to, done at the same moment: what it gave, or what it raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return act()
        except (NotYet, Overtaken, Version.DoesNotExist, Article.DoesNotExist) as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def words(title: str) -> Version:
    return Version(title=title, short_answer="Kort.", keywords="", sections=[], sources=[])


@pytest.fixture
def article(marit: User) -> Article:
    Editorial(four_eyes=False).save()
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
