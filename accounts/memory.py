"""Answers that hardly ever change, remembered for a while in each process."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
SECONDS = 5.0
_all: "list[Remembered]" = []


class Remembered(Generic[Answer]):
    """A question without arguments whose answer may be up to 5 seconds old: a change shows within that time."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._known: tuple[float, Answer] | None = None
        wraps(ask)(self)
        _all.append(self)

    def __call__(self) -> Answer:
        known = self._known  # as another thread may forget it meanwhile
        if known is None or time.monotonic() - known[0] > SECONDS:
            self._known = known = time.monotonic(), self._ask()
        return known[1]

    def forget(self) -> None:
        self._known = None


remembered = Remembered


def forget_everything() -> None:
    """Ask everything again, in this process: for tests, and after filling a database."""
    for question in _all:
        question.forget()
