"""A broker that can be killed, and processes of the system on the database of the tests."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Team
from tests import make
from tests.conftest import OTHERS_AWAY
from tests.faults.processes import ROOT, Start
from tests.outside.broker import Broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    found = Broker(tmp_path)
    yield found
    found.end()


@pytest.fixture
def start(transactional_db: None, broker: Broker) -> Iterator[Start]:
    """Start a process of the system on the database of the tests."""
    make.office()
    Team.objects.create(name="Voorlijn", is_kcc=True)
    place, started = connection.settings_dict, []
    login = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    env = os.environ | {"DATABASE_URL": f"postgres://{login}/{place['NAME']}", "REDIS_URL": broker.url}

    def run(*command: str, **more: str) -> subprocess.Popen:
        arguments = [sys.executable, *command]
        started.append(subprocess.Popen(arguments, cwd=ROOT, env=env | more, start_new_session=True))
        return started[-1]

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_AWAY)
