"""The supervisor with real programs: logs, restarts, and nothing left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from kcc.local.place import ROOT
from kcc.local.supervisor import Program, Supervisor, outcome
from kcc.local.trouble import Trouble
from tests.local.processes import eventually, mentioning, words


def program(folder: Path, script: str, name: str = "one") -> Program:
    return Program(name, ["/bin/sh", "-c", script], {"PATH": os.defpath}, folder)


def after_a_turn(supervisor: Supervisor, true: Callable[[], object]) -> Callable[[], object]:
    """Give the question whether this is true, which lets the supervisor do its work each time it is asked."""

    def ask() -> object:
        supervisor.turn(0.1)
        return true()

    return ask


def test_lines_are_passed_on_whole(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []
    supervisor = Supervisor(lambda name, line: said.append((name, line)))
    supervisor.start(
        program(tmp_path, "printf 'he'; sleep 0.1; printf 'llo\\nwor'; sleep 0.1; printf 'ld\\n'; sleep 60")
    )
    assert eventually(after_a_turn(supervisor, lambda: len(said) == 2))
    supervisor.stop(within=2)
    assert said == [("one", "hello"), ("one", "world")]


def test_what_crashes_starts_again_after_a_longer_pause_each_time(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(lambda name, line: said.append(line))
    supervisor.start(program(tmp_path, "echo begin; exit 3"))
    assert eventually(after_a_turn(supervisor, lambda: said.count("begin") == 3))
    supervisor.stop(within=2)
    assert [line for line in said if "ended" in line][:2] == [
        "ended (exit code 3); starts again in 1 s",
        "ended (exit code 3); starts again in 2 s",
    ]


def test_waiting_for_what_never_starts_tells_what_it_said(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(lambda name, line: said.append(line))
    supervisor.start(program(tmp_path, "echo no such door; exit 1"))
    assert eventually(after_a_turn(supervisor, lambda: said))
    with pytest.raises(Trouble, match=r"one does not start: .*no such door"):
        supervisor.wait_for(lambda: False, within=0.1, name="one")
    supervisor.stop(within=2)


def test_stop_kills_what_does_not_listen_and_its_children(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda name, line: None)
    supervisor.start(program(tmp_path, "trap '' TERM; sleep 600 & while :; do sleep 1; done"))
    assert eventually(lambda: len(mentioning(str(tmp_path))) >= 2)
    supervisor.stop(within=1)  # of itself it would stay for ever
    assert eventually(lambda: not mentioning(str(tmp_path)))


@pytest.mark.parametrize("also_lifeline", [False, True])
def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path, also_lifeline: bool) -> None:
    script = (
        "from kcc.local.supervisor import *; import sys\n"
        "s = Supervisor(print)\n"
        "s.start(Program('one', ['/bin/sh', '-c', 'exec sleep 600'], {}, Path(sys.argv[1])))\n"
        "s.run()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT)
    assert eventually(lambda: any(words(one).startswith("sleep 600") for one in mentioning(str(tmp_path))))
    assert eventually(lambda: lifelines(process))
    if also_lifeline:  # then the kernel alone must do it
        lifelines(process)[0].send_signal(signal.SIGKILL)
    process.kill()
    process.wait()
    assert eventually(lambda: not mentioning(str(tmp_path)))


def lifelines(supervisor: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [one for one in psutil.Process(supervisor.pid).children() if "lifeline.py" in words(one)]


def test_outcome_in_words() -> None:
    assert outcome(3) == "exit code 3"
    assert outcome(-9) == "killed by SIGKILL"


def test_what_stands_still_is_ended_and_starts_again_but_not_when_it_only_just_began(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(lambda name, line: said.append(line))
    supervisor.start(program(tmp_path, "echo begin; exec sleep 600"))
    assert eventually(after_a_turn(supervisor, lambda: "begin" in said))
    supervisor.restart("one", older_than=60, why="no heartbeat for 50 s")
    supervisor.restart("other", older_than=0, why="no heartbeat for 50 s")
    assert said == ["begin"]
    supervisor.restart("one", older_than=0, why="no heartbeat for 50 s")
    assert eventually(after_a_turn(supervisor, lambda: said.count("begin") == 2))
    supervisor.stop(within=2)
    assert said[1] == "no heartbeat for 50 s; it is ended"
