"""The search also finds what says the same in other words, where the machine can; without it everything else works."""

from typing import Any

import pytest

from accounts.models import User
from knowledge.models import Article, Indexed, Passage
from knowledge.models.markup import section
from knowledge.search import index, meaning, search, search_public
from knowledge.tasks import index_articles
from tests import make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("apart"),
]
QUESTION = "oma is gestorven"


@pytest.fixture
def apart(db: None) -> None:
    """Have articles that share no word with the question."""
    burial = "<p>Na een sterfgeval regelt de uitvaartondernemer de begrafenis.</p>"
    make.article("Overleden", body=f"<h2>Begraven</h2>{burial}")
    make.article("Paspoort aanvragen", body="<h2>Afspraak</h2><p>Maak een afspraak bij de balie.</p>")


def titles(query: str, user: User, **options: object) -> list[str]:
    return [hit.article.title for hit in search(query, user=user, limit=5, **options)]  # type: ignore[arg-type]


def test_this_machine_can() -> None:
    """The machine that tests is one that the model was made for, so that the rest here proves something."""
    assert meaning.is_on()


def test_finds_the_same_in_other_words(noor: User) -> None:
    assert index_articles() == 0  # saving indexed them; the task adds what they mean
    hits = search(QUESTION, user=noor, limit=5)
    assert hits[0].article.title == "Overleden"
    assert "meaning" in [part.name for part in hits[0].parts]
    assert "uitvaartondernemer" in hits[0].passage
    assert hits[0].heading == "Begraven"


def test_without_meaning_it_goes_by_words(noor: User, settings: Any) -> None:
    index_articles()
    assert all(
        part.name != "meaning" for hit in search(QUESTION, user=noor, limit=5, meaning=False) for part in hit.parts
    )
    settings.SEARCH_MEANING = False
    assert all(part.name != "meaning" for hit in search(QUESTION, user=noor, limit=5) for part in hit.parts)
    assert titles("paspoort", noor) == ["Paspoort aanvragen"]
    make.article("Rijbewijs")
    assert index_articles() == 0
    assert Passage.objects.filter(article__title="Rijbewijs", vector=None).exists()


def test_nonsense_means_nothing(noor: User) -> None:
    index_articles()
    for query in [
        "xyzzyqwerty", "de het een", "4:17", "", "\0", "!!!", "asdf qwerty zxcv", "xkcd wrmpf", "pizza bestellen",
        "snorkelbrevet", "' OR 1=1 --", "a & | ! ( ) <-> :*",
    ]:  # fmt: skip
        assert titles(query, noor) == [], query


def test_a_change_is_compared_again_and_the_rest_is_kept(noor: User) -> None:
    index_articles()
    article = Article.objects.get(title="Paspoort aanvragen")
    asked, vector = "mag mijn hond los in het park", bytes(article.passages.get(place=0).vector)
    before = meaning.compare(asked, public=False)
    article.sections = [*article.sections, section("<p>Honden moeten in het park vast.</p>", title="Huisdieren")]
    article.save()
    assert bytes(article.passages.get(place=0).vector) == vector
    assert article.passages.get(place=2).vector is None
    assert Indexed.objects.get(article=article).embedded_at is None
    index_articles()
    after = meaning.compare(asked, public=False)
    assert after.scores[article.pk] > before.scores[article.pk]
    assert after.passages[article.pk] == article.passages.get(place=2).pk
    assert search("hond in het park", user=noor, limit=5)[0].article == article


def test_what_is_for_colleagues_means_nothing_on_the_website() -> None:
    memo = section("<p>Bij vuurwerk en explosies belt u de meldkamer.</p>", kind="memo")
    article = make.article("Balie", short_answer="Op het plein.", sections=[memo])
    index_articles()
    asked = "explosies en vuurwerk bij de balie"
    public, every = (meaning.compare(asked, public=only) for only in (True, False))
    assert public.passages[article.pk] == article.passages.get(place=0).pk
    assert every.passages[article.pk] == article.passages.get(place=1).pk
    assert every.scores[article.pk] > public.scores[article.pk]
    assert all("explosie" not in hit.passage for hit in search_public(asked, limit=5))


def test_an_article_that_is_gone_is_not_found(noor: User) -> None:
    index_articles()
    assert titles(QUESTION, noor)
    Article.objects.all().delete()
    assert titles(QUESTION, noor) == []
    assert index.embed(seconds=1)


def test_two_passages_count_and_what_all_texts_have_in_common_does_not() -> None:
    more = section("<p>Een begrafenis is binnen zes werkdagen na het sterfgeval.</p>", title="Begraven")
    said = "Bij een sterfgeval belt u een uitvaartondernemer."
    make.article("Overleden", external_id="twice", short_answer=said, sections=[more])
    make.article("Overleden", external_id="once", short_answer=said, sections=[])
    index_articles()
    alike = meaning.compare(QUESTION, public=False)
    worth = {one.external_id: alike.meaning(one.pk) for one in Article.objects.all()}
    assert alike.meaning(Article.objects.get(title="Paspoort aanvragen").pk) < meaning.NEAR < worth["once"]
    assert worth["twice"] != worth["once"]


@pytest.mark.parametrize("text", ["", "a\0b", "\ud800", pytest.param("x" * 20_000, id="20 KB"), "🙂"])
def test_any_text_has_a_vector(text: str) -> None:
    (vector,) = meaning.of_passages([text])
    assert len(vector) == 2 * meaning.SIZE
