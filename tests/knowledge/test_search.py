"""The search understands Dutch as citizens speak and agents type it, and any text is a question."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Role, User
from knowledge.models import Article, Synonym
from knowledge.models.markup import split
from knowledge.search import finding, index, search
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def articles(db: None) -> dict[str, Article]:
    made = [
        make.article(
            "Paspoort aanvragen", keywords="reisdocument, identiteitsbewijs", short_answer="Maak een afspraak."
        ),
        make.article(
            "Rijbewijs kwijt of gestolen", keywords="verloren, vermissing", short_answer="Meld het bij de balie."
        ),
        make.article("Parkeervergunning bewoners aanvragen", short_answer="Een vergunning kost **€ 61** per jaar."),
        make.article(
            "Bezwaar maken tegen een parkeerbesluit",
            keywords="parkeervergunning, protest",
            body="<h2>Uitleg</h2><p>Zie artikel 6:7 van de wet. U hoort binnen twee weken over uw paspoort.</p>",
        ),
        make.article("Terras bij een café", keywords="horeca, reünie", short_answer="U heeft een vergunning nodig."),
        make.article(
            "Verhuizing doorgeven", keywords="adreswijziging, ander adres", short_answer="Doe dat binnen 5 dagen."
        ),
        make.article("Grofvuil laten ophalen", keywords="oude bank, wasmachine", short_answer="Maak een afspraak."),
    ]
    return {article.title.split()[0].lower(): article for article in made}


def titles(query: str, user: User, **options: object) -> list[str]:
    found = search(query, user=user, **({"limit": 10} | options))  # type: ignore[arg-type]
    return [hit.article.title.split()[0].lower() for hit in found]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("parkeervergunningen", "parkeervergunning"),  # another form of the word
        ("verhuizen", "verhuizing"),
        ("PASPOORT", "paspoort"),
        ("cafe", "terras"),  # accents do not matter, on either side
        ("réunie", "terras"),
        ("wat moet ik doen als ik mijn rijbewijs kwijt ben", "rijbewijs"),  # a whole sentence
        ("pasport", "paspoort"),  # typing errors
        ("rijbewejs kwijt", "rijbewijs"),
        ("verhuising", "verhuizing"),
        ("parkeervergunningaanvraag", "parkeervergunning"),  # a compound that no article has
        ("grofv", "grofvuil"),  # while typing
        ("bezwaar parkeerv", "bezwaar"),
        ('"ander adres"', "verhuizing"),  # a phrase
        ("6:7", "bezwaar"),  # an article of the law
        ("€ 61", "parkeervergunning"),
        ("wasmachine", "grofvuil"),  # a keyword
    ],
)
def test_finds(query: str, first: str, articles: dict[str, Article], noor: User) -> None:
    assert titles(query, noor)[0] == first


def test_title_counts_more_than_text(articles: dict[str, Article], noor: User) -> None:
    assert titles("paspoort", noor) == ["paspoort", "bezwaar"]


def test_a_title_with_all_that_is_asked_comes_first(noor: User) -> None:
    body = "<h2>Uitleg</h2><p>Paspoort kwijt? Neem de verklaring mee. Met een paspoort dat kwijt is, gaat dat zo.</p>"
    make.article("Paspoort aanvragen", keywords="kwijt", short_answer="Is het paspoort kwijt? Kom langs.", body=body)
    make.article(
        "Paspoort of ID-kaart kwijt of gestolen", short_answer="Meld het bij ons.", body="<p>Doe dat snel.</p>"
    )
    hits = search("paspoort kwijt", user=noor, limit=5)
    assert [hit.article.title[:11] for hit in hits] == ["Paspoort of", "Paspoort aa"]
    assert [part.label for part in hits[0].parts if part.name == "titled"] == ["Alle woorden in de titel"]
    assert search("kwijt", user=noor, limit=5)[0].article.title == "Paspoort aanvragen"  # one word asks less


@pytest.mark.parametrize("query", ["ik wil dood", "Dood!", "ik wil dood ik wil dood"])
def test_a_question_that_is_a_keyword_finds_what_its_writer_meant(query: str, noor: User) -> None:
    many = ", ".join(f"woord{number} ander{number}" for number in range(25))
    make.article("Overlijden aangeven", keywords="dood, overleden, gestorven", body="<p>Is er iemand dood?</p>")
    make.article("Een dood dier melden", keywords="dood, dode vogel", body="<p>Ligt er een dood dier?</p>")
    make.article("Zorgen om iemand", keywords=f"ik wil dood, {many}", body="<p>Blijf aan de lijn. Vraag er naar.</p>")
    first = search(query, user=noor, limit=5)[0]
    assert (first.article.title == "Zorgen om iemand") == query.startswith("ik")
    assert ("Precies de vraag" in [part.label for part in first.parts]) == query.startswith("ik")


def test_what_is_called_so_comes_before_what_has_it_as_a_keyword(noor: User) -> None:
    body = "<p>Kom langs met een pasfoto. Het is klaar na vijf dagen.</p>"
    make.article("Paspoort aanvragen", body=body)
    make.article("Identiteitskaart aanvragen", keywords="paspoort aanvragen, het paspoort", body=body)
    for query in ("paspoort aanvragen", "hoe kan ik een paspoort aanvragen"):
        assert search(query, user=noor, limit=5)[0].article.title == "Paspoort aanvragen"
    assert not [
        part for hit in search("het paspoort", user=noor, limit=5) for part in hit.parts if part.name == "asked"
    ]


def test_a_keyword_that_says_less_than_the_question_is_a_keyword_like_any(noor: User) -> None:
    make.article("Wie doet wat", keywords="paspoort aanvragen", body="<p>Voor een baby of een kind elders.</p>")
    hit = search("paspoort aanvragen voor baby", user=noor, limit=5)[0]
    assert "asked" not in [part.name for part in hit.parts]


def test_all_words_come_before_some_words(articles: dict[str, Article], noor: User) -> None:
    assert titles("parkeervergunning protest", noor) == ["bezwaar", "parkeervergunning"]


def test_the_order_is_a_sum_that_is_explained(articles: dict[str, Article], noor: User) -> None:
    hit = search("paspoort", user=noor, limit=5)[0]
    parts = {part.name: part.worth for part in hit.parts}
    assert hit.rank == pytest.approx(sum(parts.values()))
    assert parts["title"] > 0
    assert set(parts) <= {"title", "keywords", "answer", "text"}
    assert hit.parts[0].label == "Titel"


def test_use_counts_a_little(noor: User) -> None:
    make.article("Afspraak maken A")
    often = make.article("Afspraak maken B")
    often.use(make.contact(), by=noor)
    hits = search("afspraak maken", user=noor, limit=5)
    assert [hit.article.title[-1] for hit in hits] == ["B", "A"]
    assert [part.name for part in hits[0].parts if part not in hits[1].parts] == ["use"]


def test_unwanted_word_and_phrase(articles: dict[str, Article], noor: User) -> None:
    assert set(titles("vergunning", noor)) == {"parkeervergunning", "terras", "bezwaar"}
    assert set(titles("vergunning -horeca", noor)) == {"parkeervergunning", "bezwaar"}
    assert set(titles('vergunning -"61 per jaar"', noor)) == {"terras", "bezwaar"}
    assert titles('"ander adres"', noor) == ["verhuizing"]
    assert titles('"adres ander"', noor) == []
    assert titles('"van de wet"', noor) == ["bezwaar"]


def test_nothing_to_look_for(articles: dict[str, Article], noor: User) -> None:
    for query in ["", "   ", "de het een", "-", '""', "!!!", "🙂", "\0", "xyzzyqwerty", "-paspoort"]:
        assert titles(query, noor) == [], query


@pytest.mark.parametrize(
    "query",
    [
        "asdf qwerty zxcv",
        "xkcd wrmpf",
        "pizza bestellen",
        "snorkelbrevet",
        "' OR 1=1 --",
        "a & | ! ( ) <-> :*",
    ],
)
def test_what_no_article_is_about_finds_nothing(query: str, articles: dict[str, Article], noor: User) -> None:
    make.article("Beste stelling vermelden", body="<p>1 or a bestelauto. Tellen en pizzicato.</p>")
    assert titles(query, noor) == []


def test_a_typing_error_is_still_an_answer(articles: dict[str, Article], noor: User) -> None:
    for query, first in [("pasport", "paspoort"), ("wasmasjine", "grofvuil"), ("kan ik mijn rijbewejs", "rijbewijs"),
                         ("pas", "paspoort"), ("pasp", "paspoort"), ("rijb", "rijbewijs")]:  # fmt: skip
        assert titles(query, noor)[0] == first, query


def test_what_is_worth_little_beside_the_best_is_left_out(noor: User) -> None:
    make.article("Zeepkist bouwen", keywords="zeepkist, zeepkistenrace", short_answer="Een zeepkist bouwt u zelf.")
    for number in range(8):
        make.article(f"Regel {number}", body="<p>Op straat mag veel niet, ook geen zeepkist en wat daarop lijkt.</p>")
    found = search("zeepkist", user=noor, limit=30)
    assert found[0].article.title == "Zeepkist bouwen"
    assert all(hit.rank >= 0.5 * found[0].rank for hit in found)
    assert all(hit.rank >= 0.6 * found[0].rank for hit in found[5:])


def test_where_no_words_carry_a_few_are_shown(noor: User) -> None:
    asked = ["zeepkist", "glijbaan", "luchtballon", "vuurtoren", "draaimolen", "schaatsbaan"]
    for word in asked:
        for place in ("strand", "plein", "markt"):
            make.article(f"{word} {place}", short_answer=f"Een {word}.")
    found = search(" ".join(asked), user=noor, limit=30)
    assert len(found) == 8
    assert found[-1].rank >= 0.6 * found[0].rank  # what was left out was worth as much


def test_a_compound_that_no_article_has_is_taken_apart(noor: User) -> None:
    for title in ["Parkeervergunning geweigerd", "Parkeervergunning bewoners aanvragen", "Tweede parkeervergunning"]:
        make.article(title)
    for query in ["parkeervergunningaanvraag", "parkeervergunningsaanvraag"]:
        hit = search(query, user=noor, limit=5)[0]
        assert hit.article.title == "Parkeervergunning bewoners aanvragen", query


@pytest.mark.parametrize(
    "query",
    [
        "' OR 1=1 --",
        "paspoort'); DROP TABLE knowledge_article; --",
        "paspoort & | ! <-> :* ( ) \\",
        "':*",
        'een "open aanhaling',
        "paspoort\0nul \x02mark\x03",
        "%s %(x)s %%",
        "<script>alert(1)</script>",
        "paspoort 🙂",
        pytest.param("paspoort " * 1200, id="10 KB"),
        pytest.param("a" * 10_240, id="one word of 10 KB"),
        "\ud800 paspoort",
    ],
)
def test_hostile_text_is_a_question_too(query: str, articles: dict[str, Article], noor: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [finding.PATIENCE])
    began = time.thread_time()  # of computing: by the clock a busy machine takes longer
    titles(query, noor)
    assert time.thread_time() - began < 1
    assert Article.objects.count() == len(articles)


def test_passage_marks_the_words(articles: dict[str, Article], noor: User) -> None:
    (hit,) = search("grofvuil afspraak", user=noor, limit=1)
    assert hit.passage == "Maak een \x02afspraak\x03."
    (hit,) = search('"twee weken"', user=noor, limit=1)
    assert "\x02twee\x03 \x02weken\x03" in hit.passage
    assert hit.heading == "Uitleg"
    assert "<" not in hit.passage


def test_topic_of_the_contact_comes_first_among_equals(noor: User) -> None:
    parking = make.topic()
    make.article("Afspraak maken A")
    make.article("Afspraak maken B", topic=parking)
    assert [hit.article.title[-1] for hit in search("afspraak maken", user=noor, limit=5)] == ["A", "B"]
    assert [hit.article.title[-1] for hit in search("afspraak maken", user=noor, limit=5, topic=parking)] == ["B", "A"]


def test_overdue_comes_after_the_same_in_order(noor: User) -> None:
    make.article("Afspraak maken A", review_on=timezone.localdate() - timedelta(days=1))
    make.article("Afspraak maken B", review_on=timezone.localdate())
    assert [hit.article.title[-1] for hit in search("afspraak maken", user=noor, limit=5)] == ["B", "A"]


def test_our_own_article_comes_before_an_equal_one_from_elsewhere(noor: User) -> None:
    make.article("Afspraak maken A")
    make.article("Afspraak maken B", team=make.team())
    make.article("Afspraak maken en afzeggen")
    hits = search("afspraak maken", user=noor, limit=5)
    assert [hit.article.title for hit in hits] == ["Afspraak maken B", "Afspraak maken A", "Afspraak maken en afzeggen"]
    assert [part.name for part in hits[0].parts if part not in hits[1].parts] == ["ours"]


def test_for_one_word_our_own_article_comes_before_a_somewhat_better_one(noor: User) -> None:
    make.article("Rijbewijs")
    make.article("Rijbewijs verlengen", team=make.team())
    assert search("rijbewijs", user=noor, limit=5)[0].article.title == "Rijbewijs verlengen"
    assert search("rijbewijs geldig", user=noor, limit=5)[0].article.title == "Rijbewijs"


def test_a_synonym_stands_in_for_a_word_that_no_article_has(articles: dict[str, Article], noor: User) -> None:
    make.article("Plunjebaal inleveren", body="<p>U mag de plunjebaal ook weggooien.</p>")
    Synonym.objects.create(words=["bankstel", "grofvuil"])
    assert titles("bankstel weggooien", noor)[0] == "grofvuil"


def test_only_editors_find_what_is_not_published(noor: User) -> None:
    make.article("Paspoort concept", published_at=None)
    make.article("Paspoort ingetrokken", withdrawn_at=timezone.now())
    make.article("Paspoort morgen", published_at=timezone.now() + timedelta(days=1))
    assert search("paspoort", user=noor, limit=5) == []
    assert len(search("paspoort", user=make.user("mies", Role.EDITOR), limit=5)) == 3


def test_a_word_in_very_many_articles_still_finds_the_best(noor: User) -> None:
    rows = [
        Article(external_id=f"many-{n}", title=f"Onderwerp {n}", short_answer="Kort.", published_at=timezone.now(),
                sections=split("<p>de gemeente helpt</p>"))
        for n in range(250)
    ]  # fmt: skip
    Article.objects.bulk_create(rows)
    index.catch_up()
    make.article("De gemeente bellen")
    make.article("Zwembad", body="<p>Ook daar helpt de gemeente.</p>")
    assert search("gemeente", user=noor, limit=3)[0].article.title == "De gemeente bellen"
    assert search("gemeente zwembad", user=noor, limit=3)[0].article.title == "Zwembad"
    assert len(search("gemeente helpt", user=noor, limit=31)) == 31


@pytest.mark.parametrize("query", ["paspoort", "pasport", '"rijbewijs" parkeervergunning bezwaar gestolen'])
def test_nine_queries_however_much_is_found(
    query: str, articles: dict[str, Article], noor: User, django_assert_max_num_queries: object
) -> None:
    assert noor.roles
    for _again in range(2):
        search(query, user=noor, limit=30)  # each process reads anew what changed
        with django_assert_max_num_queries(9):  # type: ignore[operator]
            search(query, user=noor, limit=30)
        for number in range(20):
            make.article(f"Paspoort en rijbewijs {number}")


class TestAnyText(TestCase):
    """Whatever is typed gives a page."""

    def setUp(self) -> None:
        self.browser = Client()
        self.browser.force_login(make.user("noor"), backend="accounts.adapter.Backend")
        make.article("Paspoort aanvragen")

    @settings(max_examples=60)
    @given(st.text(max_size=60) | st.text(alphabet="paspoort \"'-:*&|!<>()\\\0%_\x02", max_size=40))
    def test_gives_200(self, text: str) -> None:
        assert self.browser.get("/knowledge/panel/", {"q": text, "topic": text, "open": text}).status_code == 200
        assert self.browser.get("/api/v1/articles/", {"q": text}).status_code == 200
        assert self.browser.get("/knowledge/", {"q": text, "topic": text, "kind": text}).status_code == 200
