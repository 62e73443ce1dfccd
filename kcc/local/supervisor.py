"""Keep programs running: start them, pass on their logs, start again what crashes, stop all of them in time."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from kcc.local.trouble import Trouble

HERE = Path(__file__).parent
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a crashed program starts again; doubles each time
STEADY = 30.0  # seconds after which a start counts as good
LINE_LIMIT = 64_000


@dataclass(frozen=True)
class Program:
    """One program to keep running."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    folder: Path
    stop: signal.Signals = signal.SIGTERM
    user: str = "any"  # or "unprivileged": never root
    data: Path = field(default=Path("/nonexistent"))  # what an unprivileged user must own

    def guarded(self) -> list[str]:
        """Give the command line that ends with this process."""
        guard = [sys.executable, "-I", "-S", str(HERE / "guard.py"), str(os.getpid()), str(int(self.stop))]
        return [*guard, self.user, str(self.data), *self.command]


class Running:
    """A program, the process that it is now, and what it said last."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.rest = b""
        self.last: list[str] = []
        self.started = self.again = 0.0
        self.pause = FIRST_PAUSE
        self.crashes = 0


class Supervisor:
    """Programs that live as long as this process; call its methods from the main thread only."""

    def __init__(self, write: Callable[[str, str], None]) -> None:
        """Make a supervisor that hands each line of a log to write(name of the program, line)."""
        self.write = write
        self.running: dict[str, Running] = {}
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self.wake_in, self.wake_out = socket.socketpair()
        for end in (self.wake_in, self.wake_out):
            end.setblocking(False)
        self.selector.register(self.wake_in, selectors.EVENT_READ, None)
        self.lifeline: subprocess.Popen[bytes] | None = None

    def obey_signals(self) -> None:
        """Let Ctrl-C, SIGTERM and a closed terminal end run()."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the loop
        signal.set_wakeup_fd(self.wake_out.fileno(), warn_on_full_buffer=False)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def ask_to_stop(self) -> None:
        """End run() from any thread."""
        self.stopping = True
        with suppress(BlockingIOError):
            self.wake_out.send(b"\0")

    def start(self, program: Program) -> None:
        """Start a program, and start it again whenever it ends by itself."""
        one = self.running[program.name] = Running(program)
        self._launch(one)

    def _launch(self, one: Running) -> None:
        program = one.program
        one.process = subprocess.Popen(
            program.guarded(),
            env=dict(program.env),
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        one.started, one.again = time.monotonic(), 0.0
        assert one.process.stdout is not None
        os.set_blocking(one.process.stdout.fileno(), False)
        self.selector.register(one.process.stdout, selectors.EVENT_READ, one)
        self._tell_lifeline(f"+{one.process.pid} {int(program.stop)}\n")

    def _tell_lifeline(self, line: str) -> None:
        if self.lifeline is None or self.lifeline.poll() is not None:
            self.lifeline = subprocess.Popen(
                [sys.executable, "-I", "-S", str(HERE / "lifeline.py")], stdin=subprocess.PIPE, start_new_session=True
            )
            others = [one for one in self.running.values() if one.process and one.process.poll() is None]
            line = "".join(f"+{one.process.pid} {int(one.program.stop)}\n" for one in others if one.process) or line
        assert self.lifeline.stdin is not None
        with suppress(BrokenPipeError):
            self.lifeline.stdin.write(line.encode())
            self.lifeline.stdin.flush()

    def restart(self, name: str, *, older_than: float, why: str) -> None:
        """Kill a program that stands still, so that it starts again; not one that began only just now."""
        one = self.running.get(name)
        if one is None or one.process is None or time.monotonic() - one.started < older_than:
            return
        self.write(name, f"{why}; it is ended")
        kill_group(one.process.pid)

    def run(self) -> None:
        """Keep everything going until asked to stop."""
        while not self.stopping:
            self.turn(5.0)

    def wait_for(self, ready: Callable[[], bool], *, within: float, name: str) -> None:
        """Keep everything going until ready() is true; raise Trouble when the named program keeps failing."""
        end = time.monotonic() + within
        while not self.stopping and not ready():
            one = self.running[name]
            if one.crashes >= 3 or time.monotonic() > end:
                said = " | ".join(one.last[-3:]) or "it said nothing"
                raise Trouble(f"{name} does not start: {said}")
            self.turn(0.02)

    def turn(self, patience: float) -> None:
        """Pass on what was said, notice what ended, start what is due; wait at most this long for news."""
        now = time.monotonic()
        due = [one.again for one in self.running.values() if one.again]
        for key, _ in self.selector.select(max(0.0, min([patience, *(moment - now for moment in due)]))):
            if key.data is None:
                with suppress(BlockingIOError):
                    self.wake_in.recv(4096)
            else:
                self._hear(key.data)
        for one in self.running.values():
            self._notice_end(one)
            if one.again and time.monotonic() >= one.again and not self.stopping:
                self._launch(one)

    def _hear(self, one: Running) -> None:
        assert one.process is not None
        assert one.process.stdout is not None
        try:
            said = os.read(one.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if not said:
            self._hang_up(one)
            return
        *lines, one.rest = (one.rest + said).split(b"\n")
        if len(one.rest) > LINE_LIMIT:
            lines, one.rest = [*lines, one.rest], b""
        for line in lines:
            self._pass_on(one, line)

    def _pass_on(self, one: Running, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            one.last = [*one.last[-9:], text]
            self.write(one.program.name, text)

    def _hang_up(self, one: Running) -> None:
        stdout = one.process.stdout if one.process else None
        if stdout is None or stdout.closed:
            return
        self.selector.unregister(stdout)
        stdout.close()
        rest, one.rest = one.rest, b""
        self._pass_on(one, rest)

    def _notice_end(self, one: Running) -> None:
        if one.process is None or one.again or (code := one.process.poll()) is None:
            return
        if one.process.stdout and not one.process.stdout.closed:
            self._hear(one)
        kill_group(one.process.pid)  # children that it left behind
        self._hang_up(one)
        self._tell_lifeline(f"-{one.process.pid}\n")
        one.process = None
        if self.stopping:
            return
        lasted = time.monotonic() - one.started
        one.pause = FIRST_PAUSE if lasted > STEADY else min(one.pause * 2, LONGEST_PAUSE)
        one.crashes = 1 if lasted > STEADY else one.crashes + 1
        one.again = time.monotonic() + one.pause
        self.write(one.program.name, f"ended ({outcome(code)}); starts again in {one.pause:.0f} s")

    def stop(self, *, within: float) -> None:
        """Ask every program to stop, and kill what is still there when the time is up."""
        self.stopping = True
        for one in self.running.values():
            one.again = 0.0
            if one.process is not None:
                with suppress(ProcessLookupError):
                    one.process.send_signal(one.program.stop)
        end = time.monotonic() + within
        while any(one.process for one in self.running.values()) and time.monotonic() < end:
            self.turn(min(0.1, max(0.0, end - time.monotonic())))
        for one in self.running.values():
            if one.process is not None:
                kill_group(one.process.pid)
                one.process.wait()
                self._tell_lifeline(f"-{one.process.pid}\n")
        if self.lifeline is not None and self.lifeline.stdin is not None:
            with suppress(BrokenPipeError):
                self.lifeline.stdin.close()
            self.lifeline.wait()


def kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def outcome(code: int) -> str:
    """Give an exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
