"""Answers that a process remembers for a moment."""

import time
from itertools import count

import pytest

from accounts import memory
from accounts.memory import Remembered


def test_it_is_asked_again_when_it_was_forgotten_or_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Remembered(count().__next__)
    assert (question(), question()) == (0, 0)
    question.forget()
    assert question() == 1
    later = time.monotonic() + memory.SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert (question(), question()) == (2, 2)


def test_another_thread_may_forget_it_at_any_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Remembered(lambda: "known")
    assert question() == "known"
    now = time.monotonic()

    def forgets() -> float:
        question.forget()
        return now

    monkeypatch.setattr(time, "monotonic", forgets)
    assert question() == "known"
