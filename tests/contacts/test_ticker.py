"""The clock behind the clock: does the scans that nobody else did, and leaves alone those that somebody does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from contacts.models import Heartbeat, Outgoing
from contacts.tasks import alive, send_due
from contacts.ticker import AGAIN, OLD, Ticker


@pytest.fixture
def ticker(transactional_db: None) -> Iterator[Ticker]:
    made = Ticker()
    yield made
    made.threads.shutdown()


def beaten(ago: timedelta) -> None:
    """Let every scan have been done that long ago, by somebody else."""
    Heartbeat.objects.all().delete()
    at = timezone.now() - ago
    Heartbeat.objects.bulk_create(Heartbeat(name=name, last_begin=at, last_ok=at) for name in settings.TICKER)


def done_here(ticker: Ticker) -> set[str]:
    """Let it look once, and give what it did."""
    ticker.jobs.clear()
    ticker.look()
    for job in ticker.jobs.values():
        job.result(timeout=60)
    return set(ticker.jobs)


def test_what_nobody_ever_did_and_what_is_old_is_done(ticker: Ticker) -> None:
    assert done_here(ticker) == set(settings.TICKER)
    beaten(OLD + timedelta(seconds=1))
    assert done_here(ticker) == set(settings.TICKER)
    assert all(age < OLD for _at, age in Heartbeat.ages([*settings.TICKER, "ticker"]).values())


def test_what_somebody_else_does_is_left_alone(ticker: Ticker) -> None:
    beaten(OLD - timedelta(seconds=10))
    assert done_here(ticker) == set()


def test_as_long_as_nobody_else_does_it_it_is_done_more_often(ticker: Ticker) -> None:
    done_here(ticker)
    assert done_here(ticker) == set()
    Heartbeat.objects.update(last_ok=timezone.now() - AGAIN - timedelta(seconds=1))
    ticker.ours = dict(Heartbeat.objects.values_list("name", "last_ok"))
    assert done_here(ticker) == set(settings.TICKER)
    beaten(AGAIN + timedelta(seconds=1))  # by somebody else
    assert done_here(ticker) == set()


def test_a_scan_that_fails_keeps_no_other_from_being_done(
    ticker: Ticker, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken() -> None:
        raise RuntimeError("stuk")

    monkeypatch.setitem(ticker.tasks, "remind", broken)
    assert done_here(ticker) == set(settings.TICKER)
    assert "remind failed" in caplog.text
    assert set(Heartbeat.ages(settings.TICKER)) == set(settings.TICKER) - {"remind"}


def test_it_stops_when_it_is_told_to(ticker: Ticker) -> None:
    ticker.stop.set()
    ticker.run()
    assert not ticker.is_busy


def test_a_worker_says_that_it_is_there(db: None) -> None:
    alive()
    assert Heartbeat.objects.get(name="worker").last_ok is not None


def test_mail_is_sent_in_the_process_that_has_no_worker(db: None, settings: Any, mailoutbox: list[Any]) -> None:
    for number in range(3):
        Outgoing.write(key=f"k{number}", kind="reminder", recipient="a@voorbeeld.nl", subject="Hallo", body="Dag")
    send_due()
    assert len(mailoutbox) == 3
    assert not Outgoing.objects.filter(done_at=None).exists()
