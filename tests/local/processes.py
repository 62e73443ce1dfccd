"""What the operating system knows of processes, for tests that start and kill real ones."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from kcc.local.place import ROOT


def mentioning(*words: str) -> list[psutil.Process]:
    """Give the living processes whose command line or folder names one of these words."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            line = " ".join([*process.cmdline(), process.cwd()])
            if process.pid != os.getpid() and process.status() != "zombie" and any(word in line for word in words):
                found.append(process)
    return found


def eventually(condition: Callable[[], object], within: float = 30.0) -> bool:
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
