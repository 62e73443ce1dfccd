"""The clock of the system: one of however many are started ticks, the others wait for their turn."""

import logging
from typing import Any

from celery.beat import Scheduler as Schedule
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

LOCK = 0x6B63635F62656174  # "kcc_beat", among the advisory locks of this database
WAIT = 2.0  # seconds until a clock that is not the one looks again


class Turn:
    """The right to be the clock: an advisory lock, held by a connection of its own for as long as that lives."""

    def __init__(self) -> None:
        self.connection: BaseDatabaseWrapper = connections.create_connection(DEFAULT_DB_ALIAS)
        self.is_mine = False
        self.told = False

    def take(self) -> bool:
        """Say whether it is ours, now. Ends this process when it was ours and the connection that held it is gone."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT 1" if self.is_mine else f"SELECT pg_try_advisory_lock({LOCK})::int")
                self.is_mine = bool(cursor.fetchone()[0])
        except Error as error:
            if self.is_mine:
                log.error("The connection that held the lock is gone: %s", type(error).__name__)
                raise SystemExit(1) from error
            self.connection.close()
        if self.is_mine == self.told:
            return self.is_mine
        log.warning("This is the clock now")
        self.told = self.is_mine
        return self.is_mine


class Scheduler(Schedule):
    """Publishes the scans while it holds the lock; keeps nothing on disk, for every scan finds its own work."""

    turn: Turn | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Publish what is due, and give how many seconds to wait."""
        if self.turn is None:
            self.turn = Turn()
        if not self.turn.take():
            return WAIT
        return super().tick(*args, **kwargs)
