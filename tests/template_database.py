"""One migrated database that tests start from: each process of the suite works on a copy of it.

It stays on the server for the next run, under a name that says which migrations made it.
"""

import hashlib
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

_MIGRATING = 20_261_128  # the key of the lock of whoever makes the template


def copy_template() -> None:
    """Create this process's test database as a copy; whoever comes first migrates the template."""
    # The stubs leave out what Django keeps to itself.
    own = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    prefix = f"test_{settings.DATABASES['default']['NAME']}_template"
    template = f"{prefix}_{_digest_of_migrations()}"
    # As above.
    with connection.creation._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        templates = {name for (name,) in cursor.fetchall()}
        if template not in templates:
            for outdated in templates:
                cursor.execute(f'DROP DATABASE "{outdated}"')
            _migrate(f"{prefix}_unfinished")
            cursor.execute(f'ALTER DATABASE "{prefix}_unfinished" RENAME TO "{template}"')
        cursor.execute(f'DROP DATABASE IF EXISTS "{own}"')
        cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')


def _digest_of_migrations() -> str:
    """Return what changes with any migration of any app, and with Django."""
    digest = hashlib.sha256(django.__version__.encode())
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for key in sorted(loader.disk_migrations):
        module = import_module(loader.disk_migrations[key].__module__)
        digest.update(repr(key).encode())
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:12]


def _migrate(name: str) -> None:
    test_settings, kept = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    named = test_settings["NAME"]
    test_settings["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    # PostgreSQL's alone has a pool.
    connection.close_pool()  # type: ignore[attr-defined]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = kept
    test_settings["NAME"] = named
