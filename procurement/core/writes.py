"""Writes of the hot path: prepared statements, sent without waiting for each answer.

The ORM stays the way to read and to write elsewhere. A submit writes about twenty rows into ten
tables; sent one by one, their round trips would be most of its time.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def batch() -> Iterator[None]:
    """Send the statements of a block in one pipeline; the block's end waits for all answers.

    Within it, reading a result (`fetchone` on a cursor that `execute` returned) waits for what has
    been sent so far. An error surfaces where results are read, at the latest at the end, as
    Django's own database exceptions; the surrounding transaction must then be rolled back.
    """
    connection = _connected()
    raw: psycopg.Connection[Any] = connection.connection
    with connection.wrap_database_errors, _pipeline(raw):
        yield


def _connected() -> BaseDatabaseWrapper:
    """Return the connection itself: behind Django's proxy, each attribute is a look-up by thread.

    A submit reads some two hundred of them, which was a tenth of its time in Python.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return connection


def _pipeline(raw: "psycopg.Connection[Any]") -> AbstractContextManager[Any]:
    """Return a new pipeline, or nothing new within one: a nested one would wait for its answers."""
    return nullcontext() if raw.info.pipeline_status else raw.pipeline()


def execute(
    statement: str, parameters: Sequence[Any] | dict[str, Any] = (), *, prepare: bool = True
) -> psycopg.Cursor[Any]:
    """Run one statement, prepared on the server; return its cursor, whose reading may wait.

    Bulk statements are better not prepared: after a few runs the server keeps one plan for all, and
    one that was made while a table was empty takes minutes once it is full.
    """
    connection = _connected()
    connection.validate_no_broken_transaction()
    _log(connection, statement)
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(statement, parameters, prepare=prepare)


def insert(*rows: models.Model) -> None:
    """Insert rows of one model whose fields, keys included, are all set.

    No row is read back and no signal is sent. One round trip for all rows outside a `batch`, none
    within one.
    """
    if not rows:
        return
    model = type(rows[0])
    statement, fields = _insert_statement(model)
    connection = _connected()
    connection.validate_no_broken_transaction()
    _log(connection, statement)
    with connection.wrap_database_errors:
        raw: psycopg.Connection[Any] = connection.connection
        cursor = psycopg.Cursor(raw)
        with _pipeline(raw):
            for row in rows:
                cursor.execute(statement, _values(row, fields, connection), prepare=True)


# Fields that hand such values to the driver as they are; asking each took a tenth of a submit.
_PLAIN_FIELDS = (models.CharField, models.TextField, models.UUIDField, models.DateTimeField)
_PLAIN_VALUES = (str, UUID, datetime, NoneType)


def _values(
    row: models.Model,
    fields: Sequence[tuple["models.Field[Any, Any]", bool]],
    connection: BaseDatabaseWrapper,
) -> list[Any]:
    """Return a row's values as the driver takes them."""
    values: list[Any] = []
    for field, is_plain in fields:
        value = getattr(row, field.attname)
        if not (is_plain and type(value) in _PLAIN_VALUES):
            value = field.get_db_prep_save(value, connection)
        values.append(value)
    return values


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    """Tell whether a field, or the key that it points at, leaves plain values alone."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return type(field) in _PLAIN_FIELDS


def _log(connection: BaseDatabaseWrapper, statement: str) -> None:
    """Count a statement among the connection's queries where these are being counted."""
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": "0"})


@cache
def _insert_statement(
    model: type[models.Model],
) -> tuple[str, tuple[tuple["models.Field[Any, Any]", bool], ...]]:
    fields = tuple(
        field
        for field in model._meta.local_concrete_fields
        if not (field.generated or field.has_db_default() or isinstance(field, models.AutoField))
    )
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join("%s" for _ in fields)
    table = model._meta.db_table
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({values})'
    return statement, tuple((field, _is_plain(field)) for field in fields)
