"""What the operating system knows of processes, for tests that start and kill real ones."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from kcc.local.place import ROOT


def mentioning(*parts: str) -> list[psutil.Process]:
    """Give the living processes whose command line or folder names one of these."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            line = f"{words(process)} {process.cwd()}"
            if process.pid != os.getpid() and lives(process) and any(part in line for part in parts):
                found.append(process)
    return found


def lives(process: psutil.Process) -> bool:
    """Say whether a process is there and no zombie; it may end while it is asked."""
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != "zombie")
    return False


def words(process: psutil.Process) -> str:
    """Give the command line of a process; nothing when it has ended."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def eventually(condition: Callable[[], object], within: float = 60.0) -> bool:
    """Say whether this becomes true, on however busy a machine."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def environment(var: Path, **more: str) -> dict[str, str]:
    """Give the environment of a person who set nothing, with the data in this folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KCC_", "DJANGO_", "SMTP_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        env.pop(name, None)
    return env | {"KCC_VAR": str(var)} | more


def command(name: str) -> str:
    return str(ROOT / "bin" / name)


@contextmanager
def none_left(folder: Path) -> Iterator[None]:
    """Check that what was started for this folder is gone in the end; kill it if not."""
    try:
        yield
        assert eventually(lambda: not mentioning(str(folder))), mentioning(str(folder))
    finally:
        for process in mentioning(str(folder)):
            with suppress(psutil.Error):
                process.kill()
