"""Limits that hold for pages, and not for what changes the tables."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from kcc.local import manage

SHOW = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""


def shown(**more: str) -> str:
    env = {name: value for name, value in os.environ.items() if name != "KCC_STATEMENT_TIMEOUT"}
    env |= {"DATABASE_URL": url(), "DJANGO_SETTINGS_MODULE": "kcc.settings"} | more
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def url() -> str:
    database = connection.settings_dict
    return (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )


def test_a_question_to_the_database_ends_after_a_while_unless_told_otherwise(db: None) -> None:
    assert shown() == "15s"
    assert shown(KCC_STATEMENT_TIMEOUT="0") == "0"


def test_migrations_take_the_time_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        given.update(options["env"])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(manage.subprocess, "run", run)
    manage.migrate({"DATABASE_URL": "postgres://"})
    assert given == {"DATABASE_URL": "postgres://", "KCC_STATEMENT_TIMEOUT": "0"}


def test_counts_of_attempts_are_not_thrown_away_early() -> None:
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] == 100_000
