"""Reading lists by who leads or edits: made, filled, given, taken back and closed; and how far each reader is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Notification
from knowledge.models import Reader, ReadingItem, ReadingList
from tests import make
from tests.knowledge.reading import LISTS, NEW, READING, article, on, order, reads

HTMX = {"HX-Request": "true"}


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
