"""That an article was used is saved with the contact."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from contacts.models import Outcome
from knowledge.forms import UsagePart
from knowledge.models import Article, Usage
from tests import make

pytestmark = pytest.mark.django_db


def part(noor: User, *ticked: object) -> UsagePart:
    data = QueryDict(mutable=True)
    data.setlist("knowledge-articles", [str(one) for one in ticked])
    return UsagePart(data, user=noor)


def test_use_is_written_down_once(noor: User) -> None:
    article, contact = make.article(), make.contact()
    article.use(contact, by=noor)
    article.use(contact, by=noor)
    assert [(use.article, use.contact, use.by) for use in Usage.objects.all()] == [(article, contact, noor)]


def test_part_saves_what_was_ticked(noor: User) -> None:
    articles = [make.article("A"), make.article("B")]
    form = part(noor, *[article.uuid for article in articles])
    assert form.wanted(Outcome.ANSWERED)
    assert form.is_valid()
    contact = make.contact()
    form.save(contact, by=noor)
    form.save(contact, by=noor)
    assert set(Article.objects.filter(usages__contact=contact)) == set(articles)
    assert contact.usages.count() == 2


def test_part_is_not_wanted_when_nothing_was_ticked(noor: User) -> None:
    assert not part(noor).wanted(Outcome.ANSWERED)
    assert not UsagePart(user=noor).wanted(Outcome.ANSWERED)
    assert part(noor).is_valid()


@pytest.mark.parametrize("value", [uuid4(), "onzin", "", "1", "\0", "' OR 1=1"])
def test_unknown_article_is_an_error_in_words(value: object, noor: User) -> None:
    form = part(noor, value)
    assert not form.is_valid()
    assert form.errors == {"articles": ["Ongeldige keuze"]}


def test_article_that_was_withdrawn_meanwhile(noor: User) -> None:
    article = make.article(withdrawn_at=timezone.now())
    assert part(noor, article.uuid).errors == {"articles": ["Ongeldige keuze"]}
    assert part(noor, article.uuid).ticked == []


def test_draft_gives_the_ticks_back(noor: User) -> None:
    a, b = make.article("A"), make.article("B")
    assert UsagePart(user=noor, initial={"articles": str(a.uuid)}).ticked == [a]
    assert UsagePart(user=noor, initial={"articles": [str(b.uuid), str(a.uuid), "x"]}).ticked == [a, b]
    assert UsagePart(user=noor).ticked == []


def test_uses_are_counted_over_30_days_and_not_for_ever(noor: User) -> None:
    article = make.article()
    for days in (1, 40):
        article.use(make.contact(), by=noor)
        Usage.objects.filter(pk=Usage.objects.latest("pk").pk).update(at=timezone.now() - timedelta(days=days))
    assert article.count_uses(since=timezone.now() - timedelta(days=30)) == 1
