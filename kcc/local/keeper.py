"""PostgreSQL and Valkey for whoever needs them now: they run as long as somebody holds on to them.

A command calls hold(). The first one starts a keeper process, which runs both servers; the last one that ends, however
it ends, lets go of a file lock, and the keeper stops them. So two commands and bin/up share one database without
knowing of each other.
"""

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kcc.local.keys import keys
from kcc.local.lock import Lock
from kcc.local.place import ROOT, Place
from kcc.local.postgres import Postgres
from kcc.local.supervisor import Supervisor
from kcc.local.trouble import Trouble
from kcc.local.valkey import Valkey

STOP_WITHIN = 4.0  # seconds
LOG_LIMIT = 5_000_000  # bytes; one older file is kept
PORTS = range(20_000, 32_000)  # below what systems hand out to outgoing connections


@dataclass
class Hold:
    """Both servers run as long as this is not let go."""

    lock: Lock
    postgres: Postgres
    valkey: Valkey

    def free(self) -> None:
        self.lock.free()


def hold(place: Place, *, durable: bool = True) -> Hold:
    """Give the running servers of this place, started when they are not; raise Trouble when they cannot."""
    use = Lock(place.run / "use.lock")
    if not use.take(shared=True, within=30):
        raise Trouble("The database of this checkout is still stopping. Try again in a moment.")
    ensure_keeper(place, durable=durable)
    postgres, valkey = servers(place, durable=durable)
    return Hold(use, postgres, valkey)


def ensure_keeper(place: Place, *, durable: bool = True) -> None:
    """Start a keeper when none lives; returns when its servers are ready."""
    starting = Lock(place.run / "start.lock")
    if not starting.take(within=120):
        raise Trouble("Another command has been starting the database for two minutes. Stop it, and try again.")
    try:
        if not alive(place):
            spawn(place, durable=durable)
    finally:
        starting.free()


def alive(place: Place) -> bool:
    lock = Lock(place.run / "keeper.lock")
    try:
        return not lock.take(within=0)
    finally:
        lock.free()


def spawn(place: Place, *, durable: bool) -> None:
    log = place.log / "services.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    command = [sys.executable, "-I", str(Path(__file__).parent), "keeper", str(place.var)]
    with log.open("a") as errors:
        process = subprocess.Popen(
            command if durable else [*command, "--forgetful"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            text=True,
        )
    assert process.stdout is not None
    with process.stdout:
        answer = process.stdout.readline().strip()
    if answer != "ready":
        process.wait()
        raise Trouble(answer or f"The database could not be started; {log} says why.")
    process.returncode = 0  # it outlives us, and is not ours to wait for


def servers(place: Place, *, durable: bool) -> tuple[Postgres, Valkey]:
    secrets, ports = keys(place), place.noted("ports")
    return (
        Postgres(place, ports.get("postgres", 0), secrets["POSTGRES_PASSWORD"], durable),
        Valkey(place, ports.get("valkey", 0), secrets["VALKEY_PASSWORD"], durable),
    )


def main(arguments: list[str]) -> int:
    """Be the keeper of the folder in the first argument."""
    place, durable = Place(Path(arguments[0])), "--forgetful" not in arguments
    mine, use = Lock(place.run / "keeper.lock"), Lock(place.run / "use.lock")
    if not mine.take(within=0):
        return 0
    log = (place.log / "services.log").open("a", buffering=1)
    supervisor = Supervisor(lambda name, line: print(f"{time.strftime('%H:%M:%S')} {name} {line}", file=log))
    supervisor.obey_signals()
    try:
        start(place, supervisor, durable=durable)
        print("ready", flush=True)
        sys.stdout.close()
        threading.Thread(target=wait_until_unused, args=(use, supervisor), daemon=True).start()
        supervisor.run()
    except Trouble as trouble:
        print(trouble, flush=True)
        return 1
    finally:
        supervisor.stop(within=STOP_WITHIN)
        mine.free()
    return 0


def wait_until_unused(use: Lock, supervisor: Supervisor) -> None:
    """Wait for the last user to let go; from then on new ones wait until this process has ended."""
    use.take()
    supervisor.ask_to_stop()


def start(place: Place, supervisor: Supervisor, *, durable: bool) -> None:
    place.require_space(50_000_000)
    for stray in servers(place, durable=durable):
        stray.stop_stray()
    place.note("ports", free_ports(place.noted("ports"), ("postgres", "valkey")))
    postgres, valkey = servers(place, durable=durable)
    valkey.create()
    supervisor.start(valkey.program())
    postgres.create()
    supervisor.start(postgres.program())
    supervisor.wait_for(postgres.ready, within=60, name="postgres")
    supervisor.wait_for(valkey.ready, within=60, name="valkey")


def free_ports(wanted: dict[str, int], names: Iterable[str]) -> dict[str, int]:
    """Give each name a free loopback port, the one it had before when that is still free."""
    chosen: dict[str, int] = {}
    for name in names:
        tries = [wanted.get(name, 0), *random.sample(PORTS, 200)]
        port = next((port for port in tries if port and port not in chosen.values() and is_free(port)), None)
        if port is None:
            raise Trouble("No free port was found on 127.0.0.1.")
        chosen[name] = port
    return chosen


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
