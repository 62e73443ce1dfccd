"""What a person at the terminal sees: each line behind the name of the program that said it."""

import os
import sys
from pathlib import Path

COLOURS = {"web": 36, "events": 35, "fast": 32, "slow": 33, "beat": 34, "smtp": 95, "postgres": 94, "valkey": 91}


class Console:
    """Prints lines for people; goes quiet when nobody reads them any more."""

    def __init__(self) -> None:
        self.coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.width = max(map(len, COLOURS))

    def line(self, name: str, text: str) -> None:
        """Print what a program said behind its name."""
        prefix = f"{name:<{self.width}} |"
        if self.coloured:
            prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
        self.say(f"{prefix} {text}")

    def say(self, text: str) -> None:
        try:
            print(text, flush=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Tail:
    """What is added to a file from now on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = path.stat().st_size if path.exists() else 0

    def lines(self) -> list[str]:
        """Give the whole lines that were added since the last call."""
        if not self.path.exists():
            return []
        size = self.path.stat().st_size
        if size < self.position:  # a new file under the old name
            self.position = 0
        if size == self.position:
            return []
        with self.path.open("rb") as file:
            file.seek(self.position)
            whole, end, _ = file.read().rpartition(b"\n")
        self.position += len(whole) + len(end)
        return whole.decode(errors="replace").splitlines()
