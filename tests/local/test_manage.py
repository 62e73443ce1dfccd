"""bin/manage as a person uses it: on nothing, beside another one, in a pipe."""

import subprocess
from pathlib import Path

from kcc.local.keeper import free_ports
from tests.local.processes import command, environment, none_left


def manage(var: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command("manage"), *arguments],
        env=environment(var, **more),
        input="typed by a person",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_new_database_gets_its_tables_and_two_commands_share_it(tmp_path: Path) -> None:
    first = (
        "import os, sys, time; from django.contrib.auth.models import Group; Group.objects.create(name='x');"
        "print(Group.objects.filter(name='x').count(), sys.stdin.read(), flush=True)\n"
        f"while not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.05)\n"
        "sys.exit(7)"
    )
    second = "from django.contrib.auth.models import Group; print(Group.objects.filter(name='x').count())"
    shell = ["shell", "--verbosity", "0", "--command"]
    with none_left(tmp_path), (tmp_path / "typed").open("w+") as typed:
        typed.write("typed by a person")
        typed.seek(0)
        running = subprocess.Popen(
            [command("manage"), *shell, first],
            env=environment(tmp_path / "var"),
            stdin=typed,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert running.stdout is not None
        with running.stdout:
            # Nothing but what the command itself prints, though the tables were made first.
            assert running.stdout.readline() == "1 typed by a person\n"
            assert manage(tmp_path / "var", *shell, second).stdout == "1\n"
            (tmp_path / "go").touch()
            assert running.stdout.read() == ""
        assert running.wait(timeout=60) == 7


def test_full_or_closed_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    done = manage(tmp_path / "var", "check")
    assert done.returncode == 1
    assert done.stderr.startswith("kcc: Cannot make the folder")
    assert done.stderr.count("\n") == 1


def test_database_of_ones_own_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    ports = free_ports({}, ["web", "smtp"])
    done = subprocess.run(
        [command("up"), "--port", str(ports["web"]), "--smtp-port", str(ports["smtp"])],
        env=environment(
            tmp_path / "var", DATABASE_URL="postgresql://x@127.0.0.1:1/x", REDIS_URL="redis://127.0.0.1:1/0"
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("kcc: The database in DATABASE_URL does not answer")
    assert done.stderr.count("\n") == 1
