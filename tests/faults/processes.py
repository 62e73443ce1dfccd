"""Processes of the system that a test starts and kills, with a Valkey of that test alone."""

import smtplib
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.utils import timezone

from contacts import tasks
from contacts.models import Inbound
from kcc.local import programs
from kcc.local.valkey import binary

ROOT = Path(__file__).parents[2]
OTHERS_AWAY = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"""
Start = Callable[..., subprocess.Popen]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to become true, on however busy a machine."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


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


def door(start: Start, port: int) -> subprocess.Popen:
    process = start("manage.py", "receive_smtp", "--port", str(port))
    until(lambda: answers(port))
    return process


def raw(number: object) -> bytes:
    return f"From: a@voorbeeld.nl\r\nSubject: Mail {number}\r\n\r\nDit is mail {number}.\r\n".encode()


def deliver(port: int, mail: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=15) as client:
        client.sendmail("a@voorbeeld.nl", ["kcc@duinmeer.voorbeeld.nl"], mail)


def take_in_all() -> None:
    while due := list(Inbound.objects.due(now=timezone.now()).values_list("pk", flat=True)):
        for pk in due:
            tasks.ingest_one(pk)


def worker(start: Start) -> subprocess.Popen:
    """Start a worker for all the mail there is."""
    return start("-m", *programs.worker("test", "tick,send,ingest"))
