"""A version on its way to readers: looked at, approved, given back, published now or later, and away again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, Bulletin, Version
from knowledge.models.markup import section
from knowledge.views import publish as views
from tests import make
from tests.knowledge.writing import at, draft, four_eyes, seen, sent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def article(db: None) -> Article:
    return make.article("Paspoort", short_answer="Kort.", body="<h2>Uitleg</h2><p>Oud</p>")


def publish(client: Client, article: Article, **data: str) -> int:
    shown = seen(article) if article.draft is not None else {}
    return client.post(at(article, "publish/"), {"change": "small", "when": "now"} | shown | data).status_code


def approved(article: Article, hers: Client, other: Client) -> Version:
    hers.post(at(article), sent(article, title="Paspoort aanvragen", do="submit"))
    other.post(at(article, "approve/"), seen(article))
    return draft(article)


def test_from_concept_to_readers(article: Article, hers: Client, other: Client, mies: User) -> None:
    answer = hers.post(at(article), sent(article, title="Paspoort aanvragen", do="submit"))
    assert answer["Location"] == at(article)
    assert draft(article).state == "submitted"
    page = hers.get(at(article)).content.decode()
    assert "Wacht op een collega" in page
    assert "Goedkeuren" not in page
    page = other.get(at(article)).content.decode()  # also while the page of the writer is still open
    assert "Goedkeuren" in page
    assert hers.post(at(article, "approve/"), seen(article)).status_code == 422
    assert other.post(at(article, "approve/"), {"seen": draft(article).stamp}).status_code == 302
    assert hers.get(at(article, "publish/")).status_code == 200
    assert publish(hers, article) == 302
    article.refresh_from_db()
    last = article.versions.published().first()
    assert (article.title, last.number, last.approved_by) == ("Paspoort aanvragen", 1, mies)
    assert article.editor is None
    assert publish(hers, article) == 404  # there is no concept any more


def test_who_types_on_in_what_was_offered_has_it_again(
    article: Article, hers: Client, other: Client, marit: User
) -> None:
    hers.post(at(article), sent(article, title="Een", do="submit"))
    typed = sent(article, title="Twee")
    assert hers.post(at(article, "edit/save/"), typed).status_code == 204
    article.refresh_from_db()
    assert article.editor == marit
    assert "Overnemen" in other.get(at(article)).content.decode()


def test_without_approval(article: Article, hers: Client) -> None:
    hers.post(at(article), sent(article, title="Nieuw"))
    answer = hers.post(at(article, "publish/"), {"change": "small", "when": "now"})
    assert answer.status_code == 422
    assert "Een collega moet deze versie eerst goedkeuren." in answer.content.decode()
    assert hers.post(at(article, "approve/"), seen(article)).status_code == 422
    four_eyes(on=False)
    assert hers.post(at(article), sent(article, title="Nieuw", do="publish"))["Location"] == at(article, "publish/")
    assert publish(hers, article) == 302


def test_what_was_approved_is_what_was_looked_at(article: Article, hers: Client, other: Client) -> None:
    hers.post(at(article), sent(article, title="Een", do="submit"))
    before = seen(article)
    hers.post(at(article), sent(article, title="Twee", do="submit"))
    answer = other.post(at(article, "approve/"), before)
    assert answer.status_code == 409
    assert "intussen gewijzigd" in answer.content.decode()
    assert draft(article).state == "submitted"
    assert other.post(at(article, "approve/"), {"seen": "x" * 100}).status_code == 409


def test_what_was_published_is_what_was_looked_at(article: Article, hers: Client) -> None:
    four_eyes(on=False)
    hers.post(at(article), sent(article, title="Een"))
    before = seen(article)
    hers.post(at(article), sent(article, title="Twee"))
    assert publish(hers, article, **before) == 409
    assert publish(hers, article) == 302


def test_given_back(article: Article, hers: Client, other: Client) -> None:
    hers.post(at(article), sent(article, title="Nieuw", do="submit"))
    for remark in ("", "x" * 2001, "a\0b"):
        assert other.post(at(article, "send-back/"), {"remark": remark} | seen(article)).status_code == 422
    assert other.post(at(article, "send-back/"), {"remark": "Noem het tarief."} | seen(article)).status_code == 302
    page = hers.get(at(article)).content.decode()
    assert "Noem het tarief." in page
    assert "M. Bos gaf dit terug" in page


def test_an_important_change_is_announced(article: Article, hers: Client, other: Client) -> None:
    approved(article, hers, other)
    assert publish(hers, article, change="big") == 422
    assert publish(hers, article, change="big", summary="Nieuw tarief") == 302
    assert Bulletin.objects.get().text == "Nieuw tarief"


@pytest.mark.parametrize(
    "data",
    [{"change": "?"}, {"when": "?"}, {"when": "later"}, {"when": "later", "moment": "gisteren"},
     {"when": "later", "moment": "2020-01-01T10:00"}, {"when": "later", "moment": "9999-12-31T23:59"},
     {"summary": "x" * 301}, {"summary": "a\0b"}],
)  # fmt: skip
def test_bad_input(data: dict[str, str], article: Article, hers: Client, other: Client) -> None:
    approved(article, hers, other)
    assert publish(hers, article, **data) == 422


def test_later(article: Article, hers: Client, other: Client) -> None:
    approved(article, hers, other)
    moment = timezone.localtime() + timedelta(days=2)
    data = {"change": "small", "when": "later", "moment": moment.strftime("%Y-%m-%dT%H:%M")} | seen(article)
    answer = hers.post(at(article, "publish/"), data, follow=True)
    assert answer.redirect_chain == [(at(article, "preview/"), 302)]
    assert "Gepland" in answer.content.decode()
    assert draft(article).state == "scheduled"
    assert "Gepland" in hers.get(at(article)).content.decode()
    assert hers.post(at(article, "hold/"), seen(article)).status_code == 302
    assert draft(article).state == "approved"


def test_not_good_enough_for_readers(article: Article, hers: Client) -> None:
    four_eyes(on=False)
    hers.post(at(article, "edit/save/"), sent(article, short_answer="woord " * 61))
    answer = hers.post(at(article, "publish/"), {"change": "small", "when": "now"} | seen(article))
    assert answer.status_code == 422
    assert "Het korte antwoord heeft 61 woorden. Gebruik er hooguit 60." in answer.content.decode()
    hers.post(at(article, "edit/save/"), sent(article, short_answer=""))
    assert publish(hers, article) == 422


def test_preview_shows_what_each_reader_reads(article: Article, hers: Client) -> None:
    parts = [section("<p>Voor iedereen</p>"), section("<p>Kijk in het systeem</p>", kind="memo")]
    version = Version.begin(article, by=None)
    words = Version(sections=parts)
    words.title, words.short_answer = "Nieuw", "Kort."
    version.write(words, by=None)
    inside = hers.get(at(article, "preview/")).content.decode()
    assert "Kijk in het systeem" in inside
    outside = hers.get(at(article, "preview/?as=public")).content.decode()
    assert "Voor iedereen" in outside
    assert "<p>Kijk in het systeem</p>" not in outside.split("</article>")[0]


def test_thrown_away(article: Article, hers: Client) -> None:
    hers.post(at(article), sent(article, title="Nieuw"))
    assert hers.post(at(article, "drop/"))["Location"] == f"/knowledge/{article.uuid}/"
    assert hers.post(at(article, "drop/")).status_code == 302
    article.refresh_from_db()
    assert article.title == "Paspoort"


def test_withdrawn_brought_back_and_checked(article: Article, hers: Client, marit: User) -> None:
    for place, state in [("withdraw/", "withdrawn"), ("withdraw/", "withdrawn"), ("bring-back/", "current")]:
        assert hers.post(at(article, place)).status_code == 302
        article.refresh_from_db()
        assert article.state == state
    hers.post(reverse("knowledge:check", args=[article.uuid]))
    article.refresh_from_db()
    assert article.checked_by == marit


def test_an_old_page_throws_nothing_away_that_a_colleague_wrote(
    hers: Client, other: Client, marit: User, mies: User
) -> None:
    article = Version.first(uuid=uuid4(), title="Nieuw", by=marit).article
    before = draft(article).stamp
    hers.post(at(article), sent(article, title="Verder", short_answer="Kort."))
    for place in ("drop/", "hold/"):
        assert other.post(at(article, place), {"seen": draft(article).stamp}).status_code == 409  # she has it open
    article.lay_down(by=marit)
    for wrong in (before, "", "x" * 100, "\0"):
        answer = other.post(at(article, "drop/"), {"seen": wrong})
        assert answer.status_code == 409
        assert "intussen gewijzigd" in answer.content.decode()
    assert draft(article).title == "Verder"
    assert other.post(at(article, "drop/"), {"seen": draft(article).stamp}).status_code == 302
    last = Version.objects.get(article=article)  # nothing that a colleague wrote is deleted
    assert (last.title, last.state) == ("Verder", "dropped")
    assert marit.notifications.get().text == "M. Bos zette jouw tekst voor “Verder” opzij"


def test_a_remark_on_what_is_no_longer_offered_is_not_lost(article: Article, hers: Client, other: Client) -> None:
    hers.post(at(article), sent(article, title="Een", do="submit"))
    before = draft(article).stamp
    hers.post(at(article), sent(article, title="Twee", do="submit"))
    for values in ({"seen": before}, {"seen": "x" * 100}, {}):
        answer = other.post(at(article, "send-back/"), {"remark": "Noem het tarief."} | values)
        assert answer.status_code == 409
        assert "Noem het tarief." in answer.content.decode()
    hers.post(at(article), sent(article, title="Drie"))
    answer = other.post(at(article, "send-back/"), {"remark": "Noem het tarief."} | seen(article))
    assert answer.status_code == 409
    assert "Je opmerking is niet verstuurd: Noem het tarief." in answer.content.decode()
    assert draft(article).remark == ""


def test_who_wrote_hears_what_a_colleague_said(article: Article, hers: Client, other: Client, marit: User) -> None:
    hers.post(at(article), sent(article, title="Een", do="submit"))
    other.post(at(article, "send-back/"), {"remark": "Noem het tarief."} | seen(article))
    hers.post(at(article), sent(article, title="Twee", do="submit"))
    for _twice in range(2):
        assert other.post(at(article, "approve/"), {"seen": draft(article).stamp}).status_code == 302
    lines = marit.notifications.order_by("pk").values_list("text", "url")
    assert [*lines] == [
        ("M. Bos gaf “Een” terug met een opmerking", at(article)),
        ("M. Bos keurde “Twee” goed. Je kunt het publiceren.", at(article)),
    ]
    assert Version.objects.drafts().get(article=article).state == "approved"  # it is on her list until it is out
    start = hers.get("/knowledge/editorial/drafts/").content.decode()
    assert "Goedgekeurd, nog niet gepubliceerd" in start


@pytest.mark.parametrize(
    ("place", "data"),
    [("submit/", {}), ("approve/", {}), ("send-back/", {"remark": "Noem het tarief."}), ("hold/", {})],
)
@pytest.mark.parametrize("meanwhile", ["written", "published"])
def test_what_a_colleague_did_in_the_same_moment_stands(
    place: str, data: dict[str, str], meanwhile: str, article: Article, hers: Client, marit: User, mies: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    version = Version.begin(article, by=mies)
    version.write(Version(title="Een", short_answer="Kort."), by=mies)
    if place != "submit/":
        version.submit(by=mies)
    if place in ("send-back/", "hold/") or meanwhile == "published":
        version.approve(by=marit)
    if place == "hold/":
        version.schedule(timezone.now() + timedelta(days=1), summary="", announced=False, by=marit)

    def after_the_page_was_compared(request: object, seen: Version) -> bool:
        theirs = Version.objects.get(pk=seen.pk)
        if meanwhile == "written":
            theirs.write(Version(title="Twee", short_answer="Kort."), by=mies)
        else:
            theirs.publish(by=mies)
        return True

    monkeypatch.setattr(views, "_saw", after_the_page_was_compared)
    answer = hers.post(at(article, place), data)
    assert answer.status_code == (422 if (place, meanwhile) in GONE_ALREADY else 409)
    assert data.get("remark", "") in answer.content.decode()
    version.refresh_from_db()
    assert version.state == ("draft" if meanwhile == "written" else "published")
    assert version.remark == ""


GONE_ALREADY = [("submit/", "published"), ("approve/", "published")]


def test_offering_from_the_editor_offers_only_what_it_kept(
    article: Article, hers: Client, mies: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Version.keep

    def and_then_a_colleague(*args: Any, **kwargs: Any) -> Version | None:
        kept = keep(*args, **kwargs)
        draft(article).write(Version(title="Van Mies", short_answer="Kort."), by=mies)
        return kept

    monkeypatch.setattr(Version, "keep", and_then_a_colleague)
    answer = hers.post(at(article), sent(article, title="Van Marit", do="submit"))
    assert answer.status_code == 409
    assert "intussen gewijzigd" in answer.content.decode()
    assert draft(article).state == "draft"


def test_offering_what_is_approved_leads_to_publishing(article: Article, hers: Client, mies: User) -> None:
    hers.post(at(article), sent(article, title="Een"))
    draft(article).approve(by=mies)
    assert hers.post(at(article, "submit/"), seen(article))["Location"] == at(article, "publish/")
    assert draft(article).state == "approved"
