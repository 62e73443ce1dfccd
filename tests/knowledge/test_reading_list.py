"""Reading lists: made and given by who leads or edits, ticked by who reads, progress for both."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.memory import forget_everything
from accounts.models import Notification, Role
from knowledge.models import ArticleRead, Editorial, Reader, ReadingItem, ReadingList, Version
from knowledge.models.reading_list import step_of, tasks_of
from tests import make

READING, LISTS, NEW = "/knowledge/reading/", "/knowledge/reading/lists/", "/knowledge/reading/lists/new/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def els(db):
    """An editor, who works in no team."""
    return make.user("els", Role.EDITOR, first_name="Els", last_name="Redactie")


@pytest.fixture
def week(voorlijn):
    """A list of three articles for the front office."""
    made = ReadingList.begin(key=uuid4(), title="Eerste week", text="Begin hier.", team=voorlijn)
    for title in ("Paspoort", "Rijbewijs", "Verhuizen"):
        made.add(make.article(title))
    return made


def article(title):
    return ReadingItem.objects.select_related("article").get(article__title=title).article


def order(week):
    return [item.article.title for item in week.items.all()]


def on(week, verb=""):
    return f"{LISTS}{week.uuid}/{verb + '/' if verb else ''}"


def tick(client, title, verb="read", **data):
    return client.post(f"{READING}{article(title).uuid}/{verb}/", {"version": article(title).version} | data)


def reads(user, *titles):
    for title in titles:
        ArticleRead.objects.tick(article(title), version=1, by=user)


# The reader


def test_a_reader_ticks_and_sees_how_far_it_is(as_user, noor, kees, week):
    week.give([noor], due_on=None, by=kees)
    client = as_user(noor)
    assert "0 van 3 gelezen" in client.get(READING).content.decode()
    for _n in range(2):
        assert tick(client, "Rijbewijs").url == READING
    assert ArticleRead.objects.count() == 1
    assert "1 van 3 gelezen" in client.get(READING).content.decode()
    part = client.post(f"{READING}{article('Paspoort').uuid}/read/", {"version": 1}, headers=HTMX).content.decode()
    assert ("2 van 3 gelezen" in part, "<html" in part) == (True, False)
    for _n in range(2):
        tick(client, "Rijbewijs", "unread")
    assert "1 van 3 gelezen" in client.get(READING).content.decode()


def test_the_desk_says_what_is_left_until_all_is_read(as_user, noor, kees, week, office):
    client = as_user(noor)
    assert "Leeslijst: nog" not in client.get("/").content.decode()
    week.give([noor], due_on=None, by=kees)
    assert "Leeslijst: nog 3" in client.get("/").content.decode()
    for title in order(week):
        tick(client, title)
    assert "Leeslijst: nog" not in client.get("/").content.decode()
    assert "Alles gelezen" in client.get(READING).content.decode()


def beside(week, title):
    return f"{article(title).get_absolute_url()}?reading={week.uuid}"


def test_an_article_is_read_beside_its_list(as_user, noor, kees, week, django_assert_max_num_queries):
    week.give([noor], due_on=None, by=kees)
    client = as_user(noor)
    assert beside(week, "Rijbewijs") in client.get(READING).content.decode()
    with django_assert_max_num_queries(40):
        text = client.get(beside(week, "Rijbewijs")).content.decode()
    assert ("2 van 3" in text, "0 van 3 gelezen" in text, "laatst gewijzigd eerst" in text) == (True, True, False)
    assert [beside(week, title) in text for title in order(week)] == [True, True, True]
    assert f'href="{READING}#{week.uuid}"' in text
    data = {"next": beside(week, "Rijbewijs"), "version": 1}
    answer = client.post(f"{READING}{article('Rijbewijs').uuid}/read/", data)
    assert answer.url == beside(week, "Rijbewijs")
    again = client.post(f"{READING}{article('Rijbewijs').uuid}/read/", data, headers=HTMX)
    assert (again.status_code, again.url) == (302, beside(week, "Rijbewijs"))
    part = client.get(beside(week, "Rijbewijs"), headers=HTMX).content.decode()
    assert ("1 van 3 gelezen" in part, "<html" in part) == (True, False)
    elsewhere = client.post(f"{READING}{article('Rijbewijs').uuid}/read/", {"next": "https://elders.voorbeeld.nl/"})
    assert elsewhere.url == READING


def test_what_is_next_is_what_is_still_to_be_read(noor, kees, week):
    week.give([noor], due_on=None, by=kees)

    def step(title):
        return tasks_of(noor)[0].step(article(title))

    def names(one):
        return [line.article.title if line else None for line in (one.before, one.next)]

    assert (step("Paspoort").number, names(step("Paspoort"))) == (1, [None, "Rijbewijs"])
    reads(noor, "Rijbewijs")
    assert names(step("Paspoort")) == [None, "Verhuizen"]
    assert names(step("Verhuizen")) == ["Rijbewijs", "Paspoort"]
    reads(noor, "Paspoort", "Verhuizen")
    assert (names(step("Paspoort")), names(step("Verhuizen"))) == ([None, "Rijbewijs"], ["Rijbewijs", None])
    assert step_of(noor, str(week.uuid), make.article("Elders")) is None


@pytest.mark.parametrize("asked", ["{}", "x", "", "00000000-0000-0000-0000-000000000000", "\0"])
def test_a_list_that_is_not_theirs_is_no_list(as_user, noor, lotte, kees, week, asked):
    week.give([lotte], due_on=None, by=kees)
    url = article("Paspoort").get_absolute_url()
    text = as_user(noor).get(url, {"reading": asked.format(week.uuid)}).content.decode()
    assert ("Zoekresultaten" in text, "van 3 gelezen" in text) == (True, False)


def test_what_a_reader_says_keeps_the_list_beside_the_article(as_user, noor, kees, week, office):
    week.give([noor], due_on=None, by=kees)
    url = f"{article('Paspoort').get_absolute_url()}feedback/?reading={week.uuid}"
    assert as_user(noor).post(url, {"helpful": "1"}).url == beside(week, "Paspoort")
    wrong = as_user(noor).post(url, {"helpful": "0"})
    assert (wrong.status_code, "0 van 3 gelezen" in wrong.content.decode()) == (422, True)


def test_an_article_on_two_lists_is_read_once(noor, kees, week, voorlijn):
    other = ReadingList.begin(key=uuid4(), title="Tweede week", text="", team=voorlijn)
    other.add(article("Paspoort"))
    for one in (week, other):
        one.give([noor], due_on=None, by=kees)
    assert ReadingItem.objects.count_left(noor) == 3
    ArticleRead.objects.tick(article_of(other), version=1, by=noor)
    assert ReadingItem.objects.count_left(noor) == 2
    assert [one.done for one in other.progress()] == [1]


def article_of(reading_list):
    return reading_list.items.get().article


def test_what_can_not_be_read_does_not_count(as_user, noor, kees, week):
    week.give([noor], due_on=None, by=kees)
    article("Paspoort").withdraw()
    text = as_user(noor).get(READING).content.decode()
    assert ("0 van 2 gelezen" in text, "Paspoort" in text) == (True, False)
    assert [one.total for one in week.progress()] == [2]
    assert ReadingItem.objects.count_left(noor) == 2
    assert tick(as_user(noor), "Paspoort").status_code == 404


def test_an_announced_change_asks_to_read_again(as_user, noor, kees, els, week):
    Editorial(four_eyes=False).keep()
    forget_everything()
    week.give([noor], due_on=None, by=kees)
    client, found = as_user(noor), article("Paspoort")
    tick(client, "Paspoort")

    def publish(*, announced):
        version = Version.begin(found, by=els)
        version.publish(summary="De leges zijn verhoogd.", announced=announced, by=els)

    publish(announced=False)
    assert "gewijzigd sinds je het las" not in client.get(READING).content.decode()
    publish(announced=True)
    text = client.get(READING).content.decode()
    assert ("gewijzigd sinds je het las" in text, "1 van 3 gelezen" in text) == (True, True)
    tick(client, "Paspoort")
    assert "gewijzigd sinds je het las" not in client.get(READING).content.decode()


def test_what_is_ticked_is_the_version_that_was_on_the_page(as_user, noor, kees, els, week):
    Editorial(four_eyes=False).keep()
    forget_everything()
    week.give([noor], due_on=None, by=kees)
    Version.begin(article("Paspoort"), by=els).publish(summary="", announced=False, by=els)
    client, found = as_user(noor), article("Paspoort")
    first = found.version
    assert f'name="version" value="{first}"' in client.get(beside(week, "Paspoort")).content.decode()
    assert f'name="version" value="{first}"' in client.get(READING).content.decode()
    Version.begin(found, by=els).publish(summary="De leges zijn verhoogd.", announced=True, by=els)
    tick(client, "Paspoort", version=first)
    assert ArticleRead.objects.get().version == first
    assert "gewijzigd sinds je het las" in client.get(READING).content.decode()
    tick(client, "Paspoort", version=2_000_000_000)
    now = article("Paspoort").version
    assert (ArticleRead.objects.get().version, now > first) == (now, True)
    tick(client, "Paspoort", version=first)  # a page of before, sent again
    assert ArticleRead.objects.get().version == now


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "1.5", "\0", "9" * 5000])
def test_what_does_not_say_which_version_was_seen_ticks_nothing(as_user, noor, kees, week, version):
    week.give([noor], due_on=None, by=kees)
    assert tick(as_user(noor), "Paspoort", version=version).url == READING
    assert as_user(noor).post(f"{READING}{article('Paspoort').uuid}/read/").status_code == 302
    assert not ArticleRead.objects.exists()


def test_only_what_was_given_can_be_ticked(as_user, noor, sam, kees, week):
    assert tick(as_user(noor), "Paspoort").status_code == 404
    week.give([noor], due_on=None, by=kees)
    assert tick(as_user(sam), "Paspoort").status_code == 404
    assert as_user(noor).post(f"{READING}{uuid4()}/read/").status_code == 404
    assert as_user(noor).get(f"{READING}{article('Paspoort').uuid}/read/").status_code == 405
    assert "Je hebt geen leeslijst." in as_user(sam).get(READING).content.decode()


def test_the_page_of_a_reader_costs_the_same_for_any_number(as_user, noor, kees, week, django_assert_max_num_queries):
    week.give([noor], due_on=None, by=kees)
    reads(noor, "Paspoort")
    client = as_user(noor)
    client.get(READING)
    with django_assert_max_num_queries(13) as few:
        client.get(READING)
    for n in range(4):
        more = ReadingList.begin(key=uuid4(), title=f"Lijst {n}", text="", team=None)
        for m in range(5):
            more.add(make.article(f"Artikel {n} {m}"))
        more.give([noor], due_on=None, by=kees)
    with django_assert_max_num_queries(len(few)):
        client.get(READING)


# Who makes and gives them


def test_a_lead_makes_a_list_for_the_own_team(as_user, kees, voorlijn):
    key, client = str(uuid4()), as_user(kees)
    data = {"key": key, "title": "Eerste week", "text": "Begin hier.", "team": str(voorlijn.uuid)}
    urls = {client.post(NEW, data).url for _n in range(2)}
    made = ReadingList.objects.get()
    assert urls == {on(made)}
    assert (made.title, made.text, made.team) == ("Eerste week", "Begin hier.", voorlijn)
    for wrong in ({"team": ""}, {"team": str(make.team("Belastingen").uuid)}, {"title": "\0"}, {"text": "x" * 2001}):
        answer = client.post(NEW, data | wrong)
        assert answer.status_code == 422, wrong
        kept = "Begin hier." if "title" in wrong else "Eerste week"
        assert kept in answer.content.decode(), wrong


def test_two_who_change_one_do_not_erase_each_other(as_user, kees, els, week):
    data = {"title": "Eerste week", "text": "Begin hier.", "team": str(week.team.uuid)}
    stamp = as_user(kees).get(on(week, "change")).context["form"].fresh_stamp
    assert f'name="stamp" value="{stamp}"' in as_user(kees).get(on(week, "change")).content.decode()
    as_user(els).post(on(week, "change"), data | {"text": "Lees dit.", "stamp": stamp})
    answer = as_user(kees).post(on(week, "change"), data | {"title": "Week een", "stamp": stamp})
    assert answer.status_code == 409
    assert "Week een" in answer.content.decode()
    week.refresh_from_db()
    assert (week.title, week.text) == ("Eerste week", "Lees dit.")


def test_an_editor_makes_one_for_everybody(as_user, els):
    as_user(els).post(NEW, {"title": "Iedereen", "text": "", "team": ""})
    assert ReadingList.objects.get().team is None


@pytest.mark.parametrize("who", ["noor", "rachid", "beheer"])
def test_who_does_not_lead_is_refused(request, as_user, week, who):
    client = as_user(request.getfixturevalue(who))
    assert [client.get(address).status_code for address in (LISTS, NEW, on(week))] == [403, 403, 403]
    for verb in ("change", "add", "remove", "move", "give", "take-back", "close"):
        assert client.post(on(week, verb)).status_code == 403, verb


def test_a_list_of_another_team_does_not_exist_for_a_lead(as_user, kees, els):
    other = ReadingList.begin(key=uuid4(), title="Belastingen", text="", team=make.team("Belastingen"))
    for_all = ReadingList.begin(key=uuid4(), title="Voor allen", text="", team=None)
    for one in (other, for_all):
        assert as_user(kees).get(on(one)).status_code == 404
        assert as_user(kees).post(on(one, "close")).status_code == 404
        assert as_user(els).get(on(one)).status_code == 200
    assert "Voor allen" not in as_user(kees).get(LISTS).content.decode()


def test_articles_are_searched_added_moved_and_taken_off(as_user, kees, week, office):
    client, found = as_user(kees), make.article("Bezwaar maken tegen een parkeerbesluit")
    text = client.get(on(week), {"q": "bezwaar parkeer"}).content.decode()
    assert 'aria-label="Gevonden artikelen"' in text
    for _n in range(2):
        client.post(on(week, "add"), {"article": str(found.uuid)})
    assert order(week) == ["Paspoort", "Rijbewijs", "Verhuizen", found.title]
    client.post(on(week, "move"), {"article": str(found.uuid), "to": "up"})
    client.post(on(week, "move"), {"article": str(article("Paspoort").uuid), "to": "up"})  # is the first already
    client.post(on(week, "move"), {"article": str(article("Paspoort").uuid), "to": "down"})
    assert order(week) == ["Rijbewijs", "Paspoort", found.title, "Verhuizen"]
    for _n in range(2):
        client.post(on(week, "remove"), {"article": str(found.uuid)})
    assert order(week) == ["Rijbewijs", "Paspoort", "Verhuizen"]
    part = client.get(on(week), {"q": "paspoort"}, headers=HTMX).content.decode()
    assert ("staat erop" in part, "<html" in part) == (True, False)


@pytest.mark.parametrize(
    "sent", [{}, {"article": "x"}, {"article": "\0"}, {"article": ["a", "b"]}, {"article": str(uuid4())}]
)
def test_an_article_that_does_not_exist_is_404(as_user, kees, week, sent):
    for verb in ("add", "remove", "move"):
        assert as_user(kees).post(on(week, verb), sent).status_code == 404


def test_a_concept_is_not_put_on_a_list(as_user, els, week):
    draft = make.article("Concept", published_at=None)
    assert as_user(els).post(on(week, "add"), {"article": str(draft.uuid)}).status_code == 404


def test_a_list_has_an_end(week, monkeypatch):
    monkeypatch.setattr("knowledge.models.reading_list.MOST_ARTICLES", 4)
    assert week.add(make.article("Vier"))
    assert not week.add(make.article("Vijf"))
    assert week.add(article("Vier"))


def test_giving_tells_each_once(as_user, kees, noor, lotte, week):
    client = as_user(kees)
    day = timezone.localdate() + timedelta(days=5)
    client.post(on(week, "give"), {"person": str(noor.uuid), "due_on": day.isoformat()})
    said = client.post(on(week, "give"), {"team": str(week.team.uuid)}, follow=True).content.decode()
    assert "Gegeven aan 2 collega’s" in said
    assert {reader.user for reader in Reader.objects.all()} == {noor, lotte, kees}
    assert Reader.objects.get(user=noor).due_on == day
    client.post(on(week, "give"), {"person": str(noor.uuid), "due_on": (day + timedelta(days=1)).isoformat()})
    assert Reader.objects.get(user=noor).due_on == day + timedelta(days=1)
    line = Notification.objects.get(recipient=noor)
    assert (line.text, line.url) == ("Je kreeg een leeslijst: Eerste week", f"{READING}#{week.uuid}")
    assert Notification.objects.count() == 3


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"person": "x"}, {"person": "\0"}, {"person": str(uuid4())}, {"team": str(uuid4())},
        {"due_on": "gisteren"}, {"due_on": "2020-01-01"}, {"due_on": "9999-12-31"}, {"due_on": "0001-01-01"},
    ],
)  # fmt: skip
def test_giving_to_nobody_is_refused(as_user, kees, noor, week, sent):
    known = {"person": str(noor.uuid)} if "due_on" in sent else {}
    assert as_user(kees).post(on(week, "give"), known | sent).status_code == 422
    assert not Reader.objects.exists()


def test_a_lead_gives_to_people_of_own_teams_alone(as_user, kees, els, sam, rachid, week):
    assert as_user(kees).post(on(week, "give"), {"person": str(sam.uuid)}).status_code == 422
    as_user(kees).post(on(week, "give"), {"person": str(rachid.uuid)})
    as_user(els).post(on(week, "give"), {"person": str(sam.uuid)})
    assert {reader.user for reader in Reader.objects.all()} == {rachid, sam}


def test_a_lead_sees_how_far_each_is(as_user, kees, noor, lotte, week, django_assert_max_num_queries):
    week.give([noor, lotte], due_on=timezone.localdate() + timedelta(days=1), by=kees)
    reads(noor, "Paspoort")
    assert [(one.reader.user, one.done, one.total) for one in week.progress()] == [(noor, 1, 3), (lotte, 0, 3)]
    client = as_user(kees)
    text = client.get(on(week)).content.decode()
    assert "1 van 3" in text
    with django_assert_max_num_queries(17) as few:
        client.get(on(week))
    for n in range(10):
        week.give([make.user(f"u{n}", teams=[week.team])], due_on=None, by=kees)
        week.add(make.article(f"Artikel {n}"))
    with django_assert_max_num_queries(len(few)):
        client.get(on(week))
    with django_assert_max_num_queries(8):
        client.get(LISTS)


def test_given_again_after_it_was_taken_back_is_told_again(kees, noor, week):
    for _n in range(2):
        assert week.give([noor], due_on=None, by=kees) == 1
        assert week.give([noor], due_on=None, by=kees) == 0
        week.take_back(noor)
    assert Notification.objects.filter(recipient=noor, kind="reading").count() == 2


def test_taking_back_and_closing(as_user, kees, noor, lotte, week):
    week.give([noor, lotte], due_on=None, by=kees)
    for _n in range(2):
        as_user(kees).post(on(week, "take-back"), {"person": str(noor.uuid)})
    as_user(kees).post(on(week, "take-back"), {"person": "niemand"})
    assert {reader.user for reader in Reader.objects.all()} == {lotte}
    assert ReadingItem.objects.count_left(lotte) == 3
    for _n in range(2):
        as_user(kees).post(on(week, "close"))
    assert ReadingItem.objects.count_left(lotte) == 0
    assert as_user(kees).get(on(week)).status_code == 404


def test_late_is_said_in_words(noor, kees, week):
    week.give([noor], due_on=timezone.localdate() - timedelta(days=1), by=kees)
    (one,) = week.progress()
    assert (one.is_late, one.left, one.percent) == (True, 3, 0)
