"""A Valkey that a test starts, freezes and kills."""

import subprocess
from pathlib import Path

from kcc.local.valkey import binary
from tests.outside.ports import answers, free_port, until


class Broker:
    """A Valkey of one test alone; calling it again starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.started: list[subprocess.Popen] = []

    def __call__(self) -> subprocess.Popen:
        command = [binary(), "--port", self.port, "--save", "", "--dir", self.folder, "--bind", "127.0.0.1"]
        self.started.append(subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL))
        until(lambda: answers(self.port))
        return self.started[-1]

    def end(self) -> None:
        """Kill what was started; what is frozen too."""
        for process in self.started:
            process.kill()
            process.wait()
