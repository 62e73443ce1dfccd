"""The clock behind the clock: does the scans itself when nobody else did, without beat, Redis or workers.

See docs/decisions/0008.
"""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import Error, close_old_connections, connection

from contacts.models import Heartbeat

log = logging.getLogger(__name__)

LOOK = 2.5  # seconds between two looks
OLD = timedelta(seconds=25)  # after which a scan counts as forgotten: two turns of ten seconds, and a moment
NEVER = timedelta.max
AGAIN = timedelta(seconds=5)  # between two turns of ours, as long as nobody else takes one


class Ticker:
    """Looks again and again whether each scan was done lately, and does those that were not, each in its thread.

    Whoever does a scan writes its heartbeat. As long as the last one is our own we go on, more often than at first:
    what a dead process holds comes free at any moment, and must not wait another 25 seconds.
    """

    def __init__(self) -> None:
        current_app.loader.import_default_modules()
        self.tasks = {name: current_app.tasks[task] for name, task in settings.TICKER.items()}
        self.stop = threading.Event()
        self.threads = ThreadPoolExecutor(len(self.tasks), thread_name_prefix="ticker")
        self.jobs: dict[str, Future[None]] = {}
        self.ours: dict[str, object] = {}  # the heartbeat of each scan as we left it

    @property
    def is_busy(self) -> bool:
        return any(not job.done() for job in self.jobs.values())

    def run(self) -> None:
        """Look until told to stop; a database that is away is waited for."""
        while not self.stop.is_set():
            try:
                close_old_connections()
                self.look()
            except Error as error:
                log.warning("The database is away: %s", type(error).__name__)
                connection.close()
            except Exception:  # whatever it was, the next look must come
                log.exception("A look failed")
            self.stop.wait(LOOK)
        self.threads.shutdown(wait=False, cancel_futures=True)
        connection.close()

    def look(self) -> None:
        """Begin every scan that is forgotten and not under way here."""
        known = Heartbeat.ages(self.tasks)
        with Heartbeat.beat("ticker"):
            for name in self.tasks:
                last_ok, age = known.get(name, (None, NEVER))
                limit = AGAIN if last_ok and self.ours.get(name) == last_ok else OLD
                if age > limit and not self._is_under_way(name):
                    self.jobs[name] = self.threads.submit(self._do, name)

    def _is_under_way(self, name: str) -> bool:
        job = self.jobs.get(name)
        return job is not None and not job.done()

    def _do(self, name: str) -> None:
        try:
            if name not in self.ours:
                log.warning("Nobody did %s for a while; doing it here", name)
            self.tasks[name]()
            self.ours[name] = Heartbeat.objects.values_list("last_ok", flat=True).get(name=name)
        except Exception:  # the next look begins it again
            log.exception("%s failed", name)
        finally:
            connection.close()  # a quiet ticker keeps one connection, not one for each scan
