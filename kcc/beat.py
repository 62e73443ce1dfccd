"""The clock of the system: one of however many are started ticks, the others wait for their turn."""

import logging
from typing import Any

from celery.beat import Scheduler as Schedule
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts import locks

log = logging.getLogger(__name__)

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
            if self.is_mine:
                self._be_there()
            else:
                self.is_mine = locks.keep("beat", by=self.connection)
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

    def _be_there(self) -> None:
        """Ask the database something over the connection that holds the lock. Raises Error when it is gone."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT 1")


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
