"""Workers are killed while they take mail in, with Redis and the database failing: each mail gets there once."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psutil
import pytest
from celery import current_app
from django.db import connection, connections
from django.utils import timezone
from redis import Redis

from contacts import tasks
from contacts.channels.reading import reader
from contacts.models import Case, Contact, Inbound
from tests import make
from tests.conftest import OTHERS_AWAY
from tests.faults.processes import Start, deliver, door, raw, take_in_all, until_done, worker
from tests.letters import write
from tests.outside.broker import Broker
from tests.outside.ports import free_port, until

MAILS = 60


def arrived(mails: int = MAILS) -> None:
    for number in range(mails):
        Inbound.store(raw(number), source="smtp")


def hint(broker: Broker) -> None:
    """Do what beat does: have what is due looked for."""
    with current_app.connection_for_write(broker.url) as line:
        options: dict[str, Any] = {"connection": line}
        tasks.ingest_due.apply_async(**options)


def until_scanned(broker: Broker, true: Callable[[], object]) -> None:
    """Wait for this while scans come, as from beat."""
    until_done(lambda: hint(broker), true)


def all_are_in() -> bool:
    return not Inbound.objects.filter(done_at=None).exists()


def some_are_in() -> bool:
    return Contact.objects.count() >= 3


def once_each(mails: int = MAILS) -> None:
    """Let the leases of the dead end, take in what is left, and see that each is there once."""
    Inbound.objects.filter(done_at=None).update(lease_until=None, next_attempt_at=timezone.now())
    take_in_all()
    assert sorted(Contact.objects.values_list("subject", flat=True)) == sorted(f"Mail {n}" for n in range(mails))
    assert Case.objects.count() == mails
    assert not Inbound.objects.filter(done_at=None).exists()


def test_a_worker_is_killed_while_taking_in(start: Start, broker: Broker) -> None:
    broker()
    arrived()
    process = worker(start)
    hint(broker)
    until(some_are_in)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert Contact.objects.count() < MAILS, "nothing was interrupted"
    once_each()


def test_the_readers_are_killed_while_taking_in(start: Start, broker: Broker) -> None:
    broker()
    arrived()
    process = psutil.Process(worker(start).pid)
    killed = 0
    for _ in range(3):
        enough = min(Contact.objects.count() + 5, MAILS)  # then who reads now has read others before
        until_scanned(broker, lambda: Contact.objects.count() >= enough)  # noqa: B023
        killed += sum(kill(child) for child in process.children(recursive=True) if is_reader(child))
    assert killed
    until_scanned(broker, lambda: not Inbound.objects.filter(done_at=None, attempts=0).exists())
    assert not Inbound.objects.filter(is_unreadable=True).exists(), (
        "who died had read others: it was no fault of theirs"
    )
    once_each()


def is_reader(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return reader.COMMAND[-1] in process.cmdline()
    return False


def kill(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        process.kill()
        return 1
    return 0


def test_the_database_ends_all_connections_while_taking_in(start: Start, broker: Broker) -> None:
    broker()
    arrived()
    worker(start)
    hint(broker)
    until(some_are_in)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_AWAY)
    Inbound.objects.filter(done_at=None).update(lease_until=None)  # as 45 seconds later
    until_scanned(broker, all_are_in)  # the mail that was cut off waits ten seconds
    once_each()


def test_redis_forgets_everything_while_mail_comes_in(start: Start, broker: Broker) -> None:
    broker()
    port = free_port()
    worker(start)
    door(start, port)
    for number in range(MAILS):
        deliver(port, raw(number))
        if number % 20 == 10:
            Redis.from_url(broker.url).flushall()
    until_scanned(broker, lambda: Contact.objects.count() == MAILS)
    once_each()


def test_two_workers_share_what_is_due(start: Start, broker: Broker) -> None:
    broker()
    arrived()
    for _ in range(2):
        worker(start)
        hint(broker)
    until_scanned(broker, all_are_in)
    assert set(Inbound.objects.values_list("attempts", flat=True)) == {1}
    once_each()


def together(*jobs: Callable[[], object]) -> None:
    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as threads:
        list(threads.map(run, jobs))


@pytest.mark.parametrize("copies", [2, 4])
def test_copies_of_one_mail_by_several_mailboxes_at_once_are_one(transactional_db: None, copies: int) -> None:
    make.office()
    make.team("Voorlijn", is_kcc=True)
    boxes = [make.mailbox(f"post{number}@duinmeer.voorbeeld.nl") for number in range(copies)]
    for turn in range(5):
        same = {"Message_ID": f"<{turn}@voorbeeld.nl>", "Date": "Mon, 16 Nov 2026 10:00:00 +0100"}
        rows = [
            Inbound.store(write(f"Vraag {turn}", Delivered_To=box.address, **same), source="imap", mailbox=box)
            for box in boxes
        ]
        assert len({row.pk for row in rows}) == copies
        together(*[lambda row=row: tasks.ingest_one(row.pk) for row in rows])
    assert Contact.objects.count() == Case.objects.count() == 5
    assert not Inbound.objects.filter(contact=None).exists()


def test_a_flood_of_mail_does_not_hold_up_the_networks(transactional_db: None) -> None:
    arrived(30)
    late = timezone.now() + timedelta(seconds=1)
    chat = Inbound.objects.create(source="webhook", key="chat", sha256="", raw=b"{}", next_attempt_at=late)
    listed = Inbound.objects.in_turn(now=late + timedelta(seconds=1), limit=10)
    assert listed.index(chat.pk) == 1
    assert len(listed) == 10
