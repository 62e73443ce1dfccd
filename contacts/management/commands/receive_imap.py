"""The door for mailboxes elsewhere: looks into each of them, again and again, until it is told to stop."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from contacts.channels import imap
from contacts.models import Heartbeat, Inbound, Mailbox
from contacts.tasks import hurry, ingest_due

log = logging.getLogger(__name__)

LOOK = 5.0  # seconds between two looks at which mailboxes there are
EVERY = 15.0  # seconds between two looks into a mailbox
AWAY = (15.0, 30.0, 60.0)  # seconds until the next try when the server does not work
REFUSED = (60.0, 300.0, 900.0, 1800.0)  # when it does not let us in: too many tries would lock the account
THREADS = 8
ACCESS = ("host", "port", "security", "username", "sign_in", "secret_sealed", "oauth_token_url", "oauth_client_id")


class Command(BaseCommand):
    """Takes in e-mail from the IMAP mailboxes of the office."""

    help = "Take in e-mail from the IMAP mailboxes until told to stop."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look into each mailbox once, and stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        rounds = Rounds()
        if once:
            rounds.go()
            rounds.threads.shutdown(wait=True)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: rounds.stop.set())
        rounds.run()
        rounds.threads.shutdown(wait=True, cancel_futures=True)


@dataclass
class Turn:
    """When a mailbox is looked into next, and how often that went wrong."""

    access: tuple[Any, ...]
    at: float = 0.0
    failures: int = 0
    job: "Future[None] | None" = None


class Rounds:
    """Goes round the mailboxes; a mail that was kept is moved the next time if this is cut off at any moment."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="imap")
        self.stop = threading.Event()
        self.turns: dict[int, Turn] = {}

    @property
    def is_busy(self) -> bool:
        return any(turn.job is not None and not turn.job.done() for turn in list(self.turns.values()))

    def run(self) -> None:
        """Go round until told to stop."""
        while not self.stop.is_set():
            try:
                close_old_connections()
                self.go()
            except Error as error:
                log.warning("The database is away: %s", type(error).__name__)
            except Exception:  # whatever it was, the next round must come
                log.exception("A round of the mailboxes broke off")
            self.stop.wait(LOOK)

    def go(self) -> None:
        """Begin with the mailboxes whose moment has come and that nobody is in."""
        with Heartbeat.beat("fetch"):
            boxes = {box.pk: box for box in Mailbox.objects.fetched()}
        self.turns = {pk: turn for pk, turn in self.turns.items() if pk in boxes or (turn.job and not turn.job.done())}
        for pk, box in boxes.items():
            access = tuple(getattr(box, name) for name in ACCESS)
            turn = self.turns.setdefault(pk, Turn(access))
            if turn.job is not None and not turn.job.done():
                continue
            if turn.access != access:  # somebody mended it
                turn.access, turn.at, turn.failures = access, 0.0, 0
            if turn.at <= time.monotonic():
                turn.job = self.threads.submit(self._look, box, turn)

    def _look(self, box: Mailbox, turn: Turn) -> None:
        run = self._fetch(box)
        while run is not None and run.backlog and run.kept and not run.trouble and not self.stop.is_set():
            run = self._fetch(box)
        turn.access = tuple(getattr(box, name) for name in ACCESS)  # a token may have been renewed
        wait = EVERY
        if run is not None and run.trouble:
            steps = REFUSED if run.refused else AWAY
            wait = steps[min(turn.failures, len(steps) - 1)]
            turn.failures += 1
        elif run is not None:
            turn.failures = 0
        turn.at = time.monotonic() + wait

    def _fetch(self, box: Mailbox) -> imap.Run | None:
        try:
            close_old_connections()
            return imap.fetch(box, kept=hint, stop=self.stop.is_set)
        except Error as error:
            log.warning("Mailbox %s: the database is away: %s", box.pk, type(error).__name__)
        except Exception as error:  # whatever it was, it may harm this one mailbox only
            log.exception("Mailbox %s", box.pk)
            return self._note(box, error)
        return imap.Run(0, 0, "database")

    def _note(self, box: Mailbox, error: Exception) -> imap.Run:
        try:
            close_old_connections()
            box.fetch_failed(type(error).__name__)
        except Error:
            log.warning("Mailbox %s: its trouble was not noted", box.pk)
        return imap.Run(0, 0, type(error).__name__)


def hint(inbound: Inbound) -> None:
    """Ask a worker to read this mail as soon as it is committed."""
    hurry(ingest_due)
