"""The door for e-mail: a mail server on a local port, to which the municipality's own mail server hands over.

A mail is answered 250 only when it is committed, byte for byte; whatever goes wrong before that is a 451, upon which
the sender keeps it and comes again. The same mail twice is one mail.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, transaction

from contacts.management.commands.receive_imap import Rounds
from contacts.models import Inbound
from contacts.models.mailbox import open_mailboxes, without_label
from contacts.models.recipients import is_ours
from contacts.tasks import hurry, ingest_due
from contacts.ticker import Ticker

log = logging.getLogger("contacts.smtp")

SIZE = 35 * 1024 * 1024  # bytes of one mail
LINE = 1024 * 1024  # bytes of one line: far more than the standard allows, as real mail does
RECIPIENTS = 200
CONNECTIONS = 100
THREADS = 8  # mails being committed at the same time
IDLE = 120.0  # seconds a silent sender may hold a connection
PATIENCE = 25.0  # seconds for one commit, before the sender is asked to come again
GOODBYE = 1.5  # seconds for mails that are being committed when the process must stop

STORED, LATER, REFUSED = "250 2.0.0 Stored", "451 4.3.0 Not stored, come again later", "452 4.5.3 Too many recipients"
UNKNOWN = "550 5.1.1 No such address here"


class Command(BaseCommand):
    """Takes in e-mail by SMTP until it is told to stop."""

    help = "Take in e-mail by SMTP until told to stop."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)
        parser.add_argument("--imap", action="store_true", help="empty mailboxes elsewhere too, as receive_imap does")
        parser.add_argument("--ticker", action="store_true", help="do the scans nobody else does too, as ticker does")

    def handle(self, *args: Any, host: str, port: int, imap: bool, ticker: bool, **options: Any) -> None:
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd writes addresses in its lines
        rounds = Rounds()
        if imap:
            threading.Thread(target=rounds.run, name="imap", daemon=True).start()
        fallback = Ticker() if ticker else None
        if fallback is not None:
            threading.Thread(target=fallback.run, name="ticker", daemon=True).start()
        try:
            idle = asyncio.run(serve(host, port))
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
        rounds.stop.set()
        if fallback is not None:
            fallback.stop.set()
        if not idle or rounds.is_busy or (fallback is not None and fallback.is_busy):
            os._exit(0)  # a thread still waits for the database, or for a mail server: nothing of that was confirmed


async def serve(host: str, port: int) -> bool:
    """Serve until SIGTERM or SIGINT; say whether all that was being stored could be finished. Raises OSError."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    intake = Intake()
    server = await loop.create_server(intake.answer, host, port)
    log.info("Listening for mail on %s:%d", *server.sockets[0].getsockname()[:2])
    await stop.wait()
    server.close()
    return await intake.finish()


class Intake:
    """What the connections share: the threads that write to the database, and a count of what is going on."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        self.connections = 0
        self.storing: set[asyncio.Future[int]] = set()

    def answer(self) -> asyncio.Protocol:
        return Door(self) if self.connections < CONNECTIONS else Busy()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return REFUSED
        if not await self.knows(address):
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def knows(self, address: str) -> bool:
        """Say whether mail to this address is for us: everything at our own domain is, and to our mailboxes."""
        if address.lower() == "postmaster" or address.lower().rpartition("@")[2] == settings.MAIL_DOMAIN.lower():
            return True
        job = asyncio.get_running_loop().run_in_executor(self.threads, comes_in, address)
        return await asyncio.wait_for(job, PATIENCE)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw, began = envelope.original_content or b"", time.monotonic()
        job = asyncio.get_running_loop().run_in_executor(
            self.threads, store_in_thread, raw, envelope.mail_from or "", list(envelope.rcpt_tos)
        )
        self.storing.add(job)
        job.add_done_callback(self.storing.discard)
        try:
            pk = await asyncio.wait_for(asyncio.shield(job), PATIENCE)
        except Exception as error:  # whatever it was, the sender still has the mail
            log.error("Not stored, %d bytes: %s", len(raw), type(error).__name__)
            return LATER
        log.info("Stored as %d: %d bytes in %.0f ms", pk, len(raw), (time.monotonic() - began) * 1000)
        return STORED

    async def handle_exception(self, error: Exception) -> str:
        log.error("A session broke off: %s", type(error).__name__)
        return LATER

    async def finish(self) -> bool:
        """Wait a moment for what is being stored; say whether that was enough."""
        if self.storing:
            await asyncio.wait(set(self.storing), timeout=GOODBYE)
            await asyncio.sleep(0.05)  # for the answers to leave
        self.threads.shutdown(wait=False, cancel_futures=True)
        return not self.storing


class Door(SMTP):
    """One connection."""

    line_length_limit = LINE

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake, data_size_limit=SIZE, enable_SMTPUTF8=True, ident="KCC", timeout=IDLE)
        self.intake = intake

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.intake.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.intake.connections -= 1
        super().connection_lost(error)


class Busy(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections, come again later\r\n")
        transport.close()


def store(raw: bytes, sender: str, recipients: list[str]) -> int:
    """Commit a mail and ask a worker to read it; give its row."""
    with transaction.atomic():
        envelope = {"from": _printable(sender).strip("<>"), "to": [_printable(address) for address in recipients]}
        inbound = Inbound.store(raw, source="smtp", envelope=envelope)
        hurry(ingest_due)
    return inbound.pk


def store_in_thread(raw: bytes, sender: str, recipients: list[str]) -> int:
    """Do that in a thread, which keeps its connection from mail to mail as long as that works."""
    close_old_connections()
    return store(raw, sender, recipients)


def comes_in(address: str) -> bool:
    """Say whether a mailbox of ours has this address, whatever stands behind a plus in it.

    As long as no mailboxes were set up, the mail server that hands over to us knows what is ours.
    """
    close_old_connections()
    return not open_mailboxes() or is_ours(address) or is_ours(without_label(address))


def _printable(address: str) -> str:
    return "".join(sign for sign in address if sign.isprintable())[:320]
