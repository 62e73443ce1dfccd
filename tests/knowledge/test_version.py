"""A version goes from concept to readers, past a colleague; the database holds what must always be true."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Changed, NotYet, Overtaken, Version
from knowledge.models.indexed import Indexed
from knowledge.models.versions import stamp_of
from tests import make
from tests.knowledge.writing import four_eyes, opened, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(marit: User) -> Article:
    return make.article("Paspoort", short_answer="Kort.")


def test_a_concept_is_not_what_readers_read(article: Article, marit: User) -> None:
    opened(article, marit)
    article.refresh_from_db()
    assert article.title == "Paspoort"


def test_an_article_that_nobody_read_yet_has_the_words_of_its_concept(marit: User) -> None:
    version = Version.first(uuid=uuid4(), title="Nieuw", by=marit)
    version.write(words("Nieuwer"), by=marit)
    assert Article.objects.get(pk=version.article_id).title == "Nieuwer"


def test_asking_twice_for_a_new_article_is_one(marit: User) -> None:
    uuid = uuid4()
    assert Version.first(uuid=uuid, title="Een", by=marit) == Version.first(uuid=uuid, title="Twee", by=marit)
    assert Article.objects.get(uuid=uuid).title == "Een"


def test_four_eyes(article: Article, marit: User, mies: User) -> None:
    version = opened(article, marit)
    with pytest.raises(NotYet, match="Een collega moet deze versie eerst goedkeuren"):
        version.publish(by=marit)
    assert version.submit(by=marit)
    assert not version.submit(by=marit)
    with pytest.raises(NotYet, match="Je bood dit zelf aan"):
        version.approve(by=marit)
    assert version.approve(by=mies)
    assert not version.approve(by=mies)
    assert version.publish(by=marit)
    assert not version.publish(by=marit)
    article.refresh_from_db()
    assert (article.title, article.version, version.approved_by) == ("Paspoort aanvragen", 1, mies)


def test_without_four_eyes_an_editor_publishes(article: Article, marit: User) -> None:
    four_eyes(on=False)
    assert opened(article, marit).publish(by=marit)


def test_other_words_must_be_approved_again(article: Article, marit: User, mies: User) -> None:
    version = opened(article, marit)
    version.submit(by=marit)
    version.approve(by=mies)
    version.write(words("Paspoort aanvragen"), by=marit)
    assert version.state == "approved"  # the same words
    version.write(words("Iets anders"), by=marit)
    assert version.state == "draft"
    with pytest.raises(NotYet):
        version.publish(by=marit)


def test_who_approves_approves_what_they_saw(article: Article, marit: User, mies: User) -> None:
    seen = opened(article, marit)
    seen.submit(by=marit)
    Version.objects.get(pk=seen.pk).write(words("Iets anders"), by=marit)
    with pytest.raises(Changed):
        seen.approve(by=mies)
    assert seen.state == "draft"


def test_who_offers_offers_what_they_saw(article: Article, marit: User, mies: User) -> None:
    seen = opened(article, marit)
    Version.objects.get(pk=seen.pk).write(words("Iets heel anders"), by=mies)
    with pytest.raises(Changed):
        seen.submit(by=marit)
    assert (seen.state, seen.submitted_by) == ("draft", None)


def test_given_back(article: Article, marit: User, mies: User) -> None:
    version = opened(article, marit)
    assert not version.send_back("Nee", by=mies)  # nobody offered it
    version.submit(by=marit)
    assert version.send_back("Kan korter.", by=mies)
    assert (version.state, version.remark, version.returned_by) == ("draft", "Kan korter.", mies)
    version.submit(by=marit)
    assert (version.remark, version.returned_at) == ("", None)


def test_dropping(article: Article, marit: User) -> None:
    version = opened(article, marit)
    version.drop(by=marit)
    assert article.draft is None
    with pytest.raises(NotYet, match="al gepubliceerd of weggegooid"):
        version.write(words("x"), by=marit)
    new = Version.first(uuid=uuid4(), title="Nooit gelezen", by=marit)
    new.drop(by=marit)
    assert not Article.objects.filter(title="Nooit gelezen").exists()


def test_back_to_an_older_version(article: Article, marit: User) -> None:
    four_eyes(on=False)
    first = opened(article, marit, "Eerste")
    first.publish(by=marit)
    opened(article, marit, "Tweede").publish(by=marit)
    half = opened(article, marit, "Half af")
    again = Version.restore(first, by=marit)
    assert (again.title, again.number, again.state) == ("Eerste", None, "draft")
    half.refresh_from_db()
    assert (half.title, half.state) == ("Half af", "dropped")
    article.refresh_from_db()
    assert article.title == "Tweede"


def test_one_concept_at_a_time(article: Article, marit: User) -> None:
    first = Version.begin(article, by=marit)
    assert Version.begin(article, by=marit) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Version(article=article, title="x", short_answer="y").save()
    with pytest.raises(ValidationError, match="Van dit artikel is al een concept open"):
        Version(article=article, title="x", short_answer="y").validate_constraints()


def test_messages_of_the_article(article: Article) -> None:
    article.valid_from, article.valid_until = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    with pytest.raises(ValidationError, match="De laatste geldige dag ligt voor de eerste"):
        article.validate_constraints()
    twin = make.article("Passport", language="en", original=article)
    twin.pk = None
    with pytest.raises(ValidationError, match="Dit artikel is er al in deze taal"):
        twin.validate_constraints()


def test_a_page_overwrites_only_what_it_showed(article: Article, marit: User, mies: User) -> None:
    seen, mine, theirs = stamp_of(article), uuid4(), uuid4()
    version = Version.keep(article, words("Een"), page=mine, seen=seen, by=marit)
    Version.keep(article, words("Twee"), page=mine, seen=seen, by=marit)  # the answer to the first was lost
    Version.keep(article, words("Twee"), page=theirs, seen=seen, by=mies)  # the same words harm nobody
    with pytest.raises(Overtaken) as overtaken:
        Version.keep(article, words("Drie"), page=theirs, seen=seen, by=mies)
    assert overtaken.value.version is not None
    assert overtaken.value.version.title == "Twee"
    version.refresh_from_db()
    Version.keep(article, words("Drie"), page=theirs, seen=version.stamp, by=mies)
    with pytest.raises(Overtaken):
        Version.keep(article, words("Vier"), page=mine, seen=seen, by=marit)


def test_a_page_from_before_a_publication_overwrites_nothing(article: Article, marit: User) -> None:
    four_eyes(on=False)
    seen = stamp_of(article)
    opened(article, marit).publish(by=marit)
    with pytest.raises(Overtaken):
        Version.keep(article, words("Oud"), page=uuid4(), seen=seen, by=marit)
    assert article.draft is None


def test_looking_without_typing_begins_no_concept(article: Article, marit: User) -> None:
    Version.begin(article, by=marit).drop(by=marit)
    same = words()
    same.take(article)
    Version.keep(article, same, page=uuid4(), seen=stamp_of(article), by=marit)
    assert article.draft is None


def test_one_editor_at_a_time(article: Article, marit: User, mies: User) -> None:
    other = Article.objects.get(pk=article.pk)
    assert article.open_for(marit)
    assert not other.open_for(mies)
    assert other.editor == marit
    other.take_over(by=mies)
    article.renew(by=marit)  # lost: it stays lost
    article.refresh_from_db()
    assert article.editor == mies
    article.lay_down(by=marit)
    article.refresh_from_db()
    assert article.editor == mies
    article.lay_down(by=mies)
    assert article.open_for(marit)
    Article.objects.update(edited_until=timezone.now() - timedelta(seconds=1))
    assert other.open_for(mies)


def test_words_that_came_back_are_still_of_who_wrote_them(article: Article, marit: User, mies: User) -> None:
    version = opened(article, marit)
    version.drop(by=marit)
    again = Version.restore(version, by=mies)
    assert not again.may_be_approved_by(marit)
    seen = again.stamp
    beside = Version.keep(article, words("Nog iets"), page=uuid4(), seen=seen, by=mies, instead=True)
    assert beside is not None
    assert not beside.may_be_approved_by(marit)


def test_words_that_nobody_published_are_never_of_who_takes_them_back_alone(marit: User, mies: User) -> None:
    first = Version.first(uuid=uuid4(), title="Nieuw", by=marit)
    first.write(words("Nieuw van Marit"), by=marit)
    first.drop(by=mies)
    for again in (lambda: Version.restore(first, by=mies), lambda: Version.begin(first.article, by=mies)):
        back = again()
        assert (back.title, back.writers) == ("Nieuw van Marit", sorted([marit.pk, mies.pk]))
        assert not back.may_be_approved_by(marit)
        back.drop(by=mies)
    english = Version.first(uuid=uuid4(), title="x", by=mies, original=first.article, language="en")
    assert marit.pk in english.writers


def test_words_that_readers_know_are_of_nobody(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=False)
    opened(article, marit).publish(by=marit)
    article.refresh_from_db()
    opened(article, marit, "Half af").drop(by=mies)
    assert Version.begin(article, by=mies).writers == [mies.pk]


def test_the_same_words_of_another_writer_are_of_both(article: Article, marit: User, mies: User) -> None:
    version = opened(article, mies)
    version.submit(by=mies)
    version.write(words(), by=mies, writers=[marit.pk])
    assert (version.state, version.writers) == ("draft", sorted([marit.pk, mies.pk]))


def test_an_original_stays_while_there_are_translations(marit: User, mies: User) -> None:
    original = Version.first(uuid=uuid4(), title="Nooit gelezen", by=marit)
    english = make.article("Never read", language="en", original=original.article)
    with pytest.raises(NotYet, match="Er zijn vertalingen van dit artikel"):
        original.drop(by=marit)
    with pytest.raises(RestrictedError):
        original.article.delete()
    assert Article.objects.filter(pk=english.pk).exists()
    Article.objects.filter(pk__in=[english.pk, original.article_id]).delete()
    assert not Article.objects.filter(title__in=["Never read", "Nooit gelezen"]).exists()


def test_who_wrote_hears_that_it_was_put_aside(article: Article, marit: User, mies: User) -> None:
    four_eyes(on=False)
    first = opened(article, marit)
    first.publish(by=marit)
    half = opened(article, mies, "Half af")
    half.submit(by=mies)
    Version.restore(first, by=marit)
    line = mies.notifications.get()
    assert (line.text, line.url) == (
        "M. de Vries zette jouw tekst voor “Half af” opzij",
        f"/knowledge/{article.uuid}/versions/",
    )
    Version.restore(half, by=marit)
    assert not marit.notifications.exists()  # one's own


def test_the_search_knows_what_a_colleague_published_meanwhile(article: Article, marit: User) -> None:
    four_eyes(on=False)
    stale = Article.objects.get(pk=article.pk)
    opened(article, marit, "Reisdocument").publish(by=marit)
    stale.withdraw()
    stale.bring_back()
    assert not Article.objects.not_indexed().filter(pk=article.pk).exists()
    known = Indexed.objects.get(article=article).digest
    Indexed.keep([Article.objects.get(pk=article.pk)])
    assert Indexed.objects.get(article=article).digest == known


def test_two_begin_the_same_translation(article: Article, marit: User, mies: User) -> None:
    first, second = (
        Version.first(uuid=uuid4(), title="Passport", by=one, original=article, language="en") for one in (marit, mies)
    )
    assert first == second


def test_a_translation_of_what_nobody_approved_is_of_its_writers_too(marit: User, mies: User) -> None:
    original = Version.first(uuid=uuid4(), title="Nieuw", by=marit)
    original.write(words("Nieuw"), by=marit)
    english = Version.first(uuid=uuid4(), title="Nieuw", by=mies, original=original.article, language="en")
    assert not english.may_be_approved_by(marit)


@pytest.mark.parametrize("did", ["submit", "approve", "send_back", "schedule"])
def test_what_a_colleague_had_a_hand_in_is_not_deleted(did: str, marit: User, mies: User) -> None:
    version = Version.first(uuid=uuid4(), title="Nooit gelezen", by=marit)
    if did != "submit":
        version.submit(by=marit)
    if did == "send_back":
        version.send_back("Korter.", by=mies)
    elif did == "schedule":
        four_eyes(on=False)
        version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=mies)
    else:
        getattr(version, did)(by=mies)
    version.drop(by=marit)
    assert Version.objects.get(pk=version.pk).state == "dropped"


def test_what_was_approved_without_an_offer_is_given_back(article: Article, marit: User, mies: User) -> None:
    version = opened(article, marit)
    assert version.approve(by=mies)
    assert not version.submit(by=marit)  # it is approved
    assert version.send_back("Toch niet.", by=mies)
    assert (version.state, version.approved_by, version.remark) == ("draft", None, "Toch niet.")


def test_of_a_version_that_is_gone_nothing_is_done(article: Article, marit: User, mies: User) -> None:
    version = opened(article, marit)
    version.submit(by=marit)
    Article.objects.get(pk=article.pk).delete()
    acts = (
        lambda: version.submit(by=mies), lambda: version.approve(by=mies), lambda: version.send_back("Nee", by=mies),
        version.hold, lambda: version.publish(by=marit), lambda: version.drop(by=marit),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(NotYet, match="al gepubliceerd of weggegooid"):
            act()
