"""Ports of this machine for real processes, and waiting for what happens there."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress

from kcc.local.keeper import free_ports


def free_port() -> int:
    """Give a port that is free, and that no outgoing connection is given in the meantime."""
    return free_ports({}, ["one"])["one"]


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def until(true: Callable[[], object], seconds: float = 120) -> None:
    """Wait for something to become true, on however busy a machine."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
