"""An article that was for colleagues becomes public: with four eyes a second editor says so too."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Changed, Version
from knowledge.search.finding import search_public
from tests import make
from tests.knowledge.writing import at, four_eyes, sent, words

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
PROMISE = "Dit artikel wordt openbaar zodra een collega het goedkeurt en het wordt gepubliceerd."


@pytest.fixture
def article(db: None) -> Article:
    return make.article("Sleutelkast van de balie", short_answer="Kort.", internal=True)


def describe(client: Client, article: Article, **facts: Any) -> str:
    answer = client.post(at(article, "describe/"), {"audience": "both"} | facts, follow=True)
    return str(answer.content.decode())


def public(article: Article) -> bool:
    known = Article.objects.for_public().filter(pk=article.pk).exists()
    found = [hit.article for hit in search_public("sleutelkast balie", limit=5, meaning=False)]
    assert (article in found) is known
    return known


def test_one_editor_opens_nothing(
    article: Article, hers: Client, other: Client, client: Client, marit: User, mies: User
) -> None:
    assert PROMISE in describe(hers, article)
    version = article.draft
    assert version is not None
    assert (version.opens, version.writers, version.says_the_same(article)) == (True, [marit.pk], True)
    assert not public(article)
    assert "Wordt openbaar" in hers.get(at(article)).content.decode()
    assert PROMISE not in describe(hers, article)  # it was said
    assert hers.post(at(article, "submit/"), {"seen": version.stamp}).status_code == 302
    assert hers.post(at(article, "approve/"), {"seen": version.stamp}).status_code == 422
    for place in ("edit/", "preview/", "versions/", "versions/" + str(version.uuid) + "/"):
        assert "Wordt openbaar" in other.get(at(article, place)).content.decode()
    assert "Wordt openbaar" in other.get("/knowledge/editorial/approval/").content.decode()
    assert other.post(at(article, "approve/"), {"seen": version.stamp}).status_code == 302
    assert not public(article)
    assert "Wordt openbaar" in hers.get(at(article, "publish/")).content.decode()
    shown = {"seen": version.stamp, "change": "small", "when": "now"}
    assert hers.post(at(article, "publish/"), shown).status_code == 302
    assert public(article)
    assert "Openbaar gemaakt" in hers.get(at(article, "versions/")).content.decode()
    article.refresh_from_db()
    assert not article.internal
    describe(hers, article, internal="on")  # the other way one editor does it, at once
    assert not public(article)


def test_what_was_approved_as_internal_is_looked_at_again(
    article: Article, hers: Client, marit: User, mies: User
) -> None:
    version = Version.begin(article, by=mies)
    version.write(words("Sleutelkast"), by=mies)
    version.submit(by=mies)
    version.approve(by=marit)
    version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=mies)
    describe(hers, article)
    version.refresh_from_db()
    assert (version.state, version.opens, version.writers) == ("draft", True, sorted([marit.pk, mies.pk]))
    assert (version.title, version.written_by) == ("Sleutelkast", mies)
    assert "wordt niet meer vanzelf gepubliceerd" in mies.notifications.latest("pk").text


def test_who_approves_saw_that_it_opens(article: Article, hers: Client, mies: User, marit: User) -> None:
    version = Version.begin(article, by=marit)
    version.write(words("Sleutelkast"), by=marit)
    version.submit(by=marit)
    seen = Version.objects.get(pk=version.pk)
    describe(hers, article)
    with pytest.raises(Changed):
        seen.approve(by=mies)


def test_who_approves_saw_that_it_became_public_at_once(hers: Client, other: Client, marit: User) -> None:
    version = Version.first(uuid=uuid4(), title="Sleutelkast", by=marit, internal=True)
    version.write(words("Sleutelkast"), by=marit)
    article, seen = version.article, version.stamp
    assert hers.post(at(article, "submit/"), {"seen": seen}).status_code == 302
    assert hers.post(at(article, "send-back/"), {"remark": "Nog niet", "seen": seen}).status_code == 302
    describe(hers, article)
    version.refresh_from_db()
    assert not Article.objects.get(pk=article.pk).internal
    assert hers.post(at(article, "submit/"), {"seen": seen}).status_code == 409
    assert hers.post(at(article, "submit/"), {"seen": version.stamp}).status_code == 302
    answer = other.post(at(article, "approve/"), {"seen": seen})
    assert answer.status_code == 409
    assert "intussen gewijzigd" in answer.content.decode()
    assert other.post(at(article, "approve/"), {"seen": version.stamp}).status_code == 302
    describe(hers, article, internal="on")  # what was approved stays so; who has it open looks again
    assert Version.objects.get(pk=version.pk).state == "approved"
    assert Version.objects.get(pk=version.pk).stamp != version.stamp


def test_it_stays_with_colleagues_after_all(article: Article, hers: Client, marit: User) -> None:
    describe(hers, article)
    describe(hers, article, internal="on")
    assert not Version.objects.open().exists()  # there was nothing else in it
    hers.post(at(article), sent(article, title="Sleutelkast"))
    describe(hers, article)
    describe(hers, article, internal="on")
    version = article.draft
    assert version is not None
    assert (version.title, version.opens) == ("Sleutelkast", False)
    assert 'name="internal" class' in hers.get(at(article)).content.decode()


def test_who_planned_it_hears_that_it_stays_internal(article: Article, hers: Client, marit: User, mies: User) -> None:
    describe(hers, article)
    version = article.draft
    assert version is not None
    version.submit(by=marit)
    version.approve(by=mies)
    version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=mies)
    describe(hers, article, internal="on")
    assert article.draft is None
    assert "wordt niet meer vanzelf gepubliceerd" in mies.notifications.latest("pk").text


def test_without_four_eyes_it_is_public_at_once(article: Article, hers: Client) -> None:
    four_eyes(on=False)
    assert "Gegevens opgeslagen" in describe(hers, article)
    assert public(article)
    assert article.draft is None


def test_switching_four_eyes_off_leaves_nothing_behind(article: Article, hers: Client) -> None:
    describe(hers, article)
    four_eyes(on=False)
    describe(hers, article)
    assert public(article)
    assert article.draft is None


def test_what_nobody_read_changes_at_once_unless_it_was_offered(hers: Client, marit: User, mies: User) -> None:
    version = Version.first(uuid=uuid4(), title="Nieuw", by=mies, internal=True)
    describe(hers, version.article)
    version.article.refresh_from_db()
    assert not version.article.internal
    describe(hers, version.article, internal="on")
    version.write(words("Nieuw artikel"), by=mies)
    version.submit(by=mies)
    version.approve(by=marit)
    describe(hers, version.article)
    version.refresh_from_db()
    assert (version.state, version.opens) == ("draft", True)
    assert version.article.internal


def test_the_wish_goes_with_the_words(article: Article, hers: Client, marit: User, mies: User) -> None:
    first = Version.begin(article, by=marit)
    first.write(words("Eerste"), by=marit)
    first.submit(by=marit)
    first.approve(by=mies)
    first.publish(by=marit)
    describe(hers, article)
    back = Version.restore(first, by=mies)  # what was being written goes aside, what it was to do does not
    assert (back.opens, back.title, back.writers) == (True, "Eerste", sorted([marit.pk, mies.pk]))
    back.drop(by=mies)
    article.refresh_from_db()
    assert (article.draft, article.internal) == (None, True)
    again = Version.restore(back, by=mies)
    assert again.opens
    taken = Version.keep(article, words("Anders"), page=uuid4(), seen=again.stamp, by=mies, instead=True)
    assert taken is not None
    assert (taken.opens, taken.title) == (True, "Anders")
    taken.submit(by=mies)
    taken.approve(by=marit)
    taken.publish(by=mies)
    describe(hers, article, internal="on")
    assert not Version.restore(taken, by=mies).opens  # it did so, and that was undone


def test_a_page_that_was_open_goes_on(article: Article, hers: Client, marit: User) -> None:
    open_page = sent(article, title="Getypt", page=str(uuid4()))
    describe(hers, article)
    assert hers.post(at(article, "edit/save/"), open_page).status_code == 204
    version = article.draft
    assert version is not None
    assert (version.title, version.opens) == ("Getypt", True)


def test_the_admin_is_no_way_round(article: Article, other: Client, beheer: User, as_user: Browser) -> None:
    data = {"kind": article.kind, "audience": article.audience, "language": article.language}
    for client in (other, as_user(beheer)):
        answer = client.post(
            f"/admin/knowledge/article/{article.pk}/change/", data | {"external_id": article.external_id}, follow=True
        )
        assert PROMISE in answer.content.decode()
        assert not public(article)
    assert article.draft is not None
    assert article.draft.opens
