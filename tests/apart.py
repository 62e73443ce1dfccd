"""What each of several test processes has for itself: a Valkey and a folder; pytest-django gives it a database."""

import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from kcc.local.keeper import free_ports
from kcc.local.place import Place
from kcc.local.valkey import Valkey

PATIENCE = 60.0  # seconds


def settle() -> Callable[[], None]:
    """Point the settings of this process to a Valkey and a folder of its own; give what ends them."""
    folder = tempfile.TemporaryDirectory(prefix="kcc-apart-", ignore_cleanup_errors=True)
    place = Place(Path(folder.name))
    valkey = Valkey(place, free_ports({}, ["valkey"])["valkey"], secrets.token_urlsafe(24), durable=False)
    valkey.create()
    program = valkey.program()
    process = subprocess.Popen(program.guarded(), env=dict(program.env), cwd=program.folder, stdout=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE
    while not valkey.ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("Valkey does not start.")
        time.sleep(0.02)
    os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CELERY_BROKER_URL = valkey.url

    def leave() -> None:
        process.kill()
        process.wait()
        folder.cleanup()

    return leave
