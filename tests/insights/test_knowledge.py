"""The board of the knowledge base: what is searched and not found, and what articles are good for."""

import csv
import io
import re
from collections import Counter
from datetime import datetime, timedelta
from html import unescape
from random import Random
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.paging import place
from insights import searches
from insights.knowledge import KnowledgeBoard
from insights.knowledge_scope import KnowledgeScope
from insights.models.week import bounds
from insights.scope import Period
from insights.searches import FIGURES, LISTED, Questions
from knowledge.models import Article, Feedback, Gap, Place, Reads, Searching
from tests import make
from tests.insights.rows import at

URL, LIST = reverse("insights:knowledge"), reverse("insights:knowledge_list")
LINK = re.compile(r'href="([^"]*/insights/knowledge/list/\?[^"]*)"[^>]*>(\d+)<')
NOW = at("2026-11-24", "12:00")
WORDS = ["grofvuil", "bankstel", "paspoort", "Zeppelin", "hond"]


def question(text: str, moment: datetime | None = None, **fields) -> Searching:
    values = {"place": Place.PAGE, "found": 3, "folded": text.lower(), "at": moment or timezone.now()}
    return Searching.objects.create(text=text, **(values | fields))


def scope(name: str = "13", week: str = "", place: str = "", now: datetime = NOW) -> KnowledgeScope:
    return KnowledgeScope(now, Period.of(name, week, now=now), place=place)


@pytest.fixture
def town(db: None) -> list[Searching]:
    """Search for half a year in every way."""
    chance, articles = Random(8), [make.article(f"Artikel {n}") for n in range(3)]
    rows = []
    for _ in range(300):
        chain, moment = uuid4(), NOW - timedelta(minutes=chance.randrange(-3000, 250_000))
        place, begun = chance.choice(Place.values), ""
        for step in range(1, chance.choice([2, 2, 2, 3, 4])):
            text = chance.choice(WORDS)
            opened = chance.choice([None, *articles])
            rows.append(
                Searching(
                    chain=chain, step=step, begun=begun, at=moment, place=place, text=text, folded=text.lower(),
                    found=chance.choice([0, 1, 5]), opened=opened, opened_at=moment if opened else None,
                )
            )  # fmt: skip
            begun, moment = begun or text.lower(), moment + timedelta(minutes=chance.randrange(14))
    return Searching.objects.bulk_create(rows)


def by_hand(rows: list[Searching], chosen: KnowledgeScope, weeks: list) -> Counter[str]:
    found = Counter[str]()
    for row in rows:
        if chosen.place and row.place != chosen.place:
            continue
        if not any(bounds(week)[0] <= row.at < bounds(week)[1] for week in weeks):
            continue
        seen = row.place in ("page", "desk")
        found["asked"] += 1
        found["nothing"] += row.found == 0
        found["found"] += seen and row.found > 0
        found["unclicked"] += seen and row.found > 0 and row.opened_at is None
        found["chains"] += seen and row.step == 1
        found["again"] += seen and row.step == 2
    return found


@pytest.mark.parametrize(
    "chosen", [scope(), scope("4"), scope("this"), scope("52", place="desk"), scope("week", "2026-W44")]
)
def test_the_figures_are_what_one_counts_by_hand(town, noor, chosen: KnowledgeScope) -> None:
    board = KnowledgeBoard(chosen, noor)
    assert board.figures == by_hand(town, chosen, chosen.period.weeks)
    assert board.figures_before == by_hand(town, chosen, chosen.period.before)
    for week in board.weeks:
        assert week.figures == by_hand(town, chosen, [week.start])


@pytest.mark.parametrize("chosen", [scope(), scope("4", place="page")])
def test_every_figure_is_as_long_as_its_list(town, noor, chosen: KnowledgeScope) -> None:
    figures = KnowledgeBoard(chosen, noor).figures
    for what in FIGURES:
        listing = Questions(what, chosen, size=7)
        rows, beyond = listing.page()
        while beyond:
            more, beyond = Questions(what, chosen, after=place(beyond), size=7).page()
            rows += more
        assert len(rows) == len({row.pk for row in rows}) == listing.count() == figures[what], what
        assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


def test_the_questions_asked_most(town, noor) -> None:
    chosen = scope("52")
    tops = searches.tops(chosen, most=3)
    for what in ("asked", "nothing", "unclicked"):
        counts = Counter(
            row.folded for row in town
            if row.at < bounds(chosen.period.last)[1] and by_hand([row], chosen, chosen.period.weeks)[what]
        )  # fmt: skip
        assert [asked.figures[what] for asked in tops[what]] == [n for _word, n in counts.most_common(3)]
        for asked in tops[what]:
            assert Questions(what, chosen, like=asked.row).count() == asked.figures[what]


def test_first_and_last_words(town) -> None:
    chosen = scope("52")
    last = {row.chain: row for row in sorted(town, key=lambda row: row.step) if row.at < chosen.end}
    counts = Counter((row.begun, row.folded) for row in last.values() if row.step > 1)
    found = searches.chains(chosen, most=100)
    assert {(one.row.begun, one.row.folded): one.times for one in found} == counts
    for one in found:
        assert Questions("ended", chosen, like=one.row).count() == one.times
        assert one.opened <= one.times


def test_a_page_that_stays_open_does_not_make_one_chain_of_two(db: None) -> None:
    chain, moment = uuid4(), NOW - timedelta(hours=5)
    for hours in (0, 2):
        question("bank", moment + timedelta(hours=hours), chain=chain)
        question("grofvuil", moment + timedelta(hours=hours, minutes=1), chain=chain, step=2, begun="bank")
    (found,) = searches.chains(scope(), most=5)
    assert found.times == 2


def test_a_lead_and_an_editor_see_the_board_and_others_do_not(noor, rachid, kees, marit, as_user) -> None:
    file, list_file = (reverse(f"insights:{name}", args=["csv"]) for name in ("knowledge_file", "knowledge_list_file"))
    for url in (URL, f"{LIST}?what=asked", file, f"{list_file}?what=asked"):
        assert as_user(kees).get(url).status_code == 200, url
        assert as_user(marit).get(url).status_code == 200, url
        for user in (noor, rachid):
            assert as_user(user).get(url).status_code == 403, url
        assert as_user(kees).post(url).status_code == 405, url
    shown = as_user(kees).get(URL).content.decode()
    assert "/insights/callbacks/teams/" in shown
    shown = as_user(marit).get(URL).content.decode()
    assert "/insights/callbacks/" not in shown
    assert as_user(marit).get(reverse("insights:callbacks")).status_code == 403


def test_the_menu_marks_the_board(kees, marit, as_user) -> None:
    for user in (kees, marit):
        shown = as_user(user).get(URL).content.decode()
        assert re.search(r'aria-current="page"[^>]*>(?:(?!</a>).)*Dashboard', shown, re.DOTALL), user


def test_what_stands_on_the_board(office, noor, marit, as_user) -> None:
    team = make.team("Burgerzaken")
    passport = make.article("Paspoort aanvragen", team=team)
    make.article("Oud", review_on=timezone.localdate() - timedelta(days=3))
    make.article("Concept", published_at=None)
    for n in range(30):
        question("Zeppelin", found=0) if n < 10 else question("paspoort", opened=passport, opened_at=timezone.now())
    question("bankstel", chain=(chain := uuid4()))
    question("grofvuil", chain=chain, step=2, begun="bankstel")
    for n in range(25):
        made = make.contact(by=noor)
        if n < 10:
            passport.use(made, by=noor)
    Reads.count_one(passport)
    Feedback.give(passport, helpful=False, text="Klopt niet.", by=None)
    Feedback.objects.update(due_at=timezone.now() - timedelta(days=1))
    shown = unescape(as_user(marit).get(URL).content.decode())
    for words in ("31%", "Zeppelin", "bankstel → grofvuil", "40%", "1 te laat", "1 te controleren", "Burgerzaken",
                  "Hoe meten we dit?", "Toon als tabel", "Vraag om dit artikel"):  # fmt: skip
        assert words in shown, words
    assert "Concept" not in shown


def test_too_few_say_so(kees, as_user) -> None:
    shown = as_user(kees).get(URL).content.decode()
    assert shown.count("te weinig") > 3
    assert "Niets in deze periode." in shown


def test_every_number_opens_its_list(town, kees, as_user) -> None:
    Searching.objects.update(at=timezone.now() - timedelta(days=1))
    shown = as_user(kees).get(URL).content.decode()
    links = {unescape(url): int(n) for url, n in LINK.findall(shown)}
    assert len(links) > 10
    for url, n in links.items():
        listed = as_user(kees).get(url).content.decode()
        assert f'<span class="kcc-count">{n}</span>' in listed, url
        assert set(parse_qs(urlsplit(url).query)) <= {"what", "like", "period", "place"}  # and no words of anybody


def test_what_must_be_seen_to_opens_in_the_lists_of_the_editors(marit, as_user, office) -> None:
    late = make.article(team=make.team("Burgerzaken"), review_on=timezone.localdate() - timedelta(days=3))
    Feedback.give(late, helpful=False, text="Klopt niet", by=None)
    Feedback.objects.update(due_at=timezone.now() - timedelta(days=1))
    shown = as_user(marit).get(URL).content.decode()
    links = {unescape(url) for url in re.findall(r'href="(/knowledge/editorial/[^"/]+/[^"]*)"', shown)}
    assert {urlsplit(url).path.split("/")[3] for url in links} >= {"overdue", "feedback", "late"}
    for url in links:
        assert as_user(marit).get(url).status_code == 200, url


def test_a_list_goes_on(kees, as_user) -> None:
    question("van gisteren", timezone.now() - timedelta(days=1))
    for _ in range(50):
        question("vandaag")
    first = as_user(kees).get(LIST, {"what": "asked"}).content.decode()
    assert "van gisteren" not in first
    more = unescape(re.search(r'href="(\?[^"]*after=[^"]*)"', first)[1])  # type: ignore[index]
    assert "van gisteren" in as_user(kees).get(LIST + more).content.decode()


def test_an_editor_asks_for_an_article(marit, kees, as_user) -> None:
    row = question("Zeppelin stallen", found=0)
    url = reverse("insights:ask", args=[row.uuid])
    for _ in range(2):
        assert as_user(marit).post(url, {"next": f"{URL}?period=4"}).headers["Location"] == f"{URL}?period=4"
    gap = Gap.objects.get()
    assert (gap.query, gap.asked_by) == ("Zeppelin stallen", marit)
    assert as_user(marit).post(url, {"next": "https://elders.voorbeeld"}).headers["Location"] == URL
    assert as_user(marit).get(url).status_code == 405
    assert as_user(marit).post(reverse("insights:ask", args=[uuid4()])).status_code == 404
    assert "Vraag om dit artikel" not in as_user(kees).get(URL).content.decode()


def test_what_was_asked_for_is_not_offered_again(marit, noor, as_user) -> None:
    question("Laadpaal", found=0)
    listed = "/insights/knowledge/list/?what=nothing"
    client, button = as_user(marit), "Vraag om dit artikel</span>"
    assert [button in client.get(url).content.decode() for url in ("/insights/knowledge/", listed)] == [True, True]
    gap = Gap.ask("laadpaal", by=noor)
    for url in ("/insights/knowledge/", listed):
        page = client.get(url).content.decode()
        assert (button in page, gap.get_absolute_url() in page) == (False, True)


def test_articles_by_what_was_pressed(office, kees, as_user) -> None:
    for n in range(3):
        article = make.article(f"Nummer {n}")
        for _ in range(n):
            Reads.count_one(article)
    for sort, order in (("read", "210"), ("-read", "012")):
        shown = as_user(kees).get(URL, {"sort": sort}).content.decode()
        assert f'aria-sort="{"ascending" if sort[0] == "-" else "descending"}"' in shown
        table = shown.partition('id="board-articles"')[2]
        assert re.findall(r"Nummer (\d)", table) == list(order)


@pytest.mark.parametrize(
    "query",
    [
        {"period": "x", "place": "fax", "sort": "drop table"}, {"period": "week", "week": "9999-W99"},
        {"place": "\0", "sort": ["used", "-x"]}, {"period": "9" * 400, "week": "x" * 100_000}, {"place": "' OR 1=1 --"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_filter(town, kees, as_user, query) -> None:
    for url in (URL, reverse("insights:knowledge_file", args=["csv"])):
        assert as_user(kees).get(url, query).status_code == 200
    assert as_user(kees).get(f"{URL}?place=%ED%A0%80&sort=%00&week=%FF").status_code == 200
    assert as_user(kees).get(LIST, query | {"what": "asked"}).status_code == 200


@pytest.mark.parametrize("what", ["", "x", "found; --", "\0", *sorted({*LISTED} - {*searches.TITLES})])
def test_a_list_that_is_not_there(kees, as_user, what: str) -> None:
    assert as_user(kees).get(LIST, {"what": what}).status_code == 404


def test_a_place_that_is_not_there(town, kees, as_user) -> None:
    for wrong in ({"like": "x"}, {"like": str(uuid4())}, {"after": "x"}):
        assert as_user(kees).get(LIST, {"what": "asked"} | wrong).status_code == 404
    assert as_user(kees).get(reverse("insights:knowledge_file", args=["pdf"])).status_code == 404
    assert (
        as_user(kees).get(reverse("insights:knowledge_list_file", args=["pdf"]), {"what": "asked"}).status_code == 404
    )


def test_the_number_of_queries_does_not_grow(town, office, marit, as_user, django_assert_max_num_queries) -> None:
    for n in range(30):
        Reads.count_one(make.article(f"Meer {n}", team=make.team(f"Afdeling {n}")))
    Searching.objects.update(at=timezone.now() - timedelta(hours=1))
    client = as_user(marit)
    client.get(URL)
    with django_assert_max_num_queries(26):
        client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(LIST, {"what": "asked"})


def test_the_files_hold_the_board_and_run_nothing(town, kees, as_user) -> None:
    Searching.objects.update(at=timezone.now() - timedelta(days=1))
    question("=HYPERLINK(1)", found=0)
    answer = as_user(kees).get(reverse("insights:knowledge_file", args=["csv"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert ["'=HYPERLINK(1)", "1"] in rows
    assert any(row[:1] == ["Wat artikelen opleveren"] for row in rows)
    book = as_user(kees).get(reverse("insights:knowledge_file", args=["xlsx"]))
    assert book.content[:2] == b"PK"
    listed = as_user(kees).get(reverse("insights:knowledge_list_file", args=["csv"]), {"what": "nothing"})
    rows = list(csv.reader(io.StringIO(listed.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) - 1 == Searching.objects.filter(found=0).count()
    assert rows[1][1] == "'=HYPERLINK(1)"


def test_htmx_gets_the_board_alone(kees, as_user) -> None:
    for url in (URL, f"{LIST}?what=asked"):
        assert "<html" not in as_user(kees).get(url, headers={"HX-Request": "true"}).content.decode()


def test_an_editor_sees_on_the_page_what_an_article_is_good_for(marit: User, noor: User, as_user) -> None:
    article: Article = make.article()
    Reads.count_one(article)
    assert "Gelezen en gekopieerd" in as_user(marit).get(article.get_absolute_url()).content.decode()
    assert "Gelezen en gekopieerd" not in as_user(noor).get(article.get_absolute_url()).content.decode()


def test_who_keeps_the_synonyms_adds_one_from_a_question(mies: User, marit: User, as_user) -> None:
    question("Zeppelin stallen", found=0)
    mies.user_permissions.set(Permission.objects.filter(codename__in=["add_synonym", "view_synonym"]))
    shown = unescape(as_user(mies).get(URL).content.decode())
    url = re.search(r'href="([^"]*/synonym/add/\?[^"]*)"', shown)[1]  # type: ignore[index]
    assert 'value="Zeppelin stallen' in as_user(mies).get(url).content.decode()
    assert "/synonym/add/" not in as_user(marit).get(URL).content.decode()
