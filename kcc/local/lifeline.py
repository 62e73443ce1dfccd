"""Outlive the supervisor by a moment, to end what it leaves behind when it is killed.

Reads lines "+PID SIGNAL" and "-PID" from the supervisor. When that pipe closes, however the supervisor died, each
process still named gets its SIGNAL, and after a few seconds its whole process group is killed.
This file imports nothing of the project: it runs by its path.
"""

import os
import signal
import sys
import time
from contextlib import suppress

GRACE = 3.0


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    alive: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            pid, number = line[1:].split()
            alive[int(pid)] = int(number)
        else:
            alive.pop(int(line[1:]), None)
    end(alive)


def end(alive: dict[int, int]) -> None:
    for pid, number in alive.items():
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    left = set(alive)
    deadline = time.monotonic() + GRACE
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {pid for pid in left if group_exists(pid)}
    for pid in left:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def group_exists(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
