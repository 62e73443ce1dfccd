"""Work that a row stands for: one process has it, a dead one loses it, a late one changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Heartbeat, Inbound
from contacts.models.lease import BACK_OFF, LAST_ATTEMPT, LEASE


@pytest.fixture
def now() -> datetime:
    return timezone.now() + timedelta(seconds=1)


@pytest.fixture
def row(db: None) -> Inbound:
    return Inbound.store(b"From: a@voorbeeld.nl\n\nHoi", source="smtp")


def test_a_row_is_taken_once(row: Inbound, now: datetime) -> None:
    taken = Inbound.objects.take(row.pk, now=now)
    assert taken is not None
    assert (taken.attempts, taken.lease_until) == (1, now + LEASE)
    assert Inbound.objects.take(row.pk, now=now) is None
    assert Inbound.objects.claim(now=now) == []


def test_a_process_that_died_loses_its_row(row: Inbound, now: datetime) -> None:
    dead = Inbound.objects.take(row.pk, now=now)
    later = now + LEASE + timedelta(seconds=1)
    heir = Inbound.objects.take(row.pk, now=later)
    assert heir is not None
    assert dead is not None
    assert not dead.finish(now=later)
    assert not dead.fail("te laat", now=later)
    assert heir.finish(now=later)
    assert Inbound.objects.take(row.pk, now=later + LEASE * 2) is None


def test_a_row_that_fails_comes_back_later_each_time_and_is_parked_in_the_end(row: Inbound, now: datetime) -> None:
    for wait in BACK_OFF:
        taken = Inbound.objects.take(row.pk, now=now)
        assert taken is not None
        assert taken.fail(ValueError("kapot"), now=now)
        assert not Inbound.objects.due(now=now + wait - timedelta(seconds=1)).exists()
        now += wait
    last = Inbound.objects.take(row.pk, now=now)
    assert last is not None
    assert last.attempts == LAST_ATTEMPT
    last.fail(ValueError("kapot"), now=now)
    row.refresh_from_db()
    assert (row.parked_at, row.last_error) == (now, "ValueError: kapot")
    assert not Inbound.objects.due(now=now + timedelta(days=9)).exists()


def test_a_row_that_takes_the_process_down_each_time_is_parked(row: Inbound, now: datetime) -> None:
    for _ in range(LAST_ATTEMPT):
        assert Inbound.objects.take(row.pk, now=now) is not None
        now += LEASE + timedelta(seconds=1)
    assert Inbound.objects.take(row.pk, now=now) is None
    row.refresh_from_db()
    assert row.parked_at == now


def test_parking_ends_it(row: Inbound, now: datetime) -> None:
    taken = Inbound.objects.take(row.pk, now=now)
    assert taken is not None
    assert taken.park("weg ermee", now=now)
    assert not taken.finish(now=now)


@pytest.fixture
def rows(transactional_db: None) -> list[int]:
    return [Inbound.store(f"From: a@b.nl\n\n{number}".encode(), source="smtp").pk for number in range(40)]


def test_many_takers_at_once_never_share_a_row(rows: list[int], now: datetime) -> None:
    def take_all(_: int) -> list[int]:
        try:
            return [pk for pk in rows if Inbound.objects.take(pk, now=now)]
        finally:
            connection.close()

    def claim_some(_: int) -> list[int]:
        try:
            return [row.pk for _ in range(4) for row in Inbound.objects.claim(now=now, limit=5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        jobs = [threads.submit(work, 0) for work in (take_all, claim_some) * 3]
        taken = [pk for job in jobs for pk in job.result()]
    assert sorted(taken) == sorted(rows)
    assert set(Inbound.objects.values_list("attempts", flat=True)) == {1}


def test_a_scan_that_fails_shows_by_its_heartbeat(db: None) -> None:
    with Heartbeat.beat("ingest"):
        pass
    before = Heartbeat.objects.get(name="ingest")
    assert before.last_ok is not None
    with pytest.raises(RuntimeError), Heartbeat.beat("ingest"):
        raise RuntimeError
    after = Heartbeat.objects.get(name="ingest")
    assert (after.last_ok, after.last_begin > before.last_begin) == (before.last_ok, True)
