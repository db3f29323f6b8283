"""System checks that refuse to start on a database that could not keep tenants apart."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import OperationalError, connections


@register(Tags.database)
def database_role_is_plain(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Refuse a superuser or BYPASSRLS role: row-level security would not hold for either."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles "
                    "WHERE rolname = current_user"
                )
                name, is_super, bypasses = cursor.fetchone()
        except OperationalError as error:
            found.append(Caution(f"The database cannot be reached: {error}", id="core.W001"))
            continue
        if is_super or bypasses:
            found.append(
                Error(
                    f"The database role {name!r} would see every tenant's rows.",
                    hint="Connect as a NOSUPERUSER, NOBYPASSRLS role that owns the database.",
                    id="core.E001",
                )
            )
    return found
