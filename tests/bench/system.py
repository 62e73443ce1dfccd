"""The programs of the system as bin/up runs them, and the memory they take."""

import os
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from kcc.local.programs import others, web
from tests.bench.browser import Browser
from tests.bench.ground import Ground

STOP_WITHIN = 10.0  # seconds


class System:
    """Web, events, workers, beat and the mail door, running as long as the block does."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "System":
        ground = self.ground
        log = (ground.place.log / "bench.log").open("ab")
        programs = [web(ground.choices, ground.env), *others(ground.choices, ground.env)]
        for program in programs:
            command = ["tests.bench.wsgi" if word == "kcc.wsgi" else word for word in program.command]
            self.processes[program.name] = subprocess.Popen(
                command, env=program.env, cwd=program.folder, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        until = time.monotonic() + STOP_WITHIN
        for process in self.processes.values():
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()

    def wait(self) -> None:
        """Wait until the pages answer. Raises RuntimeError when they do not."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if Browser(self.ground.choices.port).get("/health/live").status == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"The web server does not answer; see {self.ground.place.log / 'bench.log'}")

    def memory(self) -> dict[str, float]:
        """Give the megabytes of each program with its children; memory that is shared counts in equal parts (PSS)."""
        return self._summed(pss)

    def worked(self) -> dict[str, float]:
        """Give the milliseconds that each program with its children has computed."""
        return self._summed(computed)

    def _summed(self, figure: Callable[[int], float]) -> dict[str, float]:
        children = defaultdict(list)
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                text = path.read_text()
            except OSError:
                continue
            children[int(text.rpartition(")")[2].split()[1])].append(int(path.parent.name))
        return {
            name: sum(figure(pid) for pid in family(process.pid, children)) for name, process in self.processes.items()
        }


def family(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [pid, *(member for child in children.get(pid, []) for member in family(child, children))]


def pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def computed(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
