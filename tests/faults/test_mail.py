"""Real processes are killed while mail comes in: what was answered 250 is in the timeline once, whatever died."""

import itertools
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from accounts.models import Team
from contacts import tasks
from contacts.models import Case, Contact, Inbound
from kcc.local.valkey import binary
from tests import make

ROOT = Path(__file__).parents[2]
OTHERS_AWAY = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"""
Start = Callable[..., subprocess.Popen]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], seconds: float = 15) -> float:
    """Wait for something to become true, and give how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - began


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Broker:
    """A Valkey of one test alone; calling it again starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.started: list[subprocess.Popen] = []

    def __call__(self) -> subprocess.Popen:
        command = [binary(), "--port", self.port, "--save", "", "--dir", self.folder, "--bind", "127.0.0.1"]
        self.started.append(subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL))
        until(lambda: answers(self.port))
        return self.started[-1]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    found = Broker(tmp_path)
    yield found
    for process in found.started:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


@pytest.fixture
def start(transactional_db: None, broker: Broker) -> Iterator[Start]:
    """Start a process of the system on the database of the tests."""
    make.office()
    Team.objects.create(name="Voorlijn", is_kcc=True)
    place, started = connection.settings_dict, []
    login = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    env = os.environ | {"DATABASE_URL": f"postgres://{login}/{place['NAME']}", "REDIS_URL": broker.url}

    def run(*command: str) -> subprocess.Popen:
        arguments = [sys.executable, *command]
        started.append(subprocess.Popen(arguments, cwd=ROOT, env=env, start_new_session=True))
        return started[-1]

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_AWAY)


def door(start: Start, port: int) -> subprocess.Popen:
    process = start("manage.py", "receive_smtp", "--port", str(port))
    until(lambda: answers(port))
    return process


def raw(number: object) -> bytes:
    return f"From: a@voorbeeld.nl\r\nSubject: Mail {number}\r\n\r\nDit is mail {number}.\r\n".encode()


def deliver(port: int, mail: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.sendmail("a@voorbeeld.nl", ["kcc@duinmeer.voorbeeld.nl"], mail)


class Sender(threading.Thread):
    """A mail server outside: sends mail after mail, again until it is told 250, and writes down what it was told."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(name=name)
        self.port, self.ledger, self.tries, self.stop = port, [], 0, threading.Event()

    def run(self) -> None:
        for number in itertools.count():
            while not self.stop.is_set():
                self.tries += 1
                try:
                    deliver(self.port, raw(f"{self.name}-{number}"))
                except (OSError, smtplib.SMTPException):
                    time.sleep(0.01)
                else:
                    self.ledger.append(f"Mail {self.name}-{number}")
                    break
            if self.stop.is_set():
                return


def take_in_all() -> None:
    while due := list(Inbound.objects.due(now=timezone.now()).values_list("pk", flat=True)):
        for pk in due:
            tasks.ingest_one(pk)


def test_no_mail_is_lost_or_doubled_when_the_door_is_killed_under_load(start: Start) -> None:
    port = free_port()
    process = door(start, port)
    senders = [Sender(port, name) for name in "abcdef"]
    for sender in senders:
        sender.start()
    for pause in (0.31, 0.17):
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process = door(start, port)
    time.sleep(0.3)
    for sender in senders:
        sender.stop.set()
    for sender in senders:
        sender.join()
    ledger = [subject for sender in senders for subject in sender.ledger]
    assert len(ledger) > 30
    assert sum(sender.tries for sender in senders) > len(ledger), "nothing was interrupted"
    take_in_all()
    subjects = list(Contact.objects.values_list("subject", flat=True))
    assert len(subjects) == len(set(subjects))
    assert set(ledger) <= set(subjects)
    assert Case.objects.count() == len(subjects)


def test_the_door_closes_within_two_seconds(start: Start) -> None:
    port = free_port()
    process = door(start, port)
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.recv(100)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=2) == 0
    assert not answers(port)


def test_the_door_finds_its_way_back_to_the_database(start: Start) -> None:
    port = free_port()
    door(start, port)
    deliver(port, raw(1))
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_AWAY)
    deliver(port, raw(2))
    assert Inbound.objects.count() == 2


def test_a_port_that_is_taken_is_said_in_one_line(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("manage.py", "receive_smtp", "--port", str(taken.getsockname()[1]))
        assert process.wait(timeout=10) == 1


def worker(start: Start) -> subprocess.Popen:
    command = [
        "-m",
        "celery",
        "--quiet",
        "--app",
        "kcc",
        "worker",
        "--queues",
        "tick,send,ingest",
        "--concurrency",
        "1",
    ]
    return start(*command, "--without-gossip", "--without-mingle", "--loglevel", "WARNING", "--hostname", "test@%h")


def test_a_mail_is_in_the_timeline_within_seconds_with_a_real_worker(start: Start, broker: Broker) -> None:
    broker()
    port = free_port()
    worker(start)
    door(start, port)
    deliver(port, raw("eerste"))
    until(Contact.objects.filter(subject="Mail eerste").exists, 20)  # the worker is still starting
    deliver(port, raw("tweede"))
    assert until(Contact.objects.filter(subject="Mail tweede").exists) < 2


def test_a_mail_is_taken_in_after_all_when_the_broker_died(start: Start, broker: Broker) -> None:
    process = broker()
    port = free_port()
    door(start, port)
    process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    deliver(port, raw("bevroren"))
    assert time.monotonic() - began < 2
    process.kill()
    process.wait()
    deliver(port, raw("dood"))
    broker()
    worker(start)
    with current_app.connection_for_write(broker.url) as line:
        options: dict[str, Any] = {"connection": line}
        for _ in range(3):  # what is handed out several times is done once
            tasks.ingest.apply_async(**options)
    until(lambda: Contact.objects.count() == 2, 20)
    assert sorted(Contact.objects.values_list("subject", flat=True)) == ["Mail bevroren", "Mail dood"]
