"""The SMTP door: 250 means committed, anything else means the sender still has the mail."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, OperationalError, connections
from django.test import TestCase
from redis import Redis

from contacts import tasks
from contacts.management.commands import receive_smtp
from contacts.management.commands.receive_smtp import Intake
from contacts.models import Inbound
from tests import make

RAW = b"From: a@voorbeeld.nl\r\nSubject: Vraag\r\n\r\nHallo\r\n"


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    """A door in this process, on a free port."""
    loop, intake, ready = asyncio.new_event_loop(), Intake(), threading.Event()
    found: list[Any] = []

    async def run() -> None:
        found.append(await loop.create_server(intake.answer, "127.0.0.1", 0))
        ready.set()

    def serve() -> None:
        loop.create_task(run())
        loop.run_forever()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    yield found[0].sockets[0].getsockname()[1]
    together = threading.Barrier(receive_smtp.THREADS)
    for _ in range(receive_smtp.THREADS):
        intake.threads.submit(hang_up, together)
    intake.threads.shutdown()
    loop.call_soon_threadsafe(found[0].close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def hang_up(together: threading.Barrier) -> None:
    """Close the connection of each thread to the database, or the database of the tests cannot be removed."""
    together.wait(60)
    connections.close_all()


def deliver(port: int, raw: bytes = RAW, **options: Any) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail("a@voorbeeld.nl", ["kcc@duinmeer.voorbeeld.nl"], raw, **options)


def test_what_was_answered_250_is_in_the_database(port: int) -> None:
    deliver(port)
    inbound = Inbound.objects.get()
    assert bytes(inbound.raw) == RAW
    assert inbound.envelope == {"from": "a@voorbeeld.nl", "to": ["kcc@duinmeer.voorbeeld.nl"]}
    assert (inbound.source, inbound.done_at) == ("smtp", None)


def test_the_same_mail_twice_is_one(port: int) -> None:
    deliver(port)
    deliver(port)
    deliver(port, RAW + b"\r\n")
    assert Inbound.objects.count() == 1


def test_bytes_arrive_as_they_were_sent(port: int) -> None:
    raw = b"Subject: rauw \xe9\xff\r\n\r\n.begint met een punt\r\n..twee\r\n" + bytes(range(1, 10)) + b"\r\n"
    deliver(port, raw, mail_options=["body=8bitmime"])
    assert bytes(Inbound.objects.get().raw) == raw


def test_a_line_longer_than_allowed_is_taken_all_the_same(port: int) -> None:
    raw = b"Subject: x\r\n\r\n" + b"y" * 200_000 + b"\r\n"
    deliver(port, raw)
    assert bytes(Inbound.objects.get().raw) == raw


def test_the_door_says_what_it_can(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        assert client.has_extn("8bitmime")
        assert client.has_extn("smtputf8")
        assert client.esmtp_features["size"] == str(35 * 1024 * 1024)
        code, _reply = client.docmd("MAIL FROM:<a@voorbeeld.nl> SIZE=36700161")
        assert code == 552


def test_when_the_database_is_away_the_sender_keeps_the_mail(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("weg")

    with monkeypatch.context() as patched:
        patched.setattr(Inbound, "store", away)
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            deliver(port)
    assert refusal.value.smtp_code == 451
    deliver(port)
    assert Inbound.objects.count() == 1


def test_a_database_that_does_not_answer_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(receive_smtp, "PATIENCE", 0.1)
    monkeypatch.setattr(receive_smtp, "store_in_thread", lambda *args: answers.wait(60))
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        deliver(port)
    answers.set()
    assert refusal.value.smtp_code == 451


def test_too_many_connections_are_asked_to_come_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive_smtp, "CONNECTIONS", 1)
    with smtplib.SMTP("127.0.0.1", port), pytest.raises(smtplib.SMTPConnectError) as refusal:
        smtplib.SMTP("127.0.0.1", port)
    assert refusal.value.smtp_code == 421


def test_too_many_recipients_are_asked_to_come_in_two_mails(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive_smtp, "RECIPIENTS", 2)
    with smtplib.SMTP("127.0.0.1", port) as client:
        refused = client.sendmail("a@voorbeeld.nl", ["a@b.nl", "c@d.nl", "e@f.nl"], RAW)
    assert refused["e@f.nl"][0] == 452


def refused(port: int, *recipients: str) -> set[str]:
    """Give which of these recipients the door does not know."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        client.mail("a@voorbeeld.nl")
        return {one for one in recipients if client.rcpt(one)[0] == 550}


def test_only_mail_for_us_is_taken(port: int) -> None:
    make.mailbox("gemeente@duinmeer.nl", aliases="info@duinmeer.nl")
    ours = ["Gemeente@Duinmeer.NL", "info+zaak@duinmeer.nl", "wie.ook@duinmeer.voorbeeld.nl", "postmaster"]
    assert refused(port, *ours, "iemand@duinmeer.nl", "x@elders.nl") == {"iemand@duinmeer.nl", "x@elders.nl"}


def test_without_mailboxes_the_server_before_us_knows_what_is_ours(port: int) -> None:
    assert refused(port, "x@elders.nl") == set()


def test_when_the_database_is_away_no_recipient_is_refused_for_good(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(address: str) -> bool:
        raise OperationalError("weg")

    monkeypatch.setattr(receive_smtp, "comes_in", away)
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        client.mail("a@voorbeeld.nl")
        assert client.rcpt("x@elders.nl")[0] == 451


@pytest.mark.parametrize(
    "nonsense",
    [b"GET / HTTP/1.1\r\n\r\n", b"\xff\xfe\0\r\n", b"MAIL FROM:<\0@b>\r\n", b"A" * 5000 + b"\r\n"],
    ids=["a browser", "bytes", "no greeting", "a long line"],
)
def test_nonsense_does_not_close_the_door(port: int, nonsense: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.recv(200)
        line.sendall(nonsense)
        assert line.recv(200)[:1] in b"45"
    deliver(port)
    assert Inbound.objects.count() == 1


def test_an_envelope_with_controls_is_stored_without_them(db: None) -> None:
    pk = receive_smtp.store(RAW, "a\0b@voorbeeld.nl", ["x\n@y.nl"])
    assert Inbound.objects.get(pk=pk).envelope == {"from": "ab@voorbeeld.nl", "to": ["x@y.nl"]}


def test_a_worker_is_asked_after_the_commit_only(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(tasks, "_hint", asked.append)
    with TestCase.captureOnCommitCallbacks(execute=True):
        receive_smtp.store(RAW, "", [])
        assert asked == []
    assert asked == [tasks.ingest_due]


@pytest.mark.parametrize("frozen_first", [True, False])
def test_a_broker_that_is_away_holds_up_nobody(
    db: None, monkeypatch: pytest.MonkeyPatch, *, frozen_first: bool
) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
    Redis.from_url(settings.REDIS_URL).delete(tasks.HINTED + tasks.ingest_due.name)  # of a test before this one
    monkeypatch.setattr(tasks, "_silent_until", 0.0)
    monkeypatch.setattr(tasks, "_line", tasks._Line())
    monkeypatch.setattr(tasks, "current_app", _App(url))
    redis = Redis.from_url(url if frozen_first else settings.REDIS_URL, socket_timeout=0.3)
    monkeypatch.setattr(tasks, "_redis", lambda: redis)
    began = time.monotonic()
    with silent:
        tasks._hint(tasks.ingest_due)
    assert time.monotonic() - began < _App.patience / 2
    monkeypatch.setattr(tasks, "_redis", None)  # who asked in vain a moment ago does not ask at all
    tasks._hint(tasks.ingest_due)


def test_many_mails_are_one_hint_until_a_worker_took_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[Any] = []
    patient = Redis.from_url(settings.REDIS_URL)  # a busy machine is no Redis that is away
    monkeypatch.setattr(tasks, "_redis", lambda: patient)
    monkeypatch.setattr(tasks, "_silent_until", 0.0)
    monkeypatch.setattr(tasks.ingest_due, "apply_async", lambda **options: hints.append(options["expires"]))
    tasks._take_hint(tasks.ingest_due)
    for _ in range(3):
        tasks._hint(tasks.ingest_due)
    assert hints == [tasks.FRESH]
    tasks.ingest_due()
    tasks._hint(tasks.ingest_due)
    assert len(hints) == 2
    tasks._take_hint(tasks.ingest_due)


class _App:
    """The application, but with another broker, and minutes of patience with it."""

    patience = 120.0

    def __init__(self, url: str) -> None:
        self.url, self.conf = url, SimpleNamespace()
        self.conf.broker_transport_options = current_app.conf.broker_transport_options | {
            "socket_timeout": self.patience
        }

    def connection_for_write(self, **options: Any) -> Any:
        options = {"transport_options": self.conf.broker_transport_options} | options
        return current_app.connection_for_write(self.url, **options)


def test_storing_raises_what_the_database_raises(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inbound.objects, "get_or_create", lambda **fields: (_ for _ in ()).throw(DatabaseError()))
    with pytest.raises(DatabaseError):
        receive_smtp.store(RAW, "", [])
