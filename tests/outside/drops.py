"""An end to our patience that comes with what arrives, and not by a clock: a machine that is busy is no slow server."""

import threading
from collections.abc import Callable

import pytest

FEW = 5


def until_drops(monkeypatch: pytest.MonkeyPatch, count: Callable[[], int]) -> None:
    """Let our patience with a request end when a few more drops were sent, however long they take."""

    class Timer(threading.Thread):
        def __init__(self, seconds: float, end: Callable[..., None], words: list[object]) -> None:
            super().__init__(daemon=True)
            self.end, self.words, self.enough, self.over = end, words, count() + FEW, threading.Event()

        def run(self) -> None:
            while not self.over.wait(0.01):
                if count() >= self.enough:
                    self.end(*self.words)
                    return

        def cancel(self) -> None:
            self.over.set()

    monkeypatch.setattr(threading, "Timer", Timer)
