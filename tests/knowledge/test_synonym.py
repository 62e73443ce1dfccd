"""Synonyms that editors keep work at once, and count for less than the word itself."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Role, User
from knowledge.models import Near, Synonym
from knowledge.search import search
from tests import make

pytestmark = pytest.mark.django_db


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


def test_an_installation_begins_with_synonyms(noor: User) -> None:
    assert Synonym.objects.count() > 500
    for synonym in Synonym.objects.all():
        synonym.full_clean()


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
