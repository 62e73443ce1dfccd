"""The ground to measure on: the environment of the processes, and a database of its own with N contacts in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import connection as Connection

from kcc.local.environment import Choices, environment
from kcc.local.keeper import Hold, free_ports
from kcc.local.place import ROOT, Place
from kcc.local.statics import collect

DATABASE, STORM = "kcc_bench", "kcc_storm"
ENOUGH = 0.98  # what of N must be there to be called N


@dataclass
class Ground:
    """Where and with what the programs run."""

    place: Place
    choices: Choices
    env: dict[str, str]
    held: Hold | None
    server: str  # the database to make the other one from

    @classmethod
    def prepare(cls) -> "Ground":
        """Give the environment of bin/up with a database and ports of its own; starts PostgreSQL when needed."""
        place = Place.own()
        ports = free_ports({}, ("web", "events", "smtp"))
        while ports["web"] + 1 in ports.values():  # the port after the web's is that of the events
            ports = free_ports({}, ("web", "events", "smtp"))
        choices = replace(Choices.of(place), port=ports["web"], smtp_port=ports["smtp"])
        env, held = environment(place, choices)
        server = env["DATABASE_URL"]
        mail = str(place.folder("bench-mail"))
        own = {"DATABASE_URL": named(server, DATABASE), "KCC_MAIL_DIR": mail, "KCC_ACCESS_LOG": "0", "KCC_DEBUG": "0"}
        collecting = collect(place, env | own)
        if collecting is not None:
            collecting.finish()
        return cls(place, choices, env | own, held, server)

    def database(self, contacts: int, *, fresh: bool) -> None:
        """Make, migrate and seed the database when it is not there; a database of another size is an error."""
        with closing(psycopg2.connect(self.server)) as found:
            found.autocommit = True
            cursor = found.cursor()
            if fresh:
                cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        self.manage("migrate", "--no-input", "--verbosity", "0")
        there = self.count("SELECT count(*) FROM contacts_contact")
        if there == 0:
            print(f"Filling {DATABASE} with {contacts:,} contacts (kept for the next time) ...", flush=True)
            self.manage("seed", "--contacts", str(contacts))
        elif not contacts * ENOUGH <= there <= contacts * 1.5 + 10_000:
            sys.exit(f"{DATABASE} holds {there:,} contacts. Add --fresh to make it anew with {contacts:,}.")

    @contextmanager
    def another(self, database: str) -> "Iterator[Ground]":
        """Give the same ground with a new, empty database of this name, dropped in the end."""
        drop = f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"
        with closing(psycopg2.connect(self.server)) as found:
            found.autocommit = True
            cursor = found.cursor()
            cursor.execute(drop)
            cursor.execute(f"CREATE DATABASE {database}")
            ground = replace(self, env=self.env | {"DATABASE_URL": named(self.server, database)})
            try:
                ground.manage("migrate", "--no-input", "--verbosity", "0")
                yield ground
            finally:
                cursor.execute(drop)

    def storm(self, *, minutes: float, seed: int) -> int:
        """Let a storm of reminders blow on a database of its own; give the exit code."""
        with self.another(STORM) as ground:
            command = f"from tests.bench import storm; storm.run({minutes}, {seed})"
            shell = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", command]
            return subprocess.run(shell, env=ground.env, cwd=ROOT, check=False).returncode

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], env=self.env, cwd=ROOT, check=True)

    def connect(self) -> "closing[Connection]":
        """Give a connection for one with statement, which closes it."""
        found = psycopg2.connect(self.env["DATABASE_URL"])
        found.autocommit = True
        return closing(found)

    def count(self, query: str) -> int:
        with self.connect() as found:
            cursor = found.cursor()
            cursor.execute(query)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def facts(self) -> list[str]:
        """Give what the figures depend on: the machine, the server and the size of the database."""
        settings = ("server_version", "shared_buffers", "fsync", "synchronous_commit", "jit", "random_page_cost")
        with self.connect() as found:
            cursor = found.cursor()
            values = []
            for name in settings:
                cursor.execute(f"SHOW {name}")
                values.append(f"{name}={cursor.fetchall()[0][0]}")
            cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
            size = cursor.fetchall()[0][0]
        tables = ("contacts_contact", "contacts_customer", "contacts_event", "callbacks_callback")
        rows = ", ".join(f"{self.count(f'SELECT count(*) FROM {table}'):,} {table}" for table in tables)
        cores = len(os.sched_getaffinity(0))
        memory = int(next(line for line in Path("/proc/meminfo").read_text().splitlines()).split()[1]) // 1_000_000
        return [f"Machine: {cores} cores, {memory} GB", f"PostgreSQL: {', '.join(values)}", f"Database: {size}; {rows}"]


def named(url: str, database: str) -> str:
    """Give the address of another database on the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))
