"""How fast e-mail comes in: from the first word at the SMTP door until it stands in the timeline.

Mails leave at fixed moments over several connections, each timed from its own moment, so a door that stalls is not
flattered. Half of them answer an earlier one. Afterwards every mail that was answered 250 must be there, once.
"""

import queue
import smtplib
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random
from statistics import median, quantiles
from uuid import uuid4

from psycopg2.extensions import cursor as Cursor

from tests.bench.ground import Ground
from tests.bench.system import System

SENDERS = 12  # connections at the same time
WRITERS = 400  # addresses
THREADS = 150  # mails that begin the threads which are answered
PROGRAMS = ("smtp", "slow", "fast")
PATIENCE = 600.0  # seconds for what was stored to be taken in
TEXT = "Wanneer wordt het vuil in onze straat opgehaald? De bakken staan al dagen langs de weg.\r\n" * 29
TO = "gemeente@duinmeer.voorbeeld.nl"
STORED = "SELECT count(*), count(contact_id), count(DISTINCT contact_id) FROM contacts_inbound WHERE message_id LIKE %s"
WAITING = "SELECT count(*) FROM contacts_inbound WHERE done_at IS NULL AND parked_at IS NULL"
LATENCY = """SELECT extract(epoch FROM done_at - received_at) * 1000, extract(epoch FROM done_at)
             FROM contacts_inbound WHERE message_id LIKE %s AND done_at IS NOT NULL ORDER BY done_at"""
JOINED = """SELECT count(*) FILTER (WHERE joined <> ''), count(*) FROM contacts_inbound WHERE message_id LIKE %s"""
STATEMENTS = """
from django.db import connection
from django.test.utils import CaptureQueriesContext
from contacts import tasks
from contacts.models import Inbound
from tests.bench.mail import Mails
mails = Mails()
def count(raw):
    with CaptureQueriesContext(connection) as stored:
        pk = Inbound.store(raw, source="smtp", envelope={"from": "", "to": []}).pk
    with CaptureQueriesContext(connection) as taken:
        tasks.ingest_one(pk)
    return f"{len(stored)} to store, {len(taken)} to take in"
count(mails.new(0))
print("Statements, new:", count(mails.new(1)) + "; answer:", count(mails.answer(2, to=1)))
"""


@dataclass
class Mails:
    """Mails of 3 kB, each another one; an answer comes from who wrote what it answers."""

    run: str = field(default_factory=lambda: uuid4().hex[:12])

    def new(self, number: int) -> bytes:
        return self._mail(number, number, f"Vraag {number} van {self.run}", "")

    def answer(self, number: int, *, to: int) -> bytes:
        first = f"<{to}.{self.run}@bench.voorbeeld.nl>"
        return self._mail(
            number, to, f"Re: Vraag {to} van {self.run}", f"In-Reply-To: {first}\r\nReferences: {first}\r\n"
        )

    def _mail(self, number: int, writer: int, subject: str, more: str) -> bytes:
        sender = f"burger{writer % WRITERS}@{self.run}.voorbeeld.nl"
        head = f"From: Burger {writer} <{sender}>\r\nTo: {TO}\r\nSubject: {subject}\r\n{more}"
        head += (
            f"Message-ID: <{number}.{self.run}@bench.voorbeeld.nl>\r\nDate: {format_datetime(datetime.now(UTC))}\r\n"
        )
        head += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        return f"{head}\r\n{TEXT}{number}\r\n".encode()


@dataclass
class Load:
    """Senders that take their turn at fixed moments, and what they were answered."""

    port: int
    mails: Mails = field(default_factory=Mails)
    waits: list[float] = field(default_factory=list)  # ms
    accepted: int = 0
    refused: int = 0
    seconds: float = 0.0

    def go(self, mails: list[bytes], rate: float) -> None:
        self._wait()
        turns: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
        threads = [threading.Thread(target=self._send, args=[turns]) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        begun = time.perf_counter() + 0.1
        for number, mail in enumerate(mails):
            moment = begun + number / rate
            time.sleep(max(moment - time.perf_counter(), 0))
            turns.put((moment, mail))
        for _ in threads:
            turns.put(None)
        for thread in threads:
            thread.join()
        self.seconds = time.perf_counter() - begun

    def _wait(self) -> None:
        """Wait until the door is open."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), smtplib.SMTP("127.0.0.1", self.port, timeout=10):
                return
            time.sleep(0.2)

    def _send(self, turns: "queue.Queue[tuple[float, bytes] | None]") -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as line:
            while turn := turns.get():
                moment, mail = turn
                try:
                    line.sendmail("burger@voorbeeld.nl", [TO], mail)
                    self.accepted += 1
                except smtplib.SMTPException:
                    self.refused += 1
                self.waits.append((time.perf_counter() - moment) * 1000)


def measure(ground: Ground, *, rate: float, seconds: float) -> None:
    """Print what the senders waited, how soon the mails stood in the timeline, and that each did so once."""
    ground.manage("shell", "--verbosity", "0", "--command", STATEMENTS)
    with System(ground) as system, ground.connect() as found, found.cursor() as cursor:
        load, choose, number = Load(ground.choices.smtp_port), Random(1), int(rate * seconds)
        load.go([load.mails.new(first) for first in range(THREADS)], min(rate, 30))
        _settled(cursor)
        load, before = Load(ground.choices.smtp_port, load.mails), system.worked()
        answers = {turn: choose.randrange(THREADS) for turn in range(1, number, 2)}
        make = load.mails
        load.go(
            [
                make.answer(THREADS + turn, to=answers[turn]) if turn in answers else make.new(THREADS + turn)
                for turn in range(number)
            ],
            rate,
        )
        left = _one(cursor, WAITING)
        print(f"{number} mails at {rate:g}/s, {SENDERS} senders; not accepted: {load.refused}")
        print(f"stored {load.accepted / load.seconds:.1f}/s; waited for 250: {_spread(load.waits)}")
        _settled(cursor)
        after = {name: (ms - before[name]) / number for name, ms in system.worked().items() if name in PROGRAMS}
        _told(cursor, load, left)
        print("computed for each mail: " + ", ".join(f"{name} {ms:.1f} ms" for name, ms in after.items()))


def _told(cursor: Cursor, load: Load, left: int) -> None:
    run = f"%{load.mails.run}@bench%"
    cursor.execute(LATENCY, [run])
    rows = [(float(ms), float(at)) for ms, at in cursor.fetchall()][THREADS:]
    rate = len(rows) / (rows[-1][1] - rows[0][1])
    print(f"in the timeline {rate:.1f}/s, after 250: {_spread([ms for ms, _at in rows])}; waiting at the end: {left}")
    cursor.execute(STORED, [run])
    stored, taken, contacts = cursor.fetchall()[0]
    cursor.execute(JOINED, [run])
    joined = cursor.fetchall()[0][0]
    print(
        f"accepted {load.accepted + THREADS}, stored {stored}, taken in {taken}, contacts {contacts}; {joined} joined"
    )


def _settled(cursor: Cursor) -> None:
    """Wait until nothing is left to take in."""
    until = time.monotonic() + PATIENCE
    while _one(cursor, WAITING) and time.monotonic() < until:
        time.sleep(0.5)


def _one(cursor: Cursor, query: str) -> int:
    cursor.execute(query)
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _spread(waits: list[float]) -> str:
    cuts = quantiles(waits, n=100)
    return f"p50 {median(waits):.0f} ms, p99 {cuts[98]:.0f}, longest {max(waits):.0f}"
