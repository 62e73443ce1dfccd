"""Mails are read in a process apart: whatever becomes of it, the next mail is read, and nothing secret is in it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from contacts.channels.reading import reader, wire
from contacts.channels.reading.mail import Unreadable, parse
from tests.outside.ports import until

CORPUS = Path(__file__).parent.parent / "mail"
PLAIN = (CORPUS / "plain.eml").read_bytes()
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    reader.close()
    yield
    reader.close()


def child() -> psutil.Process:
    """Give the process that read the last mail and waits for the next."""
    return psutil.Process(reader._idle[-1].process.pid)


def misbehaving(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Put another program where the reading child is: one that does what a child taken over might do."""
    monkeypatch.setattr(reader, "COMMAND", [sys.executable, "-c", program])


def test_what_comes_from_the_child_is_what_was_read() -> None:
    for path in sorted(CORPUS.glob("*.eml")):
        assert reader.read(path.read_bytes()) == parse(path.read_bytes()), path.stem
    assert len(reader._idle) == 1


def test_a_mail_that_cannot_be_read_says_why_and_the_child_goes_on() -> None:
    reader.read(PLAIN)
    before = child().pid
    with pytest.raises(Unreadable, match="geen e-mail"):
        reader.read(b"zomaar wat tekst")
    with pytest.raises(Unreadable, match="te groot"):
        reader.read(b"x" * 60 * 1024**2)
    assert reader.read(PLAIN).from_name == "Anna Jansen"
    assert child().pid == before


def test_a_child_that_was_killed_is_replaced_and_no_mail_suffers() -> None:
    reader.read(PLAIN)
    before = child()
    before.kill()
    assert reader.read(PLAIN).from_name == "Anna Jansen"
    assert child().pid != before.pid


def test_a_child_that_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    reader.read(PLAIN)
    stopped = child()
    monkeypatch.setattr(reader, "SECONDS", 0.5)
    stopped.suspend()
    with pytest.raises(Unreadable, match="te lang"):
        reader.read(PLAIN * 1000)  # more than a pipe holds
    assert not stopped.is_running()
    monkeypatch.undo()
    assert reader.read(PLAIN).from_name == "Anna Jansen"


def test_a_child_that_runs_out_of_memory_costs_one_mail() -> None:
    reader.read(PLAIN)
    process = child()
    process.rlimit(psutil.RLIMIT_AS, (process.memory_info().vms + 4 * 1024**2,) * 2)
    large = PLAIN + b"x" * 30 * 1024**2
    assert reader.read(large).from_name == "Anna Jansen", "another child took it over"
    assert not process.is_running()
    assert child().rlimit(psutil.RLIMIT_AS)[0] == 512 * 1024**2


def test_a_child_has_computing_time_for_one_mail_only() -> None:
    for _ in range(3):
        reader.read(PLAIN)
    process = child()
    soft, _hard = process.rlimit(psutil.RLIMIT_CPU)
    assert soft <= sum(process.cpu_times()[:2]) + 12


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("", "brak af"),
        ("import os; os.abort()", "brak af"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "te lang"),
        ("while True: pass", "te lang"),
        ("print('x' * 100, flush=True); WAIT", "onbegrijpelijks"),
        ("import os; os.write(1, b'kcc-mail-1' + b'M' + b'\\xff' * 8); WAIT", "onbegrijpelijks"),
        (
            "import os; os.write(1, b'kcc-mail-1' + b'M' + b'\\0\\0\\0\\2' + b'\\0' * 4 + b'{}'); WAIT",
            "onbegrijpelijks",
        ),
        ("import os; os.write(1, b'kcc-mail-1' + b'M' + b'\\0\\0\\0\\2' + b'\\0' * 4)", "brak af"),
        ("import os; os.write(1, b'kcc-mail-1' + b'X' + b'\\0' * 8); WAIT", "onbegrijpelijks"),
        ("import time; time.sleep(60)", "te lang"),
    ],
)
def test_a_child_that_misbehaves_makes_a_mail_unreadable(
    monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    misbehaving(monkeypatch, program.replace("WAIT", "import sys; sys.stdin.buffer.read()"))
    if reason == "te lang":  # who says something gets the time to say it
        monkeypatch.setattr(reader, "SECONDS", 0.5)
        monkeypatch.setattr(reader, "START", 0.5)
    with pytest.raises(Unreadable, match=reason):
        reader.read(PLAIN * 200)
    assert not reader._idle
    monkeypatch.undo()
    assert reader.read(PLAIN).from_name == "Anna Jansen"


def test_a_child_is_replaced_after_many_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAILS", 3)
    pids = set()
    for _ in range(4):
        reader.read(PLAIN)
        pids |= {waiting.process.pid for waiting in reader._idle}
    assert len(pids) == 2


def test_threads_read_at_the_same_time() -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.extend(reader.read(PLAIN).from_name for _ in range(10))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Anna Jansen"] * 40
    assert len(reader._idle) <= reader.IDLE


def test_a_process_that_forks_leaves_its_children_alone() -> None:
    reader.read(PLAIN)
    pid = os.fork()
    if not pid:
        try:
            os._exit(0 if not reader._idle and reader.read(PLAIN).from_name == "Anna Jansen" else 1)
        finally:
            os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0
    before = child().pid
    assert reader.read(PLAIN).from_name == "Anna Jansen"
    assert child().pid == before


def test_a_child_ends_with_its_parent() -> None:
    program = (
        "import sys; from contacts.channels.reading import reader\n"
        f"reader.read(open({str(CORPUS / 'plain.eml')!r}, 'rb').read())\n"
        "print(reader._idle[-1].process.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not lives(pid))


def lives(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_a_child_knows_no_secret_and_loads_no_application() -> None:
    os.environ["SECRET_OF_THE_HOUSE"] = "x"
    try:
        reader.read(PLAIN)
    finally:
        del os.environ["SECRET_OF_THE_HOUSE"]
    assert set(child().environ()) <= reader.VARIABLES | {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    program = (
        "import sys, contacts.channels.reading.child;print([m for m in sys.modules if m.startswith(('django', 'kcc'))])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"Anna Jansen"', b"7"),
        (b'"Anna Jansen"', b'"Anna\\u0000Jansen"'),
        (b'"Anna Jansen"', b'"Anna\\r\\nBcc: x"'),
        (b'"Anna Jansen"', b'"\\ud800"'),
        (b'"to": [["Gemeente Duinmeer", ', b'"to": [['),
        (b'"repaired": false', b'"repaired": 0'),
        (b'"repaired": false', b'"repaired": false, "pk": 1'),
        (b'"attachments": []', b'"attachments": [["../x", "text/plain", 0, "", false, ""]]'),
        (b'"attachments": []', b'"attachments": [["x", "text/plain", 9, "", false, ""]]'),
        (b'"date": 1', b'"date": 1e99'),
        (b"{", b"[" * 100_000),
    ],
)
def test_what_a_child_gives_is_looked_at(was: bytes, becomes: bytes) -> None:
    facts, _files = wire.packed(parse(PLAIN))
    assert was in facts
    with pytest.raises(wire.Damaged):
        wire.unpacked(facts.replace(was, becomes, 1), b"")
