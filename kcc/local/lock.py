"""Locks between processes that the kernel lets go when their holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path


class Lock:
    """A lock on a file (flock); it may be handed on to a program that this process becomes by exec."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, within: float | None = None) -> bool:
        """Give True when the lock is ours; waits for ever, or this many seconds."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        if within is None:
            fcntl.flock(self.fd, kind)
            return True
        end = time.monotonic() + within
        while True:
            try:
                fcntl.flock(self.fd, kind | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= end:
                    return False
                time.sleep(0.05)

    def free(self) -> None:
        """Let go, and close the file."""
        os.close(self.fd)

    def keep_over_exec(self) -> None:
        os.set_inheritable(self.fd, True)
