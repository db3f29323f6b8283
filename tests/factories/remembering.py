"""Companies made once through the services, and then again from the rows that were written.

A process of the suite opens hundreds of companies that differ in nothing but their ids and
addresses. The first of a kind is made as the product makes it; what the services wrote is kept, and
each later one is those very rows under new ids, in the same order, with its own address.
"""

import io
import json
import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.db import connection

from accounts.models import Organization
from procurement.audit.models import AuditEvent
from procurement.audit.services import digest_of
from procurement.core import tenancy, writes
from procurement.core.ids import new_id

numbers = count(1)

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TENANTS, _USERS, _TRAIL = "accounts_organization", "accounts_user", "audit_auditevent"
_COLUMNS = """
SELECT c.table_name, array_agg(c.column_name::text)
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
  AND c.column_default IS DISTINCT FROM '((pg_current_xact_id())::text)::bigint'
GROUP BY c.table_name HAVING bool_or(c.column_name = 'organization_id') OR c.table_name = ANY(%s)
"""
# Guards look at what an order stands on when the order is written.
_FIRST = (_TENANTS, _USERS, "approvals_approvalrequest", "orders_requisition")
_WHERE = {
    _TENANTS: "id = %(organization)s",
    _USERS: "id IN (SELECT user_id FROM accounts_membership"
    " WHERE organization_id = %(organization)s)",
}


class _Opened(Protocol):
    @property
    def organization(self) -> Organization: ...


P = ParamSpec("P")
T = TypeVar("T", bound=_Opened)


def address(name: str) -> str:
    """Return an address that no other organization of the suite has."""
    return f"{name.lower().replace(' ', '-')}-{next(numbers)}"


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Make each company of a kind once in a process; ``make`` depends on its arguments alone."""
    memories: dict[str, _Memory] = {}

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        kind = repr((args, sorted(kwargs.items())))
        if kind in memories:
            again: T = memories[kind].recall()
            return again
        first = make(*args, **kwargs)
        memories[kind] = _remember(first)
        return first

    return made


@dataclass(frozen=True)
class _Memory:
    """What was written for an organization: rows as JSON by table, and the objects returned."""

    name: str
    slug: str
    rows: Mapping[str, tuple[list[str], str]]
    ids: list[str]
    objects: bytes

    def recall(self) -> Any:
        """Write the rows again under new ids, and return the objects that stand for them."""
        ids = dict(zip(self.ids, sorted(str(new_id()) for _ in self.ids), strict=True))
        slug = address(self.name)

        def renewed(text: str) -> str:
            return _ID.sub(lambda found: ids.get(found[0], found[0]), text.replace(self.slug, slug))

        again = _Reader(io.BytesIO(self.objects), renewed).load()
        with tenancy.scope(again.organization.id), writes.batch():
            for table, (columns, rows) in self.rows.items():
                values = _signed(renewed(rows)) if table == _TRAIL else renewed(rows)
                names = ", ".join(f'"{column}"' for column in columns)
                writes.execute(
                    f'INSERT INTO "{table}" ({names}) SELECT {names} '
                    f'FROM json_populate_recordset(NULL::"{table}", %(rows)s::json)',
                    {"rows": values},
                )
        return again


def _remember(made: _Opened) -> _Memory:
    organization = made.organization
    rows: dict[str, tuple[list[str], str]] = {}
    ids: set[str] = set()
    with tenancy.scope(organization.id), connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [[_TENANTS, _USERS]])
        tables = dict(cursor.fetchall())
        for table in sorted(tables, key=_place):
            where = _WHERE.get(table, "organization_id = %(organization)s")
            cursor.execute(
                f'SELECT json_agg(t)::text FROM "{table}" t WHERE {where}',
                {"organization": organization.id},
            )
            (found,) = cursor.fetchone() or (None,)
            if found is not None:
                rows[table] = (tables[table], found)
                ids |= {row["id"] for row in json.loads(found) if isinstance(row.get("id"), str)}
    objects = io.BytesIO()
    _Writer(objects, ids, organization.slug).dump(made)
    return _Memory(organization.name, organization.slug, rows, sorted(ids), objects.getvalue())


def _place(table: str) -> tuple[int, str]:
    """Sort tables in an order in which they can be written; keys are looked at in the end."""
    return _FIRST.index(table) if table in _FIRST else len(_FIRST), table


class _Writer(pickle.Pickler):
    """Pickles objects with their ids and addresses set apart, to be replaced."""

    def __init__(self, file: io.BytesIO, ids: set[str], slug: str) -> None:
        super().__init__(file)
        self._ids, self._slug = ids, slug

    def persistent_id(self, value: Any) -> str | None:
        """Return what stands for an id, or for a text with the address in it."""
        if isinstance(value, UUID) and str(value) in self._ids:
            return f"id {value}"
        if type(value) is str and self._slug in value:
            return f"text {value}"
        return None


class _Reader(pickle.Unpickler):
    """Reads objects with other ids and another address."""

    def __init__(self, file: io.BytesIO, renewed: Callable[[str], str]) -> None:
        super().__init__(file)
        self._renewed = renewed

    def persistent_load(self, kept: str) -> Any:
        """Return what takes the place of an id, or of a text."""
        kind, _, value = kept.partition(" ")
        return UUID(self._renewed(value)) if kind == "id" else self._renewed(value)


def _signed(rows: str) -> str:
    """Return events of the trail with the digests that their new ids ask for."""
    events = json.loads(rows)
    for row in events:
        content = {name: value for name, value in row.items() if name != "transaction_id"}
        event = AuditEvent(**content | {"at": datetime.fromisoformat(row["at"])})
        row["digest"] = f"\\x{digest_of(event).hex()}"
    return json.dumps(events)
