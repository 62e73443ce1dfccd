"""Reads mails in a process apart: what a stranger put in one ends that process at worst, and the next mail is read.

Each process that calls this has its own children, as many as it has threads at work, and keeps them for the next mail.
A child that dies, takes too long or answers nonsense is replaced. It ends when its parent is gone, for its input is.
"""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from contacts.channels.reading import wire
from contacts.channels.reading.mail import SIZE, TOO_LARGE, Mail, Unreadable

SECONDS = 20.0  # for one mail, by the clock
START = 20.0  # more, for the first mail of a child
MAILS = 2000  # before a child is replaced
IDLE = 2  # children that wait for the next mail
PIECE = 1024 * 1024
ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-s", "-m", "contacts.channels.reading.child"]
# A child gets no other variables: they hold secrets, and it reads what strangers wrote.
VARIABLES = {"PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"}

TOO_LONG = "Het lezen van de e-mail duurde te lang."
BROKE_OFF = "Het lezen van de e-mail brak af."
NONSENSE = "Het lezen van de e-mail leverde iets onbegrijpelijks op."


class Died(Exception):
    """A child ended before it had answered."""


def read(raw: bytes) -> Mail:
    """Give what stands in a mail. Raises Unreadable, with the reason in words for an agent."""
    if len(raw) > SIZE:
        raise Unreadable(TOO_LARGE)
    try:
        return _read(raw, _take())
    except Died as error:
        if not error.args[1]:
            raise Unreadable(error.args[0]) from error
    try:
        return _read(raw, _Child())  # it had read mails before: perhaps this one did nothing wrong
    except Died as error:
        raise Unreadable(error.args[0]) from error


def close() -> None:
    """End the children of this process that wait for work."""
    while _idle:
        _idle.pop().end()


def _read(raw: bytes, child: "_Child") -> Mail:
    try:
        return child.read(raw)
    finally:
        if child.is_sound and child.mails < MAILS and len(_idle) < IDLE:
            _idle.append(child)
        else:
            child.end()


def _take() -> "_Child":
    try:
        return _idle.pop()
    except IndexError:
        return _Child()


class _Child:
    """A process that reads mails, one at a time."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name in VARIABLES}
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment,
            bufsize=0,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.pipes = self.process.stdin, self.process.stdout
        self.into, self.out = (pipe.fileno() for pipe in self.pipes)
        self.may_send, self.may_take = select.poll(), select.poll()
        self.may_send.register(self.into, select.POLLOUT)
        self.may_take.register(self.out, select.POLLIN)
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)
        self.mails, self.is_sound = 0, True

    def read(self, raw: bytes) -> Mail:
        first, self.is_sound = not self.mails, False
        self.mails += 1
        until = time.monotonic() + SECONDS + (START if first else 0)
        try:
            self._send(wire.REQUEST.pack(len(raw)), until)
            self._send(raw, until)
            if first and self._receive(len(wire.HELLO), until) != wire.HELLO:
                raise Unreadable(NONSENSE)
            kind, length, files = wire.LENGTHS.unpack(self._receive(wire.LENGTHS.size, until))
            if length > wire.JSON or files > wire.FILES or kind not in {wire.READ, wire.UNREADABLE}:
                raise Unreadable(NONSENSE)
            facts, content = self._receive(length, until), self._receive(files, until)
            mail = wire.unpacked(facts, content) if kind == wire.READ else None
        except TimeoutError as error:
            raise Unreadable(TOO_LONG) from error
        except (OSError, EOFError) as error:
            raise Died(self._reason(), not first) from error
        except wire.Damaged as error:
            raise Unreadable(NONSENSE) from error
        self.is_sound = True
        if mail is None:
            raise Unreadable(facts[:500].decode("utf-8", "replace"))
        return mail

    def _send(self, data: bytes, until: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self.into, view[:PIECE]) :]
            except BlockingIOError:
                _wait(self.may_send, until)

    def _receive(self, length: int, until: float) -> bytes:
        pieces, left = [], length
        while left:
            try:
                piece = os.read(self.out, min(PIECE, left))
            except BlockingIOError:
                _wait(self.may_take, until)
                continue
            if not piece:
                raise EOFError
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _reason(self) -> str:
        """Say why this child ended."""
        with suppress(subprocess.TimeoutExpired):
            return TOO_LONG if self.process.wait(1) == -signal.SIGXCPU else BROKE_OFF
        return BROKE_OFF

    def end(self) -> None:
        with suppress(OSError):
            self.process.kill()
        self.forget()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)

    def forget(self) -> None:
        for pipe in self.pipes:
            with suppress(OSError):
                pipe.close()


def _wait(poll: select.poll, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


_idle: list[_Child] = []  # append and pop are atomic


def _forget_all() -> None:
    """Leave the children of the process that this one was forked from to it, and hold no end of their pipes."""
    while _idle:
        child = _idle.pop()
        child.forget()
        child.process.returncode = 0  # not ours to wait for


os.register_at_fork(after_in_child=_forget_all)
