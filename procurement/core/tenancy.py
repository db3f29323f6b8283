"""The active organization of a database connection.

`scope` opens the one durable transaction of a unit of work and sets the row-level security
variable for it alone. Only the request middleware, the task base and commands use it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

VARIABLE = "app.organization_id"
USER_VARIABLE = "app.user_id"

_active: ContextVar[UUID | None] = ContextVar("organization_id", default=None)


class ScopeError(RuntimeError):
    """A tenancy scope was opened within another one, or asked for where none is open."""


@contextmanager
def scope(organization_id: UUID) -> Iterator[None]:
    """Run a block as one durable transaction of one organization.

    Two SQL round trips: BEGIN, and setting the variable. Raises `ScopeError` when nested: after a
    released savepoint the variable would keep the inner tenant.
    """
    if _active.get() is not None:
        raise ScopeError("A tenancy scope is open already; scopes do not nest.")
    token = _active.set(organization_id)
    try:
        with transaction.atomic(durable=True):
            _set(VARIABLE, str(organization_id))
            yield
    finally:
        _active.reset(token)
        # A test's own transaction goes on around the scope; there the variable would stay.
        if connection.in_atomic_block and not connection.needs_rollback:
            _set(VARIABLE, "")


@contextmanager
def own_rows_of(user_id: UUID) -> Iterator[None]:
    """Run a block that sees, of all tenants, only the memberships of one signed-in user."""
    if _active.get() is not None:
        raise ScopeError("A tenancy scope is open already; it sees one organization only.")
    with transaction.atomic():
        _set(USER_VARIABLE, str(user_id))
        yield
        if not connection.needs_rollback:
            _set(USER_VARIABLE, "")


def _set(variable: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [variable, value])


def current() -> UUID:
    """Return the active organization's id; raises `ScopeError` where no scope is open."""
    organization_id = _active.get()
    if organization_id is None:
        raise ScopeError("No organization is active; open a tenancy scope first.")
    return organization_id


def is_active() -> bool:
    """Tell whether a scope is open on this thread or task."""
    return _active.get() is not None
