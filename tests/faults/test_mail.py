"""Real processes are killed while mail comes in: what was answered 250 is in the timeline once, whatever died."""

import itertools
import os
import signal
import smtplib
import socket
import threading
import time
from typing import Any

from celery import current_app
from django.db import connection

from contacts import tasks
from contacts.models import Case, Contact, Inbound
from tests.conftest import OTHERS_AWAY
from tests.faults.processes import Start, deliver, door, raw, take_in_all, until_done, worker
from tests.outside.broker import Broker
from tests.outside.ports import answers, free_port, until


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


def test_no_mail_is_lost_or_doubled_when_the_door_is_killed_under_load(start: Start) -> None:
    port = free_port()
    process = door(start, port)
    senders = [Sender(port, name) for name in "abcdef"]
    for sender in senders:
        sender.start()
    for enough in (13, 22):
        until(lambda: sum(len(sender.ledger) for sender in senders) >= enough)  # noqa: B023
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process = door(start, port)
    until(lambda: sum(len(sender.ledger) for sender in senders) > 30)
    for sender in senders:
        sender.stop.set()
    for sender in senders:
        sender.join()
    ledger = [subject for sender in senders for subject in sender.ledger]
    assert sum(sender.tries for sender in senders) > len(ledger), "nothing was interrupted"
    take_in_all()
    subjects = list(Contact.objects.values_list("subject", flat=True))
    assert len(subjects) == len(set(subjects))
    assert set(ledger) <= set(subjects)
    assert Case.objects.count() == len(subjects)


def test_the_door_closes_though_somebody_stands_in_it(start: Start) -> None:
    port = free_port()
    process = door(start, port)
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.recv(100)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0  # who stands there may do so for minutes
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
        assert process.wait(timeout=60) == 1


def test_a_mail_is_in_the_timeline_without_waiting_for_a_scan(start: Start, broker: Broker) -> None:
    broker()
    port = free_port()
    worker(start)
    door(start, port)
    for word in ("eerste", "tweede"):  # no beat runs: nothing but the hint of a mail brings it there
        there = Contact.objects.filter(subject__startswith=f"Mail {word}").exists
        until_done(lambda: deliver(port, raw(f"{word} {Inbound.objects.count()}")), there, every=15)  # noqa: B023


def test_a_mail_is_taken_in_after_all_when_the_broker_died(start: Start, broker: Broker) -> None:
    process = broker()
    port = free_port()
    door(start, port)
    process.send_signal(signal.SIGSTOP)
    deliver(port, raw("bevroren"))
    process.kill()
    process.wait()
    deliver(port, raw("dood"))
    broker()
    worker(start)

    def scans() -> None:
        with current_app.connection_for_write(broker.url) as line:
            options: dict[str, Any] = {"connection": line}
            for _ in range(3):  # what is handed out several times is done once
                tasks.ingest.apply_async(**options)

    until_done(scans, lambda: Contact.objects.count() == 2)
    assert sorted(Contact.objects.values_list("subject", flat=True)) == ["Mail bevroren", "Mail dood"]
