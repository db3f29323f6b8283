"""What migrations make can be unmade; tables made together are as those made one by one."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections, migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState
from pytest_django import DjangoDbBlocker

from procurement.core.migrations import CreateTables

APPS = {
    "accounts",
    "analytics",
    "approvals",
    "audit",
    "budgets",
    "catalogs",
    "orders",
    "outbox",
}


@pytest.fixture
def empty_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    """Yield the connection to a database in which nothing has been made yet."""
    name = f"{connection.settings_dict['NAME']}_empty"
    # The stubs leave out what Django keeps to itself.
    with django_db_blocker.unblock(), connection.creation._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        empty = connection.copy("empty")
        empty.settings_dict["NAME"] = name
        connections["empty"] = empty
        yield empty
        empty.close()
        del connections["empty"]
        cursor.execute(f'DROP DATABASE "{name}"')


def names_of_ours(database: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the tables and functions that our migrations have made."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ %(ours)s"
            " UNION SELECT proname FROM pg_proc WHERE proname ~ %(ours)s",
            {"ours": f"^({'|'.join(APPS)})_"},
        )
        return {name for (name,) in cursor.fetchall()}


def test_what_migrations_make_can_be_unmade(empty_database: BaseDatabaseWrapper) -> None:
    executor = MigrationExecutor(empty_database)
    executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] in APPS])
    assert {name.partition("_")[0] for name in names_of_ours(empty_database)} == APPS
    executor.loader.build_graph()
    executor.migrate([(app, None) for app in sorted(APPS)])
    assert names_of_ours(empty_database) == set()


def test_tables_made_together_are_as_those_made_one_by_one() -> None:
    operations_ = [_model("Cart", "bench.Owner"), _model("Line", "bench.Cart")]
    together, single = _state_with_an_owner(), _state_with_an_owner()
    CreateTables(operations_).state_forwards("bench", together)
    for operation in operations_:
        operation.state_forwards("bench", single)
    assert together == single
    for name in ("Owner", "Cart", "Line"):
        joined, expected = (state.apps.get_model("bench", name) for state in (together, single))
        assert [field.name for field in joined._meta.get_fields()] == [
            field.name for field in expected._meta.get_fields()
        ]


def _state_with_an_owner() -> ProjectState:
    state = ProjectState()
    state.add_model(ModelState("bench", "Owner", [("id", models.AutoField(primary_key=True))]))
    assert state.apps.get_model("bench", "Owner"), "it has been rendered before the others come"
    return state


def _model(name: str, of: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name,
        [
            ("id", models.AutoField(primary_key=True)),
            ("of", models.ForeignKey(of, on_delete=models.CASCADE)),
        ],
    )
