"""A real Celery worker and beat against a real Valkey: the reminder arrives without anybody calling a function."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification
from callbacks.models import Callback
from contacts.models import Heartbeat, Outcome, Outgoing
from tests import make
from tests.outside.ports import until

OWN_DATABASE = "/3"  # of Valkey, so that no other worker takes the tasks


def environment() -> dict[str, str]:
    """Give the environment in which a process works in the database of this test."""
    database = connection.settings_dict
    who = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    address = f"{quote(database['HOST'], safe='')}:{database['PORT'] or 5432}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{who}@{address}/{database['NAME']}",
        "REDIS_URL": urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=OWN_DATABASE)),
        "DJANGO_SETTINGS_MODULE": "kcc.settings",
    }


@pytest.fixture
def worker_and_beat(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    celery = [sys.executable, "-m", "celery", "-A", "kcc.celery"]
    worker = [*celery, "worker", "-Q", "tick,send,ingest,report", "-c", "1", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--schedule", str(tmp_path / "schedule"), "--pidfile", ""]
    running = []
    try:
        for n, command in enumerate((worker, beat)):
            with (tmp_path / f"log{n}").open("wb") as log:
                where = {"cwd": settings.BASE_DIR, "env": environment(), "start_new_session": True}
                running.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **where))
        yield
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_due_reminder_reaches_the_bell(worker_and_beat, office, parkeren, rachid, jansen):
    with transaction.atomic():  # the worker looks already: it sees all of this or nothing
        callback = make.callback(make.contact(jansen, outcome=Outcome.CALLBACK), assignee=rachid)
        Callback.objects.filter(pk=callback.pk).update(due_at=timezone.now())
        callback.reminders.exclude(occurrence="late").delete()
        callback.reminders.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    until(Notification.objects.filter(recipient=rachid).exists)
    assert "is te laat" in Notification.objects.get().text
    assert Outgoing.objects.get().recipient == rachid.email
    assert callback.log().first().kind == "callback_late"
    until(Heartbeat.objects.filter(name="remind", last_ok__isnull=False).exists)
