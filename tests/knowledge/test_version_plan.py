"""A version that is planned or announced: when readers get it, and who hears of it, also when that goes."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.worktime import LOCAL
from knowledge.models import Article, Bulletin, NotYet, Version
from tests import make
from tests.knowledge.writing import four_eyes, opened, words

pytestmark = pytest.mark.django_db
STOPPED = "M. de Vries zette de geplande publicatie van “Paspoort aanvragen” stop"


@pytest.fixture
def article(marit: User) -> Article:
    return make.article("Paspoort", short_answer="Kort.")


def test_later(article: Article, marit: User, mies: User) -> None:
    version, moment = opened(article, marit), timezone.now() + timedelta(hours=2)
    with pytest.raises(NotYet):
        version.schedule(moment, summary="", announced=False, by=marit)
    version.submit(by=marit)
    version.approve(by=mies)
    version.schedule(moment, summary="Nieuw tarief", announced=True, by=marit)
    assert version.state == "scheduled"
    assert not Version.objects.due(now=timezone.now())
    assert list(Version.objects.due(now=moment)) == [version]
    assert version.hold()
    assert not version.hold()
    assert version.state == "approved"
    version.schedule(moment, summary="Nieuw tarief", announced=True, by=marit)
    assert version.publish(by=None)
    assert (version.summary, version.announced) == ("Nieuw tarief", True)


def test_an_important_change_is_told(article: Article, marit: User) -> None:
    four_eyes(on=False)
    version = opened(article, marit)
    version.publish(summary="Nieuw tarief", announced=True, by=marit)
    assert version.bulletin.text == "Nieuw tarief"


def test_what_cannot_be_read_yet_is_announced_when_it_can(article: Article, marit: User) -> None:
    four_eyes(on=False)
    tomorrow = timezone.localdate() + timedelta(days=1)
    Article.objects.filter(pk=article.pk).update(valid_from=tomorrow)
    version = opened(article, marit)
    version.publish(summary="Nieuw tarief", announced=True, by=marit)
    assert version.bulletin.starts_at == datetime.combine(tomorrow, time.min, LOCAL)
    today = timezone.localdate()
    Article.objects.filter(pk=article.pk).update(valid_from=None, valid_until=today - timedelta(days=1))
    over = opened(article, marit, "Voorbij")
    over.publish(summary="Nieuw tarief", announced=True, by=marit)
    assert not Bulletin.objects.filter(version=over).exists()


def test_what_is_announced_moves_with_its_first_day(article: Article, marit: User) -> None:
    four_eyes(on=False)
    article.valid_from = timezone.localdate() + timedelta(days=9)
    article.save()
    version = opened(article, marit)
    version.publish(summary="Nieuw tarief", announced=True, by=marit)
    assert version.bulletin.state == "coming"
    version.article.describe({"valid_from": None}, topics=[], related=[], by=marit)
    version.bulletin.refresh_from_db()
    assert version.bulletin.state == "current"


def test_who_planned_it_hears_that_a_colleague_wrote_in_it(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=False)
    version = opened(article, marit)
    version.schedule(timezone.now() + timedelta(hours=2), summary="", announced=False, by=marit)
    version.write(words("Iets anders"), by=mies)
    text = "M. Bos wijzigde “Iets anders”. Het wordt niet meer vanzelf gepubliceerd."
    assert marit.notifications.get().text == text


def planned(article: Article, *, by: User, planner: User) -> Version:
    version = opened(article, by)
    version.submit(by=by)
    version.approve(by=planner)
    version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=planner)
    by.notifications.all().delete()
    return version


@pytest.mark.parametrize("how", ["drop", "withdraw", "hold", "restore"])
def test_who_planned_it_hears_that_it_goes(how: str, article: Article, marit: User, mies: User) -> None:
    four_eyes(on=False)
    former = opened(article, marit, "Vorige")
    former.publish(by=marit)
    four_eyes(on=True)
    version = planned(article, by=marit, planner=mies)
    article.refresh_from_db()
    acts = {
        "drop": lambda: version.drop(by=marit),
        "withdraw": lambda: article.withdraw(by=marit),
        "hold": lambda: version.hold(by=marit),
        "restore": lambda: Version.restore(former, by=marit),
    }
    for _twice in range(2 if how in ("withdraw", "hold") else 1):
        acts[how]()
    version.refresh_from_db()
    assert version.publish_at is None
    assert [line.text for line in mies.notifications.all()] == [STOPPED]
    assert not marit.notifications.exists()


def test_who_wrote_and_planned_it_hears_once(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=False)
    version = opened(article, marit)
    version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=marit)
    version.drop(by=mies)
    assert marit.notifications.get().text == "M. Bos zette jouw tekst voor “Paspoort aanvragen” opzij"
    again = Version.restore(version, by=marit)
    again.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=marit)
    marit.notifications.all().delete()
    again.submit(by=marit)
    assert again.send_back("Nee.", by=mies)
    assert marit.notifications.get().text == "M. Bos gaf “Paspoort aanvragen” terug met een opmerking"
    assert (again.state, again.publish_at) == ("draft", None)
