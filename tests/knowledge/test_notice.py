"""Who hears what about articles, in bell and mail, exactly once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Absence, Notification, Role
from accounts.worktime import LOCAL
from contacts.models import Heartbeat, Outgoing
from contacts.models.lease import clock
from kcc.health import _reminders
from knowledge import tasks
from knowledge.models import Article, Editorial, Feedback, Gap, Notice, Version
from knowledge.models.due_notices import BATCH, plan_due
from tests import make
from tests.knowledge.writing import four_eyes

MONDAY = datetime(2026, 11, 23, 10, tzinfo=LOCAL)


@pytest.fixture
def monday():
    """Let it be the night before that Monday morning, whenever the test runs."""
    with time_machine.travel(MONDAY.replace(hour=0), tick=True):
        yield


@pytest.fixture
def otto(db):
    return make.user("otto", Role.EDITOR, first_name="Otto", last_name="Bos")


@pytest.fixture
def article(rachid, parkeren, office):
    return make.article("Parkeren", owner=rachid, team=parkeren)


def tell(now=MONDAY):
    """Do a scan at this moment; give who heard what."""
    plan_due(now=now)
    for row in Notice.objects.with_articles().claim(now=now, limit=99):
        row.send(now=now)
    return lines()


def lines():
    rows = Notification.objects.filter(kind="knowledge").order_by("recipient__username", "pk")
    return list(rows.values_list("recipient__username", "text"))


def articles_of(text):
    """Give of how many articles a line speaks."""
    found = re.search(r"(\d+) artikelen", text)
    return int(found[1]) if found else 1


def checks(article, day):
    Article.objects.filter(pk=article.pk).update(review_on=day)


@pytest.mark.usefixtures("monday")
def test_the_owner_hears_of_a_check_before_and_after_its_day_and_every_month(article):
    checks(article, date(2026, 12, 7))
    assert tell(MONDAY - timedelta(days=1)) == []
    assert tell() == tell() == [("rachid", "Controleer “Parkeren” vóór 7 dec 2026")]
    assert len(tell(MONDAY.replace(month=12, day=7))) == 1
    assert tell(MONDAY.replace(month=12, day=8))[1] == ("rachid", "De controle van “Parkeren” is verlopen")
    assert len(tell(MONDAY.replace(year=2027, month=1, day=7))) == 2
    assert len(tell(MONDAY.replace(year=2027, month=1, day=8))) == 3
    assert len(tell(MONDAY.replace(year=2027, month=1, day=9))) == 3
    assert len(tell(MONDAY.replace(year=2027, month=5, day=1))) == 4  # once, after months in which nothing ran
    assert {row.url for row in Notification.objects.all()} == {f"/knowledge/editorial/articles/{article.uuid}/"}


@pytest.mark.usefixtures("monday")
def test_what_was_checked_meanwhile_is_not_told(article, rachid):
    checks(article, date(2026, 12, 1))
    plan_due(now=MONDAY)
    checks(article, date(2027, 12, 1))
    assert tell() == []
    assert not Notice.objects.untold().exists()


@pytest.mark.usefixtures("monday")
def test_the_end_of_an_article_is_told(article):
    Article.objects.filter(pk=article.pk).update(valid_until=date(2026, 12, 1))
    assert tell() == tell() == [("rachid", "“Parkeren” geldt tot en met 1 dec 2026")]


@pytest.mark.usefixtures("monday")
def test_drafts_and_what_was_withdrawn_are_not_told(article, rachid):
    checks(article, date(2026, 11, 1))
    Article.objects.update(withdrawn_at=timezone.now())
    make.article("Concept", owner=rachid, published_at=None, review_on=date(2026, 11, 1))
    assert tell() == []


@pytest.mark.usefixtures("monday")
def test_without_an_owner_who_is_there_the_editors_hear_it(article, rachid, marit, otto, lotte):
    checks(article, date(2026, 11, 1))
    absence = Absence.objects.create(user=rachid, starts_at=MONDAY - timedelta(days=1), substitute=lotte)
    assert [who for who, _text in tell()] == ["lotte"]
    absence.substitute = None
    absence.save()
    Absence.objects.create(user=otto, starts_at=MONDAY - timedelta(days=1))
    checks(article, date(2026, 11, 2))
    assert [who for who, _text in tell()] == ["lotte", "marit"]
    rachid.is_active = False
    rachid.save()
    checks(article, date(2026, 11, 3))
    assert [who for who, _text in tell(MONDAY + timedelta(days=1))] == ["lotte", "marit", "marit"]


@pytest.mark.usefixtures("monday")
def test_with_nobody_to_tell_it_waits(office, parkeren):
    article = make.article("Parkeren", team=parkeren)
    checks(article, date(2026, 11, 1))
    assert tell() == []
    assert Notice.objects.untold().count() == 1
    make.user("kees", Role.TEAM_LEAD, teams=[parkeren])
    assert [who for who, _text in tell(MONDAY + timedelta(minutes=6))] == ["kees"]


@pytest.mark.usefixtures("monday")
def test_whoever_hears_it_can_open_it(article, rachid, lotte, sam, marit, as_user):
    """A substitute who is away too has a substitute, who sees to the work of the first one alone."""
    checks(article, date(2026, 11, 1))
    make.article("Van niemand", review_on=date(2026, 11, 1))
    for away, substitute in ((rachid, lotte), (lotte, sam)):
        Absence.objects.create(user=away, starts_at=MONDAY - timedelta(days=2), substitute=substitute)
    assert tell() == [("marit", "De controle van 2 artikelen is verlopen")]
    marit.is_active = False
    marit.save()
    lead = make.user("kim", Role.TEAM_LEAD)
    Notice.objects.all().delete()
    tell(MONDAY + timedelta(minutes=1))
    for line in lead.notifications.all():
        assert as_user(lead).get(line.url).status_code == 200
    assert [line.text for line in lead.notifications.all()] == ["De controle van “Van niemand” is verlopen"]


def test_what_is_due_on_one_day_is_one_line_for_each(article, rachid, marit, as_user):
    today = timezone.localdate()
    for n in range(3):
        make.article(f"Te laat {n}", owner=rachid, review_on=today - timedelta(days=n + 1))
    make.article("Bijna", owner=rachid, review_on=today + timedelta(days=2))
    for n in range(2):
        make.article(f"Van niemand {n}", review_on=today - timedelta(days=1))
    tasks.remind()
    assert sorted(lines()) == [
        ("marit", "De controle van 2 artikelen is verlopen"),
        ("rachid", f"Controleer “Bijna” vóór {date_format(today + timedelta(days=2), 'j b Y')}"),
        ("rachid", "De controle van 3 artikelen is verlopen"),
    ]
    line = rachid.notifications.get(text__contains="3 artikelen")
    page = as_user(rachid).get(line.url).content.decode()
    assert all(f"Te laat {n}" in page for n in range(3))
    assert tasks.remind() == 0
    assert Outgoing.objects.count() == 2


@pytest.mark.usefixtures("monday")
def test_what_comes_later_that_day_is_counted_in_the_same_line(article, rachid, as_user):
    yesterday = MONDAY.date() - timedelta(days=1)
    checks(article, yesterday)
    assert tell() == [("rachid", "De controle van “Parkeren” is verlopen")]
    line = rachid.notifications.get()
    rachid.notifications.read(now=MONDAY)
    assert tell(MONDAY + timedelta(minutes=1)) == [("rachid", "De controle van “Parkeren” is verlopen")]
    assert not rachid.notifications.unread().exists(), "nothing more came"
    make.article("Nog een", owner=rachid, review_on=yesterday)
    assert tell(MONDAY + timedelta(hours=2)) == [("rachid", "De controle van 2 artikelen is verlopen")]
    new = rachid.notifications.unread().get()
    assert (new.uuid, new.number, new.url) == (line.uuid, 2, "/knowledge/editorial/review/")
    assert as_user(rachid).get(new.url).status_code == 200
    make.article("Morgen", owner=rachid, review_on=MONDAY.date())
    assert tell(MONDAY + timedelta(days=1))[1:] == [("rachid", "De controle van “Morgen” is verlopen")]


def test_however_much_is_due_at_once_it_is_one_line_of_each_kind(office, rachid, marit):
    """As at an upgrade, when nothing was checked for years: it is told in many turns of many scans."""
    many, today = 2 * BATCH + 1, timezone.localdate()
    for n in range(many):
        make.article(f"Oud {n}", owner=[rachid, None][n % 2], review_on=today - timedelta(days=1 + n))
    make.article("Bijna", owner=rachid, review_on=today + timedelta(days=2))
    until = (Notice.objects.untold().filter(due_at__lte=timezone.now()), Article.objects.filter(notices=None))
    while any(rows.exists() for rows in until):
        tasks.remind()
    told = sorted((who, articles_of(text)) for who, text in lines())
    assert told == [("marit", BATCH), ("rachid", 1), ("rachid", BATCH + 1)]
    assert Outgoing.objects.count() == 2


def test_what_broke_off_is_told_by_itself(article, rachid):
    for n in range(3):
        make.article(f"Te laat {n}", owner=rachid, review_on=timezone.localdate() - timedelta(days=1))
    plan_due(now=timezone.now())
    first = Notice.objects.order_by("pk").first()
    Notice.objects.filter(pk=first.pk).update(attempts=1)  # the process died with it
    assert tasks.remind() == 2
    assert [articles_of(text) for _who, text in lines()] == [3]


def test_what_has_no_day_to_be_checked_gets_one(article, rachid):
    old = make.article("Oud", owner=rachid, published_at=timezone.now() - timedelta(days=400))
    checked = make.article("Gecontroleerd", checked_at=timezone.now(), published_at=old.published_at)
    draft = make.article("Concept", published_at=None)
    tasks.remind()
    months = Editorial.current().next_review
    for one, day in [(old, old.published_at), (checked, checked.checked_at), (article, article.published_at)]:
        one.refresh_from_db()
        assert one.review_on == months(timezone.localdate(day))
    draft.refresh_from_db()
    assert draft.review_on is None
    assert lines() == [("rachid", "De controle van “Oud” is verlopen")]


@pytest.mark.usefixtures("monday")
def test_mail_waits_for_the_office_and_is_one_a_day(article, rachid):
    checks(article, date(2026, 11, 1))
    make.article("Nog een", owner=rachid, review_on=date(2026, 11, 2))
    night = MONDAY.replace(hour=2)
    assert len(tell(night)) == 1
    mail = Outgoing.objects.get()
    assert (mail.recipient, mail.next_attempt_at) == (rachid.email, MONDAY.replace(hour=8, minute=30))
    assert "/knowledge/editorial/" in mail.body


def test_feedback_is_told_when_it_comes_on_its_last_day_and_when_late(article, noor, rachid, marit, kees):
    said = Feedback.give(article, helpful=False, text="Klopt niet", by=noor)
    assert said.due_at is not None
    now = timezone.now()
    assert tell(now) == [("rachid", "Er klopt iets niet in “Parkeren”")]
    assert "Klopt niet" not in Outgoing.objects.get().body
    assert tell(said.due_at - timedelta(minutes=1))[1:] == [("rachid", "Behandel vandaag de melding over “Parkeren”")]
    told = tell(said.due_at + timedelta(minutes=1))
    late = "De melding over “Parkeren” is te laat"
    assert [who for who, text in told if text == late] == ["kees", "marit", "rachid"]
    assert tell(said.due_at + timedelta(days=9)) == told


def test_who_said_it_hears_only_that_it_is_due(article, rachid):
    said = Feedback.give(article, helpful=False, text="Klopt niet", by=rachid)
    assert said.due_at is not None
    assert tell(timezone.now()) == []
    assert len(tell(said.due_at - timedelta(minutes=1))) == 1


def test_feedback_that_was_handled_or_is_good_is_not_told(article, noor, rachid):
    said = Feedback.give(article, helpful=False, text="Klopt niet", by=noor)
    Feedback.give(article, helpful=True, by=None)
    said.handle("Aangepast.", by=rachid)
    assert tell(timezone.now() + timedelta(days=30)) == []


def test_feedback_without_its_rows_gets_them(article, noor):
    Feedback.give(article, helpful=False, text="Klopt niet", by=noor)
    Notice.objects.all().delete()
    assert len(tell(timezone.now())) == 1


@pytest.mark.usefixtures("monday")
def test_other_editors_hear_what_waits_for_approval_at_once_and_again(article, marit, otto):
    version = Version.begin(article, by=marit)
    version.submit(by=marit)
    Version.objects.update(submitted_at=MONDAY)
    assert tell(MONDAY + timedelta(seconds=5)) == [("otto", "“Parkeren” wacht op goedkeuring")]
    assert len(tell(MONDAY + timedelta(days=1))) == 1
    again = tell(MONDAY + timedelta(days=2))
    assert again[1:] == [("otto", "“Parkeren” wacht nog steeds op goedkeuring")]
    assert tell(MONDAY + timedelta(days=20)) == again


def test_who_wrote_too_hears_that_it_waits_when_they_can_approve(article, marit, otto):
    version = Version.begin(article, by=marit)
    version.write(Version(title="Anders", short_answer="Kort."), by=otto)
    version.submit(by=marit)
    assert tell(timezone.now()) == [("otto", "“Parkeren” wacht op goedkeuring")]


def test_what_was_approved_is_not_told_and_what_is_offered_again_is(article, marit, otto):
    version = Version.begin(article, by=marit)
    version.submit(by=marit)
    tell(timezone.now())
    version.send_back("Korter.", by=otto)
    assert len([one for one in tell(timezone.now() + timedelta(days=5)) if one[0] == "otto"]) == 1
    version.submit(by=marit)
    assert len([one for one in tell(timezone.now()) if one[0] == "otto"]) == 2
    version.approve(by=otto)
    assert len([one for one in tell(timezone.now() + timedelta(days=9)) if one[0] == "otto"]) == 2


def test_without_four_eyes_the_writer_hears_it_too(article, marit, noor):
    four_eyes(on=False)
    version = Version.begin(article, by=marit)
    version.submit(by=noor)
    assert [who for who, _text in tell(timezone.now())] == ["marit"]


@pytest.mark.usefixtures("monday")
def test_editors_hear_of_what_is_asked_once_a_day(office, marit, noor):
    Gap.objects.create(query="Laadpaal", asked_by=noor, asked_at=MONDAY - timedelta(days=1))
    Gap.objects.create(query="LAADPAAL", asked_by=noor, asked_at=MONDAY - timedelta(days=1))
    assert tell(MONDAY.replace(hour=8)) == []
    assert tell() == tell(MONDAY.replace(hour=16)) == [("marit", "1 gevraagd artikel is er nog niet")]
    assert len(tell(MONDAY + timedelta(days=1))) == 1  # nothing new was asked
    Gap.objects.create(query="Hond", asked_by=noor, asked_at=MONDAY + timedelta(days=1))
    assert tell(MONDAY + timedelta(days=2))[1:] == [("marit", "2 gevraagde artikelen zijn er nog niet")]
    Gap.objects.create(query="Kat", asked_by=noor, asked_at=MONDAY + timedelta(days=2))
    assert len(tell(MONDAY + timedelta(days=5))) == 2  # Saturday
    assert len(tell(MONDAY + timedelta(days=7))) == 3


def test_the_task_tells_and_closes_what_was_written(article, marit, noor):
    gap = Gap.objects.create(query="Laadpaal", asked_by=noor)
    gap.begin(article)
    checks(article, timezone.localdate() - timedelta(days=3))
    tasks.remind()
    assert ("rachid", "De controle van “Parkeren” is verlopen") in lines()
    assert noor.notifications.get().text == "Je vroeg om een artikel over “Laadpaal”: Parkeren"
    assert tasks.remind() == 0
    assert Heartbeat.objects.get(name="notices").last_ok is not None


def test_one_broken_row_harms_no_other(article, rachid):
    for n in range(3):
        make.article(f"Artikel {n}", owner=rachid, review_on=timezone.localdate() - timedelta(days=3))
    since = clock() - timedelta(days=1)
    Notice.objects.create(article=article, occurrence="feedback:geen-uuid:new", due_at=since, next_attempt_at=since)
    Notice.objects.create(article=article, occurrence="review:geen-dag", due_at=since, next_attempt_at=since)
    assert tasks.remind() == 1
    assert lines() == [("rachid", "De controle van 3 artikelen is verlopen")]
    assert {row.last_error.split(":")[0] for row in Notice.objects.untold()} == {"ValueError"}


@pytest.mark.usefixtures("monday")
def test_the_health_counts_what_was_set_aside(article):
    row = Notice.objects.create(article=article, occurrence="soon:2026-12-01", due_at=MONDAY, parked_at=MONDAY)
    assert list(Notice.objects.set_aside()) == [row]
    assert _reminders() == {"notices_failed": 1}
    Notice.objects.update(done_at=MONDAY)
    assert _reminders() == {}


@pytest.mark.django_db(transaction=True)
def test_scans_at_once_tell_each_once(django_db_serialized_rollback):
    make.office()
    rachid = make.user("rachid", Role.SPECIALIST)
    for n in range(12):
        make.article(f"Artikel {n}", owner=rachid, review_on=timezone.localdate() - timedelta(days=40))
        Feedback.give(make.article(f"Ander {n}", owner=rachid), helpful=False, text=str(uuid4()), by=None)

    def scan(_n):
        try:
            return tasks.remind()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(scan, range(4))) >= 13
    review = "De controle van "
    assert sum(articles_of(text) for _who, text in lines() if text.startswith(review)) == 12
    others = [line for line in lines() if not line[1].startswith(review)]
    assert len(others) == len(set(others)) == 12
    assert not Notice.objects.untold().filter(due_at__lte=timezone.now()).exists()
    assert Outgoing.objects.count() == 13
