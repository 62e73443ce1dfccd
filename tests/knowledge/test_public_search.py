"""Finding what is public: by the search of the site itself, and by search engines."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.models import Article, Product, Searching
from knowledge.models.markup import section
from knowledge.views import public
from knowledge.website import address, schema
from tests import make
from tests.conftest import DjangoAssertNumQueries
from tests.knowledge.site import data_of, text, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_pace")]


def test_search_finds_and_is_noted_without_what_is_personal(
    client: Client, passport: Article, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/kennis/")
    with django_assert_max_num_queries(20):
        page = text(client.get("/kennis/zoeken/", {"q": "paspoort"}))
    assert f'href="{url_of(passport)}"' in page
    assert '<meta name="robots" content="noindex">' in page
    nothing = text(client.get("/kennis/zoeken/", {"q": "xyzzy 123456782 jan@voorbeeld.nl"}))
    assert "Geen antwoord gevonden" in nothing
    assert "/contact/terugbellen/" in nothing
    noted = list(Searching.objects.order_by("at").values_list("place", "text", "found"))
    assert noted[0] == ("public", "paspoort", 1)
    assert "123456782" not in noted[1][1]
    assert "jan@" not in noted[1][1]


@pytest.mark.parametrize(
    "query",
    [
        "'\"\\;--%_*",
        "a:*&!(",
        "x" * 10_240,
        "de het een",
        "\0",
        "\ud800",
        "%00",
        "(((((",
        "-paspoort",
        '"',
        "{{ 7*7 }}",
        "<script>x</script>",
    ],
    ids=range(12),
)
def test_any_question_gets_an_answer(client: Client, passport: Article, query: str) -> None:
    answer = client.get("/kennis/zoeken/", {"q": query.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200
    assert "<script>x" not in text(answer)
    assert ">49<" not in text(answer)
    assert len(answer.content) < 20_000


def test_who_asks_too_much_waits(client: Client, passport: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (public.pace.rate, public.pace.burst) == (0.5, 30)
    monkeypatch.setattr(public.pace, "rate", 1 / 3600)  # however long a busy machine takes for the questions below
    answers = [client.get("/kennis/zoeken/", {"q": "paspoort"}) for _ in range(31)]
    assert [one.status_code for one in answers] == [200] * 30 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert 'value="paspoort"' in text(answers[-1])
    assert client.get("/kennis/").status_code == 200
    assert client.get("/kennis/zoeken/").status_code == 200


def test_questions_and_products_are_told_to_search_engines(client: Client, passport: Article) -> None:
    evil = "</script><script>alert(1)</script> <!-- & \u2028"
    passport.sections = [
        section(f"<p>{schema.public_text(passport)} tekst</p>", title="Meer"),
        section("<p>geheim</p>", kind="memo"),
    ]
    passport.title = f"Hoe {evil}"
    passport.save()
    page = text(client.get(url_of(passport)))
    assert page.count("</script>") == 1
    assert "<!-- &" not in page
    faq, crumbs = data_of(page)
    assert faq["@type"] == "FAQPage"
    (question,) = faq["mainEntity"]
    assert question["name"] == f"Hoe {evil}"
    assert "Meer" in question["acceptedAnswer"]["text"]
    assert "geheim" not in page
    names = [one["name"] for one in crumbs["itemListElement"]]
    assert names == ["Antwoorden", "Burgerzaken", f"Hoe {evil}"]
    assert all(one["item"].startswith("http://testserver/kennis/") for one in crumbs["itemListElement"])

    uri = "http://standaarden.overheid.nl/owms/terms/paspoort"
    product = Product.objects.update_or_create(uri=uri, defaults={"name": "paspoort"})[0]
    Article.objects.filter(pk=passport.pk).update(
        kind="product", product=product, title="Paspoort", changed_at=timezone.now()
    )
    service = data_of(text(client.get(url_of(Article.objects.get(pk=passport.pk)))))[0]
    assert (service["@type"], service["serviceType"], service["sameAs"]) == (
        "GovernmentService",
        "paspoort",
        product.uri,
    )
    assert service["provider"]["name"] == "Gemeente Duinmeer"


def test_search_engines_get_every_public_page_once(
    client: Client, passport: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = text(client.get("/robots.txt"))
    assert "Allow: /kennis/\n" in robots
    assert "Disallow: /\n" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    later = make.article("Later", valid_from=timezone.localdate() + timedelta(days=1))
    gone = make.article("Weg", withdrawn_at=timezone.now())
    monkeypatch.setattr("knowledge.website.sitemap.Articles.limit", 2)
    more = [make.article(f"Nog {n}") for n in range(4)]
    index = text(client.get("/sitemap.xml"))
    assert index.count("sitemap-articles.xml") == 3
    pages = [text(client.get("/kennis/sitemap-articles.xml", {"p": n})) for n in (1, 2, 3)]
    listed = re.findall(r"<loc>(.*?)</loc>", "".join(pages))
    assert sorted(listed) == sorted(f"http://testserver{url_of(one)}" for one in [passport, *more])
    assert all(f"<lastmod>{timezone.localdate():%Y-%m-%d}" in page for page in pages)
    assert later.title not in "".join(pages)
    assert gone.title not in "".join(pages)
    others = text(client.get("/kennis/sitemap-pages.xml"))
    assert f"<loc>http://testserver{address.of_theme(passport.topic.parent)}</loc>" in others
    for wrong in ("0", "99", "x", "\0", "9" * 5000):
        assert client.get("/kennis/sitemap-articles.xml", {"p": wrong}).status_code == 404
    assert client.get("/kennis/sitemap-nee.xml").status_code == 404


def test_a_question_in_the_address_of_the_site_goes_to_its_search(client: Client, db: None) -> None:
    response = client.get("/kennis/", {"q": "paspoort kwijt"})
    assert (response.status_code, response["Location"]) == (302, "/kennis/zoeken/?q=paspoort+kwijt")
