"""Writing an article: its words, its parts, what is known of it; nothing typed is lost and bad input is said."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from knowledge.forms.edit import MOST_PARTS, Writing
from knowledge.models import Article, Editorial, Product
from knowledge.models.markup import section
from tests import bench, make
from tests.conftest import DjangoAssertNumQueries
from tests.knowledge.writing import at, draft, part, sent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def headings(article: Article) -> list[str]:
    return [one["title"] for one in draft(article).sections]


@pytest.mark.parametrize(
    "place",
    ["edit/", "edit/hint/", "preview/", "publish/"],
)
def test_only_editors_look(place: str, article: Article, as_user: Browser, noor: User, kees: User) -> None:
    for user in (noor, kees):
        assert as_user(user).get(at(article, place)).status_code == 403


@pytest.mark.parametrize(
    "place",
    ["edit/", "edit/save/", "edit/put-back/", "edit/take-over/", "edit/lay-down/", "describe/", "translate/",
     "approve/",
     "send-back/", "publish/", "hold/", "drop/", "withdraw/", "bring-back/"],
)  # fmt: skip
def test_only_editors_write(place: str, article: Article, as_user: Browser, noor: User, hers: Client) -> None:
    assert as_user(noor).post(at(article, place)).status_code == 403
    assert hers.post(f"/knowledge/{uuid4()}/{place}").status_code == 404
    if place not in ("edit/", "publish/"):
        assert hers.get(at(article, place)).status_code == 405


def test_a_new_article(hers: Client, marit: User) -> None:
    page = hers.get("/knowledge/new/?title=Hondenbelasting")
    assert 'value="Hondenbelasting"' in page.content.decode()
    data = {"uuid": str(uuid4()), "kind": "product", "title": "Hondenbelasting"}
    hers.post("/knowledge/new/", data)
    answer = hers.post("/knowledge/new/", data)
    made = Article.objects.get()
    assert (made.state, made.kind, made.owner, answer["Location"]) == ("concept", "product", marit, at(made))
    shown = hers.get(at(made)).content.decode()
    names = ["Inleiding", "Aanvraag", "Voorwaarden", "Kosten", "Termijn", "Bezwaar", "Contact", "Voor medewerkers"]
    assert [name for name in names if f">{name}</h2>" in shown] == names


@pytest.mark.parametrize(
    "data",
    [{}, {"kind": "?", "title": "x"}, {"kind": "product", "title": ""}, {"kind": "question", "title": "x" * 201},
     {"kind": "question", "title": "a\0b"}, {"kind": "question", "title": "x", "uuid": "geen"}],
)  # fmt: skip
def test_a_new_article_that_is_none(data: dict[str, str], hers: Client) -> None:
    assert hers.post("/knowledge/new/", {"uuid": str(uuid4())} | data).status_code == 422
    assert not Article.objects.exists()


def test_words_are_kept_as_a_concept(article: Article, hers: Client, marit: User) -> None:
    data = sent(article, title="  Paspoort   aanvragen ", short_answer="Eén.\r\nTwee.", keywords="reisdocument")
    data |= {"source-0-title": "Paspoortwet", "source-0-url": "wetten.overheid.nl/paspoort"}
    assert hers.post(at(article), data).status_code == 302
    kept = draft(article)
    assert (kept.title, kept.short_answer, kept.written_by) == ("Paspoort aanvragen", "Eén.\nTwee.", marit)
    assert kept.sources == [{"title": "Paspoortwet", "url": "https://wetten.overheid.nl/paspoort"}]
    article.refresh_from_db()
    assert article.title == "Paspoort"


def test_saving_what_is_there_makes_no_concept(article: Article, hers: Client) -> None:
    hers.post(at(article), sent(article))
    assert article.draft is None


def test_a_short_answer_is_short(article: Article, hers: Client) -> None:
    assert hers.post(at(article), sent(article, short_answer="**woord** - " * 60)).status_code == 302
    refused = hers.post(at(article), sent(article, short_answer="woord " * 61))
    assert refused.status_code == 422
    assert "Het korte antwoord heeft 61 woorden. Gebruik er hooguit 60." in refused.content.decode()
    assert "woord woord" in refused.content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"title": "x" * 201}, {"short_answer": ""}, {"short_answer": "x" * 5001}, {"keywords": "x" * 501},
     {"title": "a\0b"}, {"part-0-html": "a\0b"}, {"part-0-html": "<div>" * 9000}, {"part-0-html": "x" * 1_000_000},
     {"part-0-kind": "anders"}, {"part-0-kind": ""}, {"part-1-title": "x" * 201}, {"source-0-url": "geen adres"},
     {"source-0-url": "javascript:alert(1)"}, {"source-0-title": "x" * 201}, {"page": "geen uuid"}, {"seen": "x" * 81}],
)  # fmt: skip
def test_bad_words_are_said_and_kept_on_the_page(changes: dict[str, str], article: Article, hers: Client) -> None:
    answer = hers.post(at(article), sent(article, **({"title": "Dit typte ik"} | changes)))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert ("Dit typte ik" in page) == ("title" not in changes)
    assert "data-errors" in page
    assert article.draft is None


@pytest.mark.parametrize(
    "changes",
    [{"parts": "999999999999"}, {"parts": "-1"}, {"parts": "¼"}, {"parts": ""}, {"sources": "x"}, {"do": "up:99"},
     {"do": "down:-1"}, {"do": "remove:x"}, {"do": "?"}, {"do": "up:²"}, {"page": ""}, {"seen": ""}],
)  # fmt: skip
def test_strange_forms_never_break(changes: dict[str, str], article: Article, hers: Client) -> None:
    assert hers.post(at(article), sent(article, **changes)).status_code in (302, 409, 422)
    assert hers.post(at(article, "edit/save/"), sent(article, **changes)).status_code in (204, 409, 422)
    assert hers.post(at(article), {"title": ["a", "b"], "parts": ["1", "2"]}).status_code in (302, 409, 422)


def test_parts_are_added_moved_and_taken_away(article: Article, hers: Client) -> None:
    answer = hers.post(at(article), sent(article, do="down:0"))
    assert answer["Location"].endswith("#deel-1")
    assert headings(article) == ["Stappen", "Uitleg"]
    assert hers.post(at(article), sent(article, do="up:0")).status_code == 302  # there is nothing above
    assert headings(article) == ["Stappen", "Uitleg"]
    answer = hers.post(at(article), sent(article, do="add"))
    assert answer["Location"].endswith("?part#nieuw-deel")
    assert hers.get(answer["Location"]).content.decode().count('name="part-3-html"') == 1
    parts = [
        part("<p>a</p>", title="Een"),
        part("<p>b</p>", title="Twee"),
        part("<p>c</p>", title="Drie", internal=True),
    ]
    hers.post(at(article), sent(article, parts=parts, do="remove:1"))
    assert headings(article) == ["Een", "Drie"]
    assert [one["internal"] for one in draft(article).sections] == [False, True]
    hers.post(at(article, "edit/put-back/"))
    hers.post(at(article, "edit/put-back/"))  # once
    assert headings(article) == ["Een", "Twee", "Drie"]


def test_a_part_taken_away_waits_while_a_colleague_writes(article: Article, hers: Client, other: Client) -> None:
    parts = [part("<p>1</p>", title="Een"), part("<p>2</p>", title="Twee")]
    hers.post(at(article), sent(article, parts=parts, do="remove:1"))
    other.post(at(article, "edit/take-over/"))
    answer = hers.post(at(article, "edit/put-back/"))
    assert answer.status_code == 409
    assert "bewerkt dit artikel" in answer.content.decode()
    assert headings(article) == ["Een"]
    back = hers.post(at(article, "edit/take-over/"), follow=True).content.decode()
    assert f'action="{at(article, "edit/put-back/")}"' in back
    hers.post(at(article, "edit/put-back/"))
    assert headings(article) == ["Een", "Twee"]


def test_a_part_taken_away_waits_until_it_fits(article: Article, hers: Client) -> None:
    parts = [part("<p>1</p>", title=str(n)) for n in range(MOST_PARTS)]
    hers.post(at(article), sent(article, parts=parts))
    hers.post(at(article), sent(article, parts=parts, do="remove:0"))
    hers.post(at(article), sent(article, parts=[*parts[1:], part("<p>1</p>", title="Nieuw")]))
    answer = hers.post(at(article, "edit/put-back/"))
    assert (answer.status_code, "er past geen deel meer bij" in answer.content.decode()) == (409, True)
    assert (len(headings(article)), headings(article)[-1]) == (MOST_PARTS, "Nieuw")
    hers.post(at(article), sent(article, parts=parts[1:]))
    hers.post(at(article, "edit/put-back/"))
    assert headings(article)[0] == "0"


def test_what_is_typed_in_between_is_kept_when_a_part_moves(article: Article, hers: Client) -> None:
    hers.post(at(article), sent(article, do="down:0", title="Halve tit", short_answer="woord " * 70))
    assert (draft(article).title, draft(article).words) == ("Halve tit", 70)


def test_fixed_parts_of_a_product_stay(hers: Client) -> None:
    product = make.article("Paspoort", kind="product", body="")
    data = sent(product, do="down:0")
    data["part-3-html"] = "<p>€ 80</p>"
    data["part-7-html"] = "<p>Let op ID</p>"
    hers.post(at(product), data)
    kept = draft(product).sections
    assert [(one["kind"], one["internal"]) for one in kept] == [("costs", False), ("memo", True)]
    assert draft(product).html == "<h2>Kosten</h2><p>€ 80</p><h2>Voor medewerkers</h2><p>Let op ID</p>"
    assert "Let op" not in draft(product).public_html


def test_the_memo_is_never_public(article: Article, hers: Client) -> None:
    hers.post(at(article), sent(article, parts=[part("<p>x</p>", kind="memo", internal=False)]))
    assert draft(article).public_sections == []


def test_while_typing(article: Article, hers: Client) -> None:
    first = sent(article, title="Paspo", short_answer="")
    answer = hers.post(at(article, "edit/save/"), first)
    assert answer.status_code == 204
    assert re.fullmatch(r"\d\d:\d\d", answer["X-Draft-Saved"])
    assert hers.post(at(article, "edit/save/"), first | {"title": "Paspoorten"}).status_code == 204
    assert draft(article).title == "Paspoorten"
    assert hers.post(at(article, "edit/save/"), first | {"title": ""}).status_code == 204
    assert draft(article).title == "Paspoorten"


def test_what_is_known_holds_at_once(article: Article, hers: Client, rachid: User, parkeren: Any) -> None:
    topic, other = make.topic(), make.topic("naheffing")
    product = Product.objects.create(name="paspoort", uri="http://standaarden.overheid.nl/owms/terms/proef")
    friend = make.article("Identiteitskaart")
    next_year = timezone.localdate().year + 1
    data = {
        "topic": topic.uuid, "add_topic": other.uuid, "product": product.uri, "audience": "citizens",
        "team": parkeren.uuid, "owner": rachid.uuid, "internal": "on", "review_on": f"{next_year}-03-01",
        "valid_from": "2026-01-01", "valid_until": f"{next_year}-12-31", "add_related": friend.uuid,
    }  # fmt: skip
    assert hers.post(at(article, "describe/"), data).status_code == 302
    article.refresh_from_db()
    assert (article.topic, article.product, article.owner, article.team) == (topic, product, rachid, parkeren)
    assert (article.internal, str(article.review_on), article.audience) == (True, f"{next_year}-03-01", "citizens")
    assert list(article.more_topics.all()) == [other]
    assert list(article.related.all()) == [friend]
    page = hers.get(at(article)).content.decode()
    assert "Identiteitskaart" in page
    assert hers.post(at(article, "describe/"), {"audience": "both", "preset": "3"}).status_code == 302
    article.refresh_from_db()
    assert article.topic is None
    assert not article.related.exists()
    assert article.review_on is not None
    assert 80 < (article.review_on - timezone.localdate()).days < 100


@pytest.mark.parametrize(
    "data",
    [{"topic": "x"}, {"topic": str(uuid4())}, {"product": "\0"}, {"product": "http://x"}, {"audience": "iedereen"},
     {"owner": "1"}, {"team": "\ud800"[:0] + "\0"}, {"review_on": "31-02-2026"}, {"review_on": "9999-12-31"},
     {"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, {"related": ["x"]}, {"more_topics": str(uuid4())},
     {"add_related": "x"}, {"preset": "13"}, {"add_topic": "0" * 5000}],
)  # fmt: skip
def test_bad_facts_are_said(data: dict[str, Any], article: Article, hers: Client) -> None:
    answer = hers.post(at(article, "describe/"), {"audience": "both"} | data)
    assert answer.status_code == 422
    assert "utrecht-form-field-error-message" in answer.content.decode() or "kcc-errors" in answer.content.decode()


def test_an_article_does_not_end_before_today(article: Article, hers: Client) -> None:
    gone, today = timezone.localdate() - timedelta(days=1), timezone.localdate()
    answer = hers.post(at(article, "describe/"), {"audience": "both", "valid_until": str(gone)})
    assert answer.status_code == 422
    assert "Die dag is al voorbij." in answer.content.decode()
    assert hers.post(at(article, "describe/"), {"audience": "both", "valid_until": str(today)}).status_code == 302
    Article.objects.update(valid_until=gone)  # it ended by itself: that is no fault of who changes something else
    assert hers.post(at(article, "describe/"), {"audience": "both", "valid_until": str(gone)}).status_code == 302


def test_what_readers_have_is_always_checked_again(article: Article, hers: Client) -> None:
    hers.post(at(article, "describe/"), {"audience": "both", "review_on": ""})
    article.refresh_from_db()
    assert article.review_on == Editorial.current().next_review(timezone.localdate())


def test_facts_that_a_colleague_changed(article: Article, hers: Client) -> None:
    stamp = re.search(r'name="stamp" value="(\w+)"', hers.get(at(article)).content.decode())
    assert stamp
    Article.objects.update(internal=True)
    answer = hers.post(at(article, "describe/"), {"audience": "both", "stamp": stamp[1]})
    assert answer.status_code == 409
    assert "Een ander heeft dit intussen gewijzigd" in answer.content.decode()


def test_a_translation(article: Article, hers: Client, marit: User) -> None:
    assert hers.post(at(article, "translate/"), {"language": "en"}).status_code == 302
    made = article.translations.get()
    assert (made.language, made.title, made.state, made.owner) == ("en", "Paspoort", "concept", marit)
    assert [one["title"] for one in draft(made).sections] == ["Uitleg", "Stappen"]
    for language in ("en", "nl", "xx", ""):
        assert hers.post(at(article, "translate/"), {"language": language}).status_code == 422
    assert hers.post(at(made, "translate/"), {"language": "de"}).status_code == 302
    assert set(article.translations.values_list("language", flat=True)) == {"en", "de"}


def test_products_are_searched(hers: Client) -> None:
    Product.objects.create(name="paspoort, aanvraag", uri="http://x/1")
    Product.objects.create(name="paspoort van het rijk", uri="http://x/2", municipal=False)
    found = hers.get("/knowledge/products/?q=aanvraag+PASPOORT\0").content.decode()
    assert found.count("<li") == 1
    assert hers.get("/knowledge/products/?q=" + "x" * 3000).content.decode().count("<li") == 0


def test_how_easy_it_reads(article: Article, hers: Client) -> None:
    long = "Indien u " + "heel erg " * 8 + "lang wacht, dient u een bestemmingsplanwijziging aan te vragen."
    hers.post(at(article, "edit/save/"), sent(article, short_answer=long))
    page = hers.get(at(article, "edit/hint/")).content.decode()
    assert "Lange zinnen" in page
    assert "bestemmingsplanwijziging" in page
    assert "liever: als" in page


def test_queries_are_bounded(
    article: Article, hers: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    parts = [section(f"<p>{n}</p>", title=f"Deel {n}") for n in range(30)]
    Article.objects.update(sections=parts)
    for n in range(12):
        article.related.add(make.article(f"Ander {n}"))
    with django_assert_max_num_queries(36):
        hers.get(at(article))


def test_a_short_answer_full_of_brackets_locks_nobody_out(as_user: Browser, marit: User) -> None:
    odd = make.article(short_answer="<a " * 1600)
    assert as_user(marit).get(f"/knowledge/{odd.uuid}/edit/").status_code == 200
    assert as_user(marit).get(f"/knowledge/{odd.uuid}/edit/hint/").status_code == 200


def test_looking_at_what_came_out_of_a_file_changes_no_word(marit: User) -> None:
    call_command("import_articles", str(Path(bench.__file__).with_name("search") / "vac.json"), verbosity=0)
    changed = []
    for article in Article.objects.all():
        writing = Writing(article, sent(article))
        assert writing.is_valid()
        changed += [] if writing.words().says_the_same(article) else [article.title]
    assert changed == []
