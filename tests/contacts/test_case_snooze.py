"""Moments in words, and cases that are put off until one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from accounts.worktime import LOCAL
from contacts import tasks
from contacts.models import Case
from contacts.models.queue import Queue
from contacts.models.snooze import Unclear, suggestions, understand
from tests import make

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=LOCAL)  # a Tuesday


@pytest.fixture
def case(jansen, office):
    return make.case(jansen)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("morgen", "2026-11-25 08:30"),
        ("morgen 9u", "2026-11-25 09:00"),
        ("  Morgen   9:30 ", "2026-11-25 09:30"),
        ("morgenmiddag", "2026-11-25 13:00"),
        ("morgenochtend", "2026-11-25 08:30"),
        ("vanmiddag", "2026-11-24 13:00"),
        ("overmorgen 14u", "2026-11-26 14:00"),
        ("ma", "2026-11-30 08:30"),
        ("maandagmiddag", "2026-11-30 13:00"),
        ("op vrijdag om 16 uur", "2026-11-27 16:00"),
        ("di 14u", "2026-11-24 14:00"),  # still to come today
        ("di", "2026-12-01 08:30"),  # today has begun
        ("zaterdag", "2026-11-28 09:00"),  # the office is closed, so the usual hour
        ("volgende week", "2026-11-30 08:30"),
        ("volgende week di 10u", "2026-12-01 10:00"),
        ("volgende maand", "2026-12-01 08:30"),
        ("over 2u", "2026-11-24 12:42"),
        ("over een half uur", "2026-11-24 11:12"),
        ("over anderhalf uur", "2026-11-24 12:12"),
        ("over een kwartier", "2026-11-24 10:57"),
        ("over 3 dagen 14u", "2026-11-27 14:00"),
        ("over 3 werkdagen", "2026-11-27 08:30"),
        ("over een week", "2026-12-01 08:30"),
        ("over 1 maand", "2026-12-24 08:30"),
        ("3 december", "2026-12-03 08:30"),
        ("3 dec 10u", "2026-12-03 10:00"),
        ("3-12-2026 14:00", "2026-12-03 14:00"),
        ("2026-12-03 08:15", "2026-12-03 08:15"),
        ("3 jan", "2027-01-03 09:00"),  # of next year, and a Sunday
        ("14u", "2026-11-24 14:00"),
        ("9u", "2026-11-25 09:00"),  # past today, so tomorrow
        ("tomorrow 9", "2026-11-25 09:00"),
        ("next week tue", "2026-12-01 08:30"),
        ("in 2 hours", "2026-11-24 12:42"),
    ],
)
def test_words_name_a_moment(office, words, expected):
    assert f"{understand(words, now=NOW).astimezone(LOCAL):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("vandaag 9u", "al geweest"),
        ("20 november", "al geweest"),
        ("over 0 min", "al geweest"),
        ("3 dec 2027", "binnen een jaar"),
        ("over 400 dagen", "binnen een jaar"),
        *((words, "begrijpen we niet") for words in (
            "", " ", "gisteren", "ooit", "31-11", "25u", "om 9:75", "99", "over", "over uur", "over 2 eeuwen",
            "5-5-99999", "0000-00-00", "\0", "morgen\0", "\ud800", "x" * 100_000, "9" * 5000,
            "over " + "9" * 300 + " dagen", "٣ dec ٣٠٠٠٠",
        )),
    ],
)  # fmt: skip
def test_words_that_name_none_say_so(office, words, why):
    with pytest.raises(Unclear, match=why):
        understand(words, now=NOW)


def test_an_hour_the_clock_skips_is_the_one_after_it(office):
    before = datetime(2026, 3, 28, 12, tzinfo=LOCAL)
    assert understand("morgen 2:30", now=before) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert understand("over 1u", now=datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_hours_are_real_ones_when_the_clock_goes_back(office):
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    assert understand("over 2u", now=before) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    assert understand("morgen 9u", now=before).astimezone(LOCAL).hour == 9


def test_without_opening_hours_words_work_as_well(db):
    assert understand("morgen", now=NOW).astimezone(LOCAL).hour == 9
    assert [one.words for one in suggestions(now=NOW)]


@pytest.mark.parametrize("day", range(1, 15))
@pytest.mark.parametrize("hour", [0, 7, 12, 17, 23])
def test_what_is_suggested_is_understood_and_yet_to_come(office, day, hour):
    now = datetime(2026, 12, 18, hour, 59, tzinfo=LOCAL) + timedelta(days=day)
    found = suggestions(now=now)
    assert len(found) >= 4
    assert [one.at for one in found] == sorted({one.at for one in found})
    assert all(one.at > now and understand(one.words, now=now) == one.at for one in found)


def test_the_moment_chosen_before_comes_first(office):
    again = NOW + timedelta(days=3)
    first = suggestions(now=NOW, again=again)[0]
    assert understand(first.words, now=NOW) == again.replace(second=0)
    assert suggestions(now=NOW, again=NOW - timedelta(days=1))[0].at > NOW


def test_a_case_put_off_is_out_of_sight_until_its_moment(case, noor):
    until = timezone.now() + timedelta(hours=2)
    assert case.snooze(until=until, reason="Raad besluit dan", by=noor)
    assert Queue(noor, timezone.now()).page.rows == []
    assert Queue(noor, timezone.now(), view="snoozed").page.rows == [case]
    later = Queue(noor, until + timedelta(seconds=1))
    assert later.page.rows == [case]
    assert case.events.get().data == {"until": until.isoformat(), "reason": "Raad besluit dan"}


def test_it_comes_back_unread_once_and_who_put_it_off_hears_of_it(case, noor, kees):
    case.assign(to=kees, by=kees)
    case.snooze(until=timezone.now() + timedelta(hours=2), reason="Raad besluit dan", by=noor)
    tasks.resume()
    assert not Case.objects.get().is_unread
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1), tick=False):
        assert Case.objects.get().is_unread  # also before the scan
        for _time in range(3):
            tasks.resume()
        found = Case.objects.get()
        assert (found.read_at, found.came_back, found.snooze_reason) == (None, True, "Raad besluit dan")
        assert found.events.filter(kind="case_resumed").count() == 1
        assert {one.recipient for one in Notification.objects.filter(kind="case_resumed")} == {noor, kees}
        found.read()
        tasks.resume()
        assert not Case.objects.get().is_unread
        assert Notification.objects.filter(kind="case_resumed").count() == 2


def test_one_that_goes_wrong_holds_up_no_other(jansen, office, noor, monkeypatch):
    cases = [make.case(jansen) for _number in range(3)]
    for case in cases:
        case.snooze(until=timezone.now() - timedelta(seconds=1), by=noor)
        Case.objects.update(read_at=timezone.now() - timedelta(hours=1))
    real = Case.resume

    def resume(case):
        if case.pk == cases[0].pk:
            raise ValueError("broken")
        return real(case)

    monkeypatch.setattr(Case, "resume", resume)
    tasks.resume()
    assert [case.is_unread for case in Case.objects.order_by("pk") if case.read_at is None] == [True, True]


def test_a_message_of_the_customer_ends_it(case, noor, jansen):
    case.snooze(until=timezone.now() + timedelta(days=2), reason="Later", by=noor)
    case.heard(make.contact(jansen, channel="email", case=case))
    found = Case.objects.get()
    assert (found.snoozed_until, found.snooze_reason, found.is_unread) == (None, "", True)


def test_after_a_thank_you_it_is_put_off_again_in_one_go(case, noor, jansen, as_user):
    until = understand("over 2 weken 14u", now=timezone.now())
    case.snooze(until=until, by=noor)
    case.heard(make.contact(jansen, channel="email", text="Bedankt!", case=case))
    page = as_user(noor).get(case.get_absolute_url())
    first, words = page.context["forms"]["snooze"].fields["when"].widget.choices[1]
    assert words.startswith("weer tot")
    as_user(noor).post(reverse("contacts:snooze", args=[case.uuid]), {"when": first})
    assert Case.objects.get().snoozed_until == until


def test_waiting_for_the_customer(case, noor, jansen):
    until = timezone.now() + timedelta(days=2)
    case.answered(at=timezone.now())
    assert Queue(noor, timezone.now()).page.rows == []
    assert Queue(noor, timezone.now(), view="waiting").page.rows == [case]  # it is their turn
    case.wait(until=until, by=noor)
    assert Queue(noor, timezone.now(), view="waiting").page.rows == [case]
    later = until + timedelta(seconds=1)
    assert Queue(noor, later).page.rows == [case]  # nothing came
    with time_machine.travel(later, tick=False):
        tasks.resume()
        assert Case.objects.get().waited_in_vain
        assert Notification.objects.get().recipient == noor
    case.heard(make.contact(jansen, channel="email", case=case))
    assert Case.objects.get().waiting_until is None


def test_the_screen_puts_off_and_says_until_when(case, noor, as_user):
    client, url = as_user(noor), reverse("contacts:snooze", args=[case.uuid])
    assert client.get(url).status_code == 405
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert client.post(url, {"when": "morgen 9u", "reason": "Balie"}).status_code == 302
    found = Case.objects.get()
    assert found.snoozed_until == understand("morgen 9u", now=now)
    assert "Uitgesteld tot" in client.get(reverse("contacts:cases")).content.decode()


@pytest.mark.parametrize("words", ["", "ooit", "gisteren", "x" * 5000, "morgen\0", "over 400 dagen"])
def test_wrong_words_come_back(case, noor, as_user, words):
    answer = as_user(noor).post(reverse("contacts:snooze", args=[case.uuid]), {"when": words, "reason": "Mijn reden"})
    assert answer.status_code == 422
    assert "Mijn reden" in answer.content.decode()
    assert Case.objects.get().snoozed_until is None


def test_a_closed_case_cannot_be_put_off(case, noor, as_user):
    case.close(result="Gedaan", by=noor)
    url = reverse("contacts:snooze", args=[case.uuid])
    answer = as_user(noor).post(url, {"when": "morgen", "reason": "Mijn reden"})
    assert answer.status_code == 409
    assert "Mijn reden" in answer.content.decode()


def test_moments_are_found_while_typing(office, noor, as_user):
    client = as_user(noor)
    assert "over 2u" in client.get(reverse("contacts:moments"), {"q": "over 2u"}).content.decode()
    assert "volgende week" in client.get(reverse("contacts:moments"), {"q": "volgende"}).content.decode()
    for words in ("", "ooit", "\0", "\ud800".encode("utf-8", "surrogatepass"), "x" * 10_000):
        assert client.get(reverse("contacts:moments"), {"q": words}).status_code == 200
