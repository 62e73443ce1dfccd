"""A file changes what readers have while a version waits to take its place: nobody approved that over the new words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from knowledge.exchange.entry import Entry, Standing
from knowledge.exchange.intake import take_in
from knowledge.models import Article, Changed, Version
from knowledge.models.markup import section
from knowledge.publication import publish_due
from tests.knowledge.writing import words

pytestmark = pytest.mark.django_db
TOLD = "Een bestand wijzigde “Met pas”. De versie in bewerking is nu een concept: vergelijk ze."
WARNED = "Van dit artikel is ook een versie in bewerking"


def entry(price: str = "10 euro", **fields: object) -> Entry:
    values = {"place": "item 1", "id": "paspoort", "title": "Paspoort", "short_answer": f"Kost {price}."}
    return Entry(**values | {"sections": [section(f"<p>{price}</p>")]} | fields)


@pytest.fixture
def article(db: None) -> Article:
    take_in([entry()], source="prijzen.csv")
    return Article.objects.get()


def version(article: Article, by: User) -> Version:
    begun = Version.begin(article, by=by)
    begun.write(words("Met pas", "Neem uw pas mee.", short_answer="Kost 10 euro. Neem uw pas mee."), by=by)
    return begun


@pytest.fixture
def planned(article: Article, marit: User, mies: User, els: User) -> Version:
    """Give a version that Marit wrote, Mies approved and Els planned."""
    one = version(article, marit)
    one.submit(by=marit)
    one.approve(by=mies)
    one.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=els)
    return one


def lines(user: User) -> list[str]:
    return [*user.notifications.filter(text__startswith="Een bestand").values_list("text", flat=True)]


def test_what_was_planned_over_older_words_waits(planned: Version, marit: User, mies: User, els: User) -> None:
    done = take_in([entry("25 euro")], source="prijzen.csv")
    assert publish_due(now=timezone.now() + timedelta(days=2)) == 0
    assert Article.objects.get().short_answer == "Kost 25 euro."
    planned.refresh_from_db()
    assert (planned.state, planned.title, planned.written_by) == ("draft", "Met pas", marit)
    assert (lines(marit), lines(els), lines(mies)) == ([TOLD], [TOLD], [])
    assert marit.notifications.latest("pk").url == f"/knowledge/{planned.article.uuid}/versions/"
    assert [(one.id, WARNED in one.message) for one in done.warnings] == [("paspoort", True)]
    assert not take_in([entry("25 euro")], source="prijzen.csv").warnings  # a second time changes nothing
    assert len(lines(marit)) == 1


def test_the_page_that_is_led_to_shows_both(planned: Version, as_user: Callable[[User], Client], marit: User) -> None:
    take_in([entry("25 euro")], source="prijzen.csv")
    page = as_user(marit).get(marit.notifications.get(text=TOLD).url).content.decode()
    assert "25" in page
    assert "pas mee" in page


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
def test_who_looked_at_it_beside_older_words_looks_again(
    state: str, article: Article, marit: User, mies: User, els: User
) -> None:
    seen = version(article, marit)
    if state != "draft":
        seen.submit(by=marit)
    if state == "approved":
        seen.approve(by=mies)
    done = take_in([entry("25 euro")], source="prijzen.csv", by=mies)
    with pytest.raises(Changed):
        seen.publish(by=els) if state == "approved" else seen.approve(by=els)
    assert Article.objects.get().draft.state == "draft"
    assert Article.objects.get().short_answer == "Kost 25 euro."
    assert (lines(marit), len(done.warnings)) == ([TOLD], 1)


def test_who_reads_the_file_in_need_not_be_told(planned: Version, marit: User, els: User) -> None:
    take_in([entry("25 euro")], source="prijzen.csv", by=els)
    assert (lines(els), lines(marit)) == ([], [TOLD])


def test_a_dry_run_tells_nobody(planned: Version, marit: User) -> None:
    assert take_in([entry("25 euro")], source="prijzen.csv", dry=True).warnings
    planned.refresh_from_db()
    assert (planned.state, lines(marit)) == ("scheduled", [])


def test_who_planned_what_a_file_withdraws_and_changes_hears_it_once(planned: Version, els: User, mies: User) -> None:
    gone = entry("25 euro", standing=Standing.WITHDRAWN)
    take_in([gone], source="prijzen.csv", by=mies)
    assert els.notifications.count() == 1
    assert Article.objects.get().draft.state == "draft"


def test_what_was_approved_for_colleagues_is_not_for_citizens(article: Article, planned: Version, marit: User) -> None:
    Article.objects.update(internal=True)
    done = take_in([entry(internal=False)], source="prijzen.csv")
    assert not Article.objects.get().internal
    planned.refresh_from_db()
    assert (planned.state, lines(marit), len(done.warnings)) == ("draft", [TOLD], 1)
    assert publish_due(now=timezone.now() + timedelta(days=2)) == 0


def test_what_leaves_citizens_out_needs_no_second_look(planned: Version, marit: User) -> None:
    seen = Version.objects.get(pk=planned.pk)
    done = take_in([entry(internal=True)], source="prijzen.csv")
    assert (Article.objects.get().draft.state, lines(marit), done.warnings) == ("scheduled", [], [])
    with pytest.raises(Changed):
        seen.publish(by=marit)


def test_who_planned_a_concept_hears_that_a_file_writes_in_it(article: Article, marit: User, mies: User) -> None:
    take_in([entry("20 euro")], source="prijzen.csv", concept=True)
    one = Version.objects.open().get()
    one.approve(by=mies)
    one.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=mies)
    take_in([entry("25 euro")], source="prijzen.csv", by=marit, concept=True)
    one.refresh_from_db()
    assert (one.state, one.short_answer, one.written_by) == ("draft", "Kost 25 euro.", marit)
    assert lines(mies) == [TOLD.replace("Met pas", "Paspoort")]
