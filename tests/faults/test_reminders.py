"""Whatever dies, freezes, forgets or runs twice: each reminder reaches each recipient once, at most 60 s late.

Real processes on a real database and a Valkey of each test's own; the ledger is what the harness itself wrote down.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, connections
from redis import Redis

from accounts.locks import NUMBERS
from accounts.models import Absence, Notification
from accounts.worktime import LOCAL
from callbacks import tasks
from callbacks.models import Callback, Digest, Handover, Reminder
from contacts.models import Heartbeat
from contacts.models.lease import LEASE, clock
from contacts.ticker import AGAIN, LOOK
from kcc.local import programs
from tests.faults.ledger import PROMISED, Ledger
from tests.faults.processes import Start
from tests.outside.broker import Broker
from tests.outside.ports import until

ONE_AWAY = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"""
BEATS = f"""SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid::bigint << 32 | objid::bigint = {NUMBERS["beat"]}"""

Run = Callable[..., subprocess.Popen]


@pytest.fixture
def ledger(transactional_db: None, tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "mail")


@pytest.fixture
def run(start: Start, ledger: Ledger) -> Run:
    """Start a program of the system whose mail the ledger sees: worker, beat or ticker."""
    commands = {
        "worker": ["-m", *programs.worker("test", "tick,send")],
        "beat": ["-m", "celery", "--quiet", "--app", "kcc", "beat", "--pidfile=", "--loglevel", "WARNING"],
        "ticker": ["manage.py", "ticker"],
    }
    return lambda name: start(*commands[name], **ledger.env)


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def told() -> int:
    return Notification.objects.count()


def left() -> int:
    return Reminder.objects.unsent().count()


def beats() -> list[int]:
    """Give the connections that hold the lock of the clock."""
    with connection.cursor() as cursor:
        cursor.execute(BEATS)
        return [pid for (pid,) in cursor.fetchall()]


def at_once(task: Callable[[], int]) -> list[int]:
    """Do the same scan five times at once, each on a connection of its own, and give what each says it did."""

    def scan(_: int) -> int:
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as threads:
        return list(threads.map(scan, range(5)))


def test_a_worker_is_killed_while_it_tells(run: Run, broker: Broker, ledger: Ledger) -> None:
    broker()
    ledger.promise(30, within=1)
    begun, worker = clock(), run("worker")
    run("beat")
    for enough in (20, 60, 100):
        until(lambda: told() >= enough)  # noqa: B023
        kill(worker)
        worker = run("worker")  # as the supervisor does
    assert left(), "nothing was interrupted"
    dark = [(begun, clock())]
    ledger.wait()
    assert ledger.figures(dark=dark).hold()


def test_a_worker_that_froze_and_thaws_again(run: Run, broker: Broker, ledger: Ledger) -> None:
    broker()
    worker = run("worker")
    run("beat")
    run("ticker")
    until(lambda: len(Heartbeat.ages(["remind", "worker"])) == 2)
    ledger.promise(15, within=1)
    until(lambda: told() >= 10)
    os.killpg(worker.pid, signal.SIGSTOP)
    assert left(), "nothing was interrupted"
    until(lambda: not left())  # by the ticker
    os.killpg(worker.pid, signal.SIGCONT)
    ledger.promise(5, after=3, within=3)
    ledger.wait()
    assert ledger.figures().hold()


def test_without_beat_redis_and_workers(run: Run, broker: Broker, ledger: Ledger) -> None:
    redis = broker()
    worker, beat = run("worker"), run("beat")
    until(lambda: "worker" in Heartbeat.ages(["worker"]))
    ticker = run("ticker")
    for process in (worker, beat):
        kill(process)
    redis.kill()
    redis.wait()
    ledger.promise(20, after=0, within=12)
    until(lambda: told() >= 20)
    kill(ticker)
    dark = [(clock(), clock())]
    run("ticker")
    ledger.wait()
    assert ledger.figures(dark=dark).hold()


def test_redis_forgets_tasks_come_often_two_beats_tick_and_connections_die(
    run: Run, broker: Broker, ledger: Ledger
) -> None:
    broker()
    begun = clock()
    ledger.promise(25, within=15)
    for name in ("worker", "worker", "beat", "beat", "ticker"):
        run(name)
    forgets = Redis.from_url(broker.url)
    until(lambda: told() > 0)
    turn = 0
    while left() and turn < 30:
        turn += 1
        with current_app.connection_for_write(broker.url) as line:
            options: dict[str, Any] = {"connection": line}
            for _ in range(5):
                tasks.remind.apply_async(**options)
        with connection.cursor() as cursor:
            cursor.execute(ONE_AWAY)
        if turn % 3 == 0:
            forgets.flushall()
        time.sleep(0.5)
    dark = [(begun, clock())]
    ledger.wait()
    assert ledger.figures(dark=dark).hold()


def test_what_a_dead_process_holds_is_told_in_time() -> None:
    """By the figures themselves: what was measured above is measured on a machine that may be busy."""
    beats: Any = settings.CELERY_BEAT_SCHEDULE["remind"]["schedule"]
    assert LEASE.total_seconds() + max(beats, LOOK + AGAIN.total_seconds()) < PROMISED


def test_scans_at_once_tell_each_once(ledger: Ledger) -> None:
    ledger.promise(20, after=-10, within=5)

    assert sum(at_once(tasks.remind)) == 100
    found = ledger.figures()
    assert (found.told, found.lost, found.doubled) == (120, 0, 0)


def test_overviews_and_what_absent_people_held_at_once(ledger: Ledger) -> None:
    ledger.promise(6, after=-10, within=5)
    Reminder.objects.all().delete()
    Callback.objects.update(requested_at=clock() - timedelta(days=3), due_at=clock() - timedelta(days=1))
    today = clock().astimezone(LOCAL).date()
    Digest.objects.bulk_create(Digest(recipient=person, day=today) for person in [*ledger.people, ledger.coordinator])
    Absence.objects.create(user=ledger.people[0], starts_at=clock() - timedelta(hours=1))
    held = Callback.objects.of(ledger.people[0]).count()
    assert sum(at_once(tasks.cover)) == held > 0
    assert Handover.objects.count() == Reminder.objects.count() == held
    assert not Callback.objects.uncovered(now=clock()).exists()
    assert sum(at_once(tasks.digest)) == 4
    lines = Notification.objects.filter(kind="digest").values_list("recipient__username", flat=True)
    assert sorted(lines) == sorted({person.username for person in (*ledger.people[1:], ledger.coordinator)})


def test_processes_whose_clocks_are_an_hour_off(start: Start, ledger: Ledger) -> None:
    begun = clock()
    ledger.promise(20, after=15, within=10)
    for seconds in ("3600", "-3600"):
        start("tests/faults/shifted.py", seconds, "ticker", **ledger.env)
    until(lambda: "remind" in Heartbeat.ages(["remind"]))
    dark = [(begun, clock())]
    ledger.wait()
    assert ledger.figures(dark=dark, mails_since="next_attempt_at").hold()


def test_one_beat_is_the_clock_and_another_takes_over(run: Run, broker: Broker) -> None:
    broker()
    worker = run("worker")
    first = run("beat")
    until(lambda: len(beats()) == 1)
    [held] = beats()
    second = run("beat")
    until(lambda: "worker" in Heartbeat.ages(["worker"]))
    assert beats() == [held]
    kill(first)
    until(lambda: beats() and beats() != [held])
    before, _age = Heartbeat.ages(["worker"])["worker"]
    until(lambda: Heartbeat.ages(["worker"])["worker"][0] > before)
    assert worker.poll() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", beats())
    assert second.wait(120) is not None  # without its lock it is no clock, and its supervisor starts it again
