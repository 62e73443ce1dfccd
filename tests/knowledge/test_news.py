"""Wat is nieuw: who sees what, read, unread again and confirmed; the line about disruptions on every page."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.memory import forget_everything
from knowledge.models import Bulletin, BulletinKind, BulletinRead
from tests import make

NEWS, PANEL, STRIP, FOLD = (
    "/knowledge/news/",
    "/knowledge/news/panel/",
    "/knowledge/news/strip/",
    "/knowledge/news/fold/",
)
HTMX = {"HX-Request": "true"}


def bulletin(title="Balie Noord is dicht", *, days=0.0, until=None, teams=(), **fields):
    """Make a bulletin that began so many days ago, and ends so many hours from now."""
    now = timezone.now()
    values = {"starts_at": now - timedelta(days=days), "ends_at": until and now + timedelta(hours=until), "by": None}
    return Bulletin.write(key=uuid4(), title=title, teams=teams, **(values | fields))


def disruption(title="DigiD ligt eruit", **fields):
    return bulletin(title, kind=BulletinKind.DISRUPTION, **({"days": 0.1} | fields))


def seen(client, address=NEWS, **asked):
    return client.get(address, asked).content.decode()


def test_a_specialist_sees_what_is_for_all_and_for_the_own_team(as_user, rachid, sam, parkeren):
    bulletin("Voor iedereen")
    bulletin("Voor Parkeren", teams=[parkeren])
    assert "Voor Parkeren" in seen(as_user(rachid))
    text = seen(as_user(sam))
    assert ("Voor iedereen" in text, "Voor Parkeren" in text) == (True, False)


def test_what_is_to_come_and_what_was_withdrawn_is_not_shown(as_user, noor):
    bulletin("Straks", days=-1)
    bulletin("Ingetrokken").withdraw()
    bulletin("Voorbij", days=3, until=-1)
    text = seen(as_user(noor))
    assert ("Straks" in text, "Ingetrokken" in text, "Voorbij" in text) == (False, False, True)


def test_what_must_be_confirmed_stands_above_the_newer_rest(as_user, noor):
    bulletin("Het jongste")
    bulletin("Oude instructie", days=90, important=True)
    text = seen(as_user(noor))
    assert text.index("Nog te bevestigen") < text.index("Oude instructie") < text.index("Het jongste")


def test_reading_and_unread_again(as_user, noor):
    row, client = bulletin(), as_user(noor)
    assert 'data-nav="news"' in (text := seen(client))
    assert "ongelezen" in text
    for _n in range(2):
        assert client.post(f"{NEWS}{row.uuid}/read/").url == NEWS
    assert BulletinRead.objects.filter(bulletin=row, user=noor).count() == 1
    assert "Markeer als ongelezen" in (text := seen(client))
    assert "ongelezen</span>" not in text
    for _n in range(2):
        client.post(f"{NEWS}{row.uuid}/unread/")
    assert not BulletinRead.objects.exists()


def test_reading_is_not_confirming(as_user, noor):
    row, client = bulletin(important=True), as_user(noor)
    client.post(f"{NEWS}{row.uuid}/read/")
    assert Bulletin.objects.unread_by(noor, now=timezone.now()).count() == 1
    client.post(f"{NEWS}{row.uuid}/confirm/")
    first = BulletinRead.objects.get()
    client.post(f"{NEWS}{row.uuid}/confirm/")
    client.post(f"{NEWS}{row.uuid}/unread/")  # what was said stays said
    kept = BulletinRead.objects.get()
    assert (kept.confirmed_at, kept.pk) == (first.confirmed_at, first.pk)
    assert kept.confirmed_at is not None
    assert Bulletin.objects.unread_by(noor, now=timezone.now()).count() == 0
    assert "Je bevestigde dit" in seen(client)


@pytest.mark.parametrize("verb", ["read", "unread", "confirm"])
def test_a_card_comes_back_by_itself_and_the_menu_counts_again(as_user, noor, verb):
    row, client = bulletin(important=verb == "confirm"), as_user(noor)
    answer = client.post(f"{NEWS}{row.uuid}/{verb}/", headers=HTMX)
    text = answer.content.decode()
    assert ("<html" in text, f"bericht-{row.uuid}" in text) == (False, True)
    assert "hint-menu" in answer["HX-Trigger"]
    small = client.post(f"{NEWS}{row.uuid}/{verb}/", {"small": "1"}, headers=HTMX).content.decode()
    assert "kcc-newsline" in small


def test_what_counts_a_card_follows_it(as_user, noor):
    first, second = (bulletin(title, important=True) for title in ("Vraag de naam", "Balie dicht"))
    plain, client = bulletin("Gewoon nieuws"), as_user(noor)

    def left(row, verb, **data):
        text = client.post(f"{NEWS}{row.uuid}/{verb}/", data, headers=HTMX).content.decode()
        tabs = text.split('id="nieuws-tabs" hx-swap-oob="true"')[1].split("</nav>")[0]
        return re.findall(r"(\d+)</span></a>", tabs), re.findall(r'id="bevestigen" hx-swap-oob.*?>(\D*)(\d*)<', text)

    assert left(plain, "read") == (["2"], [])
    heading = 'Nog te bevestigen <span class="kcc-count kcc-count--late">'
    assert heading in client.post(f"{NEWS}{first.uuid}/confirm/", headers=HTMX).content.decode()
    assert left(first, "confirm", back=f"{NEWS}?q=balie")[0] == ["1"]
    assert left(second, "confirm", back=f"{NEWS}?kind=news&amp;q=%00") == ([], [("Alles gelezen", "")])


@pytest.mark.parametrize("verb", ["read", "unread", "confirm"])
def test_what_is_not_yours_does_not_exist(as_user, sam, noor, parkeren, verb):
    row = bulletin(teams=[parkeren])
    assert as_user(sam).post(f"{NEWS}{row.uuid}/{verb}/").status_code == 404
    assert as_user(sam).get(f"{NEWS}{row.uuid}/").status_code == 404
    assert as_user(noor).get(f"{NEWS}{uuid4()}/").status_code == 404
    assert as_user(noor).get(f"{NEWS}{bulletin().uuid}/{verb}/").status_code == 405


def test_one_comes_back_to_the_list_as_it_was(as_user, noor):
    row, client = bulletin(), as_user(noor)
    address = f"{NEWS}{row.uuid}/read/"
    assert client.post(address, {"back": "/knowledge/news/?show=unread"}).url == "/knowledge/news/?show=unread"
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""):
        assert client.post(address, {"back": elsewhere}).url == NEWS


def test_filters(as_user, noor):
    bulletin("Gewoon nieuws")
    disruption("Stroomstoring")
    read = bulletin("Gelezen bericht", kind=BulletinKind.INSTRUCTION, text="Over de zeppelin")
    read.read(by=noor)
    client = as_user(noor)

    def titles(**asked):
        main = seen(client, **asked).split('id="nieuws"')[1]
        return [title for title in ("Gewoon nieuws", "Stroomstoring", "Gelezen bericht") if title in main]

    assert titles(kind="disruption") == ["Stroomstoring"]
    assert titles(show="unread") == ["Gewoon nieuws", "Stroomstoring"]
    assert titles(q="ZEPPELIN gelezen") == ["Gelezen bericht"]
    assert titles(kind="bestaat niet", show="niet") == ["Gewoon nieuws", "Stroomstoring", "Gelezen bericht"]
    assert titles(q="zeppelin", show="unread") == []


@pytest.mark.parametrize(
    "query", ["\0", "%", "'; drop table", "a" * 100_000, "\ud800", "<script>alert(1)</script>", "🏄"]
)
def test_whatever_is_typed_is_searched(as_user, noor, query):
    bulletin()
    answer = as_user(noor).get(NEWS, {"q": query.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_an_old_message_is_no_longer_unread_but_an_important_one_is(noor):
    bulletin(days=40)
    old = bulletin(days=400, important=True)
    assert list(Bulletin.objects.unread_by(noor, now=timezone.now())) == [old]


def test_what_is_for_another_team_is_not_counted(noor, parkeren):
    bulletin("Voor Parkeren", teams=[parkeren], important=True)
    assert not Bulletin.objects.unread_by(noor, now=timezone.now()).exists()


def test_pages_go_on_from_a_place(as_user, noor, monkeypatch):
    monkeypatch.setattr("knowledge.views.news.PAGE", 3)
    for n in range(7):
        bulletin(f"Bericht {n}", days=n)
    client, address, found = as_user(noor), NEWS, []
    for _page in range(3):
        answer = client.get(address)
        found += [row.title for row in answer.context["days"]]
        address = answer.context["further"]
    assert found == [f"Bericht {n}" for n in range(7)]
    assert address == ""
    assert client.get(NEWS, {"after": "nergens"}).status_code == 404


def test_the_list_costs_the_same_for_one_as_for_many(
    as_user, noor, parkeren, voorlijn, django_assert_max_num_queries, django_assert_num_queries
):
    client = as_user(noor)

    def add(n):
        bulletin(f"Bericht {n}", teams=[voorlijn, parkeren], article=make.article(f"Artikel {n}"), important=n % 2 == 0)

    add(1)
    client.get(NEWS)
    with django_assert_max_num_queries(12) as few:
        client.get(NEWS)
    for n in range(2, 15):
        add(n)
    with django_assert_max_num_queries(len(few) + 1):  # the teams of the pinned ones, too
        client.get(NEWS)


def test_text_is_text_and_addresses_are_links(as_user, noor):
    text = "Zie https://status.voorbeeld.nl/x?a=1&b=<2>\n\n<img src=x onerror=alert(1)> javascript:alert(2)"
    row = bulletin("<b>Vet</b>", text=text)
    for shown in (seen(as_user(noor)), seen(as_user(noor), f"{NEWS}{row.uuid}/")):
        assert 'href="https://status.voorbeeld.nl/x?a=1&amp;b=' in shown
        assert ("<img" in shown, "<b>Vet" in shown, 'href="javascript' in shown) == (False, False, False)


def test_the_panel_shows_the_newest_five_and_counts(as_user, noor, django_assert_max_num_queries):
    for n in range(7):
        bulletin(f"Bericht {n}", days=n)
    bulletin("Bevestig mij", days=9, important=True)
    client = as_user(noor)
    with django_assert_max_num_queries(9):
        text = client.get(PANEL, headers=HTMX).content.decode()
    assert ("Bevestig mij" in text, "Bericht 3" in text, "Bericht 4" in text) == (True, True, False)
    assert 'id="nieuws-aantal" hx-swap-oob="true">8<' in text
    assert client.get(PANEL).url == NEWS
    desk = client.get("/").content.decode()
    assert 'href="#hulp-nieuws"' in desk


def test_an_article_that_can_not_be_read_is_no_link(as_user, noor):
    article = make.article("Verdwenen artikel")
    bulletin(article=article)
    assert str(article.uuid) in seen(as_user(noor))
    article.withdraw()
    assert str(article.uuid) not in seen(as_user(noor))


# The line about disruptions


def test_a_live_disruption_stands_on_every_page_of_whom_it_concerns(as_user, noor, rachid, sam, beheer, parkeren):
    disruption("Alles ligt plat", until=2)
    disruption("Parkeerautomaat", teams=[parkeren])
    for person, address in (
        (noor, "/"),
        (rachid, "/callbacks/"),
        (sam, "/callbacks/"),
        (beheer, "/accounts/settings/"),
    ):
        line = as_user(person).get(address).content.decode().split('id="storing"')[1].split("</header>")[0]
        assert "Alles ligt plat" in line
        assert ("Parkeerautomaat" in line) == (person == rachid)
    answer = as_user(rachid).get(STRIP, headers=HTMX)
    text = answer.content.decode()
    assert (text.count("kcc-cut"), "en nog 1 storing<" in text, answer["HX-Trigger"]) == (1, True, "hint-menu")
    assert "naar verwachting tot" in as_user(sam).get(STRIP, headers=HTMX).content.decode()


def test_what_is_over_to_come_or_no_disruption_is_not_on_the_line(as_user, noor):
    disruption("Voorbij", days=2, until=-1)
    disruption("Straks", days=-0.5)
    disruption("Ingetrokken").withdraw()
    disruption("Klaar").end()
    bulletin("Nieuws")
    text = as_user(noor).get(STRIP, headers=HTMX).content.decode()
    assert not [word for word in ("Voorbij", "Straks", "Ingetrokken", "Klaar", "Nieuws") if word in text]
    assert "<kcc-until" in text  # the page asks again when the next one begins


def test_the_line_is_asked_of_the_database_once_in_a_while(as_user, noor, django_assert_num_queries):
    from knowledge.models.disruption import disruptions

    disruption()
    client = as_user(noor)
    client.get("/accounts/settings/")
    with django_assert_num_queries(0):
        disruptions()
    forget_everything()
    with django_assert_num_queries(2):
        disruptions()


def test_a_process_that_remembers_older_ones_asks_again(as_user, noor):
    client = as_user(noor)
    assert "DigiD" not in client.get("/accounts/settings/").content.decode()
    row = disruption("DigiD")
    assert "DigiD" in client.get("/accounts/settings/").content.decode()
    row.change(teams=[], title="DigiD en eHerkenning")
    assert "eHerkenning" in client.get("/accounts/settings/").content.decode()
    row.end()
    assert "DigiD" not in client.get("/accounts/settings/").content.decode()


def test_folding_lasts_until_another_disruption(as_user, noor):
    disruption("Eerste")
    client = as_user(noor)
    folded = client.post(FOLD, {"fold": "1"}, headers=HTMX).content.decode()
    assert ("Uitklappen" in folded, "Eerste" in folded) == (True, False)
    assert "Eerste" not in client.get("/accounts/settings/").content.decode()
    disruption("Tweede")
    forget_everything()
    assert "Tweede" in client.get("/accounts/settings/").content.decode()
    assert client.post(FOLD, {"fold": "1", "back": "/cases/"}).url == "/cases/"
    client.post(FOLD)
    assert "Tweede" in client.get("/accounts/settings/").content.decode()
    assert client.get(FOLD).status_code == 405
    assert client.get(STRIP).url == "/knowledge/news/?kind=disruption"


def test_open_pages_hear_of_it(noor, parkeren, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr("knowledge.models.bulletin.push.hint", lambda event, *channels: told.append((event, channels)))
    with django_capture_on_commit_callbacks(execute=True):
        row = disruption(teams=[parkeren])
    assert told == [("news", (f"team:{parkeren.pk}",))]
    told.clear()
    row.change(teams=[])
    assert told == [("news", ("all", f"team:{parkeren.pk}"))]
    told.clear()
    row.end()
    row.end()
    row.withdraw()
    row.withdraw()
    assert told == [("news", ("all",))] * 2
