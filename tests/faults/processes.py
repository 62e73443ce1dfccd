"""Processes of the system that a test starts and kills."""

import smtplib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from contacts import tasks
from contacts.models import Inbound
from kcc.local import programs
from tests.outside.ports import answers, until

ROOT = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen]
PATIENCE = 20  # seconds that a mail server outside waits; a door that waits for a frozen broker takes longer


def door(start: Start, port: int) -> subprocess.Popen:
    process = start("manage.py", "receive_smtp", "--port", str(port))
    until(lambda: answers(port))
    return process


def raw(number: object) -> bytes:
    return f"From: a@voorbeeld.nl\r\nSubject: Mail {number}\r\n\r\nDit is mail {number}.\r\n".encode()


def deliver(port: int, mail: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        client.sendmail("a@voorbeeld.nl", ["kcc@duinmeer.voorbeeld.nl"], mail)


def take_in_all() -> None:
    while due := list(Inbound.objects.due(now=timezone.now()).values_list("pk", flat=True)):
        for pk in due:
            tasks.ingest_one(pk)


def until_done(act: Callable[[], object], true: Callable[[], object], *, every: float = 1.0) -> None:
    """Do this again and again until something is true: where Redis is slow for a moment, a hint is lost."""
    done = 0.0

    def look() -> object:
        nonlocal done
        if time.monotonic() > done + every:
            act()
            done = time.monotonic()
        return true()

    until(look)


def worker(start: Start) -> subprocess.Popen:
    """Start a worker for all the mail there is."""
    return start("-m", *programs.worker("test", "tick,send,ingest"))
