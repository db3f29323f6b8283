"""Row locks: lock what becomes scarcer, once, late and in the order of keys."""

from typing import TypeVar

from django.db import connection, models, transaction

_Row = TypeVar("_Row", bound=models.Model)


def lock(rows: "models.QuerySet[_Row, _Row]") -> list[_Row]:
    """Lock rows FOR UPDATE in the order of their keys and return them as they are now.

    One SQL query. Raises TransactionManagementError outside a transaction, where a lock would end
    before it protected anything.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Row locks need a transaction.")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))
