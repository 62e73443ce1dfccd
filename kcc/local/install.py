"""The virtual environment .venv, with exactly the packages of a lock file; nothing happens when they are there."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from kcc.local.lock import Lock
from kcc.local.place import ROOT, VENV, Place
from kcc.local.trouble import Trouble

RUNTIME, EVERYTHING = "requirements.lock", "requirements-test.lock"
SPACE = {RUNTIME: 400_000_000, EVERYTHING: 1_000_000_000}
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "kcc-locks.json"
REASONS = (  # what pip and uv say, and what to do about it
    (r"No space left on device", "The disk is full. Free 1 GB and run this again."),
    (
        r"DO NOT MATCH THE HASHES|hash mismatch",
        "A downloaded package is not the one in {lock}: it was changed on the way.",
    ),
    (
        r"Temporary failure in name resolution|Network is unreachable|NewConnectionError|Connection refused|"
        r"ConnectTimeout|Read timed out|ProxyError|dns error|Could not connect|error sending request|"
        r"Failed to establish a new connection|Failed to fetch|from versions: none",
        "The packages could not be downloaded. Connect to the internet (or set PIP_INDEX_URL) and try again.",
    ),
    (
        r"No matching distribution|No solution found|no wheels",
        "No package index offers what {lock} asks for this machine.",
    ),
)


def ensure(lock: str) -> None:
    """Make .venv hold the packages of this lock file, and go on in its Python when we are not in it yet."""
    if not satisfied(lock):
        lock_file = Lock(Place.own().run / "install.lock")
        lock_file.take()
        try:
            if not satisfied(lock):
                install(lock)
        finally:
            lock_file.free()
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), "-I", str(Path(__file__).parent), *sys.argv])


def satisfied(lock: str) -> bool:
    try:
        known = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return usable() and known.get(lock) == fingerprint(lock)


def usable() -> bool:
    """Say whether .venv has a Python that starts; a copied checkout may point at one that is not there."""
    return os.access(PYTHON, os.X_OK)


def fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def install(lock: str) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < SPACE[lock]:
        raise Trouble(f"The disk of {ROOT} has {free // 1_000_000} MB free; {SPACE[lock] // 1_000_000} MB are needed.")
    uv = shutil.which("uv")
    print(f"Installing the packages of {lock} into .venv; this happens once ...", file=sys.stderr, flush=True)
    make_venv(uv)
    file = str(ROOT / lock)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    attempts = [[*pip, "--require-hashes", "--requirement", file]]
    if uv:
        by_uv = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
        attempts.insert(0, [*by_uv, "--require-hashes", "--requirement", file])
    said = ""
    for command in attempts:
        code, said = run(command)
        if code == 0:
            break
    else:
        raise Trouble(explain(said, lock))
    record(lock)


def make_venv(uv: str | None) -> None:
    if usable():
        return
    made = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if uv:
        made = [uv, "venv", "--quiet", "--seed", "--clear", "--python", sys.executable, str(VENV)]
    code, said = run(made)
    if code == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in said:
        raise Trouble(
            "This Python cannot make virtual environments. Run 'sudo apt install python3-venv' and try again."
        )
    raise Trouble(explain(said, "the virtual environment"))


def run(command: list[str]) -> tuple[int, str]:
    """Give the exit code of a command and all it said; the same goes to var/log/install.log."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    with (Place.own().log / "install.log").open("a") as log:
        log.write(f"$ {' '.join(command)}\n{said}\n")
    return done.returncode, said


def explain(said: str, lock: str) -> str:
    for pattern, advice in REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            return advice.format(lock=lock)
    return f"Installing {lock} failed; var/log/install.log says why."


def record(lock: str) -> None:
    """Note which lock files .venv satisfies: all whose packages are among the ones just installed."""
    here = pins(lock)
    locks = [name for name in (RUNTIME, EVERYTHING) if name == lock or pins(name) <= here]
    STAMP.write_text(json.dumps({name: fingerprint(name) for name in locks}))


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[\w.\-\[\]]+==[^\s;\\]+", (ROOT / lock).read_text(), re.MULTILINE))
