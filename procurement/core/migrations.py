"""Migration operations that put a tenant's walls into the database itself.

`TenantTable` forces row-level security and composite foreign keys, `AppendOnly` refuses changes to
what has been written. Both are reversible, and `CREATE UNIQUE INDEX` on a table made in the same
migration locks nothing that anybody uses. `CreateTables` makes the tables of a whole app at once.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# nullif: after a commit the variable reads '' rather than NULL. The scalar subquery makes the
# planner evaluate it once for each statement instead of once for each row.
_TENANT = (
    "organization_id = (SELECT nullif(current_setting('app.organization_id', true), '')::uuid)"
)


def _table(apps: Apps, app_label: str, model_name: str) -> type[models.Model]:
    return apps.get_model(app_label, model_name)


class CreateTables(Operation):
    """Create the tables of many models, each as `CreateModel` would.

    Django renders whatever is related to a new model once more for each of them, and nearly all is
    related to memberships and groups: one by one, a few dozen tables take longer to describe than
    to make. Here all of them join the state first, which is rendered once.
    """

    reversible = True
    reduces_to_sql = True
    elidable = False
    serialization_expand_args = ("operations",)

    def __init__(self, operations: Sequence[CreateModel]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what recreates this operation."""
        return (self.__class__.__name__, [self.operations], {})

    def describe(self) -> str:
        """Say what it does, for the migration's log."""
        return f"Create {len(self.operations)} tables"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add all models before those that are rendered already meet them."""
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            names = [(app_label, operation.name_lower) for operation in self.operations]
            state.reload_models(names, delay=False)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the tables, those that are referred to first."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the tables, those that refer to others first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)


class _TableOperation(Operation):
    """What the operations below share: one table, SQL there and back."""

    reversible = True
    reduces_to_sql = True
    elidable = False

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the model state alone: these walls exist in the database only."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Build the walls."""
        for statement in self.forwards(_table(to_state.apps, app_label, self.model_name)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the walls down again."""
        for statement in self.backwards(_table(to_state.apps, app_label, self.model_name)):
            schema_editor.execute(statement, params=None)

    def forwards(self, model: type[models.Model]) -> Iterator[str]:
        """Yield the SQL that builds."""
        raise NotImplementedError

    def backwards(self, model: type[models.Model]) -> Iterator[str]:
        """Yield the SQL that removes."""
        raise NotImplementedError


class TenantTable(_TableOperation):
    """Make a table a tenant's own: forced row-level security, no reference across tenants.

    ``extra_policies`` are further permissive SELECT policies by name: a condition in SQL each.
    """

    def __init__(self, model_name: str, extra_policies: dict[str, str] | None = None) -> None:
        super().__init__(model_name)
        self.extra_policies = extra_policies or {}

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what recreates this operation."""
        kwargs = {"extra_policies": self.extra_policies} if self.extra_policies else {}
        return (self.__class__.__name__, [self.model_name], kwargs)

    def describe(self) -> str:
        """Say what it does, for the migration's log."""
        return f"Force row-level security on {self.model_name}"

    def forwards(self, model: type[models.Model]) -> Iterator[str]:
        """Yield policies, the key that others refer to, and the composite foreign keys."""
        table = model._meta.db_table
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield f'CREATE POLICY tenant ON "{table}" USING ({_TENANT}) WITH CHECK ({_TENANT})'
        for name, condition in self.extra_policies.items():
            yield f'CREATE POLICY "{name}" ON "{table}" FOR SELECT USING ({condition})'
        yield (
            f'ALTER TABLE "{table}" '
            f'ADD CONSTRAINT "{table}_tenant_key" UNIQUE (organization_id, id)'
        )
        for column, target in tenant_references(model):
            yield _within_tenant(table, column, target)

    def backwards(self, model: type[models.Model]) -> Iterator[str]:
        """Yield the removal, in reverse order."""
        table = model._meta.db_table
        for column, _target in reversed(list(tenant_references(model))):
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_tenant"'
        yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_tenant_key" CASCADE'
        for name in self.extra_policies:
            yield f'DROP POLICY "{name}" ON "{table}"'
        yield f'DROP POLICY tenant ON "{table}"'
        yield f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'


def _within_tenant(table: str, column: str, target: str) -> str:
    """Return the SQL that keeps a reference within its tenant."""
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_tenant" '
        f'FOREIGN KEY (organization_id, "{column}") '
        f'REFERENCES "{target}" (organization_id, id) DEFERRABLE INITIALLY DEFERRED'
    )


def tenant_references(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """Yield (column, target table) of each foreign key that leads to another tenant-owned table."""
    for field in model._meta.local_concrete_fields:
        target = field.related_model
        if not isinstance(target, type) or not issubclass(target, models.Model):
            continue
        if any(other.attname == "organization_id" for other in target._meta.concrete_fields):
            column = field.column
            assert column is not None
            yield column, target._meta.db_table


class AppendOnly(_TableOperation):
    """Refuse UPDATE, DELETE and TRUNCATE on a table, whoever asks for it."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what recreates this operation."""
        return (self.__class__.__name__, [self.model_name], {})

    def describe(self) -> str:
        """Say what it does, for the migration's log."""
        return f"Make {self.model_name} append-only"

    def forwards(self, model: type[models.Model]) -> Iterator[str]:
        """Yield the refusing function and its triggers."""
        table = model._meta.db_table
        yield (
            f'CREATE FUNCTION "{table}_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"RAISE EXCEPTION '{table} is append-only: % refused', TG_OP "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        yield (
            f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{table}_append_only"()'
        )
        yield (
            f'CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "{table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{table}_append_only"()'
        )

    def backwards(self, model: type[models.Model]) -> Iterator[str]:
        """Yield the removal of triggers and function."""
        table = model._meta.db_table
        yield f'DROP TRIGGER append_only_truncate ON "{table}"'
        yield f'DROP TRIGGER append_only ON "{table}"'
        yield f'DROP FUNCTION "{table}_append_only"()'
