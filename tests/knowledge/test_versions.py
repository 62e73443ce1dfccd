"""What an article said before: a list, what differs, and back to an older one."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from knowledge.difference import compare, differs, plain_lines
from knowledge.models import Article, Version
from knowledge.models.markup import section
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.knowledge.writing import four_eyes, words

Browser = Callable[[User], Client]


def shown(old: Version, new: Version) -> dict[str, list[str]]:
    """Give what differs, as text with [-gone-] and {+come+}, by part."""
    marks = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
    return {
        field.name: [
            "".join(marks[kind].format(text) for kind, text in line.pieces)
            for _folded, lines in field.runs
            for line in lines
            if line.kind != "same"
        ]
        for field in compare(old, new)
        if not field.is_same
    }


def test_words_that_came_and_went() -> None:
    old = words("Paspoort", "<p>Een paspoort kost € 83,87.</p><p>U komt zelf langs.</p>")
    new = words(
        "Paspoort", "<p>Een paspoort kost € 86,85.</p><p>U komt zelf langs.</p><ul><li>Neem een foto mee</li></ul>"
    )
    assert shown(old, new) == {"Deel 0": ["Een paspoort kost € [-83,87-]{+86,85+}.", "{+• Neem een foto mee+}"]}


def test_nothing_differs() -> None:
    assert not differs(compare(words("a", "<p>b</p>"), words("a", "<p>b</p>")))


def test_other_sentences_are_not_mixed() -> None:
    old, new = words("a", "<p>Volledig andere zin hier.</p>"), words("a", "<p>Niets meer gelijk gebleven!</p>")
    assert shown(old, new)["Deel 0"] == ["[-Volledig andere zin hier.-]", "{+Niets meer gelijk gebleven!+}"]


def test_parts_that_came_and_went() -> None:
    fields = compare(words("a", "<p>x</p>", "<p>y</p>"), words("a", "<p>x</p>"))
    assert [(one.name, one.kind) for one in fields if not one.is_same] == [("Deel 1", "removed")]
    fields = compare(words("a"), words("a", "<p>x</p>", sources=[{"title": "Wet", "url": "https://x.nl"}]))
    assert [(one.name, one.kind) for one in fields if not one.is_same] == [("Deel 0", "added"), ("Bronnen", "changed")]


def test_what_becomes_internal_is_seen() -> None:
    old, new = words(sections=[section("<p>x</p>")]), words(sections=[section("<p>x</p>", internal=True)])
    assert shown(old, new) == {"Uitleg": ["{+Alleen voor medewerkers+}"]}


def test_lines_of_a_text() -> None:
    html = (
        '<p>a <strong>b</strong></p><ul><li><p>x</p></li><li>y</li></ul><ol><li>z</li></ol><p><a href="https://x.nl">l</a></p>'
        "<table><tbody><tr><th><p>K</p></th><td><p>1</p></td></tr></tbody></table>"
        '<blockquote class="warning"><p>Let op</p></blockquote>'
    )
    assert plain_lines(html) == ["a b", "• x", "• y", "1. z", "l (https://x.nl)", "K | 1", "⚠ Let op"]


def test_huge_texts_are_compared_as_a_whole() -> None:
    letters = "abc" * 30_000
    old = words("a", f"<p>{' '.join(letters)}</p>")
    new = words("a", f"<p>{' '.join(reversed(letters))}</p>")
    assert [line.kind for _folded, lines in compare(old, new)[-1].runs for line in lines] == [
        "removed",
        "added",
    ]
    many = ["".join(f"<p>{n} {word}</p>" for n in range(3000)) for word in ("a", "b")]
    assert differs(compare(words("a", many[0]), words("a", many[1])))


@pytest.fixture
def article(db: None, marit: User) -> Article:
    four_eyes(on=False)
    made = make.article("Paspoort")
    for n in range(1, 4):
        version = Version.begin(made, by=marit)
        version.write(words(f"Titel {n}", f"<p>Tekst {n}</p>"), by=marit)
        version.publish(summary=f"Wijziging {n}", by=marit)
    return Article.objects.get(pk=made.pk)


def test_the_list(article: Article, as_user: Browser, marit: User) -> None:
    page = as_user(marit).get(f"/knowledge/{article.uuid}/versions/").content.decode()
    assert page.count("<tbody>") == 1
    assert [f"Wijziging {n}" in page for n in (1, 2, 3)] == [True] * 3
    assert "M. de Vries" in page
    assert "<ins>" in page
    assert "Van versie 2 naar versie 3" in page
    assert page.count("/restore/") == 2


def test_any_two_are_compared(article: Article, as_user: Browser, marit: User) -> None:
    first, last = article.versions.get(number=1), article.versions.get(number=3)
    page = as_user(marit).get(f"/knowledge/{article.uuid}/versions/?old={first.uuid}&new={last.uuid}").content.decode()
    assert "Van versie 1 naar versie 3" in page
    for wrong in ("x", str(uuid4()), "\0", "1" * 5000):
        answer = as_user(marit).get(f"/knowledge/{article.uuid}/versions/", {"old": wrong, "new": wrong})
        assert answer.status_code == 200


def test_readers_see_what_changed(article: Article, as_user: Browser, marit: User, noor: User) -> None:
    concept = Version.begin(article, by=marit)
    concept.write(words("Nog geheim"), by=marit)
    page = as_user(noor).get(f"/knowledge/{article.uuid}/versions/?version=2").content.decode()
    assert "Van versie 1 naar versie 2" in page
    assert "Nog geheim" not in page
    assert "/restore/" not in page
    assert as_user(noor).get(f"/knowledge/{article.uuid}/versions/{concept.uuid}/").status_code == 404
    for number in ("99", "1", "x", "9" * 30):
        assert as_user(noor).get(f"/knowledge/{article.uuid}/versions/?version={number}").status_code == 200
    article.withdraw()
    assert as_user(noor).get(f"/knowledge/{article.uuid}/versions/").status_code == 404


def test_one_version(article: Article, as_user: Browser, marit: User, noor: User) -> None:
    first = article.versions.get(number=1)
    url = f"/knowledge/{article.uuid}/versions/{first.uuid}/"
    assert "Tekst 1" in as_user(marit).get(url).content.decode()
    assert "Terugzetten" not in as_user(noor).get(url).content.decode()
    assert as_user(marit).get(f"/knowledge/{make.article('Ander').uuid}/versions/{first.uuid}/").status_code == 404


def test_back_to_one(article: Article, as_user: Browser, marit: User, mies: User, noor: User) -> None:
    first = article.versions.get(number=1)
    url = f"/knowledge/{article.uuid}/versions/{first.uuid}/restore/"
    assert as_user(noor).post(url).status_code == 403
    assert as_user(marit).get(url).status_code == 405
    assert as_user(marit).post(url)["Location"] == f"/knowledge/{article.uuid}/edit/"
    assert article.draft is not None
    assert article.draft.title == "Titel 1"
    assert as_user(mies).post(url).status_code == 409  # Marit is writing
    assert Article.objects.get(pk=article.pk).title == "Titel 3"


def test_queries_are_bounded(
    article: Article, as_user: Browser, marit: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(60):
        Version(article=article, number=n + 10, title="x", short_answer="y", published_at=article.published_at).save()
    with django_assert_max_num_queries(24) as asked:
        page = as_user(marit).get(f"/knowledge/{article.uuid}/versions/").content.decode()
    assert "De laatste 50 versies." in page
    (many,) = [one["sql"] for one in asked.captured_queries if "LIMIT 51" in one["sql"]]
    assert '"knowledge_version"."sections"' not in many  # an article may be megabytes


def test_what_was_put_aside_can_be_read_and_taken_back(
    article: Article, as_user: Browser, marit: User, mies: User, noor: User
) -> None:
    half = Version.begin(article, by=mies)
    half.write(words("Half af"), by=mies)
    Version.restore(article.versions.get(number=1), by=marit).drop(by=marit)
    url, page = f"/knowledge/{article.uuid}/versions/", as_user(marit).get(f"/knowledge/{article.uuid}/versions/")
    assert page.content.decode().count("Opzijgezet</a>") == 2
    assert "Van versie 2 naar versie 3" in page.content.decode()
    compared = as_user(marit).get(url, {"new": str(half.uuid)}).content.decode()
    assert "Van versie 3 naar de opzijgezette tekst" in compared
    assert "Half af" in as_user(marit).get(f"{url}{half.uuid}/").content.decode()
    assert "Opzijgezet</a>" not in as_user(noor).get(url).content.decode()
    assert as_user(noor).get(f"{url}{half.uuid}/").status_code == 404
    assert as_user(marit).post(f"{url}{half.uuid}/restore/").status_code == 302
    assert article.draft is not None
    assert article.draft.title == "Half af"
    assert as_user(marit).post(f"{url}{article.draft.uuid}/restore/").status_code == 404  # it is open
