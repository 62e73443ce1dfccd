"""The public site: the same articles for citizens, fast, for everybody the same page."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date
from pytest_django import Settings

from accounts.memory import SECONDS, forget_everything
from accounts.models import User
from contacts.models import Topic
from knowledge.models import Article, Reads
from knowledge.models.markup import section
from knowledge.website import address, freshness
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.knowledge.site import data_of, shared, text, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_pace")]


def test_start_shows_themes_and_what_is_read_most(
    client: Client, passport: Article, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(4):
        Reads.count_one(make.article(f"Veel gelezen {n}", topic=passport.topic), public=True)
    with django_assert_max_num_queries(12):
        page = text(client.get("/kennis/"))
    assert "Waar kunnen wij u mee helpen?" in page
    assert "Veel gelezen 3" in page
    theme = passport.topic.parent
    assert f'href="{address.of_theme(theme)}">Burgerzaken</a> <span class="kcc-pub-count">5' in page
    assert 'action="/kennis/zoeken/"' in page
    listed = text(client.get(address.of_theme(theme)))
    assert "5 antwoorden" in listed
    assert "Kom <strong>zelf</strong>." in listed
    assert [one["@type"] for one in data_of(listed)] == ["BreadcrumbList"]
    assert [one["@type"] for one in data_of(page)] == ["WebSite"]


def test_start_without_anything_works(client: Client) -> None:
    assert "Hier staan nog geen antwoorden." in text(client.get("/kennis/"))
    assert client.get("/kennis/zoeken/").status_code == 200


def test_more_than_a_page_of_articles_on_a_theme(client: Client, passport: Article) -> None:
    made = [
        Article(title=f"Artikel {n:03}", external_id=f"m-{n}", topic=passport.topic, published_at=timezone.now())
        for n in range(120)
    ]
    Article.objects.bulk_create(made)
    url = address.of_theme(passport.topic.parent)
    assert "Pagina 1 van 2" in text(client.get(url))
    last = text(client.get(url, {"page": "2"}))
    assert "Artikel 119" in last
    for wrong in ("x", "-1", "9" * 5000, "\0", "2'--"):
        assert client.get(url, {"page": wrong}).status_code == 200


def test_an_article_shows_what_is_for_everybody(
    client: Client, passport: Article, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    other = make.article("Identiteitskaart aanvragen")
    passport.related.add(other)
    passport.sources = [
        {"title": "Paspoortwet", "url": "https://wetten.overheid.nl/x"},
        {"title": "Klik", "url": "javascript:alert(1)"},
        {"title": "", "url": ""},
        {"title": "Bureau", "url": "/knowledge/geheim/"},
    ]
    passport.save()
    forget_everything()
    with django_assert_max_num_queries(10):
        response = client.get(url_of(passport))
    page = text(response)
    for words in (
        "<h1>Paspoort aanvragen</h1>",
        "<li>Kom <strong>zelf</strong>.</li>",
        'id="deel-uitleg"',
        "Gecontroleerd op",
        f'href="{url_of(other)}"',
        'href="https://wetten.overheid.nl/x"',
        f'href="/contact/?topic={passport.topic.uuid}"',
        f'href="/contact/terugbellen/?topic={passport.topic.uuid}"',
        f'<link rel="canonical" href="http://testserver{url_of(passport)}">',
        '<meta name="description" content="Kom zelf.">',
        '<meta property="og:title" content="Paspoort aanvragen">',
    ):
        assert words in page, words
    assert "javascript:" not in page
    assert "/knowledge/" not in page
    assert page.count("<h1") == 1
    assert "csrf" not in page
    assert "<script src" not in page
    assert Reads.objects.get(article=passport, public=True).count == 1


def test_the_address_follows_the_title(client: Client, passport: Article) -> None:
    short = passport.uuid.hex[:12]
    assert url_of(passport) == f"/kennis/paspoort-aanvragen-{short}/"
    passport.title = "Een paspoort aanvragen"
    passport.save()
    for old in (f"/kennis/paspoort-aanvragen-{short}/", f"/kennis/{short}/", f"/kennis/-{short}/"):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, f"/kennis/een-paspoort-aanvragen-{short}/")
    theme = passport.topic.parent
    assert client.get(f"/kennis/onderwerp/anders-{theme.uuid.hex[:12]}/").status_code == 301
    arabic = make.article("جواز سفر", language="ar")
    assert url_of(arabic) == f"/kennis/{arabic.uuid.hex[:12]}/"
    assert client.get(url_of(arabic)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "nee",
        "x-123",
        "a-0123456789ab",
        "ZZZ-0123456789AB",
        "-",
        "_",
        "onderwerp/x",
        "onderwerp/x-0123456789ab",
        "x-0123456789ab/hielp",
    ],
)
def test_what_is_not_there_is_said_in_the_same_frame(client: Client, path: str) -> None:
    answer = client.get(f"/kennis/{path}/")
    assert answer.status_code == 404
    assert "Deze pagina is er niet" in text(answer)
    assert "no-store" in answer["Cache-Control"]


def test_odd_addresses_are_never_an_error(client: Client, passport: Article) -> None:
    name = address.name_of(passport)
    for path in ("%00", "%ff%fe", "a" * 5000, "..%2f..", f"{name}%00", f"{name}'", "%ed%a0%80"):
        assert client.get(f"/kennis/{path}/").status_code in (400, 404), path
        assert client.get(f"/kennis/onderwerp/{path}/").status_code in (400, 404), path
    for query in ("lang=xx", "lang=en&lang=nl", "lang=%00", "x=" + "y" * 10_000, "q=1&q=2", "q=%00%ed%a0%80"):
        for page in ("/kennis/", "/kennis/zoeken/", f"/kennis/{name}/"):
            assert client.get(f"{page}?{query}", follow=True).status_code == 200, query


def test_every_page_is_the_same_for_everybody(
    client: Client, passport: Article, noor: User, as_user: Callable[[User], Client]
) -> None:
    signed_in = as_user(noor)
    for path in ("/kennis/", url_of(passport), address.of_theme(passport.topic.parent), "/robots.txt", "/sitemap.xml"):
        mine, theirs = client.get(path), signed_in.get(path, headers={"HX-Request": "true", "Accept-Language": "en"})
        assert shared(mine), path
        assert shared(theirs), path
        assert mine.content == theirs.content
        assert mine.headers.get("ETag") == theirs.headers.get("ETag")
    assert not client.cookies
    asked = client.get("/kennis/zoeken/", {"q": "paspoort"})
    assert "no-store" in asked["Cache-Control"]
    assert not client.cookies


def test_a_page_that_still_holds_is_not_sent_again(
    client: Client, passport: Article, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = url_of(passport)
    first = client.get(url)
    client.get("/kennis/")
    with django_assert_max_num_queries(6):
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert shared(again)
    assert client.head(url).status_code == 200
    lists = ("/robots.txt", "/sitemap.xml", "/kennis/sitemap-articles.xml", "/kennis/sitemap-pages.xml")
    for page in ("/kennis/", address.of_theme(passport.topic.parent), *lists):
        again = client.get(page, headers={"If-None-Match": client.get(page)["ETag"]})
        assert (again.status_code, again.content, shared(again)) == (304, b"", True), page
    assert Reads.objects.get(article=passport, public=True).count == 1


def test_whatever_a_page_shows_makes_it_another(client: Client, passport: Article, settings: Settings) -> None:
    other = make.article("Identiteitskaart")
    linked = make.article("Rijbewijs", published_at=None)
    passport.related.add(other)
    passport.sections = [section(f'<p><a href="/knowledge/{linked.uuid}/">rijbewijs</a></p>')]
    passport.save()
    seen = {mark_of(client, passport)}

    def is_new() -> None:
        forget_everything()
        mark = mark_of(client, passport)
        assert mark not in seen
        seen.add(mark)

    passport.short_answer = "Anders."
    passport.save()
    is_new()
    other.title = "ID-kaart"
    other.save()
    is_new()
    make.article("Passport", original=passport, language="en")
    is_new()
    other.withdraw()
    is_new()
    Topic.objects.filter(name="Burgerzaken").update(public_name="Burger en stad")
    is_new()
    passport.check_again(by=None)
    is_new()
    settings.MUNICIPALITY = "Elders"
    is_new()
    Article.objects.filter(pk=linked.pk).update(published_at=timezone.now())
    is_new()
    Article.objects.filter(pk=linked.pk).update(title="Rijbewijs en verlenging")
    is_new()


@pytest.mark.parametrize("way", ["withdrawn", "internal", "over"])
@pytest.mark.parametrize("place", ["linked", "related"])
def test_what_is_no_longer_public_is_gone_from_the_pages_of_others(
    client: Client, passport: Article, way: str, place: str
) -> None:
    secret = make.article("Geheim plan", topic=passport.topic)
    if place == "related":
        passport.related.add(secret)
    else:
        passport.sections = [section(f'<p><a href="/knowledge/{secret.uuid}/">lees hier</a></p>')]
        passport.save()
    Article.objects.exclude(pk=passport.pk).update(changed_at=timezone.now() - timedelta(days=1))
    theme = address.of_theme(passport.topic.parent)
    pages = ("/kennis/", url_of(passport), theme, "/kennis/sitemap-articles.xml")
    before = [client.get(page) for page in pages]
    assert all("geheim-plan" in text(page) for page in before)
    gone: dict[str, dict[str, Any]] = {
        "withdrawn": {"withdrawn_at": timezone.now()},
        "internal": {"internal": True},
        "over": {"valid_until": timezone.localdate() - timedelta(days=1)},
    }
    Article.objects.filter(pk=secret.pk).update(**gone[way])
    forget_everything()
    known = [{"If-None-Match": page["ETag"]} for page in before]
    since = {"If-Modified-Since": http_date(time.time() + 60)}
    for page, headers in [*zip(pages, known, strict=True), *((page, since) for page in pages)]:
        answer = client.get(page, headers=headers)
        assert (answer.status_code, "geheim-plan" in text(answer)) == (200, False), page
        assert not answer.has_header("Last-Modified")


def mark_of(client: Client, article: Article) -> str:
    found = Article.objects.get(pk=article.pk)
    return str(client.get(url_of(found))["ETag"])


def test_withdrawn_is_gone_also_for_who_has_the_page(client: Client, passport: Article) -> None:
    first = client.get(url_of(passport))
    passport.withdraw()
    forget_everything()
    since = {"If-Modified-Since": http_date(time.time() + 60)}
    for headers in ({"If-None-Match": first["ETag"]}, since, {"If-None-Match": "*"}, {}):
        answer = client.get(url_of(passport), headers=headers)
        assert answer.status_code == 404
        assert not {"ETag", "Last-Modified"} & set(answer.headers)
    kept = freshness.BY_PROXIES + freshness.LONGER + freshness.BY_BROWSERS + freshness.LONGER
    assert kept + SECONDS <= 360


def test_languages_know_each_other(client: Client, passport: Article) -> None:
    english = make.article("Apply for a passport", original=passport, language="en", topic=passport.topic)
    polish = make.article("Wniosek o paszport", original=passport, language="pl")
    page = text(client.get(url_of(english)))
    assert '<html lang="en"' in page
    assert f'href="{url_of(passport)}" lang="nl" hreflang="nl">Nederlands</a>' in page
    assert f'<link rel="alternate" hreflang="pl" href="http://testserver{url_of(polish)}">' in page
    assert 'lang="pl" hreflang="pl">Polski</a>' in text(client.get(url_of(passport)))
    foreign = text(client.get(url_of(polish)))
    assert '<article class="kcc-pub-article" lang="pl">' in foreign
    forget_everything()
    start = text(client.get("/kennis/", {"lang": "en"}))
    assert "Apply for a passport" in start
    assert "Paspoort aanvragen" not in start
    assert client.get("/kennis/", {"lang": "en"})["Content-Language"] == "en"
    arabic = make.article("جواز سفر", original=passport, language="ar")
    assert 'lang="ar" dir="rtl"' in text(client.get(url_of(arabic)))


def test_links_lead_citizens_to_public_pages(client: Client) -> None:
    known, hidden = make.article("Bekend"), make.article("Geheim", internal=True)
    body = (
        f'<p><a href="/knowledge/{known.uuid}/">een</a> <a href="/knowledge/{hidden.uuid}/">twee</a> '
        f'<a href="/knowledge/?q=paspoort+spoed">drie</a> <a href="/customers/">vier</a> '
        f'<a href="https://elders.nl/x">vijf</a> <a href="#deel-x">zes</a> <a href="mailto:a@b.nl">zeven</a>'
        f' <a href="http://localhost:8000/knowledge/{known.uuid}/">acht</a>'
        f' <a href="/knowledge/{"z" * 36}/">negen</a></p>'
        "<table><tbody><tr><td>x</td></tr></tbody></table>"
    )
    page = text(client.get(url_of(make.article("Links", body=body))))
    assert f'<a href="{url_of(known)}">een</a>' in page
    assert f'<a href="{url_of(known)}">acht</a>' in page
    assert '<a href="/kennis/zoeken/?q=paspoort+spoed">drie</a>' in page
    assert 'href="https://elders.nl/x"' in page
    assert 'href="#deel-x"' in page
    assert 'href="mailto:a@b.nl"' in page
    assert 'role="group"><table>' in page
    for gone in (str(hidden.uuid), "/customers/", "/knowledge/", "Geheim"):
        assert gone not in page
    for kept in ("twee", "vier", "negen"):
        assert kept in page


def test_it_can_be_switched_off(client: Client, passport: Article, settings: Settings) -> None:
    url = url_of(passport)
    settings.PUBLIC_KNOWLEDGE = False
    for path in (
        "/kennis/",
        url,
        f"{url}hielp/",
        f"{url}bedankt/",
        "/kennis/zoeken/?q=x",
        "/kennis/onderwerp/x/",
        "/sitemap.xml",
        "/kennis/sitemap-articles.xml",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert passport.title not in text(answer)
    assert "kennis" not in text(client.get("/robots.txt"))
    assert "Disallow: /\n" in text(client.get("/robots.txt"))
    assert "/kennis/" not in text(client.get("/contact/"))


def test_who_may_frame_it(client: Client, passport: Article, settings: Settings) -> None:
    settings.WEB_FORM_ORIGINS = ["https://www.duinmeer.nl"]
    answer = client.get(url_of(passport))
    assert "frame-ancestors 'self' https://www.duinmeer.nl" in answer["Content-Security-Policy"]
    assert "nonce" not in answer["Content-Security-Policy"]


def test_only_reading_is_answered(client: Client, passport: Article) -> None:
    for path in ("/kennis/", url_of(passport), "/kennis/zoeken/", "/robots.txt", "/sitemap.xml"):
        assert client.post(path).status_code == 405
