"""The programs of the system, as bin/up runs them; docker-compose.yml and docs/operations.md name the same ones."""

import sys

from kcc.local.environment import Choices, manage_command
from kcc.local.place import ROOT
from kcc.local.supervisor import Program


def web(choices: Choices, env: dict[str, str]) -> Program:
    """Give the web server, which starts first and alone: people wait for the page."""
    command = ["gunicorn", "--config", "kcc/gunicorn.py", "kcc.wsgi"]
    return program("web", command, env | {"KCC_BIND": f"127.0.0.1:{choices.port}"})


def others(choices: Choices, env: dict[str, str]) -> list[Program]:
    """Give the rest: what pushes hints to pages, two workers, the clock, and the doors for e-mail."""
    push = ["uvicorn", "kcc.events:application", "--host", "127.0.0.1", "--port", str(choices.port + 1)]
    push += ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "1"]
    beat = ["celery", "--quiet", "--app", "kcc", "beat", "--pidfile=", "--loglevel", "WARNING"]
    # On a laptop the ticker is a thread of the doors: it needs neither Celery nor Redis, and a process costs memory.
    doors = ["receive_smtp", "--imap", "--ticker", "--port", str(choices.smtp_port)]
    # On a laptop or in a container the workers may be root; Celery warns of that at each start.
    work = env | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    return [
        program("events", push, env),
        program("fast", worker("fast", "tick,send"), work),
        program("slow", worker("slow", "ingest,report"), work),
        program("beat", beat, env),
        Program("smtp", manage_command(*doors), env, ROOT),
    ]


def worker(name: str, queues: str) -> list[str]:
    """Give a worker of its own for these queues, so that a slow report never delays a reminder."""
    command = ["celery", "--quiet", "--app", "kcc", "worker", "--queues", queues, "--concurrency", "1"]
    return [*command, "--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]


def program(name: str, module: list[str], env: dict[str, str]) -> Program:
    return Program(name, [sys.executable, "-m", *module], env, ROOT)
