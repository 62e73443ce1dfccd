"""What a proxy and a monitoring service are told: words, quickly, without signing in."""

import threading
from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone

from callbacks.models import Cause, Digest, Reminder
from contacts.models import Heartbeat, Inbound
from kcc import health
from tests import make
from tests.letters import letter, take_in

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health, "_redis", lambda: "ok")
    monkeypatch.setattr(health, "PATIENCE", 20.0)  # a busy machine is not a frozen database


@pytest.fixture
def beating(transactional_db: None) -> None:
    for name in health.SCANS:
        with Heartbeat.beat(name):
            pass


def ask() -> tuple[int, dict[str, Any]]:
    response = Client().get("/health/ready")
    return response.status_code, response.json()


def test_live_depends_on_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_nobody_s_session_is_read(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_database", dict)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live")["Cache-Control"]


def test_ready_when_all_is_well(beating: None, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert ask() == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "migrations": "ok",
            "disk": "ok",
            "redis": "ok",
            "heartbeat": dict.fromkeys(health.SCANS, "ok"),
        },
    )


def test_a_scan_that_stands_still_is_seen_but_pages_are_served(beating: None) -> None:
    Heartbeat.objects.filter(name="remind").update(last_ok=timezone.now() - timedelta(seconds=50))
    Heartbeat.objects.filter(name="send").delete()
    status, found = ask()
    assert (status, found["status"]) == (200, "degraded")
    assert found["heartbeat"] == dict.fromkeys(health.SCANS, "ok") | {"remind": "late", "send": "late"}


def test_figures_that_nobody_keeps_are_seen(beating: None) -> None:
    for minutes, word in ((4, "ok"), (6, "late")):
        Heartbeat.objects.filter(name="tally").update(last_ok=timezone.now() - timedelta(minutes=minutes))
        assert ask()[1]["heartbeat"]["tally"] == word


def test_a_reminder_that_waits_longer_than_any_may_is_seen(beating: None) -> None:
    make.office()
    reminder = make.callback().reminders.get(occurrence="new")
    for ago, status in ((30, "ok"), (90, "degraded")):
        Reminder.objects.filter(pk=reminder.pk).update(due_at=timezone.now() - timedelta(seconds=ago))
        found = ask()[1]
        assert (found["status"], found.get("oldest_reminder", 0) >= 90) == (status, ago == 90)


def test_a_reminder_or_an_overview_that_was_set_aside_is_seen(beating: None) -> None:
    make.office()
    callback = make.callback()
    long_ago = timezone.now() - timedelta(days=3)
    late = callback.reminders.create(occurrence="manual:a", due_at=long_ago, parked_at=long_ago)
    assert ask()[1]["oldest_reminder"] >= 3 * 86400
    assert health.reminders_behind() == long_ago
    callback.cancel(cause=Cause.OTHER, reason="Opgelost", by=None)
    assert (late.done_at, ask()[1]["status"]) == (None, "ok")
    day = timezone.localdate()
    for number, (status, when) in enumerate((("ok", day - timedelta(days=1)), ("degraded", day))):
        Digest.objects.create(recipient=make.user(f"lead{number}"), day=when, parked_at=timezone.now())
        found = ask()[1]
        assert (found["status"], "digests_failed" in found) == (status, status == "degraded")


def test_without_redis_pages_are_served(beating: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(health, "PATIENCE", 20.0)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    health._client.cache_clear()
    status, found = ask()
    health._client.cache_clear()
    assert (status, found["status"], found["redis"]) == (200, "degraded", "down")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_a_database_nothing_is(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def away() -> dict[str, object]:
        raise error("host 10.0.0.1, password geheim")

    monkeypatch.setattr(health, "_database", away)
    status, found = ask()
    assert (status, found["status"], found["database"]) == (503, "down", "down")
    assert "geheim" not in str(found)


def test_mail_that_needs_a_person_is_counted(beating: None) -> None:
    make.team("Voorlijn", is_kcc=True)
    take_in(b"\xff\xfe geen mail")
    take_in(letter("bounce"))
    status, found = ask()
    assert (status, found["status"]) == (200, "ok")
    assert found["mail"] == {
        "set_aside": 0, "mailboxes_failing": 0, "connections_failing": 0, "waiting_long": 0,
        "unreadable_today": 1, "unmatched_reports_today": 1,
    }  # fmt: skip
    Inbound.store(b"x", source="smtp").park("kapot: a.jansen@voorbeeld.nl", now=timezone.now())
    make.mailbox(host="imap.duinmeer.nl").fetch_failed("geen wachtwoord")
    status, found = ask()
    assert (status, found["status"]) == (200, "degraded")
    assert (found["mail"]["set_aside"], found["mail"]["mailboxes_failing"]) == (1, 1)
    assert "jansen" not in str(found)
    assert "duinmeer" not in str(found)


def test_a_network_that_fails_and_what_nobody_looks_at_are_counted(beating: None) -> None:
    make.connection("mastodon", name="Duinmeer").failed("geheim")
    late = Inbound.store(b"x", source="smtp")
    Inbound.objects.filter(pk=late.pk).update(received_at=timezone.now() - timedelta(minutes=6))
    status, found = ask()
    assert (status, found["status"]) == (200, "degraded")
    assert (found["mail"]["connections_failing"], found["mail"]["waiting_long"]) == (1, 1)
    assert "geheim" not in str(found)


def test_a_frozen_database_is_told_within_a_second_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.1)
    thawed = threading.Event()
    monkeypatch.setattr(health, "_database", lambda: thawed.wait(60))
    assert [ask()[0] for _ in range(3)] == [503, 503, 503]  # before the database said anything
    thawed.set()
    health._thread().submit(int).result(timeout=60)


def test_pending_migrations_are_not_ready(beating: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["0002"])
    status, found = ask()
    assert (status, found["migrations"]) == (503, "pending")


def test_a_full_disk_is_not_ready(beating: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda place: Usage(100, 95, 5))
    status, found = ask()
    assert (status, found["disk"]) == (503, "full")


def test_the_disk_is_the_one_with_the_data(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def usage(place: Path) -> Usage:
        asked.append(place)
        return Usage(100, 5, 95)

    monkeypatch.setattr(health.shutil, "disk_usage", usage)
    settings.VAR = tmp_path
    assert health._disk() == "ok"
    settings.VAR = tmp_path / "none"
    assert health._disk() == "ok"
    assert asked == [tmp_path, settings.BASE_DIR]


def test_only_asking_is_allowed() -> None:
    assert Client().post("/health/live").status_code == 405
    assert Client().post("/health/ready").status_code == 405
