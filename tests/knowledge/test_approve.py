"""Four eyes: who may approve a version, and what who may not can do about it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from knowledge.models import Article, NotYet, Version
from tests import make
from tests.knowledge.writing import at, four_eyes, seen, sent, words

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def article(db: None) -> Article:
    return make.article("Paspoort", short_answer="Kort.")


def written(article: Article, *writers: User) -> Version:
    version = Version.begin(article, by=writers[0])
    for n, writer in enumerate(writers):
        version.write(words(f"Paspoort {n}"), by=writer)
    return version


CASES: list[tuple[str, str, str]] = [  # who wrote, who submitted, who of the three may approve
    ("marit", "", "mies els"),
    ("marit", "marit", "mies els"),
    ("marit", "mies", "els"),
    ("marit mies", "", "els"),
    ("marit mies", "marit", "mies els"),
    ("marit mies", "mies", "marit els"),
    ("marit mies", "els", ""),
    ("marit mies els", "marit", "mies els"),
]


@pytest.mark.parametrize(("writers", "submitter", "approvers"), CASES)
def test_approver_and_submitter_are_the_four_eyes(
    writers: str, submitter: str, approvers: str, article: Article, marit: User, mies: User, els: User
) -> None:
    people = {"marit": marit, "mies": mies, "els": els}
    version = written(article, *(people[name] for name in writers.split()))
    if submitter:
        version.submit(by=people[submitter])
    assert {name for name, one in people.items() if version.may_be_approved_by(one)} == {*approvers.split()}
    assert {one.username for one in version.approvers(submitter=version.submitted_by_id)} == {*approvers.split()}
    for name, one in people.items():
        if name not in approvers.split():
            with pytest.raises(NotYet):
                version.approve(by=one)
    four_eyes(on=False)
    assert all(version.may_be_approved_by(one) for one in people.values())


def test_who_left_wrote_it_all_the_same(article: Article, marit: User, mies: User) -> None:
    version = written(article, marit)
    version.submit(by=mies)
    Version.objects.update(submitted_by=None, written_by=None)
    version.refresh_from_db()
    assert not version.may_be_approved_by(marit)
    assert version.may_be_approved_by(mies)


def test_the_writer_offers_what_a_colleague_offered(article: Article, marit: User, mies: User) -> None:
    version = written(article, marit)
    version.submit(by=mies)
    assert not version.submit(by=mies)
    with pytest.raises(NotYet, match="Bied het zelf aan, dan kan"):
        version.approve(by=marit)
    assert version.submit(by=marit)
    assert not version.submit(by=marit)
    assert version.approve(by=mies)
    assert not version.submit(by=marit)  # it is approved


def test_what_is_looked_at_is_who_offered_it(article: Article, marit: User, mies: User) -> None:
    version = written(article, marit, mies)
    version.submit(by=marit)
    stale = Version.objects.get(pk=version.pk)
    version.send_back("Korter.", by=mies)
    version.submit(by=mies)
    assert not stale.approve(by=mies)
    assert stale.state == "submitted"


def test_each_page_offers_what_can_be_done(article: Article, as_user: Browser, marit: User, mies: User) -> None:
    hers, other = as_user(marit), as_user(mies)

    def page(client: Client, place: str) -> str:
        return str(client.get(at(article, place)).content.decode())

    hers.post(at(article), sent(article, title="Paspoort aanvragen"))
    assert ">Ter goedkeuring<" in page(hers, "publish/")
    assert "Bied het aan, dan kan M. Bos het goedkeuren." in page(hers, "publish/")
    assert 'name="change"' not in page(hers, "publish/")
    assert other.post(at(article, "submit/")).status_code == 409  # she has it open
    article.lay_down(by=marit)
    assert other.post(at(article, "submit/"), seen(article)).status_code == 302
    assert "Laat M. de Vries het aanbieden, dan kun jij het goedkeuren." in page(other, "publish/")
    assert not {">Ter goedkeuring<", ">Zelf aanbieden<"} & {*re.findall(r">[^<>]+<", page(other, "publish/"))}
    for place in ("publish/", "edit/"):
        assert "Bied het zelf aan, dan kan M. Bos het goedkeuren." in page(hers, place)
        assert ">Zelf aanbieden<" in page(hers, place)
    answer = hers.post(at(article, "approve/"), seen(article))
    assert answer.status_code == 422
    assert "Bied het zelf aan" in answer.content.decode()
    assert "Bied het zelf aan" in page(hers, "preview/")
    assert hers.post(at(article, "submit/"), seen(article)).status_code == 302
    assert "Wacht op een collega" in page(hers, "edit/")
    assert "M. Bos kan het goedkeuren. Je krijgt dan een melding." in page(hers, "publish/")
    assert ">Bekijken en goedkeuren<" in page(other, "publish/")
    other.post(at(article, "approve/"), seen(article))
    assert 'name="change"' in page(hers, "publish/")


def test_submit(article: Article, as_user: Browser, marit: User, noor: User) -> None:
    hers = as_user(marit)
    assert hers.post(at(article, "submit/")).status_code == 404  # there is no concept
    hers.post(at(article), sent(article, title="Paspoort aanvragen"))
    version = Version.objects.open().get()
    for data, status in [({}, 409), ({"seen": "x"}, 409), ({"seen": "x" * 100}, 409), ({"seen": version.stamp}, 302)]:
        assert hers.post(at(article, "submit/"), data).status_code == status
    assert hers.post(at(article, "submit/"), {"seen": version.stamp}).status_code == 302  # twice
    assert as_user(noor).post(at(article, "submit/")).status_code == 403
    hers.post(at(article, "edit/save/"), sent(article, short_answer=""))
    answer = hers.post(at(article, "submit/"), seen(article))
    assert answer.status_code == 422
    assert "Dit artikel heeft nog geen kort antwoord." in answer.content.decode()
    assert Version.objects.open().get().state == "draft"


@pytest.mark.parametrize(
    ("missing", "said"),
    [({"topic", "team"}, "geen onderwerp en geen afdeling"), ({"topic"}, "geen onderwerp. Dan"),
     ({"team"}, "geen afdeling. Dan"), (set(), "")],
)  # fmt: skip
def test_what_is_not_filled_in_is_advised(
    missing: set[str], said: str, article: Article, as_user: Browser, marit: User, mies: User
) -> None:
    facts: dict[str, Any] = {"topic": make.topic(), "team": make.team()}
    Article.objects.filter(pk=article.pk).update(**{name: None if name in missing else facts[name] for name in facts})
    version = written(article, marit)
    version.submit(by=marit)
    pages = [as_user(mies).get(at(article, "preview/")), as_user(marit).get(at(article, "publish/"))]
    version.approve(by=mies)
    pages.append(as_user(marit).get(at(article, "publish/")))
    for page in (one.content.decode() for one in pages):
        assert ("Gegevens aanvullen" in page) is bool(said)
        assert said in page
