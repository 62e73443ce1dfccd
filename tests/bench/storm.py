"""Minutes of reminders while processes, connections and Redis die at random: how many are lost, doubled or late.

The programs are those of the system, kept going as a supervisor does; what must be told is in a ledger of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from redis import Redis, RedisError

from callbacks import tasks
from contacts.models import Heartbeat
from contacts.models.lease import clock
from kcc.local import programs
from kcc.local.place import ROOT
from tests.faults.ledger import Ledger, Stretch
from tests.outside.broker import Broker

BEAT = ["-m", "celery", "--quiet", "--app", "kcc", "beat", "--pidfile=", "--loglevel", "ERROR"]
COMMANDS = {
    "fast": ["-m", *programs.worker("fast", "tick,send")],
    "fast2": ["-m", *programs.worker("fast2", "tick,send")],
    "beat": BEAT,
    "beat2": BEAT,
    "ticker": ["manage.py", "ticker"],
}
AWAY = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT %s"""
BETWEEN = (1.0, 5.0)  # seconds between two faults
FROZEN = (5.0, 60.0)
REDIS_AWAY = (5.0, 40.0)
AGAIN = 1.0  # seconds after which what died is started again
CALLBACKS = 2  # promised each two seconds
AFTERWARDS = 240.0  # seconds for all to be told when it is over


@dataclass
class One:
    """A program, and the process that it is now."""

    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    again: float = 0.0  # when to start it
    thaw: float = 0.0  # when it goes on, if it is frozen

    @property
    def works(self) -> bool:
        return self.process is not None and self.process.poll() is None and not self.thaw

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


@dataclass
class Storm:
    """What is done to the programs, in an order that the seed fixes, and what they made of it."""

    minutes: float
    seed: int
    folder: Path
    done: Counter[str] = field(default_factory=Counter)
    dark: list[Stretch] = field(default_factory=list)
    dark_since: datetime | None = None

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.ledger = Ledger(self.folder / "mail", seed=self.seed)
        self.broker = Broker(self.folder)
        self.redis: subprocess.Popen[bytes] = self.broker()
        self.redis_again = 0.0
        self.env = os.environ | self.ledger.env | {"REDIS_URL": self.broker.url}
        self.log = (self.folder / "log").open("ab")
        self.programs = {name: One(command) for name, command in COMMANDS.items()}
        settings.REDIS_URL = self.broker.url

    def run(self) -> None:
        """Blow for so many minutes, let it calm down, and print what came of the promises."""
        try:
            self._begin()
            self._blow(time.monotonic() + self.minutes * 60)
            self._calm()
        finally:
            for one in self.programs.values():
                one.signal(signal.SIGCONT)
                one.signal(signal.SIGKILL)
            self.broker.end()
        seconds = sum((end - begin).total_seconds() for begin, end in self.dark)
        print(f"Storm of {self.minutes:g} minutes, seed {self.seed}: {sum(self.done.values())} faults")
        print("  " + ", ".join(f"{count} × {what}" for what, count in self.done.most_common()))
        print(f"  nothing at all could work for {seconds:.0f} s in {len(self.dark)} stretches")
        figures = self.ledger.figures(dark=self.dark)
        print(f"  {figures}")
        sys.exit(0 if figures.hold() else 1)

    def _begin(self) -> None:
        end = time.monotonic() + 120
        while len(Heartbeat.ages(["worker", "ticker"])) < 2 and time.monotonic() < end:
            self._keep()
            time.sleep(0.2)

    def _blow(self, end: float) -> None:
        fault = promise = time.monotonic()
        while time.monotonic() < end:
            self._keep()
            if time.monotonic() > promise:
                self.ledger.promise(CALLBACKS, after=1, within=15)
                promise = time.monotonic() + 2
            if time.monotonic() > fault:
                self._fault()
                fault = time.monotonic() + self.random.uniform(*BETWEEN)
            time.sleep(0.1)

    def _calm(self) -> None:
        """Let everything go on, and wait until all is told."""
        self.redis_again = min(self.redis_again, time.monotonic())
        for one in self.programs.values():
            one.thaw = min(one.thaw, time.monotonic())
        end = time.monotonic() + AFTERWARDS
        while self.ledger.is_waiting() and time.monotonic() < end:
            self._keep()
            time.sleep(0.3)

    def _keep(self) -> None:
        """Do what a supervisor does, thaw what was frozen for long enough, and note when nothing could work."""
        now = time.monotonic()
        if self.redis_again and now > self.redis_again:
            self.redis, self.redis_again = self.broker(), 0.0
        for one in self.programs.values():
            if one.thaw and now > one.thaw:
                one.signal(signal.SIGCONT)
                one.thaw = 0.0
            if one.process is not None and one.process.poll() is not None:
                one.signal(signal.SIGKILL)  # children that it left behind
                one.process, one.again, one.thaw = None, now + AGAIN, 0.0
            if one.process is None and now > one.again:
                one.process = subprocess.Popen(
                    [sys.executable, *one.command], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log,
                    start_new_session=True,
                )  # fmt: skip
        self._note_dark()

    def _note_dark(self) -> None:
        works = {name.rstrip("2") for name, one in self.programs.items() if one.works}
        light = "ticker" in works or ({"fast", "beat"} <= works and not self.redis_again)
        if light and self.dark_since is not None:
            self.dark.append((self.dark_since, clock()))
            self.dark_since = None
        elif not light and self.dark_since is None:
            self.dark_since = clock()

    def _fault(self) -> None:
        faults: list[Callable[[], None]] = [
            self.kill, self.kill, self.kill, self.freeze, self.forget, self.redis_dies, self.connection_dies,
            self.connection_dies, self.all_connections_die, self.tasks_come_often, self.everything_dies,
        ]  # fmt: skip
        weights = [3, 3, 3, 4, 3, 2, 3, 3, 2, 4, 1]
        [fault] = self.random.choices(faults, weights)
        fault()
        self.done[fault.__name__.replace("_", " ")] += 1

    def _any(self) -> One:
        return self.programs[self.random.choice(list(COMMANDS))]

    def kill(self) -> None:
        self._any().signal(signal.SIGKILL)

    def everything_dies(self) -> None:
        self.redis_dies()
        for one in self.programs.values():
            one.signal(signal.SIGKILL)

    def freeze(self) -> None:
        one = self._any()
        if one.works:
            one.signal(signal.SIGSTOP)
            one.thaw = time.monotonic() + self.random.uniform(*FROZEN)

    def forget(self) -> None:
        with suppress(RedisError):
            Redis.from_url(self.broker.url, socket_timeout=1).flushall()

    def redis_dies(self) -> None:
        if not self.redis_again:
            self.redis.kill()
            self.redis.wait()
            self.redis_again = time.monotonic() + self.random.uniform(*REDIS_AWAY)

    def connection_dies(self, most: int = 1) -> None:
        with connection.cursor() as cursor:
            cursor.execute(AWAY, [most])

    def all_connections_die(self) -> None:
        self.connection_dies(1000)

    def tasks_come_often(self) -> None:
        with suppress(Exception), current_app.connection_for_write(self.broker.url) as line:
            line.ensure_connection(max_retries=1, timeout=2)
            options: dict[str, Any] = {"connection": line, "retry": False}
            for _ in range(5):
                tasks.remind.apply_async(**options)


def run(minutes: float, seed: int) -> None:
    """Blow, on the database of this process."""
    with tempfile.TemporaryDirectory(prefix="kcc-storm-", ignore_cleanup_errors=True) as folder:
        Storm(minutes, seed, Path(folder)).run()
