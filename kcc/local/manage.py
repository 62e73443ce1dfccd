"""bin/manage: manage.py with everything it needs; PostgreSQL and Valkey run at least until it ends."""

import os
import subprocess
import sys

from kcc.local.database import Database
from kcc.local.environment import Choices, environment, manage_command
from kcc.local.place import ROOT, Place
from kcc.local.trouble import Trouble

# These make or look at code, or are what fills a new database; the others get one with tables.
WITHOUT_TABLES = {"makemigrations", "migrate", "check", "help", "version", "collectstatic", "makemessages"}
WITHOUT_TABLES |= {"compilemessages", "findstatic", "showmigrations", "sqlmigrate", "startapp", "diffsettings", "test"}

PATIENT = {"KCC_STATEMENT_TIMEOUT": "0"}  # to change a large table takes longer than any page may


def main(arguments: list[str]) -> int:
    """Become manage.py with these arguments; its input, output and exit code are untouched."""
    place = Place.own()
    env, held = environment(place, Choices.of(place))
    command = next((word for word in arguments if not word.startswith("-")), "help")
    if held is not None and command not in WITHOUT_TABLES and Database(env["DATABASE_URL"]).is_new():
        print("Making the tables of the new database ...", file=sys.stderr, flush=True)
        migrate(env)
    if held is not None:
        held.lock.keep_over_exec()
    if command == "migrate":
        env |= PATIENT
    program = manage_command(*arguments)
    sys.stdout.flush()
    os.execve(program[0], program, env)


def migrate(env: dict[str, str]) -> None:
    """Bring the tables up to date; what it says goes to stderr only when it fails."""
    done = subprocess.run(
        manage_command("migrate", "--no-input", "--verbosity", "0"),
        env=env | PATIENT,
        cwd=ROOT,  # Celery puts the current folder first among the places to import from
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if Place.own().full(done.stdout):
        raise Trouble("The disk is full: the database could not be brought up to date. Free some space, try again.")
    (log := Place.own().log / "migrate.log").write_text(done.stdout)
    last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
    raise Trouble(f"The database could not be brought up to date: {last} (all of it: {log})")
