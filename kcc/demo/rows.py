"""New rows of any model, numbered beforehand and written by COPY: a demo of 40,000 rows in seconds."""

import io
import json
from collections.abc import Iterable
from datetime import date, datetime, time
from random import Random
from typing import TypeVar
from uuid import UUID

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Rows:
    """Collects rows and writes them at the end; a row has its number at once, so others can point at it."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._rows: dict[type[models.Model], list[models.Model]] = {}
        self._last: dict[type[models.Model], int] = {}

    def add(self, row: Row) -> Row:
        """Give the row back with its number, and with an uuid that depends on the random seed only.

        A row that is one with another, such as a message with its contact, has the number of that one.
        """
        model = type(row)
        if model not in self._rows:
            self._rows[model] = []
            self._last[model] = highest(model) if own_numbers(model) else 0
        if own_numbers(model):
            self._last[model] += 1
            row.pk = self._last[model]
        if hasattr(row, "uuid"):
            row.uuid = self.uuid()
        self._rows[model].append(row)
        return row

    def uuid(self) -> UUID:
        return UUID(int=self._rng.getrandbits(128), version=4)

    def write(self) -> dict[str, int]:
        """Write everything inside the transaction of the caller; give how many rows each table got."""
        for model, rows in self._rows.items():
            copy(model, rows)
            if own_numbers(model):
                set_sequence(model)
        return {model._meta.label: len(rows) for model, rows in self._rows.items()}


def own_numbers(model: type[models.Model]) -> bool:
    """Say whether the table gives out numbers itself."""
    return not model._meta.pk.is_relation


def highest(model: type[models.Model]) -> int:
    """Give the highest number that the table holds, 0 when it is empty."""
    found = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(found or 0)


def copy(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Write these rows exactly as they are: no defaults, no auto_now, no save()."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    json_names = {field.attname for field in fields if isinstance(field, models.JSONField)}
    names = [field.attname for field in fields]

    def line(row: models.Model) -> str:
        values = ((name, getattr(row, name)) for name in names)
        return "\t".join([in_json(value) if name in json_names else encode(value) for name, value in values])

    lines = (line(row) for row in rows)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO("\n".join(lines) + "\n"))


def in_json(value: object) -> str:
    return "\\N" if value is None else json.dumps(value).translate(ESCAPES)


def encode(value: object) -> str:
    """Give a value as COPY's text format wants it."""
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return "{" + ",".join(encode(item) for item in value) + "}"
    return str(value).translate(ESCAPES)


def set_sequence(model: type[models.Model]) -> None:
    """Let the table give out numbers after the highest one it holds."""
    last = highest(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest(%s, 1), %s)",
            [model._meta.db_table, last, last > 0],
        )
