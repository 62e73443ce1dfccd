"""Whatever dies: each who must hear about an article hears it once, in the bell and by mail."""

import os
import re
import signal
import subprocess
from collections import Counter
from datetime import timedelta

from django.utils import timezone

from accounts.models import Notification, Role, User
from contacts.models import Heartbeat, Outgoing
from kcc.local import programs
from knowledge.models import Editorial, Feedback, Notice
from tests import make
from tests.faults.processes import Start
from tests.outside.broker import Broker
from tests.outside.ports import until

SAID = 150
OVERDUE = "overdue"  # articles of one person that are told on one day are one line


def worker(start: Start) -> subprocess.Popen:
    return start("-m", *programs.worker("test", "tick,send"))


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def told() -> int:
    return heard().total()


def write_down() -> Counter[tuple[str, str]]:
    """Make an office in which much must be told about articles; give what, and to whom."""
    Editorial().keep()
    people = [make.user(name, Role.SPECIALIST) for name in ("rachid", "mina", "piet")]
    ledger: Counter[tuple[str, str]] = Counter()
    for n in range(SAID):
        owner: User = people[n % 3]
        article = make.article(f"Artikel {n}", owner=owner)
        said = Feedback.give(article, helpful=False, text="Klopt niet", by=None)
        ledger[owner.username, said.get_absolute_url()] += 1
        if n % 3 == 0:  # found by the scan alone
            Notice.objects.filter(article=article).delete()
        if n % 5 == 0:
            make.article(f"Te laat {n}", owner=owner, review_on=timezone.localdate() - timedelta(days=9))
            ledger[owner.username, OVERDUE] += 1
    return ledger


def heard() -> Counter[tuple[str, str]]:
    """Give what was told, and to whom: of several articles in one line how many they were."""
    found: Counter[tuple[str, str]] = Counter()
    for who, url, text in Notification.objects.values_list("recipient__username", "url", "text"):
        several = re.search(r"(\d+) artikelen", text)
        found[who, OVERDUE if "controle" in text else url] += int(several[1]) if several else 1
    return found


def lines_about_checks() -> int:
    return Notification.objects.filter(key__startswith="care:review:").count()


def test_a_worker_is_killed_while_it_tells(start: Start, broker: Broker) -> None:
    broker()
    ledger = write_down()
    process = worker(start)
    start("-m", "celery", "--quiet", "--app", "kcc", "beat", "--pidfile=", "--loglevel", "WARNING")
    for enough in (15, 60, 110):
        until(lambda: told() >= enough)  # noqa: B023
        kill(process)
        process = worker(start)  # as the supervisor does
    assert told() < ledger.total(), "nothing was interrupted"
    until(lambda: told() >= ledger.total())
    until(lambda: not Notice.objects.untold().filter(due_at__lte=timezone.now()).exists())
    assert heard() == ledger
    assert Outgoing.objects.filter(key__contains=":feedback:").count() == SAID
    assert Outgoing.objects.filter(key__startswith="care:").count() == lines_about_checks() == 3


def test_without_beat_redis_and_workers_the_ticker_tells(start: Start, broker: Broker) -> None:
    ledger = write_down()
    start("manage.py", "ticker")
    until(lambda: told() >= ledger.total())
    until(lambda: "notices" in Heartbeat.ages(["notices"]))
    assert heard() == ledger
