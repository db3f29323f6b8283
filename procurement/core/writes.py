"""Writes of the hot path: prepared statements, sent without waiting for each answer.

The ORM stays the way to read and to write elsewhere. A submit writes about twenty rows into ten
tables; sent one by one, their round trips would be most of its time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from django.db import connection, models


@contextmanager
def batch() -> Iterator[None]:
    """Send the statements of a block in one pipeline; the block's end waits for all answers.

    Within it, reading a result (`fetchone` on a cursor that `execute` returned) waits for what has
    been sent so far. An error surfaces where results are read, at the latest at the end, as
    Django's own database exceptions; the surrounding transaction must then be rolled back.
    """
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, raw.pipeline():
        yield


def execute(statement: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> psycopg.Cursor[Any]:
    """Run one statement, prepared on the server; return its cursor, whose reading may wait."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(statement, parameters, prepare=True)


def insert(*rows: models.Model) -> None:
    """Insert rows of one model whose fields, keys included, are all set.

    No row is read back and no signal is sent. One round trip for all rows outside a `batch`, none
    within one.
    """
    if not rows:
        return
    model = type(rows[0])
    statement, fields = _insert_statement(model)
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        raw: psycopg.Connection[Any] = connection.connection
        with raw.pipeline():
            for row in rows:
                values = [
                    field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields
                ]
                cursor.execute(statement, values, prepare=True)


@cache
def _insert_statement(model: type[models.Model]) -> tuple[str, tuple["models.Field[Any, Any]", ...]]:
    fields = tuple(
        field for field in model._meta.local_concrete_fields if not field.generated and not _is_identity(field)
    )
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join("%s" for _ in fields)
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({columns}) VALUES ({values})', fields  # noqa: S608


def _is_identity(field: "models.Field[Any, Any]") -> bool:
    """Tell whether the database itself gives the column its value."""
    return isinstance(field, models.AutoField) or getattr(field, "filled_by_database", False)
