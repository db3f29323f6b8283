"""Row locks: lock what becomes scarcer, once, late and in the order of keys."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

from procurement.core import writes

_Row = TypeVar("_Row", bound=models.Model)


def lock(rows: "models.QuerySet[_Row, _Row]") -> list[_Row]:
    """Lock rows FOR UPDATE in the order of their keys and return them as they are now.

    One SQL query. Raises TransactionManagementError outside a transaction, where a lock would end
    before it protected anything.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Row locks need a transaction.")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


_TREE = "SELECT pg_advisory_xact_lock{}(hashtextextended('tree:' || %s, 0))"


def hold_tree(organization_id: UUID) -> None:
    """Keep the tree of groups to oneself until the end of the transaction, to change it.

    Waits until nobody relies on it any more. Take it first: whoever relies on the tree takes other
    locks after it. One SQL statement.
    """
    writes.execute(_TREE.format(""), [str(organization_id)])


def rely_on_tree(organization_id: UUID) -> None:
    """Keep the tree of groups as it is until the end of the transaction; others may, too.

    An order that reserves on the budgets above its group must not see that group move meanwhile.
    Touches no row. One SQL statement.
    """
    writes.execute(_TREE.format("_shared"), [str(organization_id)])


_CALENDAR = "SELECT pg_advisory_xact_lock{}(hashtextextended('fiscal:' || %s, 0))"


def hold_calendar(organization_id: UUID) -> None:
    """Keep the fiscal calendar to oneself until the end of the transaction, to change it.

    Waits until nobody opens a period by it any more. One SQL statement.
    """
    writes.execute(_CALENDAR.format(""), [str(organization_id)])


def rely_on_calendar(organization_id: UUID) -> None:
    """Keep the fiscal calendar as it is until the end of the transaction; others may, too.

    A period must not be opened by a calendar that changes meanwhile. Touches no row. One SQL
    statement.
    """
    writes.execute(_CALENDAR.format("_shared"), [str(organization_id)])


def lock_free(rows: "models.QuerySet[_Row, _Row]") -> list[_Row]:
    """Lock rows FOR UPDATE, and leave out those that somebody else holds at this moment.

    For background work that comes again: it never waits for a person, nor a person for long. One
    SQL query.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Row locks need a transaction.")
    return list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk"))


def hold_queue(organization_id: UUID) -> None:
    """Keep the queue of orders that wait for budget to oneself until the transaction ends.

    So that they go on in the order of their age, whoever looks first. Touches no row. One SQL
    statement.
    """
    writes.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('queue:' || %s, 0))", [str(organization_id)]
    )


def hold_outbox(organization_id: UUID) -> None:
    """Keep what is due in the outbox to oneself until the end of the transaction, to claim it.

    Touches no row: whoever writes a message does not wait. One SQL statement.
    """
    writes.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('outbox:' || %s, 0))", [str(organization_id)]
    )


def turns_of(ids: str) -> str:
    """Return the statement that queues for the rows whose ids another one selects.

    Rows that many want at once are queued for just before they are locked, in the order of their
    ids. Whoever waits for a row itself has to begin anew each time that somebody before them
    changes it: with dozens in the queue most of the time goes into that, and some are passed over
    again and again. In this one each waits once and is served in turn. Touches no row.

    Everybody who locks such rows has to queue first, all of them: whoever held a row and came to
    its queue later would wait for the first in it, and they for the row.
    """
    turn = "pg_advisory_xact_lock(hashtextextended('turn:' || id, 0))"
    return f"SELECT {turn} FROM ({ids} ORDER BY 1) AS ordered (id)"  # noqa: S608 – of constants


def lock_in_turn(rows: "models.QuerySet[_Row, _Row]") -> list[_Row]:
    """Queue for rows as `turns_of` says, then lock them as `lock` does.

    Two SQL statements, none where there can be no such row.
    """
    try:
        ids, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    writes.execute(turns_of(ids), parameters, prepare=False)
    return lock(rows)


def hold_caps(organization_id: UUID) -> None:
    """Keep the caps of an organization to oneself until the end of the transaction.

    What the budgets below another may come to is compared with caps that somebody else may be
    setting at the same moment, also of budgets that are not there yet. Take it before any budget is
    locked. Touches no row: orders do not wait for it. One SQL statement.
    """
    writes.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('caps:' || %s, 0))", [str(organization_id)]
    )
