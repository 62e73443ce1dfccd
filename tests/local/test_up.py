"""bin/up as a person uses it: from nothing to a page, Ctrl-C, kill -9, and everything that may be in its way."""

import http.client
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from kcc.local.keeper import free_ports, is_free
from tests.local.processes import command, environment, eventually, lives, mentioning, none_left, words


class Up:
    """A bin/up that runs, and the file with what it says."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.var = folder / "var"
        self.port = three_free_ports()
        self.log = folder / "up.log"
        self.command = [command("up"), "--port", str(self.port), "--smtp-port", str(self.port + 100), *arguments]
        self.process: subprocess.Popen[bytes]

    @contextmanager
    def running(self) -> Iterator[None]:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, env=environment(self.var), stdout=log, stderr=log, start_new_session=True
            )
        try:
            assert eventually(lambda: self.status() == 200 or self.process.poll() is not None, within=120)
            assert self.process.poll() is None, self.said()
            yield
        finally:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
                self.process.wait(timeout=60)

    def status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/accounts/login/", headers={"Host": "localhost"})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def said(self) -> str:
        return self.log.read_text()

    def family(self) -> list[psutil.Process]:
        return [self.process_of(), *self.process_of().children(recursive=True), *mentioning(str(self.var))]

    def process_of(self) -> psutil.Process:
        return psutil.Process(self.process.pid)


def three_free_ports() -> int:
    """Give a port that is free for the pages, with the one above it for pushes, and the hundredth above it for mail."""
    while True:
        port = free_ports({}, ["web"])["web"]
        if is_free(port + 1) and is_free(port + 100):
            return port


def alone(*arguments: str, var: Path) -> subprocess.CompletedProcess[str]:
    """Run a bin/up that is expected to end by itself."""
    return subprocess.run(
        [command("up"), *arguments], env=environment(var), capture_output=True, text=True, check=False, timeout=60
    )


def is_one_line(done: subprocess.CompletedProcess[str], *words: str) -> bool:
    return done.returncode == 1 and done.stderr.count("\n") == 1 and all(word in done.stderr for word in words)


def test_from_nothing_to_a_page_and_all_the_ways_to_end_it(tmp_path: Path) -> None:
    up = Up(tmp_path, "--empty")
    with none_left(tmp_path):
        with up.running():
            assert eventually(lambda: "Stop with Ctrl-C" in up.said(), within=60)
            second = alone("--port", str(up.port), var=up.var)
            assert is_one_line(second, "already running", f"kill {up.process.pid}")
            assert is_one_line(alone("--reset", "--yes", var=up.var), "already running")
            assert eventually(lambda: len(up.family()) >= 10)
            family = up.family()
            up.process.send_signal(signal.SIGINT)
            assert up.process.wait(timeout=60) == 0
            assert eventually(lambda: gone(family))

        with up.running():  # goes on with the same data
            assert "Filling the database" not in up.said().split("Stopped")[-1]
            assert eventually(lambda: len(up.family()) >= 10)
            family = up.family()
            up.process.kill()
            up.process.wait()
            assert eventually(lambda: gone(family))

        with up.running():
            assert eventually(lambda: workers(up))
            killed = workers(up)[0]
            killed.kill()
            assert eventually(lambda: [one for one in workers(up) if one.pid != killed.pid])


def workers(up: Up) -> list[psutil.Process]:
    """Give the worker for what may not wait; its child is not one."""
    return [one for one in up.process_of().children() if lives(one) and "fast@%h" in words(one)]


def gone(family: list[psutil.Process]) -> bool:
    return not any(lives(one) for one in family)


@pytest.mark.parametrize(("offset", "flag"), [(0, "--port"), (1, "--port"), (100, "--smtp-port")])
def test_taken_port_is_one_line_with_a_way_out(tmp_path: Path, offset: int, flag: str) -> None:
    port = three_free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + offset))
        other.listen()
        done = alone("--port", str(port), "--smtp-port", str(port + 100), var=tmp_path / "var")
    assert is_one_line(done, f"Port {port + offset} is taken", f"bin/up {flag}")


def test_reset_asks_first(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "precious").touch()
    done = subprocess.run(
        [command("up"), "--reset"],
        env=environment(tmp_path / "var"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert is_one_line(done, "--yes")
    assert (tmp_path / "var" / "precious").exists()


def test_python_too_old_is_one_line(tmp_path: Path) -> None:
    """A checkout without .venv on a machine whose only Python is 3.9."""
    root = Path(command("up")).parents[1]
    (tmp_path / "kcc").mkdir()
    (tmp_path / "bin").symlink_to(root / "bin")
    (tmp_path / "kcc" / "local").mkdir()
    (tmp_path / "kcc" / "local" / "run.sh").write_bytes((root / "kcc" / "local" / "run.sh").read_bytes())
    (tmp_path / "kcc" / "local" / "run.sh").chmod(0o755)
    old = tmp_path / "old" / "python3"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    (old.parent / "dirname").symlink_to(shutil.which("dirname") or "/usr/bin/dirname")
    done = subprocess.run(
        [tmp_path / "kcc" / "local" / "run.sh", "up"],
        env={"PATH": str(old.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert is_one_line(done, "Python 3.11", "Python 3.9.2")


def test_help_names_every_flag(tmp_path: Path) -> None:
    done = alone("--help", var=tmp_path / "var")
    assert done.returncode == 0
    assert all(flag in done.stdout for flag in ("--port", "--smtp-port", "--empty", "--reset", "--yes"))
