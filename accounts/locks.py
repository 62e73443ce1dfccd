"""Turns that processes take in the database, by a name that all who do the same thing give.

A new name begins with a word for what it is about: "mail:<id>", "poll:7". Older ones that do not ("<id>:<person>" of
messages) keep their names, as another name is another number. What PostgreSQL locks is a number, and here alone it is
made of the name, so no two parts of the product take the same one. The database forgets a turn with the transaction or
the connection that took it, whatever happens to the process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import Error, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# A name that gets another number keeps nobody out who still runs the version before: never change these two lightly.
NUMBER = "coalesce(%s::bigint, hashtextextended(%s, 0))"
NUMBERS = {"beat": 0x6B63635F62656174}  # "kcc_beat", from before there were names


_ours: ContextVar[frozenset[str]] = ContextVar("_ours", default=frozenset())  # what is held around this very line


def wait(name: str) -> None:
    """Wait until nobody else has this turn; it is ours until this transaction ends. Raises without a transaction."""
    _must_be_within_a_transaction()
    _ask(connection, "pg_advisory_xact_lock", name)


def take(name: str) -> bool:
    """Say whether this turn was free; then it is ours until this transaction ends. Raises without a transaction."""
    _must_be_within_a_transaction()
    return bool(_ask(connection, "pg_try_advisory_xact_lock", name))


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Say whether this turn was free; then it is ours for all that is done within, in any number of transactions.

    It is not free either when it is held around this already. Raises RuntimeError within a transaction: one that breaks
    off could not give the turn back.
    """
    with transaction.atomic(durable=True):
        mine = name not in _ours.get() and keep(name, by=connection)
    if not mine:
        yield False
        return
    before = _ours.set(_ours.get() | {name})
    try:
        yield True
    finally:
        _ours.reset(before)
        _give_back(name)


def keep(name: str, *, by: BaseDatabaseWrapper) -> bool:
    """Say whether this turn was free; then that connection has it for as long as it lives."""
    return bool(_ask(by, "pg_try_advisory_lock", name))


def _give_back(name: str) -> None:
    """End a turn that is held; where that fails the connection goes, and the turn with it."""
    try:
        _ask(connection, "pg_advisory_unlock", name)
    except BaseException as error:
        connection.close()
        if not isinstance(error, Error):
            raise


def _must_be_within_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("This turn would end at once: there is no transaction to hold it.")


def _ask(by: BaseDatabaseWrapper, function: str, name: str) -> object:
    with by.cursor() as cursor:
        cursor.execute(f"SELECT {function}({NUMBER})", [NUMBERS.get(name), name])
        return cursor.fetchone()[0]
