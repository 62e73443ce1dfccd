"""bin/test: everything that must hold, on a database and a Valkey of its own that are thrown away afterwards."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from kcc.local.environment import LAPTOP, manage_command
from kcc.local.keeper import hold
from kcc.local.keys import keys
from kcc.local.lock import Lock
from kcc.local.place import ROOT, VENV, Place
from kcc.local.postgres import DATABASE
from kcc.local.supervisor import Program, kill_group
from kcc.local.tools import browser, imap_server

PYTHON = str(VENV / "bin" / "python")
# Tests wait for real processes much of the time: one process more than there are processors, and few enough that the
# connections of PostgreSQL and the memory of a laptop do.
AT_ONCE = min((os.cpu_count() or 1) + 1, 6)
IN_PARALLEL = ["--numprocesses", str(AT_ONCE), "--dist", "load", "--maxschedchunk", "1"]
GOODBYE = 30.0  # seconds in which interrupted tests stop what they started
PRODUCTION = {"KCC_HTTPS": "1", "KCC_DEBUG": "0", "KCC_DEMO": "0", "KCC_HOSTS": "kcc.example.org"}


@dataclass(frozen=True)
class Step:
    """One thing that must hold: its name, and the command that ends with 0 when it does."""

    name: str
    command: list[str]
    env: dict[str, str]


@dataclass(frozen=True)
class Result:
    name: str
    seconds: float
    code: int
    said: str


def main(arguments: list[str]) -> int:
    """Check everything; with arguments, run only pytest with those."""
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    with tempfile.TemporaryDirectory(prefix="kcc-test-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder))
        held = hold(place, durable=False)
        env = environment(place, held.postgres.url, held.valkey.url)
        try:
            results = check(env, arguments)
        finally:
            end_what_is_left(env)
            held.free()
            Lock(place.run / "keeper.lock").take(within=10)
    return summary(results, time.monotonic() - began)


def interrupted(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does: by the way out, and with nothing left behind."""
    raise KeyboardInterrupt


def environment(place: Place, database: str, redis: str) -> dict[str, str]:
    """Give what tests run in: nothing of the person's own settings, but their PATH and caches."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KCC_", "SMTP_", "DJANGO_"))}
    env |= LAPTOP | {name: value for name, value in keys(place).items() if not name.endswith("PASSWORD")}
    env |= {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "KCC_TEST_TEMPLATE": DATABASE,
        "KCC_STATIC_ROOT": str(place.folder("static")),
        "KCC_MAIL_DIR": str(place.folder("mail")),
        "TMPDIR": str(place.folder("tmp")),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join([str(VENV / "bin"), env.get("PATH", os.defpath), "/usr/sbin"]),
    }
    env.setdefault("HOME", str(place.folder("home")))
    return env


def check(env: dict[str, str], arguments: list[str]) -> list[Result]:
    """Run all steps beside each other, as many as there are processors, and then the tests alone."""
    begun = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        tools = pool.submit(lambda: browser(env) | imap_server(env))
        steps = ground(env) if arguments else [*ground(env), *every_step(env)]
        try:
            results = list(pool.map(run, steps))
            env |= tools.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            end_what_is_left(env)
            raise
    results.append(Result("browser and IMAP server", time.monotonic() - begun, 0, ""))
    return [*results, run_tests(arguments or IN_PARALLEL, env)]


def every_step(env: dict[str, str]) -> list[Step]:
    def python(name: str, *command: str) -> Step:
        return Step(name, [PYTHON, *command], env)

    deploy = manage_command("check", "--deploy", "--fail-level", "WARNING")
    return [
        python("mypy", "-m", "mypy"),
        python("ruff format", "-m", "ruff", "format", "--check", "."),
        python("ruff check", "-m", "ruff", "check", "."),
        Step("import-linter", [str(VENV / "bin" / "lint-imports"), "--no-cache"], env),
        Step("migrations complete", manage_command("makemigrations", "--check", "--dry-run"), env),
        Step("safe to deploy", deploy, env | PRODUCTION),
        python("vendored assets", "tools/vendor_assets.py", "check"),
        python("translations", "tools/catalogue.py", "check"),
    ]


def ground(env: dict[str, str]) -> list[Step]:
    """Give what tests stand on: tables, of which each process gets a copy, and static files."""
    return [
        Step("migrations", manage_command("migrate", "--no-input", "--verbosity", "0"), env),
        Step("static files", manage_command("collectstatic", "--no-input", "--verbosity", "0"), env),
    ]


def run(step: Step) -> Result:
    """Run one step; what it says is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=step.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    result = Result(step.name, time.monotonic() - began, done.returncode, done.stdout.decode(errors="replace"))
    if result.code:
        print(f"\n── {result.name} ──\n{result.said.rstrip()}\n", flush=True)
    return result


def run_tests(arguments: list[str], env: dict[str, str]) -> Result:
    """Run pytest, and show what it says as it comes; on Ctrl-C it gets the time to end what it started."""
    began = time.monotonic()
    command = Program("pytest", [PYTHON, "-m", "pytest", *arguments], env, ROOT, signal.SIGINT).guarded()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
            process.wait(GOODBYE)
        raise
    finally:
        kill_group(process.pid)
    return Result("pytest", time.monotonic() - began, code, "")


def end_what_is_left(env: dict[str, str]) -> None:
    """Kill what still runs in the environment of the tests: a test that was itself killed could not end it."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("TMPDIR") == env["TMPDIR"]:
                process.kill()


def summary(results: list[Result], seconds: float) -> int:
    """Print what held and how long it took; give the exit code."""
    failed = [result.name for result in results if result.code]
    width = shutil.get_terminal_size((80, 24)).columns
    print("─" * min(width, 60))
    for result in results:
        print(f"{'FAILED' if result.code else 'ok':<7}{result.seconds:7.1f} s  {result.name}")
    print(f"{'':7}{seconds:7.1f} s  in all")
    if failed:
        print(f"kcc: does not hold: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0
