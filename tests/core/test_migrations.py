"""One migration makes an app's tables at once and stands for those that made them step by step."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection, connections, migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from pytest_django import DjangoDbBlocker

from procurement.core.migrations import AppendOnly, CreateTables, TenantTable

APPS = {"accounts", "analytics", "approvals", "budgets", "catalogs", "orders", "outbox"}

Key = tuple[str, str]

# What SQL builds that models do not know.
_BUILT = re.compile(
    r"CREATE (?:OR REPLACE )?(FUNCTION \w+\(\).*?END \$\$);"
    r"|CREATE (TRIGGER .*?);"
    r"|ALTER TABLE (\w+ (?:ADD CONSTRAINT|SET \().*?)(?:;|$)",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None, replace_migrations=False)


@pytest.fixture(scope="module")
def squashes(loader: MigrationLoader) -> list[Key]:
    found = [key for key, migration in loader.disk_migrations.items() if migration.replaces]
    return sorted(key for key in found if key[0] in APPS)


def replaced(loader: MigrationLoader, squash: Key) -> list[Key]:
    return list(loader.disk_migrations[squash].replaces)


def operations(loader: MigrationLoader, keys: list[Key]) -> Iterator[Operation]:
    for key in keys:
        yield from loader.disk_migrations[key].operations


def walls(found: Iterator[Operation]) -> set[tuple[str, str, str]]:
    """Return what the operations put into the database beside the models."""
    built = {}
    for operation in found:
        if isinstance(operation, TenantTable):
            key = ("tenant", operation.model_name)
            built[key] = repr(operation.extra_policies)
        elif isinstance(operation, AppendOnly):
            built["append only", operation.model_name] = ""
        for sql in _sql(operation):
            for match in _BUILT.finditer(sql):
                text = next(group for group in match.groups() if group)
                name = text.split("(")[0] if text.startswith("FUNCTION") else text
                built["sql", name] = text
    return {(kind, name, text) for (kind, name), text in built.items()}


def _sql(operation: Operation) -> list[str]:
    if not isinstance(operation, migrations.RunSQL):
        return []
    # Ours are all plain text.
    return [operation.sql]  # type: ignore[list-item]


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


def test_a_squash_stands_for_all_former_migrations_in_their_order(
    loader: MigrationLoader, squashes: list[Key]
) -> None:
    assert {app for app, _ in squashes} == APPS
    for squash in squashes:
        former = replaced(loader, squash)
        assert former == sorted(former)
        later = {key for key in loader.disk_migrations if key[0] == squash[0]} - {squash, *former}
        assert all(key > former[-1] for key in later)


def test_a_squash_asks_of_other_apps_no_more_than_the_former_migrations(
    loader: MigrationLoader, squashes: list[Key]
) -> None:
    # An installation can have all of one app's former migrations and some of another's. A squash
    # that asked for the whole of the other app would stand before what it depends on.
    for squash in squashes:
        app = squash[0]
        asked: dict[str, str] = {}
        for key in replaced(loader, squash):
            for other, name in loader.disk_migrations[key].dependencies:
                if other != app:
                    asked[other] = max(name, asked.get(other, ""))
        assert dict(loader.disk_migrations[squash].dependencies) == asked, squash


def test_a_squash_leaves_the_models_that_the_former_migrations_leave(
    loader: MigrationLoader, squashes: list[Key]
) -> None:
    for squash in squashes:
        former, at_once = (
            loader.project_state(key) for key in (replaced(loader, squash)[-1], squash)
        )
        for state, other in ((former, at_once), (at_once, former)):
            missing = MigrationAutodetector(state, other).changes(loader.graph)
            assert squash[0] not in missing, missing[squash[0]][0].operations


def test_a_squash_builds_the_walls_that_the_former_migrations_build(
    loader: MigrationLoader, squashes: list[Key]
) -> None:
    for squash in squashes:
        former = walls(operations(loader, replaced(loader, squash)))
        assert former, squash
        assert walls(operations(loader, [squash])) == former


def test_what_a_squash_makes_can_be_unmade(
    empty_database: BaseDatabaseWrapper, squashes: list[Key]
) -> None:
    executor = MigrationExecutor(empty_database)
    executor.migrate(squashes)
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
