"""A worker or a clock that stands still though it lives: killed, so that the supervisor starts it again."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from kcc.local.database import Database
from kcc.local.supervisor import Supervisor
from kcc.local.trouble import Trouble

EVERY = 15.0  # seconds between two looks
SILENT = 45.0  # seconds without a heartbeat, which comes every ten
YOUNG = 60.0  # seconds in which a program may begin
WATCHED = ("fast", "beat")


@dataclass
class Watch:
    """Looks whether clock, Redis and worker work together; where Redis does not, starting them again helps nothing."""

    database: Database
    supervisor: Supervisor
    redis_answers: Callable[[], bool]
    checked: float = 0.0

    def look(self) -> None:
        """Look if it is time to; a database that does not answer is somebody else's trouble."""
        if time.monotonic() < self.checked + EVERY:
            return
        self.checked = time.monotonic()
        try:
            silent = self.database.silent_for("worker")
        except Trouble:
            return
        if silent is not None and silent > SILENT and self.redis_answers():
            for name in WATCHED:
                self.supervisor.restart(name, older_than=YOUNG, why=f"no heartbeat for {silent:.0f} s")
