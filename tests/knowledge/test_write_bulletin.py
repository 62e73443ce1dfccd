"""Bulletins by those who write them: for whom, changed, withdrawn, over; who confirmed and who is reminded."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Notification, Team
from knowledge.models import Bulletin, BulletinKind, Version
from tests import make
from tests.knowledge.writing import four_eyes

NEW, WRITTEN, ARTICLES = "/knowledge/news/new/", "/knowledge/news/written/", "/knowledge/news/articles/"


def typed(**fields):
    return {"key": str(uuid4()), "kind": "news", "title": "Balie dicht", "text": "Vrijdag."} | fields


def at(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def on(bulletin, verb=""):
    return f"/knowledge/news/{bulletin.uuid}/{verb + '/' if verb else ''}"


def test_an_editor_writes_for_everybody_and_has_read_it(as_user, els, noor):
    article = make.article()
    data = typed(important="on", article=str(article.uuid), ends_at=at(timezone.now() + timedelta(days=3)))
    answer = as_user(els).post(NEW, data)
    row = Bulletin.objects.get()
    assert answer.url == on(row)
    assert (row.title, row.written_by, row.article, row.important, row.teams.count()) == (
        "Balie dicht", els, article, True, 0,
    )  # fmt: skip
    now = timezone.now()
    assert not Bulletin.objects.unread_by(els, now=now).exists()
    assert Bulletin.objects.unread_by(noor, now=now).get() == row


def test_sent_twice_it_is_one(as_user, els):
    data = typed()
    assert as_user(els).post(NEW, data).url == as_user(els).post(NEW, data).url
    assert Bulletin.objects.count() == 1


def test_a_lead_writes_for_own_teams_alone(as_user, kees, parkeren):
    belastingen, client = make.team("Belastingen"), as_user(kees)
    refused = client.post(NEW, typed())
    assert refused.status_code == 422
    assert "Kies voor welke afdelingen dit is." in refused.content.decode()
    assert client.post(NEW, typed(teams=[str(belastingen.uuid)])).status_code == 422
    client.post(NEW, typed(teams=[str(parkeren.uuid)]))
    assert list(Bulletin.objects.get().teams.all()) == [parkeren]


def test_a_lead_begins_with_the_own_teams(as_user, kees, els, voorlijn, parkeren):
    ours = {f'value="{team.uuid}"' for team in Team.objects.filter(pk__in=kees.team_ids)}
    boxes = re.findall(r'<input type="checkbox" name="teams"[^>]*>', as_user(kees).get(NEW).content.decode())
    assert len(boxes) == len(ours) > 0
    assert all(" checked" in box for box in boxes)
    assert "checked" not in "".join(
        re.findall(r'<input type="checkbox" name="teams"[^>]*>', as_user(els).get(NEW).content.decode())
    )


@pytest.mark.parametrize("who", ["noor", "rachid", "beheer"])
def test_who_does_not_write_is_refused(request, as_user, els, who):
    row = Bulletin.write(key=uuid4(), title="Nieuws", by=els)
    client = as_user(request.getfixturevalue(who))
    assert [client.get(address).status_code for address in (NEW, WRITTEN, ARTICLES)] == [403, 403, 403]
    assert client.post(NEW, typed()).status_code == 403
    for verb in ("change", "withdraw", "end", "remind"):
        assert client.post(on(row, verb), typed()).status_code == 403, verb
    row.refresh_from_db()
    assert (Bulletin.objects.count(), row.withdrawn_at, row.title) == (1, None, "Nieuws")


def test_a_lead_changes_what_is_for_own_teams_and_nothing_else(as_user, els, kees, parkeren):
    for_all = Bulletin.write(key=uuid4(), title="Voor allen", by=els)
    theirs = Bulletin.write(key=uuid4(), title="Voor Parkeren", teams=[parkeren], by=els)
    both = Bulletin.write(key=uuid4(), title="Ook voor anderen", teams=[parkeren, make.team("Belastingen")], by=els)
    client = as_user(kees)
    for row, status in ((for_all, 404), (both, 404), (theirs, 302)):
        data = typed(teams=[str(parkeren.uuid)], title="Anders")
        assert client.post(on(row, "change"), data).status_code == status
        assert client.post(on(row, "withdraw")).status_code == status
        row.refresh_from_db()
        assert row.is_managed_by(kees) == (status == 302)
    assert (for_all.title, theirs.title, theirs.withdrawn_at is not None) == ("Voor allen", "Anders", True)
    assert "Anders" not in client.get(WRITTEN).content.decode()


def test_changing_keeps_when_it_began_and_who_read_it(as_user, els, noor):
    row = Bulletin.write(key=uuid4(), title="Nieuws", starts_at=timezone.now() - timedelta(days=700), by=els)
    row.read(by=noor)
    began, client = row.starts_at, as_user(els)
    page = client.get(on(row, "change")).content.decode()
    assert at(began) in page
    client.post(on(row, "change"), typed(title="Beter nieuws", starts_at=at(began)))
    row.refresh_from_db()
    assert (row.title, row.starts_at, row.reads.filter(user=noor).exists()) == ("Beter nieuws", began, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 151), ("title", "a\0b"), ("text", "x" * 5001), ("text", "\0"),
        ("kind", "change"), ("kind", "bestaat niet"), ("article", "geen uuid"), ("article", str(uuid4())),
        ("teams", "geen uuid"), ("teams", str(uuid4())), ("starts_at", "morgen"), ("starts_at", "0001-01-01T00:00"),
        ("starts_at", "9999-12-31T23:59"), ("ends_at", "2020-01-01T00:00"), ("ends_at", "9999-12-31T23:59"),
        ("key", "geen uuid"), ("text", "x" * 1_000_000),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(as_user, els, field, value):
    answer = as_user(els).post(NEW, typed(text="Een lang verhaal") | {field: value})
    assert answer.status_code == 422
    assert field == "text" or "Een lang verhaal" in answer.content.decode()
    assert not Bulletin.objects.exists()


def test_two_who_change_one_do_not_erase_each_other(as_user, els, mies):
    row = Bulletin.write(key=uuid4(), title="Balie dicht", text="Vrijdag.", by=els)
    stamp = as_user(els).get(on(row, "change")).context["form"].fresh_stamp
    assert f'name="stamp" value="{stamp}"' in as_user(els).get(on(row, "change")).content.decode()
    as_user(mies).post(on(row, "change"), typed(text="Vrijdag en maandag.", stamp=stamp))
    answer = as_user(els).post(on(row, "change"), typed(title="Balie gesloten", stamp=stamp))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Een ander heeft dit intussen gewijzigd." in page
    assert "Balie gesloten" in page
    row.refresh_from_db()
    assert (row.title, row.text) == ("Balie dicht", "Vrijdag en maandag.")
    again = answer.context["form"].fresh_stamp
    assert as_user(els).post(on(row, "change"), typed(title="Balie gesloten", stamp=again)).status_code == 302


def test_a_bulletin_for_later_waits(as_user, els, noor):
    as_user(els).post(NEW, typed(starts_at=at(timezone.now() + timedelta(days=1))))
    row = Bulletin.objects.get()
    assert row.state == "coming"
    assert as_user(noor).get(on(row)).status_code == 404
    assert "Collega’s zien dit bericht vanaf" in as_user(els).get(on(row)).content.decode()
    assert "Gepland" in as_user(els).get(WRITTEN).content.decode()


def test_a_disruption_is_over_when_somebody_says_so(as_user, els, noor):
    as_user(els).post(NEW, typed(kind="disruption", title="DigiD"))
    row = Bulletin.objects.get()
    assert row.is_live
    for _n in range(2):
        as_user(els).post(on(row, "end"))
    row.refresh_from_db()
    ended = row.ends_at
    assert (row.is_live, ended is not None) == (False, True)
    row.end()
    assert row.ends_at == ended
    news = Bulletin.write(key=uuid4(), title="Nieuws", by=els)
    news.end()
    assert news.ends_at is None


def test_withdrawn_is_gone_for_all_and_a_second_time_changes_nothing(as_user, els, noor):
    row = Bulletin.write(key=uuid4(), title="Nieuws", by=els)
    row.withdraw()
    first = row.withdrawn_at
    row.withdraw()
    assert row.withdrawn_at == first
    assert as_user(noor).get(on(row)).status_code == 404
    assert "ingetrokken" in as_user(els).get(on(row)).content.decode()
    assert as_user(els).post(on(row, "change"), typed(title="Toch")).url == on(row)
    row.refresh_from_db()
    assert row.title == "Nieuws"


def test_who_confirmed_stands_there_by_team(as_user, els, kees, noor, lotte, rachid):
    row = Bulletin.write(key=uuid4(), title="Werkwijze", important=True, by=els)
    row.confirm(by=noor)
    text = as_user(els).get(on(row)).content.decode()
    assert "2 van 5 bevestigd" in text  # Kees works in two teams and counts once; Els in none
    assert text.index("Nog niet bevestigd") < text.index("Lotte Vermeulen")
    assert "1 van 4 bevestigd" in as_user(kees).get(on(row)).content.decode()
    for person in (noor, rachid):
        assert "van 4 bevestigd" not in as_user(person).get(on(row)).content.decode()


def test_who_works_in_no_team_is_seen_and_reminded(as_user, els, kees, beheer, parkeren):
    row = Bulletin.write(key=uuid4(), title="Werkwijze", important=True, by=els)
    text = as_user(els).get(on(row)).content.decode()
    assert text.index("Zonder afdeling") < text.index(beheer.name)
    assert "Zonder afdeling" not in as_user(kees).get(on(row)).content.decode()
    as_user(els).post(on(row, "remind"))
    assert Notification.objects.filter(kind="bulletin", recipient=beheer).exists()
    theirs = Bulletin.write(key=uuid4(), title="Alleen parkeren", important=True, teams=[parkeren], by=els)
    assert "Zonder afdeling" not in as_user(els).get(on(theirs)).content.decode()


def test_a_lead_sees_own_teams_of_a_bulletin_for_all(as_user, els, kees, sam, rachid):
    row = Bulletin.write(key=uuid4(), title="Werkwijze", important=True, by=els)
    assert "Sam Smit" in as_user(els).get(on(row)).content.decode()
    text = as_user(kees).get(on(row)).content.decode()
    assert ("Rachid Yilmaz" in text, "Sam Smit" in text) == (True, False)


def test_who_did_not_confirm_is_reminded_once_a_day(as_user, els, kees, noor, lotte, sam):
    row = Bulletin.write(key=uuid4(), title="Werkwijze", important=True, by=els)
    row.confirm(by=noor)
    as_user(kees).post(on(row, "remind"))
    told = Notification.objects.filter(kind="bulletin")
    assert {one.recipient for one in told} == {kees, lotte}  # Sam works in no team of Kees
    as_user(els).post(on(row, "remind"))
    said = as_user(els).post(on(row, "remind"), follow=True).content.decode()
    assert {one.recipient for one in told.all()} == {kees, lotte, sam}
    assert told.all().count() == 3
    assert "Vandaag herinnerd" in said
    assert told.get(recipient=lotte).url == on(row)


def test_nobody_is_reminded_of_what_is_over_or_needs_no_confirmation(as_user, els, noor):
    plain = Bulletin.write(key=uuid4(), title="Nieuws", by=els)
    assert as_user(els).post(on(plain, "remind")).status_code == 403
    over = Bulletin.write(
        key=uuid4(), title="Voorbij", important=True, by=els,
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    as_user(els).post(on(over, "remind"))
    assert not Notification.objects.exists()


def test_a_page_of_a_bulletin_costs_the_same_for_any_number_of_people(
    as_user, els, voorlijn, django_assert_max_num_queries
):
    row = Bulletin.write(key=uuid4(), title="Werkwijze", important=True, by=els)
    client = as_user(els)
    make.user("een", teams=[voorlijn])
    client.get(on(row))
    with django_assert_max_num_queries(14) as few:
        client.get(on(row))
    for n in range(12):
        person = make.user(f"u{n}", teams=[voorlijn, make.team(f"Team {n}")])
        if n % 2:
            row.confirm(by=person)
    with django_assert_max_num_queries(len(few)):
        client.get(on(row))


def test_the_list_of_writers_costs_a_bounded_number_of_queries(as_user, els, parkeren, django_assert_max_num_queries):
    client = as_user(els)
    for n in range(12):
        Bulletin.write(key=uuid4(), title=f"Bericht {n}", teams=[parkeren], by=els)
    with django_assert_max_num_queries(9):
        client.get(WRITTEN)


def test_articles_are_found_while_typing(as_user, els, office):
    make.article("Bezwaar maken tegen een parkeerbesluit")
    make.article("Geheim concept over bezwaar", published_at=None)
    text = as_user(els).get(ARTICLES, {"q": "bezwaar parkeer"}).content.decode()
    assert ("Bezwaar maken" in text, "Geheim" in text, 'role="option"' in text) == (True, False, True)
    for query in ("", "\0", "x" * 10_000):
        assert as_user(els).get(ARTICLES, {"q": query}, headers={"HX-Request": "true"}).status_code == 200


# What changed in an article


@pytest.fixture
def one_pair_of_eyes(db):
    four_eyes(on=False)


def published(article, title, *, by, announced=True, summary="De leges zijn verhoogd."):
    version = Version.begin(article, by=by)
    words = Version(article=article)
    words.take(article)
    words.title = title
    version.write(words, by=by)
    version.publish(summary=summary, announced=announced, by=by)
    return version


def test_an_announced_change_is_told_once(as_user, els, noor, one_pair_of_eyes):
    article = make.article()
    version = published(article, "Bezwaar en beroep", by=els)
    row = Bulletin.objects.get()
    assert (row.kind, row.title, row.text, row.article, row.version) == (
        BulletinKind.CHANGE, "Bezwaar en beroep", "De leges zijn verhoogd.", article, version,
    )  # fmt: skip
    assert Bulletin.announce(version) == row
    text = as_user(noor).get("/knowledge/news/?kind=change").content.decode()
    assert ("De leges zijn verhoogd." in text, article.get_absolute_url() in text) == (True, True)


def test_a_small_change_is_not_told(els, one_pair_of_eyes):
    published(make.article(), "Kleine wijziging", by=els, announced=False)
    assert not Bulletin.objects.exists()


def test_a_scheduled_change_is_told_when_it_is_published(els, one_pair_of_eyes):
    article = make.article()
    version = Version.begin(article, by=els)
    version.schedule(timezone.now() + timedelta(hours=1), summary="Nieuw tarief.", announced=True, by=els)
    assert not Bulletin.objects.exists()
    version.publish(by=None)
    assert Bulletin.objects.get().text == "Nieuw tarief."


def test_a_told_change_keeps_its_article_and_kind(as_user, els, one_pair_of_eyes):
    published(make.article(), "Bezwaar", by=els)
    row = Bulletin.objects.get()
    as_user(els).post(on(row, "change"), typed(kind="disruption", title="Bezwaar, let op", important="on"))
    row.refresh_from_db()
    assert (row.kind, row.title, row.important, row.article is not None) == ("change", "Bezwaar, let op", True, True)
