"""bin/manage as a person uses it: on nothing, beside another one, in a pipe."""

import subprocess
from pathlib import Path

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


def test_new_database_gets_its_tables_and_output_is_the_commands_alone(tmp_path: Path) -> None:
    script = "import sys; from accounts.models import User; print(User.objects.count(), sys.stdin.read()); sys.exit(7)"
    with none_left(tmp_path):
        done = manage(tmp_path / "var", "shell", "--verbosity", "0", "--command", script)
    assert (done.returncode, done.stdout) == (7, "0 typed by a person\n"), done.stderr


def test_two_at_a_time_share_one_database(tmp_path: Path) -> None:
    slow = "import time; from django.contrib.auth.models import Group; Group.objects.create(name='x'); time.sleep(4)"
    count = "from django.contrib.auth.models import Group; print(Group.objects.filter(name='x').count())"
    with none_left(tmp_path):
        assert manage(tmp_path / "var", "migrate", "--verbosity", "0").returncode == 0
        env = environment(tmp_path / "var")
        first = subprocess.Popen([command("manage"), "shell", "--verbosity", "0", "--command", slow], env=env)
        done = manage(
            tmp_path / "var", "shell", "--verbosity", "0", "--command", f"import time; time.sleep(1.5); {count}"
        )
        assert first.wait() == 0
    assert done.stdout == "1\n", done.stderr


def test_full_or_closed_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    done = manage(tmp_path / "var", "check")
    assert done.returncode == 1
    assert done.stderr.startswith("kcc: Cannot make the folder")
    assert done.stderr.count("\n") == 1


def test_database_of_ones_own_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [command("up"), "--port", "28431", "--smtp-port", "28441"],
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
