"""What was planned is published when its moment has come: once, and what cannot be harms nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import Notification, User
from contacts.models import Heartbeat
from knowledge import publication, tasks
from knowledge.models import Article, Bulletin, Version
from tests import make
from tests.knowledge.writing import four_eyes, words

SOON = timedelta(minutes=5)


def planned(
    mies: User, els: User, title: str = "Nieuwe titel", *, late: bool = True, announced: bool = False
) -> Version:
    """Give a version that was approved and planned, and is due unless told otherwise."""
    version = Version.begin(make.article("Oude titel"), by=mies)
    version.write(words(title, sections=version.sections), by=mies)
    version.submit(by=mies)
    version.approve(by=els)
    version.schedule(timezone.now() + SOON, summary="Nieuw tarief", announced=announced, by=mies)
    if late:
        Version.objects.filter(pk=version.pk).update(publish_at=timezone.now() - SOON)
    return version


def test_what_is_due_is_published_and_the_rest_waits(mies: User, els: User) -> None:
    due, later = planned(mies, els, announced=True), planned(mies, els, "Later", late=False)
    assert tasks.publish_due() == 1
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, due.number, due.published_by, due.summary) == ("published", 1, mies, "Nieuw tarief")
    assert later.state == "scheduled"
    assert Article.objects.get(pk=due.article_id).title == "Nieuwe titel"
    assert Bulletin.objects.filter(version=due).count() == 1
    assert tasks.publish_due() == 0
    assert "publish" in Heartbeat.ages(["publish"])


def test_what_was_taken_back_is_not_published(mies: User, els: User) -> None:
    version = planned(mies, els)
    version.refresh_from_db()
    version.hold()
    assert tasks.publish_due() == 0
    assert Article.objects.get().title == "Oude titel"


def test_what_lost_its_approval_waits_for_a_person_who_hears_why(mies: User, els: User) -> None:
    version, sound = planned(mies, els), planned(mies, els, "Goed")
    Version.objects.filter(pk=version.pk).update(approved_at=None, approved_by=None)
    assert tasks.publish_due() == 1
    version.refresh_from_db()
    assert (version.state, version.publish_at) == ("submitted", None)
    assert Article.objects.get(pk=sound.article_id).title == "Goed"
    line = Notification.objects.for_user(mies).get(key__startswith="unpublished:")
    assert line.text == "“Nieuwe titel” is niet gepubliceerd. Een collega moet deze versie eerst goedkeuren."
    assert line.url == f"/knowledge/{version.article.uuid}/edit/"
    assert tasks.publish_due() == 0
    assert Notification.objects.filter(key__startswith="unpublished:").count() == 1


def test_an_error_in_one_harms_one(mies: User, els: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = planned(mies, els, "Stuk"), planned(mies, els, "Goed")
    publish = Version.publish

    def fail(self: Version, **options: Any) -> bool:
        if self.pk == broken.pk:
            raise RuntimeError("kapot")
        return publish(self, **options)

    monkeypatch.setattr(Version, "publish", fail)
    assert tasks.publish_due() == 1
    broken.refresh_from_db()
    assert broken.publish_at is None
    assert Notification.objects.filter(key__startswith="unpublished:", recipient=mies).count() == 1
    assert Article.objects.get(pk=sound.article_id).title == "Goed"


def test_a_busy_database_is_tried_again(mies: User, els: User, monkeypatch: pytest.MonkeyPatch) -> None:
    version = planned(mies, els)

    def busy(self: Version, **options: Any) -> bool:
        raise OperationalError("canceling statement due to lock timeout")

    with monkeypatch.context() as patched:
        patched.setattr(Version, "publish", busy)
        assert tasks.publish_due() == 0
    version.refresh_from_db()
    assert version.state == "scheduled"
    assert tasks.publish_due() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_once(mies: User, els: User) -> None:
    four_eyes(on=False)
    for number in range(6):
        planned(mies, els, f"Titel {number}", announced=True)
    now = timezone.now()

    def work(_worker: int) -> int:
        try:
            return sum(publication.publish_due(now=now) for _again in range(2))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 6
    assert Version.objects.published().count() == 6
    assert Bulletin.objects.count() == 6


def test_what_was_withdrawn_does_not_come_back_by_itself(mies: User, els: User) -> None:
    version = planned(mies, els)
    Article.objects.get(pk=version.article_id).withdraw()
    assert tasks.publish_due() == 0
    version.refresh_from_db()
    assert version.state == "approved"
    assert Article.objects.get(pk=version.article_id).state == "withdrawn"
