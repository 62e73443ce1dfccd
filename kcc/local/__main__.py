"""Run one of the commands of bin/: `python -I kcc/local up|manage|check|keeper [ARGUMENT ...]`.

The package kcc imports Celery, which is not there before the packages are installed and costs time after; so these
commands get an empty kcc to live in.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"up": "requirements.lock", "manage": "requirements.lock", "check": "requirements-test.lock"}


def main() -> int:
    sys.path[0] = str(ROOT)
    house = ModuleType("kcc")
    house.__path__ = [str(ROOT / "kcc")]
    sys.modules["kcc"] = house
    sys.argv.pop(0)  # what is left reads as if the command itself had been called
    result: int = importlib.import_module("kcc.local.trouble").plainly(begin)
    return result


def begin(arguments: list[str]) -> int:
    command = sys.argv[0]
    if lock := PACKAGES.get(command):
        importlib.import_module("kcc.local.install").ensure(lock)
    result: int = importlib.import_module(f"kcc.local.{command}").main(arguments)
    return result


if __name__ == "__main__":
    sys.exit(main())
