"""Synonyms that editors keep work at once, and count for less than the word itself."""

from collections.abc import Callable, Iterator
from csv import DictReader
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Role, User
from knowledge.models import Near, Synonym
from knowledge.models.synonym import read
from knowledge.models.terms import STOP, fold, stem, words
from knowledge.search import search
from knowledge.tasks import index_articles
from tests import make

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "knowledge/data"
more = import_module("knowledge.migrations.0006_more_synonyms")


def shipped(name: str) -> Iterator[tuple[list[str], int]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        for row in DictReader(file):
            yield row["words"].split(" | "), int(row["near"])


def stored() -> set[tuple[tuple[str, ...], int]]:
    return {(tuple(words), near) for words, near in Synonym.objects.values_list("words", "near")}


def titles(query: str, user: User) -> list[str]:
    return [hit.article.title for hit in search(query, user=user, limit=5)]


def test_works_at_once_and_both_ways(noor: User) -> None:
    make.article("Flapdrol inleveren")
    assert titles("zwiebelkast", noor) == []
    synonym = Synonym.objects.create(words=["zwiebelkast", "flapdrol"])
    assert titles("zwiebelkast", noor) == ["Flapdrol inleveren"]
    make.article("Zwiebelkasten")
    assert titles("flapdrol", noor) == ["Flapdrol inleveren", "Zwiebelkasten"]
    synonym.delete()
    assert titles("flapdrol", noor) == ["Flapdrol inleveren"]


def test_one_way(noor: User) -> None:
    make.article("Flapdrol inleveren")
    make.article("Oude zwiebelkast")
    Synonym.objects.create(words=["zwiebelkast", "flapdrol"], near=Near.FINDS)
    assert set(titles("zwiebelkast", noor)) == {"Oude zwiebelkast", "Flapdrol inleveren"}
    assert titles("flapdrol", noor) == ["Flapdrol inleveren"]


def test_expression_of_several_words(noor: User) -> None:
    make.article("Flapdrol inleveren")
    Synonym.objects.create(words=["oude zwiebelkast kwijt", "flapdrol"])
    assert titles("waar kan ik mijn oude zwiebelkasten kwijt", noor) == ["Flapdrol inleveren"]
    assert titles("zwiebelkast", noor) == []


@pytest.fixture
def town(db: None) -> None:
    """Have articles of a small town; some words of their titles stand in many more."""
    for number in range(60):
        make.article(f"Onderwerp {number}", body="<p>Een afspraak voor paspoort, rijbewijs of verhuizing.</p>")
    for title in [
        "Paspoort aanvragen", "Rijbewijs omwisselen", "Verhuizing doorgeven", "Grofvuil laten ophalen",
        "Hondenbelasting", "Gehandicaptenparkeerkaart aanvragen", "Kwijtschelding", "Losse stoeptegel melden",
        "Vissen in Duinmeer",
    ]:  # fmt: skip
        make.article(title, body=f"<p>U kunt {title.lower()}. Maak een afspraak; aanvragen kan ook op papier.</p>")
    make.article("Afspraak verzetten", body="<p>Bel ons. Neem uw paspoort of rijbewijs mee.</p>")


PAIRS = {
    "helmgras | afspraak": "Afspraak verzetten",  # in all articles
    "duinpas | paspoort": "Paspoort aanvragen",  # whose pieces stand in a title
    "flapdrol | paspoort aanvragen": "Paspoort aanvragen",
    "ome willem regeling | kwijtschelding": "Kwijtschelding",
    "kustklik | rijbewijs": "Rijbewijs omwisselen",
    "strandpas | verhuizing": "Verhuizing doorgeven",
    "kwakwoord | hondenbelasting": "Hondenbelasting",  # in one of them
    "snorkelkaart | gehandicaptenparkeerkaart": "Gehandicaptenparkeerkaart aanvragen",
    "moppersteen | losse stoeptegel": "Losse stoeptegel melden",
    "zwiebertje | flobberdewob | grofvuil": "Grofvuil laten ophalen",  # no article has the first two
    "zeekraal | knisperhuis": "",  # nor any of these
    "meermunt | kwijtschelding | zandloper": "Kwijtschelding",
}


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("pair", "first"), PAIRS.items())
@pytest.mark.parametrize("asked", ["{}", "ik heb een vraag over mijn {}", "goedemorgen kan ik hier een {} krijgen"])
def test_stands_in_for_a_word_that_no_article_has(pair: str, first: str, asked: str, noor: User) -> None:
    word = read(pair)[0]
    Synonym.objects.create(words=read(pair))
    assert titles(asked.format(word), noor)[:1] == [first] * bool(first)


@pytest.mark.usefixtures("town")
def test_what_stands_in_is_explained_and_compared_by_meaning(noor: User) -> None:
    index_articles()
    Synonym.objects.create(words=["kustklik", "rijbewijs"])
    asked, meant = (search(word, user=noor, limit=1)[0] for word in ["kustklik", "rijbewijs"])
    assert asked.article == meant.article
    parts, its = ({part.name: part.worth for part in hit.parts} for hit in [asked, meant])
    assert parts["meaning"] == its["meaning"]
    assert not {"title", "keywords", "answer", "text"} & set(parts)
    assert parts["synonym"] > 0.5
    assert sum(parts.values()) == pytest.approx(sum(its.values()), abs=0.001)
    assert asked.rank == pytest.approx(sum(parts.values()))


@pytest.mark.usefixtures("town")
def test_stands_in_for_words_that_tell_nothing_apart(noor: User) -> None:
    for number in range(60):
        make.article(f"Nummer {number}", body="<p>Er is meer.</p>")
    make.article("Zorgen om iemand", keywords="zelfmoord")
    assert titles("ik wil er niet meer zijn", noor) == ["Zorgen om iemand"]
    Synonym.objects.all().delete()
    assert len(search("ik wil er niet meer zijn", user=noor, limit=30)) == 8
    assert len(search("meer", user=noor, limit=30)) == 30


def test_a_word_that_says_nothing_has_no_synonyms(noor: User) -> None:
    make.article("Flapdrol inleveren")
    Synonym.objects.create(words=["isde", "flapdrol"])  # its stem is that of "is"
    assert titles("wat is een zwiebelkast", noor) == []
    assert titles("isde", noor) == ["Flapdrol inleveren"]


def test_an_installation_begins_with_synonyms() -> None:
    assert len(stored()) > 2500
    assert {(tuple(words), near) for words, near in shipped("synonyms_2.csv")} <= stored()
    for synonym in Synonym.objects.all():
        before = list(synonym.words)
        synonym.full_clean()
        assert synonym.words == before


@pytest.mark.parametrize("name", ["synonyms.csv", "synonyms_2.csv"])
def test_shipped_sets_are_tidy(name: str) -> None:
    for expressions, near in shipped(name):
        assert expressions == read(" | ".join(expressions)), expressions
        assert [one.lower() for one in expressions] == expressions
        assert all(set(words(one)) - STOP for one in expressions), expressions
        assert near in Near.values


def test_a_shipped_expression_stands_in_one_set() -> None:
    sets = [*shipped("synonyms.csv"), *shipped("synonyms_2.csv")]
    same = [fold(one) for expressions, near in sets if near == Near.SAME for one in expressions]
    assert sorted(same) == sorted(set(same))
    first = [fold(expressions[0]) for expressions, near in sets if near == Near.FINDS]
    assert sorted(first) == sorted(set(first))


def test_later_shipped_sets_do_not_meet_by_their_stems() -> None:
    earlier, later = (
        [
            tuple(stem(word) for word in words(one))
            for expressions, near in shipped(name)
            for one in more.entries(expressions, near)
        ]
        for name in ("synonyms.csv", "synonyms_2.csv")
    )
    assert len(later) == len(set(later))
    assert not set(later) & set(earlier)


def test_later_sets_come_beside_what_editors_made() -> None:
    (same, _same), (finds, _finds) = (
        next(one for one in shipped("synonyms_2.csv") if one[1] == near) for near in (Near.SAME, Near.FINDS)
    )
    Synonym.objects.all().delete()
    Synonym.objects.create(words=[same[-1].upper(), "flapdrol"])
    Synonym.objects.create(words=[finds[0], "zwiebelkast"], near=Near.FINDS)
    more.add(apps, None)
    after = stored()
    assert len(after) == 2 + len(list(shipped("synonyms_2.csv"))) - 2
    assert (tuple(same), Near.SAME) not in after
    assert (tuple(finds), Near.FINDS) not in after
    more.add(apps, None)
    assert stored() == after


def test_wrong_sets_are_mended_unless_an_editor_changed_them() -> None:
    wrong, right = next(iter(more.WRONG.items()))
    Synonym.objects.all().delete()
    untouched = Synonym.objects.create(words=read(wrong))
    changed = Synonym.objects.create(words=[*read(wrong), "flapdrol"])
    more.mend(apps, None)
    untouched.refresh_from_db()
    changed.refresh_from_db()
    assert untouched.words == read(right)
    assert "flapdrol" in changed.words
    assert not {str(one) for one in Synonym.objects.all()} & {" | ".join(read(line)) for line in more.WRONG}


@pytest.mark.parametrize(
    "words", [[], ["een"], ["een", " Een "], ["!!!", "?"], ["x" * 81, "y"], [str(n) for n in range(31)]]
)
def test_refused_in_words(words: list[str]) -> None:
    with pytest.raises(ValidationError):
        Synonym(words=words).full_clean()


def test_tidied() -> None:
    synonym = Synonym(words=["  grof   vuil ", "Bankstel", "bankstel"])
    synonym.full_clean()
    assert synonym.words == ["grof vuil", "bankstel"]
    assert str(synonym) == "grof vuil | bankstel"


def test_editors_keep_them_in_the_admin(as_user: Callable[[User], Client]) -> None:
    browser = as_user(make.user("mies", Role.EDITOR, is_staff=True))
    url = "/admin/knowledge/synonym/"
    assert browser.get(url, {"q": "grofvuil"}).status_code == 200
    answer = browser.post(f"{url}add/", {"words": "zwiebelkast | flapdrol | zwiebelkast", "near": "1"})
    assert answer.status_code == 302
    synonym = Synonym.objects.get(words__contains=["zwiebelkast"])
    assert synonym.words == ["zwiebelkast", "flapdrol"]
    assert 'value="zwiebelkast | flapdrol"' in browser.get(f"{url}{synonym.pk}/change/").content.decode()
    browser.post(f"{url}{synonym.pk}/change/", {"words": "zwiebelkast, flapdrol", "near": "1"})
    synonym.refresh_from_db()
    assert synonym.words == ["zwiebelkast", "flapdrol"]
    for wrong in ["", "een", "!!! | ?", "x" * 90 + " | y", "a\0b | c", "|||"]:
        answer = browser.post(f"{url}{synonym.pk}/change/", {"words": wrong, "near": "1"})
        assert answer.status_code == 200, wrong
        assert "errorlist" in answer.content.decode(), wrong


def test_others_may_not(as_user: Callable[[User], Client], noor: User) -> None:
    assert as_user(noor).get("/admin/knowledge/synonym/").status_code in {302, 403}
