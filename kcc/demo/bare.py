"""Tables without their indexes and foreign keys for as long as a large load takes, and exactly as before afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = ANY (%s::regclass[]) AND contype = %s ORDER BY 1, 2
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
ORDER BY 1
"""


@contextmanager
def bare(cursor: CursorWrapper, tables: list[str], say: Callable[[str], None]) -> Iterator[None]:
    """Take indexes, unique constraints and foreign keys off these tables; put them back after the block.

    All inside the caller's transaction: when something fails, nothing was taken off. The primary keys stay.
    """
    keys = listed(cursor, CONSTRAINTS, [tables, "f"])
    uniques = listed(cursor, CONSTRAINTS, [tables, "u"])
    indexes = listed(cursor, INDEXES, [tables])
    for table, name, _definition in [*keys, *uniques]:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    say("indexes")
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in uniques:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    say("foreign keys")
    for table, name, definition in keys:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def listed(cursor: CursorWrapper, query: str, values: list[Any]) -> list[tuple[str, ...]]:
    cursor.execute(query, values)
    return list(cursor.fetchall())
