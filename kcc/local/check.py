"""bin/test: everything that must hold, on a database and a Valkey of its own that are thrown away afterwards."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kcc.local.environment import LAPTOP, manage_command
from kcc.local.keeper import hold
from kcc.local.keys import keys
from kcc.local.lock import Lock
from kcc.local.place import ROOT, VENV, Place
from kcc.local.tools import browser, imap_server

PYTHON = str(VENV / "bin" / "python")
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
    with tempfile.TemporaryDirectory(prefix="kcc-test-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder))
        held = hold(place, durable=False)
        env = environment(place, held.postgres.url, held.valkey.url)
        try:
            results = check(env, arguments)
        finally:
            held.free()
            Lock(place.run / "keeper.lock").take(within=10)
    return summary(results, time.monotonic() - began)


def environment(place: Place, database: str, redis: str) -> dict[str, str]:
    """Give what tests run in: nothing of the person's own settings, but their PATH and caches."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KCC_", "SMTP_", "DJANGO_"))}
    env |= LAPTOP | {name: value for name, value in keys(place).items() if not name.endswith("PASSWORD")}
    env |= {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "KCC_STATIC_ROOT": str(place.folder("static")),
        "KCC_MAIL_DIR": str(place.folder("mail")),
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
        steps = [collectstatic(env)] if arguments else every_step(env)
        results = list(pool.map(run, steps))
        env |= tools.result()
    results.append(Result("browser and IMAP server", time.monotonic() - begun, 0, ""))
    tests = [PYTHON, "-m", "pytest", *arguments]
    return [*results, run(Step("pytest", tests, env), shown=True)]


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
        collectstatic(env),
    ]


def collectstatic(env: dict[str, str]) -> Step:
    return Step("static files", manage_command("collectstatic", "--no-input", "--verbosity", "0"), env)


def run(step: Step, *, shown: bool = False) -> Result:
    """Run one step; what it says is shown as it comes, or only when it fails."""
    began = time.monotonic()
    output = None if shown else subprocess.PIPE
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=step.env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        check=False,
    )
    result = Result(step.name, time.monotonic() - began, done.returncode, (done.stdout or b"").decode(errors="replace"))
    if result.code and not shown:
        print(f"\n── {result.name} ──\n{result.said.rstrip()}\n", flush=True)
    return result


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
