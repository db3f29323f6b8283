"""What the database's planner knows of tables that have just been filled."""

from django.db import connection, models


def count_anew(*tables: type[models.Model]) -> None:
    """Have the server count tables anew after a large load; one SQL statement.

    Until it does so by itself, the planner takes the new rows for a handful and compares each with
    each: a read that takes milliseconds can take minutes.
    """
    names = ", ".join(f'"{table._meta.db_table}"' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")
