"""Whether this installation lives and can serve, for whoever watches it: a proxy, a supervisor, a monitoring service.

Words only: no names, no addresses, no secrets.
"""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.memory import remembered
from callbacks.models import Digest, Reminder
from contacts.models import Connection, Heartbeat, Inbound, Mailbox
from contacts.models.lease import clock
from knowledge.models import Notice

PATIENCE = 1.0  # seconds to wait for the database
LATE = timedelta(seconds=45)  # a scan begins every ten seconds; after this, reminders are at risk
SCANS = dict.fromkeys(
    ("remind", "cover", "digest", "notices", "publish", "send", "ingest", "fetch", "worker", "ticker"), LATE
) | {
    "tally": timedelta(minutes=5),  # once a minute; long after it stopped, the board has much to count by itself
}
WAITS = timedelta(seconds=60)  # what a reminder may be late after whatever happened
DISK_FREE = 0.1
RECENT, COUNTED = timedelta(days=1), 100
WAITED_LONG = timedelta(minutes=5)  # of what came in and nobody took in yet
UNSOUND = ("set_aside", "mailboxes_failing", "connections_failing", "waiting_long")  # what nobody sees by itself
_migrated = False


class HealthMiddleware:
    """Answers before anything asks for a session or a user: these must answer when the database does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return ANSWERS.get(request.path, self.get_response)(request)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer that this process can answer; depends on nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if pages can be served, 503 if not; what is broken besides makes it degraded, in words."""
    found: dict[str, object] = {"database": "ok", "migrations": "ok", "heartbeat": {}}
    found |= {"disk": _disk(), "redis": _redis()}
    found |= _patiently(_database) or {"database": "down", "migrations": "unknown"}
    serves = (found["database"], found["migrations"], found["disk"]) == ("ok", "ok", "ok")
    beats, mail = found["heartbeat"], found.get("mail")
    sound = serves and found["redis"] == "ok" and isinstance(beats, dict) and set(beats.values()) == {"ok"}
    sound = sound and not found.keys() & {"oldest_reminder", "digests_failed", "notices_failed"}
    sound = sound and not (isinstance(mail, dict) and any(mail[name] for name in UNSOUND))
    status = "ok" if sound else "degraded" if serves else "down"
    return JsonResponse({"status": status, **found}, status=200 if serves else 503)


ANSWERS = {"/health/live": live, "/health/ready": ready}


@cache
def _thread() -> ThreadPoolExecutor:
    """Give the one thread that asks the database, so that a frozen one holds up nobody else."""
    return ThreadPoolExecutor(1, thread_name_prefix="health")


def _patiently(question: Callable[[], dict[str, object]]) -> dict[str, object] | None:
    """Give the answer of the database, or None when there is none within a second."""
    answer = _thread().submit(question)
    try:
        return answer.result(timeout=PATIENCE)
    except (Error, TimeoutError):
        answer.cancel()
        return None


def _database() -> dict[str, object]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [int(PATIENCE * 1000)])
            cursor.execute("SELECT 1")
            migrations = "ok" if _is_migrated() else "pending"
            found: dict[str, object] = {"database": "ok", "migrations": migrations}
            return found | ({"heartbeat": _heartbeats()} | _reminders() | _mail() if _migrated else {"heartbeat": {}})
    finally:
        connections.close_all()


def _is_migrated() -> bool:
    """Say whether every migration was applied; once true it stays true for this process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _heartbeats() -> dict[str, str]:
    known = Heartbeat.ages(SCANS)
    return {name: "ok" if name in known and known[name][1] <= late else "late" for name, late in SCANS.items()}


def _reminders() -> dict[str, object]:
    """Give how many seconds the oldest reminder waits, when that is longer than any may, and how much was set aside.

    Nothing when all were told.
    """
    now = clock()
    since = Reminder.objects.oldest_untold(now=now)
    found: dict[str, object] = {}
    if since and now - since > WAITS:
        found["oldest_reminder"] = int((now - since).total_seconds())
    if failed := Digest.objects.untold(now=now).count():
        found["digests_failed"] = failed
    if failed := len(Notice.objects.set_aside().values_list("pk", flat=True)[:COUNTED]):
        found["notices_failed"] = failed
    return found


@remembered
def reminders_behind() -> datetime | None:
    """Give since when reminders are not looked after, None while they are; at most 5 seconds old."""
    last_ok, age = Heartbeat.ages(["remind"]).get("remind", (None, timedelta()))
    if last_ok is not None and age > LATE:
        return last_ok
    now = clock()
    since = Reminder.objects.oldest_untold(now=now)
    return since if since and now - since > WAITS else None


def _mail() -> dict[str, object]:
    """Give what came in by mail and needs a person, counted to a hundred; nothing when there is nothing of it.

    Unreadable mail is in the queue, and reports of what is not ours happen: only what nobody sees makes it degraded.
    """
    since = timezone.now() - RECENT
    asked = {
        "set_aside": Inbound.objects.parked(),
        "mailboxes_failing": Mailbox.objects.failing(),
        "connections_failing": Connection.objects.failing(),
        "waiting_long": Inbound.objects.waiting(since=timezone.now() - WAITED_LONG),
        "unreadable_today": Inbound.objects.unreadable(since=since),
        "unmatched_reports_today": Inbound.objects.unmatched(since=since),
    }
    found = {name: len(rows.values_list("pk", flat=True)[:COUNTED]) for name, rows in asked.items()}
    return {"mail": found} if any(found.values()) else {}


def _disk() -> str:
    """Say whether the disk that holds the data of this installation has room; full is worse than slow."""
    usage = shutil.disk_usage(settings.VAR if settings.VAR.exists() else settings.BASE_DIR)
    return "ok" if usage.free >= usage.total * DISK_FREE else "full"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)


def _redis() -> str:
    try:
        return "ok" if _client().ping() else "down"
    except redis.RedisError:
        return "down"
