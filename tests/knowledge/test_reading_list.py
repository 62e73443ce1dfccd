"""Reading lists by who reads: what was given is read, ticked, counted, and read again when it changed."""

from uuid import uuid4

import pytest

from knowledge.models import ArticleRead, ReadingItem, ReadingList, Version
from knowledge.models.reading_list import step_of, tasks_of
from tests import make
from tests.knowledge.reading import READING, article, order, reads, tick
from tests.knowledge.writing import four_eyes

HTMX = {"HX-Request": "true"}


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
    four_eyes(on=False)
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
    four_eyes(on=False)
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
