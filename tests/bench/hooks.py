"""How long a system that delivers at /hooks/ waits for its answer, at so many deliveries a second.

Deliveries leave at fixed moments, whether or not the ones before were answered, and each is timed from its own moment:
a server that stalls is not flattered. Afterwards every delivery that was answered must be there, and be processed.
"""

import http.client
import json
import queue
import threading
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from uuid import uuid4

from tests.bench.ground import Ground
from tests.bench.system import System
from tests.outside.deliveries import SIGNING, standard

UUID = "6d0f4d3c-5d0a-4d55-9d0e-2f1f8a6f0a11"
SENDERS = 32  # connections at the same time
CODE = f"""
from contacts.models import Connection
found, _made = Connection.objects.get_or_create(uuid="{UUID}", defaults={{"kind": "webhook", "name": "bench"}})
found.set_secrets(signing=["{SIGNING}"])
found.save()
"""
STORED = "SELECT count(*) FROM contacts_inbound WHERE key LIKE %s"
PROCESSED = STORED + " AND done_at IS NOT NULL"


@dataclass
class Load:
    """Senders that take their turn at fixed moments, and what they were answered."""

    port: int
    rate: float
    seconds: float
    run: str = field(default_factory=lambda: uuid4().hex)
    waits: list[float] = field(default_factory=list)  # ms
    statuses: dict[int, int] = field(default_factory=dict)

    def go(self) -> None:
        turns: queue.Queue[tuple[float, int] | None] = queue.Queue()
        threads = [threading.Thread(target=self._send, args=[turns]) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        begun = time.perf_counter() + 0.1
        for number in range(int(self.rate * self.seconds)):
            moment = begun + number / self.rate
            time.sleep(max(moment - time.perf_counter(), 0))
            turns.put((moment, number))
        for _ in threads:
            turns.put(None)
        for thread in threads:
            thread.join()

    def _send(self, turns: "queue.Queue[tuple[float, int] | None]") -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while turn := turns.get():
            moment, number = turn
            try:
                status = self._deliver(line, number)
            except (OSError, http.client.HTTPException):
                line.close()
                status = 0
            self.waits.append((time.perf_counter() - moment) * 1000)
            self.statuses[status] = self.statuses.get(status, 0) + 1
        line.close()

    def _deliver(self, line: http.client.HTTPConnection, number: int) -> int:
        sender = {"id": f"{self.run}-{number % 500}", "name": "Anna Jansen"}
        data = {"id": f"{self.run}-{number}", "channel": "chat", "text": "Wanneer wordt het vuil opgehaald? " * 20}
        found = {"type": "message.created", "data": data | {"sender": sender}}
        raw, headers = standard(json.dumps(found).encode(), id=f"{self.run}-{number}")
        line.request("POST", f"/hooks/{UUID}/", raw, headers | {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        return answer.status


def measure(ground: Ground, *, rate: float, seconds: float) -> None:
    """Print what the senders waited, and that what was answered is there."""
    ground.manage("shell", "--verbosity", "0", "--command", CODE)
    with System(ground):
        Load(ground.choices.port, rate, 3).go()  # warm
        load = Load(ground.choices.port, rate, seconds)
        load.go()
        waits = sorted(load.waits)
        cuts = quantiles(waits, n=100)
        print(f"{len(waits)} deliveries at {rate:g}/s over {seconds:g} s, statuses {load.statuses}")
        print(f"waited: median {median(waits):.1f} ms, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f}, longest {waits[-1]:.1f}")
        _after(ground, load)


def _after(ground: Ground, load: Load) -> None:
    accepted, begun = load.statuses.get(202, 0), time.monotonic()
    with ground.connect() as found, found.cursor() as cursor:

        def ask(query: str) -> int:
            cursor.execute(query, [f"webhook:%:{load.run}-%"])
            row = cursor.fetchone()
            return int(row[0]) if row else 0

        print(f"answered 202: {accepted}, stored: {ask(STORED)}")
        while (done := ask(PROCESSED)) < accepted and time.monotonic() - begun < 600:
            time.sleep(1)
        print(f"processed {done} by {time.monotonic() - begun:.0f} s after the last")
