"""Emptying the database after tests that commit.

Truncating its hundred tables makes as many new files, for a few dozen rows. Only rows that are
there are deleted, tenant by tenant, since nobody sees those of all; permissions and content types
stay, so that nothing has to be made again.
"""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from procurement.core import directory, tenancy

_KEPT = ["django_migrations", "django_content_type", "auth_permission"]

# Every table, whether it belongs to tenants, and whether a trigger looks at what is deleted.
_TABLES = """
SELECT t.tablename,
       EXISTS (SELECT FROM information_schema.columns c WHERE c.table_schema = 'public'
               AND c.table_name = t.tablename AND c.column_name = 'organization_id'),
       EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.tablename::regclass
               AND NOT g.tgisinternal AND g.tgtype::int & 8 <> 0)
FROM pg_tables t WHERE t.schemaname = 'public' AND t.tablename <> ALL(%s)
"""
_tables: dict[str, tuple[bool, bool]] = {}


def empty_database() -> None:
    """Delete all rows but those that migrations have made; call it outside a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not _tables:
            cursor.execute(_TABLES, [_KEPT])
            _tables.update({name: (owned, guarded) for name, owned, guarded in cursor.fetchall()})
        owned = [name for name, (is_owned, _) in _tables.items() if is_owned]
        emptied: set[str] = set()
        for tenant in directory.tenants():
            cursor.execute("SELECT set_config(%s, %s, true)", [tenancy.VARIABLE, str(tenant.id)])
            _empty(cursor, owned, emptied)
        _empty(cursor, [name for name in _tables if name not in owned], emptied)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in emptied:
            if _tables[name][1]:
                cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def _empty(cursor: CursorWrapper, names: list[str], emptied: set[str]) -> None:
    """Delete the rows of these tables that can be seen, and note which tables had any."""
    asked = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names
    )
    cursor.execute(asked)
    for (name,) in cursor.fetchall():
        if _tables[name][1] and name not in emptied:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        emptied.add(name)
        cursor.execute(f'DELETE FROM "{name}"')
