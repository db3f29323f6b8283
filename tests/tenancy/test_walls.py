"""No tenant sees another: walls that hold for every table, also for those that come later."""

from typing import Any, Self

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.utils import IntegrityError, ProgrammingError

from accounts.models import Membership, OrgGroup
from procurement.core import tenancy
from procurement.core.checks import database_role_is_plain
from procurement.core.migrations import tenant_references
from procurement.core.models import TenantModel
from tests.factories.accounts import NOW, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]
committed = pytest.mark.django_db(transaction=True)

OUR_APPS = {
    "audit",
    "outbox",
    "accounts",
    "approvals",
    "catalogs",
    "budgets",
    "orders",
    "analytics",
}

# Tables that stand before a tenant is known, or hold platform settings. Each needs a reason.
PLATFORM = {
    "accounts.Organization": "the tenant itself: settings, no content",
    "accounts.User": "a person across organizations",
    "accounts.SecretKey": "says only which organization a secret leads to",
    "accounts.User_groups": "Django's own, unused",
    "accounts.User_user_permissions": "Django's own, unused",
}


def our_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OUR_APPS and model._meta.managed and not model._meta.proxy
    ]


def tenant_models() -> list[type[models.Model]]:
    return [model for model in our_models() if model._meta.label not in PLATFORM]


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_table_belongs_to_a_tenant_or_is_listed_as_platform(
    model: type[models.Model],
) -> None:
    if model._meta.label in PLATFORM:
        return
    assert issubclass(model, TenantModel), f"{model._meta.label} is neither tenant-owned nor listed"


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_tenant_table_has_forced_row_level_security(model: type[models.Model]) -> None:
    ((enabled, forced),) = _rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        [f'"{model._meta.db_table}"'],
    )
    assert enabled
    assert forced
    policies = _rows(
        "SELECT policyname FROM pg_policies WHERE tablename = %s", [model._meta.db_table]
    )
    assert ("tenant",) in policies


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_no_reference_between_tenant_tables_can_cross_tenants(model: type[models.Model]) -> None:
    composite = {
        tuple(columns)
        for (columns,) in _rows(
            """
            SELECT array_agg(a.attname::text ORDER BY k.place)
            FROM pg_constraint c
            CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
            WHERE c.conrelid = %s::regclass AND c.contype = 'f'
            GROUP BY c.oid
            """,
            [f'"{model._meta.db_table}"'],
        )
    }
    for column, _target in tenant_references(model):
        assert any({"organization_id", column} <= set(key) for key in composite), (
            f"{model._meta.db_table}.{column} can point into another tenant"
        )


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_a_query_without_an_active_organization_returns_nothing(model: type[models.Model]) -> None:
    make_company()
    assert model._default_manager.count() == 0


def test_another_tenant_reads_and_writes_none_of_the_first_ones_rows() -> None:
    first, second = make_company("Northwind Works"), make_company("Contoso")
    with second.scope():
        assert not Membership.objects.filter(organization_id=first.organization.id).exists()
        assert OrgGroup.objects.filter(id=first.root.id).update(name="Taken over") == 0
        assert OrgGroup.objects.filter(id=first.root.id).delete()[0] == 0
    with first.scope():
        assert OrgGroup.objects.get(id=first.root.id).name == "Northwind Works"


@committed
def test_a_row_cannot_be_written_into_another_tenant() -> None:
    first, second = make_company("Northwind Works"), make_company("Contoso")
    with pytest.raises(ProgrammingError, match="row-level security"), second.scope():
        OrgGroup.objects.create(
            organization_id=first.organization.id, path=[], name="Smuggled", kind="TEAM"
        )


@committed
def test_a_foreign_key_cannot_point_into_another_tenant() -> None:
    first, second = make_company("Northwind Works"), make_company("Contoso")
    with pytest.raises(IntegrityError, match="tenant"), second.scope():
        Membership.objects.create(
            organization_id=second.organization.id,
            user_id=first.people["Alice"].user_id,
            group_id=first.root.id,
            created_at=NOW,
        )


def test_scopes_refuse_to_nest() -> None:
    first, second = make_company("Northwind Works"), make_company("Contoso")
    with first.scope(), pytest.raises(tenancy.ScopeError), second.scope():
        pass


@committed
def test_the_variable_is_gone_after_the_scope_and_reads_as_no_tenant() -> None:
    company = make_company()
    with company.scope():
        assert OrgGroup.objects.exists()
    assert not OrgGroup.objects.exists()


def test_a_signed_in_user_sees_their_own_memberships_and_no_others() -> None:
    first = make_company("Northwind Works")
    make_company("Contoso")
    user_id = first.people["Alice"].user_id
    with tenancy.own_rows_of(user_id):
        assert [row.user_id for row in Membership.objects.all()] == [user_id]
    assert not Membership.objects.exists()


def test_the_tests_themselves_connect_as_a_plain_role() -> None:
    assert database_role_is_plain(databases=["default"]) == []


def test_the_check_refuses_a_role_that_sees_every_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    class Superuser:
        def execute(self, statement: str) -> None:
            self.statement = statement

        def fetchone(self) -> tuple[str, bool, bool]:
            return ("postgres", True, False)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *args: object) -> None:
            pass

    monkeypatch.setattr(connection, "cursor", Superuser)
    (found,) = database_role_is_plain(databases=["default"])
    assert found.id == "core.E001"
