"""How fast one source may deliver: counted in the memory of each process, because this may depend on nothing else."""

import threading
import time

SOURCES = 10_000  # that are remembered


class Pace:
    """A bucket for each source that holds `burst` turns and fills up with `rate` a second."""

    def __init__(self, *, rate: float, burst: int) -> None:
        self.rate, self.burst = rate, burst
        self._left: dict[object, tuple[float, float]] = {}  # turns left, and when that was
        self._lock = threading.Lock()

    def allows(self, source: object) -> bool:
        """Take a turn for this source; say False when it has none left."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.get(source, (float(self.burst), now))
            left = min(left + (now - at) * self.rate, self.burst)
            if len(self._left) >= SOURCES:
                self._left.clear()
            self._left[source] = (max(left - 1, 0.0) if left >= 1 else left, now)
        return left >= 1

    def forget(self) -> None:
        with self._lock:
            self._left.clear()
