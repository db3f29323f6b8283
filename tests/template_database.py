"""One database migrated for a whole run: each worker of the suite starts on a copy of it."""

import fcntl
from pathlib import Path

from django.conf import settings
from django.db import connection


def copy_template(shared: Path) -> None:
    """Create this worker's test database as a copy; whoever comes first migrates the template.

    ``shared`` is a folder that all workers of the run have in common.
    """
    own = settings.DATABASES["default"]["TEST"]["NAME"]
    template = f"{own.rpartition('_')[0]}_template"
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared / "template.done"
        if not done.exists():
            _migrate(template)
            done.touch()
        with connection.creation._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE IF EXISTS "{own}"')
            cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')


def _migrate(template: str) -> None:
    configured, name = settings.DATABASES["default"], connection.settings_dict["NAME"]
    own = configured["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = template
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    configured["NAME"] = connection.settings_dict["NAME"] = name
    connection.settings_dict["TEST"]["NAME"] = own
