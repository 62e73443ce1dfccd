"""What was acknowledged at /hooks/ is there, once: while web processes and database connections are killed."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.db import connection as database

from contacts import tasks
from contacts.models import Case, Connection, Contact, Inbound
from tests import make
from tests.faults.test_worker import environment
from tests.outside import deliveries
from tests.outside.ports import free_port, until

DELIVERIES, SENDERS, PATIENCE = 120, 4, 240


@pytest.fixture
def chat(transactional_db: None) -> Connection:
    make.office()
    make.team("Voorlijn", is_kcc=True)
    return make.connection("webhook", secrets={"signing": [deliveries.SIGNING]})


@pytest.fixture
def web(chat: Connection, tmp_path: Path) -> Iterator[tuple[psutil.Process, int]]:
    port = free_port()
    env = environment() | {"KCC_BIND": f"127.0.0.1:{port}", "KCC_WEB_WORKERS": "2", "KCC_DEBUG": "1", "KCC_HTTPS": "0"}
    command = [sys.executable, "-m", "gunicorn", "--config", "kcc/gunicorn.py", "kcc.wsgi"]
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until(lambda: ask(port, "GET", "/health/live", b"", {}) == 200)
        yield psutil.Process(running.pid), port
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(method, path, body, headers)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0  # the line broke: nobody knows, so it is delivered again
    finally:
        line.close()


def test_what_was_acknowledged_is_there_once(web: tuple[psutil.Process, int], chat: Connection) -> None:
    parent, port = web
    seen: Counter[int] = Counter()
    waiting = [f"msg_{number}" for number in range(DELIVERIES)]
    acknowledged: list[str] = []

    def send() -> None:
        while waiting:
            try:
                name = waiting.pop()
            except IndexError:
                return
            raw, headers = deliveries.standard(deliveries.message(f"Bericht {name}", id=name), id=name)
            headers["Content-Type"] = "application/json"
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                status = ask(port, "POST", f"/hooks/{chat.uuid}/", raw, headers)
                seen[status] += 1
                if status in {200, 202}:
                    acknowledged.append(name)
                    break

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    disturbed = 0
    while any(sender.is_alive() for sender in senders):
        while disturbed < len(acknowledged):  # on however slow a machine, some come through between two blows
            disturbed += 1
            disturb(parent, disturbed)
        time.sleep(0.01)
    assert sorted(acknowledged) == sorted(f"msg_{number}" for number in range(DELIVERIES))
    assert set(seen) <= {200, 202, 503, 0}
    assert Inbound.objects.filter(connection=chat).count() == DELIVERIES


def disturb(parent: psutil.Process, number: int) -> None:
    """Kill a web process, or the connections of all of them to the database."""
    if number % 20 == 3:
        with suppress(psutil.Error, IndexError):
            random.choice(parent.children()).kill()
    elif number % 7 == 0:
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def test_two_workers_put_one_person_in_one_case(chat: Connection) -> None:
    rows = []
    for number in range(8):
        found = deliveries.message(f"Bericht {number}", id=f"c-{number}")
        raw, _headers = deliveries.standard(found)
        key = f"webhook:{chat.pk}:{number}"
        rows.append(Inbound.objects.create(source="webhook", connection=chat, key=key, sha256="", raw=raw))
    together([lambda row=row: tasks.ingest_one(row.pk) for row in rows])
    assert (Contact.objects.count(), Case.objects.count()) == (8, 1)


def test_one_message_in_many_deliveries_at_once_is_one(chat: Connection) -> None:
    raw, _headers = deliveries.standard(deliveries.message())
    made = [
        Inbound.objects.create(source="webhook", connection=chat, key=f"k{number}", sha256="", raw=raw)
        for number in range(6)
    ]
    together([lambda row=row: tasks.ingest_one(row.pk) for row in made])
    assert (Contact.objects.count(), Case.objects.count()) == (1, 1)


def together(jobs: list[Any]) -> None:
    """Do these at the same moment, each in a thread with its own connection."""
    start = threading.Barrier(len(jobs))

    def run(job: Any) -> None:
        start.wait()
        try:
            job()
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
