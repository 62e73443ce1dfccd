"""What is known of an article is kept with its words, by one press; what cannot be kept is said, and stays typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from knowledge.forms.details import ADDED, DetailsForm
from knowledge.models import Article, Version
from tests import make
from tests.knowledge.writing import at, draft, four_eyes, sent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
TEXT = {"title": "Paspoort verlengen"}


def page(article: Article, **changes: Any) -> dict[str, Any]:
    """Give all that the page sends: words and details, with these changes."""
    article = Article.objects.get(pk=article.pk)
    form = DetailsForm(article=article)
    details = {name: form.known()[name] for name in form.known()} | {"stamp": form.fresh_stamp}
    return sent(article) | details | dict.fromkeys(ADDED.values(), "") | changes


def now(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def stamps(answer: Any) -> dict[str, str]:
    """Give the stamps that an answer carries from now on."""
    return {"stamp": answer.context["details"].fresh_stamp, "seen": answer.context["writing"].form["seen"].value()}


def test_one_press_keeps_words_and_details(article: Article, hers: Client, rachid: User) -> None:
    answer = hers.post(at(article), page(article, **TEXT, owner=rachid.uuid, audience="citizens"), follow=True)
    assert "Concept en gegevens bewaard" in answer.content.decode()
    assert (now(article).owner, now(article).audience, draft(article).title) == (rachid, "citizens", TEXT["title"])
    assert answer.context["saved_draft"].endswith("/edit/save/")
    assert answer.context["saved_details"].endswith("/describe/")


@pytest.mark.parametrize("place", ["edit/", "describe/"])
def test_details_alone_make_no_concept(place: str, article: Article, hers: Client) -> None:
    answer = hers.post(at(article, place), page(article, audience="citizens"), follow=True)
    assert "Gegevens opgeslagen" in answer.content.decode()
    assert (now(article).audience, now(article).draft) == ("citizens", None)


def test_words_alone_change_no_details(article: Article, hers: Client, rachid: User) -> None:
    """Nor do they tell that somebody else has other details by now."""
    old = page(article, **TEXT)
    Article.objects.update(owner=rachid, review_on=None)
    answer = hers.post(at(article), old, follow=True)
    assert "Concept bewaard" in answer.content.decode()
    assert (now(article).owner, now(article).review_on) == (rachid, None)


def test_the_button_of_the_details_takes_the_words_along(article: Article, hers: Client) -> None:
    words = page(article, audience="citizens", title="Half", short_answer="")
    assert hers.post(at(article, "describe/"), words)["Location"].endswith("#gegevens")
    assert (now(article).audience, draft(article).title, draft(article).short_answer) == ("citizens", "Half", "")
    hers.post(at(article, "describe/"), page(article, preset="3"))
    due = now(article).review_on
    assert due is not None
    assert 80 < (due - timezone.localdate()).days < 100


def test_sent_twice_is_saved_once(article: Article, hers: Client, rachid: User) -> None:
    other = make.topic()
    data = page(article, **TEXT, owner=rachid.uuid, add_topic=other.uuid)
    for _n in range(2):
        assert hers.post(at(article), data).status_code == 302
    assert list(now(article).more_topics.all()) == [other]
    assert Version.objects.count() == 1


@pytest.mark.parametrize("do", ["save", "submit", "publish"])
def test_wrong_details_keep_the_words_and_say_so(do: str, article: Article, hers: Client) -> None:
    gone = str(timezone.localdate() - timedelta(days=1))
    answer = hers.post(at(article), page(article, **TEXT, do=do, audience="citizens", valid_until=gone))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Je tekst is bewaard" in text
    assert ("nog niet aangeboden" in text) == (do == "submit")
    assert 'href="#id_valid_until"' in text
    assert gone in text
    assert "data-unsaved>" in text
    assert (draft(article).title, draft(article).submitted_at) == (TEXT["title"], None)
    assert now(article).audience == "both"
    mended = page(article, **TEXT, do=do, audience="citizens") | stamps(answer)
    assert hers.post(at(article), mended).status_code == 302
    assert now(article).audience == "citizens"


def test_details_that_a_colleague_changed(article: Article, hers: Client, rachid: User) -> None:
    old = page(article, **TEXT, audience="citizens")
    Article.objects.update(owner=rachid, internal=True)
    answer = hers.post(at(article), old)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Een ander heeft dit intussen gewijzigd" in text
    assert "Je tekst is bewaard, de gegevens nog niet" in text
    assert f"Eigenaar: <b>{rachid}</b>" in text
    assert "alleen voor medewerkers: <b>ja</b>" in text
    assert "Doelgroep: <b>Inwoners en ondernemers</b>" in text
    assert (now(article).audience, now(article).owner, draft(article).title) == ("both", rachid, TEXT["title"])
    seen = old | stamps(answer) | {"owner": rachid.uuid, "internal": "on"}
    assert hers.post(at(article), seen).status_code == 302  # looked at, and sent again
    assert (now(article).audience, now(article).owner, now(article).internal) == ("citizens", rachid, True)


def test_wrong_words_keep_nothing_and_all_stays_typed(article: Article, hers: Client) -> None:
    answer = hers.post(at(article), page(article, audience="citizens", short_answer="woord " * 61))
    assert answer.status_code == 422
    assert answer.context["details"]["audience"].value() == "citizens"
    assert "data-unsaved>" in answer.content.decode()
    assert (now(article).audience, now(article).draft) == ("both", None)


def test_the_lock_was_lost(article: Article, hers: Client, as_user: Browser, mies: User) -> None:
    """Whose words hold is asked; the details are nobody's to wait for."""
    hers.get(at(article))
    mine = page(article, **TEXT, audience="citizens")
    as_user(mies).post(at(article, "edit/take-over/"))
    as_user(mies).post(at(article), sent(article, title="Haar titel"))
    answer = hers.post(at(article), mine)
    assert answer.status_code == 409
    assert "Je gegevens zijn wel opgeslagen." in answer.content.decode()
    assert (now(article).audience, draft(article).title) == ("citizens", "Haar titel")
    alone = page(article, audience="both")
    assert hers.post(at(article, "describe/"), alone).status_code == 302  # no word differs: nothing to ask
    assert now(article).editor == mies
    anyway = page(article, **TEXT, seen=mine["seen"], anyway=answer.context["anyway"])
    assert hers.post(at(article), anyway).status_code == 302
    assert draft(article).title == TEXT["title"]


def test_nothing_is_lost_when_a_colleague_was_first(
    article: Article, hers: Client, as_user: Browser, mies: User
) -> None:
    mine = page(article, **TEXT, do="add", audience="citizens")
    as_user(mies).post(at(article), sent(article, title="Haar titel"))
    answer = hers.post(at(article), mine)
    assert answer.status_code == 409
    assert answer.context["details"]["audience"].value() == "citizens"
    assert "wel opgeslagen" not in answer.content.decode()
    assert now(article).audience == "both"


@pytest.mark.parametrize("do", ["add", "source", "preview", "up:1", "down:0", "remove:0"])
def test_what_only_changes_the_page_has_no_details_hold(do: str, article: Article, hers: Client) -> None:
    """Also without JavaScript they are there again, typed and not saved."""
    answer = hers.post(at(article), page(article, do=do, audience="citizens", internal="on"))
    assert answer.status_code == 302
    assert (now(article).audience, now(article).internal) == ("both", False)
    back = hers.get(at(article))
    assert back.context["details"]["audience"].value() == "citizens"
    assert "data-unsaved>" in back.content.decode()
    other = make.article("Rijbewijs")
    assert hers.get(at(other)).context["details"]["audience"].value() == "both"
    assert hers.get(at(article)).context["details"]["audience"].value() == "both"  # once


def test_a_page_full_of_nonsense_is_not_laid_by(article: Article, hers: Client) -> None:
    answer = hers.post(at(article), page(article, do="add", owner="x" * 20_000, product="\0"))
    assert answer.status_code == 302
    assert hers.get(at(article)).status_code == 200
    assert "typed_details" not in hers.session


@pytest.mark.parametrize(
    "changes",
    [{"owner": "x"}, {"product": "\0"}, {"more_topics": ["a", "b"]}, {"preset": "99"}, {"stamp": "x" * 17},
     {"stamp": ""}, {"stamp": ["a", "b"]}, {"audience": ["both", "citizens"]}, {"internal": "x" * 100_000}],
)  # fmt: skip
def test_strange_details_never_break(changes: dict[str, Any], article: Article, hers: Client) -> None:
    for place in ("edit/", "describe/"):
        assert hers.post(at(article, place), page(article) | changes).status_code in (302, 409, 422)


def test_opening_to_everybody_is_offered_with_the_press(article: Article, hers: Client, mies: User) -> None:
    """Four eyes hold: it is internal until a colleague approves, and the press that unticked it offers it too."""
    four_eyes(on=True)
    Article.objects.update(internal=True)
    answer = hers.post(at(article), page(article, do="submit", internal=[]), follow=True)
    assert "Aangeboden." in answer.content.decode()
    version = draft(article)
    assert (now(article).internal, version.opens, version.submitted_at is not None) == (True, True, True)
    assert version.may_be_approved_by(mies)


def test_with_other_words_too(article: Article, hers: Client) -> None:
    four_eyes(on=True)
    Article.objects.update(internal=True)
    answer = hers.post(at(article), page(article, **TEXT, internal=[]), follow=True)
    assert "Dit artikel wordt openbaar zodra een collega het goedkeurt" in answer.content.decode()
    assert (draft(article).opens, draft(article).title) == (True, TEXT["title"])
    again = hers.post(at(article), page(article, title="Nog een titel"))
    assert again.status_code == 302  # the wish to open it is no colleague's text
    assert draft(article).opens
