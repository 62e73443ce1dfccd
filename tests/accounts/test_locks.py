"""Turns in the database: who has one, who waits, and when it ends."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts import locks
from tests.outside.ports import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """Give the connection of another process, which leaves no turn behind."""
    made = connections.create_connection(DEFAULT_DB_ALIAS)
    yield made
    with made.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    made.close()


@transaction.atomic
def wait_a_moment(name: str) -> None:
    connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
    locks.wait(name)


def test_a_turn_of_a_transaction_ends_with_it(other: BaseDatabaseWrapper) -> None:
    with transaction.atomic():
        assert locks.take("mail:1")
        assert not locks.keep("mail:1", by=other)
        assert locks.keep("mail:2", by=other)
    assert locks.keep("mail:1", by=other)


def test_who_comes_second_waits(other: BaseDatabaseWrapper) -> None:
    assert locks.keep("mail:1", by=other)
    with pytest.raises(OperationalError, match="lock timeout"):
        wait_a_moment("mail:1")
    other.close()
    with transaction.atomic():
        locks.wait("mail:1")


def test_a_turn_held_outlives_transactions_and_ends_with_the_block(other: BaseDatabaseWrapper) -> None:
    with locks.held("poll:1") as mine:
        with transaction.atomic():
            assert mine
        assert not locks.keep("poll:1", by=other)
    assert locks.keep("poll:1", by=other)
    with locks.held("poll:1") as mine:
        assert not mine
    with locks.held("poll:2") as mine:
        assert mine


def test_an_error_within_ends_the_turn_too(other: BaseDatabaseWrapper) -> None:
    with pytest.raises(ZeroDivisionError), locks.held("poll:1"):
        raise ZeroDivisionError
    assert locks.keep("poll:1", by=other)


def test_a_turn_held_is_not_free_within_itself(other: BaseDatabaseWrapper) -> None:
    with locks.held("poll:1"):
        with locks.held("poll:1") as again:
            assert not again
        with locks.held("poll:2") as mine:
            assert mine
        assert locks.keep("poll:2", by=other)
        assert not locks.keep("poll:1", by=other)
    assert locks.keep("poll:1", by=other)


def test_a_turn_is_not_held_within_a_transaction(other: BaseDatabaseWrapper) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), locks.held("poll:1"):
        pass
    assert locks.keep("poll:1", by=other)


def test_a_turn_of_a_transaction_needs_one(other: BaseDatabaseWrapper) -> None:
    for ask in (locks.wait, locks.take):
        with pytest.raises(transaction.TransactionManagementError):
            ask("mail:1")


class TimeIsUp(Exception):
    """What a task gets in the middle of whatever it does."""


@pytest.mark.parametrize("error", [OperationalError, TimeIsUp])
def test_a_turn_that_cannot_be_given_back_ends_with_its_connection(
    other: BaseDatabaseWrapper, error: type[Exception]
) -> None:
    def fails(execute: Any, sql: str, *rest: object) -> Any:
        if "unlock" in sql:
            raise error(sql)
        return execute(sql, *rest)

    with suppress(TimeIsUp), connection.execute_wrapper(fails), locks.held("poll:1"):
        pass
    assert connection.connection is None
    until(lambda: locks.keep("poll:1", by=other))  # the server needs a moment to see that a connection is gone


def test_a_turn_ends_with_the_connection_that_has_it(other: BaseDatabaseWrapper) -> None:
    assert locks.keep("beat", by=other)
    with transaction.atomic():
        assert not locks.take("beat")
    other.close()
    until(transaction.atomic(lambda: locks.take("beat")))


def test_the_clock_keeps_the_number_it_always_had(other: BaseDatabaseWrapper) -> None:
    assert locks.keep("beat", by=other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [0x6B63635F62656174])
        assert cursor.fetchone() == (False,)


def test_a_name_keeps_the_number_it_had_in_the_version_before(other: BaseDatabaseWrapper) -> None:
    assert locks.keep("mail:1", by=other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('mail:1', 0))")
        assert cursor.fetchone() == (False,)
