"""Where things are: the checkout, its virtual environment and the folder with its data."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcc.local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
SPACE_NEEDED = 500_000_000  # bytes: an empty PostgreSQL, its write-ahead log and the demo
SPACE_LEFT = 100_000_000


@dataclass(frozen=True)
class Place:
    """A folder that holds the data, locks and logs of one installation."""

    var: Path

    @classmethod
    def own(cls) -> "Place":
        """Give the folder of this checkout: KCC_VAR, or var/ beside manage.py."""
        return cls(Path(os.environ.get("KCC_VAR") or ROOT / "var").absolute())

    def folder(self, name: str) -> Path:
        """Give a folder in var/, made when needed and closed to other users."""
        path = self.var / name
        try:
            self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Trouble(
                f"Cannot make the folder {path}: {error.strerror}. Give your user write access to it."
            ) from error
        return path

    @property
    def run(self) -> Path:
        return self.folder("run")

    @property
    def log(self) -> Path:
        return self.folder("log")

    def note(self, name: str, value: dict[str, Any]) -> None:
        """Keep a small fact in var/run; readers see the old or the new one, never half of it."""
        path = self.run / f"{name}.json"
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(value))
        fresh.replace(path)

    def noted(self, name: str) -> dict[str, Any]:
        """Give the fact kept under this name, or an empty dict."""
        try:
            value = json.loads((self.run / f"{name}.json").read_text())
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def full(self, said: str) -> bool:
        """Say whether a program that failed, saying this, failed for want of space."""
        return "No space left on device" in said or shutil.disk_usage(self.var).free < SPACE_LEFT

    def require_space(self, needed: int) -> None:
        """Raise Trouble when the disk of var/ has less than this many bytes free."""
        self.folder("run")
        free = shutil.disk_usage(self.var).free
        if free < needed:
            raise Trouble(
                f"The disk of {self.var} is full: {free // 1_000_000} MB free, {needed // 1_000_000} MB needed. "
                "Free some space and start again."
            )
